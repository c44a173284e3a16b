/** One end of a plain TCP connection that remembers what came and how it ended. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Ending = 'fin' | 'reset' | 'closed';

export class Wire {
  readonly socket: Socket;
  /** How the other side ended: its FIN, its reset, or a close of our own. */
  readonly ended: Promise<Ending>;
  #pieces: Buffer[] = [];
  #over = false;
  readonly #looks = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      const over = (how: Ending) => (): void => {
        this.#over = true;
        resolve(how);
        for (const look of this.#looks) look();
      };
      socket.once('end', over('fin')).on('error', over('reset')).once('close', over('closed'));
    });
    socket.on('data', (chunk: Buffer) => {
      this.#pieces.push(chunk);
      for (const look of this.#looks) look();
    });
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    return new Wire(socket);
  }

  /** All that came and was not taken. */
  get bytes(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  send(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Waits for this text and takes everything up to its end. @throws Error where the other side ends first */
  async take(text: string): Promise<string> {
    const length = await this.#reach((bytes) => {
      const at = bytes.indexOf(text, 0, 'latin1');
      return at < 0 ? null : at + text.length;
    });
    return this.#cut(length).toString('latin1');
  }

  async takeBytes(count: number): Promise<Buffer> {
    return this.#cut(await this.#reach((bytes) => (bytes.length >= count ? count : null)));
  }

  /** A whole request: its head, and a body of the announced length. */
  async request(): Promise<string> {
    const head = await this.take('\r\n\r\n');
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    return length === undefined ? head : head + (await this.takeBytes(Number(length))).toString('latin1');
  }

  /** Everything until the other side ended. */
  async rest(): Promise<Buffer> {
    await this.ended;
    return this.#cut(this.bytes.length);
  }

  #cut(count: number): Buffer {
    const { bytes } = this;
    this.#pieces = count < bytes.length ? [bytes.subarray(count)] : [];
    return bytes.subarray(0, count);
  }

  #reach(look: (bytes: Buffer) => number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const again = (): boolean => {
        const found = look(this.bytes);
        if (found !== null) resolve(found);
        else if (this.#over) reject(new Error(`the connection ended after: ${JSON.stringify(this.bytes.toString('latin1').slice(-300))}`));
        return found !== null || this.#over;
      };
      if (again()) return;
      const watch = (): void => {
        if (again()) this.#looks.delete(watch);
      };
      this.#looks.add(watch);
    });
  }
}
