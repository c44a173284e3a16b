import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Limits } from '../../../src/core/limits.js';
import { compileRuleSet } from '../../../src/core/rules/compile.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { holder, wordDetector } from '../text/fake-detectors.js';
import { CHAT, chunk, codecOf, cut, dice, DOCUMENT, DONE, finish, GENERATE, jsonOf, SHAPES, SSE, STREAMS } from './bodies.js';
import { Drive } from './drive.js';

const TEH = stubRules([literal('teh', 'the')]);
const FOREVER = [holder(1_000_000)];
const say = (content: string, index = 0): string => chunk(JSON.stringify({ content }), '', index);

interface Case {
  readonly name: string;
  readonly limits: Partial<Limits>;
  readonly bailouts: readonly string[];
}

const BODY = SSE.body(Array.from({ length: 30 }, (_, i) => `token ${i} `));
const LINE = say('token 10 ').length;
const LONGEST = Math.max(...BODY.split('\n\n').map((event) => event.length + 2));

const cases: readonly Case[] = [
  { name: 'nothing but the defaults: held to the end', limits: {}, bailouts: [] },
  { name: 'queueEvents 1', limits: { queueEvents: 1 }, bailouts: ['limit'] },
  { name: 'queueEvents 5', limits: { queueEvents: 5 }, bailouts: ['limit'] },
  { name: 'queueBytes 0', limits: { queueBytes: 0 }, bailouts: ['limit'] },
  { name: 'queueBytes for three events', limits: { queueBytes: 3 * LINE }, bailouts: ['limit'] },
  { name: 'queueBytes one byte short of an event', limits: { queueBytes: LINE - 3 }, bailouts: ['limit'] },
  { name: 'eventBytes below an event', limits: { eventBytes: 60 }, bailouts: ['limit'] },
  { name: 'eventBytes one byte short of the longest event', limits: { eventBytes: LONGEST - 1 }, bailouts: ['limit'] },
  { name: 'eventBytes of exactly the longest event', limits: { eventBytes: LONGEST }, bailouts: [] },
];

for (const { name, limits, bailouts } of cases) {
  test(`never more held than allowed: ${name}`, () => {
    const { queueEvents = 4_096, queueBytes = 1_048_576, eventBytes = 8_388_608 } = limits;
    for (const parts of [1, 2, 20, 5_000]) {
      const drive = new Drive(codecOf(SSE), { detectors: FOREVER, limits });
      let events = 0;
      for (const read of cut(Buffer.from(BODY), parts, dice(parts))) {
        drive.read(read);
        const held = drive.rewriter.heldBytes;
        assert.ok(held <= queueBytes + eventBytes, `${held} bytes held`);
        events = BODY.slice(drive.out.length, drive.bytesIn).split('\n\n').length - 1;
        assert.ok(events <= queueEvents, `${events} events held`);
      }
      drive.end();
      assert.equal(drive.text, BODY);
      assert.deepEqual(drive.bailouts, bailouts);
      assert.equal(drive.rewriter.heldBytes, 0);
    }
  });
}

test('what waits only to be scanned together is no backlog: a read with many events does not hit the limit', () => {
  const drive = new Drive(codecOf(SSE), { rules: TEH, limits: { queueEvents: 2, queueBytes: 2 * LINE } });
  drive.read(BODY.replaceAll('token ', 'teh ')).end();
  assert.equal(drive.text, BODY.replaceAll('token ', 'the '));
  assert.deepEqual(drive.bailouts, []);
});

test('a document: larger than documentBytes, or than eventBytes, passes as it came or is corrected', () => {
  const body = DOCUMENT.body(['in teh end']);
  for (const [limits, expect, bailouts] of [
    [{ documentBytes: body.length }, body.replace('teh', 'the'), []],
    [{ documentBytes: body.length - 1 }, body, ['limit']],
    [{ eventBytes: 20 }, body.replace('teh', 'the'), []],
  ] as const) {
    for (const parts of [1, 7, 500]) {
      const drive = new Drive(codecOf(DOCUMENT), { rules: TEH, limits });
      for (const read of cut(Buffer.from(body), parts, dice(parts))) {
        drive.read(read);
        assert.ok(drive.rewriter.heldBytes <= ('documentBytes' in limits ? limits.documentBytes : body.length));
      }
      drive.end();
      assert.equal(drive.text, expect);
      assert.deepEqual(drive.bailouts, bailouts);
    }
  }
});

test('holdChars: no more text waits, whatever the rule would like to see', () => {
  for (const holdChars of [4, 16]) {
    const rules = compileRuleSet([literal('a+b', 'B', { match: 'regex' }), literal('aaz', 'Z')], [], new Set(), [], { holdChars });
    const drive = new Drive(codecOf(CHAT), { rules, limits: { holdChars } });
    const letters = `${'a'.repeat(100)}b aab ${'a'.repeat(50)}`;
    const lines = CHAT.body([...letters]).split('\n').map((line) => `${line}\n`);
    let most = 0;
    letters.split('').forEach((_, index) => {
      drive.read(lines[index] as string);
      most = Math.max(most, index + 1 - drive.text.split('\n').length + 1);
    });
    drive.reads(lines.slice(letters.length, -1)).end();
    assert.ok(most <= holdChars && most > 2, `${most} held`);
    assert.match(CHAT.text(drive.text), /^a+B B a{50}$/);
    assert.deepEqual(drive.bailouts, []);
  }
});

