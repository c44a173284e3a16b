import { lstatSync, watch, type FSWatcher } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';

/** What the workspace index asks of a file system. A seam, so that tests can make it fail. */
export interface Disk {
  /** What stands at a path, symbolic links not followed; null: nothing, or it cannot be told. */
  look(path: string): Promise<Seen | null>;
  /** Calls `each` with every entry of a folder, some at a time. Rejects where the folder cannot be read. */
  list(path: string, each: (name: string, kind: SeenKind) => Promise<void> | undefined): Promise<void>;
  /** A small text file; null: absent, unreadable, no regular file, or longer than `mostBytes`. */
  read(path: string, mostBytes: number): Promise<string | null>;
  /** Throws where watching is impossible or a limit is reached. `name` is the entry that came or went; null: unknown. */
  watch(path: string, changed: (event: 'rename' | 'change', name: string | null) => void, failed: (error: Error) => void): DiskWatch;
  /** At once, for the one look before an edit. null: it cannot be told. */
  exists(path: string): boolean | null;
}

export interface DiskWatch {
  close(): void;
}

export type SeenKind = 'file' | 'folder' | 'link' | 'other';

export interface Seen {
  readonly kind: SeenKind;
  /** Changes when entries of a folder come or go, or a file is written. */
  readonly mtimeMs: number;
  readonly ino: number;
}

interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: Typed): SeenKind {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
}

// Entries fetched per system round trip: large folders then do not hold up the event loop.
const ENTRIES_AT_ONCE = 256;

export const nodeDisk: Disk = {
  async look(path) {
    try {
      const seen = await lstat(path);
      return { kind: kindOf(seen), mtimeMs: seen.mtimeMs, ino: seen.ino };
    } catch {
      // Absent and forbidden are the same to an index: nothing can be said of what is there.
      return null;
    }
  },
  async list(path, each) {
    for await (const entry of await opendir(path, { bufferSize: ENTRIES_AT_ONCE })) {
      const wait = each(entry.name, kindOf(entry));
      if (wait !== undefined) await wait;
    }
  },
  async read(path, mostBytes) {
    try {
      if (!(await lstat(path)).isFile()) return null;
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        return size > mostBytes ? null : await file.readFile('utf8');
      } finally {
        await file.close();
      }
    } catch {
      // A rule file that cannot be read rules nothing.
      return null;
    }
  },
  watch(path, changed, failed) {
    const watcher: FSWatcher = watch(path, { persistent: false }, changed);
    watcher.on('error', failed);
    return watcher;
  },
  exists(path) {
    try {
      return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? false : null;
    }
  },
};
