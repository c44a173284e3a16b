import { describe } from 'node:test';
import {
  at, clientEnded, clientFailed, destroyClient, destroyUpstream, dial, dropUpstream, endClient, endUpstream, fromClient, fromUpstream, inModes, playAll, resetClient, toClient, told, toUpstream, upstreamEnded, upstreamFailed, type Output, type Playbook,
} from '../../helpers/playbook.js';
import { BARE, document, GET, OK, reply, request, response } from './messages.js';

const ALL = ['correct', 'annotate', 'observe', 'off'] as const;
const EDITING = ['correct', 'annotate'] as const;

const passed = (id: string, status = 200): Output => told(`${id} complete ${status} not read: route`);
const cutOff = (id: string, status: number | '-' = 200): Output => told(`${id} truncated ${status} not read: route`);
const aborted = (id: string, status: number | '-' = '-'): Output => told(`${id} aborted ${status} not read: route`);
const LOST = reply('502 Bad Gateway', '{"error":"bad_gateway","detail":"the backend closed the connection before it answered"}');
const GONE = reply('502 Bad Gateway', '{"error":"bad_gateway","detail":"the backend is gone"}');

/** Rows of the table of who closes what that are the same whatever the mode. */
const anyMode: readonly Playbook[] = [
  {
    name: 'client FIN, answer owed: relayed at once, and the answer still comes',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      clientEnded, endUpstream,
      fromUpstream(OK), toClient(OK), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'client FIN, answer owed: given up if no head comes in time',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      clientEnded, endUpstream,
      at(999),
      at(1_000), destroyUpstream, endClient, aborted('x1'),
    ],
  },
  {
    name: 'client FIN, the head came in time: its body may take longer',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      clientEnded, endUpstream,
      fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      at(5_000),
      fromUpstream(OK.slice(-1)), toClient(OK.slice(-1)), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'client FIN, nothing owed: FIN to both',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'), clientEnded, endClient, dropUpstream],
  },
  { name: 'client FIN before it said a word', steps: [clientEnded, endClient] },
  {
    name: 'client reset while an answer is owed: the backend is destroyed at once',
    steps: [fromClient(GET), dial, toUpstream(GET), clientFailed, destroyUpstream, destroyClient, aborted('x1')],
  },
  {
    name: 'client reset in the middle of an answer',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)), clientFailed, destroyUpstream, destroyClient, aborted('x1', 200)],
  },
  {
    name: 'client reset between exchanges',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'), clientFailed, destroyUpstream, destroyClient],
  },
  {
    name: 'upstream FIN at message end: the next request redials',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
      upstreamEnded, dropUpstream,
      fromClient(BARE), dial, toUpstream(BARE), fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'upstream reset between exchanges: the next request redials',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
      upstreamFailed(),
      fromClient(BARE), dial, toUpstream(BARE), fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'upstream FIN in the middle of a request head: dialled again when the head goes on',
    steps: [
      fromClient(GET.slice(0, 9)), dial,
      upstreamEnded, dropUpstream,
      fromClient(GET.slice(9)), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
    ],
  },
  {
    name: 'upstream FIN ends a body without length',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(`${response('200 OK')}body`), toClient(`${response('200 OK')}body`),
      upstreamEnded, endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'upstream refuses: 502 and FIN',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamFailed('E_UPSTREAM_REFUSED'), toClient(reply('502 Bad Gateway', '{"error":"backend_unreachable","detail":"the backend is gone"}')), endClient, told('x1 local_reply 502 not read: route')],
  },
  {
    name: 'upstream does not accept in time: 504 and FIN',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamFailed('E_UPSTREAM_TIMEOUT'), toClient(reply('504 Gateway Timeout', '{"error":"backend_timeout","detail":"the backend is gone"}')), endClient, told('x1 local_reply 504 not read: route')],
  },
  {
    name: 'upstream FIN inside a body of known length: the client sees it end too early',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK.slice(0, -2)), toClient(OK.slice(0, -2)),
      upstreamEnded, destroyUpstream, destroyClient, cutOff('x1'),
    ],
  },
  {
    name: 'upstream FIN inside a chunked body: no last chunk',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(`${response('200 OK', ['Transfer-Encoding: chunked'])}5\r\nhe`), toClient(`${response('200 OK', ['Transfer-Encoding: chunked'])}5\r\nhe`),
      upstreamEnded, destroyUpstream, destroyClient, cutOff('x1'),
    ],
  },
  {
    name: 'upstream reset inside a body without length: a reset, for a FIN would make it look whole',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(`${response('200 OK')}bo`), toClient(`${response('200 OK')}bo`),
      upstreamFailed(), resetClient, cutOff('x1'),
    ],
  },
];