test('stall: held text leaves stallMs after the last piece of its own text', () => {
  const drive = new Drive(codecOf(SSE), { rules: TEH, limits: { stallMs: 100 } });
  assert.equal(drive.rewriter.deadlineMs(), null);
  drive.read(say('a te'), 1_000);
  assert.equal(drive.rewriter.deadlineMs(), 1_100);
  drive.read(say('b', 1), 1_050);
  assert.equal(drive.rewriter.deadlineMs(), 1_100, 'another text is no sign of life');
  drive.rewriter.tick(1_099);
  assert.equal(drive.text, '');
  drive.rewriter.tick(1_100);
  assert.equal(drive.text, say('a te') + say('b', 1));
  assert.equal(drive.rewriter.deadlineMs(), null);
  drive.read(say('h teh'), 1_200).end();
  assert.equal(drive.text, say('a te') + say('b', 1) + say('h the'));
});

test('ping: a comment behind held text ends the hold after pingMs, however lively the text', () => {
  const drive = new Drive(codecOf(SSE), { rules: stubRules([literal('abcdef', '!')]), limits: { stallMs: 2_000, pingMs: 500 } });
  drive.read(say('a'), 0).read(': ping\n\n', 100).read(say('b'), 300).read(': ping\n\n', 400);
  assert.equal(drive.rewriter.deadlineMs(), 600);
  drive.rewriter.tick(599);
  assert.equal(drive.text, '');
  drive.rewriter.tick(600);
  assert.equal(drive.text, say('a') + ': ping\n\n' + say('b') + ': ping\n\n');
  assert.equal(drive.rewriter.deadlineMs(), null);
});

test('ping: a comment that did not have to wait starts no clock', () => {
  const drive = new Drive(codecOf(SSE), { rules: TEH, limits: { stallMs: 2_000, pingMs: 500 } });
  drive.read(say('x') + ': ping\n\n' + say('te'), 0);
  assert.equal(drive.text, say('x') + ': ping\n\n');
  assert.equal(drive.rewriter.deadlineMs(), 2_000, 'the text behind the comment has all the time it has without one');
  drive.read(': ping\n\n', 300);
  assert.equal(drive.rewriter.deadlineMs(), 800);
  drive.read(say('h') + say(' te'), 700);
  assert.equal(drive.rewriter.deadlineMs(), 2_700, 'the comment has left');
  drive.read(say('h'), 900).end();
  assert.equal(drive.text, say('x') + ': ping\n\n' + say('the') + ': ping\n\n' + say('') + say(' the') + say(''));
});

test('ping: a second comment has its own time', () => {
  const drive = new Drive(codecOf(SSE), { detectors: [holder(3)], limits: { stallMs: 9_000, pingMs: 500 } });
  drive.read(say('abc'), 0).read(': 1\n\n', 100).read(say('def'), 200).read(': 2\n\n', 300);
  assert.equal(drive.text, say('abc') + ': 1\n\n');
  assert.equal(drive.rewriter.deadlineMs(), 800);
});

test('after a bail-out there is nothing to wait for', () => {
  const drive = new Drive(codecOf(SSE), { rules: TEH }).read(say('te') + ': ping\n\n');
  drive.rewriter.bailOut();
  assert.equal(drive.rewriter.deadlineMs(), null);
  drive.rewriter.tick(1e9);
  assert.equal(drive.text, say('te') + ': ping\n\n');
});

interface Edit {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

const EDITS: readonly (readonly [string, string])[] = [['teh', 'the'], ['aab', ''], ['\u{1f600}', '!'], ['x', 'yyyy']];
const EDIT_RULES = stubRules(EDITS.map(([from, to]) => literal(from, to)));

/** Leftmost first; none of the words begins inside another. */
function editsOf(text: string): Edit[] {
  const edits: Edit[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const word = EDITS.find(([from]) => text.startsWith(from, at));
    if (word === undefined) continue;
    edits.push({ at, from: word[0], to: word[1] });
    at += word[0].length - 1;
  }
  return edits;
}

function applied(text: string, edits: readonly Edit[]): string {
  return edits.reduceRight((out, { at, from, to }) => out.slice(0, at) + to + out.slice(at + from.length), text);
}

const words = fc.array(fc.constantFrom('teh', 'aab', '\u{1f600}', 'x', 'te', 'aa', ' ', 'q', 't', '\ud83d'), { maxLength: 12 });

test('property: a bail-out at any byte gives the corrected beginning and the original rest, nothing lost or doubled', () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.constantFrom(...SHAPES), fc.double({ min: 0, max: 1, noNaN: true }), (list, seed, shape, where) => {
      const text = list.join('');
      const roll = dice(seed);
      const body = Buffer.from(shape.body(cut(text, 1 + roll(30), roll)));
      const at = Math.round(where * body.length);
      const drive = new Drive(codecOf(shape), { rules: EDIT_RULES });
      if (at > 0) drive.reads(cut(body.subarray(0, at), 1 + roll(60), roll));
      const told = drive.corrections.length;
      drive.rewriter.bailOut();
      assert.equal(drive.out.length === at || drive.corrections.length > 0, true, 'without a correction, what came is what went');
      const edits = editsOf(text).slice(0, drive.corrections.length);
      drive.read(body.subarray(at)).end();
      assert.equal(shape.text(drive.text), applied(text, edits));
      assert.ok(told <= edits.length);
      if (edits.length === 0) assert.ok(drive.out.equals(body));
      if (shape === DOCUMENT) return;
      const [before, after] = [body.toString().split('\n'), drive.text.split('\n')];
      assert.equal(after.length, before.length, 'one event in, one event out');
      before.forEach((line, index) => {
        if (line !== after[index]) assert.equal((after[index] as string).replace(/"(content|response)":"[^"]*"/, ''), line.replace(/"(content|response)":"[^"]*"/, ''));
      });
    }),
    { seed: 11, numRuns: 1_000 },
  );
});

