import type { JsonPath } from './json-spans.js';

/**
 * String values inside the JSON text of a tool call's arguments, which streams in fragments cut anywhere. Only where values
 * begin and end is kept; their text stays escaped, so that a unit of it is a unit of the fragment and nothing is ever
 * written anew but what is corrected.
 */

/** What one fragment has of one wanted value. */
export interface ValuePiece<Kind> {
  readonly kind: Kind;
  /** Where the value stands in the arguments. */
  readonly path: JsonPath;
  /** The value begins here. */
  readonly first: boolean;
  /** Units of the fragment, without quotes. */
  readonly start: number;
  readonly end: number;
  /** `whole`: the closing quote follows. `broken`: what follows is no JSON. Null: the value goes on. */
  readonly ends: 'whole' | 'broken' | null;
}

/** What the arguments said before the value in question. */
export interface ValuePlace {
  readonly path: JsonPath;
  /** Names at the top so far, `MOST_NAMES` at most. */
  readonly names: readonly string[];
  /** The value of `command` at the top, where it was short and came before. */
  readonly command: string | null;
}

/** Whether a value is wanted, and as what; null: it is not. */
export type Wants<Kind> = (place: ValuePlace) => Kind | null;

/** Arguments are shallow; what is nested deeper is not read on. */
const MOST_DEPTH = 32;
/** A longer key names no path. */
const MOST_KEY = 256;
const MOST_NAMES = 32;
/** A longer number or word is not read on: numbers of any length are JSON, but no honest arguments. */
const MOST_SCALAR = 64;
const MOST_COMMAND = 24;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const LETTER_U = 0x75;
const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const SCALAR_UNIT = /[-+.\w]/;

/** What may come next. `item`: a value or `]`; `name`: a name or `}`; `after`: what follows a value. */
type State = 'value' | 'item' | 'name' | 'next-name' | 'colon' | 'after' | 'string' | 'scalar' | 'done' | 'broken';

interface Frame {
  readonly isArray: boolean;
  key: string | number;
}

/** Reads one arguments text, strictly (RFC 8259): from the first unit that is no JSON on, nothing is wanted any more. */
export class ValueTokenizer<Kind> {
  readonly #wants: Wants<Kind>;
  readonly #frames: Frame[] = [];
  readonly #names: string[] = [];
  #command: string | null = null;
  #state: State = 'value';
  /** The string at hand is a name. */
  #isName = false;
  /** 0: none; 1: behind a backslash; 2 to 5: so many less one hexadecimal digits are to come. */
  #escape = 0;
  /** A name, a short `command`, a number or a word, so far. */
  #kept: string | null = null;
  #wanted: { readonly kind: Kind; readonly path: JsonPath } | null = null;
  #pieces: ValuePiece<Kind>[] = [];
  #pieceStart = 0;
  #pieceFirst = false;

  constructor(wants: Wants<Kind>) {
    this.#wants = wants;
  }

  /** The value is complete, or what came is no JSON: nothing more is wanted of this text. */
  get over(): boolean {
    return this.#state === 'done' || this.#state === 'broken';
  }

  /** Reads the next fragment and returns what it has of wanted values, in order. */
  push(text: string): readonly ValuePiece<Kind>[] {
    this.#pieces = [];
    this.#pieceStart = 0;
    let at = 0;
    while (at < text.length && this.#state !== 'broken') {
      at = this.#state === 'string' ? this.#string(text, at) : this.#state === 'scalar' ? this.#scalar(text, at) : this.#unit(text, at);
    }
    if (this.#wanted !== null && text.length > this.#pieceStart) this.#piece(text.length, null);
    return this.#pieces;
  }

  #unit(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === 0x0a || code === 0x0d || code === 0x09) return at + 1;
    const letter = text[at] as string;
    const top = this.#frames.at(-1);
    switch (this.#state) {
      case 'item':
      case 'value':
        if (letter === ']' && this.#state === 'item') this.#close();
        else return this.#value(letter, at);
        break;
      case 'name':
      case 'next-name':
        if (code === QUOTE) this.#begin(true, at);
        else if (letter === '}' && this.#state === 'name') this.#close();
        else this.#break();
        break;
      case 'colon':
        this.#state = code === COLON ? 'value' : 'broken';
        break;
      case 'after':
        if (code === COMMA && top !== undefined) this.#comma(top);
        else if (top !== undefined && letter === (top.isArray ? ']' : '}')) this.#close();
        else this.#break();
        break;
      // A string, a number or a word is read elsewhere; behind the end, and once broken, nothing may follow.
      case 'string':
      case 'scalar':
      case 'done':
      case 'broken':
        this.#break();
    }
    return at + 1;
  }

  #value(letter: string, at: number): number {
    if (letter === '"') this.#begin(false, at);
    else if (letter === '{' || letter === '[') {
      if (this.#frames.length === MOST_DEPTH) this.#break();
      else {
        this.#frames.push(letter === '[' ? { isArray: true, key: 0 } : { isArray: false, key: '' });
        this.#state = letter === '[' ? 'item' : 'name';
      }
    } else {
      this.#state = 'scalar';
      this.#kept = '';
      return at;
    }
    return at + 1;
  }

  #comma(top: Frame): void {
    if (top.isArray) top.key = (top.key as number) + 1;
    this.#state = top.isArray ? 'value' : 'next-name';
  }

  #close(): void {
    this.#frames.pop();
    this.#after();
  }

