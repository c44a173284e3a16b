import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createParser, type HeadersComplete, type Parser } from 'llhttp-wasm';
import { isHeadFault, judgeRequest, judgeResponse } from '../../../src/core/http/judge.js';
import { everyCut, run } from './harness.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('request heads that two readers could read differently', () => {
  const post = 'POST /x HTTP/1.1\r\nHost: a\r\n';
  const cases: readonly [name: string, head: string, message: RegExp][] = [
    ['CL.TE', `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n`, /stand together/],
    ['TE.CL', `${post}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n`, /stand together/],
    ['TE.TE, differing', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n`, /does not end in chunked/],
    ['TE.TE, the same', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, /not chunked alone/],
    ['TE with an odd coding', `${post}Transfer-Encoding: xchunked\r\n\r\n`, /does not end in chunked/],
    ['TE in quotes', `${post}Transfer-Encoding: "chunked"\r\n\r\n`, /does not end in chunked/],
    ['TE with an empty member', `${post}Transfer-Encoding: chunked,\r\n\r\n`, /does not end in chunked/],
    ['TE that begins empty', `${post}Transfer-Encoding: , chunked\r\n\r\n`, /not chunked alone/],
    ['TE empty beside CL', `${post}Transfer-Encoding:\r\nContent-Length: 3\r\n\r\n`, /stand together/],
    ['TE with a vertical tab', `${post}Transfer-Encoding: \x0bchunked\r\n\r\n`, /0x0b/],
    ['TE with a parameter', `${post}Transfer-Encoding: chunked;q=1\r\n\r\n`, /does not end in chunked/],
    ['TE spelled with _', `${post}Transfer_Encoding: chunked\r\n\r\n`, /transfer_encoding is a framing field/],
    ['CL spelled with _', `${post}Content_Length: 4\r\n\r\n`, /content_length is a framing field/],
    ['TE in HTTP/1.0', 'POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', /HTTP\/1\.0/],
    ['CL;CL, differing', `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`, /stands twice/],
    ['CL;CL, the same', `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`, /stands twice/],
    ['CL as a list', `${post}Content-Length: 5, 5\r\n\r\n`, /not a number/],
    ['CL with a sign', `${post}Content-Length: +5\r\n\r\n`, /not a number/],
    ['CL in hex', `${post}Content-Length: 0x5\r\n\r\n`, /not a number/],
    ['CL negative', `${post}Content-Length: -1\r\n\r\n`, /not a number/],
    ['CL empty', `${post}Content-Length:\r\n\r\n`, /not a number/],
    ['CL over 2^53', `${post}Content-Length: 9007199254740993\r\n\r\n`, /not a number/],
    ['CL that wraps round 64 bits', `${post}Content-Length: 18446744073709551621\r\n\r\n`, /not a number/],
    ['space before the colon', `${post}Content-Length : 5\r\n\r\n`, /before a colon/],
    ['tab before the colon', `${post}Transfer-Encoding\t: chunked\r\n\r\n`, /before a colon/],
    ['a folded line', `${post}X: a\r\n Content-Length: 5\r\n\r\n`, /folded/],
    ['a folded first line', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', /folded/],
    ['CR alone in a value', `${post}X: a\rContent-Length: 5\r\n\r\n`, /CR is not followed/],
    ['CR CR LF', `${post}X: a\r\r\n\r\n`, /CR is not followed/],
    ['LF alone', `${post}X: a\nContent-Length: 5\r\n\r\n`, /LF is not preceded/],
    ['LF alone at the end', `${post}X: a\r\n\n`, /LF/],
    ['NUL in a value', `${post}X: a\0b\r\n\r\n`, /0x00/],
    ['DEL in a value', `${post}X: a\x7fb\r\n\r\n`, /0x7f/],
    ['NUL in a name', `${post}X\0: a\r\n\r\n`, /0x00 stands in a field name/],
    ['a byte over 0x7f in a name', `${post}Content-L\xe9ngth: 5\r\n\r\n`, /0xe9 stands in a field name/],
    ['a name that is empty', `${post}: a\r\n\r\n`, /no name/],
    ['a line without colon', `${post}Content-Length\r\n\r\n`, /no colon/],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', /Host is missing/],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', /Host stands twice/],
    ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', /Host stands twice/],
    ['a list as Host', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n', /not a name/],
    ['a path in Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', /not a name/],
    ['two Content-Types that differ', `${post}Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n`, /Content-Types differ/],
    ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', /version/],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', /version/],
    ['HTTP/0.9', 'GET /\r\n\r\n', /no version/],
    ['a version in lower case', 'GET / http/1.1\r\nHost: a\r\n\r\n', /version/],
    ['space behind the version', 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n', /version/],
    ['two spaces before the target', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', /no target/],
    ['a tab for a space', 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n', /no method/],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', /version/],
    ['a byte over 0x7f in the target', 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n', /0xe9/],
    ['a method nobody knows', 'FROB / HTTP/1.1\r\nHost: a\r\n\r\n', /Invalid method/],
    ['a method in lower case', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', /Invalid method/],
    ['CONNECT with a body', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n', /CONNECT has a body/],
  ];
  for (const [name, head, message] of cases) {
    test(name, () => {
      const verdict = judgeRequest(latin1(head));
      assert.ok(isHeadFault(verdict));
      assert.equal(verdict.code, 'E_BAD_REQUEST');
      assert.match(verdict.message, message);
      // And so in the framer, at every cut: nothing of it is delivered, all of it is given back.
      const input = latin1(`${head}GET /evil HTTP/1.1\r\nHost: a\r\n\r\n`);
      for (const cut of everyCut(input)) {
        const seen = run('request', cut);
        assert.deepEqual([seen.error?.code, seen.error?.statusHint, seen.heads.length], ['E_BAD_REQUEST', 400, 0]);
        assert.equal(seen.allBytes().equals(input), true);
      }
    });
  }
});

describe('response heads that are refused', () => {
  const cases: readonly [name: string, head: string, message: RegExp][] = [
    ['CL beside TE', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n', /stand together/],
    ['two CLs', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\n', /stands twice/],
    ['TE that does not end in chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', /does not end in chunked/],
    ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n', /unknown coding/],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13, chunked\r\n\r\n', /unknown coding/],
    ['a header split by CR alone', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n', /CR is not followed/],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n', /folded/],
    ['two digits of status', 'HTTP/1.1 20 OK\r\n\r\n', /status/],
    ['four digits of status', 'HTTP/1.1 2000 OK\r\n\r\n', /no space follows the status/],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', /status/],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', /version/],
    ['a control byte in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\n', /0x01/],
  ];
  for (const [name, head, message] of cases) {
    test(name, () => {
      const verdict = judgeResponse(latin1(head));
      assert.ok(isHeadFault(verdict));
      assert.equal(verdict.code, 'E_BAD_RESPONSE');
      assert.match(verdict.message, message);
      for (const cut of everyCut(latin1(head))) {
        const seen = run('response', cut);
        assert.deepEqual([seen.error?.code, seen.error?.statusHint, seen.heads.length], ['E_BAD_RESPONSE', 502, 0]);
        assert.equal(seen.allBytes().equals(latin1(head)), true);
      }
    });
  }
});

describe('heads that must pass', () => {
  test('white space around a value, tabs too, which llhttp would refuse', () => {
    const verdict = judgeRequest(latin1('POST / HTTP/1.1\r\nHost:\ta\r\nContent-Length:\t42 \t\r\nConnection: close\t\r\n\r\n'));
    assert.ok(!isHeadFault(verdict));
    assert.deepEqual([verdict.contentLength, verdict.keepAlive], [42, false]);
  });
  test('empty values, obs-text, no reason, empty lines in front', () => {
    assert.ok(!isHeadFault(judgeResponse(latin1('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \r\nX:\r\nY: \xe9\xff\r\n\r\n'))));
    for (const line of ['HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.0 200 Tr\xe8s bien']) assert.ok(!isHeadFault(judgeResponse(latin1(`${line}\r\n\r\n`))), line);
    assert.ok(!isHeadFault(judgeRequest(latin1('\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'))));
    assert.ok(!isHeadFault(judgeRequest(latin1('GET / HTTP/1.1\r\nHost:\r\n\r\n'))));
  });
  test('keep-alive and upgrade by version and Connection', () => {
    const cases: readonly [string, boolean, boolean][] = [
      ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', true, false],
      ['GET / HTTP/1.0\r\n\r\n', false, false],
      ['GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', true, false],
      ['GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n', false, false],
      ['GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n', false, false],
      ['GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n', true, true],
      ['GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n', true, false],
      ['GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', false, false],
      ['CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', true, true],
    ];
    for (const [head, keepAlive, upgrade] of cases) {
      const verdict = judgeRequest(latin1(head));
      assert.ok(!isHeadFault(verdict), head);
      assert.deepEqual([verdict.keepAlive, verdict.upgrade], [keepAlive, upgrade], head);
    }
  });
  test('a response coded beneath its chunks says so; HTTP/1.0 with chunks is not kept alive', () => {
    const coded = judgeResponse(latin1('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'));
    assert.ok(!isHeadFault(coded) && coded.chunked && coded.transferCoded);
    const old = judgeResponse(latin1('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n'));
    assert.ok(!isHeadFault(old) && old.chunked && !old.keepAlive && !old.transferCoded);
  });
});

/** llhttp on the whole head, every field included. */
function wholeHead(type: 'REQUEST' | 'RESPONSE', head: Buffer): { read: HeadersComplete | null; code: number; position: number } {
  const parser: Parser = (createParser as unknown as (name: string) => Parser)(type);
  let read: HeadersComplete | null = null;
  parser.onHeadersComplete = (message) => {
    read = message;
    return 21;
  };
  const code = parser.execute(head);
  const position = code === 0 ? head.length : parser.getErrorPosition();
  parser.destroy();
  return { read, code, position };
}

test('whatever is accepted here, llhttp accepts as a whole, with the same fields, end and meaning', () => {
  const name = fc.constantFrom('X', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'Host', 'x-a_b', "!#$%&'*+-.^`|~", 'Content-Type', 'Proxy-Connection');
  const value = fc.constantFrom('', 'chunked', '5', 'close', 'keep-alive, x', 'upgrade', 'websocket', 'a b', '\xe9\xff', '"a;b"', 'gzip, chunked', 'a\tb');
  const line = fc.tuple(name, fc.constantFrom(':', ': ', ' :', ':  '), value, fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', ' \r\n', '\n', '\r', '\r\n ')).map((parts) => parts.join(''));
  const start = fc.constantFrom('GET / HTTP/1.1', 'POST /a?b=c#d HTTP/1.1', 'GET http://a/b HTTP/1.0', 'OPTIONS * HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'M-SEARCH * HTTP/1.1', 'GET a HTTP/1.1', 'HTTP/1.1 200 OK', 'HTTP/1.0 204', 'HTTP/1.1 101 x');
  const accepted = { REQUEST: 0, RESPONSE: 0 };
  fc.assert(
    fc.property(fc.boolean(), start, fc.boolean(), fc.array(line, { maxLength: 4 }), (blank, first, host, lines) => {
      const type = first.startsWith('HTTP') ? 'RESPONSE' : 'REQUEST';
      const head = latin1(`${blank ? '\r\n' : ''}${first}\r\n${host ? 'Host: a\r\n' : ''}${lines.join('')}\r\n`);
      const ours = type === 'REQUEST' ? judgeRequest(head) : judgeResponse(head);
      if (isHeadFault(ours)) return;
      accepted[type] += 1;
      const theirs = wholeHead(type, head);
      assert.ok(theirs.read !== null && [0, 21, 22].includes(theirs.code), `llhttp refuses ${JSON.stringify(head.toString('latin1'))}`);
      assert.equal(theirs.position, head.length, 'both see the same end');
      const text = ours.fields.map((field) => [head.toString('latin1', field.start, field.nameEnd), head.toString('utf8', field.valueStart, field.valueEnd)]);
      const { read } = theirs;
      assert.deepEqual(read.rawHeaders.map((item) => item.trimEnd()), text.flat());
      assert.equal(read.versionMinor, ours.versionMinor);
      if (type === 'REQUEST') assert.ok(read.shouldKeepAlive || !ours.keepAlive, 'never kept alive where llhttp would close');
      if ('target' in ours) assert.equal(read.url, ours.target);
      if ('status' in ours) assert.equal(read.statusCode, ours.status);
    }),
    { seed: 3, numRuns: 6000 },
  );
  assert.ok(accepted.REQUEST > 400 && accepted.RESPONSE > 400, JSON.stringify(accepted));
});
