import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, dropUpstream, endClient, fromClient, fromUpstream, inModes, literalRules, playAll, Stage, toClient, told, toUpstream, upstreamEnded, upstreamFailed, type Playbook } from '../../helpers/playbook.js';
import { CHAT, CHAT_BODY, chunk, delta, document, DONE, GET, LAST, markedHead, request, response, streamHead } from './messages.js';

const wrong = { mian: 'main' };

/** Feeds reads, one by one, to a stream that is read, and gives what each made leave. */
function reads(replace: Readonly<Record<string, string>>, pieces: readonly string[]): (string | null)[] {
  const stage = new Stage({ mode: 'correct', rules: literalRules(replace) });
  stage.fromClient(Buffer.from(CHAT));
  return pieces.map((piece) => {
    stage.happened = [];
    stage.fromUpstream(Buffer.from(piece));
    const out = stage.happened.filter(({ lane }) => lane === 'client').map(({ what }) => what.toString('latin1'));
    assert.ok(out.length <= 1, 'one write a read');
    return out[0] ?? null;
  });
}

const two = chunk(delta('one ')) + chunk(delta('two '));
const odd = `${Buffer.byteLength(delta('odd ')).toString(16).toUpperCase().padStart(6, '0')};ext="1"\r\n${delta('odd ')}\r\n`;

describe('reads that are whole chunks', () => {
  const cases: readonly { name: string; pieces: readonly string[]; expect: readonly (string | null)[] }[] = [
    { name: 'leave as the very same bytes', pieces: [streamHead(), two, odd, LAST], expect: [markedHead('x1'), two, odd, LAST] },
    { name: 'also right after an edit', pieces: [streamHead(), chunk(delta('mian ')), odd, two], expect: [markedHead('x1'), chunk(delta('main ')), odd, two] },
    {
      name: 'not where they brought or found held text, but right after it',
      pieces: [streamHead(), odd, chunk(delta('a mi')), chunk(delta('x ')), odd],
      expect: [markedHead('x1'), odd, null, chunk(delta('a mi') + delta('x ')), odd],
    },
    {
      name: 'not where half an event is held',
      pieces: [streamHead(), chunk(delta('a ').slice(0, 9)), chunk(delta('a ').slice(9)), odd],
      expect: [markedHead('x1'), null, chunk(delta('a ')), odd],
    },
    {
      name: 'not where a read ends inside a chunk, but from the boundary after it',
      pieces: [streamHead(), two + odd.slice(0, 20), odd.slice(20), two],
      expect: [markedHead('x1'), chunk(delta('one ') + delta('two ')), chunk(delta('odd ')), two],
    },
    {
      name: 'with the head in one read, the body is one chunk',
      pieces: [streamHead() + two, odd, two + LAST],
      expect: [markedHead('x1') + chunk(delta('one ') + delta('two ')), odd, chunk(delta('one ') + delta('two ')) + LAST],
    },
  ];
  for (const { name, pieces, expect } of cases) test(name, () => assert.deepEqual(reads(wrong, pieces), expect));
});

