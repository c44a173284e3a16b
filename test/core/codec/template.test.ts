import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Dialect, DialectRun, Parts, TextSpan } from '../../../src/core/codec/dialect.js';
import { ollamaChat, ollamaGenerate } from '../../../src/core/codec/dialects/ollama.js';
import { openaiChat } from '../../../src/core/codec/dialects/openai-chat.js';
import { WireEvent } from '../../../src/core/codec/envelope.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';

function part({ channel, kind, text, path, last, mirror }: Omit<TextSpan, 'start' | 'end'>): object {
  return { channel, kind, text, path, last, mirror };
}

/** What a run says that has no templates: it parses each event and reads it. */
function readOnly(run: DialectRun, json: string): object | null {
  try {
    const { parts, terminal } = run.read(JSON.parse(json));
    return { parts: parts.map(part), terminal };
  } catch {
    return null;
  }
}

function withTemplates(parts: Parts | null): object | null {
  return parts === null ? null : { parts: parts.spans.map(part), terminal: parts.terminal };
}

/** Feeds both runs the same events and compares after each; returns how many events were not parsed. */
function compare(dialect: Dialect, events: readonly Buffer[]): number {
  const [fast, exact] = [dialect.open(EMPTY_REQUEST), dialect.open(EMPTY_REQUEST)];
  let scanned = 0;
  for (const bytes of events) {
    const wire = WireEvent.data(bytes, 0, bytes.length);
    const scan = fast.scan(wire);
    if (scan !== null) scanned += 1;
    // Inside other bytes, as a read has it.
    const lone = fast.lone(Buffer.concat([Buffer.from('5b\r\n'), bytes, Buffer.from('\n')]), 4, 4 + bytes.length);
    if (lone !== null) assert.deepEqual(scan?.spans.map(({ text, channel }) => [text, channel]), [[lone, fast.loneChannel]]);
    else if (scan?.spans.length === 1) assert.ok(dialect === ollamaGenerate || /[\r\n]/.test(bytes.toString()), 'only events with a second text, and such of several lines, are left to scan');
    const parts = fast.parts(wire);
    if (scan !== null) assert.deepEqual(scan, parts);
    const want = readOnly(exact, bytes.toString('utf8'));
    assert.deepEqual(withTemplates(parts), want, bytes.toString());
    for (const span of parts?.spans ?? []) {
      if (span.start >= 0) assert.equal(JSON.parse(`"${bytes.toString('utf8', span.start, span.end)}"`), span.text);
    }
  }
  return scanned;
}

const openaiEvent = (text: string, more = ''): string => `{"choices":[{"finish_reason":null,"index":0,"delta":{"content":${JSON.stringify(text)}}}],"created":1795370595,"id":"c-1"${more}}`;
const chatEvent = (at: string, text: string): string => `{"model":"m","created_at":"${at}","message":{"role":"assistant","content":${JSON.stringify(text)}},"done":false}`;
const generateEvent = (text: string, thinking = ''): string => `{"model":"m","created_at":"2026","response":${JSON.stringify(text)},"thinking":${JSON.stringify(thinking)},"done":false}`;
const choiceEvent = (index: number, text: string): string => `{"choices":[{"index":${index},"delta":{"content":${JSON.stringify(text)}}}]}`;

