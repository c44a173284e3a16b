import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editLiteral, literalBytes, literalText, type TextEdit } from '../../../src/core/codec/json-literal.js';

const cases: readonly { name: string; literal: string; edits: TextEdit[]; expect: string }[] = [
  { name: 'nothing', literal: 'a\\u003cb', edits: [], expect: 'a\\u003cb' },
  { name: 'plain', literal: 'src/mian.ts', edits: [{ start: 4, end: 8, text: 'main' }], expect: 'src/main.ts' },
  { name: 'other escapes stay as they are', literal: '\\u003cb\\/\\n x', edits: [{ start: 5, end: 6, text: 'y' }], expect: '\\u003cb\\/\\n y' },
  { name: 'an escape is one unit', literal: 'a\\u003cb', edits: [{ start: 1, end: 2, text: '>' }], expect: 'a>b' },
  { name: 'a pair of escapes is two units', literal: '\\ud83d\\ude00x', edits: [{ start: 2, end: 3, text: 'y' }], expect: '\\ud83d\\ude00y' },
  { name: 'half of a pair of escapes', literal: '\\ud83d\\ude00x', edits: [{ start: 1, end: 3, text: '' }], expect: '\\ud83d' },
  { name: 'two and three bytes are one unit', literal: 'é€x', edits: [{ start: 2, end: 3, text: 'y' }], expect: 'é€y' },
  { name: 'four bytes are two units', literal: '😀x', edits: [{ start: 2, end: 3, text: 'y' }], expect: '😀y' },
  { name: 'a boundary inside four bytes', literal: 'a😀b', edits: [{ start: 2, end: 4, text: '' }], expect: 'a\\ud83d' },
  { name: 'an insertion inside four bytes', literal: 'a😀b', edits: [{ start: 2, end: 2, text: '-' }], expect: 'a\\ud83d-\\ude00b' },
  { name: 'the first half goes', literal: 'a😀b', edits: [{ start: 0, end: 2, text: '' }], expect: '\\ude00b' },
  { name: 'both halves, one edit each', literal: '😀', edits: [{ start: 0, end: 1, text: 'x' }, { start: 1, end: 2, text: 'y' }], expect: 'xy' },
  { name: 'inserted text is escaped', literal: 'ab', edits: [{ start: 1, end: 1, text: '"\\\n\u0001\ud800' }], expect: 'a\\"\\\\\\n\\u0001\\ud800b' },
  { name: 'at both ends', literal: 'ab', edits: [{ start: 0, end: 0, text: '<' }, { start: 2, end: 2, text: '>' }], expect: '<ab>' },
  { name: 'all of it', literal: 'ab', edits: [{ start: 0, end: 2, text: '' }], expect: '' },
];
for (const { name, literal, edits, expect } of cases) {
  test(`edit: ${name}`, () => assert.equal(editLiteral(Buffer.from(literal), edits).toString(), expect));
}

test('broken UTF-8 is written anew, with the text JSON.parse has', () => {
  const literal = Buffer.from([0x61, 0xf0, 0x9f, 0x62, 0xff, 0x63]);
  assert.equal(literalText(literal), 'a\ufffdb\ufffdc');
  assert.equal(editLiteral(literal, [{ start: 4, end: 5, text: 'd' }]).toString(), 'a\ufffdb\ufffdd');
});

const unit = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', '<', '\n', '"', '\\', 'é', '€', '😀', '\ud83d', '\ude00', '\u2028') }, fc.string({ unit: 'binary', maxLength: 2 }));
/** Each character in one of the ways JSON allows. */
const written = fc.array(fc.tuple(unit, fc.boolean()), { maxLength: 12 }).map((units) =>
  units.map(([text, escape]) => (escape ? Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('') : JSON.stringify(text).slice(1, -1))).join(''));

test('property: an edited literal is the edited text, and keeps the bytes before and behind', () => {
  fc.assert(fc.property(written, fc.nat(), fc.nat(), unit, (source, a, b, insert) => {
    const literal = Buffer.from(source);
    const text = literalText(literal);
    const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
    const edited = editLiteral(literal, [{ start, end, text: insert }]);
    assert.equal(literalText(edited), text.slice(0, start) + insert + text.slice(end));
    assert.deepEqual(literalBytes(literalText(edited)).length > 0, literalText(edited) !== '');
    assert.ok(!edited.includes(0x0a));
  }), { seed: 11, numRuns: 2_000 });
});

test('property: an insertion of nothing changes no meaning, and no byte on a character boundary', () => {
  fc.assert(fc.property(written, fc.nat(), (source, a) => {
    const literal = Buffer.from(source);
    const text = literalText(literal);
    const at = a % (text.length + 1);
    const edited = editLiteral(literal, [{ start: at, end: at, text: '' }]);
    assert.equal(literalText(edited), text);
    const code = text.charCodeAt(at);
    if (!(code >= 0xdc00 && code <= 0xdfff)) assert.deepEqual(edited, literal);
  }), { seed: 13, numRuns: 1_000 });
});

test('property: any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0x2e : byte)))), fc.nat(), fc.nat(), (literal, a, b) => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(literal);
    assert.equal(literalText(literal), text);
    const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
    assert.equal(literalText(editLiteral(literal, [{ start, end, text: 'é' }])), `${text.slice(0, start)}é${text.slice(end)}`);
  }), { seed: 17, numRuns: 1_000 });
});