const jsonHead = (framing: readonly string[], ...more: readonly string[]): string => response('200 OK', ['Content-Type: application/json', ...framing, ...more]);
const length = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}`;
const [before, after] = [document('see mian.'), document('see main!!.')];
const LONGER = { mian: 'main!!' };
const CHAT10 = request('POST /v1/chat/completions HTTP/1.0', ['Connection: keep-alive'], CHAT_BODY);
const read = (count = 1): ReturnType<typeof told> => told(`x1 complete 200 read${count > 0 ? ` ${count} corrected` : ''}`);

const documents: readonly Playbook[] = [
  {
    name: 'a corrected document gets its right length',
    replace: LONGER,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(jsonHead([length(before)]) + before), toClient(jsonHead([length(after)], 'x-hotpatch-exchange: x1') + after), told('replace mian > main!!'), read(),
      fromClient(GET), toUpstream(GET),
    ],
  },
  {
    name: 'a chunked document gets a length, and its trailers have no place',
    replace: LONGER,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(`${jsonHead(['Transfer-Encoding: chunked', 'Trailer: T'])}${chunk(before.slice(0, 30))}${chunk(before.slice(30))}0\r\nT: 1\r\n\r\n`),
      toClient(jsonHead([length(after)], 'x-hotpatch-exchange: x1') + after), told('replace mian > main!!'), read(),
    ],
  },
  {
    name: 'an untouched document is what it was',
    steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(jsonHead([length(before)]) + before), toClient(jsonHead([length(before)], 'x-hotpatch-exchange: x1') + before), read(0)],
  },
  {
    name: 'a document that lasts to the FIN gets its length, and says that the connection ends',
    replace: LONGER,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(jsonHead([]) + before),
      upstreamEnded, toClient(jsonHead(['Connection: close'], length(after), 'x-hotpatch-exchange: x1') + after), endClient, dropUpstream,
      told('replace mian > main!!'), read(),
    ],
  },
  {
    name: 'a document larger than the limit passes as it came, chunks apart',
    replace: LONGER, limits: { documentBytes: 40 }, deframed: true, untold: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(`${jsonHead(['Transfer-Encoding: chunked', 'Trailer: T'])}${chunk(before)}0\r\nT: 1\r\n\r\n`),
      toClient(`${jsonHead(['Transfer-Encoding: chunked', 'Trailer: T'], 'x-hotpatch-exchange: x1')}${chunk(before)}0\r\nT: 1\r\n\r\n`),
      fromClient(GET), toUpstream(GET),
    ],
  },
  {
    name: 'a document larger than the limit, of known length, begins to leave before its end',
    replace: LONGER, limits: { documentBytes: 40 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(jsonHead([length(before)]) + before.slice(0, -1)), toClient(jsonHead([length(before)], 'x-hotpatch-exchange: x1') + before.slice(0, -1)), told('fault'),
      fromUpstream(before.slice(-1)), toClient(before.slice(-1)), told('x1 complete 200 read until: limit'),
    ],
  },
  {
    name: 'a document larger than the limit, lost: a reset where only the end of the connection ends it',
    limits: { documentBytes: 40 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(jsonHead([]) + before.slice(0, -1)), toClient(jsonHead([], 'x-hotpatch-exchange: x1') + before.slice(0, -1)), told('fault'),
      upstreamFailed(), { does: 'resetClient' }, told('x1 truncated 200 read until: limit'),
    ],
  },
  {
    name: 'a chunked document larger than the limit, to an HTTP/1.0 client: without chunks, to the end of the connection',
    limits: { documentBytes: 40 },
    steps: [
      fromClient(CHAT10), dial, toUpstream(CHAT10),
      fromUpstream(jsonHead(['Transfer-Encoding: chunked']) + chunk(before.slice(0, 50))), toClient(jsonHead(['Connection: close'], 'x-hotpatch-exchange: x1') + before.slice(0, 50)), told('fault'),
      fromUpstream(chunk(before.slice(50)) + LAST), toClient(before.slice(50)), endClient, dropUpstream, told('x1 complete 200 read until: limit'),
    ],
  },
  {
    name: 'a chunked document to an HTTP/1.0 client: with its length, and the connection stays',
    replace: LONGER,
    steps: [
      fromClient(CHAT10), dial, toUpstream(CHAT10),
      fromUpstream(jsonHead(['Transfer-Encoding: chunked']) + chunk(before) + LAST), toClient(jsonHead([length(after)], 'x-hotpatch-exchange: x1') + after), told('replace mian > main!!'), read(),
      fromClient(GET), toUpstream(GET),
    ],
  },
  {
    name: 'a chunked document to an HTTP/1.0 client, lost: a reset',
    steps: [
      fromClient(CHAT10), dial, toUpstream(CHAT10), fromUpstream(jsonHead(['Transfer-Encoding: chunked']) + chunk(before)),
      upstreamEnded, toClient(jsonHead(['Connection: close'], 'x-hotpatch-exchange: x1') + before), { does: 'destroyUpstream' }, { does: 'resetClient' }, told('x1 truncated 200 read'),
    ],
  },
  {
    name: 'a document that is no JSON passes as it came',
    replace: LONGER, untold: true,
    steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(jsonHead(['Content-Length: 7']) + '{"mian '), toClient(jsonHead(['Content-Length: 7'], 'x-hotpatch-exchange: x1') + '{"mian ')],
  },
];

const stream = chunk(delta('mian ') + DONE) + LAST;
const passes: readonly { name: string; wire: string; reason: string; status?: number }[] = [
  { name: 'an encoded body', wire: streamHead('Content-Encoding: gzip') + stream, reason: 'encoded' },
  { name: 'a transfer-encoded body', wire: response('200 OK', ['Content-Type: text/event-stream', 'Transfer-Encoding: gzip, chunked']) + stream, reason: 'encoded' },
  { name: 'another media type', wire: response('200 OK', ['Content-Type: text/html', 'Transfer-Encoding: chunked']) + stream, reason: 'media_type' },
  { name: 'no media type', wire: response('200 OK', ['Transfer-Encoding: chunked']) + stream, reason: 'media_type' },
  { name: 'status 400', wire: response('400 Bad Request', ['Content-Type: application/json'], document('mian')), reason: 'status', status: 400 },
  { name: 'status 500, streamed', wire: response('500 Oops', ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked']) + stream, reason: 'status', status: 500 },
  { name: 'no body', wire: response('200 OK', ['Content-Type: application/json', 'Content-Length: 0']), reason: 'no_body' },
  { name: 'status 204', wire: response('204 No Content'), reason: 'no_body', status: 204 },
];

const bypassed = passes.map(({ name, wire, reason, status = 200 }): Playbook => ({
  name: `${name} passes byte for byte`,
  replace: wrong,
  steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(wire), toClient(wire), told(`x1 complete ${status} not read: ${reason}`)],
}));

describe('documents', () => playAll(documents));
describe('what is not inspected', () => playAll(bypassed.flatMap((book) => inModes(['correct', 'annotate', 'observe'], book))));
