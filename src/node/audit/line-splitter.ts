import { StringDecoder } from 'node:string_decoder';

/** Bytes of one line. A record is at most some ten thousand long; what is longer is none, and must not fill the memory. */
const LINE_BYTES = 1_048_576;

/** Bytes in, whole lines out, whatever the cuts. A line that is too long comes out as a beginning of itself. */
export class LineSplitter {
  readonly #sink: (line: string) => void;
  #decoder = new StringDecoder('utf8');
  #open = '';
  #skipping = false;

  constructor(sink: (line: string) => void) {
    this.#sink = sink;
  }

  write(bytes: Buffer): void {
    const parts = this.#decoder.write(bytes).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      this.#take(part);
      this.#finishLine();
    }
    this.#take(last);
  }

  /** What stands behind the last line end leaves as a line of its own. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#open !== '' || this.#skipping) this.#finishLine();
  }

  /** Forgets the unfinished line: its file begins anew. */
  reset(): void {
    this.#decoder = new StringDecoder('utf8');
    this.#open = '';
    this.#skipping = false;
  }

  #take(part: string): void {
    if (this.#skipping) return;
    this.#open += part;
    if (this.#open.length <= LINE_BYTES) return;
    this.#open = this.#open.slice(0, LINE_BYTES);
    this.#skipping = true;
  }

  #finishLine(): void {
    const line = this.#open;
    this.#open = '';
    this.#skipping = false;
    this.#sink(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
