// The yardstick: two sockets and two pipes, nothing read and nothing changed. What any proxy in Node must pay.
// Runs as a child process, as plain JavaScript: `raw-splice BACKEND_PORT`.
import { connect, createServer, type AddressInfo } from 'node:net';

const backendPort = Number(process.argv[2]);

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const upstream = connect({ port: backendPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
});
server.listen(0, '127.0.0.1', 4096, () => process.send?.({ kind: 'ready', port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
