import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../src/core/limits.js';
import { InternalError } from '../../../src/core/errors.js';
import { requestFramer, responseFramer } from '../../../src/core/http/framer.js';
import { bytewise, everyCut, GET, randomCut, Recorder, run, type RunOptions } from './harness.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (body: string): string => `POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n';

/** Runs every cut and demands the same of each. */
function always(kind: 'request' | 'response', input: string, options: RunOptions, check: (seen: Recorder) => void): void {
  for (const cut of everyCut(latin1(input))) {
    const seen = run(kind, cut, options);
    check(seen);
    assert.equal(seen.allBytes().equals(latin1(input)) || options.mode !== 'wire', true);
  }
}

describe('how long a response is', () => {
  const cases: readonly [name: string, method: string, input: string, bodies: string[], code: string | null][] = [
    ['a length', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', ['abc'], null],
    ['chunks', 'GET', CHUNKED, ['hello!'], null],
    ['to the end', 'GET', 'HTTP/1.1 200 OK\r\n\r\nabc', ['abc'], null],
    ['to the end, with nothing there', 'GET', 'HTTP/1.1 200 OK\r\n\r\n', [''], null],
    ['HEAD has none', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', [''], null],
    ['HEAD has none, whatever the coding', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', [''], null],
    ['204 has none', 'GET', 'HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n', [''], null],
    ['304 has none', 'GET', 'HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n', [''], null],
    ['100 goes before', 'POST', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', ['', '', 'ok'], null],
    ['two in a row', 'GET', `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na${CHUNKED}`, ['a', 'hello!'], null],
    ['a length that is not reached', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', ['abc'], 'E_UPSTREAM_LOST'],
    ['chunks without a last one', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', ['hello'], 'E_UPSTREAM_LOST'],
    ['a head cut off', 'GET', 'HTTP/1.1 200 OK\r\nConte', [], 'E_UPSTREAM_LOST'],
    ['a 101 nobody asked for', 'GET', 'HTTP/1.1 101 Switching\r\n\r\nabc', [], 'E_BAD_RESPONSE'],
    ['no HTTP at all', 'GET', '\x15\x03\x01', [], 'E_BAD_RESPONSE'],
    ['bytes behind the last', 'GET', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na\r\nHTTP', ['a'], 'E_BAD_RESPONSE'],
    ['a bad chunk', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nx\r\n', ['ab'], 'E_BAD_CHUNK'],
  ];
  for (const [name, method, input, bodies, code] of cases) {
    for (const mode of ['payload', 'wire'] as const) {
      test(`${name} (${mode})`, () => {
        always('response', input, { mode, finish: true, requests: [{ method, upgrade: false }] }, (seen) => {
          assert.equal(seen.error?.code ?? null, code);
          if (code !== null) assert.equal(seen.error?.statusHint, 502);
          assert.equal(seen.messages.length, bodies.length);
          if (mode === 'payload') assert.deepEqual(seen.messages.map((message) => message.body), bodies);
          else assert.equal(seen.allBytes().toString('latin1'), input);
        });
      });
    }
  }
  test('trailers come with the end, and say what was cut', () => {
    always('response', CHUNKED, {}, (seen) => assert.deepEqual([seen.messages[0]?.trailers, seen.messages[0]?.ended], ['X: y\r\n', true]));
    const cut = run('response', [latin1('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')], { finish: true });
    assert.match(cut.error?.message ?? '', /in its body: 3 of 9 bytes came/);
    assert.match(run('request', [latin1('GET / HT')], { finish: true }).error?.message ?? '', /the request was cut off in its head, after 8 bytes/);
  });
  test('a response that nobody waits for is a fault at its first byte', () => {
    const recorder = new Recorder('payload');
    recorder.framer = responseFramer(recorder, DEFAULT_LIMITS, () => null);
    recorder.framer.write(latin1('H'));
    assert.deepEqual([recorder.error?.code, recorder.allBytes().toString()], ['E_BAD_RESPONSE', 'H']);
  });
});

describe('one exchange at a time', () => {
  test('a paused framer keeps pipelined bytes, and goes on with them', () => {
    const input = latin1(get('/1') + post('body') + get('/2'));
    for (const cut of everyCut(input)) {
      const recorder = new Recorder('payload', (self) => self.framer.pause());
      recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
      for (const piece of cut) recorder.framer.write(piece);
      recorder.framer.finish();
      const targets = (): string[] => recorder.heads.map((head) => head.target);
      assert.deepEqual([targets(), recorder.framer.pending], [['/1'], input.length - get('/1').length]);
      recorder.framer.resume();
      assert.deepEqual([targets(), recorder.messages[1]?.body, recorder.framer.pending], [['/1', '/p'], 'body', get('/2').length]);
      recorder.framer.resume();
      assert.deepEqual([targets(), recorder.framer.pending, recorder.framer.place, recorder.error], [['/1', '/p', '/2'], 0, 'between', null]);
    }
  });
  test('a pause within a body holds only what comes behind it', () => {
    const recorder = new Recorder('payload');
    recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
    recorder.framer.write(latin1(post('body').slice(0, -2)));
    recorder.framer.pause();
    recorder.framer.write(latin1(`dy${get('/2')}`));
    assert.deepEqual([recorder.messages.length, recorder.messages[0]?.ended, recorder.framer.pending], [1, true, get('/2').length]);
  });
  test('an end told while paused is kept until what came before it was read', () => {
    const recorder = new Recorder('payload', (self) => self.framer.pause());
    recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
    recorder.framer.write(latin1(`${get('/1')}GET /2`));
    recorder.framer.finish();
    assert.equal(recorder.framer.place, 'between');
    recorder.framer.resume();
    assert.deepEqual([recorder.error?.code, recorder.allBytes().toString()], ['E_BAD_REQUEST', `${get('/1')}GET /2`]);
  });
});

describe('what may leave HTTP', () => {
  const upgrade = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  test('an upgrade waits, and is refused or granted', () => {
    for (const cut of everyCut(latin1(`${upgrade}\x81\x00`))) {
      const recorder = new Recorder('payload');
      recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
      for (const piece of cut) recorder.framer.write(piece);
      assert.deepEqual([recorder.framer.place, recorder.framer.pending, recorder.messages[0]?.ended], ['waiting', 2, true]);
      recorder.framer.tunnel();
      recorder.framer.write(latin1('more'));
      assert.deepEqual([recorder.tunnelled, recorder.framer.pending], ['\x81\x00more', 0]);
    }
    always('request', upgrade + get('/2'), {}, (seen) => assert.deepEqual(seen.heads.map((head) => head.target), ['/ws', '/2']));
  });
  test('an upgrade with a body waits behind it', () => {
    const h2c = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok';
    always('request', `${h2c}${get('/2')}`, {}, (seen) => assert.deepEqual(seen.messages.map((message) => message.body), ['ok', '']));
  });
  test('101 and a CONNECT that succeeds make the response a tunnel', () => {
    const cases: readonly [string, string, boolean][] = [
      ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 'GET', true],
      ['HTTP/1.1 200 Connected\r\nContent-Length: 5\r\n\r\n', 'CONNECT', true],
    ];
    for (const [head, method, up] of cases) {
      for (const rest of ['', '\x82\x00HTTP/1.1 x']) {
        always('response', head + rest, { mode: 'wire', requests: [{ method, upgrade: up }], finish: true }, (seen) => {
          assert.deepEqual([seen.tunnelled, seen.messages.length, seen.messages[0]?.ended, seen.error], [rest, 1, false, null]);
        });
      }
    }
    always('response', 'HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno', { requests: [{ method: 'CONNECT', upgrade: true }] }, (seen) => assert.equal(seen.messages[0]?.body, 'no'));
  });
  test('TLS and the HTTP/2 preface are tunnels, at the start of a connection only', () => {
    for (const start of ['\x16\x03\x01\x02\x00', '\0', '{"a":1}', ' GET', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0']) {
      always('request', start, { mode: 'wire', finish: true }, (seen) => assert.deepEqual([seen.tunnelled, seen.error, seen.heads.length], [start, null, 0]));
      always('request', get('/') + start, { mode: 'wire', finish: true }, (seen) => assert.deepEqual([seen.tunnelled, seen.error?.code], [null, 'E_BAD_REQUEST']));
    }
  });
});

describe('limits', () => {
  const head = (bytes: number): string => {
    const bare = 'GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n';
    return bare.replace('X: ', `X: ${'x'.repeat(bytes - bare.length)}`);
  };
  const limits = { headBytes: 128 };
  test('a head of just the limit passes, one more byte does not', () => {
    always('request', head(128), { limits }, (seen) => assert.deepEqual([seen.error, seen.heads.length], [null, 1]));
    always('request', head(129), { limits, mode: 'wire' }, (seen) => assert.deepEqual([seen.error?.code, seen.error?.statusHint, seen.heads.length], ['E_HEAD_TOO_LARGE', 431, 0]));
    always('response', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200)}\r\n\r\n`, { limits, mode: 'wire' }, (seen) => assert.deepEqual([seen.error?.code, seen.error?.statusHint], ['E_HEAD_TOO_LARGE', 502]));
    always('request', 'G'.repeat(200), { limits, mode: 'wire' }, (seen) => assert.equal(seen.error?.code, 'E_HEAD_TOO_LARGE'));
  });
  test('trailers are bounded as heads are; empty lines in front are few', () => {
    always('response', CHUNKED.replace('X: y', `X: ${'y'.repeat(200)}`), { limits, mode: 'wire' }, (seen) => assert.equal(seen.error?.code, 'E_BAD_CHUNK'));
    always('request', `${'\r\n'.repeat(4)}${get('/')}\r\n`, { finish: true }, (seen) => assert.deepEqual([seen.error, seen.framer.place, seen.heads.length], [null, 'between', 1]));
    always('request', `${'\r\n'.repeat(5)}${get('/')}`, { mode: 'wire' }, (seen) => assert.equal(seen.error?.code, 'E_BAD_REQUEST'));
  });
  test('a bad first line is refused before the head is whole', () => {
    assert.equal(run('request', [latin1('GET / HTTP/1.1\n')]).error?.code, 'E_BAD_REQUEST');
    assert.equal(run('request', [latin1('SSH-2.0-x\r\n')]).error?.code, 'E_BAD_REQUEST');
    assert.equal(run('response', [latin1('HTTP/3 200\r\n')]).error?.code, 'E_BAD_RESPONSE');
  });
});

describe('the token path', () => {
  test('bodies are slices of what was written; in wire mode one for each write', () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const read = latin1('5\r\nhello\r\n6\r\n world\r\n');
    const wire = run('response', [latin1(head), read], { mode: 'wire' });
    assert.deepEqual(wire.pieces.map((piece) => piece === read), [true], 'the very buffer');
    const payload = run('response', [latin1(head), read]);
    assert.deepEqual(payload.pieces.map((piece) => [piece.toString(), piece.buffer === read.buffer]), [['hello', true], [' world', true]]);
    const whole = run('response', [Buffer.concat([latin1(head), read])], { mode: 'wire' });
    assert.deepEqual(whole.pieces.map(String), [read.toString()]);
  });
  test('the boundary between chunks is told', () => {
    const recorder = new Recorder('payload');
    recorder.framer = responseFramer(recorder, DEFAULT_LIMITS, () => GET);
    const states: boolean[] = [];
    for (const piece of ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n', '5\r\nhe', 'llo\r\n2\r\nok', '\r\n', '0\r\n\r\n']) {
      recorder.framer.write(latin1(piece));
      states.push(recorder.framer.atBoundary);
    }
    assert.deepEqual(states, [true, true, false, false, true, false]);
  });
});

describe('a sink that interferes', () => {
  const input = latin1(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n${get('/2')}`);
  test('dispose within any call is the last that is heard', () => {
    for (const when of ['head', 'body', 'end'] as const) {
      const calls: string[] = [];
      const note = (name: string): void => {
        calls.push(name);
        if (name === when) framer.dispose();
      };
      const framer = requestFramer({ head: () => (note('head'), 'payload'), body: () => note('body'), end: () => note('end'), tunnel: () => note('tunnel'), fault: () => note('fault') }, DEFAULT_LIMITS);
      framer.write(input);
      framer.write(input);
      framer.finish();
      assert.equal(calls.at(-1), when);
      assert.deepEqual([framer.place, framer.pending, calls.filter((call) => call === when).length], ['dead', 0, 1]);
    }
  });
  test('tunnel within a body gives the bytes not yet delivered', () => {
    const recorder = new Recorder('payload');
    const body = recorder.body.bind(recorder);
    recorder.body = (bytes) => {
      body(bytes);
      recorder.framer.tunnel();
    };
    recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
    recorder.framer.write(input);
    assert.deepEqual([recorder.messages[0]?.body, recorder.tunnelled], ['a', `\r\n1\r\nb\r\n0\r\n\r\n${get('/2')}`]);
  });
  test('writing from within is a programmer error', () => {
    const recorder = new Recorder('payload', (self) => self.framer.write(latin1('x')));
    recorder.framer = requestFramer(recorder, DEFAULT_LIMITS);
    assert.throws(() => recorder.framer.write(input), InternalError);
  });
});

test('what is said does not depend on the cut, for any bytes made of messages and noise', () => {
  const fragment = fc.constantFrom(get('/'), post('abc'), CHUNKED, 'HTTP/1.1 100 C\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 204 N\r\nConnection: close\r\n\r\n', '\r\n', '\n', '\r', 'x', '\0', '5\r\nhello\r\n', '0\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 'PRI * HTTP/2.0\r\n');
  const input = fc.array(fragment, { maxLength: 6 }).map((parts) => latin1(parts.join('')));
  fc.assert(
    fc.property(input, fc.boolean(), fc.boolean(), fc.boolean(), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), (bytes, response, wire, upgrades, numbers) => {
      const kind = response ? 'response' : 'request';
      const options: RunOptions = { mode: wire ? 'wire' : 'payload', finish: true, upgrades };
      const whole = run(kind, [bytes], options);
      let drawn = 0;
      for (const cut of [bytewise(bytes), randomCut(bytes, 5, () => numbers[drawn++] ?? 0)]) {
        const again = run(kind, cut, options);
        assert.deepEqual(again.told(), whole.told());
        if (wire && whole.framer.pending === 0) assert.equal(again.allBytes().equals(bytes), true);
      }
    }),
    { seed: 8, numRuns: 1500 },
  );
});