test('a bail-out restores the input at every byte of a stream in which a correction waits', () => {
  const body = Buffer.from(say('in t') + ': ping\n\n' + say('e') + say('ab', 1) + finish(1));
  for (let at = 0; at <= body.length; at += 1) {
    const drive = new Drive(codecOf(SSE), { rules: TEH }).read(body.subarray(0, at));
    drive.rewriter.bailOut();
    assert.ok(drive.out.equals(body.subarray(0, at)), `at ${at}`);
    drive.read(body.subarray(at)).end();
    assert.ok(drive.out.equals(body));
  }
});

test('ill-formed events at every place: what came before is corrected, the rest passes as it came, however it is cut', () => {
  for (const shape of STREAMS) {
    const events = shape.body(['a te', 'h', ' b', ' teh te']).split(shape === SSE ? /(?<=\n\n)/ : /(?<=\n)/);
    const bad = shape === SSE ? 'data: {"choices":\n\n' : '{"message":\n';
    for (let place = 0; place <= events.length; place += 1) {
      const body = [...events.slice(0, place), bad, ...events.slice(place)].join('');
      let first: Buffer | null = null;
      for (const parts of [1, 2, 5, 2_000]) {
        const drive = new Drive(codecOf(shape), { rules: TEH }).reads(cut(Buffer.from(body), parts, dice(place))).end();
        first ??= drive.out;
        assert.ok(drive.out.equals(first), `${shape.name}: the output depends on the cutting`);
        assert.ok(drive.out.includes(bad));
        assert.deepEqual(drive.bailouts, ['unparsable']);
      }
      const untouched = events.slice(place).join('');
      assert.ok((first as Buffer).toString().endsWith(untouched));
    }
  }
});

const BODIES = [GENERATE, CHAT, SSE, DOCUMENT].map((shape) => [shape, shape.body(['with ', 'é and \u{1f600}', '\n\t"quotes"', ' \\ end'])] as const);

test('identity: without rules every byte passes, for bodies in any cutting, of any ending', () => {
  for (const [shape, body] of BODIES) {
    const bytes = Buffer.from(`${body}${shape === SSE ? ': tail without an end' : ''}`);
    for (let end = 0; end <= bytes.length; end += 1) {
      const drive = new Drive(codecOf(shape), {}).reads(cut(bytes.subarray(0, end), 1 + (end % 9), dice(end))).end();
      assert.ok(drive.out.equals(bytes.subarray(0, end)), `${shape.name} cut off at ${end}`);
      assert.equal(drive.rewriter.heldBytes, 0);
    }
  }
});

test('property: identity for arbitrary bytes, with rules and detectors at work', () => {
  const detectors = [wordDetector('pattern_match', [{ word: 'zzzz', expected: '' }]), holder(2)];
  const soup = fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(...['data: ', '{"choices":[{"delta":{"content":"', 'a"}}]}', '\n', '\n\n', '\r', ': ', '{}', '{"message":{"content":"zz"}}', '[', '\ufeff', 'data: [DONE]'].map((part) => Buffer.from(part)))));
  fc.assert(
    fc.property(soup, fc.constantFrom(...SHAPES), fc.nat(), (parts, shape, seed) => {
      const body = Buffer.concat(parts);
      const roll = dice(seed);
      const drive = new Drive(codecOf(shape), { detectors });
      if (body.length > 0) drive.reads(cut(body, 1 + roll(20), roll));
      drive.end();
      assert.ok(drive.out.equals(body));
    }),
    { seed: 3, numRuns: 600 },
  );
});

test('a truncated stream: what is held leaves at its end, corrected where decided', () => {
  const body = say('teh te') + 'data: {"choices":[{"index":0,"del';
  const drive = new Drive(codecOf(SSE), { rules: TEH }).read(body).end();
  assert.equal(drive.text, say('the te') + 'data: {"choices":[{"index":0,"del');
  assert.deepEqual(jsonOf(DONE), []);
});
