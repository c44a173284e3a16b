/** Attacks that failed, kept so that they go on failing. Random ones have a fixed seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { literalRules, Stage } from '../helpers/stage.js';

const HOST = 'Host: 127.0.0.1\r\n';
const BODY = 'Content-Length: 2\r\n\r\n{}';

function sent(stage: Stage, lane: 'client' | 'upstream'): string {
  return Buffer.concat(stage.happened.flatMap(({ lane: of, what }) => (of === lane && typeof what !== 'string' ? [what] : []))).toString('latin1');
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

test('requests that two readers could read differently never reach the backend', () => {
  const attacks: Readonly<Record<string, string>> = {
    'length and chunks': `POST /a HTTP/1.1\r\n${HOST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
    'two lengths': `POST /a HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
    'a list of lengths': `POST /a HTTP/1.1\r\n${HOST}Content-Length: 2, 2\r\n\r\n{}`,
    'a signed length': `POST /a HTTP/1.1\r\n${HOST}Content-Length: +2\r\n\r\n{}`,
    'an unknown coding': `POST /a HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    'chunked, and not last': `POST /a HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'chunked in 1.0': `POST /a HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'space before a colon': `POST /a HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'an alias': `POST /a HTTP/1.1\r\n${HOST}Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a folded line': `POST /a HTTP/1.1\r\n${HOST}X: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
    'a lone CR': `POST /a HTTP/1.1\r\n${HOST}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
    'a lone LF': `POST /a HTTP/1.1\n${HOST}\r\n`,
    'two Hosts': `GET /a HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`,
    'user information': 'GET /a HTTP/1.1\r\nHost: localhost:1@evil.example\r\n\r\n',
    'a blank that is no blank': 'GET /a HTTP/1.1\r\nHost: 127.0.0.1\xa0\r\n\r\n',
    'a name below localhost turned round': 'GET /a HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n',
    'an opaque origin': `GET /a HTTP/1.1\r\n${HOST}Origin: null\r\n\r\n`,
    'an HTTP/2 request line': `GET /a HTTP/2.0\r\n${HOST}\r\n`,
  };
  for (const [name, bytes] of Object.entries(attacks)) {
    for (const pieces of [[bytes], [...bytes]]) {
      const stage = new Stage({});
      for (const piece of pieces) stage.fromClient(Buffer.from(piece, 'latin1'));
      assert.equal(sent(stage, 'upstream'), '', name);
      assert.match(sent(stage, 'client'), /^HTTP\/1\.1 40[03] /, name);
    }
  }
});

test('what waits behind an upgrade that was not granted is judged like any request', () => {
  for (const mode of ['correct', 'observe'] as const) {
    const stage = new Stage({ mode });
    stage.fromClient(Buffer.from(`GET /a HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /b HTTP/1.1\r\nHost: evil.example\r\n\r\n`));
    // Not by the stage, which counts writes: the answer and the refusal of what waited behind it are two.
    stage.connection.fromUpstream(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 0);
    assert.doesNotMatch(sent(stage, 'upstream'), /evil/, mode);
    assert.match(sent(stage, 'client'), /ok\r?\n?HTTP\/1\.1 403 /, mode);
  }
});

/** Pieces of a literal as different servers write it, control bytes and halves of surrogate pairs among them. */
function literal(text: string, random: (below: number) => number): string {
  const how = random(3);
  if (how === 0) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, at) => text.charAt(at));
  const escaped = (unit: string): boolean => how === 1 || random(4) === 0 || unit < ' ' || /["\\\ud800-\udfff]/.test(unit);
  return `"${units.map((unit) => (escaped(unit) ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit)).join('')}"`;
}

const TEXTS = ['teh', 'te', 'h', 't', 'e', ' ', '"', '\\', '\0', '\ud83d', '\ude00', '😀', '\u2028', '\r', '\n', 'data: x\n\n', 'é', 'x', '\ufeff', '\u0085', '{"a":1}', '[DONE]'];
const REPLACEMENTS = ['"', '\\', '\0', '\ud83d', '\ude00', '\u2028', '\r\n\r\n', 'data: evil\n\n', '","done":true,"x":"', 'the', '', '\n', '\\u0022'];

