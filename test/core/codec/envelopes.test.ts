import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import type { Envelope, WireEvent } from '../../../src/core/codec/envelope.js';
import { jsonDocument } from '../../../src/core/codec/json-document.js';
import { ndjson } from '../../../src/core/codec/ndjson.js';
import { sse } from '../../../src/core/codec/sse.js';
import { everySplit } from '../../helpers/every-split.js';

const NO_LIMIT = 1_000_000;

/** What an event says: its JSON, or its kind in angle brackets. */
function said(event: WireEvent): string {
  const { data } = event;
  assert.equal(event.comment, event.kind === 'quiet');
  if (data === null) return `<${event.kind}>`;
  if (event.dataStart >= 0) assert.deepEqual(event.raw.subarray(event.dataStart, event.dataStart + data.length), data);
  return data.toString();
}

function splitAll(envelope: Envelope, pieces: readonly Buffer[], maxEventBytes = NO_LIMIT): { events: WireEvent[]; rest: Buffer; overflowed: boolean } {
  const events: WireEvent[] = [];
  const splitter = envelope.open((event) => events.push(event), maxEventBytes);
  for (const piece of pieces) splitter.write(piece);
  if (!splitter.overflowed) splitter.end();
  return { events, rest: splitter.rest(), overflowed: splitter.overflowed };
}

function assertEvents(envelope: Envelope, input: string, expect: readonly string[]): void {
  const bytes = Buffer.from(input, 'utf8');
  everySplit<Buffer>(bytes, (pieces) => {
    const { events, rest } = splitAll(envelope, pieces);
    assert.deepEqual(events.map(said), expect);
    assert.deepEqual(Buffer.concat([...events.map((event) => event.raw), rest]), bytes);
  });
}

interface Case {
  readonly name: string;
  readonly input: string;
  readonly expect: readonly string[];
}

const ndjsonCases: readonly Case[] = [
  { name: 'nothing', input: '', expect: [] },
  { name: 'two lines', input: '{"a":1}\n{"b":2}\n', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'CRLF', input: '{"a":1}\r\n{"b":2}\r\n', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'blank lines', input: '\n{"a":1}\n\r\n \n', expect: ['<quiet>', '{"a":1}', '<quiet>', '<quiet>'] },
  { name: 'an unterminated last line', input: '{"a":1}\n{"b', expect: ['{"a":1}', '{"b'] },
  { name: 'an unterminated CR', input: '{"a":1}\r', expect: ['{"a":1}\r'] },
];

