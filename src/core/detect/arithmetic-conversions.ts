import type { Connector } from './arithmetic-connector.js';
import { doubtedBefore, takenBack } from './arithmetic-doubt.js';
import { decimalsOf, divide, equal, formatNumber, magnitude, multiply, rational, type Rational, readNumber, subtract, toNumber, type Written } from './arithmetic-number.js';
import { readWords } from './arithmetic-words.js';
import type { Claim, FactWindow } from './fact-window.js';

interface Unit {
  readonly dimension: string;
  /** In the smallest unit of its family, exact. */
  readonly size: Rational;
  /** Units of one family convert exactly; between two families a rounded factor is usual. */
  readonly family: string;
}

const UNITS: ReadonlyMap<string, Unit> = new Map(([
  ['time', 'clock', 1_000n, 1n, 's sec secs second seconds'], ['time', 'clock', 1n, 1n, 'ms millisecond milliseconds'], ['time', 'clock', 60_000n, 1n, 'min mins minute minutes'], ['time', 'clock', 3_600_000n, 1n, 'h hr hrs hour hours'],
  ['time', 'clock', 86_400_000n, 1n, 'day days'], ['time', 'clock', 604_800_000n, 1n, 'week weeks'],
  ['calendar', 'calendar', 1n, 1n, 'month months'], ['calendar', 'calendar', 12n, 1n, 'year years'], ['calendar', 'calendar', 120n, 1n, 'decade decades'], ['calendar', 'calendar', 1_200n, 1n, 'century centuries'], ['calendar', 'calendar', 12_000n, 1n, 'millennium millennia'],
  ['length', 'metric', 1n, 1n, 'mm millimeter millimeters millimetre millimetres'], ['length', 'metric', 10n, 1n, 'cm centimeter centimeters centimetre centimetres'], ['length', 'metric', 1_000n, 1n, 'm meter meters metre metres'], ['length', 'metric', 1_000_000n, 1n, 'km kilometer kilometers kilometre kilometres'],
  ['length', 'imperial', 254n, 10n, 'inch inches'], ['length', 'imperial', 3_048n, 10n, 'ft foot feet'], ['length', 'imperial', 9_144n, 10n, 'yd yard yards'], ['length', 'imperial', 1_609_344n, 1n, 'mi mile miles'],
  ['mass', 'metric', 1n, 1n, 'mg milligram milligrams'], ['mass', 'metric', 1_000n, 1n, 'g gram grams'], ['mass', 'metric', 1_000_000n, 1n, 'kg kilogram kilograms'],
  ['mass', 'imperial', 45_359_237n, 1_600n, 'oz ounce ounces'], ['mass', 'imperial', 45_359_237n, 100n, 'lb lbs pound pounds'],
  ['volume', 'metric', 1n, 1n, 'ml milliliter milliliters millilitre millilitres'], ['volume', 'metric', 1_000n, 1n, 'L liter liters litre litres'],
  ['data', 'binary', 1n, 1n, 'bit bits'], ['data', 'binary', 8n, 1n, 'byte bytes'], ['data', 'binary', 8_192n, 1n, 'KiB kibibyte kibibytes'], ['data', 'binary', 8_388_608n, 1n, 'MiB mebibyte mebibytes'], ['data', 'binary', 8_589_934_592n, 1n, 'GiB gibibyte gibibytes'], ['data', 'binary', 8_796_093_022_208n, 1n, 'TiB tebibyte tebibytes'],
  ['data', 'decimal', 8_000n, 1n, 'KB kB kilobyte kilobytes'], ['data', 'decimal', 8_000_000n, 1n, 'MB megabyte megabytes'], ['data', 'decimal', 8_000_000_000n, 1n, 'GB gigabyte gigabytes'], ['data', 'decimal', 8_000_000_000_000n, 1n, 'TB terabyte terabytes'],
] as const).flatMap(([dimension, family, n, d, names]) => names.split(' ').map((name): [string, Unit] => [name, { dimension, family, size: rational(n, d) as Rational }])));

const NAMES = [...UNITS.keys()].sort((a, b) => b.length - a.length).join('|');
const FROM = new RegExp(String.raw`(?<![\p{N}.,/*×÷·+=^_-]|[/*×÷·+=^–-]\s)(?<!\p{L})(?<count>\d[\d,]*(?:\.\d+)?|\b(?:an?|one|two|three|four|five|six|ten|twelve|each|every)\b) ?(?<unit>${NAMES})$`, 'iu');
const TO = new RegExp(String.raw`^(?:\*\*|__)? ?(?<unit>${NAMES})(?![\p{L}\p{N}²³/^]|\s?(?:per|of|and|\d))`, 'u');
const IN = new RegExp(String.raw`^(?:\*\*|__)? (?<unit>${NAMES})(?: are)? (?:in|to|per) (?<count>an?|one|\d[\d,]*(?:\.\d+)?) (?<whole>${NAMES})(?![\p{L}\p{N}])`, 'u');
/** A day of work, a map, a film: other measures. */
const OTHERWISE = /\b(?:work\w*|business|school|lessons?|class\w*|credits?|academic|scale|map|drawing|represents?|planet|mars|venus|jupiter|game|minecraft|light|dog|cat|human|sols?|sidereal|leap|about|approx\w*|roughly|around|nearly|almost|budget|burst|limit|window|timeout|cost\w*|video|film|movie|meeting|sprint)\b/i;

/** Whether a measure stands before the connector, or a count of measures may follow. */
export function mayConvert({ left }: FactWindow, connector: Connector): boolean {
  return FROM.test(left.slice(0, connector.start).trimEnd().slice(-48)) || (COUNTED.test(left) && THERE.test(left));
}

