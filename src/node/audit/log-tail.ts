import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { LineSplitter } from './line-splitter.js';
import { rotatedFiles } from './rotation.js';

export interface LogTailOptions {
  /** The file that is written to; its rotated predecessors are found beside it. It need not exist. */
  readonly file: string;
  /** Predecessors last written before are not read; 0: all are. */
  readonly sinceMs?: number;
  /** Takes each whole line, oldest first; the next one comes when what it returns is done. */
  readonly onLine: (line: string) => Promise<void> | void;
}

const READ_BYTES = 262_144;

interface Live {
  readonly handle: FileHandle;
  readonly inode: bigint;
  position: number;
}

/**
 * Reads a log and its rotated predecessors in order, each line once, and what is added later at each call. It keeps the file it
 * reads open, so that one put aside is read to its end under its new name, and its inode cannot be another file's meanwhile.
 * Not seen: a file that is cut and grows beyond its old size between two calls.
 */
export class LogTail {
  readonly #options: LogTailOptions;
  readonly #read = new Set<string>();
  readonly #lines: string[] = [];
  readonly #splitter = new LineSplitter((line) => void this.#lines.push(line));
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  #live: Live | null = null;

  constructor(options: LogTailOptions) {
    this.#options = options;
  }

  /** Reads all there is now. @throws the system's error where a file is there and cannot be read */
  async advance(): Promise<void> {
    for (;;) {
      if (this.#live === null && !(await this.#openNext())) return;
      if (this.#live !== null && !(await this.#readLive(this.#live))) return;
    }
  }

  /** Gives the unfinished last line as well, and closes. */
  async end(): Promise<void> {
    this.#splitter.end();
    await this.#flush();
    await this.#live?.handle.close();
    this.#live = null;
  }

  /** Reads one predecessor whole, or opens the file itself. @returns false where there is nothing to read yet */
  async #openNext(): Promise<boolean> {
    const aside = await this.#nextAside();
    if (aside !== null) {
      this.#read.add(aside);
      const handle = await openOrNull(aside);
      if (handle === null) return true;
      try {
        await this.#drain(handle, 0);
      } finally {
        await handle.close();
      }
      await this.#finishFile();
      return true;
    }
    const handle = await openOrNull(this.#options.file);
    if (handle === null) return false;
    const { ino } = await handle.stat({ bigint: true });
    // Put aside between the two looks, it comes before the file that follows it; the next look knows.
    if ((await this.#nextAside()) === null) this.#live = { handle, inode: ino, position: 0 };
    else await handle.close();
    return true;
  }

  /** @returns whether there may be more at once: it was put aside, or cut */
  async #readLive(live: Live): Promise<boolean> {
    live.position = await this.#drain(live.handle, live.position);
    const facts = await stat(this.#options.file, { bigint: true }).catch(() => null);
    if (facts !== null && facts.ino === live.inode) {
      if (facts.size >= BigInt(live.position)) return false;
      live.position = 0;
      this.#splitter.reset();
      return true;
    }
    // What was written between the reading and the rename.
    await this.#drain(live.handle, live.position);
    await this.#finishFile();
    for (const name of await rotatedFiles(this.#options.file)) {
      if ((await stat(name, { bigint: true }).catch(() => null))?.ino === live.inode) this.#read.add(name);
    }
    await live.handle.close();
    this.#live = null;
    return true;
  }

  async #nextAside(): Promise<string | null> {
    const { file, sinceMs = 0 } = this.#options;
    for (const name of await rotatedFiles(file)) {
      if (this.#read.has(name)) continue;
      const facts = await stat(name).catch(() => null);
      if (facts !== null && facts.mtimeMs >= sinceMs) return name;
      this.#read.add(name);
    }
    return null;
  }

  async #drain(handle: FileHandle, from: number): Promise<number> {
    for (let position = from; ; ) {
      const { bytesRead } = await handle.read(this.#buffer, 0, READ_BYTES, position);
      if (bytesRead === 0) return position;
      position += bytesRead;
      this.#splitter.write(this.#buffer.subarray(0, bytesRead));
      await this.#flush();
    }
  }

  async #finishFile(): Promise<void> {
    this.#splitter.end();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    for (const line of this.#lines.splice(0)) await this.#options.onLine(line);
  }
}

async function openOrNull(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