  #after(): void {
    this.#state = this.#frames.length === 0 ? 'done' : 'after';
  }

  #break(): void {
    this.#state = 'broken';
  }

  #begin(isName: boolean, at: number): void {
    this.#state = 'string';
    this.#isName = isName;
    this.#escape = 0;
    this.#kept = isName ? '' : null;
    if (isName) return;
    const path = this.#frames.map(({ key }) => key);
    if (path.length === 1 && path[0] === 'command') this.#kept = '';
    const kind = this.#wants({ path, names: this.#names, command: this.#command });
    if (kind === null) return;
    this.#wanted = { kind, path };
    this.#pieceStart = at + 1;
    this.#pieceFirst = true;
  }

  /** Goes on to the end of the string or of the fragment. */
  #string(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#escape > 0) {
        if (!this.#escaped(code)) return this.#brokenString(at);
      } else if (code === QUOTE) {
        this.#keep(text, from, at);
        this.#endString(at);
        return at + 1;
      } else if (code === BACKSLASH) this.#escape = 1;
      else if (code < SPACE) return this.#brokenString(at);
    }
    this.#keep(text, from, at);
    return at;
  }

  /** Whether this unit of an escape is right. */
  #escaped(code: number): boolean {
    if (this.#escape > 1) {
      this.#escape -= 1;
      if (this.#escape === 1) this.#escape = 0;
      return isHexDigit(code);
    }
    this.#escape = code === LETTER_U ? 5 : 0;
    return code === LETTER_U || SIMPLE_ESCAPES.has(code);
  }

  #brokenString(at: number): number {
    if (this.#wanted !== null) this.#piece(at, 'broken');
    this.#break();
    return at;
  }

  #keep(text: string, from: number, to: number): void {
    if (this.#kept === null) return;
    this.#kept = this.#kept.length + to - from > (this.#isName ? MOST_KEY : MOST_COMMAND) ? null : this.#kept + text.slice(from, to);
  }

  #endString(at: number): void {
    const text = this.#kept === null ? null : (JSON.parse(`"${this.#kept}"`) as string);
    this.#kept = null;
    if (!this.#isName) {
      this.#command = text ?? this.#command;
      if (this.#wanted !== null) this.#piece(at, 'whole');
      this.#after();
      return;
    }
    (this.#frames.at(-1) as Frame).key = text ?? '';
    if (this.#frames.length === 1 && this.#names.length < MOST_NAMES) this.#names.push(text ?? '');
    this.#state = 'colon';
  }

  #piece(end: number, ends: ValuePiece<Kind>['ends']): void {
    const { kind, path } = this.#wanted as { kind: Kind; path: JsonPath };
    this.#pieces.push({ kind, path, first: this.#pieceFirst, start: this.#pieceStart, end, ends });
    this.#pieceFirst = false;
    if (ends !== null) this.#wanted = null;
  }

  #scalar(text: string, from: number): number {
    let at = from;
    while (at < text.length && SCALAR_UNIT.test(text[at] as string)) at += 1;
    const kept = `${this.#kept ?? ''}${text.slice(from, at)}`;
    this.#kept = kept;
    if (kept.length > MOST_SCALAR || (at < text.length && !SCALAR.test(kept))) this.#break();
    else if (at < text.length) {
      this.#kept = null;
      this.#after();
    }
    return at;
  }
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
