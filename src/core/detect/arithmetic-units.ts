import { multiply, type Rational, toNumber } from './arithmetic-number.js';
import type { Token } from './arithmetic-tokens.js';

export function scaled(value: Rational, by: Rational): Rational | null {
  return multiply(value, by);
}

/** Units of measurement by dimension: between two of one dimension a number changes without being wrong. */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  time: 'ms s sec second min minute h hr hour day week month year fortnight decade century'.split(' '),
  length: 'mm cm dm m km mi mile meter metre kilometer kilometre centimeter centimetre millimeter in inch inche ft foot feet yd yard'.split(' '),
  mass: 'mg g gm gram kg kilogram kilo t ton tonne lb pound oz ounce quintal'.split(' '),
  volume: 'ml l liter litre gallon quart pint cup cc tbsp tsp'.split(' '),
  speed: 'kmph kmh mph mps km/h km/hr m/s mi/h'.split(' '),
  money: 'cent dollar paise rupee rs pence penny pennies euro dime quarter nickel'.split(' '),
  count: 'dozen pair score gross'.split(' '),
  angle: 'degree radian deg rad'.split(' '),
  data: 'bit byte kb mb gb tb kib mib gib'.split(' '),
  temperature: 'c f k celsius fahrenheit kelvin'.split(' '),
};
/** Factors between units of one dimension, and between it and what is derived of it. */
const FACTORS = [7, 12, 24, 30, 60, 365, 52, 100, 1000, 1440, 3600, 86400, 3.6, 2.54, 16, 3, 1760, 5280, 0.305, 1.609, 2.205, 5 / 18, 1024];

function singular(word: string): string {
  const lower = word.toLowerCase().replace(/[.²³]$/, '');
  return lower.length > 3 && lower.endsWith('s') ? lower.slice(0, -1) : lower === 'hrs' ? 'hr' : lower;
}

function dimensionOf(word: string): string | null {
  for (const [name, units] of Object.entries(DIMENSIONS)) if (units.includes(singular(word))) return name;
  return null;
}

/** Whether the two sides may be in different units, or terms of a sum are: then the numbers alone decide nothing. */
export function conflictingUnits(tokens: readonly Token[], unit: string | null, percent: boolean, value: Rational, stated: Rational): boolean {
  const units = tokens.flatMap((token) => (token.kind === 'word' ? [singular(token.word)] : []));
  const sums = tokens.some((token) => token.kind === 'op' && (token.op === '+' || token.op === '-'));
  const measured = [...new Set(units.filter((one) => dimensionOf(one) !== null))];
  if (sums && measured.length > 1) return true;
  if (measured.some((one) => dimensionOf(one) === 'count' || dimensionOf(one) === 'data' || dimensionOf(one) === 'temperature')) return true;
  const own = unit === null ? null : singular(unit);
  const dimension = own === null ? null : dimensionOf(own);
  const money = tokens.some(({ kind }) => kind === 'currency');
  if (sums && measured.length === 1 && own !== null && dimension !== null && own !== measured[0]) return true;
  if (percent && units.length > 0) return true;
  if (!sums && measured.length > 0 && dimension !== null && !measured.includes(own as string)) return true;
  if (dimension === null && measured.length === 0 && !money) return false;
  const [a, b] = [Math.abs(toNumber(value)), Math.abs(toNumber(stated))];
  if (a === 0 || b === 0) return false;
  const ratio = Math.max(a, b) / Math.min(a, b);
  const known = measured.length > 0 && measured.includes(own ?? '');
  return !known && FACTORS.some((factor) => Math.abs(ratio / factor - 1) < 0.004 || Math.abs((ratio * factor) - 1) < 0.004);
}
