import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, fromClient, fromUpstream, playAll, Stage, toClient, told, toUpstream, type Playbook } from '../../helpers/playbook.js';
import { CHAT, chunk, delta, DONE, LAST, markedHead, OK, request, response, streamHead } from './messages.js';

const BODY = '{"model":"m"}';
const chat = (...fields: readonly string[]): string => request('POST /v1/chat/completions', fields, BODY);
const wire = `${streamHead()}${chunk(delta('mian ') + DONE)}${LAST}`;

/** What a request becomes on its way up. */
const heads: readonly (Pick<Playbook, 'mode' | 'settings' | 'loopbackClient'> & { name: string; sent: string; up: string })[] = [
  { name: 'an inspected request is asked for an answer that can be read', sent: chat('Accept-Encoding: gzip, br'), up: chat('Accept-Encoding: identity') },
  { name: 'the field keeps its spelling, and stands once', sent: chat('ACCEPT-encoding: gzip', 'accept-encoding: br', 'X: y'), up: chat('ACCEPT-encoding: identity', 'X: y') },
  { name: 'annotate, too', mode: 'annotate', sent: chat('Accept-Encoding: gzip'), up: chat('Accept-Encoding: identity') },
  { name: 'without the field nothing is added', sent: chat(), up: chat() },
  { name: 'observe leaves it', mode: 'observe', sent: chat('Accept-Encoding: gzip'), up: chat('Accept-Encoding: gzip') },
  { name: 'off leaves it', mode: 'off', sent: chat('Accept-Encoding: gzip'), up: chat('Accept-Encoding: gzip') },
  { name: 'a route that is not inspected keeps it', sent: request('GET /v1/models', ['Accept-Encoding: gzip']), up: request('GET /v1/models', ['Accept-Encoding: gzip']) },
  { name: 'the method is part of a route', sent: request('GET /api/chat', ['Accept-Encoding: gzip']), up: request('GET /api/chat', ['Accept-Encoding: gzip']) },
  { name: 'odd spacing and unknown fields stay', sent: chat('X-A:b', 'X-B:   c  ', 'Cookie: a=b', 'Expect: 100-continue'), up: chat('X-A:b', 'X-B:   c  ', 'Cookie: a=b', 'Expect: 100-continue') },
  { name: 'the proxy\'s own fields are removed', sent: chat('X-Hotpatch-Mode: correct', 'A: b', 'x-hotpatch-workspace: /w', 'x-hotpatch-mode: correct'), up: chat('A: b') },
  { name: 'the proxy\'s own fields are removed in observe', mode: 'observe', sent: chat('x-hotpatch-mode: observe', 'A: b'), up: chat('A: b') },
  { name: 'the proxy\'s own fields are removed on any route', sent: request('GET /x', ['x-hotpatch-mode: off']), up: request('GET /x') },
  { name: 'the proxy\'s own fields are removed from others\' requests', loopbackClient: false, sent: chat('x-hotpatch-mode: observe', 'Accept-Encoding: gzip'), up: chat('Accept-Encoding: identity') },
  { name: 'Host becomes the backend\'s where it is not on this machine', settings: { upstreamHost: 'llm.example' }, sent: chat(), up: chat().replace('Host: localhost', 'Host: llm.example') },
  { name: 'Host becomes the backend\'s in observe', mode: 'observe', settings: { upstreamHost: 'llm.example:8' }, sent: chat(), up: chat().replace('Host: localhost', 'Host: llm.example:8') },
  { name: 'no Host is invented', settings: { upstreamHost: 'llm.example' }, sent: request('GET /x HTTP/1.0'), up: request('GET /x HTTP/1.0') },
];

describe('the head that goes up', () => playAll(heads.map(({ sent, up, ...book }): Playbook => ({ ...book, untold: true, steps: [fromClient(sent), dial, toUpstream(up)] }))));

const wrong = { mian: 'main' };
const up = (sent: string): string => sent.replace(/x-hotpatch-mode: .*\r\n/g, '');

function asked(mode: string): string {
  return chat(`x-hotpatch-mode: ${mode}`);
}

const corrected = markedHead('x1') + chunk(delta('main ') + DONE) + LAST;
const noted = markedHead('x1') + chunk(delta('mian [should be: main] ') + DONE) + LAST;

