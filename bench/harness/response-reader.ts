/** What a `ResponseReader` reports. */
export interface ResponseSink {
  head(status: number): void;
  /** Payload with the transfer coding removed; valid during the call only. */
  body(piece: Buffer): void;
  end(): void;
}

type State = 'head' | 'size' | 'data' | 'crlf' | 'trailer' | 'length' | 'eof' | 'done';

/**
 * A minimal HTTP/1.1 response reader for answers of the benchmark's own backend: chunked (RFC 9112, 7.1),
 * Content-Length or close-delimited. Trusting by design, since it must cost little beside what it measures.
 */
export class ResponseReader {
  readonly #sink: ResponseSink;
  #state: State = 'head';
  #line = '';
  #left = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Whether the response is complete; the next byte begins another one after `reset`. */
  get done(): boolean {
    return this.#state === 'done';
  }

  reset(): void {
    this.#state = 'head';
    this.#line = '';
    this.#left = 0;
  }

  /** Throws on a response it cannot read. Bytes behind the end are ignored. */
  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state !== 'done') at = this.#step(chunk, at);
  }

  /** The connection ended. Returns whether the response is complete. */
  finish(): boolean {
    if (this.#state === 'eof') this.#end();
    return this.#state === 'done';
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'data': case 'length': case 'eof': {
        const end = this.#state === 'eof' ? chunk.length : Math.min(chunk.length, at + this.#left);
        this.#sink.body(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
        this.#left -= end - at;
        if (this.#left === 0 && this.#state === 'data') this.#state = 'crlf';
        else if (this.#left === 0 && this.#state === 'length') this.#end();
        return end;
      }
      case 'head': case 'size': case 'crlf': case 'trailer': {
        const newline = chunk.indexOf(10, at);
        const end = newline < 0 ? chunk.length : newline + 1;
        this.#line += chunk.toString('latin1', at, end);
        if (newline >= 0) this.#endOfLine();
        return end;
      }
      case 'done':
        return chunk.length;
    }
  }

  #endOfLine(): void {
    const line = this.#line;
    if (this.#state === 'head') {
      // A head is kept whole until its blank line.
      if (line.endsWith('\r\n\r\n')) this.#readHead(line);
      return;
    }
    this.#line = '';
    if (this.#state === 'crlf') {
      if (line !== '\r\n') throw new Error('a chunk is longer than it said');
      this.#state = 'size';
    } else if (this.#state === 'trailer') {
      if (line === '\r\n') this.#end();
    } else {
      this.#left = Number.parseInt(line, 16);
      if (!Number.isSafeInteger(this.#left)) throw new Error(`not a chunk size: ${line.slice(0, 20)}`);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }

  #readHead(head: string): void {
    this.#line = '';
    const status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
    this.#sink.head(status);
    if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) this.#state = 'size';
    else if (length === undefined) this.#state = 'eof';
    else {
      this.#left = Number(length);
      this.#state = 'length';
      if (this.#left === 0) this.#end();
    }
  }

  #end(): void {
    this.#state = 'done';
    this.#sink.end();
  }
}
