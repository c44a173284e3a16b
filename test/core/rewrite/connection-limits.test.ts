import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  at, clientEnded, destroyClient, destroyUpstream, dial, drain, dropUpstream, endClient, endUpstream, fromClient, fromUpstream, inModes, literalRules, pause, playAll, ready, Stage,
  resetClient, toClient, told, toUpstream, upstreamEnded, type Playbook,
} from '../../helpers/playbook.js';
import { CHAT, chunk, delta, document, DONE, GET, LAST, markedHead, OK, reply, request, response, streamHead } from './messages.js';

const EDITING = ['correct', 'annotate'] as const;
const ALL = ['correct', 'annotate', 'observe', 'off'] as const;
const TRANSPARENT = ['observe', 'off'] as const;
const passed = (id: string): ReturnType<typeof told> => told(`${id} complete 200 not read: route`);
const limits = { headMs: 30, idleMs: 600, halfCloseMs: 10 };

const times: readonly Playbook[] = [
  {
    name: 'idle between exchanges: FIN to both, and a client that stays is cut off',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
      at(599),
      at(600), destroyUpstream, endClient,
      at(609),
      at(610), destroyClient,
      at(1_199),
      at(1_200),
    ],
  },
  {
    name: 'a client that never said a word',
    limits,
    steps: [at(600), endClient],
  },
  {
    name: 'a backend that says nothing at all, in the end',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      at(600), destroyUpstream, toClient(reply('504 Gateway Timeout', '{"error":"backend_timeout","detail":"nothing moved for 600 ms"}')), endClient, told('x1 local_reply 504 not read: route'),
    ],
  },
  {
    name: 'response timeout: from the request\'s last byte to a head',
    limits, settings: { responseTimeoutMs: 100 },
    steps: [
      fromClient(request('POST /x', ['Content-Length: 4'], 'bo')), dial, toUpstream(request('POST /x', ['Content-Length: 4'], 'bo')),
      at(100),
      fromClient('dy'), toUpstream('dy'),
      at(199),
      at(200), destroyUpstream, toClient(reply('504 Gateway Timeout', '{"error":"backend_timeout","detail":"the backend sent nothing for 100 ms"}')), endClient, told('x1 local_reply 504 not read: route'),
    ],
  },
  {
    name: 'response timeout: a head ends the waiting',
    limits, settings: { responseTimeoutMs: 100 },
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      at(500),
      fromUpstream(OK.slice(-1)), toClient(OK.slice(-1)), passed('x1'),
    ],
  },
  {
    name: 'a whole answer, and a request that never is: FIN, not a reset',
    limits,
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      fromUpstream(OK), toClient(OK),
      at(600), destroyUpstream, endClient, passed('x1'),
    ],
  },
  {
    name: 'bytes keep a connection alive',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET),
      at(500), fromUpstream(`${response('200 OK', [], 'x'.repeat(9)).slice(0, -9)}`), toClient(`${response('200 OK', [], 'x'.repeat(9)).slice(0, -9)}`),
      at(1_000), fromUpstream('xxxxxxxxx'), toClient('xxxxxxxxx'), passed('x1'),
      at(1_599),
    ],
  },
  {
    name: 'drain with nothing under way: FIN at once',
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'), drain, endClient, dropUpstream],
  },
  {
    name: 'drain in an exchange: FIN when it is over, requests in line are not begun',
    steps: [
      fromClient(GET + GET), dial, toUpstream(GET),
      drain,
      fromUpstream(OK), toClient(OK), endClient, dropUpstream, passed('x1'),
    ],
  },
  {
    name: 'drain when only the request is not over: FIN at once',
    steps: [
      fromClient(request('POST /x', ['Content-Length: 9'], 'half')), dial, toUpstream(request('POST /x', ['Content-Length: 9'], 'half')),
      fromUpstream(OK), toClient(OK),
      drain, endClient, dropUpstream, passed('x1'),
    ],
  },
];

const HEAD_TIMEOUT = reply('408 Request Timeout', '{"error":"request_timeout","detail":"the request head was not complete after 30 ms"}');

