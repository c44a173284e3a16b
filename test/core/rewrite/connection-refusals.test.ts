import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { dial, dropUpstream, destroyUpstream, endClient, fromClient, fromUpstream, inModes, playAll, Stage, toClient, told, toUpstream, upstreamFailed, type Output, type Playbook } from '../../helpers/playbook.js';
import { GET, OK, reply, request } from './messages.js';

const EDITING = ['correct', 'annotate'] as const;
const TRANSPARENT = ['observe', 'off'] as const;

/** Whose error object it is to be: by the path, under any prefix. */
const FAMILIES = [
  { line: 'POST /api/chat', family: 'ollama', inspected: true },
  { line: 'POST /api/generate', family: 'ollama', inspected: true },
  { line: 'GET /api/tags', family: 'ollama', inspected: false },
  { line: 'POST /v1/chat/completions', family: 'openai', inspected: true },
  { line: 'POST /openai/v1/chat/completions', family: 'openai', inspected: true },
  { line: 'POST /v1/embeddings', family: 'openai', inspected: false },
  { line: 'POST /v1/messages', family: 'anthropic', inspected: null },
  { line: 'GET /anywhere', family: null, inspected: false },
] as const;

type Family = (typeof FAMILIES)[number]['family'];

/** Of every status that is told: the word, and what Anthropic calls it. */
const WORDS = {
  '400 Bad Request': ['bad_request', 'invalid_request_error'],
  '403 Forbidden': ['forbidden', 'permission_error'],
  '431 Request Header Fields Too Large': ['head_too_large', 'request_too_large'],
  '502 Bad Gateway': ['backend_unreachable', 'api_error'],
  '504 Gateway Timeout': ['backend_timeout', 'timeout_error'],
} as const;

function errorReply(status: keyof typeof WORDS, family: Family, detail: string): string {
  const [word, type] = WORDS[status];
  const body =
    family === 'openai' ? { error: { message: detail, type: word, param: null, code: word } }
    : family === 'anthropic' ? { type: 'error', error: { type, message: `${word}: ${detail}` } }
    : { error: word, detail };
  return reply(status, JSON.stringify(body));
}

const localReply = (status: number, inspected: boolean | null): Output[] =>
  inspected === null ? [] : [told(`x1 local_reply ${status} not read: ${inspected ? 'no answer' : 'route'}`)];

const shapes: readonly Playbook[] = FAMILIES.flatMap(({ line, family, inspected }) => [
  {
    name: `502 on ${line}`, untold: inspected === null,
    steps: [
      fromClient(request(line)), dial, toUpstream(request(line)),
      upstreamFailed('E_UPSTREAM_REFUSED'), toClient(errorReply('502 Bad Gateway', family, 'the backend is gone')), endClient, ...localReply(502, inspected),
    ],
  },
  {
    name: `504 on ${line}`, untold: inspected === null,
    steps: [
      fromClient(request(line)), dial, toUpstream(request(line)),
      upstreamFailed('E_UPSTREAM_TIMEOUT'), toClient(errorReply('504 Gateway Timeout', family, 'the backend is gone')), endClient, ...localReply(504, inspected),
    ],
  },
  {
    name: `400 on ${line}: nothing is forwarded`,
    steps: [
      fromClient(`${line} HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\nGET / HTTP/1.1\r\n\r\n`), dial,
      toClient(errorReply('400 Bad Request', family, 'bad request head: Content-Length is not a number below 2^53')), endClient, dropUpstream, told('fault'),
    ],
  },
  {
    name: `431 on ${line}`, limits: { headBytes: 80 },
    steps: [
      fromClient(`${line} HTTP/1.1\r\nHost: localhost\r\nx: ${'y'.repeat(80)}`), dial,
      toClient(errorReply('431 Request Header Fields Too Large', family, 'the request head exceeds 80 bytes')), endClient, dropUpstream, told('fault'),
    ],
  },
]);

const FOREIGN_HOST = 'Host "evil.example" is not a loopback name; allow it with --allow-host';

