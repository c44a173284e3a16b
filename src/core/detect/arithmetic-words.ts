/** Numbers in English words, both ways, up to the billions. */

const ONES = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SCALES = [[1_000_000_000, 'billion'], [1_000_000, 'million'], [1_000, 'thousand']] as const;

const VALUES: ReadonlyMap<string, number> = new Map([
  ...ONES.map((word, value): [string, number] => [word, value]),
  ...TENS.flatMap((word, ten): [string, number][] => (word === '' ? [] : [[word, ten * 10]])),
]);
const MULTIPLES: ReadonlyMap<string, number> = new Map([['hundred', 100], ['thousand', 1_000], ['million', 1_000_000], ['billion', 1_000_000_000]]);

/** The source of a pattern for one word of a number. */
export const NUMBER_WORD = `(?:${[...VALUES.keys(), ...MULTIPLES.keys()].sort((a, b) => b.length - a.length).join('|')})`;
/** The source of a pattern for a number in words, without capturing groups. */
export const NUMBER_WORDS = String.raw`(?:\b${NUMBER_WORD}(?:[ -]${NUMBER_WORD})*\b)`;

/** All words that numbers are made of. */
export function numberWords(): readonly string[] {
  return [...VALUES.keys(), ...MULTIPLES.keys()];
}

export function isNumberWord(word: string): boolean {
  return VALUES.has(word) || MULTIPLES.has(word);
}

/** Whether some word of a number begins with `start`. */
export function beginsNumberWord(start: string): boolean {
  for (const word of VALUES.keys()) if (word.startsWith(start)) return true;
  for (const word of MULTIPLES.keys()) if (word.startsWith(start)) return true;
  return false;
}

/** The value of `ninety-four` or `one hundred and five`; null where the words are no one number, as `five six`. */
export function readWords(text: string): number | null {
  const words = text.toLowerCase().split(/[\s-]+/).filter((word) => word !== 'and' && word !== '' && word !== 'a');
  if (words.length === 0) return null;
  let total = 0;
  let group = 0;
  /** The least place that is taken within the group: `twenty five` fits, `five twenty` does not. */
  let place = 1_000;
  for (const word of words) {
    const value = VALUES.get(word);
    if (value !== undefined) {
      const size = value >= 20 ? 100 : value >= 10 ? 11 : 10;
      if (value >= 10 ? place < 100 : place < 10 || place === 11) return null;
      group += value;
      place = size === 100 ? 10 : 1;
    } else if (word === 'hundred') {
      if (group > 99) return null;
      group = (group === 0 ? 1 : group) * 100;
      place = 100;
    } else {
      const scale = MULTIPLES.get(word);
      if (scale === undefined) return null;
      total += (group === 0 ? 1 : group) * scale;
      group = 0;
      place = 1_000;
    }
  }
  return total + group;
}

/** `ninety-four`; null beyond the billions. */
export function formatWords(value: number): string | null {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 1e12) return null;
  if (value < 1_000) return below(value);
  let rest = value;
  const parts: string[] = [];
  for (const [scale, name] of SCALES) {
    if (rest < scale) continue;
    parts.push(`${below(Math.floor(rest / scale))} ${name}`);
    rest %= scale;
  }
  if (rest > 0) parts.push(below(rest));
  return parts.join(' ');
}

function below(value: number): string {
  if (value < 20) return ONES[value] as string;
  if (value < 100) return (TENS[Math.floor(value / 10)] as string) + (value % 10 === 0 ? '' : `-${ONES[value % 10] as string}`);
  const rest = value % 100;
  return `${ONES[Math.floor(value / 100)] as string} hundred${rest === 0 ? '' : ` ${below(rest)}`}`;
}
