import type { PathUnknown } from '../truth/ground-truth.js';
import type { ExchangeContext, Finding, TextView } from './detector.js';
import { CHAR, charKind, isOpener, opening } from './path-chars.js';
import { lineBefore, LOOK_AHEAD, LOOK_BACK } from './path-cues.js';
import { begins, isApart, isNoPath, isPlainName, LEAST_PATH, mayEnd } from './path-hold.js';
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
/** A word longer than this is no path. */
const MOST_WORD = 512;
/** Own text is kept this long at least behind what is read, and cut in larger steps. */
const KEPT = 2_048;
const PIECE = 4_096;

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const COLON = 0x3a;
const NINE = 0x39;
const STAR = 0x2a;
const TICK = 0x60;
const TILDE = 0x7e;
const QUOTE = 0x3e;

/**
 * Finds the paths of one channel and judges them, reading each unit once. The units are taken one by one, so that what is
 * found and what is held are functions of the text alone.
 */
export class PathScan {
  readonly #context: ExchangeContext;
  readonly #judge: PathJudge;
  readonly #lines = new PathLines();
  readonly #mostHeld: number;
  #text = '';
  #base = 0;
  /** Offset of the next unit. */
  #at = 0;
  #ended = false;
  /** Start of the current word; -1: between words. */
  #word = -1;
  /** What of the word has left before it began to be held; -1: it is not held. */
  #held = -1;
  /** Nothing of the word has left, since something before it is held. */
  #covered = false;
  /** Whatever becomes of the word, the text will not be changed for it: it need not wait. */
  #futile = false;
  /** It has a character that a path may end before. */
  #cut = false;
  /** It is held only as the beginning of a top-level folder. */
  #top = false;
  #tooLong = false;
  #slash = false;
  #dot = -2;
  /** A dot stands inside the word: it may be a file's name without a folder. */
  #inner = false;
  /** The word's first letters, while a top-level folder may begin so. */
  #letters = '';
  /** The two units before the next. */
  #last = 0;
  #lastButOne = 0;
  /** First unit of the line that is no space; 0: none yet. */
  #lead = 0;
  #address = false;
  readonly #depth = { '(': 0, '[': 0, '{': 0, '<': 0 };
  #ticks = 0;
  #span = 0;
  #spanStart = -1;
  #opened = false;
  #gone = 0;
  readonly #suspects: Suspect[] = [];
  #found: Finding[] = [];

  constructor(context: ExchangeContext) {
    this.#context = context;
    this.#judge = new PathJudge(context);
    this.#mostHeld = Math.max(1, context.holdChars);
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
    return this.#word >= 0 && this.#held >= 0 ? this.#held : this.#at;
  }

