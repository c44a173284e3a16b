import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { everyCut, run, type Recorder } from './harness.js';
import { fetched, listening, read, type Understood } from './node-http.js';

function lines(raw: string): string[] {
  return raw
    .split('\r\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
    });
}

/** Our reading: the lines of each raw head and the decoded body. */
function ours(seen: Recorder): Understood[] {
  return seen.messages.flatMap((message, index) => {
    const head = seen.heads[index];
    if (head === undefined || head.interim) return [];
    const start = head.kind === 'request' ? `${head.method} ${head.target}` : String(head.status);
    const fields = message.head.replace(/^(\r\n)*[^\r]*\r\n/, '');
    return [{ start, fields: lines(fields), body: message.body, trailers: lines(message.trailers ?? '') }];
  });
}

test('requests, pipelined on one connection, are what node:http takes them for', async () => {
  const requests = [
    'GET /health HTTP/1.1\r\nHost: a\r\nX-Empty: \r\nX-Tab:\tb\t\r\nX-High: \xe9\xff\r\n\r\n',
    'POST /v1/chat/completions?x=%20 HTTP/1.1\r\nHost: a:1\r\ncontent-LENGTH: 12\r\n\r\nGET / HTTP/1',
    '\r\nPUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n5;a=b\r\n0\r\n\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 9\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
    'GET http://a/b HTTP/1.1\r\nHost: a\r\nAccept: x\r\naccept: y\r\nConnection: close\r\n\r\n',
  ];
  const input = Buffer.from(requests.join(''), 'latin1');
  const theirs: Promise<Understood>[] = [];
  const server = createServer((message, response) => {
    theirs.push(read(message, `${message.method} ${message.url}`));
    message.on('end', () => response.end());
  });
  const port = await listening(server);
  const socket = connect(port, '127.0.0.1').resume();
  socket.write(input);
  await once(socket, 'close');
  server.close();
  const expected = await Promise.all(theirs);
  assert.equal(expected.length, requests.length);
  for (const cut of everyCut(input)) {
    const seen = run('request', cut, { finish: true });
    assert.equal(seen.error, null);
    assert.deepEqual(ours(seen), expected);
  }
});

describe('responses are what node:http takes them for', () => {
  const cases: readonly [method: string, response: string][] = [
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nAccess-Control-Allow-Origin: \r\n\r\nhello'],
    ['GET', 'HTTP/1.1 200\r\nX: \xe9\r\n\r\nto the end'],
    ['GET', 'HTTP/1.0 200 OK\r\nServer: old\r\n\r\nto the end'],
    ['GET', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['GET', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'],
  ];
  for (const [method, response] of cases) {
    test(`${method} ${JSON.stringify(response.slice(0, 60))}`, async () => {
      const input = Buffer.from(response, 'latin1');
      const expected = await fetched(method, input);
      for (const cut of everyCut(input)) {
        const seen = run('response', cut, { finish: true, requests: [{ method, upgrade: false }] });
        assert.equal(seen.error, null);
        assert.deepEqual(ours(seen), [expected]);
      }
    });
  }
});
