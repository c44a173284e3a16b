import { CHAR, opening } from './path-chars.js';
import { begins, closes, type Grade, GRADE, isCapital, isDigit, isNoPath, isPlainName, LEAST_PATH, mayEnd } from './path-hold.js';
import { isPlainWord } from './path-plain.js';

/** What a draft asks of the text around it. */
export interface DraftPlace {
  /** Whether of any path that begins with the current word the most that is made is a report. */
  isOnlyTold(): boolean;
  /** Whether something at the workspace's top begins so; in lower case. */
  beginsTop(prefix: string): boolean;
}

/** A word longer than this is no path. */
const MOST_WORD = 512;

const SPACE = 0x20;
const DOUBLE = 0x22;
const QUOTE = 0x27;
const COMMA = 0x2c;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const UNDERSCORE = 0x5f;
const BAR = 0x7c;

/**
 * The word that is being read, as far as it may become a path, and what of it is held. It is let go while it reads like a plain word,
 * and held again from where it no longer does: of a path, the letters between may leave when they are the right one's too.
 */
export class PathDraft {
  readonly #place: DraftPlace;
  readonly #mostHeld: number;
  /** Where it begins; -1: between words. */
  start = -1;
  /** What of it has not left; -1: it is not held. */
  held = -1;
  slash = false;
  /** A dot stands inside the word: it may be a file's name without a folder. */
  inner = false;
  address = false;
  tooLong = false;
  /** Everything before this offset has left. */
  gone = 0;
  /** Whatever becomes of the word, the text will not be changed for it: it need not wait. */
  #futile = false;
  /** It has a character that a path may end before. */
  #cut = false;
  #grade: Grade = GRADE.none;
  #letters = '';
  #dot = -2;
  readonly #depth = { '(': 0, '[': 0, '{': 0, '<': 0 };

  constructor(place: DraftPlace, mostHeld: number) {
    this.#place = place;
    this.#mostHeld = mostHeld;
  }

