/** Why tokens wait: for each token of a text the detector that looks back furthest once it has been read, and what stands where it does. */
import type { Detector, DetectorRun, ExchangeContext, TextView } from '../../src/core/detect/detector.js';
import { FenceTracker } from '../../src/core/detect/fences.js';

const FRONT: Readonly<Record<string, string>> = { '`': 'backtick', '"': 'quote', "'": 'quote', '“': 'quote', '‘': 'quote', '«': 'quote', '(': 'bracket', '[': 'bracket', '{': 'bracket', '<': 'bracket' };
const SEPARATOR: Readonly<Record<string, string>> = { '/': 'separator', '\\': 'separator', _: 'underscore', '.': 'dot' };

/** The cause of each token's wait as the detectors see it; null: it need not wait. */
export function holdCauses(text: string, tokens: readonly string[], detectors: readonly Detector[], context: ExchangeContext): readonly (string | null)[] {
  const runs = detectors.flatMap((detector) => {
    const run = detector.start(context, 'prose');
    return run === null ? [] : [{ type: detector.type, run }];
  });
  const view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };
  const fences = new FenceTracker();
  return tokens.map((token) => {
    view.text += token;
    view.fresh = token;
    fences.push(token);
    const first = least(runs, view);
    return first.frontier >= view.text.length ? null : causeOf(text, first.type, first.frontier, view.text.length, fences);
  });
}

function least(runs: readonly { readonly type: string; readonly run: DetectorRun }[], view: TextView): { readonly type: string; readonly frontier: number } {
  let first = { type: '', frontier: view.text.length };
  for (const { type, run } of runs) {
    const frontier = run.advance(view, () => undefined);
    if (frontier < first.frontier) first = { type, frontier };
  }
  return first;
}

function causeOf(text: string, type: string, at: number, end: number, fences: FenceTracker): string {
  if (type === 'pattern_match') return 'pattern';
  if (type !== 'invalid_path' && type !== 'fabricated_path') return type;
  if (/\s/.test(text.slice(at, end))) return 'rest of its line';
  const word = text[at] ?? '';
  const code = fences.isCode(at) ? ' in code' : '';
  const front = FRONT[text[at - 1] ?? ''];
  if (front !== undefined) return (/\d/.test(word) ? 'number' : front) + code;
  return (SEPARATOR[word] ?? (/[\p{L}\p{N}]/u.test(text[at - 1] ?? '') ? 'top folder' : 'label or line start')) + code;
}
