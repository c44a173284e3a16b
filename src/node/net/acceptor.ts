import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** An address as the system knows it. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/** Where clients come from: a listening socket of this process, or another process that hands them on. */
export interface Acceptor {
  /** Null before it is open. */
  readonly address: BoundAddress | null;
  /** @throws the system's error (`EADDRINUSE`, `EACCES`, ...) */
  open(host: string, port: number): Promise<BoundAddress>;
  /** Accepts no more. */
  close(): void;
}

/** @param client takes each client; it may be half open, and what is written to it leaves at once */
export type MakeAcceptor = (client: (socket: Socket) => void) => Acceptor;

/** Connections that the system keeps for us until we accept them. */
const BACKLOG = 4_096;

/** Opens a server. Behind that, an accept that fails, for want of file descriptors, is the next client's loss only. @throws the system's error */
export async function openServer(server: Server, host: string, port: number): Promise<BoundAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => undefined);
  return addressOf(server) as BoundAddress;
}

function addressOf(server: Server): BoundAddress | null {
  const address = server.address() as AddressInfo | null;
  return address === null ? null : { host: address.address, port: address.port };
}

/** Listens in this process. */
export const listenHere: MakeAcceptor = (client) => {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client);
  return {
    get address() {
      return addressOf(server);
    },
    open: (host, port) => openServer(server, host, port),
    close: () => void server.close(),
  };
};