const sseCases: readonly Case[] = [
  { name: 'nothing', input: '', expect: [] },
  { name: 'LF', input: 'data: {"a":1}\n\ndata: {"b":2}\n\n', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'CRLF', input: 'data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'CR', input: 'data: {"a":1}\r\rdata: {"b":2}\r\r', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'mixed line ends', input: 'data: {"a":1}\r\n\ndata: {"b":2}\n\rdata: 3\r\r\n\n', expect: ['{"a":1}', '{"b":2}', '3', '<quiet>'] },
  { name: 'no space', input: 'data:{"a":1}\n\n', expect: ['{"a":1}'] },
  { name: 'two spaces', input: 'data:  {"a":1}\n\n', expect: [' {"a":1}'] },
  { name: 'several data lines', input: 'data: {"a":\ndata:1}\n\n', expect: ['{"a":\n1}'] },
  { name: 'other fields', input: 'event: x\nid: 7\nretry: 10\ndata: {"a":1}\n\n', expect: ['{"a":1}'] },
  { name: 'fields behind data', input: 'data: {"a":1}\nid: 7\n\n', expect: ['{"a":1}'] },
  { name: 'comments and pings', input: ':\n\n: ping\n\ndata: {"a":1}\n\n', expect: ['<quiet>', '<quiet>', '{"a":1}'] },
  { name: 'a comment inside an event', input: ': x\ndata: {"a":1}\n\n', expect: ['{"a":1}'] },
  { name: 'done', input: 'data: {"a":1}\n\ndata: [DONE]\n\n', expect: ['{"a":1}', '<done>'] },
  { name: 'stray blank lines', input: '\n\ndata: {"a":1}\n\n\n', expect: ['<quiet>', '<quiet>', '{"a":1}', '<quiet>'] },
  { name: 'fields like data', input: 'database: 1\ndat: 2\nxdata: 3\n\n', expect: ['<quiet>'] },
  { name: 'data without a value', input: 'data\n\ndata:\n\n', expect: ['<quiet>', '<quiet>'] },
  { name: 'a byte order mark', input: '\uFEFFdata: {"a":1}\n\n\uFEFFdata: {"b":2}\n\n', expect: ['{"a":1}', '<quiet>'] },
  { name: 'a byte order mark before a blank line', input: '\uFEFF\n\ndata: {"a":1}\n\n', expect: ['<quiet>', '{"a":1}'] },
  { name: 'an unterminated event', input: 'data: {"a":1}\n\ndata: {"b":2}\n', expect: ['{"a":1}', '{"b":2}'] },
  { name: 'an unterminated line', input: 'data: {"a":1}\n\ndata: {"b', expect: ['{"a":1}', '{"b'] },
];

for (const { name, input, expect } of ndjsonCases) test(`ndjson: ${name}`, () => assertEvents(ndjson, input, expect));
describe('sse', () => {
  for (const { name, input, expect } of sseCases) {
    test(name, () => {
      // The LF of a CRLF that is cut in two opens the next event; alone at the end it is an event that says nothing.
      const strict = !input.endsWith('\r\n');
      if (strict) assertEvents(sse, input, expect);
      else assertWithoutQuiet(input, expect);
    });
  }
});
test('json: a document', () => assertEvents(jsonDocument, ' {"a":\n1}\n', [' {"a":\n1}\n']));
test('json: nothing', () => assertEvents(jsonDocument, '', []));
test('json: blank', () => assertEvents(jsonDocument, ' \n', ['<quiet>']));

function assertWithoutQuiet(input: string, expect: readonly string[]): void {
  const bytes = Buffer.from(input);
  everySplit<Buffer>(bytes, (pieces) => {
    const { events } = splitAll(sse, pieces);
    assert.deepEqual(events.map(said).filter((one) => one !== '<quiet>'), expect);
    assert.deepEqual(Buffer.concat(events.map((event) => event.raw)), bytes);
  });
}

test('an event is delivered at the CR of its blank line, not at the byte behind it', () => {
  const events: string[] = [];
  const splitter = sse.open((event) => events.push(said(event)), NO_LIMIT);
  splitter.write(Buffer.from('data: 1\r\n\r'));
  assert.deepEqual(events, ['1']);
  splitter.write(Buffer.from('\ndata: 2\n\n'));
  assert.deepEqual(events, ['1', '2']);
});

/** eventsource-parser dispatches no event that its blank line has not ended, so inputs end in one. */
function oracle(input: string): string[] {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(data) });
  // Its input is decoded text, and the decoder takes the byte order mark away.
  parser.feed(new TextDecoder().decode(Buffer.from(input)));
  return events;
}

test('property: data is what eventsource-parser reads, for every line end', () => {
  const line = fc.constantFrom('data: {"a":1}', 'data:{"b":2}', 'data: x', 'data:  y', 'event: e', ': c', ':', 'id: 1', 'retry: 3', '', '', 'dat', 'data', 'data:');
  const eol = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(fc.property(fc.array(fc.tuple(line, eol), { maxLength: 12 }), fc.boolean(), (lines, bom) => {
    const input = `${bom ? '\uFEFF' : ''}${lines.map((one) => one.join('')).join('')}\n\n`;
    const want = oracle(input).filter((data) => data !== '');
    everySplit<Buffer>(Buffer.from(input), (pieces) => {
      const { events, rest } = splitAll(sse, pieces);
      // Several empty data lines make data of nothing but LFs, which is data all the same.
      assert.deepEqual(events.filter((event) => event.data !== null).map((event) => event.data?.toString()), want);
      assert.equal(Buffer.concat([...events.map((event) => event.raw), rest]).toString(), input);
    });
  }), { seed: 3, numRuns: 120 });
});

for (const envelope of [ndjson, sse, jsonDocument]) {
  test(`${envelope.name}: property: any bytes come out again, at any limit and any cut`, () => {
    const bytes = fc.array(fc.constantFrom(0x0a, 0x0d, 0x64, 0x3a, 0x7b, 0x20, 0xef), { maxLength: 30 }).map((list) => Buffer.from(list));
    fc.assert(fc.property(bytes, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 7 }), (input, limit, step) => {
      const pieces = Array.from({ length: Math.ceil(input.length / step) }, (_, i) => input.subarray(i * step, (i + 1) * step));
      const { events, rest } = splitAll(envelope, pieces, limit);
      assert.deepEqual(Buffer.concat([...events.map((event) => event.raw), rest]), input);
      for (const event of events) assert.ok(event.raw.length <= limit);
    }), { seed: 5, numRuns: 500 });
  });
}

