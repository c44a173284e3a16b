import { describe } from 'node:test';
import {
  clientEnded, destroyClient, destroyUpstream, dial, dropUpstream, endClient, endUpstream, fromClient, fromUpstream, inModes, playAll, resetClient, toClient, told, toUpstream, upstreamEnded, upstreamFailed, type Output, type Playbook,
} from '../../helpers/playbook.js';
import { BARE, GET, OK, request, response } from './messages.js';

const TRANSPARENT = ['observe', 'off'] as const;

const passed = (id: string, status = 200): Output => told(`${id} complete ${status} not read: route`);
const cutOff = (id: string, status: number | '-' = 200): Output => told(`${id} truncated ${status} not read: route`);
const AFTER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
const ODD = 'get  /x\n\n';

const observing: readonly Playbook[] = [
  {
    name: 'upstream lost before a head: the client sees what it would have seen',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamEnded, destroyUpstream, destroyClient, cutOff('x1', '-')],
  },
  {
    name: 'upstream reset before a head: so does the client',
    steps: [fromClient(GET), dial, toUpstream(GET), upstreamFailed(), resetClient, cutOff('x1', '-')],
  },
  {
    name: 'malformed request head: passes, and all behind it',
    steps: [
      fromClient(ODD), dial, toUpstream(ODD), told('tunnel: malformed'),
      fromUpstream('whatever'), toClient('whatever'),
      fromClient(GET), toUpstream(GET),
      clientEnded, endUpstream,
      upstreamEnded, endClient, dropUpstream,
    ],
  },
  {
    name: 'malformed request body: passes',
    steps: [
      fromClient(request('POST /x', ['Transfer-Encoding: chunked'])), dial, toUpstream(request('POST /x', ['Transfer-Encoding: chunked'])),
      fromClient('zz'), toUpstream('zz'), told('x1 complete - not read: route'),
      fromUpstream(OK), toClient(OK),
    ],
  },
  {
    name: 'a request cut off by FIN: what came of it goes up, and the FIN',
    steps: [
      fromClient(GET.slice(0, 9)), dial,
      clientEnded, toUpstream(GET.slice(0, 9)), endUpstream, told('tunnel: malformed'),
      fromUpstream('HTTP/1.1 400 x\r\n\r\n'), toClient('HTTP/1.1 400 x\r\n\r\n'),
      upstreamEnded, endClient, dropUpstream,
    ],
  },
  {
    name: 'malformed answer: passes, and requests that wait in line go up',
    steps: [
      fromClient(GET + BARE), dial, toUpstream(GET),
      fromUpstream('SSH-2.0-x\r\n'), toClient('SSH-2.0-x\r\n'), toUpstream(BARE), told('x1 complete - not read: route'),
      fromClient('more'), toUpstream('more'),
    ],
  },
  {
    name: 'malformed answer, requests in line and a FIN behind them',
    steps: [
      fromClient(GET + BARE), dial, toUpstream(GET),
      clientEnded,
      fromUpstream('SSH-2.0-x\r\n'), toClient('SSH-2.0-x\r\n'), toUpstream(BARE), endUpstream, told('x1 complete - not read: route'),
      upstreamEnded, endClient, dropUpstream,
    ],
  },
  {
    name: 'malformed chunks from the backend: pass',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(`${response('200 OK', ['Transfer-Encoding: chunked'])}2\r\nhi\r\nzz\r\nmore`), toClient(`${response('200 OK', ['Transfer-Encoding: chunked'])}2\r\nhi\r\nzz\r\nmore`), told('x1 complete 200 not read: route'),
      upstreamEnded, endClient,
      clientEnded, dropUpstream,
    ],
  },
  {
    name: 'bytes behind a complete answer: pass, and the connection is a tunnel from there',
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK + AFTER), toClient(OK + AFTER), passed('x1'), told('tunnel: malformed'),
      fromClient(BARE), toUpstream(BARE), fromUpstream(OK), toClient(OK),
    ],
  },
  {
    name: 'bytes nobody asked for in the middle of a request head: the head goes up as far as it came',
    steps: [
      fromClient(GET.slice(0, 9)), dial,
      fromUpstream('hello'), toClient('hello'), toUpstream(GET.slice(0, 9)), told('tunnel: malformed'),
      fromClient(GET.slice(9)), toUpstream(GET.slice(9)),
    ],
  },
];

describe('who closes what, where nothing may change', () => playAll(observing.flatMap((book) => inModes(TRANSPARENT, book))));
