import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { feed, told } from './fact-run.js';

// The oracle reckons in whole hundredths by a different route: a list of terms, each a list of factors, and no parser.
// Only sums of products are made, with at most two decimals in all, so that every result is exact.
const NOTATIONS = [
  { times: ' * ', plus: ' + ', minus: ' - ', equals: ' = ' },
  { times: '*', plus: '+', minus: '-', equals: '=' },
  { times: ' × ', plus: ' + ', minus: ' − ', equals: ' = ' },
  { times: ' x ', plus: ' + ', minus: ' - ', equals: '= ' },
  { times: 'x', plus: ' + ', minus: ' - ', equals: ' = ' },
  { times: ' \\times ', plus: ' + ', minus: ' - ', equals: ' = ' },
  { times: ' \\cdot ', plus: '+', minus: '-', equals: '=' },
  { times: ' times ', plus: ' plus ', minus: ' minus ', equals: ' equals ' },
  { times: ' multiplied by ', plus: ' plus ', minus: ' minus ', equals: ' is equal to ' },
] as const;
const PROSE = ['', 'So ', 'The total is ', 'Therefore, we get ', '- ', 'x = ', 'Total: ', '**', '1. '] as const;
const ENDS = ['', '.', ' apples.', ', which', '\n', ' (as above)', ' in the end'] as const;

const term = fc.record({ sign: fc.constantFrom<1 | -1>(1, -1), factors: fc.array(fc.integer({ min: 2, max: 999 }), { minLength: 1, maxLength: 3 }) });
const equation = fc.record({
  terms: fc.array(term, { minLength: 1, maxLength: 4 }),
  decimal: fc.integer({ min: 1, max: 99 }).filter((cents) => cents % 10 !== 0),
  decimals: fc.boolean(),
  grouped: fc.boolean(),
  notation: fc.constantFrom(...NOTATIONS),
  prose: fc.constantFrom(...PROSE),
  end: fc.constantFrom(...ENDS),
});
type Equation = typeof equation extends fc.Arbitrary<infer T> ? T : never;

const group = (value: bigint, grouped: boolean): string => (grouped ? value.toLocaleString('en-US') : value.toString());

function hundredths({ terms, decimal, decimals }: Equation): bigint {
  let sum = decimals ? BigInt(decimal) : 0n;
  for (const [at, { sign, factors }] of terms.entries()) {
    let product = 100n;
    for (const factor of factors) product *= BigInt(factor);
    sum += at === 0 || sign === 1 ? product : -product;
  }
  return sum;
}

function written(one: Equation, result: bigint): { readonly before: string; readonly result: string } {
  const { times, plus, minus, equals } = one.notation;
  const parts = one.terms.map(({ sign, factors }, at) => (at === 0 ? '' : sign === 1 ? plus : minus) + factors.map((factor) => group(BigInt(factor), one.grouped)).join(times));
  const fraction = one.decimals ? `.${(result % 100n).toString().padStart(2, '0')}` : '';
  const extra = one.decimals ? `${plus}0.${one.decimal.toString().padStart(2, '0')}` : '';
  return { before: `${one.prose}${parts.join('')}${extra}${equals}`, result: `${group(result / 100n, one.grouped)}${fraction}` };
}

const usable = equation.filter((one) => hundredths(one) > 0n && (one.decimals || one.terms.length > 1 || (one.terms[0]?.factors.length ?? 0) > 1));
// `3-9+…` written close together could be a range; it is not made here.
const settings = { seed: 20_240_601, numRuns: 1_500 };

test('right equations are never called wrong, in any notation', () => {
  fc.assert(fc.property(usable, (one) => {
    const { before, result } = written(one, hundredths(one));
    assert.deepEqual(told([before + result + one.end]), []);
  }), settings);
});

test('wrong results are found and replaced by what the oracle says', () => {
  fc.assert(fc.property(usable, fc.integer({ min: 1, max: 9 }), (one, off) => {
    const right = hundredths(one);
    // A round number may be a rounded one, and one that reading from left to right gives may be meant.
    const stated = right + BigInt(off) * 100n;
    const wrong = written(one, stated);
    if (/(?:000|500)$/.test((stated / 100n).toString()) || stated === leftToRight(one)) return;
    const { findings } = feed([wrong.before + wrong.result + one.end]);
    assert.equal(findings.length, 1, wrong.before + wrong.result + one.end);
    const value = findings[0]?.verdict.expected?.replace(/,/g, '') ?? '';
    assert.equal(findings[0]?.start, wrong.before.length);
    assert.equal(BigInt(Math.round(Number(value) * 100)), right);
  }), settings);
});

/** The sloppy reading that is let pass: each operation as it comes. */
function leftToRight({ terms, decimal, decimals }: Equation): bigint {
  let value = 0n;
  for (const [at, { sign, factors }] of terms.entries()) {
    const [first = 0, ...rest] = factors;
    value += at === 0 || sign === 1 ? BigInt(first) * 100n : -BigInt(first) * 100n;
    for (const factor of rest) value *= BigInt(factor);
  }
  return value + (decimals ? BigInt(decimal) : 0n);
}

test('a division is right when it is cut or rounded to the digits shown, and wrong beside them', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 2, max: 999 }), fc.integer({ min: 0, max: 4 }), (n, d, digits) => {
    const scale = 10n ** BigInt(digits);
    const cut = (BigInt(n) * scale) / BigInt(d);
    const rounded = (2n * BigInt(n) * scale + BigInt(d)) / (2n * BigInt(d));
    const show = (value: bigint): string => (digits === 0 ? value.toString() : `${value / scale}.${(value % scale).toString().padStart(digits, '0')}`);
    const ends = (BigInt(n) * scale) % BigInt(d) === 0n;
    for (const value of ends ? [rounded] : [cut, rounded]) assert.deepEqual(told([`${n} / ${d} = ${show(value)}.`]), [], show(value));
    const beside = rounded + 2n;
    if (/00$/.test(beside.toString()) || digits === 0 && beside % 10n === 0n) return;
    assert.equal(feed([`${n} / ${d} = ${show(beside)}.`]).findings.length, 1, `${n} / ${d} = ${show(beside)}`);
  }), settings);
});
