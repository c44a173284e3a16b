/**
 * Finds the facts whose subject a sentence may name by the words of the sentence, so that a thousand facts cost no more than a few. It may
 * name too many and never too few: whoever asks looks closer.
 */
export class SubjectIndex<T extends { readonly subject: string }> {
  readonly #byWord = new Map<string, T[]>();
  /** Subjects without a letter or a digit. */
  readonly #wordless: T[] = [];

  constructor(items: readonly T[]) {
    for (const item of items) {
      const word = wordsOf(item.subject)[0];
      if (word === undefined) this.#wordless.push(item);
      else push(this.#byWord, word, item);
    }
  }

  find(sentence: string): readonly T[] {
    const found = [...this.#wordless];
    for (const word of new Set(wordsOf(sentence))) {
      const own = this.#byWord.get(word);
      if (own !== undefined) found.push(...own);
    }
    return found;
  }
}

/** Whether a sentence ends with what one of the facts is about, in the singular or the plural. */
export class EndIndex {
  readonly #words = new Set<string>();
  /** Those for which there are several words; few expressions, however many facts. */
  readonly #patterns = new Map<string, RegExp>();

  constructor(items: readonly { readonly ends: RegExp; readonly endWord: string | null }[]) {
    for (const { ends, endWord } of items) {
      if (endWord === null) this.#patterns.set(ends.source, ends);
      else this.#words.add(fold(endWord));
    }
  }

  matches(sentence: string): boolean {
    const last = /([\p{L}\p{N}_]+)(?: number)?[ :=-]{0,2}[`*]{0,3}$/iu.exec(sentence.slice(-MOST_END))?.[1];
    if (last !== undefined) {
      const word = fold(last);
      if (this.#words.has(word) || this.#words.has(word.replace(/s$/, '')) || this.#words.has(word.replace(/es$/, ''))) return true;
    }
    for (const pattern of this.#patterns.values()) if (pattern.test(sentence)) return true;
    return false;
  }
}

/** Units of a sentence's end that hold its last word. */
const MOST_END = 96;

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const own = map.get(key);
  if (own === undefined) map.set(key, [item]);
  else own.push(item);
}

function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}_]+/gu) ?? []).map(fold);
}

/** What differs by letter case alone becomes the same; down, up and down, as `ß` and the long `s` ask for it. */
function fold(word: string): string {
  return word.toLowerCase().toUpperCase().toLowerCase();
}
