import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { GLIDE, type Glide } from '../../../src/core/rewrite/glide.js';
import { ResponseRewriter } from '../../../src/core/rewrite/response-rewriter.js';
import { literalRules, Stage } from '../../helpers/stage.js';
import { chunk as sseEvent, codecOf, cut, dice, SSE } from './bodies.js';
import { Drive } from './drive.js';
import { chunk, LAST, request, response } from './messages.js';

/** The usual read leaves past framer, splitter, queue and writer: what comes out must be what the long way makes of it. */

interface Stream {
  readonly name: string;
  readonly target: string;
  readonly type: string;
  readonly events: (tokens: readonly string[], finish: string) => string[];
}

const json = (value: unknown): string => JSON.stringify(value);
const named = (type: string, fields: object): string => `event: ${type}\ndata: ${json({ type, ...fields })}\n\n`;

const STREAMS: readonly Stream[] = [
  {
    name: 'Ollama chat', target: '/api/chat', type: 'application/x-ndjson',
    events: (tokens, finish) => [
      ...tokens.map((content, n) => `${json({ model: 'm', created_at: `2026-01-20T14:32:${10 + (n % 50)}Z`, message: { role: 'assistant', content }, done: false })}\n`),
      `${json({ model: 'm', created_at: 't', message: { role: 'assistant', content: '' }, done: true, done_reason: finish, eval_count: 3 })}\n`,
    ],
  },
  {
    name: 'OpenAI chat, with comments and two choices', target: '/v1/chat/completions', type: 'text/event-stream',
    events: (tokens, finish) => [
      ...[0, 1].map((index) => `data: ${json({ id: 'c', choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }] })}\n\n`),
      ...tokens.flatMap((content, n) => [
        ...(n % 9 === 4 ? [': ping\n\n'] : []),
        `data: ${json({ id: 'c', choices: [{ index: n % 5 === 3 ? 1 : 0, delta: { content }, finish_reason: null }] })}\n\n`,
      ]),
      ...[0, 1].map((index) => `data: ${json({ id: 'c', choices: [{ index, delta: {}, finish_reason: finish }] })}\n\n`),
      'data: [DONE]\n\n',
    ],
  },
  {
    name: 'OpenAI chat, lines that end in CRLF', target: '/v1/chat/completions', type: 'text/event-stream',
    events: (tokens, finish) => [
      ...tokens.map((content) => `data: ${json({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\r\n\r\n`),
      `data: ${json({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: finish }] })}\r\n\r\n`, 'data: [DONE]\r\n\r\n',
    ],
  },
  {
    name: 'Anthropic', target: '/v1/messages', type: 'text/event-stream',
    events: (tokens, finish) => [
      named('message_start', { message: { id: 'm', role: 'assistant', content: [], usage: {} } }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...tokens.map((text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
      named('content_block_stop', { index: 0 }), named('message_delta', { delta: { stop_reason: finish === 'length' ? 'max_tokens' : 'end_turn' } }), named('message_stop', {}),
    ],
  },
  {
    name: 'OpenAI Responses', target: '/v1/responses', type: 'text/event-stream',
    events: (tokens) => {
      const place = { item_id: 'i', output_index: 0, content_index: 0 };
      const whole = tokens.join('');
      const events = [
        { type: 'response.output_item.added', output_index: 0, item: { id: 'i', type: 'message', role: 'assistant', content: [] } },
        { type: 'response.content_part.added', ...place, part: { type: 'output_text', text: '' } },
        ...tokens.map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
        { type: 'response.output_text.done', ...place, text: whole },
        { type: 'response.content_part.done', ...place, part: { type: 'output_text', text: whole } },
        { type: 'response.output_item.done', output_index: 0, item: { id: 'i', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: whole }] } },
        { type: 'response.completed', response: { output: [{ id: 'i', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: whole }] }] } },
      ];
      return events.map((event, n) => named(event.type, { ...event, sequence_number: n }));
    },
  },
];

const TEXTS: readonly { readonly text: string; readonly finish: string }[] = [
  { text: 'Words in a row, and the sum 12 + 30 = 45 is wrong, as is mian here. Over and over, words go by without any end.', finish: 'stop' },
  { text: 'The cache is always flushed on exit. Ünïcode "quoted" text\nwith lines\\ and \u{1f600}. The cache is never flushed on exit. Done', finish: 'stop' },
  { text: 'Run this:\n```sh\nnpm run mian --flag\nand so', finish: 'length' },
  { text: 'plain words and nothing but words all the way to the very', finish: 'length' },
];

const RULES = literalRules({ mian: 'main' });

