import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Format, FORMATS, RewriteStream } from '../../../src/node/stream/rewrite-stream.js';
import { CHAT, cut, dice, DOCUMENT, GENERATE, SHAPES, SSE } from '../../core/rewrite/bodies.js';
import { anthropicStream, anthropicText, eventsOf, responsesCopies, responsesStream } from '../../core/rewrite/api-bodies.js';
import { channelContext } from '../../core/rewrite/drive.js';
import { literal, stubRules } from '../../core/detect/stub-matcher.js';

const TEH = stubRules([literal('teh', 'the'), literal('\u{1f600}', ':)')]);

interface Result {
  readonly out: Buffer;
  readonly corrections: string[];
  readonly faults: string[];
}

async function filtered(format: Format, chunks: readonly Buffer[], limits = {}): Promise<Result> {
  const corrections: string[] = [];
  const faults: string[] = [];
  const stream = new RewriteStream({
    format,
    context: channelContext({ rules: TEH, limits }),
    onCorrection: ({ start, end, action }, channel) => corrections.push(`${channel} ${start}-${end} ${action}`),
    onFault: (message) => faults.push(message),
  });
  const out = await buffer(Readable.from(chunks, { objectMode: false }).pipe(stream));
  return { out, corrections, faults };
}

const TOKENS = ['so t', 'eh', ' \u{1f600}', '\nend te'];
const WANT = 'so the :)\nend te';

interface Row {
  readonly formats: readonly Format[];
  readonly name: string;
  readonly body: string;
  /** The text in a body. */
  readonly text: (body: string) => string;
  readonly channel: string;
}

const OLLAMA_DOCUMENT = '{\n  "model": "m",\n  "response": "so teh \\ud83d\\ude00\\nend te",\n  "done": true\n}\n';

const joined = (text: (event: unknown) => string | undefined) => (body: string): string => eventsOf(body).map((one) => text(one) ?? '').join('');
const sse = (events: readonly object[]): string => events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const COMPLETIONS = sse([...TOKENS.map((text) => ({ choices: [{ text, index: 0, logprobs: null, finish_reason: null }] })), { choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }] }]);
const LLAMA = sse([...TOKENS.map((content) => ({ index: 0, content, tokens: [1], stop: false })), { index: 0, content: '', tokens: [], stop: true, prompt: 'teh' }]);

const rows: readonly Row[] = [
  { formats: ['ollama-chat', 'auto'], name: 'NDJSON', body: CHAT.body(TOKENS), text: (body) => CHAT.text(body), channel: CHAT.channel },
  { formats: ['ollama-generate', 'auto'], name: 'NDJSON', body: GENERATE.body(TOKENS), text: (body) => GENERATE.text(body), channel: GENERATE.channel },
  { formats: ['openai-chat', 'auto'], name: 'SSE', body: SSE.body(TOKENS), text: (body) => SSE.text(body), channel: SSE.channel },
  { formats: ['openai-chat', 'auto'], name: 'SSE behind comments', body: `: ping\n\n: ping\n\n${SSE.body(TOKENS)}`, text: (body) => SSE.text(body), channel: SSE.channel },
  { formats: ['openai-chat', 'auto'], name: 'document', body: DOCUMENT.body(TOKENS), text: (body) => DOCUMENT.text(body), channel: DOCUMENT.channel },
  { formats: ['ollama-generate', 'auto'], name: 'document over several lines', body: OLLAMA_DOCUMENT, text: (body) => (JSON.parse(body) as { response: string }).response, channel: 'response' },
  { formats: ['openai-completions', 'auto'], name: 'SSE', body: COMPLETIONS, text: joined((one) => (one as { choices: { text: string }[] }).choices[0]?.text), channel: 'choices/0/text' },
  { formats: ['llama-cpp', 'auto'], name: 'SSE', body: LLAMA, text: joined((one) => (one as { content: string }).content), channel: 'content' },
  { formats: ['anthropic', 'auto'], name: 'SSE', body: anthropicStream(TOKENS), text: anthropicText, channel: 'content/1/text' },
  { formats: ['openai-responses', 'auto'], name: 'SSE', body: responsesStream(TOKENS), text: (body) => responsesCopies(body).copies.at(-1) ?? '', channel: 'output/1/0/text' },
  { formats: ['text'], name: 'text', body: TOKENS.join(''), text: (body) => body, channel: 'text' },
];

