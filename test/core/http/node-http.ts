import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';

/** A message as `node:http` understands it, or we do. */
export interface Understood {
  readonly start: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export async function read(message: IncomingMessage, start: string): Promise<Understood> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return { start, fields: message.rawHeaders, body: Buffer.concat(parts).toString('latin1'), trailers: message.rawTrailers };
}

/** What `node:http` reads when it asks with `method` and gets these bytes and the end. */
export async function fetched(method: string, input: Buffer): Promise<Understood> {
  const server = createTcpServer((socket) => {
    socket.once('data', () => socket.end(input));
    socket.on('error', () => socket.destroy());
  });
  const port = await listening(server);
  const asked = httpRequest({ port, host: '127.0.0.1', method, agent: false });
  asked.end();
  const [message] = (await once(asked, 'response')) as [IncomingMessage];
  const understood = await read(message, String(message.statusCode));
  server.close();
  return understood;
}