/** What the client got of each read, and what was told, in order. */
function play(stream: Stream, reads: readonly string[], mode: 'correct' | 'annotate' | 'observe'): string[] {
  const stage = new Stage({ mode, rules: RULES });
  stage.fromClient(Buffer.from(request(`POST ${stream.target}`, [], '{"model":"m","messages":[],"stream":true}')));
  stage.fromUpstream(Buffer.from(response('200 OK', [`Content-Type: ${stream.type}`, 'Transfer-Encoding: chunked'])));
  const lines: string[] = [];
  for (const read of reads) {
    stage.happened = [];
    stage.fromUpstream(Buffer.from(read, 'latin1'));
    // What is told of a read and what leaves of it have no order between them.
    for (const side of ['client', 'told'] as const) lines.push(...stage.happened.filter(({ lane }) => lane === side).map(({ what }) => `${side} ${what.toString('latin1')}`));
  }
  return lines;
}

type Way = ResponseRewriter['glide'];

/** Runs with another `glide` in place. */
function withGlide<T>(way: (this: ResponseRewriter, own: Way, ...args: Parameters<Way>) => Glide, run: () => T): T {
  const glide = Object.getOwnPropertyDescriptor(ResponseRewriter.prototype, 'glide')?.value as Way;
  const mocked = mock.method(ResponseRewriter.prototype, 'glide', function (this: ResponseRewriter, ...args: Parameters<Way>) {
    return way.call(this, (...given) => glide.apply(this, given), ...args);
  });
  try {
    return run();
  } finally {
    mocked.mock.restore();
  }
}

/** A chunk, as bytes in a string. */
const framed = (payload: string): string => Buffer.from(chunk(payload)).toString('latin1');

for (const stream of STREAMS) {
  describe(`reads that glide: ${stream.name}`, () => {
    for (const [index, { text, finish }] of TEXTS.entries()) {
      for (const mode of ['correct', 'annotate', 'observe'] as const) {
        test(`text ${index} in ${mode} comes out read by read as by the long way`, () => {
          const roll = dice(index + 1);
          for (let round = 0; round < 12; round += 1) {
            const tokens = round === 0 ? [...text] : cut(text, 4 + roll(30), roll).filter((token) => token.isWellFormed());
            if (tokens.join('') !== text) continue;
            const events = stream.events(tokens, finish);
            const chunks = events.map(framed);
            for (const reads of [[...chunks, LAST], cut(chunks.join('') + LAST, 1 + roll(12), roll)]) {
              const expected = withGlide(() => GLIDE.no, () => play(stream, reads, mode));
              assert.deepEqual(play(stream, reads, mode), expected);
            }
          }
        });
      }
    }
  });
}

test('most reads of clean prose glide, on every route', () => {
  for (const stream of STREAMS.filter(({ name }) => !name.includes('CRLF'))) {
    let glided = 0;
    const tokens = 'The proxy reads each token as it comes, compares it with the one before, and lets it pass. '.repeat(8).match(/.{1,5}/g) as string[];
    const count = (own: Way, ...args: Parameters<Way>): Glide => {
      const way = own(...args);
      if (way === GLIDE.whole) glided += 1;
      return way;
    };
    withGlide(count, () => play(stream, [...stream.events(tokens, 'stop').map(framed), LAST], 'correct'));
    assert.ok(glided > 0.7 * tokens.length, `${stream.name}: ${glided} of ${tokens.length}`);
  }
});

test('a fault on the short way costs corrections, never bytes, and is not told as a correction', () => {
  const say = (text: string): Buffer => Buffer.from(sseEvent(JSON.stringify({ content: text })));
  const real = codecOf(SSE);
  const open = (request: Parameters<typeof real.dialect.open>[0]): ReturnType<typeof real.dialect.open> => {
    const run = real.dialect.open(request);
    return Object.assign(Object.create(run) as typeof run, {
      parts: run.parts.bind(run), scan: run.scan.bind(run), read: run.read.bind(run), channelName: run.channelName.bind(run), lone: () => assert.fail('a fault'),
    });
  };
  const drives = [
    new Drive({ ...real, dialect: { ...real.dialect, open } }, { rules: RULES }),
    // What is found is decided, and then its event cannot be made.
    new Drive({ ...real, envelope: { ...real.envelope, usual: (bytes, from, to) => (bytes.length === to - from && from === 0 && seen ? assert.fail('a fault') : (real.envelope.usual?.(bytes, from, to) ?? -1)) } }, { rules: RULES }),
  ];
  let seen = false;
  for (const drive of drives) {
    drive.read(say('one ')).read(say('two '));
    seen = true;
    const wrong = Buffer.concat([Buffer.from('??'), say('mian, and')]);
    assert.equal(drive.rewriter.glide(wrong, 2, wrong.length, 0), GLIDE.no);
    drive.read(wrong.subarray(2)).read(say('mian')).end();
    assert.equal(drive.text, [say('one '), say('two '), say('mian, and'), say('mian')].join(''));
    assert.deepEqual([drive.bailouts, drive.corrections], [['fault'], []]);
    seen = false;
  }
});
