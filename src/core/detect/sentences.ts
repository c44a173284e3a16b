/** One sentence of a text. Offsets are absolute UTF-16 units; `end` stands behind its final punctuation and what closes it. */
export interface Sentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Ended by a full stop, an exclamation mark or a question mark, not by the end of the line. */
  readonly stopped: boolean;
  /** It is the first on its line, so a list marker or a heading's sign may stand before it. */
  readonly opensLine: boolean;
  /** White space stands before it on its line. */
  readonly indented: boolean;
  /** Nothing follows on its line, as far as the sentence's own end tells: it was ended by a newline or the end of the text. */
  readonly endsLine: boolean;
  /** Counts the blank lines before it. */
  readonly paragraph: number;
}

/** Told of each sentence, in order. */
export type SentenceSink = (sentence: Sentence) => void;

/** The longest sentence looked at, in UTF-16 units. Prose stays far below; what is longer is data, and only passed over. */
export const MAX_SENTENCE = 1_000;

const NEWLINE = 10;
/** Longer words are no abbreviations, and longer beginnings no list numbers. */
const MAX_ABBREVIATION = 6;
const MAX_MARKER = 24;
const CLOSERS = '"\'”’)]*_`»';

/** Abbreviations that a capital letter may follow. Single letters count as initials. */
const ABBREVIATIONS = new Set(
  ('mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie cf approx inc ltd co corp nos vol fig figs eq sec ch al dept est ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n a.m p.m ph.d b.c a.d d.c gen col lt sgt rev hon pp ed eds mt').split(' '),
);

/**
 * Cuts a text into sentences, one UTF-16 unit at a time, and tells of each as soon as white space follows its end. A newline ends
 * every sentence: answers do not wrap their lines, and a list item or a heading needs no full stop. Causal, and bounded by `MAX_SENTENCE`.
 */
export class SentenceCutter {
  readonly #sink: SentenceSink;
  #text = '';
  #start = -1;
  /** The piece being read, and the offset of its first unit. */
  #piece = '';
  #base = 0;
  #opensLine = true;
  #space = false;
  #indented = false;
  #nextOpensLine = true;
  /** End of the sentence if white space follows; -1: no stop was read. */
  #stop = -1;
  #paragraph = 0;

  constructor(sink: SentenceSink) {
    this.#sink = sink;
  }

  /** Takes the next piece, whose units are then pushed one by one; `base` is the offset of its first. */
  take(piece: string, base: number): void {
    if (this.#start >= 0 && this.#text.length <= MAX_SENTENCE) this.#text += this.#piece.slice(Math.max(0, this.#start - this.#base));
    this.#piece = piece;
    this.#base = base;
  }

  /** Reads the units `from` to `to` of the piece. Inside a sentence only stops and newlines mean anything. */
  read(from: number, to: number): void {
    const piece = this.#piece;
    const base = this.#base;
    let at = from;
    while (at < to) {
      if (this.#start >= 0 && this.#stop < 0) {
        let unit = piece.charCodeAt(at);
        while (unit !== NEWLINE && unit !== 46 && unit !== 33 && unit !== 63) {
          at += 1;
          if (at >= to) return;
          unit = piece.charCodeAt(at);
        }
      }
      this.push(piece.charCodeAt(at), base + at);
      at += 1;
    }
  }

  /** Reads the next unit of the piece, which stands at `offset`. */
  push(unit: number, offset: number): void {
    if (unit === NEWLINE) {
      if (this.#nextOpensLine && this.#start < 0) this.#paragraph += 1;
      this.#close(offset, true);
      this.#nextOpensLine = true;
      this.#space = false;
      return;
    }
    const space = unit === 32 || unit === 9 || unit === 13 || unit === 0xa0;
    if (this.#stop >= 0) {
      if (space) {
        this.#close(offset, false);
        return;
      }
      this.#afterStop(unit, offset);
    }
    if (this.#start < 0) {
      if (space) {
        this.#space = true;
        return;
      }
      this.#open(offset);
    }
    if (this.#stop < 0 && (unit === 46 || unit === 33 || unit === 63)) this.#stopped(unit, offset);
  }

  /** Ends what is open. */
  end(offset: number): void {
    this.#close(offset, true);
  }

  #open(offset: number): void {
    this.#start = offset;
    this.#text = '';
    this.#opensLine = this.#nextOpensLine;
    this.#indented = this.#opensLine && this.#space;
    this.#nextOpensLine = false;
  }

  #afterStop(unit: number, offset: number): void {
    if (unit === 46 || unit === 33 || unit === 63 || CLOSERS.includes(String.fromCharCode(unit))) {
      this.#stop = offset + 1;
      return;
    }
    this.#stop = -1;
  }

  #stopped(unit: number, offset: number): void {
    const overlong = offset - this.#start >= MAX_SENTENCE;
    if (overlong || unit !== 46 || endsSentence(this.#upTo(offset + 1), this.#opensLine)) this.#stop = offset + 1;
  }

  #close(offset: number, endsLine: boolean): void {
    if (this.#start < 0) return;
    const stopped = this.#stop >= 0;
    const end = stopped ? this.#stop : offset;
    if (offset - this.#start <= MAX_SENTENCE) this.#sink(this.#sentence(end, stopped, endsLine));
    this.#start = -1;
    this.#stop = -1;
  }

  #upTo(end: number): string {
    return this.#text + this.#piece.slice(Math.max(0, this.#start - this.#base), Math.max(0, end - this.#base));
  }

  #sentence(end: number, stopped: boolean, endsLine: boolean): Sentence {
    return { text: this.#upTo(end), start: this.#start, end, stopped, opensLine: this.#opensLine, indented: this.#indented, endsLine, paragraph: this.#paragraph };
  }
}

/** Whether the full stop at the end of `text` can end a sentence: not behind an abbreviation, an initial or a list number. */
function endsSentence(text: string, opensLine: boolean): boolean {
  const from = Math.max(text.lastIndexOf(' '), text.length - 24) + 1;
  const word = text.slice(from, -1).replace(/^[("'“‘*_[]+/, '');
  if (word.length > MAX_ABBREVIATION) return true;
  if (word.length === 1 && /[A-Za-z]/.test(word)) return false;
  if (opensLine && text.length < MAX_MARKER && /^[\s>*_#-]*\d{1,3}\.$/.test(text)) return false;
  return !ABBREVIATIONS.has(word.toLowerCase());
}
