import type { Finding, TextView } from '../../../src/core/detect/detector.js';
import { incompleteReasoning } from '../../../src/core/detect/incomplete-reasoning.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST, type RequestContext } from '../../../src/core/truth/request-context.js';
import { type ChannelKind, uniformModes } from '../../../src/core/types.js';

export interface Judging {
  readonly finish?: string | null;
  readonly request?: Partial<RequestContext>;
  readonly kind?: ChannelKind;
}

/** What the detector finds in an answer that comes in these pieces; the view forgets old text as the rewriter's does. */
export function judge(pieces: readonly string[], { finish = 'stop', request = {}, kind = 'prose' }: Judging = {}): Finding | null {
  const context = { truth: nothingKnown, rules: EMPTY_RULES, request: { ...EMPTY_REQUEST, route: 'ollama-chat', ...request }, modes: uniformModes('correct'), holdChars: 4_096 };
  const run = incompleteReasoning.start(context, kind);
  if (run === null) throw new Error('the detector did not start');
  const findings: Finding[] = [];
  const view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };
  const advance = (): void => {
    const frontier = run.advance(view, (finding) => findings.push(finding));
    if (frontier !== view.base + view.text.length) throw new Error(`it holds text: ${frontier}`);
    run.letGo(frontier);
  };
  for (const piece of pieces) {
    view.base += view.text.length;
    view.text = view.fresh = piece;
    if (findings.length > 0) throw new Error('found before the end');
    advance();
  }
  view.fresh = '';
  view.ended = true;
  view.finish = finish;
  advance();
  if (findings.length > 1) throw new Error(`${findings.length} findings`);
  return findings[0] ?? null;
}