const editing: readonly Playbook[] = [
  {
    name: 'upstream FIN after request bytes, before a head: 502 and FIN',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamEnded, destroyUpstream, toClient(LOST), endClient, told('x1 local_reply 502 not read: route')],
  },
  {
    name: 'upstream reset after request bytes, before a head: 502 and FIN',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamFailed(), toClient(GONE), endClient, told('x1 local_reply 502 not read: route')],
  },
  {
    name: 'upstream FIN in the middle of a head: 502 and FIN',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream('HTTP/1.1 200'),
      upstreamEnded, destroyUpstream, toClient(reply('502 Bad Gateway', '{"error":"bad_gateway","detail":"the response was cut off in its head, after 12 bytes"}')), endClient, told('x1 local_reply 502 not read: route'),
    ],
  },
  {
    name: 'upstream reset in the middle of a head, after an interim answer: 502 and FIN',
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(`${response('103 Early Hints')}HTTP/1.1 200`), toClient(response('103 Early Hints')),
      upstreamFailed(), toClient(GONE), endClient, told('x1 local_reply 502 not read: route'),
    ],
  },
  {
    name: 'upstream lost while a body is still uploaded: 502 and FIN, and what still comes goes nowhere',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      upstreamFailed(), toClient(GONE), endClient, told('x1 local_reply 502 not read: route'),
      fromClient('never'),
    ],
  },
  {
    name: 'upstream reset inside a body of known length: flushed, then destroyed',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK.slice(0, -2)), toClient(OK.slice(0, -2)), upstreamFailed(), destroyClient, cutOff('x1')],
  },
  {
    name: 'malformed request head: 400 and FIN, nothing of it is forwarded',
    steps: [fromClient('GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n'), dial, toClient(reply('400 Bad Request', '{"error":"bad_request","detail":"bad request head: the version is neither HTTP/1.0 nor HTTP/1.1"}')), endClient, dropUpstream, told('fault')],
  },
  {
    name: 'malformed second request head, pipelined: the first is answered before',
    steps: [
      fromClient(`${GET}\x16 /\r\n\r\n`), dial, toUpstream(GET),
      fromUpstream(OK), toClient(OK + reply('400 Bad Request', '{"error":"bad_request","detail":"bad request head: it does not begin with a method"}')), endClient, dropUpstream, passed('x1'), told('fault'),
    ],
  },
  {
    name: 'malformed request body behind a forwarded head: 400, the backend is destroyed',
    steps: [
      fromClient(request('POST /x', ['Transfer-Encoding: chunked'])), dial, toUpstream(request('POST /x', ['Transfer-Encoding: chunked'])),
      fromClient('zz'), destroyUpstream, toClient(reply('400 Bad Request', '{"error":"bad_request","detail":"bad request body: byte 0x7a stands in a chunk size"}')), endClient,
      told('x1 local_reply 400 not read: route'),
    ],
  },
  {
    name: 'malformed request body while the answer is under way: the answer ends visibly cut off',
    steps: [
      fromClient(request('POST /x', ['Transfer-Encoding: chunked'])), dial, toUpstream(request('POST /x', ['Transfer-Encoding: chunked'])),
      fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      fromClient('zz'), destroyUpstream, endClient, cutOff('x1'),
    ],
  },
  {
    name: 'malformed request body while an answer without length is under way: a reset, for a FIN would make it look whole',
    steps: [
      fromClient(request('POST /x', ['Transfer-Encoding: chunked'])), dial, toUpstream(request('POST /x', ['Transfer-Encoding: chunked'])),
      fromUpstream(`${response('200 OK')}bo`), toClient(`${response('200 OK')}bo`),
      fromClient('zz'), destroyUpstream, resetClient, cutOff('x1'),
    ],
  },
  {
    name: 'malformed request body behind a whole answer: the answer stays one answer',
    steps: [
      fromClient(request('POST /v1/chat/completions', ['Transfer-Encoding: chunked'])), dial, toUpstream(request('POST /v1/chat/completions', ['Transfer-Encoding: chunked'])),
      fromUpstream(response('200 OK', ['Content-Type: application/json'], document('hi'))),
      toClient(response('200 OK', ['Content-Type: application/json', `Content-Length: ${document('hi').length}`, 'x-hotpatch-exchange: x1']) + document('hi')),
      fromClient('zz'), destroyUpstream, endClient, told('x1 complete 200 read'),
    ],
  },
  {
    name: 'a request cut off by FIN in its body: the backend sees the same, its answer is still relayed',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      clientEnded, endUpstream,
      fromUpstream(response('400 Bad Request', [], 'no')), toClient(response('400 Bad Request', [], 'no')), endClient, dropUpstream, passed('x1', 400),
    ],
  },
  {
    name: 'a request cut off by FIN in its head: nobody waits for a reply',
    steps: [fromClient(GET.slice(0, 9)), dial, clientEnded, endClient, dropUpstream],
  },
  {
    name: 'malformed HTTP from the backend before its head: 502 and FIN',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream('SSH-2.0-x\r\n'), destroyUpstream, toClient(reply('502 Bad Gateway', '{"error":"bad_gateway","detail":"bad response head: it does not begin with HTTP"}')), endClient, told('x1 local_reply 502 not read: route'),
    ],
  },
  {
    name: 'malformed chunks from the backend: what was good is flushed, then destroyed',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(`${response('200 OK', ['Transfer-Encoding: chunked'])}2\r\nhi\r\n`), toClient(`${response('200 OK', ['Transfer-Encoding: chunked'])}2\r\nhi\r\n`),
      fromUpstream('zz'), destroyUpstream, destroyClient, cutOff('x1'),
    ],
  },
  {
    name: 'a 101 that nobody asked for: 502',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(response('101 Switching Protocols')), destroyUpstream, toClient(reply('502 Bad Gateway', '{"error":"bad_gateway","detail":"bad response head: a 101 that was not asked for"}')), endClient, told('x1 local_reply 502 not read: route')],
  },
];

