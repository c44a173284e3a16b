import type { Detector, DetectorRun, Finding, TextView, Verdict } from '../../../src/core/detect/detector.js';
import type { ChannelKind, HallucinationType, Strategy } from '../../../src/core/types.js';

/** Something to find, and what is to be said of it. */
export interface Word {
  readonly word: string;
  readonly expected?: string | null;
  readonly strategy?: Strategy;
  readonly confidence?: number;
}

export function verdictOf(type: HallucinationType, { word, expected = null, strategy = 'replace', confidence = 1 }: Word): Verdict {
  return { type, confidence, detected: word, expected, strategy, rule: null, reason: 'fake' };
}

/** Every occurrence of every word, overlapping or not: what a detector of these words finds in the whole text. */
export function occurrences(type: HallucinationType, words: readonly Word[], text: string): Finding[] {
  const found: Finding[] = [];
  for (let at = 0; at < text.length; at += 1) {
    for (const word of words) if (text.startsWith(word.word, at)) found.push({ start: at, end: at + word.word.length, verdict: verdictOf(type, word) });
  }
  return found;
}

/** Finds words, and holds back any tail that may still become one. Plain and slow on purpose. */
class WordRun implements DetectorRun {
  readonly #type: HallucinationType;
  readonly #words: readonly Word[];
  #text = '';
  #next = 0;

  constructor(type: HallucinationType, words: readonly Word[]) {
    this.#type = type;
    this.#words = words;
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    this.#text += view.fresh;
    for (; this.#next < this.#text.length; this.#next += 1) {
      const tail = this.#text.slice(this.#next);
      if (!view.ended && this.#words.some(({ word }) => word.length > tail.length && word.startsWith(tail))) return this.#next;
      for (const word of this.#words) {
        if (!tail.startsWith(word.word)) continue;
        found({ start: this.#next, end: this.#next + word.word.length, verdict: verdictOf(this.#type, word) });
      }
    }
    return this.#text.length;
  }

  letGo(offset: number): void {
    this.#next = Math.max(this.#next, offset);
  }
}

const EVERYWHERE: readonly ChannelKind[] = ['prose', 'reasoning', 'arguments', 'sealed'];

export function wordDetector(type: HallucinationType, words: readonly Word[], kinds: readonly ChannelKind[] = EVERYWHERE): Detector {
  return { type, kinds, start: () => new WordRun(type, words) };
}

/** Holds everything until `until` units are behind it, finds nothing. */
export function holder(units: number): Detector {
  return {
    type: 'invalid_path',
    kinds: EVERYWHERE,
    start: () => {
      let length = 0;
      let least = 0;
      return {
        advance: (view) => {
          length += view.fresh.length;
          return view.ended ? length : Math.max(least, length - units, 0);
        },
        letGo: (offset) => {
          least = offset;
        },
      };
    },
  };
}

/** Works like `inner` until its text is `at` units long, then throws at every call. */
export function faulty(inner: Detector, at: number): Detector {
  return {
    ...inner,
    start: (context, kind) => {
      const run = inner.start(context, kind);
      if (run === null) return null;
      let length = 0;
      return {
        advance: (view, found) => {
          length += view.fresh.length;
          if (length >= at) throw new Error('a fault on purpose');
          return run.advance(view, found);
        },
        letGo: (offset) => run.letGo(offset),
      };
    },
  };
}