const COUNTED = /\b(?:there are|there're|are there|has|have|contains?|exactly|are) (?:exactly )?(?:\*\*)?$/i;
const THERE = /\bthere (?:are|is)\b/i;

/** `1 hour = 50 minutes`, `a kilometre is 100 metres`: two measures of one thing. */
export function checkConversion(window: FactWindow, numberEnd: number, connector: Connector, written: Written): Claim | null {
  const { left, at } = window;
  const before = left.slice(0, connector.start).trimEnd().replace(/^\s*[-*+•]\s+/, '');
  const word = connector.word;
  if (connector.negative || connector.about || (word !== null && !/^(?:is|equals?|are|is equal to|is exactly|equal to|of)\b/.test(word))) return counted(window, numberEnd, written);
  const match = FROM.exec(before.slice(-48));
  const groups = match?.groups;
  if (match === null || groups === undefined) return counted(window, numberEnd, written);
  const start = before.length - match[0].length;
  // The end of a longer measure: `1 hour and 30 minutes`.
  if (/(?:\d|\b(?:an?|one))\s?\p{L}+,?\s*(?:and)?\s*$/u.test(before.slice(0, start))) return null;
  const behind = TO.exec(window.ahead(numberEnd, 22));
  const count = countOf(groups['count'] ?? '');
  const from = unitOf(groups['unit'] ?? '');
  const to = unitOf(behind?.groups?.['unit'] ?? '');
  if (count === null || from === undefined || to === undefined) return null;
  // Two counts that happen to be equal say nothing of measures: `3 days is 2 days more`.
  if (word !== null && !/^(?:an?|one|1)$/i.test(groups['count'] ?? '') && !/^equals?|^is equal to|^is exactly|^are/.test(word)) return null;
  if (OTHERWISE.test(before) || OTHERWISE.test(window.ahead(numberEnd, 40))) return null;
  return wrong(window, { start: at, end: numberEnd }, written, count, from, to, start);
}

/** `There are 50 minutes in an hour.` */
function counted(window: FactWindow, numberEnd: number, written: Written): Claim | null {
  const { left, at } = window;
  if (!COUNTED.test(left)) return null;
  const groups = IN.exec(window.ahead(numberEnd, 48))?.groups;
  const count = countOf(groups?.['count'] ?? '');
  const [from, to] = [unitOf(groups?.['whole'] ?? ''), unitOf(groups?.['unit'] ?? '')];
  if (count === null || from === undefined || to === undefined || OTHERWISE.test(left) || !THERE.test(left)) return null;
  return wrong(window, { start: at, end: numberEnd }, written, count, from, to, left.length);
}

function countOf(text: string): Rational | null {
  if (/^(?:an?|each|every)$/i.test(text)) return rational(1n);
  const words = /^\d/.test(text) ? null : readWords(text);
  return words === null ? (readNumber(text)?.value ?? null) : rational(BigInt(words));
}

function unitOf(name: string): Unit | undefined {
  return UNITS.get(name) ?? (name.length > 3 ? UNITS.get(name.toLowerCase()) : undefined);
}

function wrong(window: FactWindow, { start, end }: { start: number; end: number }, written: Written, count: Rational, from: Unit, to: Unit, phraseStart: number): Claim | null {
  if (from.dimension !== to.dimension) return null;
  const ratio = divide(from.size, to.size);
  const value = ratio === null ? null : multiply(count, ratio);
  if (value === null) return null;
  const [right, said] = [toNumber(value), toNumber(written.value)];
  if (said === 0 || right === 0) return null;
  const off = Math.abs(said / right - 1);
  const exact = from.family === to.family;
  // Kilobytes of 1000 and of 1024 bytes are both in use, and so are factors with two digits.
  if (from.dimension === 'data' && (!exact || from.family === 'decimal') ? [1, 1.024, 1.048576, 1.073741824, 1.099511627776].some((one) => [off, Math.abs((said / right) * one - 1), Math.abs(said / right / one - 1)].some((gap) => gap < 0.006)) : off < 0.05 && !exact) return null;
  if (equal(value, written.value) || rounded(value, written)) return null;
  // A map's scale, a day's work, a lesson.
  if (off > 40 || off < -0.99 || (said < right && right / said > 50)) return null;
  if (from.dimension === 'time' && ([8, 40, 5, 6, 45].includes(said) && /^(?:\d+)$/.test(String(said)) && workTime(said, right))) return null;
  if (doubtedBefore(window.left.slice(0, phraseStart)) || takenBack(window, end)) return null;
  const needed = decimalsOf(value, 6);
  const expected = formatNumber(value, exact && needed !== null ? needed : Math.max(1, written.decimals), written.grouped);
  return { start, end, expected, confidence: exact ? 0.93 : 0.85, strategy: window.fenced || window.inline ? 'report' : 'replace', reason: 'conversion' };
}

/** Eight hours of a day, five days or forty hours of a week, and a school hour are usual reckonings. */
function workTime(said: number, right: number): boolean {
  return (right === 24 && (said === 8 || said === 6)) || (right === 7 && (said === 5 || said === 6)) || (right === 168 && said === 40) || (right === 60 && said === 45);
}

function rounded(value: Rational, written: Written): boolean {
  const needed = decimalsOf(value, 9);
  const distance = subtract(value, written.value);
  return distance !== null && (needed === null || needed > written.decimals) && toNumber(magnitude(distance)) < 10 ** -written.decimals;
}