  /** There is no word, or one that more letters will neither hold nor make a path. */
  get isPlain(): boolean {
    return this.start < 0 || (this.held < 0 && this.#grade === GRADE.none && !this.slash && !this.inner && !this.address);
  }

  /** Letters and digits change nothing, as long as they go on. */
  isIdle(at: number): boolean {
    return this.held < 0 && this.#grade === GRADE.none && this.#dot !== at - 1 && at - this.start > LEAST_PATH;
  }

  /** Whether a word that begins so may be held from its first letter, if it stands where paths do. */
  begin(at: number, code: number, last: number, lastButOne: number): boolean {
    this.start = at;
    // What divides a number is no folder.
    this.#futile = !begins(code, last) || (code === SLASH && last === SPACE && isDigit(lastButOne));
    this.held = -1;
    this.#grade = GRADE.none;
    this.#cut = this.slash = this.inner = this.address = this.tooLong = false;
    this.#dot = -2;
    this.#letters = '';
    this.#depth['('] = this.#depth['['] = this.#depth['{'] = this.#depth['<'] = 0;
    return !this.#futile && !isDigit(code);
  }

  hold(grade: Grade): void {
    this.#grade = grade;
    this.held = grade === GRADE.none ? -1 : this.start;
  }

  /** Whether a delimiter belongs to the word: brackets of a template or a folder's name, and nearly everything in an address. */
  joins(code: number, kind: number): boolean {
    if (!this.slash && !this.address) return false;
    if (kind === CHAR.open) {
      this.#depth[String.fromCharCode(code) as '('] += 1;
      return true;
    }
    if (kind === CHAR.close) {
      const open = opening(String.fromCharCode(code)) as '(';
      if (this.#depth[open] === 0) return false;
      this.#depth[open] -= 1;
      return true;
    }
    if (kind !== CHAR.delimiter || code >= 128) return false;
    if (code === COMMA && !this.address) return this.#depth['('] > 0 || this.#depth['{'] > 0;
    return this.address && code !== DOUBLE && code !== QUOTE && code !== BAR;
  }

  /** Takes the unit at `at`. */
  grow(code: number, at: number, last: number, lastButOne: number): void {
    if (this.tooLong) return;
    const length = at - this.start;
    if (length >= MOST_WORD || (this.held >= 0 && at - this.held >= this.#mostHeld)) {
      this.tooLong = true;
      this.#letGo();
      return;
    }
    if (!this.#futile) this.#weigh(code, length, last);
    if (code === SLASH || code === BACKSLASH) this.#separate(code, at, last, lastButOne);
    else if (code === UNDERSCORE && !this.address && this.#grade !== GRADE.none) this.#hold(at);
    else if (code === DOT) {
      this.#dot = at;
      if (length === 0 && !closes(last, lastButOne)) this.#hold(at);
    } else if (this.#dot === at - 1) this.#behindDot(code, at);
    else if (this.slash) {
      // A fraction or a version has a digit there; a folder that has holds from its next letter.
      if (isDigit(code) && (last === SLASH || last === BACKSLASH) && this.held === at - 1) this.held = -1;
    } else if (this.#grade !== GRADE.none && !this.inner) this.#read(code, at, last, length);
  }

  #separate(code: number, at: number, last: number, lastButOne: number): void {
    this.slash = true;
    if (code === SLASH && last === SLASH && lastButOne === COLON && at - this.start > 1) {
      // An address is no path, however long it goes on.
      this.address = true;
      this.#letGo();
    } else if (!this.address) this.#hold(at);
  }

  #behindDot(code: number, at: number): void {
    // Without a folder, a name that nothing sets apart is never changed.
    this.inner = true;
    if (this.#dot === this.start && isDigit(code)) this.#letGo();
    else if (code > NINE && this.slash && !this.address) this.#hold(at);
  }

  /** A letter of a word that stands apart, and has nothing yet that only paths have. */
  #read(code: number, at: number, last: number, length: number): void {
    if (isPlainName(code, last, length)) {
      this.#letGo();
      return;
    }
    // Before a colon stands a folder or an extension, or no path.
    if (code === COLON && length > 1) {
      this.#futile = true;
      this.#letGo();
      return;
    }
    this.#letters += String.fromCharCode(code);
    if (isPlainWord(this.#letters) && !this.#place.beginsTop(this.#letters.toLowerCase())) this.held = -1;
    else if (this.#isName()) this.#letGo();
    else if (this.held < 0) this.#hold(at, this.#grade);
  }

  /** A word in capitals, or with one where only the first letter tells, that nothing at the workspace's top begins like. */
  #isName(): boolean {
    const letters = this.#letters;
    const capitals = this.#grade === GRADE.weak ? 1 : 2;
    if (letters.length < 2) return false;
    for (let at = 0; at < capitals; at += 1) if (!isCapital(letters.charCodeAt(at))) return false;
    return !this.#place.beginsTop(letters.toLowerCase());
  }

  /** Lets the word go once it can be no path, or stands where paths are only told of. */
  #weigh(code: number, length: number, last: number): void {
    if (length === LEAST_PATH - 1 && this.held >= 0) this.#futile = this.#place.isOnlyTold();
    this.#futile ||= !this.#cut && isNoPath(code, last, length);
    this.#cut ||= mayEnd(code);
    if (this.#futile) this.#letGo();
  }

  #letGo(): void {
    this.held = -1;
    this.#grade = GRADE.none;
  }

  #hold(at: number, grade: Grade = GRADE.none): void {
    this.#grade = grade;
    if (this.#futile || this.held >= 0) return;
    if (at - this.start >= LEAST_PATH - 1) this.#futile = this.#place.isOnlyTold();
    if (this.#futile) this.#grade = GRADE.none;
    else this.held = Math.max(at, this.gone);
  }
}
