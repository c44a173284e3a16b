import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InternalError } from '../../../src/core/errors.js';
import { readRequestHead, readResponseHead, type HeadEdit, type MessageHead, type RequestFacts } from '../../../src/core/http/head.js';
import { isHeadFault } from '../../../src/core/http/judge.js';

function request(text: string): MessageHead {
  const head = readRequestHead(Buffer.from(text, 'latin1'));
  assert.ok(!isHeadFault(head));
  return head;
}

function response(text: string, facts: RequestFacts = { method: 'GET', upgrade: false }): MessageHead {
  const head = readResponseHead(Buffer.from(text, 'latin1'), facts);
  assert.ok(!isHeadFault(head));
  return head;
}

const RAW = '\r\nPOST /v1/chat HTTP/1.1\r\nhOST: a:1\r\nAccept:\ta/b \r\nX-Empty:\r\naccept: c/d\r\nX-Name: caf\xe9\r\nContent-Length:   5\r\n\r\n';

test('fields are read without case, in order, with their bytes kept', () => {
  const head = request(RAW);
  assert.equal(head.raw.toString('latin1'), RAW);
  assert.deepEqual([head.method, head.target, head.versionMinor, head.kind], ['POST', '/v1/chat', 1, 'request']);
  assert.deepEqual(head.names(), ['host', 'accept', 'x-empty', 'accept', 'x-name', 'content-length']);
  assert.deepEqual([head.get('accept'), head.get('x-empty'), head.get('x-name'), head.get('absent')], ['a/b, c/d', '', 'caf\xe9', null]);
  assert.deepEqual([head.all('accept'), head.all('absent')], [['a/b', 'c/d'], []]);
});

describe('edits leave every other line byte for byte', () => {
  const cases: readonly [name: string, edits: HeadEdit[], from: string, to: string][] = [
    ['nothing', [], '', ''],
    ['set keeps place and spelling', [{ set: 'host', value: 'b' }], 'hOST: a:1\r\n', 'hOST: b\r\n'],
    ['set removes doubles', [{ set: 'Accept', value: '*/*' }], 'Accept:\ta/b \r\nX-Empty:\r\naccept: c/d\r\n', 'Accept: */*\r\nX-Empty:\r\n'],
    ['set appends what is missing', [{ set: 'X-New', value: '1' }], '  5\r\n\r\n', '  5\r\nX-New: 1\r\n\r\n'],
    ['append', [{ append: 'accept', value: 'e/f' }], '  5\r\n\r\n', '  5\r\naccept: e/f\r\n\r\n'],
    ['remove', [{ remove: 'CONTENT-LENGTH' }], 'Content-Length:   5\r\n', ''],
    ['remove what is not there', [{ remove: 'absent' }], '', ''],
    ['in order', [{ remove: 'x-empty' }, { append: 'X-Empty', value: 'a' }, { set: 'x-empty', value: '\xe9' }], 'X-Empty:\r\n', ''],
  ];
  for (const [name, edits, from, to] of cases) {
    test(name, () => {
      let expected = RAW.replace(from, to);
      if (name === 'in order') expected = expected.replace('  5\r\n', '  5\r\nX-Empty: \xe9\r\n');
      assert.equal(request(RAW).edited(edits).toString('latin1'), expected);
    });
  }
  test('a head without fields', () => {
    assert.equal(response('HTTP/1.1 204\r\n\r\n').edited([{ append: 'A', value: 'b' }]).toString(), 'HTTP/1.1 204\r\nA: b\r\n\r\n');
  });
  test('no edit can break out of its line', () => {
    const head = request(RAW);
    for (const [name, value] of [['X', 'a\r\nB: c'], ['X\r\n', 'a'], ['', 'a'], ['X:', 'a'], ['X', 'a\0'], ['X', '\u0100'], ['\u0158', 'a']] as const) {
      assert.throws(() => head.edited([{ set: name, value }]), InternalError, JSON.stringify([name, value]));
    }
  });
  test('an edited head reads as the edits say', () => {
    const names = fc.constantFrom('X-A', 'x-a', 'Accept', 'X-B');
    const values = fc.constantFrom('', 'a', 'b c', '\xe9');
    const edit = fc.oneof(fc.record({ set: names, value: values }), fc.record({ append: names, value: values }), fc.record({ remove: names }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        let model: [string, string][] = [['accept', 'a/b'], ['accept', 'c/d']];
        for (const one of edits) {
          const name = ('remove' in one ? one.remove : 'set' in one ? one.set : one.append).toLowerCase();
          const at = model.findIndex((line) => line[0] === name);
          if ('remove' in one) model = model.filter((line) => line[0] !== name);
          else if ('append' in one || at < 0) model.push([name, one.value]);
          else model = model.filter((line, index) => line[0] !== name || index === at).map((line) => (line[0] === name ? [name, one.value] : line));
        }
        const head = request(request(RAW).edited(edits).toString('latin1'));
        for (const name of ['x-a', 'accept', 'x-b']) assert.deepEqual(head.all(name), model.filter((line) => line[0] === name).map((line) => line[1]));
        assert.equal(head.get('x-name'), 'caf\xe9');
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('framing and keep-alive (RFC 9112 sections 6.3 and 9.3)', () => {
  const cases: readonly [head: string, method: string, framing: object, keepAlive: boolean][] = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'length', length: 5 }, true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'GET', { kind: 'none' }, true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n', 'GET', { kind: 'chunked' }, true],
    ['HTTP/1.1 200 OK\r\n\r\n', 'GET', { kind: 'eof' }, false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'length', length: 5 }, false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n', 'GET', { kind: 'length', length: 5 }, true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD', { kind: 'none' }, true],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'none' }, true],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'GET', { kind: 'none' }, true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'CONNECT', { kind: 'none' }, true],
    ['HTTP/1.1 502 No\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n', 'CONNECT', { kind: 'chunked' }, false],
  ];
  for (const [text, method, framing, keepAlive] of cases) {
    test(`${method} ${JSON.stringify(text)}`, () => {
      const head = response(text, { method, upgrade: false });
      assert.deepEqual([head.framing, head.keepAlive], [framing, keepAlive]);
    });
  }
  test('interim and upgrade', () => {
    const early = response('HTTP/1.1 103 Early Hints\r\n\r\n');
    assert.deepEqual([early.interim, early.upgrade, early.framing], [true, false, { kind: 'none' }]);
    const granted = response('HTTP/1.1 101 Go\r\n\r\n', { method: 'GET', upgrade: true });
    assert.deepEqual([granted.interim, granted.upgrade], [false, true]);
    assert.equal(response('HTTP/1.1 200 OK\r\n\r\n', { method: 'CONNECT', upgrade: true }).upgrade, true);
  });
});
