import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientError, InternalError, UpstreamError } from '../../../src/core/errors.js';
import { localReply, replyFor, type ProtocolFamily } from '../../../src/core/http/reply.js';
import { fetched } from './node-http.js';

describe('local replies are read by node:http as what they say', () => {
  const unreachable = new UpstreamError('E_UPSTREAM_REFUSED', 502, 'connect ECONNREFUSED "x"\r\n');
  const cases: readonly [family: ProtocolFamily, error: ClientError | UpstreamError | InternalError, status: string, body: object][] = [
    ['ollama', unreachable, '502', { error: 'backend_unreachable', detail: unreachable.message }],
    [null, new ClientError('E_HEAD_TOO_LARGE', 431, 'm'), '431', { error: 'head_too_large', detail: 'm' }],
    ['openai', unreachable, '502', { error: { message: unreachable.message, type: 'backend_unreachable', param: null, code: 'backend_unreachable' } }],
    ['openai', new ClientError('E_HEAD_TIMEOUT', 408, 'm'), '408', { error: { message: 'm', type: 'request_timeout', param: null, code: 'request_timeout' } }],
    ['anthropic', new UpstreamError('E_UPSTREAM_TIMEOUT', 504, 'm'), '504', { type: 'error', error: { type: 'timeout_error', message: 'backend_timeout: m' } }],
    ['anthropic', new UpstreamError('E_BAD_RESPONSE', 502, 'm'), '502', { type: 'error', error: { type: 'api_error', message: 'bad_gateway: m' } }],
    ['anthropic', new ClientError('E_FORBIDDEN', 403, 'm'), '403', { type: 'error', error: { type: 'permission_error', message: 'forbidden: m' } }],
    ['ollama', new ClientError('E_BAD_REQUEST', 400, 'm'), '400', { error: 'bad_request', detail: 'm' }],
    ['ollama', new InternalError('m'), '500', { error: 'internal_error', detail: 'm' }],
  ];
  for (const [family, error, status, body] of cases) {
    test(`${status} for ${family}`, async () => {
      const reply = localReply(replyFor(error), { family, fields: { 'x-hotpatch-exchange': '01J' } });
      const understood = await fetched('GET', reply);
      assert.equal(understood.start, status);
      assert.deepEqual(JSON.parse(understood.body), body);
      assert.deepEqual(understood.fields, ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(JSON.stringify(body))), 'Connection', 'close', 'x-hotpatch-exchange', '01J']);
      const headOnly = localReply(replyFor(error), { family, headOnly: true, fields: { 'x-hotpatch-exchange': '01J' } });
      assert.equal(reply.subarray(0, headOnly.length).equals(headOnly), true);
      assert.equal((await fetched('HEAD', headOnly)).body, '');
    });
  }
  test('a field cannot break out of its line', () => {
    assert.throws(() => localReply(replyFor(unreachable), { family: null, fields: { x: 'a\r\nb: c' } }), InternalError);
  });
});
