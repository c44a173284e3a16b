import { describe } from 'node:test';
import {
  at, clientEnded, dial, dropUpstream, endClient, endUpstream, fromClient, fromUpstream, inModes, playAll, toClient, told, toUpstream, upstreamEnded,
  type Playbook,
} from '../../helpers/playbook.js';
import { BARE, CHAT, CHAT_BODY, chunk, delta, DONE, GET, LAST, markedHead, OK, request, response, streamHead } from './messages.js';

const ALL = ['correct', 'annotate', 'observe', 'off'] as const;
const TRANSPARENT = ['observe', 'off'] as const;

/** What an exchange on a route that is not inspected is told as. */
const passed = (id: string, status = 200): ReturnType<typeof told> => told(`${id} complete ${status} not read: route`);

const exchanges: readonly Playbook[] = [
  {
    name: 'two exchanges on one connection',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK), toClient(OK), passed('x1'),
      fromClient(BARE), toUpstream(BARE),
      fromUpstream(OK), toClient(OK), passed('x2'),
      clientEnded, endClient, dropUpstream,
    ],
  },
  {
    name: 'pipelined requests go up one by one, each when the answer before it is complete',
    steps: [
      fromClient(GET + BARE + GET), dial, toUpstream(GET),
      fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      fromUpstream(OK.slice(-1)), toClient(OK.slice(-1)), toUpstream(BARE), passed('x1'),
      fromUpstream(OK), toClient(OK), toUpstream(GET), passed('x2'),
      fromUpstream(OK), toClient(OK), passed('x3'),
    ],
  },
  {
    name: 'pipelined requests and a FIN: each is answered, the last takes the FIN along',
    steps: [
      fromClient(GET + BARE), dial, toUpstream(GET),
      clientEnded,
      fromUpstream(OK), toClient(OK), toUpstream(BARE), endUpstream, passed('x1'),
      fromUpstream(OK), toClient(OK), endClient, dropUpstream, passed('x2'),
    ],
  },
  {
    name: 'a backend that closes after each answer is dialled again, the client stays',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK), toClient(OK), passed('x1'),
      upstreamEnded, dropUpstream,
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK), toClient(OK), passed('x2'),
      upstreamEnded, dropUpstream,
    ],
  },
  {
    name: 'a backend that says Connection: close closes the client after the answer',
    steps: [
      fromClient(GET + BARE), dial, toUpstream(GET),
      fromUpstream(response('200 OK', ['Connection: close'], 'x')), toClient(response('200 OK', ['Connection: close'], 'x')), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'a client that says Connection: close is closed after the answer, and what it sends behind goes nowhere',
    steps: [
      fromClient(request('GET /', ['Connection: close'])), dial, toUpstream(request('GET /', ['Connection: close'])),
      fromClient(GET),
      fromUpstream(OK), toClient(OK), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'an HTTP/1.0 client without keep-alive is closed after the answer',
    steps: [
      fromClient(request('GET / HTTP/1.0')), dial, toUpstream(request('GET / HTTP/1.0')),
      fromUpstream(OK), toClient(OK), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'an HTTP/1.0 server without length: the answer lasts to its FIN',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream('HTTP/1.0 200 OK\r\n\r\nhello'), toClient('HTTP/1.0 200 OK\r\n\r\nhello'),
      upstreamEnded, endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'HEAD, 204 and 304 have no body, whatever their fields say',
    steps: [
      fromClient(request('HEAD /')), dial, toUpstream(request('HEAD /')),
      fromUpstream(response('200 OK', ['Content-Length: 5'])), toClient(response('200 OK', ['Content-Length: 5'])), passed('x1'),
      fromClient(request('HEAD /')), toUpstream(request('HEAD /')),
      fromUpstream(response('200 OK', ['Transfer-Encoding: chunked'])), toClient(response('200 OK', ['Transfer-Encoding: chunked'])), passed('x2'),
      fromClient(GET), toUpstream(GET),
      fromUpstream(response('204 No Content')), toClient(response('204 No Content')), passed('x3', 204),
      fromClient(GET), toUpstream(GET),
      fromUpstream(response('304 Not Modified', ['Content-Length: 5'])), toClient(response('304 Not Modified', ['Content-Length: 5'])), passed('x4', 304),
    ],
  },
  {
    name: 'Expect: 100-continue: the interim answer passes and ends nothing',
    steps: [
      fromClient(request('POST /x', ['Expect: 100-continue', 'Content-Length: 4'])), dial, toUpstream(request('POST /x', ['Expect: 100-continue', 'Content-Length: 4'])),
      fromUpstream(response('100 Continue') + response('103 Early Hints', ['Link: </a>'])), toClient(response('100 Continue') + response('103 Early Hints', ['Link: </a>'])),
      fromClient('body'), toUpstream('body'),
      fromUpstream(OK), toClient(OK), passed('x1'),
    ],
  },
  {
    name: 'Expect: 100-continue answered for good before the body: the exchange waits for the body, and the next follows it',
    steps: [
      fromClient(request('POST /x', ['Expect: 100-continue', 'Content-Length: 4'])), dial, toUpstream(request('POST /x', ['Expect: 100-continue', 'Content-Length: 4'])),
      fromUpstream(response('200 OK', [], 'no')), toClient(response('200 OK', [], 'no')),
      fromClient(`body${GET}`), toUpstream(`body${GET}`), passed('x1'),
      fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'an early answer that closes ends the exchange while the request is still being uploaded',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      fromUpstream(response('413 Too Large', ['Connection: close'], 'no')), toClient(response('413 Too Large', ['Connection: close'], 'no')), endClient, dropUpstream, passed('x1', 413),
      fromClient('never'),
    ],
  },
  {
    name: 'an early answer, then the backend closes: the rest of the request has nobody to go to',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      fromUpstream(OK), toClient(OK),
      upstreamEnded, endClient, passed('x1'), { does: 'destroyUpstream' },
      fromClient('never'),
    ],
  },
  {
    name: 'a chunked request passes as it came, extensions and trailers included',
    steps: [
      fromClient(request('POST /x', ['Transfer-Encoding: chunked'], '4;a=b\r\nbody\r\n0\r\nT: 1\r\n\r\n')), dial,
      toUpstream(request('POST /x', ['Transfer-Encoding: chunked'], '4;a=b\r\nbody\r\n0\r\nT: 1\r\n\r\n')),
      fromUpstream(OK), toClient(OK), passed('x1'),
    ],
  },
  {
    name: 'empty lines around requests',
    steps: [
      fromClient(`\r\n${GET}\r\n`), dial, toUpstream(`\r\n${GET}`),
      fromUpstream(OK), toClient(OK), passed('x1'),
      clientEnded, endClient, dropUpstream,
    ],
  },
];

const upgradeRequest = request('GET /ws', ['Connection: Upgrade', 'Upgrade: websocket']);
const switching = response('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade: websocket']);