/** In every mode: a page in a browser must reach nothing at all. */
const forbidden: readonly Playbook[] = FAMILIES.map(({ line, family, inspected }): Playbook => ({
  name: `403 on ${line}`,
  untold: inspected !== false,
  steps: [
    fromClient(request(line, ['Host: evil.example'])), dial,
    toClient(errorReply('403 Forbidden', family, FOREIGN_HOST)), endClient, dropUpstream, told('x1 local_reply 403 not read: route'),
  ],
}));

const more: readonly Playbook[] = [
  {
    name: 'a HEAD that is refused gets no body',
    steps: [
      fromClient(request('HEAD /x', ['Host: evil.example'])), dial,
      toClient(reply('403 Forbidden', JSON.stringify({ error: 'forbidden', detail: FOREIGN_HOST }), true)), endClient, dropUpstream, told('x1 local_reply 403 not read: route'),
    ],
  },
  {
    name: 'a foreign Origin is refused, and what is pipelined behind it',
    steps: [
      fromClient(request('GET /x', ['Origin: https://evil.example']) + GET), dial,
      toClient(reply('403 Forbidden', '{"error":"forbidden","detail":"Origin \\"https://evil.example\\" is not allowed; allow it with --allow-origin"}')), endClient, dropUpstream,
      told('x1 local_reply 403 not read: route'),
    ],
  },
  {
    name: 'a refused request behind one that is answered',
    steps: [
      fromClient(GET + request('GET /x', ['Host: evil.example'])), dial, toUpstream(GET),
      fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      { event: 'clientEnded' },
      { event: 'upstreamEnded' }, destroyUpstream, { does: 'destroyClient' }, told('x1 truncated 200 not read: route'),
    ],
  },
];

/** Heads that two readers could read differently, or that no reader should: none may reach the backend. */
const MALFORMED: readonly (readonly [string, string])[] = [
  ['no version', 'GET /\r\n\r\n'],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: localhost\r\n\r\n'],
  ['HTTP/0.9', 'GET / HTTP/0.9\r\nHost: localhost\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n'],
  ['user information in Host', 'GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n'],
  ['bare LF', 'GET / HTTP/1.1\nHost: localhost\n\n'],
  ['bare CR', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: b\rc\r\n\r\n'],
  ['folded line', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n'],
  ['space before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
  ['NUL in a value', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n'],
  ['a list of lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 1\r\n\r\n'],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
  ['length and chunks', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['chunked, and then something else', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n'],
  ['chunked twice', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, chunked\r\n\r\n'],
  ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['an alias of a framing field', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer_Encoding: chunked\r\n\r\n'],
  ['a method in lower case', 'get / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
];

const passedOn = MALFORMED.map(([name, head]): Playbook => ({
  name: `passes: ${name}`,
  steps: [fromClient(head), dial, toUpstream(head), told('tunnel: malformed'), fromUpstream('HTTP/1.1 400 x\r\n\r\n'), toClient('HTTP/1.1 400 x\r\n\r\n')],
}));

describe('error shapes', () => playAll([...shapes, ...more].flatMap((book) => inModes(EDITING, book))));
describe('forbidden in every mode', () => playAll(forbidden.flatMap((book) => inModes([...EDITING, ...TRANSPARENT], book))));
describe('malformed heads pass where nothing may change', () => playAll(passedOn.flatMap((book) => inModes(TRANSPARENT, book))));

describe('malformed heads reach no backend where bytes may change', () => {
  for (const [name, head] of MALFORMED) {
    test(name, () => {
      everySplit(Buffer.from(head, 'latin1'), (pieces) => {
        const stage = new Stage({ mode: 'correct' });
        for (const piece of pieces) stage.fromClient(piece);
        const sent = (lane: string): string => stage.happened.filter((one) => one.lane === lane).map(({ what }) => what.toString('latin1')).join('|');
        assert.equal(sent('upstream'), '(dial)|(dropUpstream)');
        assert.match(sent('client'), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\|\(endClient\)$/);
      });
    });
  }
});
