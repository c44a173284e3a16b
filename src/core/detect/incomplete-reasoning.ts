import type { RequestContext } from '../truth/request-context.js';
import type { ChannelKind, Strategy } from '../types.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView, Verdict } from './detector.js';
import { missingReasons } from './incomplete-asked.js';
import { OpenBlocks } from './incomplete-blocks.js';
import { OpenFences } from './incomplete-fences.js';
import { type Ending, endingOf } from './incomplete-finish.js';
import { judgeEnd, type Sign } from './incomplete-judge.js';
import { type Line, LineReader } from './incomplete-lines.js';
import { Style } from './incomplete-style.js';

/** Routes that complete a text: where it ends is for their clients to say. */
const RAW_ROUTES: ReadonlySet<string> = new Set(['openai-completions', 'llama-cpp']);
/** Units of the last line that a verdict quotes. */
const MOST_DETECTED = 160;

/** A client that allows no more tokens than this wants the beginning of an answer: it is not told what it asked for. */
const SMALL_LIMIT = 256;

/** Answers that end before they are complete. Nothing is ever held: what is missing is added behind the end, or told. */
export const incompleteReasoning: Detector = {
  type: 'incomplete_reasoning',
  kinds: ['prose', 'reasoning'],
  start: (context, kind) => (context.modes.incomplete_reasoning === 'off' ? null : new IncompleteRun(context, kind)),
};

class IncompleteRun implements DetectorRun {
  readonly #request: RequestContext;
  readonly #reasoning: boolean;
  readonly #appends: boolean;
  readonly #lines = new LineReader();
  readonly #fences = new OpenFences();
  readonly #blocks = new OpenBlocks();
  readonly #style = new Style();
  /** The last line that is not blank. */
  #last: Line | null = null;
  /** Lines that are not blank. */
  #linesRead = 0;
  #judged = false;
  readonly #read = (line: Line): void => this.#line(line);

  constructor({ request }: ExchangeContext, kind: ChannelKind) {
    this.#request = request;
    this.#reasoning = kind === 'reasoning';
    this.#appends = !this.#reasoning && request.structured !== true && !RAW_ROUTES.has(request.route ?? '');
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    if (view.fresh !== '') this.#lines.push(view.fresh, this.#read);
    const length = view.base + view.text.length;
    if (view.ended && !this.#judged) {
      this.#judged = true;
      const said = endingOf(view.finish);
      const ending = this.#request.ownEnds === true && said !== 'cut' ? 'handed' : said;
      const finding = this.#judge(ending, length) ?? (ending === 'whole' && !this.#reasoning ? this.#judgeBare(length) : null);
      if (finding !== null) found(finding);
    }
    return length;
  }

  /** What stands behind the end cannot have left. */
  letGo(): void {
    return;
  }

  /** Nothing is found before the end. */
  mayWait(): boolean {
    return true;
  }

  #line(line: Line): void {
    if (line.tail.trim() !== '') {
      this.#last = line;
      this.#linesRead += 1;
    }
    this.#blocks.line(line, this.#fences.inside);
    if (this.#fences.line(line)) this.#style.interrupt();
    else if (!this.#fences.inside) this.#style.line(line);
  }

  #judge(ending: Ending, length: number): Finding | null {
    const open = this.#lines.line();
    this.#line(open);
    const last = this.#last;
    if (last === null || ending === 'handed') return null;
    const cut = ending === 'cut' ? this.#limited() : null;
    if (this.#reasoning) return cut === null ? null : this.#finding(last.start, length, cut, '');
    const fence = this.#fences.open();
    const whole = cut === null && this.#blocks.structured;
    if (fence !== null && !whole) {
      const closer = closerAt(fence.closer, open, last);
      return this.#finding(fence.start, length, cut ?? { reason: 'a code fence is not closed', confidence: 0.95, plain: true, tellOnly: false }, closer);
    }
    if (whole) return null;
    const block = this.#blocks.open();
    const found = cut ?? block?.sign ?? (this.#fences.inside ? null : judgeEnd(this.#style));
    if (found === null || (ending === 'unknown' && !found.plain)) return null;
    return this.#finding(last.start, length, found, block?.closer ?? '');
  }

  #limited(): Sign {
    const { tokenLimit } = this.#request;
    const asked = tokenLimit !== undefined && tokenLimit <= SMALL_LIMIT;
    return { reason: asked ? 'the limit that the request states was reached' : 'the backend reached its limit', confidence: 0.99, plain: true, tellOnly: asked };
  }

  #judgeBare(length: number): Finding | null {
    const last = this.#last;
    const reason = last === null || !last.whole || this.#linesRead > 1 ? null : missingReasons(last.tail.trim(), this.#request);
    return last === null || reason === null ? null : this.#finding(last.start, length, { reason, confidence: 0.75, plain: false, tellOnly: true }, '');
  }

  #finding(start: number, end: number, { reason, confidence, tellOnly }: Sign, note: string): Finding {
    const detected = (this.#last?.tail ?? '').trim().slice(-MOST_DETECTED);
    const strategy: Strategy = this.#appends && !tellOnly && !this.#blocks.structured && !this.#blocks.tool ? 'insert' : 'report';
    const verdict: Verdict = { type: 'incomplete_reasoning', confidence, detected, expected: null, strategy, rule: null, reason };
    return { start, end, verdict: note === '' ? verdict : { ...verdict, note } };
  }
}

/** What is still to be written of a closing line, where the text may have ended in the middle of it. */
function closerAt(closer: string, open: Line, last: Line): string {
  const run = closer.trimStart().replace(/^[>\s]+/, '');
  const begun = last.start === open.start ? open.tail.trim() : '';
  if (begun !== '' && begun.length < run.length && run.startsWith(begun)) return run.slice(begun.length);
  return open.tail === '' && open.start > 0 ? closer.slice(1) : closer;
}
