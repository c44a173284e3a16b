import { LiteralRun } from './literal-run.js';
import type { Automaton } from './literal-trie.js';
import type { Match, MatcherRun } from './matcher.js';
import { captureGroups } from './regex-captures.js';
import type { Surroundings } from './regex-look-behind.js';
import { RegexRun } from './regex-run.js';
import type { RegexPattern, RegexSet } from './regex-set.js';

/** What a compiled rule set runs on. */
export interface Compiled {
  readonly automata: readonly Automaton[];
  readonly regexes: RegexSet | null;
  /** By rule: whether its groups are wanted. */
  readonly expand: readonly boolean[];
  /** Whether any rule wants them. */
  readonly quotes: boolean;
  /** By rule: the regex to read its groups from, where it has any. */
  readonly grouped: ReadonlyMap<number, RegexPattern>;
  readonly holdChars: number;
}

/** Pieces are read in stretches of this many units, so that offers do not pile up in a large one. */
const STRETCH_UNITS = 1_024;

/** The best a start can become, as far as it is decided. */
interface Offered {
  end: number;
  rule: number;
  /** A rule with several words may offer a start again: what `applies` said of it. */
  readonly asked: Map<number, boolean>;
}

/** One text. Literals and regexes are read stretch by stretch, then the leftmost decided starts are settled. */
export class CompiledRun implements MatcherRun {
  readonly #compiled: Compiled;
  readonly #applies: (rule: number, start: number) => boolean;
  readonly #literals: readonly LiteralRun[];
  readonly #regexes: RegexRun | null;
  readonly #offers = new Map<number, Offered>();
  /** Starts with an offer, ascending once `#sorted`. */
  #starts: number[] = [];
  #sorted = true;
  #matches: Match[] = [];
  /** The text kept: what stands before the frontier only as far as look-behind reaches. */
  #text = '';
  #base = 0;
  #length = 0;
  /** Up to here the regexes have read: the length, or one less behind a lone high surrogate. */
  #read = 0;
  /** No match may start before this. */
  #from = 0;
  #ended = false;

  constructor(compiled: Compiled, applies: (rule: number, start: number) => boolean) {
    const offer = (rule: number, start: number, end: number): void => this.#offer(rule, start, end);
    this.#compiled = compiled;
    this.#applies = applies;
    this.#literals = compiled.automata.map((automaton) => new LiteralRun(automaton, offer));
    this.#regexes = compiled.regexes === null ? null : new RegexRun(compiled.regexes, compiled.holdChars, offer);
  }

  /** Steps of work done by the regexes. For tests that hold it against the text's length. */
  get work(): number {
    return this.#regexes?.work ?? 0;
  }

