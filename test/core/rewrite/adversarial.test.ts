import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextBody } from '../../../src/core/rewrite/text-body.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { channelContext } from './drive.js';

const FILES = ['src/main.ts', 'src/server/router.ts', 'docs/guide.md'];

interface Ran {
  readonly out: string;
  readonly corrections: number;
  /** CPU time, which other processes do not add to. */
  readonly ms: number;
}

/** Puts a text through all six detectors, in pieces of so many bytes. */
function run(text: string, pieceBytes: number): Ran {
  const context = channelContext({});
  const out: Buffer[] = [];
  let corrections = 0;
  const body = new TextBody({ ...context, exchange: { ...context.exchange, truth: truthOfFiles(FILES) }, failed: (detector, error) => assert.fail(`${detector.type}: ${String(error)}`) }, {
    out: (bytes) => out.push(bytes),
    corrected: () => void (corrections += 1),
    fault: (message) => assert.fail(message),
  });
  const bytes = Buffer.from(text);
  const before = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += pieceBytes) body.write(bytes.subarray(at, at + pieceBytes));
  body.end();
  const { user, system } = process.cpuUsage(before);
  return { out: Buffer.concat(out).toString(), corrections, ms: (user + system) / 1000 };
}

/** Letters, marks and signs of every block of the planes that are in use, spaces between. */
function everyScript(units: number): string {
  let text = '';
  for (let point = 0x21; text.length < units; point = point >= 0x3fff0 ? 0x21 : point + 7) {
    if (point >= 0xd800 && point < 0xe000) continue;
    text += `${String.fromCodePoint(point)}${point % 11 === 0 ? ' ' : ''}`;
  }
  return text;
}

function nestedFences(units: number): string {
  let text = '';
  for (let depth = 3; text.length < units; depth = depth >= 60 ? 3 : depth + 1) text += `${'`'.repeat(depth)}md\n> - ${'~'.repeat(depth)}\n`;
  return text;
}

const repeat = (part: string) => (units: number) => part.repeat(Math.ceil(units / part.length)).slice(0, units);

/** Texts that say nothing, by length. None may change, but for a note behind an end that is no end. */
const TEXTS: Readonly<Record<string, (units: number) => string>> = {
  'no space at all': repeat('abcdefghijklmnopqrstuvwxyz0123456789'),
  'one letter': repeat('a'),
  'slashes': repeat('/'),
  'dotted slashes': repeat('../'),
  'backticks': repeat('`'),
  'nested fences': nestedFences,
  'brackets': repeat('([{<"\''),
  'every script': everyScript,
  'right to left': repeat('\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627/\u200f'),
  'zero-width characters': repeat('a\u200b/\u200d\ufeff\u2060b\u00ad.'),
  'combining marks': repeat('a\u0301\u0302\u0303\u0304'),
  'digits and signs': repeat('1+2*3-4/5%'),
  'equals signs': repeat('='),
  'sentences without end': repeat('it is and it is not that it is '),
  'one long list': repeat('- x\n'),
};

for (const [name, make] of Object.entries(TEXTS)) {
  test(`all six at work on ${name}: nothing is lost, and the cutting does not matter`, () => {
    const text = make(20_000);
    const whole = run(text, Infinity);
    assert.ok(whole.out.startsWith(text.trimEnd()) || whole.corrections > 0, 'what came leaves');
    for (const pieceBytes of [1, 37]) assert.equal(run(text, pieceBytes).out, whole.out, `in pieces of ${pieceBytes}`);
  });

  test(`all six at work on ${name}: twice the text takes about twice the work`, () => {
    run(make(50_000), 16);
    const [one, two] = [100_000, 200_000].map((units) => Math.min(...Array.from({ length: 2 }, () => run(make(units), 16).ms))) as [number, number];
    // A quadratic part of any weight makes it four; what little work there is may be all noise.
    assert.ok(two < 3.2 * one + 200, `${one.toFixed(0)} ms, then ${two.toFixed(0)} ms`);
  });
}

test('10 MB without a space pass as they came', () => {
  const text = repeat('abcdefghijklmnopqrstuvwxyz')(10_000_000);
  const { out } = run(text, 65_536);
  assert.ok(out.startsWith(text));
});
