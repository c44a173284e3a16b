import { createServer, type Server, type Socket } from 'node:net';
import { type BoundAddress, openServer } from './acceptor.js';

/**
 * Several processes serve one address: this one accepts, and hands each client to the next that is free. It keeps its own end of
 * the connection until it hears that the client has arrived, so that one who was on the way to a process that dies goes to another.
 */

/** What a process that serves tells the one that accepts. An acceptor has a number of its own within its process. */
export type FromServing =
  | { readonly handOver: 'listen'; readonly acceptor: number; readonly host: string; readonly port: number }
  | { readonly handOver: 'leave'; readonly acceptor: number }
  /** A client has arrived. `taken: false`: that acceptor is closed, and the client is somebody else's. */
  | { readonly handOver: 'arrived'; readonly acceptor: number; readonly taken: boolean };

/** What it is told; a `client` has a socket with it. */
export type ToServing =
  | { readonly handOver: 'listening'; readonly acceptor: number; readonly address: BoundAddress }
  | { readonly handOver: 'failed'; readonly acceptor: number; readonly error: { readonly message: string; readonly code: string | undefined } }
  | { readonly handOver: 'client'; readonly acceptor: number };

/** A process that serves, as `cluster` knows it. */
export interface Serving {
  readonly id: number;
  isConnected(): boolean;
  /** Once it cannot be told any more, `gone` follows. @param client it gets this socket as well; ours stays open */
  send(message: ToServing, client?: Socket): void;
}

/** Clients that wait while no process is free; more are turned away, as the system would. */
const MOST_WAITING = 4_096;

/** Who serves an address, and whom it is being handed. */
interface Member {
  readonly serving: Serving;
  readonly acceptor: number;
  /** On its way to it; null: it is free. One at a time, so that one that hangs holds up one client. */
  handed: Socket | null;
}

/** All addresses, and who serves them. */
export class HandOver {
  readonly #doors = new Map<string, Door>();

  /** Reads what a process says. Call it for each message, in order. */
  read(serving: Serving, message: FromServing): void {
    if (message.handOver === 'listen') void this.#listen(serving, message);
    else if (message.handOver === 'leave') this.#each((door) => door.leave(serving, message.acceptor));
    else this.#each((door) => door.arrived(serving, message.acceptor, message.taken));
  }

  /** The process is gone, and all it said was read. Its addresses stay open for the one that takes its place. */
  gone(serving: Serving): void {
    for (const door of this.#doors.values()) door.gone(serving);
  }

  close(): void {
    for (const door of this.#doors.values()) door.close();
    this.#doors.clear();
  }

  async #listen(serving: Serving, { acceptor, host, port }: FromServing & { readonly handOver: 'listen' }): Promise<void> {
    const key = JSON.stringify([host, port]);
    const door = this.#doors.get(key) ?? new Door(host, port);
    this.#doors.set(key, door);
    door.coming += 1;
    try {
      const address = await door.opened;
      if (serving.isConnected()) door.join(serving, acceptor, address);
    } catch (error) {
      if (this.#doors.get(key) === door) this.#doors.delete(key);
      const { message, code } = error as NodeJS.ErrnoException;
      if (serving.isConnected()) serving.send({ handOver: 'failed', acceptor, error: { message, code } });
    }
    door.coming -= 1;
    // Whoever alone served another address, died, and came back to serve this one: nobody comes back to that.
    this.#each(() => undefined, door);
  }

  /** Closes what nobody serves any more, but for one that may be served again. */
  #each(act: (door: Door) => void, but: Door | null = null): void {
    for (const [key, door] of this.#doors) {
      act(door);
      if (door === but || door.isServed) continue;
      door.close();
      this.#doors.delete(key);
    }
  }
}

/** One address. */
class Door {
  readonly #server: Server;
  /** Those whose turn is next come first. */
  readonly #members = new Set<Member>();
  readonly #waiting: Socket[] = [];
  readonly opened: Promise<BoundAddress>;
  /** Those who asked for it and do not serve it yet. */
  coming = 0;

  constructor(host: string, port: number) {
    // Paused: what a client says is for the process that serves it.
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (client) => this.#came(client));
    this.opened = openServer(this.#server, host, port);
  }

  get isServed(): boolean {
    return this.#members.size + this.coming > 0;
  }

  join(serving: Serving, acceptor: number, address: BoundAddress): void {
    serving.send({ handOver: 'listening', acceptor, address });
    this.#members.add({ serving, acceptor, handed: null });
    this.#hand();
  }

  leave(serving: Serving, acceptor: number): void {
    const member = this.#find(serving, acceptor);
    // One on the way comes back refused.
    if (member?.handed === null) this.#members.delete(member);
  }

  arrived(serving: Serving, acceptor: number, taken: boolean): void {
    const member = this.#find(serving, acceptor);
    const client = member?.handed ?? null;
    if (member === undefined || client === null) return;
    member.handed = null;
    if (taken) {
      // Only this end of it is closed.
      client.destroy();
    } else {
      this.#members.delete(member);
      this.#waiting.unshift(client);
    }
    this.#hand();
  }

  gone(serving: Serving): void {
    for (const member of this.#members) {
      if (member.serving.id !== serving.id) continue;
      this.#members.delete(member);
      if (member.handed !== null) this.#waiting.unshift(member.handed);
    }
    this.#hand();
  }

  close(): void {
    this.#server.close();
    for (const client of this.#waiting) client.destroy();
    this.#waiting.length = 0;
  }

  #find(serving: Serving, acceptor: number): Member | undefined {
    for (const member of this.#members) if (member.serving.id === serving.id && member.acceptor === acceptor) return member;
    return undefined;
  }

  #came(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#waiting.length >= MOST_WAITING) {
      client.destroy();
      return;
    }
    this.#waiting.push(client);
    this.#hand();
  }

  #hand(): void {
    for (const member of this.#members) {
      const client = this.#waiting[0];
      if (client === undefined) return;
      if (member.handed !== null || !member.serving.isConnected()) continue;
      this.#waiting.shift();
      member.handed = client;
      this.#members.delete(member);
      this.#members.add(member);
      member.serving.send({ handOver: 'client', acceptor: member.acceptor }, client);
    }
  }
}
