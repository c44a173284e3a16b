import { MONTHS, numberWord } from './claim-words.js';

/** A date as far as it is given. */
export interface DateValue {
  readonly kind: 'date';
  readonly year: number | null;
  readonly month: string | null;
  readonly day: number | null;
}

/** One or more names; of a place, the smaller first. */
export interface NameValue {
  readonly kind: 'name' | 'place';
  readonly parts: readonly string[];
}

/** A name: words with a capital letter, joined by what stands inside names. */
const PART = String.raw`\p{Lu}[\p{L}\p{N}.'’&-]*`;
const JOINED = String.raw`(?:\s+(?:(?:of|the|de|da|do|dos|van|von|der|den|la|le|di|del|du|on|upon|y|for)\s+){0,2}${PART})*`;
export const NAME = `${PART}${JOINED}`;

const DATE_SOURCE = String.raw`(?:(\p{Lu}\p{L}{2,8})\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})|(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(\p{Lu}\p{L}{2,8}),?\s+(\d{4})|(\p{Lu}\p{L}{2,8}),?\s+(?:of\s+)?(\d{4})|(\p{Lu}\p{L}{2,8})\s+(\d{1,2})(?:st|nd|rd|th)?|(1\d{3}|20\d{2}))(?![\d%s-]|\s*(?:BC|BCE|people|copies)\b)`;
const DATE = new RegExp(DATE_SOURCE, 'uy');

/** The date that begins at `at` in `text`, and where it ends; null: none. */
export function dateAt(text: string, at: number): { readonly value: DateValue; readonly end: number } | null {
  DATE.lastIndex = at;
  const found = DATE.exec(text);
  if (found === null) return null;
  const month = (found[1] ?? found[5] ?? found[7] ?? found[9])?.toLowerCase() ?? null;
  if (month !== null && !MONTHS.has(month)) return null;
  const day = found[2] ?? found[4] ?? found[10];
  const year = found[3] ?? found[6] ?? found[8] ?? found[11];
  return { value: { kind: 'date', year: year === undefined ? null : Number(year), month, day: day === undefined ? null : Number(day) }, end: DATE.lastIndex };
}

export function datesExclude(one: DateValue, other: DateValue): boolean {
  const apart = <T>(a: T | null, b: T | null): boolean => a !== null && b !== null && a !== b;
  return apart(one.year, other.year) || apart(one.month, other.month) || apart(one.day, other.day);
}

const LETTERS = /[\p{L}\p{N}]{2,}/gu;
/** Words of names that say nothing of whose they are. */
const COMMON = new Set('the of university college institute school city town county state records company inc ltd corporation group and for de la sir dr mr mrs ms st saint lord new north south east west studios studio pictures press entertainment museum'.split(' '));

function words(name: string): string[] {
  return name.toLowerCase().match(LETTERS) ?? [];
}

function telling(names: readonly string[]): Set<string> {
  const all = new Set(names.flatMap(words));
  for (const word of COMMON) all.delete(word);
  return all;
}

/** The first letters of a name's words; whole where it is written in capitals. */
function letters(name: string): string {
  const plain = name.replace(/[.\s]/g, '');
  return /^[A-Z]{2,6}$/.test(plain) ? plain : '';
}

function abbreviates(short: string, long: string): boolean {
  const code = letters(short);
  if (code === '' || letters(long) !== '') return false;
  const first = (long.match(/\b\p{Lu}/gu) ?? []).join('');
  let at = 0;
  for (const letter of first) if (letter === code[at]) at += 1;
  return at >= code.length - 1 && first.startsWith(code[0] as string);
}

/** Whether two names cannot mean the same: no word in common, and none is short for the other. */
export function namesExclude(one: readonly string[], other: readonly string[]): boolean {
  const left = telling(one);
  const right = telling(other);
  if (left.size === 0 || right.size === 0) return false;
  for (const word of left) {
    for (const known of right) if (word === known || alike(word, known)) return false;
  }
  return !one.some((a) => other.some((b) => abbreviates(a, b) || abbreviates(b, a)));
}

