import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { RequestFacts } from '../../../src/core/http/head.js';
import { bytewise, GET, random, randomCut, run } from './harness.js';

const STREAMS = new URL('../../../../shared/data/streams/', import.meta.url);
const skip = existsSync(STREAMS) ? false : 'the recorded streams are not beside this checkout';

/** Recordings that are malformed or cut off, and what is said of them. All others must pass. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'llama-server/bad_chunk_request.req': /E_BAD_CHUNK bad request body: byte 0x5a stands in a chunk size/,
  'llama-server/bad_request_line.req': /E_BAD_REQUEST .*no method/,
  'llama-server/bare_lf.req': /E_BAD_REQUEST .*LF is not preceded by CR/,
  'llama-server/bare_lf_long.req': /E_BAD_REQUEST .*LF is not preceded by CR/,
  'llama-server/cl_te.req': /E_BAD_REQUEST .*Content-Length and Transfer-Encoding/,
  'llama-server/dup_cl.req': /E_BAD_REQUEST .*Content-Length stands twice/,
  'nginx-llama-server/bad_request.req': /E_BAD_REQUEST .*no method/,
  'nginx-llama-server/bad_te.req': /E_BAD_REQUEST .*does not end in chunked/,
  'llama-server/client_abort.res': /E_UPSTREAM_LOST .*cut off in its body/,
  'agent-codex/002.s2c': /E_UPSTREAM_LOST .*cut off in its body/,
  'agent-codex-oss/003.s2c': /E_UPSTREAM_LOST .*cut off in its body/,
  'agent-codex-oss/004.s2c': /E_UPSTREAM_LOST .*cut off in its body/,
};

function check(name: string, kind: 'request' | 'response', input: Buffer, requests: readonly RequestFacts[], seed: number): void {
  const wire = run(kind, [input], { mode: 'wire', finish: true, requests });
  const payload = run(kind, [input], { mode: 'payload', finish: true, requests });
  const refused = REFUSED[name];
  if (refused === undefined) assert.equal(wire.error, null, wire.error?.message);
  else assert.match(`${wire.error?.code} ${wire.error?.message}`, refused);
  assert.deepEqual(wire.heads.map((head) => head.raw), payload.heads.map((head) => head.raw));
  const next = random(seed);
  const cuts = [[input], bytewise(input)];
  for (let index = 0; index < 40; index += 1) cuts.push(randomCut(input, 5, next));
  const expected = { wire: JSON.stringify(wire.told()), payload: JSON.stringify(payload.told()) };
  cuts.forEach((cut, index) => {
    const again = run(kind, cut, { mode: 'wire', finish: true, requests });
    assert.equal(again.allBytes().equals(input), true, `cut ${index} gives the bytes back`);
    if (index % 5 > 1) return;
    assert.equal(JSON.stringify(again.told()), expected.wire);
    assert.equal(JSON.stringify(run(kind, cut, { finish: true, requests }).told()), expected.payload);
  });
}

describe('recorded streams, whole, byte by byte and cut at 200 random places', { skip }, () => {
  let seen = 0;
  for (const folder of skip === false ? readdirSync(STREAMS, { withFileTypes: true }) : []) {
    if (!folder.isDirectory()) continue;
    const base = new URL(`${folder.name}/`, STREAMS);
    for (const file of readdirSync(base)) {
      const match = /^(.*)\.(req|c2s)\.bin$/.exec(file);
      if (match === null) continue;
      const [up, down] = match[2] === 'req' ? ['req', 'res'] : ['c2s', 's2c'];
      seen += 2;
      test(`${folder.name}/${match[1]}`, () => {
        const sent = readFileSync(new URL(`${match[1]}.${up}.bin`, base));
        const got = readFileSync(new URL(`${match[1]}.${down}.bin`, base));
        check(`${folder.name}/${match[1]}.${up}`, 'request', sent, [], seen);
        const requests = run('request', [sent]).heads;
        check(`${folder.name}/${match[1]}.${down}`, 'response', got, requests.length === 0 ? [GET] : requests, seen + 1);
      });
    }
  }
  test('there were some', () => assert.ok(seen > 200, `${seen} streams`));
});
