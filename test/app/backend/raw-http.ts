/** Reads HTTP off a plain socket, with none of the code under test and no HTTP library. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface RawReply {
  readonly statusLine: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Transfer coding removed. */
  readonly body: Buffer;
  /** Data of each chunk, where the body was chunked. */
  readonly chunks: readonly Buffer[];
}

/** One connection that hands out replies in order and says when the other side closed. */
export class RawClient {
  readonly socket: Socket;
  readonly #closed: Promise<unknown>;
  #bytes = Buffer.alloc(0);
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk: Buffer) => (this.#bytes = Buffer.concat([this.#bytes, chunk])));
    socket.on('close', () => (this.#ended = true));
    socket.on('end', () => (this.#ended = true));
    socket.on('error', () => (this.#ended = true));
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** All that came until the other side closed. */
  async rest(): Promise<Buffer> {
    await this.#closed;
    return this.#bytes;
  }

  /** Waits until this text has come, and returns all that came so far. */
  async until(text: string): Promise<string> {
    while (!this.#bytes.includes(text)) await this.#more();
    return this.#bytes.toString('utf8');
  }

  async reply(method = 'GET'): Promise<RawReply> {
    while (!this.#bytes.includes('\r\n\r\n')) await this.#more();
    const end = this.#bytes.indexOf('\r\n\r\n');
    const [statusLine = '', ...fields] = this.#take(end + 4).toString('latin1').trimEnd().split('\r\n');
    const headers = new Map(fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }));
    if (statusLine.includes(' 100 ') || method === 'HEAD') return { statusLine, headers, body: Buffer.alloc(0), chunks: [] };
    const chunks = headers.get('transfer-encoding') === 'chunked' ? await this.#chunks() : null;
    if (chunks !== null) return { statusLine, headers, body: Buffer.concat(chunks), chunks };
    const length = headers.get('content-length');
    if (length === undefined) return { statusLine, headers, body: await this.rest(), chunks: [] };
    while (this.#bytes.length < Number(length)) await this.#more();
    return { statusLine, headers, body: this.#take(Number(length)), chunks: [] };
  }

  async #chunks(): Promise<Buffer[]> {
    const chunks: Buffer[] = [];
    for (;;) {
      while (!this.#bytes.includes('\r\n')) await this.#more();
      const line = this.#bytes.indexOf('\r\n');
      const size = Number.parseInt(this.#take(line + 2).toString('latin1'), 16);
      while (this.#bytes.length < size + 2) await this.#more();
      const data = this.#take(size);
      if (this.#take(2).toString('latin1') !== '\r\n') throw new Error('no line end behind a chunk');
      if (size === 0) return chunks;
      chunks.push(data);
    }
  }

  #take(bytes: number): Buffer {
    const taken = this.#bytes.subarray(0, bytes);
    this.#bytes = this.#bytes.subarray(bytes);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error(`the connection ended after: ${this.#bytes.toString('latin1').slice(-200)}`);
    await Promise.race([once(this.socket, 'data').catch(() => undefined), this.#closed]);
  }
}

/** A POST with a JSON body and its length. */
export function post(path: string, body: unknown, fields = ''): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n${fields}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
