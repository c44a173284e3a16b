import type { Disk, SeenKind } from './disk.js';

/** One reading of one folder. */
export interface Listing {
  readonly names: readonly string[];
  readonly kinds: readonly SeenKind[];
  /** When its entries last changed; NaN where that was so lately that a later change could bear the same time. */
  readonly mtimeMs: number;
}

export type FolderReading = Listing | 'absent' | 'unreadable';

// Some file systems count modification times in steps of up to two seconds.
const COARSEST_TIME_MS = 2_000;

/** Reads a folder's entries. A symbolic link in a folder's place counts as absent, for it may lead anywhere. */
export async function readFolder(disk: Disk, path: string): Promise<FolderReading> {
  const seen = await disk.look(path);
  if (seen === null || seen.kind !== 'folder') return 'absent';
  const names: string[] = [];
  const kinds: SeenKind[] = [];
  try {
    await disk.list(path, (name, kind) => {
      names.push(name);
      kinds.push(kind);
      return undefined;
    });
  } catch {
    // Forbidden, or gone since: the next look tells which, and either way its entries are not known.
    return (await disk.look(path)) === null ? 'absent' : 'unreadable';
  }
  const fresh = Date.now() - seen.mtimeMs < COARSEST_TIME_MS;
  return { names, kinds, mtimeMs: fresh ? Number.NaN : seen.mtimeMs };
}

/** Gives the event loop a turn whenever a slice of work has lasted long enough. */
export class Slices {
  readonly #mostMs: number;
  #began = performance.now();

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** undefined: go on at once. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.#began < this.#mostMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#began = performance.now();
        resolve();
      });
    });
  }
}
