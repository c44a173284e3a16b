import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Mode } from '../../../src/core/types.js';
import { messages, type Message } from '../../helpers/deframe.js';
import { Stage } from '../../helpers/playbook.js';
import { noRecordings, recordings, type Recording } from './recordings.js';

/** Their requests are malformed: where bytes may change they are refused, and no byte of what is wrong is forwarded. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'llama-server/bad_chunk_request': /^HTTP\/1\.1 400 .*byte 0x5a stands in a chunk size/s,
  'llama-server/bad_request_line': /^HTTP\/1\.1 400 .*no method/s,
  'llama-server/bare_lf': /^HTTP\/1\.1 400 .*LF is not preceded by CR/s,
  'llama-server/bare_lf_long': /^HTTP\/1\.1 400 .*LF is not preceded by CR/s,
  'llama-server/cl_te': /^HTTP\/1\.1 400 .*Content-Length and Transfer-Encoding/s,
  'llama-server/dup_cl': /^HTTP\/1\.1 400 .*Content-Length stands twice/s,
  'nginx-llama-server/bad_request': /^HTTP\/1\.1 400 .*no method/s,
  'nginx-llama-server/bad_te': /^HTTP\/1\.1 400 .*does not end in chunked/s,
};

interface Played {
  readonly toClient: Buffer;
  readonly toUpstream: Buffer;
}

function pieces(bytes: Buffer, cuts: readonly number[] | 'bytewise'): readonly Buffer[] {
  if (cuts === 'bytewise') return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  const places = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end)).filter((piece) => piece.length > 0);
}

/** The answers in a recording, each a turn of its own: a backend answers a request when it has it. */
function turns({ requests, responses }: Recording): readonly Buffer[] {
  let from = 0;
  return messages(responses, methodsOf(requests)).map(({ end }) => responses.subarray(from, (from = end)));
}

/** The client says all it has to say; the backend answers one request after the other, then its connection ends. */
function play(recording: Recording, mode: Mode, cuts: readonly number[] | 'bytewise'): Played {
  const stage = new Stage({ mode, settings: { access: { loopbackListener: true, origins: ['http://example.com'], hosts: ['*'] } } });
  for (const piece of pieces(recording.requests, cuts)) stage.fromClient(piece);
  const socket = stage.dialled;
  for (const turn of turns(recording)) for (const piece of pieces(turn, cuts)) stage.fromUpstream(piece, socket);
  if (stage.upstreamOpen) stage.connection.upstreamEnded(1);
  const side = (lane: string): Buffer => Buffer.concat(stage.happened.flatMap(({ lane: of, what }) => (of === lane && typeof what !== 'string' ? [what] : [])));
  stage.connection.clientFailed(new Error('over'));
  assert.equal(stage.observations.filter(({ kind }) => kind === 'exchange').length, stage.ids, 'each exchange is told once');
  return { toClient: side('client'), toUpstream: side('upstream') };
}

function methodsOf(requests: Buffer): string[] {
  return [...requests.toString('latin1').matchAll(/(?:^|[\r\n}])(GET|HEAD|POST|OPTIONS|PUT|DELETE) \S+ HTTP\/1\.[01]\r\n/g)].map((match) => match[1] as string);
}

/** What framing is allowed to change in a head. */
function essence(head: string): string {
  return head.split('\r\n').filter((line) => !/^(?:content-length|transfer-encoding|connection|x-hotpatch-exchange):/i.test(line)).join('\r\n');
}

function same(actual: readonly Message[], expected: readonly Message[]): void {
  assert.deepEqual(actual.map(({ head }) => essence(head)), expected.map(({ head }) => essence(head)));
  actual.forEach(({ body, trailers, whole, head }, index) => {
    const other = expected[index] as Message;
    assert.ok(body.equals(other.body), `body ${index} is what it was`);
    assert.equal(trailers, other.trailers);
    if (!/^connection: close/im.test(head)) assert.equal(whole, other.whole, `body ${index} is as whole as it was`);
  });
}

/** A request that the backend left unanswered when it closed is told so. */
function sameAnswers(actual: readonly Message[], expected: readonly Message[], requests: number): void {
  const answered = expected.filter(({ head }) => !head.startsWith('HTTP/1.1 1')).length;
  if (answered >= requests || expected.some(({ whole }) => !whole)) {
    same(actual, expected);
    return;
  }
  same(actual.slice(0, -1), expected);
  assert.match(actual.at(-1)?.head ?? '', /^HTTP\/1\.1 502 /);
}

let seed = 7;
const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0);

/** Whole, byte by byte, and cut at 200 places drawn at random for each direction, in two runs of a hundred. */
const ways = (): (readonly number[] | 'bytewise')[] => [[], 'bytewise', ...Array.from({ length: 2 }, () => Array.from({ length: 100 }, random))];

for (const mode of ['observe', 'off'] as const) {
  describe(`${mode}: recorded connections pass byte for byte`, () => {
    for (const recording of recordings()) {
      test(recording.name, () => {
        for (const cuts of mode === 'off' ? [[]] : ways()) {
          const { toClient, toUpstream } = play(recording, mode, cuts);
          assert.ok(toClient.equals(recording.responses), `the client gets what the backend sent (${String(cuts)})`);
          assert.ok(recording.requests.subarray(0, toUpstream.length).equals(toUpstream), 'the backend gets what the client sent');
        }
      });
    }
  });
}

describe('correct: recorded connections keep their bodies', () => {
  for (const recording of recordings()) {
    test(recording.name, () => {
      const refused = REFUSED[recording.name];
      const methods = methodsOf(recording.requests);
      const expected = messages(recording.responses, methods);
      for (const cuts of ways()) {
        const { toClient } = play(recording, 'correct', cuts);
        if (refused !== undefined) assert.match(toClient.toString('latin1'), refused);
        else sameAnswers(messages(toClient, methods), expected, methods.length);
      }
    });
  }
  test('all of them were there', { skip: noRecordings }, () => assert.ok(recordings().length > 100));
});
