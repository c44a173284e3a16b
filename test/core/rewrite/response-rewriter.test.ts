import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import { WireEvent } from '../../../src/core/codec/codec.js';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import { uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { faulty, holder, wordDetector } from '../text/fake-detectors.js';
import { CHAT, chunk, codecOf, DOCUMENT, DONE, finish, GENERATE, jsonOf, SHAPES, SSE, STREAMS, USAGE } from './bodies.js';
import { Drive, type DriveOptions } from './drive.js';

const TEH = stubRules([literal('teh', 'the')]);
const sse = (options: DriveOptions = { rules: TEH }): Drive => new Drive(codecOf(SSE), options);
const say = (content: string, index = 0): string => chunk(JSON.stringify({ content }), '', index);

/** A body, and what leaves: the same in every cutting, bytes and all. */
interface Case {
  readonly name: string;
  readonly events: readonly string[];
  readonly expect: readonly string[];
  readonly corrections?: readonly string[];
  readonly options?: DriveOptions;
}

const cases: readonly Case[] = [
  {
    name: 'the text leaves before the finish chunk, usage and [DONE] behind it',
    events: [say('in t'), say('eh'), finish(), USAGE, DONE],
    expect: [say('in the'), say(''), finish(), USAGE, DONE],
    corrections: ['choices/0/content 3-6 pattern_match replace'],
  },
  {
    name: 'a beginning that stays one leaves before the finish chunk, as it came',
    events: [say('in te'), finish(), USAGE, DONE],
    expect: [say('in te'), finish(), USAGE, DONE],
  },
  {
    name: 'comments keep their place',
    events: [': ping\n\n', say('te'), ': ping\n\n', say('h'), ':\n\n', finish(), DONE],
    expect: [': ping\n\n', say('the'), ': ping\n\n', say(''), ':\n\n', finish(), DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace'],
  },
  {
    name: 'three choices, interleaved, each with its own text',
    events: [say('t', 0), say('te', 1), say('teh', 2), say('eh', 0), say('a', 1), say('t', 2), finish(2), say('teh', 1), finish(0), finish(1), DONE],
    expect: [say('the', 0), say('te', 1), say('the', 2), say('', 0), say('a', 1), say('t', 2), finish(2), say('the', 1), finish(0), finish(1), DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace', 'choices/2/content 0-3 pattern_match replace', 'choices/1/content 3-6 pattern_match replace'],
  },
  {
    name: 'reasoning ends where content begins: no word goes on from one to the other',
    events: [chunk('{"reasoning_content":"hm te"}'), say('h teh'), finish(), DONE],
    expect: [chunk('{"reasoning_content":"hm te"}'), say('h the'), finish(), DONE],
    corrections: ['choices/0/content 2-5 pattern_match replace'],
  },
  {
    name: 'a rule for reasoning alone',
    options: { rules: stubRules([literal('teh', 'the', { scopes: ['reasoning'] })]) },
    events: [chunk('{"reasoning":"teh"}'), say('teh'), finish(), DONE],
    expect: [chunk('{"reasoning":"the"}'), say('teh'), finish(), DONE],
    corrections: ['choices/0/reasoning 0-3 pattern_match replace'],
  },
  {
    name: 'a tool call ends the text, and its arguments stay as they are',
    events: [say('te'), chunk('{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\\"teh\\":"}}]}'), chunk('{"tool_calls":[{"index":0,"function":{"arguments":" \\"teh\\"}"}}]}'), finish(0, 'tool_calls'), DONE],
    expect: [say('te'), chunk('{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{\\"teh\\":"}}]}'), chunk('{"tool_calls":[{"index":0,"function":{"arguments":" \\"teh\\"}"}}]}'), finish(0, 'tool_calls'), DONE],
  },
  {
    name: 'text behind a tool call is a text of its own',
    events: [say('te'), chunk('{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}'), say('h, teh'), finish(), DONE],
    expect: [say('te'), chunk('{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}'), say('h, the'), finish(), DONE],
    corrections: ['choices/0/content 3-6 pattern_match replace'],
  },
  {
    name: 'an error event: what is held leaves as it is, and the error behind it',
    events: [say('teh te'), 'data: {"error":{"message":"teh model died"}}\n\n', DONE],
    expect: [say('the te'), 'data: {"error":{"message":"teh model died"}}\n\n', DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace'],
  },
  {
    name: 'an error event after which the stream goes on all the same',
    events: [say('te'), 'data: {"error":{"message":"m"}}\n\n', say('h teh'), finish(), DONE],
    expect: [say('te'), 'data: {"error":{"message":"m"}}\n\n', say('h the'), finish(), DONE],
    corrections: ['choices/0/content 4-7 pattern_match replace'],
  },
  {
    name: 'no finish chunk and no [DONE]: the end of the body ends the text',
    events: [say('teh te')],
    expect: [say('the te')],
    corrections: ['choices/0/content 0-3 pattern_match replace'],
  },
  {
    name: 'a report leaves every byte as it came',
    options: { rules: stubRules([literal('teh', null)]) },
    events: [say('t'), say('eh'), finish(), DONE],
    expect: [say('t'), say('eh'), finish(), DONE],
    corrections: ['choices/0/content 0-3 pattern_match report'],
  },
  {
    name: 'in observe every verdict is a report',
    options: { rules: TEH, modes: uniformModes('observe') },
    events: [say('teh'), finish(), DONE],
    expect: [say('teh'), finish(), DONE],
    corrections: ['choices/0/content 0-3 pattern_match report'],
  },
  {
    name: 'a note behind the closing delimiter, which comes in a later event',
    options: { detectors: [wordDetector('fabricated_path', [{ word: 'src/x.ts', strategy: 'insert' }])] },
    events: [say('see `src/'), say('x.ts'), say('`'), say(' now'), finish(), DONE],
    expect: [say('see `src/'), say('x.ts'), say('` [no such file in this workspace]'), say(' now'), finish(), DONE],
    corrections: ['choices/0/content 5-13 fabricated_path annotate'],
  },
  {
    name: 'a note at the end of the text leaves with the text, before the finish chunk',
    options: { detectors: [wordDetector('fabricated_path', [{ word: 'x.ts', strategy: 'insert' }])] },
    events: [say('x.t'), say('s'), finish(), DONE],
    expect: [say('x.t'), say('s [no such file in this workspace]'), finish(), DONE],
    corrections: ['choices/0/content 0-4 fabricated_path annotate'],
  },
  {
    name: 'in annotate a replacement becomes a note',
    options: { rules: TEH, modes: uniformModes('annotate') },
    events: [say('"teh'), say('" '), finish(), DONE],
    expect: [say('"teh'), say('" [should be: the] '), finish(), DONE],
    corrections: ['choices/0/content 1-4 pattern_match annotate'],
  },
  {
    name: 'logprobs of an edited event go, those of others stay',
    events: [chunk('{"content":"a"}', ',"logprobs":{"content":[]}'), chunk('{"content":"teh"}', ',"logprobs":{"content":[1]}'), finish(), DONE],
    expect: [chunk('{"content":"a"}', ',"logprobs":{"content":[]}'), chunk('{"content":"the"}', ',"logprobs":null'), finish(), DONE],
    corrections: ['choices/0/content 1-4 pattern_match replace'],
  },
  {
    name: 'several corrections in one event',
    events: [say('teh teh, '), say('teh'), finish(), DONE],
    expect: [say('the the, '), say('the'), finish(), DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace', 'choices/0/content 4-7 pattern_match replace', 'choices/0/content 9-12 pattern_match replace'],
  },
  {
    name: 'two texts in one event',
    events: ['data: {"choices":[{"index":0,"delta":{"content":"t"}},{"index":1,"delta":{"content":"teh"}}]}\n\n', say('eh'), finish(0), finish(1), DONE],
    expect: ['data: {"choices":[{"index":0,"delta":{"content":"the"}},{"index":1,"delta":{"content":"the"}}]}\n\n', say(''), finish(0), finish(1), DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace', 'choices/1/content 0-3 pattern_match replace'],
  },
  {
    name: 'an event that is no JSON: it and all behind it pass as they are',
    events: [say('teh te'), 'data: {"choices":[\n\n', say('h teh'), DONE],
    expect: [say('the te'), 'data: {"choices":[\n\n', say('h teh'), DONE],
    corrections: ['choices/0/content 0-3 pattern_match replace'],
  },
  { name: 'JSON of another kind passes', events: ['data: [1,2]\n\n', 'data: "teh"\n\n', 'data: null\n\n', say('teh'), DONE], expect: ['data: [1,2]\n\n', 'data: "teh"\n\n', 'data: null\n\n', say('the'), DONE], corrections: ['choices/0/content 0-3 pattern_match replace'] },
];

for (const { name, events, expect, corrections = [], options = { rules: TEH } } of cases) {
  test(`openai stream: ${name}`, () => {
    everySplit<Buffer>(Buffer.from(events.join('')), (pieces) => {
      const drive = sse(options).reads(pieces).end();
      assert.equal(drive.text, expect.join(''));
      assert.deepEqual(drive.corrections, corrections);
      assert.equal(drive.rewriter.heldBytes, 0);
    });
  });
}

test('ollama: text before the done line, whose counters stay as they are', () => {
  const body = CHAT.body(['a t', 'e', 'h']);
  everySplit<Buffer>(Buffer.from(body), (pieces) => {
    const drive = new Drive(codecOf(CHAT), { rules: TEH }).reads(pieces).end();
    assert.equal(drive.text, CHAT.body(['a the', '', '']));
  });
});

test('ollama: an error line in mid-stream', () => {
  const [first = '', second = ''] = GENERATE.body(['te', 'h']).split('\n');
  const body = `${first}\n{"error":"teh end"}\n${second}\n`;
  const drive = new Drive(codecOf(GENERATE), { rules: TEH }).read(body).end();
  assert.equal(drive.text, body, 'what the error let go is not corrected behind it');
  assert.deepEqual(drive.bailouts, []);
});

test('prompt: with no rule whose beginning occurs, every event leaves with the read that completes it', () => {
  for (const shape of STREAMS) {
    const body = Buffer.from(shape.body([...'no such word here, ok']));
    const drive = new Drive(codecOf(shape), { rules: stubRules([literal('xyz', '')]) });
    let ends = 0;
    for (let at = 0; at < body.length; at += 1) {
      drive.read(body.subarray(at, at + 1));
      const delimited = shape === SSE ? body[at] === 0x0a && body[at - 1] === 0x0a : body[at] === 0x0a;
      if (!delimited) continue;
      ends += 1;
      assert.equal(drive.out.length, at + 1, `${shape.name}: an event waits`);
      assert.equal(drive.rewriter.heldBytes, 0);
    }
    assert.ok(ends > 20);
    assert.deepEqual([drive.rewriter.heldTokens, drive.rewriter.editedEvents], [0, 0]);
    assert.equal(drive.rewriter.tokens, 21);
  }
});

test('prompt: only what an open beginning stands in waits, and is counted once', () => {
  const drive = sse().read(say('a ')).read(say('t')).read(say('e'));
  assert.equal(drive.text, say('a '));
  drive.read(say('n'));
  assert.equal(drive.text, ['a ', 't', 'e', 'n'].map((text) => say(text)).join(''));
  assert.deepEqual([drive.rewriter.tokens, drive.rewriter.heldTokens], [4, 2]);
});

test('events of one read that decide each other were never held', () => {
  const drive = sse().read(say('t') + say('eh'));
  assert.equal(drive.text, say('the') + say(''));
  assert.deepEqual([drive.rewriter.heldTokens, drive.rewriter.editedEvents], [0, 2]);
});

test('corrections are told when their text has left, not before, and once', () => {
  const left: string[] = [];
  const drive = sse({ rules: TEH, detectors: [patternMatch, holder(6)], host: { corrected: () => left.push(drive.text) } });
  drive.read(say('teh')).read(say('abc'));
  assert.equal(drive.corrections.length, 0, 'concluded, but the event is still here');
  drive.read(say('de'));
  assert.equal(drive.corrections.length, 1);
  drive.end();
  assert.equal(drive.corrections.length, 1);
  assert.equal(drive.text, say('the') + say('abc') + say('de'));
});

test('a note is told when the note has left, though its span left before', () => {
  const detectors = [wordDetector('fabricated_path', [{ word: 'x.ts', strategy: 'insert' as const }]), wordDetector('pattern_match', [{ word: 'zzz', expected: '' }])];
  const drive = sse({ detectors });
  drive.read(say('`x.ts')).read(say('zz', 1)).read(say('` ', 0));
  assert.equal(drive.text, say('`x.ts'));
  assert.deepEqual(drive.corrections, []);
  drive.read(say('!', 1));
  assert.equal(drive.text, say('`x.ts') + say('zz', 1) + say('` [no such file in this workspace] ') + say('!', 1));
  assert.equal(drive.corrections.length, 1);
});

test('the time of a correction is the time its text left', () => {
  const times: number[] = [];
  const drive = sse({ rules: TEH, host: { corrected: (_correction, _channel, nowMs) => times.push(nowMs) } });
  drive.read(say('te'), 5).read(say('h'), 7);
  assert.deepEqual(times, [7]);
});

test('rejected corrections are not made again, others are', () => {
  const rules = stubRules([literal('teh', 'the'), literal('adn', 'and')], { rejected: new Set(['pattern_match\0teh\0the']) });
  for (const shape of SHAPES) {
    const drive = new Drive(codecOf(shape), { rules }).read(shape.body(['teh ', 'adn'])).end();
    assert.equal(shape.text(drive.text), 'teh and', shape.name);
    assert.equal(drive.corrections.length, 1);
  }
});

test('a document larger than the queue is still corrected: it waits for its end, not behind held text', () => {
  const drive = new Drive(codecOf(DOCUMENT), { rules: TEH, limits: { queueBytes: 64 } }).read(DOCUMENT.body(['in teh end'])).end();
  assert.equal(DOCUMENT.text(drive.text), 'in the end');
  assert.deepEqual(drive.bailouts, []);
  const open = '{"model":"m","message":{"role":"assistant","content":"in teh end"}}';
  const undone = new Drive(codecOf({ target: '/api/chat', contentType: 'application/json' }), { rules: TEH, limits: { queueBytes: 16 } }).read(open).end();
  assert.equal(undone.text, open.replace('teh', 'the'), 'though it does not say that it is done');
});

test('a detector that throws is off in every text of the answer, and costs nothing else', () => {
  const bad = wordDetector('incorrect_fact', [{ word: 'bad', expected: 'good' }]);
  const drive = sse({ detectors: [faulty(bad, 4), wordDetector('pattern_match', [{ word: 'teh', expected: 'the' }])] });
  drive.read(say('ba', 1)).read(say('x', 2));
  assert.equal(drive.text, '', 'choice 1 is held by the detector that is about to fail');
  drive.read(say('teh bad', 0));
  assert.equal(drive.text, say('ba', 1) + say('x', 2) + say('the bad', 0));
  drive.read(say('d', 1)).read(say('bad teh', 3)).end();
  assert.deepEqual(jsonOf(drive.text).map((line) => line.choices?.[0]?.delta?.content), ['ba', 'x', 'the bad', 'd', 'bad the']);
  assert.deepEqual(drive.faults.map((fault) => fault.split('\n')[0]), ['detector incorrect_fact failed and is off for this answer: Error: a fault on purpose']);
  assert.deepEqual(drive.bailouts, []);
});

test('a detector that cannot even start is off, and costs nothing else', () => {
  const broken = { ...wordDetector('incorrect_fact', []), start: () => assert.fail('no start') };
  const body = say('teh') + say('teh', 1) + finish() + DONE;
  const drive = sse({ detectors: [broken, wordDetector('pattern_match', [{ word: 'teh', expected: 'the' }])] }).read(body).end();
  assert.equal(drive.text, body.replaceAll('teh', 'the'));
  assert.equal(drive.faults.length, 1);
  assert.deepEqual(drive.bailouts, []);
});

test('a dialect that throws costs corrections, never bytes', () => {
  const real = codecOf(SSE);
  let events = 0;
  const codec = {
    ...real,
    dialect: {
      ...real.dialect,
      open: (request: Parameters<typeof real.dialect.open>[0]) => {
        const run = real.dialect.open(request);
        return { scan: run.scan.bind(run), lone: () => null, loneChannel: -1, read: run.read.bind(run), channelName: run.channelName.bind(run), parts: (event: WireEvent) => ((events += 1) === 3 ? assert.fail('a fault') : run.parts(event)) };
      },
    },
  };
  const body = say('teh') + say('te') + say('h') + say('teh') + DONE;
  everySplit<Buffer>(Buffer.from(body), (pieces) => {
    events = 0;
    const drive = new Drive(codec, { rules: TEH }).reads(pieces).end();
    assert.equal(drive.text, body.replace('teh', 'the'));
    assert.deepEqual(drive.bailouts, ['fault']);
  });
});

test('an event that cannot be rewritten leaves as it came, and so does all behind it', () => {
  const codec = { ...codecOf(SSE), rewrite: () => assert.fail('a fault') };
  const body = say('teh') + say('te') + DONE;
  everySplit<Buffer>(Buffer.from(body), (pieces) => {
    const drive = new Drive(codec, { rules: TEH }).reads(pieces).end();
    assert.equal(drive.text, body);
    assert.deepEqual(drive.bailouts, ['fault']);
    assert.deepEqual(drive.corrections, [], 'what was not made is not told');
  });
});

test('one who is told of a correction and throws does not make an event leave twice', () => {
  const body = say('teh') + say('a teh') + DONE;
  everySplit<Buffer>(Buffer.from(body), (pieces) => {
    const drive = sse({ rules: TEH, host: { corrected: () => assert.fail('a fault') } }).reads(pieces).end();
    assert.equal(drive.text, body.replaceAll('teh', 'the'));
    assert.equal(drive.corrections.length, 2);
    assert.equal(drive.rewriter.heldBytes, 0);
  });
});

test('events that have left are forgotten, even if the queue never runs empty', () => {
  const drive = sse({ detectors: [holder(3)] });
  for (let i = 0; i < 3_000; i += 1) drive.read(say('abc'));
  drive.pieces.length = 0;
  const queryObjects = (v8 as { queryObjects?: (constructor: unknown, options: { format: 'count' }) => number }).queryObjects;
  if (queryObjects === undefined) return;
  assert.ok(queryObjects(WireEvent, { format: 'count' }) < 300);
  drive.end();
});
