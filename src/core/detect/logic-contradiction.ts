import type { ChannelKind } from '../types.js';
import { ClaimContext, type Place } from './claim-context.js';
import { CountWatch } from './claim-counts.js';
import { LiveClaims } from './claim-live.js';
import { bareText, parseStatement, type Statement } from './claim-parse.js';
import { ValueBook } from './claim-values.js';
import { ClaimBook } from './claims.js';
import type { Detector, DetectorRun, ExchangeContext, Finding, TextView, Verdict } from './detector.js';
import { FenceTracker } from './fences.js';
import { type Sentence, SentenceCutter, type SentenceSink } from './sentences.js';

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

interface Judged {
  readonly statement: Statement;
  readonly body: string;
  readonly found: { readonly conflict: keyof typeof CONFIDENCE; readonly earlier: string } | null;
}

/**
 * Reads sentences and compares each with those before it. Nothing is held but what a note needs: the words from the one that
 * turns a repeated statement into its opposite, or the full stop of a sentence already judged to contradict. The span of a finding is that
 * part of the later sentence; `detected` is all of it.
 */
class ContradictionRun implements DetectorRun, SentenceSink {
  readonly #fences = new FenceTracker();
  readonly #cutter = new SentenceCutter(this);
  readonly #context = new ClaimContext();
  readonly #book = new ClaimBook();
  readonly #values = new ValueBook();
  readonly #counts = new CountWatch();
  readonly #live = new LiveClaims();
  readonly #holdChars: number;
  readonly #strategy: Verdict['strategy'];
  #offset = 0;
  #code = false;
  #lineStart = true;
  #structured: boolean | null = null;
  #frontier = 0;
  /** Where the full stop of a sentence stands that contradicts, until white space confirms it; -1: none. */
  #stopAt = -1;
  /** The sentence as it was judged at its last full stop. */
  #judged: Judged | null = null;
  #found: (finding: Finding) => void = () => undefined;

  constructor(context: ExchangeContext) {
    this.#holdChars = context.holdChars;
    this.#strategy = context.request.structured === true ? 'report' : 'insert';
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    this.#found = found;
    const { fresh } = view;
    if (fresh !== '') this.#read(fresh);
    if (view.ended) {
      this.#cutter.end(this.#offset);
      this.#frontier = this.#offset;
      return this.#frontier;
    }
    const least = this.#offset - this.#holdChars;
    this.#frontier = Math.max(this.#frontier, least, Math.min(this.#offset, this.#held()));
    return this.#frontier;
  }

  letGo(): void {
    // What has left can still be reported; the rewriter sees to that.
  }

  #held(): number {
    if (this.#structured === true || this.#code) return Infinity;
    const held = this.#live.hold();
    return this.#stopAt >= 0 ? Math.min(held, this.#stopAt) : held;
  }

  #read(fresh: string): void {
    this.#fences.push(fresh);
    this.#cutter.take(fresh, this.#offset);
    for (let at = 0; at < fresh.length; at += 1) {
      const unit = fresh.charCodeAt(at);
      const offset = this.#offset;
      this.#offset += 1;
      if (this.#lineStart) this.#openLine(offset);
      if (unit === 10) this.#lineStart = true;
      if (this.#code || this.#structured === true) continue;
      if (this.#structured === null && unit > 32) this.#structured = unit === 123 || unit === 91 || unit === 60;
      this.#cutter.push(unit, offset);
      this.#live.push(unit, offset);
    }
  }

  #openLine(offset: number): void {
    this.#lineStart = false;
    this.#code = this.#fences.isCode(offset);
  }

  mayEnd(sentence: Sentence): void {
    const { found } = this.#judge(sentence, this.#context.peek(sentence));
    if (found !== null) this.#stopAt = sentence.end - 1;
  }

  goesOn(): void {
    this.#stopAt = -1;
  }

  sentence(sentence: Sentence): void {
    const place = this.#context.next(sentence);
    const { statement, body, found } = this.#judge(sentence, place);
    if (found !== null) this.#report(sentence, found);
    else {
      this.#book.add(statement, place);
      if (!place.skip) this.#live.add(statement);
    }
    if (!place.skip && found === null) this.#values.add(body, sentence.text);
    this.#counts.next(sentence);
    this.#stopAt = -1;
    this.#judged = null;
    this.#live.reset();
  }

  #judge(sentence: Sentence, place: Place): Judged {
    if (this.#judged?.statement.text === sentence.text) return this.#judged;
    const statement = parseStatement(sentence.text, sentence.opensLine);
    const body = bareText(sentence.text, sentence.opensLine).body.trim();
    this.#judged = { statement, body, found: this.#contradicted(sentence, statement, body, place) };
    return this.#judged;
  }

  #contradicted(sentence: Sentence, statement: Statement, body: string, place: Place): Judged['found'] {
    const announced = this.#counts.exceeded(sentence);
    if (announced !== null) return { conflict: 'count', earlier: announced };
    const claimed = this.#book.contradicted(statement, place);
    if (claimed !== null) return { conflict: claimed.conflict, earlier: claimed.earlier.text };
    const other = place.skip || place.corrects ? null : this.#values.contradicted(body);
    return other === null ? null : { conflict: 'value', earlier: other };
  }

  #report(sentence: Sentence, { conflict, earlier }: NonNullable<Judged['found']>): void {
    const flip = this.#live.flip();
    const kept = flip < sentence.end ? flip : sentence.stopped ? this.#stopAt : -1;
    // What was held is at most `holdChars`, as if the text had come unit by unit.
    const start = kept < 0 ? sentence.start : Math.min(Math.max(kept, this.#offset - 1 - this.#holdChars), sentence.end - 1);
    this.#found({
      start,
      end: sentence.end,
      verdict: {
        type: 'logic_contradiction',
        confidence: CONFIDENCE[conflict],
        detected: sentence.text.trim(),
        expected: null,
        strategy: kept < 0 ? 'report' : this.#strategy,
        rule: null,
        reason: quote(earlier),
      },
    });
  }
}

/** A statement as a note quotes it: one line, without emphasis, cut at a word. */
export function quote(text: string): string {
  const line = text.replace(/^[\s>]*(?:[-*+•]|\d{1,3}[.)])\s+/, '').replace(/\*\*|__|`/g, '').replaceAll('"', "'").replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_QUOTE) return line;
  const cut = line.lastIndexOf(' ', MAX_QUOTE - 1);
  return `${line.slice(0, cut > MAX_QUOTE / 2 ? cut : MAX_QUOTE - 1).replace(/[\ud800-\udbff]$/, '').replace(/[,;:.\s]+$/, '')}…`;
}
