import type { PathUnknown } from '../truth/ground-truth.js';
import type { ExchangeContext, Finding, TextView } from './detector.js';
import { CHAR, charKind, isIdleUnit, isOpener, isWordsUnit } from './path-chars.js';
import { lineBefore, LOOK_AHEAD, LOOK_BACK } from './path-cues.js';
import { PathDraft } from './path-draft.js';
import { GRADE, type Grade, gradeOf, mayStandApart } from './path-hold.js';
import { isOnlyTold, PathJudge } from './path-judge.js';
import { FENCE_LINE, FENCE_TICKS, PathLines } from './path-lines.js';
import { type Mention, readMention, TAG_REACH } from './path-mention.js';

/** A mention that is not known, waiting for the rest of its line. */
interface Suspect {
  readonly start: number;
  readonly end: number;
  /** Behind the word it stands in. */
  readonly wordEnd: number;
  /** What of it has not left. */
  readonly from: number;
  readonly mention: Mention;
  readonly answer: PathUnknown;
  readonly fence: string | null;
  readonly lead: string;
  readonly header: boolean;
  readonly delimited: boolean;
}

/** What says where in a file: `:42`, `:10:5`, `#L10-L20`, `(10,5)`. */
const LINE_SUFFIX = /^(?::\d+(?:[:-]\d+)?|#L\d+(?:-L?\d+)?|\(\d+(?:,\d+)?\))/;
/** Own text is kept this long at least behind what is read, and cut in larger steps. */
const KEPT = 2_048;
const PIECE = 4_096;

const SPACE = 0x20;
const COMMA = 0x2c;
const STAR = 0x2a;
const UNDERSCORE = 0x5f;
const TICK = 0x60;
const TILDE = 0x7e;
const QUOTE = 0x3e;
const TAG = 0x3c;
const BRACE = 0x7b;

/**
 * Finds the paths of one channel and judges them, reading each unit once. The units are taken one by one, so that what is
 * found and what is held are functions of the text alone.
 */
export class PathScan {
  readonly #judge: PathJudge;
  readonly #lines = new PathLines();
  readonly #mostHeld: number;
  #text = '';
  #base = 0;
  /** Offset of the next unit. */
  #at = 0;
  #ended = false;
  readonly #word: PathDraft;
  /** Nothing of the word has left, since something before it is held. */
  #covered = false;
  /** The two units before the next. */
  #last = 0;
  #lastButOne = 0;
  /** First unit of the line that is no space; 0: none yet. */
  #lead = 0;
  /** The open brackets, the innermost in the lowest bit: 1 for a brace. */
  #brackets = 0;
  #ticks = 0;
  #span = 0;
  #spanStart = -1;
  #opened = false;
  /** It opened as data. */
  #data = false;
  #gone = 0;
  readonly #suspects: Suspect[] = [];
  #found: Finding[] = [];

  constructor(context: ExchangeContext) {
    this.#judge = new PathJudge(context);
    this.#mostHeld = Math.max(1, context.holdChars);
    this.#word = new PathDraft({ isOnlyTold: () => this.#isOnlyTold(), beginsTop: (prefix) => context.truth.beginsTop(prefix) }, this.#mostHeld);
  }

  /** Offset up to which the text has been read. */
  get length(): number {
    return this.#at;
  }

  /** Reads what is new in the view; true: there are findings to take. */
  advance(view: TextView): boolean {
    if (view.base + view.text.length > this.#at) this.#read(view.fresh);
    if (view.ended && !this.#ended) this.#end();
    return this.#found.length > 0;
  }

  take(): readonly Finding[] {
    if (this.#found.length === 0) return NONE;
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** No finding will begin before it. */
  frontier(): number {
    if (this.#ended) return this.#at;
    const [first] = this.#suspects;
    if (first !== undefined) return first.from;
    return this.#word.start >= 0 && this.#word.held >= 0 ? this.#word.held : this.#at;
  }

  /** In prose, outside code and behind no unfinished path, words are no paths and hold nothing. */
  mayWait(): boolean {
    return this.#suspects.length === 0 && this.#span === 0 && this.#lines.fence === null && this.#word.isPlain;
  }

  letGo(offset: number): void {
    this.#gone = Math.max(this.#gone, offset);
    this.#word.gone = this.#gone;
    while (this.#suspects.length > 0 && (this.#suspects[0] as Suspect).start < offset) this.#suspects.shift();
    if (this.#word.held >= 0 && this.#word.held < offset) this.#word.held = offset;
  }

  #read(fresh: string): void {
    for (let from = 0; from < fresh.length; from += PIECE) {
      const piece = fresh.length <= PIECE ? fresh : fresh.slice(from, from + PIECE);
      this.#text += piece;
      let at = 0;
      while (at < piece.length) {
        if (this.#isAmongWords()) at = this.#passWords(piece, at);
        else if (this.#suspects.length === 0 && this.#word.start >= 0 && this.#word.isIdle(this.#at)) at = this.#pass(piece, at);
        if (at === piece.length) break;
        const code = piece.charCodeAt(at);
        this.#unit(code, charKind(code));
        this.#lastButOne = this.#last;
        this.#last = code;
        this.#at += 1;
        at += 1;
        if (this.#suspects.length > 0) this.#settle();
      }
      this.#trim();
    }
  }

  /** Behind a letter or comma and at most one space, and where words are no paths: none can begin until something else comes. */
  #isAmongWords(): boolean {
    const last = this.#last;
    return isWordsUnit(last) && (last !== SPACE || (this.#lastButOne !== SPACE && isWordsUnit(this.#lastButOne))) && this.mayWait();
  }

  /** Passes over words, leaves the last one as it would stand had it been read, and returns where they end. */
  #passWords(piece: string, from: number): number {
    let at = from;
    while (at < piece.length && isWordsUnit(piece.charCodeAt(at))) at += 1;
    if (at === from) return at;
    const word = this.#word;
    let start = at;
    while (start > from && isJoined(piece.charCodeAt(start - 1))) start -= 1;
    const before = start === from ? this.#last : piece.charCodeAt(start - 1);
    const offset = this.#at - from;
    if (start === at) word.start = -1;
    else if (start > from || !isJoined(this.#last)) word.begin(offset + start, piece.charCodeAt(start), before, 0);
    this.#lastButOne = at - from > 1 ? piece.charCodeAt(at - 2) : this.#last;
    this.#last = piece.charCodeAt(at - 1);
    this.#at = offset + at;
    return at;
  }

  /** Passes over letters that change nothing, and returns where they end. Most of prose is read so. */
  #pass(piece: string, from: number): number {
    let at = from;
    while (at < piece.length && isIdleUnit(piece.charCodeAt(at))) at += 1;
    if (at === from) return at;
    this.#lastButOne = at - from > 1 ? piece.charCodeAt(at - 2) : this.#last;
    this.#last = piece.charCodeAt(at - 1);
    this.#at += at - from;
    return at;
  }

  #trim(): void {
    const extra = this.#at - KEPT - this.#base;
    if (extra < PIECE) return;
    this.#text = this.#text.slice(extra);
    this.#base += extra;
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
  }

  #unit(code: number, kind: number): void {
    const word = this.#word;
    if (this.#lead === 0 && kind !== CHAR.space && kind !== CHAR.newline) this.#lead = code;
    if (this.#ticks > 0 && kind !== CHAR.tick) this.#endTicks();
    if (kind === CHAR.word || (word.start >= 0 && word.joins(code, kind))) {
      if (word.start < 0) this.#begin(code);
      word.grow(code, this.#at, this.#last, this.#lastButOne);
      return;
    }
    if (word.start >= 0) this.#endWord();
    if (kind === CHAR.newline) this.#endLine();
    else if (kind !== CHAR.space) {
      if (kind === CHAR.tick) this.#ticks += 1;
      else if (kind === CHAR.open) this.#brackets = (this.#brackets << 1) | (code === BRACE ? 1 : 0);
      else if (kind === CHAR.close) this.#brackets >>>= 1;
      if (!this.#opened) this.#open(code);
    }
  }

  /** An answer that opens as a JSON value or a tag is no prose. */
  #open(code: number): void {
    this.#opened = true;
    this.#data = code === BRACE;
    if (code === BRACE || code === TAG) this.#judge.structured();
  }

  #begin(code: number): void {
    this.#opened = true;
    this.#covered = this.#suspects.length > 0;
    if (this.#word.begin(this.#at, code, this.#last, this.#lastButOne)) this.#word.hold(this.#grade());
  }

  /** How a word here is held from its first letter. */
  #grade(): Grade {
    const { fence, lineStart, fenceStart } = this.#lines;
    // The word behind the ticks of a fence is a language.
    if (this.#span > 0) return this.#span < FENCE_TICKS || this.#spanStart < this.#at || this.#lead !== TICK ? GRADE.firm : GRADE.none;
    const column = this.#at - lineStart;
    if (!mayStandApart(this.#last, this.#lastButOne, fence !== null, column)) return GRADE.none;
    const line = this.#slice(Math.max(lineStart, this.#at - LOOK_BACK), this.#at);
    return gradeOf({ last: this.#last, lastButOne: this.#lastButOne, fence, heads: lineStart === fenceStart, lead: this.#lead, column, data: this.#data, inObject: (this.#brackets & 1) === 1, line });
  }

  #before(offset: number): string {
    return offset > this.#base ? (this.#text[offset - 1 - this.#base] as string) : '';
  }

  #isOnlyTold(): boolean {
    const { fence } = this.#lines;
    const { start } = this.#word;
    const first = this.#text.charCodeAt(start - this.#base);
    // Emphasis is no part of a path, so that what stands before it is yet to be seen.
    if (first === STAR || first === UNDERSCORE) return false;
    const before = this.#slice(start - LOOK_BACK, start);
    return isOnlyTold(lineBefore(before), fence, this.#span > 0 || isOpener(before.charCodeAt(before.length - 1)));
  }

  #endTicks(): void {
    if (this.#span === 0) {
      this.#span = this.#ticks;
      this.#spanStart = this.#at;
    } else if (this.#span === this.#ticks) this.#span = 0;
    this.#ticks = 0;
  }

  #endLine(): void {
    const { lineStart, fence } = this.#lines;
    const marked = this.#lead === TICK || this.#lead === TILDE || this.#lead === QUOTE;
    // Most lines are not even looked at.
    const line = marked ? this.#slice(lineStart, Math.min(this.#at, lineStart + FENCE_LINE)) : '';
    const changed = this.#lines.endLine(line, this.#at + 1, () => this.#slice(lineStart - LOOK_BACK, lineStart));
    // A span of code does not reach over the end of its paragraph; one line is as far as paths do.
    if (changed) this.#brackets = 0;
    if (changed || this.#lead === 0 || fence !== null || this.#at - this.#spanStart > LOOK_BACK) this.#span = 0;
    this.#ticks = 0;
    this.#lead = 0;
  }

  #endWord(): void {
    const { start: word, held, slash, inner, address, tooLong } = this.#word;
    this.#word.start = -1;
    this.#word.held = -1;
    if (tooLong || address || (!slash && !inner)) return;
    const text = this.#slice(word, this.#at);
    const mention = readMention(text, this.#slice(word - TAG_REACH, word));
    if (mention === null) return;
    const answer = this.#judge.look(mention);
    if (answer === null) return;
    const start = word + mention.start;
    if (start < this.#gone) return;
    const opener = this.#before(start);
    this.#suspects.push({
      start,
      end: word + mention.end,
      wordEnd: this.#at,
      from: this.#covered ? start : Math.max(start, held < 0 ? this.#at : held),
      mention,
      answer,
      fence: this.#lines.fence,
      lead: this.#lines.lead,
      header: this.#lines.fence !== null && this.#lines.lineStart === this.#lines.fenceStart,
      delimited: this.#span > 0 || isOpener(opener.charCodeAt(0)),
    });
  }

  /** Decides about the first suspects whose lines have gone on far enough. */
  #settle(): void {
    for (;;) {
      const [first] = this.#suspects;
      if (first === undefined) return;
      const ahead = this.#at - first.wordEnd;
      const ended = this.#ended || this.#lines.lineStart > first.end || ahead >= LOOK_AHEAD || this.#at - first.from >= this.#mostHeld;
      if (!ended) return;
      this.#suspects.shift();
      this.#decide(first);
      if (this.#suspects.length === 0) this.#covered = false;
    }
  }

  #decide(suspect: Suspect): void {
    const { start, end, mention, answer } = suspect;
    const rest = this.#slice(end, Math.min(this.#at, suspect.wordEnd + LOOK_AHEAD));
    const newline = rest.indexOf('\n');
    const after = newline < 0 ? rest : rest.slice(0, newline);
    const before = this.#slice(start - LOOK_BACK, start);
    if (this.#isPartOfLonger(before, mention.path, after)) return;
    const verdict = this.#judge.decide(mention, answer, { before, after, fence: suspect.fence, lead: suspect.lead, header: suspect.header, delimited: suspect.delimited });
    if (verdict === null) return;
    const { from } = suspect;
    const noteAt = end + (LINE_SUFFIX.exec(after)?.[0].length ?? 0);
    if (from === start) this.#found.push({ start, end, verdict, noteAt });
    else if (verdict.strategy !== 'replace' || verdict.expected?.startsWith(mention.path.slice(0, from - start)) === true) this.#found.push({ start, end, verdict, from, noteAt });
    // Letters that have left are wrong: where they are still here is chance, and nothing may depend on it.
    else this.#found.push({ start, end, verdict: { ...verdict, strategy: 'report' } });
  }

  /** Inside backticks and double quotes a path may have spaces: then the whole is asked for, and without a first word. */
  #isPartOfLonger(before: string, path: string, after: string): boolean {
    for (const [open, close] of QUOTES) {
      const from = before.lastIndexOf(open);
      const to = after.indexOf(close);
      if (from < 0 || to < 0 || before.includes('\n', from)) continue;
      const whole = before.slice(from + 1) + path + after.slice(0, to);
      if (whole.length === path.length || !whole.includes(' ')) continue;
      if (this.#judge.isKnown(whole.trim()) || this.#judge.isKnown(whole.slice(whole.indexOf(' ') + 1).trim())) return true;
    }
    return false;
  }

  #end(): void {
    this.#ended = true;
    if (this.#word.start >= 0) this.#endWord();
    this.#settle();
  }
}

const NONE: readonly Finding[] = [];
const QUOTES: readonly (readonly [string, string])[] = [['`', '`'], ['"', '"'], ['(', ')'], ["'", "'"]];

/** Of the units of words: it belongs to one. */
function isJoined(code: number): boolean {
  return code !== SPACE && code !== COMMA;
}