const AFTER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';

/** What a backend says unasked must never be taken for the answer to a request. */
const desync: readonly Playbook[] = [
  {
    name: 'bytes before any request: that socket is given up',
    steps: [
      fromClient(GET.slice(0, 9)), dial,
      fromUpstream(AFTER), dropUpstream,
      fromClient(GET.slice(9)), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
    ],
  },
  {
    name: 'bytes behind a complete answer: that socket is given up, the next request gets its own answer',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK + AFTER), toClient(OK), dropUpstream, passed('x1'),
      fromClient(BARE), dial, toUpstream(BARE), fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'bytes behind a complete answer, in a later read',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK), toClient(OK), passed('x1'),
      fromUpstream(AFTER), dropUpstream,
      fromClient(BARE), dial, toUpstream(BARE), fromUpstream(OK), toClient(OK), passed('x2'),
    ],
  },
  {
    name: 'bytes behind an early answer: the rest of the request goes to no other socket',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 33'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 33'], 'half')),
      fromUpstream(OK + AFTER), toClient(OK), dropUpstream, endClient, passed('x1'),
      fromClient('GET /smuggled HTTP/1.1\r\n\r\n'),
    ],
  },
  {
    name: 'bytes behind an answer that was to be the last',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(response('200 OK', ['Connection: close'], 'x') + AFTER), toClient(response('200 OK', ['Connection: close'], 'x')), endClient, dropUpstream, passed('x1'),
    ],
  },
];

describe('who closes what, in every mode', () => playAll(anyMode.flatMap((book) => inModes(ALL, book))));
describe('who closes what, where bytes may change', () => playAll([...editing, ...desync].flatMap((book) => inModes(EDITING, book))));