/** What a client puts together from server-sent events, or from lines of JSON. */
function textOf(body: string, sse: boolean): string {
  const events = sse ? body.split(/\r\n\r\n|\n\n|\r\r/) : body.split('\n');
  const data = sse ? events.map((event) => event.split(/\r\n|\r|\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : [])).join('\n')) : events;
  const read = data.filter((json) => json.trim() !== '' && json !== '[DONE]').map((json) => JSON.parse(json) as { choices?: { delta: { content?: string } }[]; message?: { content: string } });
  return read.map((json) => json.choices?.[0]?.delta.content ?? json.message?.content ?? '').join('');
}

test('no replacement and no text breaks out of its JSON string, however it is escaped and cut', () => {
  const random = randomFrom(99);
  const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  for (let round = 0; round < 3_000; round += 1) {
    const text = Array.from({ length: 1 + random(30) }, () => pick(TEXTS)).join('');
    const replacement = pick(REPLACEMENTS);
    const sse = random(2) === 0;
    const end = sse ? pick(['\n', '\r\n', '\r']) : pick(['\n', '\r\n']);
    let body = '';
    for (let at = 0; at < text.length; ) {
      const piece = text.slice(at, (at += 1 + random(6)));
      body += sse ? `${random(5) === 0 ? `: c${end}${end}` : ''}data:${pick(['', ' '])}{"choices":[{"index":0,"delta":{"content":${literal(piece, random)}},"logprobs":{}}]}${end}${end}` : `{"message":{"role":"assistant","content":${literal(piece, random)}},"done":false}${end}`;
    }
    const stage = new Stage({ rules: literalRules({ teh: replacement }) });
    stage.fromClient(Buffer.from(`POST ${sse ? '/v1/chat/completions' : '/api/chat'} HTTP/1.1\r\n${HOST}${BODY}`));
    stage.fromUpstream(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${sse ? 'text/event-stream' : 'application/x-ndjson'}\r\n\r\n`));
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; ) stage.fromUpstream(bytes.subarray(at, (at += 1 + random(pick([1, 7, 200, 5_000])))));
    stage.connection.upstreamEnded(stage.nowMs);
    const answer = Buffer.from(sent(stage, 'client'), 'latin1').toString('utf8');
    const got = textOf(answer.slice(answer.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n/, ''), sse);
    assert.equal(got, text.replaceAll('teh', () => replacement), JSON.stringify({ round, text, replacement, sse, end }));
  }
});

test('in observe a client gets exactly what the backend said, whatever that was', () => {
  const random = randomFrom(4_242);
  const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  const parts = ['{"message":{"role":"assistant","content":"a `src/x.ts"},"done":false}\n', '\n', '{"done":true}\n', '{"broken\n', 'data: {"choices":[{"index":0,"delta":{"content":"1+1=3 ("}}]}\n\n', ': c\n\n', 'data: [DONE]\n\n', '\r', '\xff\xfe', 'HTTP/1.1 100 Continue\r\n\r\n', '5\r\nhello\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'];
  for (let round = 0; round < 3_000; round += 1) {
    const framing = pick(['Content-Length: 40\r\n', 'Transfer-Encoding: chunked\r\n', '', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', 'X: a\r\n b\r\n']);
    const wire = `${random(9) === 0 ? '' : `HTTP/1.1 200 OK\r\nContent-Type: ${pick(['application/x-ndjson', 'text/event-stream', 'application/json'])}\r\n${framing}\r\n`}${Array.from({ length: random(12) }, () => pick(parts)).join('')}`;
    const stage = new Stage({ mode: 'observe', limits: random(3) === 0 ? { eventBytes: 40, queueEvents: 2, documentBytes: 60, queueBytes: 100 } : {} });
    stage.fromClient(Buffer.from(`POST ${pick(['/api/chat', '/v1/chat/completions', '/x'])} HTTP/1.1\r\n${HOST}${BODY}`));
    const bytes = Buffer.from(wire, 'latin1');
    for (let at = 0; at < bytes.length && stage.upstreamOpen; ) stage.fromUpstream(bytes.subarray(at, (at += 1 + random(pick([1, 5, 60, 4_000])))));
    assert.equal(sent(stage, 'client'), wire, `round ${round}`);
  }
});