for (const { formats, name, body, text, channel } of rows) {
  for (const format of formats) {
    test(`stream of ${format}: ${name}, cut in any way`, async () => {
      for (const parts of [1, 2, 3, 25, body.length * 4]) {
        const { out, corrections, faults } = await filtered(format, cut(Buffer.from(body), parts, dice(parts)));
        assert.equal(text(out.toString()), WANT);
        assert.deepEqual(corrections.filter((told) => told.startsWith(channel)), [`${channel} 3-6 replace`, `${channel} 7-9 replace`]);
        assert.equal(corrections.length, 2, corrections.join());
        assert.deepEqual(faults, []);
      }
    });
  }
}

test('every format is covered', () => {
  assert.deepEqual([...new Set(rows.flatMap(({ formats }) => formats))].sort(), [...FORMATS].sort());
});

const garbage: readonly (readonly [name: string, body: Buffer])[] = [
  ['words', Buffer.from('teh answer\n\nis teh question\n')],
  ['bytes', Buffer.from([0, 255, 128, 10, 10, 123, 34, 0, 116, 101, 104])],
  ['an open object', Buffer.from('{"teh": ')],
  ['a page', Buffer.from('<!doctype html>\n<p>teh</p>\n')],
  ['another JSON', Buffer.from('{"teh": "teh"}\n{"teh": 1}\n')],
  ['white space', Buffer.from(' \n\n\t')],
];

for (const [name, body] of garbage) {
  for (const format of FORMATS.filter((one) => one !== 'text')) {
    test(`garbage passes ${format} unchanged: ${name}`, async () => {
      for (const parts of [1, 3, 200]) {
        const { out, corrections } = await filtered(format, cut(body, parts, dice(parts)));
        assert.ok(out.equals(body));
        assert.deepEqual(corrections, []);
      }
    });
  }
}

test('garbage is told of once, and says what was expected', async () => {
  assert.deepEqual((await filtered('auto', [Buffer.from('teh words\n')])).faults, ['the input is not of any known format; it passes unchanged']);
  assert.deepEqual((await filtered('openai-chat', [Buffer.from('teh words\n')])).faults, ['the input is not openai-chat; it passes unchanged']);
});

test('an empty body is an empty body', async () => {
  for (const format of FORMATS) assert.deepEqual(await filtered(format, []), { out: Buffer.alloc(0), corrections: [], faults: [] });
});

test('a stream that breaks in its middle: corrected before, as it came behind, and told of', async () => {
  const body = GENERATE.body(['teh ', 'te']).replace('"done":true', '"done":').concat('{"response":"teh"}\n');
  const { out, corrections, faults } = await filtered('ollama-generate', [Buffer.from(body)]);
  assert.equal(out.toString(), body.replace('teh', 'the'));
  assert.equal(corrections.length, 1);
  assert.match(faults.join(), /the rest of the input passes unchanged/);
});

test('a body larger than the limits passes', async () => {
  for (const shape of SHAPES) {
    const body = Buffer.from(shape.body(['teh ', 'x'.repeat(500), ' teh']));
    const { out } = await filtered(shape === DOCUMENT ? 'openai-chat' : 'auto', cut(body, 9, dice(1)), { eventBytes: 400, documentBytes: 400 });
    assert.ok(out.length === body.length, shape.name);
    assert.ok(out.toString().endsWith(body.toString().slice(-400)));
  }
});

test('a first line without an end is read up to a megabyte, then it passes, in linear time', async () => {
  const body = Buffer.from(`{"response":"${'teh '.repeat(500_000)}`);
  // In pieces so small that looking at all of it again at each would not come to an end.
  const { out, faults } = await filtered('auto', Array.from({ length: Math.ceil(body.length / 8) }, (_, index) => body.subarray(index * 8, (index + 1) * 8)));
  assert.ok(out.equals(body));
  assert.equal(faults.length, 1);
});

test('a reader that stops reading stops the stream: it goes on when the reader does', async () => {
  const stream = new RewriteStream({ format: 'ollama-generate', context: channelContext({ rules: TEH }) });
  const body = GENERATE.body(Array.from({ length: 3_000 }, () => 'teh '));
  let fed = 0;
  const source = new Readable({
    read(): void {
      const chunk = body.slice(fed, fed + 4_096);
      fed += chunk.length;
      this.push(chunk === '' ? null : chunk);
    },
  });
  source.pipe(stream);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(fed < body.length, 'not all of it was read ahead');
  assert.equal(GENERATE.text((await buffer(stream)).toString()), 'the '.repeat(3_000));
});