  letGo(offset: number): void {
    this.#gone = Math.max(this.#gone, offset);
    while (this.#suspects.length > 0 && (this.#suspects[0] as Suspect).start < offset) this.#suspects.shift();
    if (this.#held >= 0 && this.#held < offset) this.#held = offset;
  }

  #read(fresh: string): void {
    for (let from = 0; from < fresh.length; from += PIECE) {
      const piece = fresh.length <= PIECE ? fresh : fresh.slice(from, from + PIECE);
      this.#text += piece;
      for (let at = 0; at < piece.length; at += 1) {
        const code = piece.charCodeAt(at);
        this.#unit(code, charKind(code));
        this.#lastButOne = this.#last;
        this.#last = code;
        this.#at += 1;
        if (this.#suspects.length > 0) this.#settle();
      }
      this.#trim();
    }
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
    if (this.#lead === 0 && kind !== CHAR.space && kind !== CHAR.newline) this.#lead = code;
    if (this.#ticks > 0 && kind !== CHAR.tick) this.#endTicks();
    if (kind === CHAR.word || (this.#word >= 0 && this.#joins(code, kind))) {
      if (this.#word < 0) this.#begin(code);
      this.#grow(code);
      return;
    }
    if (this.#word >= 0) this.#endWord();
    if (kind === CHAR.newline) this.#endLine();
    else if (kind !== CHAR.space) {
      if (kind === CHAR.tick) this.#ticks += 1;
      if (!this.#opened) this.#open(code);
    }
  }

  /** An answer that opens as a JSON value or a tag is no prose. */
  #open(code: number): void {
    this.#opened = true;
    if (code === 0x7b || code === 0x3c) this.#judge.structured();
  }

  /** Whether a delimiter belongs to the word: brackets of a template or a folder's name, and nearly everything in an address. */
  #joins(code: number, kind: number): boolean {
    if (!this.#slash && !this.#address) return false;
    const letter = String.fromCharCode(code);
    if (kind === CHAR.open) {
      this.#depth[letter as '('] += 1;
      return true;
    }
    if (kind === CHAR.close) {
      const open = opening(letter) as '(';
      if (this.#depth[open] === 0) return false;
      this.#depth[open] -= 1;
      return true;
    }
    if (kind !== CHAR.delimiter || code >= 128) return false;
    if (letter === ',' && !this.#address) return this.#depth['('] > 0 || this.#depth['{'] > 0;
    return this.#address && letter !== '"' && letter !== "'" && letter !== '|';
  }

  #begin(code: number): void {
    this.#opened = true;
    this.#word = this.#at;
    this.#futile = !begins(code);
    this.#cut = false;
    this.#held = !this.#futile && this.#isSetApart() ? this.#at : -1;
    this.#covered = this.#suspects.length > 0;
    this.#top = false;
    this.#tooLong = false;
    this.#slash = false;
    this.#address = false;
    this.#dot = -2;
    this.#inner = false;
    this.#letters = '';
    this.#depth['('] = this.#depth['['] = this.#depth['{'] = this.#depth['<'] = 0;
  }

  /** A word here is held from its first letter. */
  #isSetApart(): boolean {
    const { fence, lineStart, fenceStart } = this.#lines;
    // The word behind the ticks of a fence is a language.
    if (this.#span > 0) return this.#span < FENCE_TICKS || this.#spanStart < this.#at || this.#lead !== TICK;
    return isApart({ last: this.#last, lastButOne: this.#lastButOne, fence, heads: lineStart === fenceStart, lead: this.#lead, column: this.#at - lineStart, line: () => this.#slice(lineStart, this.#at) });
  }

  #before(offset: number): string {
    return offset > this.#base ? (this.#text[offset - 1 - this.#base] as string) : '';
  }

  #grow(code: number): void {
    if (this.#tooLong) return;
    const length = this.#at - this.#word;
    if (length >= MOST_WORD || (this.#held >= 0 && this.#at - this.#held >= this.#mostHeld)) {
      this.#tooLong = true;
      this.#held = -1;
      return;
    }
    if (!this.#futile) this.#weigh(code, length);
    if (code === SLASH || code === BACKSLASH) {
      this.#slash = true;
      if (code === SLASH && this.#last === SLASH && this.#lastButOne === COLON && length > 1) {
        // An address is no path, however long it goes on.
        this.#address = true;
        this.#held = -1;
      } else if (!this.#address) this.#hold();
    } else if (code === UNDERSCORE && !this.#address) this.#hold();
    else if (code === DOT) {
      this.#dot = this.#at;
      if (length === 0) this.#hold();
    }
    else if (this.#dot === this.#at - 1) {
      // Without a folder, a name that nothing sets apart is never changed.
      this.#inner = true;
      if (code > NINE && this.#slash && !this.#address) this.#hold();
    } else if (this.#held >= 0 && !this.#slash && !this.#inner && isPlainName(code, this.#last, length)) {
      this.#held = -1;
      this.#top = false;
    }
    if (!this.#futile && (length < 3 || this.#top)) this.#topFolder(length, code);
  }

  /** Lets the word go once it can be no path, or stands where paths are only told of. */
  #weigh(code: number, length: number): void {
    if (length === LEAST_PATH - 1 && this.#held >= 0) this.#futile = this.#isOnlyTold();
    this.#futile ||= !this.#cut && isNoPath(code, this.#last, length);
    this.#cut ||= mayEnd(code);
    if (!this.#futile) return;
    this.#held = -1;
  }

  #isOnlyTold(): boolean {
    const { fence } = this.#lines;
    const first = this.#text.charCodeAt(this.#word - this.#base);
    // Emphasis is no part of a path, so that what stands before it is yet to be seen.
    if (first === STAR || first === UNDERSCORE) return false;
    const before = this.#slice(this.#word - LOOK_BACK, this.#word);
    return isOnlyTold(lineBefore(before), fence, this.#span > 0 || isOpener(before.charCodeAt(before.length - 1)));
  }

  #hold(): void {
    this.#top = false;
    if (this.#futile || this.#held >= 0) return;
    if (this.#at - this.#word >= LEAST_PATH - 1) this.#futile = this.#isOnlyTold();
    if (!this.#futile) this.#held = Math.max(this.#at, this.#gone);
  }

  /** Three letters or more that a top-level folder begins with are held for as long as one does. */
  #topFolder(length: number, code: number): void {
    this.#letters += String.fromCharCode(code);
    if (length < 2 || (this.#held >= 0 && !this.#top)) return;
    const begins = this.#context.truth.beginsTopFolder(this.#letters);
    if (begins && length === 2) this.#hold();
    if (!begins && this.#top) this.#held = -1;
    this.#top = begins;
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
    if (changed || this.#lead === 0 || fence !== null || this.#at - this.#spanStart > LOOK_BACK) this.#span = 0;
    this.#ticks = 0;
    this.#lead = 0;
  }

  #endWord(): void {
    const word = this.#word;
    const held = this.#held;
    this.#word = -1;
    this.#held = -1;
    if (this.#tooLong || this.#address || (!this.#slash && !this.#inner)) return;
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
    if (this.#word >= 0) this.#endWord();
    this.#settle();
  }
}

const NONE: readonly Finding[] = [];
const QUOTES: readonly (readonly [string, string])[] = [['`', '`'], ['"', '"'], ['(', ')'], ["'", "'"]];