const streams: readonly { name: string; dialect: Dialect; events: readonly string[]; scanned: number }[] = [
  { name: 'openai', dialect: openaiChat, events: ['a', 'b', '', ' longer than eight', 'é', 'x"\\\n\u2028', '<'].map((text) => openaiEvent(text)), scanned: 6 },
  { name: 'ollama chat: the time changes', dialect: ollamaChat, events: [chatEvent('1', 'a'), chatEvent('12:00', 'b'), chatEvent('', 'c')], scanned: 2 },
  { name: 'ollama generate', dialect: ollamaGenerate, events: [generateEvent('a'), generateEvent('b'), generateEvent('', 'x'), generateEvent('', 'y'), generateEvent('', 'z'), generateEvent('c'), generateEvent('d'), generateEvent('e')], scanned: 3 },
  { name: 'padding', dialect: openaiChat, events: [openaiEvent('a', ',"obfuscation":"xyz"'), openaiEvent('b', ',"obfuscation":"x"'), openaiEvent('c', ',"obfuscation":7')], scanned: 1 },
  { name: 'counters', dialect: openaiChat, events: ['{"completion_tokens":1,"total_tokens":5}', '{"completion_tokens":22,"total_tokens":60}', '{"completion_tokens":022,"total_tokens":60}', '{"completion_tokens":2.5,"total_tokens":60}', '{"completion_tokens":null,"total_tokens":60}'].map((usage) => openaiEvent('a', `,"usage":${usage}`)), scanned: 1 },
  { name: 'choices in turn', dialect: openaiChat, events: [0, 1, 0, 1, 2, 0, 2, 1].map((index) => choiceEvent(index, `t${index}`)), scanned: 5 },
  { name: 'both reasonings', dialect: openaiChat, events: ['r', 's', ''].map((text) => `{"choices":[{"delta":{"reasoning":"${text}","reasoning_content":"${text}"}}]}`), scanned: 2 },
  { name: 'a channel that ended is not taken up again', dialect: openaiChat, events: [openaiEvent('a'), openaiEvent('b'), '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', openaiEvent('c'), openaiEvent('d')], scanned: 2 },
  { name: 'white space counts', dialect: openaiChat, events: [openaiEvent('a'), ` ${openaiEvent('b')}`, `${openaiEvent('c')} `, openaiEvent('d')], scanned: 1 },
  { name: 'an error beside the text', dialect: ollamaGenerate, events: [generateEvent('a'), '{"error":"x","response":"b"}', generateEvent('c')], scanned: 1 },
];
for (const { name, dialect, events, scanned } of streams) {
  test(`template: ${name}`, () => assert.equal(compare(dialect, events.map((event) => Buffer.from(event))), scanned));
}

test('a stream whose every event differs soon stops learning, and learns again later', () => {
  const odd = Array.from({ length: 200 }, (_, i) => openaiEvent('a', `,"logprob":${i}`));
  const even = Array.from({ length: 200 }, () => openaiEvent('b'));
  assert.ok(compare(openaiChat, [...odd, ...even].map((event) => Buffer.from(event))) > 120);
});

const MUTANTS = [0x22, 0x5c, 0x00, 0x1f, 0x20, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d, 0x30, 0x31, 0x2d, 0x2e, 0x65, 0x75, 0x61, 0x80, 0xc3, 0xf0, 0xff];
const mutation = fc.record({ at: fc.nat(), byte: fc.constantFrom(...MUTANTS), how: fc.constantFrom('set', 'insert', 'remove', 'repeat', 'none', 'none') });

function mutate(source: Buffer, { at, byte, how }: { at: number; byte: number; how: string }): Buffer {
  const place = at % source.length;
  const [before, behind] = [source.subarray(0, place), source.subarray(place + 1)];
  if (how === 'set') return Buffer.concat([before, Buffer.of(byte), behind]);
  if (how === 'insert') return Buffer.concat([before, Buffer.of(byte), source.subarray(place)]);
  if (how === 'remove') return Buffer.concat([before, behind]);
  // A repeated stretch makes keys occur twice.
  return how === 'repeat' ? Buffer.concat([source.subarray(0, place), source.subarray(Math.max(0, place - 12))]) : source;
}

const sources: readonly { dialect: Dialect; events: readonly string[] }[] = [
  { dialect: openaiChat, events: [openaiEvent('a'), openaiEvent('two "words"'), openaiEvent('é', ',"obfuscation":"ab"'), choiceEvent(1, 'x'), '{"choices":[{"index":0,"delta":{"reasoning":"r"},"finish_reason":null}]}', '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'] },
  { dialect: ollamaChat, events: [chatEvent('2026-01-20', 'a'), chatEvent('2026-01-21', 'b\\n'), '{"message":{"content":"","thinking":"t"},"done":false}', '{"message":{"content":""},"done":true}'] },
  { dialect: ollamaGenerate, events: [generateEvent('a'), generateEvent('bcd'), generateEvent('', 't'), '{"response":"","done":true}'] },
];
for (const { dialect, events } of sources) {
  test(`property: ${dialect.name}: damaged events are read as if every one were parsed`, () => {
    const damaged = fc.array(fc.tuple(fc.nat({ max: events.length - 1 }), mutation).map(([index, how]) => mutate(Buffer.from(events[index] as string), how)), { minLength: 2, maxLength: 12 });
    fc.assert(fc.property(damaged, (stream) => void compare(dialect, stream)), { seed: 19, numRuns: 600 });
  });
}

test('every byte of an event set to every byte of interest, behind its template', () => {
  for (const [dialect, source] of [[openaiChat, openaiEvent('ab', ',"obfuscation":"q"')], [ollamaChat, chatEvent('2026', 'a\\b')]] as const) {
    const bytes = Buffer.from(source);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const byte of MUTANTS) compare(dialect, [bytes, mutate(bytes, { at, byte, how: 'set' }), bytes]);
    }
  }
});