  push(piece: string): number {
    if (this.#ended || piece.length === 0) return this.#frontier();
    this.#text = this.#text.length === 0 ? piece : this.#text + piece;
    const end = this.#length + piece.length;
    while (this.#length < end) {
      const to = Math.min(end, this.#length + STRETCH_UNITS);
      for (const literals of this.#literals) literals.read(this.#text, this.#length - this.#base, to - this.#base, this.#base);
      this.#length = to;
      if (this.#regexes !== null) this.#readRegexes(this.#regexes, to);
      if (this.#starts.length > 0) this.#settle();
    }
    const frontier = this.#frontier();
    this.#trim(frontier);
    return frontier;
  }

  end(): number {
    if (this.#ended) return this.#length;
    for (const literals of this.#literals) literals.finish(this.#length);
    if (this.#regexes !== null) {
      if (this.#read < this.#length) this.#readOne(this.#regexes, this.#text.charCodeAt(this.#read - this.#base), this.#around());
      this.#regexes.finish(this.#length);
    }
    this.#ended = true;
    this.#settle();
    this.#text = '';
    this.#base = this.#length;
    return this.#length;
  }

  letGo(offset: number): void {
    if (offset <= this.#from) return;
    this.#from = offset;
    this.#regexes?.dropBefore(offset);
    this.#settle();
  }

  take(): readonly Match[] {
    const matches = this.#matches;
    if (matches.length > 0) this.#matches = [];
    return matches;
  }

  #around(): Surroundings {
    return { text: this.#text, fromStart: this.#base === 0 };
  }

  #readRegexes(regexes: RegexRun, to: number): void {
    const around = this.#around();
    while (this.#read < to) {
      const index = this.#read - this.#base;
      let char = this.#text.charCodeAt(index);
      if ((char & 0xfc00) === 0xd800) {
        // Even half a character is text that an attempt has seen.
        regexes.expire(this.#read + 1);
        if (this.#read + 1 === this.#length) return;
        char = this.#text.codePointAt(index) ?? char;
        if (char > 0xffff && this.#read + 2 > to) return;
      }
      this.#readOne(regexes, char, around);
    }
  }

  #readOne(regexes: RegexRun, char: number, around: Surroundings): void {
    const at = this.#read;
    this.#read = at + (char > 0xffff ? 2 : 1);
    regexes.read(char, at, this.#from, around, this.#read - this.#base);
    regexes.expire(this.#read);
  }

  #offer(rule: number, start: number, end: number): void {
    if (start < this.#from) return;
    let offered = this.#offers.get(start);
    if (offered === undefined) {
      offered = { end: -1, rule: -1, asked: new Map() };
      this.#offers.set(start, offered);
      if ((this.#starts.at(-1) ?? -1) > start) this.#sorted = false;
      this.#starts.push(start);
    }
    if (end < offered.end || (end === offered.end && rule >= offered.rule)) return;
    let applies = offered.asked.get(rule);
    if (applies === undefined) {
      applies = this.#applies(rule, start);
      offered.asked.set(rule, applies);
    }
    if (!applies) return;
    offered.end = end;
    offered.rule = rule;
  }

  /** The least start that may still become a match or a longer one; Infinity: none. */
  #undecided(): number {
    if (this.#ended) return Infinity;
    let least = this.#regexes?.oldest ?? Infinity;
    for (const literals of this.#literals) least = Math.min(least, literals.openFrom(this.#from, this.#length));
    if (this.#regexes !== null && this.#read < this.#length && this.#read < least && this.#read >= this.#from) {
      if (this.#regexes.mayBeginWith(this.#text.charCodeAt(this.#read - this.#base))) least = this.#read;
    }
    return least;
  }

  #settle(): void {
    if (this.#starts.length === 0) return;
    if (!this.#sorted) this.#starts.sort((a, b) => a - b);
    this.#sorted = true;
    let undecided = this.#undecided();
    let done = 0;
    for (const start of this.#starts) {
      if (start >= this.#from) {
        if (undecided <= start) break;
        const offered = this.#offers.get(start);
        if (offered !== undefined && offered.rule >= 0) {
          this.#accept(offered.rule, start, offered.end);
          undecided = this.#undecided();
        }
      }
      this.#offers.delete(start);
      done++;
    }
    this.#starts = this.#starts.slice(done);
  }

  #accept(rule: number, start: number, end: number): void {
    this.#matches.push({ start, end, rule, groups: this.#groups(rule, start, end) });
    this.#from = end;
    this.#regexes?.dropBefore(end);
  }

  #groups(rule: number, start: number, end: number): Match['groups'] {
    if (this.#compiled.expand[rule] !== true) return null;
    const pattern = this.#compiled.grouped.get(rule);
    if (pattern === undefined) return [this.#text.slice(start - this.#base, end - this.#base)];
    const around = { text: this.#text, fromStart: this.#base === 0, ended: this.#ended };
    return captureGroups(pattern.machine, around, start - this.#base);
  }

  #frontier(): number {
    if (this.#ended) return this.#length;
    // Whatever is offered and not settled waits for an undecided start before it.
    return Math.min(this.#length, this.#undecided());
  }

  /** Forgets text that neither a match to come nor its look-behind can need. */
  #trim(frontier: number): void {
    const { regexes, quotes } = this.#compiled;
    if (regexes === null && !quotes) {
      this.#text = '';
      this.#base = this.#length;
      return;
    }
    // Two units for each code point of look-behind, and what stands before it, whole.
    const behind = regexes === null ? 0 : regexes.behindChars * 2 + 2;
    const keep = Math.max(this.#base, Math.min(frontier, this.#read) - behind);
    this.#text = this.#text.slice(keep - this.#base);
    this.#base = keep;
  }
}