/** `Russia` and `Russian`, `Leipzig` and `Leipziger`: one may be made from the other. */
function alike(one: string, other: string): boolean {
  const least = Math.min(one.length, other.length);
  return least >= 4 && one.slice(0, Math.max(4, least - 2)) === other.slice(0, Math.max(4, least - 2));
}

const COUNTRIES = new Set(`afghanistan albania algeria argentina armenia australia austria azerbaijan bangladesh belarus belgium bolivia bosnia brazil bulgaria
  cambodia cameroon canada chile china colombia croatia cuba cyprus denmark ecuador egypt england estonia ethiopia finland france georgia germany ghana greece
  hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kuwait latvia lebanon libya lithuania luxembourg malaysia
  mexico moldova mongolia morocco nepal netherlands nigeria norway pakistan panama paraguay peru philippines poland portugal romania russia scotland senegal serbia
  singapore slovakia slovenia spain sudan sweden switzerland syria taiwan thailand tunisia turkey uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen
  zambia zimbabwe`.split(/\s+/));
const STATES = new Set(`alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana
  maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia
  wisconsin wyoming ontario quebec alberta`.split(/\s+/));
const WIDE = /^(?:the )?(?:united (?:states|kingdom)(?: of america)?|u\.?s\.?a?\.?|u\.?k\.?|great britain|soviet union|europe|asia|africa|america|south (?:africa|korea|america)|north (?:america|korea|carolina|dakota)|new (?:zealand|jersey|mexico|hampshire)|south (?:carolina|dakota)|west virginia|rhode island|puerto rico|northern ireland|british columbia|southern|northern|western|eastern|central)\b/i;

/** How wide a place is, as far as is known. */
function width(name: string): 'country' | 'state' | 'wide' | 'unknown' {
  const plain = name.toLowerCase().replace(/[.,]+$/, '');
  if (COUNTRIES.has(plain)) return 'country';
  if (STATES.has(plain)) return 'state';
  return WIDE.test(plain) ? 'wide' : 'unknown';
}

/** Whether two places cannot be one, nor one in the other. */
export function placesExclude(one: readonly string[], other: readonly string[]): boolean {
  const [a = ''] = one;
  const [b = ''] = other;
  const last = (parts: readonly string[]): string => parts[parts.length - 1] ?? '';
  if (one.length > 1 && other.length > 1) {
    return namesExclude([a], other) && namesExclude([b], one) && (namesExclude([last(one)], [last(other)]) || one.length === other.length);
  }
  if (!namesExclude(one, other)) return false;
  const wide = width(one.length > 1 ? last(one) : a);
  const over = width(other.length > 1 ? last(other) : b);
  if (one.length === 1 && other.length === 1) return wide === over && wide !== 'wide';
  const single = one.length === 1 ? wide : over;
  if (single === 'unknown') return true;
  return single === (one.length === 1 ? over : wide) && single !== 'wide';
}

const SCALE: ReadonlyMap<string, number> = new Map([['hundred', 100], ['thousand', 1e3], ['million', 1e6], ['billion', 1e9], ['trillion', 1e12]]);

/** A number as written: digits with separators, a word, a scale behind it. */
export const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety`;

export function numberFrom(written: string, scale: string | undefined): number | null {
  const plain = written.toLowerCase();
  const value = /^\d/.test(plain) ? Number(plain.replaceAll(',', '')) : numberWord(plain);
  return value === null ? null : value * (scale === undefined ? 1 : (SCALE.get(scale.toLowerCase()) ?? 1));
}

const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth'.split(' ');

/** The value of `third` or `44th`; null: no ordinal. */
export function ordinalFrom(word: string): number | null {
  const plain = word.toLowerCase();
  const at = ORDINALS.indexOf(plain);
  if (at >= 0) return at + 1;
  const digits = /^(\d{1,3})(?:st|nd|rd|th)$/.exec(plain)?.[1];
  return digits === undefined ? null : Number(digits);
}

export const ORDINAL = `${ORDINALS.join('|')}|\\d{1,3}(?:st|nd|rd|th)`;