const headTimes: readonly Playbook[] = [
  {
    name: 'an unfinished head: 408 and FIN',
    limits,
    steps: [
      fromClient(GET.slice(0, 5)), dial,
      at(20), fromClient(GET.slice(5, 9)),
      at(29),
      at(30), destroyUpstream, toClient(HEAD_TIMEOUT), endClient,
    ],
  },
  {
    name: 'an unfinished second head is timed from its own first byte',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x1'),
      at(100), fromClient(GET.slice(0, 9)),
      at(129), fromClient(GET.slice(9)), toUpstream(GET), fromUpstream(OK), toClient(OK), passed('x2'),
      at(300),
    ],
  },
  {
    name: 'empty lines begin no head',
    limits,
    steps: [fromClient('\r\n'), dial, at(100)],
  },
  {
    name: 'a stalled head of the backend: nothing of it was sent, so 504',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream('HTTP/1.1 2'),
      at(600), destroyUpstream, toClient(reply('504 Gateway Timeout', '{"error":"backend_timeout","detail":"nothing moved for 600 ms"}')), endClient, told('x1 local_reply 504 not read: route'),
    ],
  },
  {
    name: 'a stalled answer of known length: its end is missed',
    limits,
    steps: [
      fromClient(GET), dial, toUpstream(GET), fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)),
      at(600), destroyUpstream, destroyClient, told('x1 truncated 200 not read: route'),
    ],
  },
];

const GROWN = 'x'.repeat(70_000);

const pipelining: readonly Playbook[] = [
  {
    name: 'a client that waits because of an upgrade goes on when it is granted',
    untold: true, cuts: 20,
    steps: [
      fromClient(request('GET /ws', ['Connection: Upgrade', 'Upgrade: websocket'])), dial, toUpstream(request('GET /ws', ['Connection: Upgrade', 'Upgrade: websocket'])),
      fromClient(GROWN), pause,
      fromClient('more'),
      clientEnded,
      fromUpstream(response('101 Switching Protocols')), toClient(response('101 Switching Protocols')), toUpstream(`${GROWN}more`), endUpstream, ready,
    ],
  },
];

const wrong = { mian: 'main' };

const release: readonly Playbook[] = [
  {
    name: 'a channel that falls silent lets go what it holds',
    replace: wrong, deframed: true, limits: { stallMs: 50 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      at(49),
      at(50), toClient(chunk(delta('a mi'))),
      fromUpstream(chunk(delta('an mian.') + DONE) + LAST), toClient(chunk(delta('an main.') + DONE) + LAST), told('replace mian > main'), told('x1 complete 200 read 1 corrected'),
    ],
  },
  {
    name: 'a ping behind held text ends the hold in time',
    replace: wrong, deframed: true, limits: { pingMs: 20, stallMs: 50 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi')) + chunk(': ping\n\n')), toClient(markedHead('x1')),
      at(19),
      at(20), toClient(chunk(`${delta('a mi')}: ping\n\n`)),
    ],
  },
  {
    name: 'more text behind held text than is kept: all of it passes',
    replace: { [`mian${'n'.repeat(200)}`]: 'main' }, deframed: true, limits: { queueBytes: 300 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(markedHead('x1')),
      fromUpstream(chunk(delta('annnnnnnnnnnnnnnn'))),
      fromUpstream(chunk(delta('nnnnn').repeat(9)) + LAST),
      toClient(chunk(delta('a mi') + delta('annnnnnnnnnnnnnnn') + delta('nnnnn').repeat(9)) + LAST), told('fault'), told('x1 complete 200 read until: limit'),
    ],
  },
  {
    name: 'an event larger than the limit: the body passes from there',
    replace: wrong, deframed: true, untold: true, limits: { eventBytes: 100 },
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(streamHead() + chunk(delta('mian.') + delta(`${'x'.repeat(100)} mian`)) + LAST), toClient(markedHead('x1') + chunk(delta('main.') + delta(`${'x'.repeat(100)} mian`)) + LAST),
    ],
  },
];

const broken = literalRules(wrong);
const throwing = { ...broken, matcher: { start: (): never => { throw new Error('a matcher that is broken'); } } };
const inRun = { ...broken, matcher: { start: () => ({ push: (): never => { throw new Error('a matcher that breaks'); }, end: () => 0, letGo: () => undefined, take: () => [] }) } };
const body = chunk(delta('a mian ')) + chunk(delta('b mian ') + DONE) + LAST;