const tunnels: readonly Playbook[] = [
  {
    name: 'an upgrade that is granted becomes a tunnel, in both directions at once',
    steps: [
      fromClient(`${upgradeRequest}\x01early`), dial, toUpstream(upgradeRequest),
      fromUpstream(`${switching}\x02first`), toClient(`${switching}\x02first`), toUpstream('\x01early'), told('x1 complete 101 not read: route'),
      fromClient('GET / is no request here\r\n\r\n'), toUpstream('GET / is no request here\r\n\r\n'),
      fromUpstream('HTTP/9 nor this an answer\r\n\r\n'), toClient('HTTP/9 nor this an answer\r\n\r\n'),
      clientEnded, endUpstream,
      fromUpstream('more'), toClient('more'),
      upstreamEnded, endClient, dropUpstream,
    ],
  },
  {
    name: 'a FIN that came before the upgrade was granted follows the bytes before it',
    steps: [
      fromClient(`${upgradeRequest}early`), dial, toUpstream(upgradeRequest),
      clientEnded,
      fromUpstream(switching), toClient(switching), toUpstream('early'), endUpstream, told('x1 complete 101 not read: route'),
    ],
  },
  {
    name: 'a tunnel whose backend closes first stays open for the client',
    steps: [
      fromClient(upgradeRequest), dial, toUpstream(upgradeRequest),
      fromUpstream(switching), toClient(switching), told('x1 complete 101 not read: route'),
      upstreamEnded, endClient,
      fromClient('more'), toUpstream('more'),
      clientEnded, dropUpstream,
    ],
  },
  {
    name: 'a tunnel whose backend is reset ends for good: nothing of it begins another connection',
    steps: [
      fromClient(upgradeRequest), dial, toUpstream(upgradeRequest),
      fromUpstream(switching), toClient(switching), told('x1 complete 101 not read: route'),
      { upstreamFailed: 'E_UPSTREAM_LOST' }, { does: 'resetClient' },
      fromClient(GET),
    ],
  },
  {
    name: 'an upgrade that is refused leaves HTTP as it was',
    steps: [
      fromClient(upgradeRequest + GET), dial, toUpstream(upgradeRequest),
      fromUpstream(response('404 Not Found', [], 'no')), toClient(response('404 Not Found', [], 'no')), toUpstream(GET), passed('x1', 404),
      fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'CONNECT granted is a tunnel, its Content-Length notwithstanding',
    steps: [
      fromClient(request('CONNECT localhost:443')), dial, toUpstream(request('CONNECT localhost:443')),
      fromUpstream(`${response('200 OK', ['Content-Length: 3'])}abcdef`), toClient(`${response('200 OK', ['Content-Length: 3'])}abcdef`), told('x1 complete 200 not read: route'),
      fromClient('\x16\x03'), toUpstream('\x16\x03'),
    ],
  },
  {
    name: 'CONNECT refused is an exchange like others',
    steps: [
      fromClient(request('CONNECT localhost:443')), dial, toUpstream(request('CONNECT localhost:443')),
      fromUpstream(response('405 No', [], 'no')), toClient(response('405 No', [], 'no')), passed('x1', 405),
      fromClient(GET), toUpstream(GET),
      fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'the HTTP/2 preface',
    steps: [
      fromClient('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00'), dial, toUpstream('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00'), told('tunnel: tunnel'),
      fromUpstream('\x00\x00\x12\x04'), toClient('\x00\x00\x12\x04'),
      upstreamEnded, endClient,
      clientEnded, dropUpstream,
    ],
  },
  {
    name: 'TLS, and whatever else no request can begin with',
    steps: [
      fromClient('\x16\x03\x01GET / HTTP/1.1\r\n\r\n'), dial, toUpstream('\x16\x03\x01GET / HTTP/1.1\r\n\r\n'), told('tunnel: tunnel'),
      fromUpstream('\x15'), toClient('\x15'),
      at(600_000), { does: 'resetClient' }, { does: 'destroyUpstream' },
    ],
  },
];

describe('exchanges', () => playAll(exchanges.flatMap((book) => inModes(ALL, book))));
describe('tunnels', () => playAll(tunnels.flatMap((book) => inModes(ALL, book))));

describe('streams', () => {
  const events = delta('a') + delta('b') + DONE;
  const [wire, marked] = [streamHead() + chunk(delta('a')) + chunk(delta('b') + DONE) + LAST, markedHead('x1') + chunk(events) + LAST];
  playAll([
    {
      name: 'correct: a stream is read, and only its head says so',
      deframed: true,
      steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(wire), toClient(marked), told('x1 complete 200 read')],
    },
    ...inModes(TRANSPARENT, {
      name: 'a stream passes byte for byte',
      untold: true,
      steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(wire), toClient(wire)],
    }),
    {
      name: 'correct: an HTTP/1.0 client gets a stream that ends with the connection',
      steps: [
        fromClient(request('POST /v1/chat/completions HTTP/1.0', [], CHAT_BODY)), dial, toUpstream(request('POST /v1/chat/completions HTTP/1.0', [], CHAT_BODY)),
        fromUpstream(wire),
        toClient(response('200 OK', ['Content-Type: text/event-stream', 'Connection: close', 'x-hotpatch-exchange: x1']) + events), endClient, dropUpstream,
        told('x1 complete 200 read'),
      ],
    },
    {
      name: 'correct: a stream of known length is chunked',
      deframed: true,
      steps: [
        fromClient(CHAT), dial, toUpstream(CHAT),
        fromUpstream(response('200 OK', ['Content-Type: text/event-stream'], events)), toClient(markedHead('x1') + chunk(events) + LAST), told('x1 complete 200 read'),
        fromClient(GET), toUpstream(GET),
      ],
    },
    {
      name: 'correct: a stream that lasts to the FIN stays so',
      steps: [
        fromClient(CHAT), dial, toUpstream(CHAT),
        fromUpstream(response('200 OK', ['Content-Type: text/event-stream']) + events), toClient(response('200 OK', ['Content-Type: text/event-stream', 'x-hotpatch-exchange: x1']) + events),
        upstreamEnded, endClient, dropUpstream, told('x1 complete 200 read'),
      ],
    },
    {
      name: 'correct: trailers are kept',
      deframed: true,
      steps: [
        fromClient(CHAT), dial, toUpstream(CHAT),
        fromUpstream(`${streamHead('Trailer: X-Sum')}${chunk(events)}0\r\nX-Sum: 7\r\n\r\n`), toClient(`${markedHead('x1', 'Trailer: X-Sum')}${chunk(events)}0\r\nX-Sum: 7\r\n\r\n`),
        told('x1 complete 200 read'),
      ],
    },
    {
      name: 'correct: pipelined streams',
      deframed: true,
      steps: [
        fromClient(CHAT + CHAT), dial, toUpstream(CHAT),
        fromUpstream(wire), toClient(marked), toUpstream(CHAT), told('x1 complete 200 read'),
        fromUpstream(wire), toClient(marked.replace('x1', 'x2')), told('x2 complete 200 read'),
      ],
    },
  ]);
});
