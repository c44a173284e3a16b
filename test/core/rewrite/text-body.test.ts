import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextBody } from '../../../src/core/rewrite/text-body.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { faulty, holder, wordDetector } from '../text/fake-detectors.js';
import { cut, dice } from './bodies.js';
import { channelContext, type DriveOptions } from './drive.js';

class Filtered {
  readonly pieces: Buffer[] = [];
  readonly corrections: string[] = [];
  readonly faults: string[] = [];
  readonly body: TextBody;

  constructor(options: DriveOptions) {
    this.body = new TextBody(channelContext(options), {
      out: (bytes) => this.pieces.push(bytes),
      corrected: ({ start, end, action }, channel) => this.corrections.push(`${channel} ${start}-${end} ${action}`),
      fault: (message) => this.faults.push(message),
    });
  }

  get out(): Buffer {
    return Buffer.concat(this.pieces);
  }

  run(pieces: readonly Buffer[]): this {
    for (const piece of pieces) this.body.write(piece);
    this.body.end();
    return this;
  }
}

const RULES = stubRules([literal('teh', 'the'), literal('\u{1f600}', ':)'), literal('\ufffd?', '!'), literal('gone', '')]);
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
/** Text and bytes in one line: numbers are bytes. */
const bytes = (...parts: readonly (string | number)[]): Buffer => Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : utf8(part))));

interface Case {
  readonly name: string;
  readonly body: Buffer;
  readonly expect: Buffer;
  readonly corrections?: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'nothing', body: bytes(), expect: bytes() },
  { name: 'nothing to correct', body: bytes('plain te'), expect: bytes('plain te') },
  { name: 'a correction', body: bytes('in teh end'), expect: bytes('in the end'), corrections: ['text 3-6 replace'] },
  { name: 'a removal of everything', body: bytes('gone'), expect: bytes(), corrections: ['text 0-4 replace'] },
  { name: 'characters of two, three and four bytes', body: bytes('é€\u{1f601}\u{1f600}é'), expect: bytes('é€\u{1f601}:)é'), corrections: ['text 4-6 replace'] },
  { name: 'a byte order mark stays', body: bytes('\ufeffteh'), expect: bytes('\ufeffthe'), corrections: ['text 1-4 replace'] },
  { name: 'a broken byte beside a correction stays', body: bytes('a', 0xff, ' teh ', 0x80, 'b'), expect: bytes('a', 0xff, ' the ', 0x80, 'b'), corrections: ['text 3-6 replace'] },
  { name: 'a character that was cut short stays', body: bytes(0xe2, 0x82, 'teh', 0xf0, 0x9f, 0x98), expect: bytes(0xe2, 0x82, 'the', 0xf0, 0x9f, 0x98), corrections: ['text 1-4 replace'] },
  { name: 'bytes that are never part of UTF-8', body: bytes(0xc0, 0xaf, 0xf5, 0x80, 0xed, 0xa0, 0x80, 'teh'), expect: bytes(0xc0, 0xaf, 0xf5, 0x80, 0xed, 0xa0, 0x80, 'the'), corrections: ['text 7-10 replace'] },
  { name: 'a broken byte inside what is corrected goes with it', body: bytes('teh', 0xff, '?teh'), expect: bytes('the', '!', 'the'), corrections: ['text 0-3 replace', 'text 3-5 replace', 'text 5-8 replace'] },
  { name: 'a real U+FFFD reads the same', body: bytes('\ufffd?'), expect: bytes('!'), corrections: ['text 0-2 replace'] },
];

for (const { name, body, expect, corrections = [] } of cases) {
  test(`text: ${name}`, () => {
    everySplit<Buffer>(body, (pieces) => {
      const filtered = new Filtered({ rules: RULES }).run(pieces);
      assert.deepEqual(filtered.out, expect);
      assert.deepEqual(filtered.corrections, corrections);
    });
  });
}

test('text: what is settled of a piece leaves with it, whole characters at a time', () => {
  const filtered = new Filtered({ rules: RULES });
  filtered.body.write(utf8('plain words and te'));
  assert.equal(filtered.out.toString(), 'plain words and ');
  filtered.body.write(utf8('n \u{1f600}').subarray(0, 4));
  assert.equal(filtered.out.toString(), 'plain words and ten ');
  filtered.body.write(utf8('\u{1f600}').subarray(2));
  assert.equal(filtered.out.toString(), 'plain words and ten :)');
  const odd = new Filtered({ detectors: [holder(1)] });
  odd.body.write(utf8('a\u{1f600}'));
  assert.equal(odd.out.toString(), 'a', 'half a character does not leave');
  odd.body.end();
  assert.equal(odd.out.toString(), 'a\u{1f600}');
});

test('text: a detector that throws is off and is told of', () => {
  const filtered = new Filtered({ detectors: [faulty(wordDetector('pattern_match', [{ word: 'x', expected: 'y' }]), 3)] }).run([utf8('ax'), utf8('x'), utf8('bx')]);
  assert.equal(filtered.out.toString(), 'ayxbx');
  assert.equal(filtered.faults.length, 1);
  assert.match(filtered.faults[0] as string, /^detector pattern_match failed/);
});

const soup = fc.array(fc.oneof(fc.uint8Array({ maxLength: 4 }).map((part) => Buffer.from(part)), fc.constantFrom('teh', 't', 'é', '\u{1f600}', '€', 'gone', ' ').map(utf8)), { maxLength: 20 });

test('property: arbitrary bytes pass unchanged where nothing is corrected', () => {
  fc.assert(
    fc.property(soup, fc.nat(), (parts, seed) => {
      const body = Buffer.concat(parts);
      const roll = dice(seed);
      const pieces = body.length === 0 ? [] : cut(body, 1 + roll(30), roll);
      const filtered = new Filtered({ detectors: [wordDetector('pattern_match', [{ word: 'teh\u0000\u0001' }, { word: '\ufffd\ufffd\ufffd', strategy: 'report' }])] }).run(pieces);
      assert.ok(filtered.out.equals(body));
    }),
    { seed: 17, numRuns: 1_000 },
  );
});

test('property: arbitrary bytes: the text of what leaves is the corrected text, the bytes do not depend on the cutting', () => {
  fc.assert(
    fc.property(soup, fc.nat(), (parts, seed) => {
      const body = Buffer.concat(parts);
      if (body.length === 0) return;
      const want = body.toString().replaceAll(/teh|\u{1f600}|\ufffd\?|gone/gu, (hit) => ({ teh: 'the', '\u{1f600}': ':)', '\ufffd?': '!', gone: '' })[hit] as string);
      const whole = new Filtered({ rules: RULES }).run([body]);
      const roll = dice(seed);
      const inPieces = new Filtered({ rules: RULES }).run(cut(body, 1 + roll(30), roll));
      assert.ok(inPieces.out.equals(whole.out));
      assert.deepEqual(inPieces.corrections, whole.corrections);
      // Removing text may bring halves of a broken character together; then the decoded texts differ, and rightly so.
      if (!want.includes('\ufffd')) assert.equal(whole.out.toString(), want);
      if (whole.corrections.length === 0) assert.ok(whole.out.equals(body));
    }),
    { seed: 23, numRuns: 1_000 },
  );
});
