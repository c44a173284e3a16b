import { statSync } from 'node:fs';

export interface FileWatchOptions {
  /** The files, asked at each look; one that is not there yet may come. */
  readonly files: () => readonly string[];
  /** Told when they have come to rest in another state, with those that differ. */
  readonly onChange: (changed: readonly string[]) => void;
  /** Calls back again and again until the function it returns is called. */
  readonly every?: (ms: number, tick: () => void) => () => void;
  /** A text that differs when the file differs; empty: there is none. */
  readonly stateOf?: (file: string) => string;
}

/** Two looks and what follows stay well under a second. */
const LOOK_MS = 200;

function everyUnref(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** Links are followed, so that a renewed certificate behind one is seen, and a mounted folder that is switched as a whole. */
function stateOnDisk(file: string): string {
  try {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/**
 * Looks at a few files again and again instead of asking the system to watch: editors replace files, mounts swap folders, and
 * a look costs microseconds. What differs is told once two looks in a row agree, so that a file in the midst of being written is
 * left alone.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #stop: () => void;
  #told: ReadonlyMap<string, string>;
  #seen: ReadonlyMap<string, string>;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#told = this.#states();
    this.#seen = this.#told;
    this.#stop = (options.every ?? everyUnref)(LOOK_MS, () => this.#look());
  }

  /** What is there now counts as told. */
  settle(): void {
    this.#told = this.#states();
    this.#seen = this.#told;
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const now = this.#states();
    const changed = differing(this.#told, now);
    this.#told = new Map([...now].map(([file, state]) => [file, this.#told.get(file) ?? state]));
    const atRest = differing(this.#seen, now).length === 0;
    this.#seen = now;
    if (changed.length === 0 || !atRest) return;
    this.#told = now;
    this.#options.onChange(changed);
  }

  #states(): ReadonlyMap<string, string> {
    const { files, stateOf = stateOnDisk } = this.#options;
    return new Map(files().map((file) => [file, stateOf(file)]));
  }
}

/** A file that is looked at for the first time differs from nothing. */
function differing(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  return [...now].filter(([file, state]) => (before.get(file) ?? state) !== state).map(([file]) => file);
}
