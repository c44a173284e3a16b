import { add, divide, isInteger, multiply, negate, power, rational, type Rational, subtract } from './arithmetic-number.js';
import { factorialOf, root } from './arithmetic-phrases.js';
import type { Token } from './arithmetic-tokens.js';

/** How a row of operations is read. People are not strict, so a result that any reading yields is no error. */
export type Reading = 'standard' | 'leftToRight' | 'wideDenominator';
export const READINGS: readonly Reading[] = ['standard', 'leftToRight', 'wideDenominator'];

const HUNDRED = rational(100n) as Rational;
/** Brackets within brackets. */
const MOST_DEPTH = 12;
/** The largest number whose factorial is reckoned. */
const MOST_FACTORIAL = 60n;

/** The value of the tokens; null where they are no complete expression, or it has no value within bounds. */
export function evaluate(tokens: readonly Token[], reading: Reading): Rational | null {
  const parser = new Parser(tokens, reading);
  const value = parser.sum(0);
  return parser.done ? value : null;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #reading: Reading;
  #at = 0;

  constructor(tokens: readonly Token[], reading: Reading) {
    this.#tokens = tokens;
    this.#reading = reading;
  }

  get done(): boolean {
    this.#skip();
    return this.#at === this.#tokens.length;
  }

  sum(depth: number): Rational | null {
    let value = this.#product(depth);
    for (;;) {
      const op = this.#operator();
      if (value === null || (op !== '+' && op !== '-')) return value;
      this.#at += 1;
      const right = this.#reading === 'leftToRight' ? this.#signed(depth) : this.#product(depth);
      value = right === null ? null : op === '+' ? add(value, right) : subtract(value, right);
      if (this.#reading === 'leftToRight' && value !== null) value = this.#factors(value, depth);
    }
  }

  #product(depth: number): Rational | null {
    const first = this.#signed(depth);
    return first === null ? null : this.#factors(first, depth);
  }

  #factors(first: Rational, depth: number): Rational | null {
    let value: Rational | null = first;
    for (;;) {
      const op = this.#operator();
      const beside = op === null && this.#beside();
      if (value === null || !(op === '*' || op === '/' || op === 'of' || beside)) return value;
      if (!beside) this.#at += 1;
      const right = this.#signed(depth);
      if (right === null) return null;
      if (op !== '/') value = multiply(value, right);
      else {
        const below = this.#reading === 'wideDenominator' ? this.#widen(right, depth) : right;
        value = below === null ? null : divide(value, below);
      }
    }
  }

  /** `a/b*c` where the writer means `a/(b*c)`. */
  #widen(first: Rational, depth: number): Rational | null {
    let value: Rational | null = first;
    while (value !== null && (this.#operator() === '*' || (this.#operator() === null && this.#beside()))) {
      if (this.#operator() === '*') this.#at += 1;
      const right = this.#signed(depth);
      value = right === null ? null : multiply(value, right);
    }
    return value;
  }

  /** A bracket directly before or behind a factor multiplies. */
  #beside(): boolean {
    const next = this.#tokens[this.#at];
    const last = this.#tokens[this.#at - 1];
    return next?.kind === 'open' || next?.kind === 'root' || (next?.kind === 'number' && last?.kind === 'close');
  }

  #signed(depth: number): Rational | null {
    this.#skip();
    if (this.#operator() !== '-') return this.#raised(depth);
    this.#at += 1;
    const value = this.#raised(depth);
    return value === null ? null : negate(value);
  }

  #raised(depth: number): Rational | null {
    let base = this.#rooted(depth);
    while (base !== null && this.#tokens[this.#at]?.kind === 'bang') {
      this.#at += 1;
      base = isInteger(base) && base.n >= 0n && base.n <= MOST_FACTORIAL ? factorialOf(base.n) : null;
    }
    if (base === null) return null;
    const token = this.#tokens[this.#at];
    if (token?.kind === 'square' || token?.kind === 'cube') {
      this.#at += 1;
      return power(base, { n: token.kind === 'square' ? 2n : 3n, d: 1n });
    }
    if (this.#operator() !== '^') return base;
    this.#at += 1;
    const exponent = this.#signed(depth);
    return exponent === null ? null : power(base, exponent);
  }

  #rooted(depth: number): Rational | null {
    this.#skip();
    if (this.#tokens[this.#at]?.kind !== 'root') return this.#atom(depth);
    this.#at += 1;
    const value = this.#atom(depth);
    return value === null ? null : (root(2n)([value])[0] ?? null);
  }

  #atom(depth: number): Rational | null {
    this.#skip();
    const token = this.#tokens[this.#at];
    if (token === undefined || depth > MOST_DEPTH) return null;
    let value: Rational | null = null;
    if (token.kind === 'number') {
      value = token.written.value;
      this.#at += 1;
    } else if (token.kind === 'open') {
      this.#at += 1;
      value = this.sum(depth + 1);
      this.#skip();
      if (this.#tokens[this.#at]?.kind !== 'close') return null;
      this.#at += 1;
    }
    if (value === null) return null;
    this.#skip();
    if (this.#tokens[this.#at]?.kind !== 'percent') return value;
    this.#at += 1;
    this.#skip();
    // `100 % 18` is a remainder, not a share.
    return this.#tokens[this.#at]?.kind === 'number' ? null : divide(value, HUNDRED);
  }

  #operator(): '+' | '-' | '*' | '/' | '^' | 'of' | null {
    this.#skip();
    const token = this.#tokens[this.#at];
    return token?.kind === 'op' ? token.op : null;
  }

  /** Currency signs and units have been looked at before; here they say nothing. */
  #skip(): void {
    for (let token = this.#tokens[this.#at]; token?.kind === 'currency' || token?.kind === 'word'; token = this.#tokens[this.#at]) this.#at += 1;
  }
}
