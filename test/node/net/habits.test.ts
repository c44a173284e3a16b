import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { withProxy } from '../../helpers/proxy.js';

test('a backend that announces keep-alive and closes a little after each stream costs no request but the first few', async () => {
  const connections: number[] = [];
  const backend = createServer((socket) => {
    connections.push(1);
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (answered) return;
      answered = true;
      const line = `${JSON.stringify({ message: { role: 'assistant', content: 'hi' }, done: true })}\n`;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n${line.length.toString(16)}\r\n${line}\r\n0\r\n\r\n`);
      // The FIN comes late enough for the next request to find the socket still open.
      setTimeout(() => socket.end(), 3);
    });
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  await withProxy({ upstream: `http://127.0.0.1:${port}` }, async ({ url }) => {
    const statuses: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      const response = await fetch(`${url}/api/chat`, { method: 'POST', body: '{"model":"m","messages":[]}' });
      await response.text();
      statuses.push(response.status);
    }
    const lost = statuses.filter((status) => status !== 200).length;
    assert.ok(lost <= 2, `${lost} of 40 requests were lost: ${statuses.join(' ')}`);
    assert.deepEqual(statuses.slice(-30), Array.from({ length: 30 }, () => 200));
  });
  backend.close();
});
