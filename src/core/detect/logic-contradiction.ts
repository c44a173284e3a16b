import type { ChannelKind } from '../types.js';
import { ClaimContext, type Place } from './claim-context.js';
import { CountWatch, miscounts } from './claim-counts.js';
import { bareText, type Statement, statementOf } from './claim-parse.js';
import { ValueBook } from './claim-values.js';
import { ClaimBook } from './claims.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView, Verdict } from './detector.js';
import { FenceTracker } from './fences.js';
import { type Sentence, SentenceCutter } from './sentences.js';

/** Statements of one answer that cannot both be true. The later one gets a note that quotes the earlier. */
export const logicContradiction: Detector = {
  type: 'logic_contradiction',
  kinds: ['prose', 'reasoning'],
  start(context: ExchangeContext, kind: ChannelKind): DetectorRun | null {
    if (context.modes.logic_contradiction === 'off' || kind === 'arguments' || kind === 'sealed') return null;
    return new ContradictionRun(context);
  },
};

const CONFIDENCE = { negation: 0.92, antonym: 0.9, number: 0.9, value: 0.85, count: 0.85 } as const;
/** Units of the earlier statement quoted in a note. */
const MAX_QUOTE = 120;

interface Found {
  readonly conflict: keyof typeof CONFIDENCE;
  /** The earlier statement, as written. */
  readonly earlier: string;
}

/**
 * Reads sentences and compares each with those before it, as soon as white space follows it. Nothing is held: a note goes behind
 * the sentence's end, and that is where the text stands then.
 */
class ContradictionRun implements DetectorRun {
  readonly #fences = new FenceTracker();
  readonly #cutter = new SentenceCutter((sentence) => this.#sentence(sentence));
  readonly #context = new ClaimContext();
  readonly #book = new ClaimBook();
  readonly #values = new ValueBook();
  readonly #counts = new CountWatch();
  readonly #strategy: Verdict['strategy'];
  /** Notes that may still be made. */
  #notes: number;
  #offset = 0;
  #code = false;
  #lineStart = true;
  /** The answer opens as a JSON value or a tag; null: nothing but white space was read. */
  #structured: boolean | null = null;
  #found: (finding: Finding) => void = () => undefined;

  constructor(context: ExchangeContext) {
    this.#strategy = context.request.structured === true ? 'report' : 'insert';
    this.#notes = context.contradictionNotes ?? Infinity;
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    this.#found = found;
    if (view.fresh !== '') this.#read(view.fresh);
    if (view.ended) this.#cutter.end(this.#offset);
    return this.#offset;
  }

  letGo(): void {
    // Nothing is held, so nothing changes by its leaving.
  }

  /** Only what can end a sentence makes a difference. */
  mayWait(): boolean {
    return true;
  }

  #read(fresh: string): void {
    this.#fences.push(fresh);
    this.#cutter.take(fresh, this.#offset);
    let at = 0;
    while (at < fresh.length) {
      if (this.#lineStart) {
        this.#lineStart = false;
        this.#code = this.#fences.isCode(this.#offset + at);
      }
      const newline = fresh.indexOf('\n', at);
      const end = newline < 0 ? fresh.length : newline + 1;
      this.#lineStart = newline >= 0;
      if (this.#structured === null) this.#structured = opensAs(fresh, at, end);
      if (!this.#code && this.#structured !== true) this.#cutter.read(at, end);
      at = end;
    }
    this.#offset += fresh.length;
  }

  #sentence(sentence: Sentence): void {
    const whole = bareText(sentence.text, sentence.opensLine).body;
    const place = this.#context.next(sentence, whole);
    const announced = this.#counts.next(sentence);
    if (announced !== null) {
      this.#report(sentence, { conflict: 'count', earlier: announced });
      return;
    }
    if (miscounts(whole)) {
      this.#report(sentence, { conflict: 'count', earlier: sentence.text });
      return;
    }
    const body = whole.trim();
    if (place.skip) {
      const other = this.#values.pass(body, place, sentence.opensLine);
      if (other === null) this.#values.add(sentence.text);
      else this.#report(sentence, { conflict: 'value', earlier: other });
      return;
    }
    const statement = statementOf(sentence.text, body);
    const found = this.#contradicted(statement, body, place, sentence.opensLine);
    if (found !== null) {
      this.#report(sentence, found);
      return;
    }
    this.#book.add(statement, place);
    this.#values.add(sentence.text);
  }

  #contradicted(statement: Statement, body: string, place: Place, opensLine: boolean): Found | null {
    const other = this.#values.contradicted(body, statement, place, opensLine);
    const claimed = place.corrects ? null : this.#book.contradicted(statement, place);
    if (claimed !== null) return { conflict: claimed.conflict, earlier: claimed.earlier.text };
    return other === null ? null : { conflict: 'value', earlier: other };
  }

  #report(sentence: Sentence, { conflict, earlier }: Found): void {
    const noted = this.#strategy === 'insert' && this.#notes > 0;
    if (noted) this.#notes -= 1;
    this.#found({
      start: sentence.start,
      end: sentence.end,
      verdict: {
        type: 'logic_contradiction',
        confidence: CONFIDENCE[conflict],
        detected: sentence.text,
        expected: null,
        strategy: noted ? this.#strategy : 'report',
        rule: null,
        reason: quote(earlier),
      },
    });
  }
}

/** Whether the first unit of an answer opens a JSON value or a tag; null: there is none yet. */
function opensAs(text: string, from: number, to: number): boolean | null {
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > SPACE) return unit === BRACE || unit === BRACKET || unit === ANGLE;
  }
  return null;
}

const SPACE = 32;
const ANGLE = 60;
const BRACKET = 91;
const BRACE = 123;

/** A statement as a note quotes it: one line, without emphasis, cut at a word. */
export function quote(text: string): string {
  const line = text.replace(/^[\s>]*(?:[-*+•]|\d{1,3}[.)])\s+/, '').replace(/\*\*|__|`/g, '').replaceAll('"', "'").replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_QUOTE) return line;
  const cut = line.lastIndexOf(' ', MAX_QUOTE - 1);
  return `${line.slice(0, cut > MAX_QUOTE / 2 ? cut : MAX_QUOTE - 1).replace(/[\ud800-\udbff]$/, '').replace(/[,;:.\s]+$/, '')}…`;
}
