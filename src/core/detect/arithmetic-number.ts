/** An exact fraction: `d` is positive, the two share no factor. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** Bits of a numerator or denominator. What is larger is not arithmetic that an answer states. */
const MOST_BITS = 4_096;
const MOST = 1n << BigInt(MOST_BITS);
/** Characters of a number as written; a longer one is no number people reckon with. */
export const MOST_DIGITS = 24;

export function rational(n: bigint, d: bigint = 1n): Rational | null {
  if (d === 0n) return null;
  if (n > MOST || n < -MOST || d > MOST || d < -MOST) return null;
  if (d === 1n) return { n, d };
  const common = gcd(n < 0n ? -n : n, d < 0n ? -d : d);
  const sign = d < 0n ? -1n : 1n;
  return common === 0n ? { n: 0n, d: 1n } : { n: (sign * n) / common, d: (sign * d) / common };
}

export const add = (a: Rational, b: Rational): Rational | null => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational | null => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational | null => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational): Rational | null => rational(a.n * b.d, a.d * b.n);
export const negate = (a: Rational): Rational => ({ n: -a.n, d: a.d });
export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
export const isInteger = (a: Rational): boolean => a.d === 1n;
export const magnitude = (a: Rational): Rational => (a.n < 0n ? negate(a) : a);
/** a < b */
export const less = (a: Rational, b: Rational): boolean => a.n * b.d < b.n * a.d;
export const toNumber = (a: Rational): number => Number((a.n * 1_000_000n) / a.d) / 1e6;

/** Whole exponents up to 64 in size only; null for the others. */
export function power(base: Rational, exponent: Rational): Rational | null {
  if (!isInteger(exponent)) return null;
  const size = exponent.n < 0n ? -exponent.n : exponent.n;
  if (size > 64n || Math.max(bits(base.n), bits(base.d)) * Number(size) > MOST_BITS) return null;
  return exponent.n < 0n ? rational(base.d ** size, base.n ** size) : rational(base.n ** size, base.d ** size);
}

/** A number as written: its value, and how it looks. */
export interface Written {
  readonly value: Rational;
  /** Digits behind the point. */
  readonly decimals: number;
  /** It has thousands separators. */
  readonly grouped: boolean;
}

const PLAIN = /^(?:\d+|\d*\.\d+)$/;
/** Thousands, or lakhs and crores. */
const GROUPED = /^\d{1,3}(?:(?:,\d{3})+|(?:,\d{2})+,\d{3})(?:\.\d+)?$/;

/** Digits with `.` as the point and `,` between thousands; null where it is something else, as `3,5` or `1.2.3`. */
export function readNumber(text: string): Written | null {
  if (/^[1-9]\d{0,17}$/.test(text)) return { value: { n: BigInt(text), d: 1n }, decimals: 0, grouped: false };
  if (text.length > MOST_DIGITS) return null;
  const grouped = text.includes(',');
  if (!(grouped ? GROUPED : PLAIN).test(text)) return null;
  // A leading zero is a code, a date or a clock, not a quantity.
  if (/^0\d/.test(text)) return null;
  const point = text.indexOf('.');
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const value = rational(BigInt(text.replace(/[.,]/g, '')), 10n ** BigInt(decimals));
  return value === null ? null : { value, decimals, grouped };
}

/** Digits behind the point that the exact value needs; null where it does not end within `most`. */
export function decimalsOf(value: Rational, most: number): number | null {
  for (let digits = 0; digits <= most; digits += 1) if ((value.n * 10n ** BigInt(digits)) % value.d === 0n) return digits;
  return null;
}

/** Rounded half away from zero to `decimals` digits behind the point. */
export function formatNumber(value: Rational, decimals: number, grouped: boolean): string {
  const scale = 10n ** BigInt(decimals);
  const negative = value.n < 0n;
  const n = negative ? -value.n : value.n;
  const scaled = (2n * n * scale + value.d) / (2n * value.d);
  const digits = scaled.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`;
  return `${negative && scaled !== 0n ? '-' : ''}${grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole}${fraction}`;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function bits(value: bigint): number {
  return value.toString(16).length * 4;
}