test('an event of the limit passes, one byte more stops the splitter, whole or in pieces', () => {
  everySplit<Buffer>(Buffer.from('{"a":1}\n{"a":12}\n{"b":1}\n'), (pieces) => {
    const { events, rest, overflowed } = splitAll(ndjson, pieces, 8);
    assert.deepEqual(events.map(said), ['{"a":1}']);
    assert.equal(rest.toString(), '{"a":12}\n{"b":1}\n');
    assert.ok(overflowed);
  });
});

test('an unterminated event is stopped when it passes the limit, not at its end', () => {
  const splitter = sse.open(() => assert.fail('no event'), 16);
  splitter.write(Buffer.alloc(16, 0x78));
  assert.ok(!splitter.overflowed);
  splitter.write(Buffer.from('x'));
  assert.ok(splitter.overflowed);
});

test('rest, taken by the sink, is what follows the event in hand', () => {
  const events: string[] = [];
  let rest = '';
  const splitter = ndjson.open((event) => {
    events.push(said(event));
    if (events.length === 2) rest = splitter.rest().toString();
  }, NO_LIMIT);
  splitter.write(Buffer.from('1\n2'));
  splitter.write(Buffer.from('\n3\n4'));
  splitter.end();
  assert.deepEqual([events, rest, splitter.rest().toString()], [['1', '2'], '3\n4', '']);
});

test('a sink that throws loses no byte behind its event', () => {
  const splitter = ndjson.open((event) => {
    if (said(event) === '2') throw new Error('sink');
  }, NO_LIMIT);
  assert.throws(() => splitter.write(Buffer.from('1\n2\n3\n4')), /sink/);
  splitter.write(Buffer.from('5\n'));
  splitter.end();
  assert.equal(splitter.rest().toString(), '3\n45\n');
});

test('an event within one write is a piece of it; a write that is one event is the write', () => {
  const raws: Buffer[] = [];
  const splitter = sse.open((event) => raws.push(event.raw), NO_LIMIT);
  const two = Buffer.from('data: 1\n\ndata: 2\n\n');
  const one = Buffer.from('data: 3\n\n');
  splitter.write(two);
  splitter.write(one);
  assert.deepEqual(raws.map((raw) => raw.buffer), [two.buffer, two.buffer, one.buffer]);
  assert.equal(raws[2], one);
});

test('ten million bytes in tiny writes take linear time', () => {
  const piece = Buffer.alloc(64, 0x78);
  let bytes = 0;
  const splitter = sse.open((event) => (bytes = event.raw.length), 20_000_000);
  // Quadratic time would not come to an end.
  for (let i = 0; i < 160_000; i += 1) splitter.write(piece);
  splitter.end();
  assert.equal(bytes, 10_240_000);
});

describe('usual events', () => {
  const events = ['data: {"a":1}\n\n', 'event: x\ndata: {"a":1}\n\n', 'data:{"a":1}\n\n', 'event:\ndata: {}\n\n'];
  const others = ['data: {}\r\n\r\n', 'event: x\r\ndata: {}\n\n', 'id: 7\ndata: {}\n\n', ': ping\n\n', 'data: {}\n', '\n\n', 'event: data: {}\n\n', 'events: x\ndata: {}\n\n', 'data\n\n', 'event: x\rdata: {}\ndata: {}\n\n', 'event: x\r\rdata: {}\ndata: {}\n\n'];
  test('an event that looks usual says what the splitter says, wherever it stands', () => {
    for (const event of [...events, ...others]) {
      const bytes = Buffer.from(`??${event}??`);
      const from = sse.usual?.(bytes, 2, bytes.length - 2) ?? -1;
      const said = splitAll(sse, [Buffer.from('data: 0\n\n'), Buffer.from(event)]).events[1]?.data?.toString() ?? null;
      if (from >= 0) assert.equal(bytes.toString('utf8', from, bytes.length - 2 - sse.tailBytes), said ?? '', event);
      assert.equal(from >= 0 && said !== null, events.includes(event), event);
    }
  });
  test('an event may pass only between two, and only if it is not too long', () => {
    for (const [before, may] of [['data: 0\n\n', true], ['', false], ['data: 0\n', false], ['data: 0\r\n\r', false], ['data: 0\n\nd', false]] as const) {
      const splitter = sse.open(() => undefined, 12);
      splitter.write(Buffer.from(before));
      assert.equal(splitter.mayPass(12), may, JSON.stringify(before));
      assert.equal(splitter.mayPass(13), false);
    }
    assert.equal(jsonDocument.open(() => undefined, 100).mayPass(1), false);
  });
});