const faults: readonly Playbook[] = [
  ...([['as it starts', throwing], ['as it runs', inRun]] as const).flatMap(([when, rules]): Playbook[] => [
    {
      name: `a matcher that breaks ${when}: the answer passes whole`,
      rules, deframed: true,
      steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + body), toClient(markedHead('x1') + body), told('fault'), told('x1 complete 200 read')],
    },
    {
      name: `a matcher that breaks ${when}, of a document`,
      rules, untold: true,
      steps: [
        fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(response('200 OK', ['Content-Type: application/json'], document('mian'))),
        toClient(response('200 OK', ['Content-Type: application/json', `Content-Length: ${document('mian').length}`, 'x-hotpatch-exchange: x1']) + document('mian')),
      ],
    },
    ...inModes(['observe'], {
      name: `a matcher that breaks ${when}`,
      rules,
      steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + body), toClient(streamHead() + body), told('fault'), told('x1 complete 200 read')],
    }),
  ]),
  {
    name: 'a truth that cannot be asked: the answer passes as it came',
    truth: () => { throw new Error('no truth today'); },
    steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + body), toClient(streamHead() + body), told('fault'), told('x1 complete 200 not read: fault')],
  },
  {
    name: 'observe: a truth that cannot be asked',
    mode: 'observe',
    truth: () => { throw new Error('no truth today'); },
    steps: [fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + body), toClient(streamHead() + body), told('fault'), told('x1 complete 200 not read: fault')],
  },
  {
    name: 'a route that promises JSON and sends none: the body passes',
    replace: wrong, deframed: true, untold: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT),
      fromUpstream(`${streamHead()}${chunk(`${delta('mian.')}data: {mian}\n\n${delta('mian.')}`)}${LAST}`), toClient(`${markedHead('x1')}${chunk(`${delta('main.')}data: {mian}\n\n${delta('mian.')}`)}${LAST}`),
    ],
  },
];

const silent: readonly Playbook[] = [
  { name: 'an unfinished head: nothing is said in the backend\'s stead', limits, steps: [fromClient(GET.slice(0, 5)), dial, at(30), destroyUpstream, endClient] },
  {
    name: 'a stalled answer', limits,
    steps: [fromClient(GET), dial, toUpstream(GET), fromUpstream(OK.slice(0, -1)), toClient(OK.slice(0, -1)), at(600), destroyUpstream, resetClient, told('x1 truncated 200 not read: route')],
  },
  {
    name: 'a head that is too large passes', limits: { headBytes: 80 },
    steps: [fromClient(`GET /${'x'.repeat(90)}`), dial, toUpstream(`GET /${'x'.repeat(90)}`), told('tunnel: malformed'), upstreamEnded, endClient, clientEnded, dropUpstream],
  },
  {
    name: 'a channel under watch that falls silent is let go, and nothing is sent twice',
    replace: wrong, limits: { stallMs: 50 }, untold: true,
    steps: [
      fromClient(CHAT), dial, toUpstream(CHAT), fromUpstream(streamHead() + chunk(delta('a mi'))), toClient(streamHead() + chunk(delta('a mi'))),
      at(50),
      fromUpstream(chunk(delta('an'))), toClient(chunk(delta('an'))),
    ],
  },
];

describe('waits', () => playAll(times.flatMap((book) => inModes(ALL, book))));
describe('waits where bytes may change', () => playAll(headTimes.flatMap((book) => inModes(EDITING, book))));
describe('waits and limits where nothing may change', () => playAll(silent.flatMap((book) => inModes(TRANSPARENT, book))));
describe('more than is kept of a client', () => playAll(pipelining.flatMap((book) => inModes(['correct', 'observe'], book))));
describe('text that is let go', () => playAll(release));
describe('faults of ours', () => playAll(faults));

test('a client that pipelines more than is kept waits, and every request of its is answered in the end', () => {
  const count = 3_000;
  const pipelined = Buffer.from(GET.repeat(count), 'latin1');
  for (const piece of [1_000, 50_000, pipelined.length]) {
    const stage = new Stage({ mode: 'correct' });
    for (let from = 0; from < pipelined.length; from += piece) stage.fromClient(pipelined.subarray(from, from + piece));
    stage.clientEnded();
    assert.equal(stage.happened.some(({ what }) => what === '(pause)'), true);
    for (let answered = 0; answered < count; answered += 1) stage.fromUpstream(Buffer.from(OK, 'latin1'));
    const upstream = stage.happened.filter(({ lane }) => lane === 'upstream').map(({ what }) => what.toString('latin1')).join('');
    assert.equal(upstream, `(dial)${GET.repeat(count)}(endUpstream)(dropUpstream)`);
    assert.equal(stage.observations.length, count);
  }
});