const modes: readonly Playbook[] = [
  { name: 'a client of this machine asks for observe', steps: [fromUpstream(wire), toClient(wire), told('report mian > main'), told('x1 complete 200 read 1 corrected')] },
  { name: 'a client of this machine asks for off', steps: [fromUpstream(wire), toClient(wire), told('x1 complete 200 not read: mode_off')] },
  { name: 'a client of this machine asks for annotate', deframed: true, steps: [fromUpstream(wire), toClient(noted), told('annotate mian > main'), told('x1 complete 200 read 1 corrected')] },
  { name: 'a client of this machine asks for correct', mode: 'off', deframed: true, steps: [fromUpstream(wire), toClient(corrected), told('replace mian > main'), told('x1 complete 200 read 1 corrected')] },
  { name: 'a client of this machine asks for nonsense', deframed: true, steps: [fromUpstream(wire), toClient(corrected), told('replace mian > main'), told('x1 complete 200 read 1 corrected')] },
  { name: 'another machine\'s client asks for off', loopbackClient: false, deframed: true, steps: [fromUpstream(wire), toClient(corrected), told('replace mian > main'), told('x1 complete 200 read 1 corrected')] },
].map((book) => ({ ...book, mode: 'mode' in book ? 'off' as const : 'correct' as const, replace: wrong, steps: [fromClient(asked(book.name.split(' ').at(-1) as string)), dial, toUpstream(up(asked(book.name.split(' ').at(-1) as string))), ...book.steps] }));

describe('the mode a client asks for', () => {
  playAll(modes);
  playAll([{
    name: 'holds for its exchange only', replace: wrong, deframed: true,
    steps: [
      fromClient(asked('observe') + CHAT), dial, toUpstream(up(asked('observe'))),
      fromUpstream(wire), toClient(wire), toUpstream(CHAT), told('report mian > main'), told('x1 complete 200 read 1 corrected'),
      fromUpstream(wire), toClient(corrected.replace('x1', 'x2')), told('replace mian > main'), told('x2 complete 200 read 1 corrected'),
    ],
  }]);
});

describe('what is told of an exchange', () => {
  function summary(sent: string | readonly string[], answer: string, limits = {}): object {
    const stage = new Stage({ mode: 'correct', limits });
    for (const piece of typeof sent === 'string' ? [sent] : sent) stage.fromClient(Buffer.from(piece, 'latin1'));
    stage.nowMs = 70;
    stage.fromUpstream(Buffer.from(answer, 'latin1'));
    const last = stage.observations.at(-1);
    assert.equal(last?.kind, 'exchange');
    return last.summary;
  }
  const base = { exchange: 'x1', method: 'POST', target: '/v1/chat/completions', route: 'openai-chat', status: 200, inspected: true, reason: null, outcome: 'complete', corrections: {}, heldTokens: 0, tokens: 1, ms: 70 };
  const cases: readonly { name: string; sent: string | readonly string[]; answer?: string; limits?: object; expect: object }[] = [
    { name: 'a model named in the body', sent: chat(), expect: { ...base, model: 'm' } },
    { name: 'in pieces', sent: [...chat()], expect: { ...base, model: 'm' } },
    { name: 'in chunks', sent: request('POST /v1/chat/completions', ['Transfer-Encoding: chunked'], `3;x=y\r\n{"m\r\n8\r\nodel":"m\r\n2\r\n"}\r\n0\r\nT: 1\r\n\r\n`), expect: { ...base, model: 'm' } },
    { name: 'an encoded body is not read', sent: chat('Content-Encoding: zstd'), expect: { ...base, model: null } },
    { name: 'a body that is larger than the limit is not read', sent: chat(), limits: { requestBytes: 12 }, expect: { ...base, model: null } },
    { name: 'a body that is no JSON', sent: request('POST /v1/chat/completions', [], '{"model":'), expect: { ...base, model: null } },
    {
      name: 'a route that is not inspected', sent: request('PUT /x'), answer: OK,
      expect: { ...base, method: 'PUT', target: '/x', route: null, model: null, inspected: false, reason: 'route', tokens: 0 },
    },
    { name: 'an error of the backend\'s', sent: chat(), answer: response('429 Slow Down', ['Content-Type: application/json'], '{}'), expect: { ...base, model: 'm', status: 429, inspected: false, reason: 'status', tokens: 0 } },
  ];
  for (const { name, sent, answer = wire, limits, expect } of cases) test(name, () => assert.deepEqual(summary(sent, answer, limits), expect));
});
