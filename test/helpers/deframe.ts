/** Reads HTTP/1 bytes apart from the code under test: line by line, forgiving, with no notion of what is malformed. */

interface Fields {
  readonly status: number;
  readonly chunked: boolean;
  readonly length: number | null;
}

function fieldsOf(head: string): Fields {
  const length = /^content-length:\s*(\d+)/im.exec(head);
  return {
    status: Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1] ?? 0),
    chunked: /^transfer-encoding:.*chunked/im.test(head),
    length: length === null ? null : Number(length[1]),
  };
}

/** One message as a client would have put it together. */
export interface Message {
  readonly head: string;
  readonly body: Buffer;
  readonly trailers: string;
  /** Its end was seen. */
  readonly whole: boolean;
  /** Where it ends in the stream. */
  readonly end: number;
}

interface Chunks {
  readonly body: Buffer;
  readonly trailers: string;
  readonly end: number;
  readonly whole: boolean;
}

function unchunked(bytes: Buffer, from: number): Chunks {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return { body: Buffer.concat(parts), trailers: '', end: bytes.length, whole: false };
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) return lastChunk(bytes, line + 2, parts);
    const data = bytes.subarray(line + 2, line + 2 + size);
    parts.push(data);
    at = line + 2 + size + 2;
    if (data.length < size) return { body: Buffer.concat(parts), trailers: '', end: bytes.length, whole: false };
  }
}

function lastChunk(bytes: Buffer, from: number, parts: readonly Buffer[]): Chunks {
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return { body: Buffer.concat(parts), trailers: '', end: bytes.length, whole: false };
    if (line === at) return { body: Buffer.concat(parts), trailers: bytes.toString('latin1', from, at), end: line + 2, whole: true };
    at = line + 2;
  }
}

/**
 * The messages of a byte stream that ended.
 * @param methods those of the requests they answer, for HEAD; interim responses need none
 */
export function messages(bytes: Buffer, methods: readonly string[] = []): Message[] {
  const found: Message[] = [];
  let answered = 0;
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) {
      found.push({ head: bytes.toString('latin1', at), body: Buffer.alloc(0), trailers: '', whole: false, end: bytes.length });
      return found;
    }
    const head = bytes.toString('latin1', at, headEnd + 4);
    const { status, chunked, length } = fieldsOf(head);
    const start = headEnd + 4;
    const interim = status >= 100 && status < 200;
    const empty = interim || status === 204 || status === 304 || methods[answered] === 'HEAD' || (status === 0 && !chunked && length === null);
    if (!interim) answered += 1;
    if (empty) {
      found.push({ head, body: Buffer.alloc(0), trailers: '', whole: true, end: start });
      at = start;
    } else if (chunked) {
      const { body, trailers, end, whole } = unchunked(bytes, start);
      found.push({ head, body, trailers, whole, end });
      at = end;
    } else {
      const end = length === null ? bytes.length : Math.min(bytes.length, start + length);
      found.push({ head, body: bytes.subarray(start, end), trailers: '', whole: length === null || end === start + length, end });
      at = end;
    }
  }
  return found;
}

/**
 * Gives a growing byte stream back with its chunks melted into one: `‹` where a chunked body begins, `›` and its
 * trailers where it ends. Two streams that differ only in how bodies were cut into chunks read the same.
 */
export class Canonical {
  #bytes: Buffer = Buffer.alloc(0);
  #shown = 0;

  /** What these further bytes add. */
  read(bytes: Buffer): string {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const all = messages(this.#bytes)
      .map(({ head, body, trailers, whole }) => {
        const { chunked } = fieldsOf(head);
        return chunked ? `${head}‹${body.toString('latin1')}${whole ? `›${trailers}` : ''}` : head + body.toString('latin1');
      })
      .join('');
    const added = all.slice(this.#shown);
    this.#shown = all.length;
    return added;
  }
}
