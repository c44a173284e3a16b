import type { Disk, DiskWatch } from './disk.js';

/** What the watches tell of one folder. */
export interface WatchSink {
  /** Entries of this folder came or went. */
  changed(folder: string): void;
  /** Its rule file was written. */
  rulesChanged(folder: string): void;
  /** The folder itself may have been removed or replaced: what watched it watches nothing now. */
  replaced(folder: string): void;
  /** Watching came to its end, once: rescan from now on. */
  impossible(reason: string): void;
}

// Elsewhere the system itself watches a whole tree with one handle.
const WATCHES_TREES = process.platform === 'darwin' || process.platform === 'win32';

/** One watch a folder (one for all where the system watches trees). Folders are relative posix paths, `''` the top. */
export class Watches {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #sink: WatchSink;
  readonly #open = new Map<string, DiskWatch>();
  #off = false;

  constructor(disk: Disk, root: string, sink: WatchSink) {
    this.#disk = disk;
    this.#root = root;
    this.#sink = sink;
  }

  get on(): boolean {
    return !this.#off;
  }

  /** Watches a folder from now on; to be called before it is read, so that nothing falls between. */
  add(folder: string): void {
    if (this.#off || this.#open.has(folder) || (WATCHES_TREES && folder !== '')) return;
    try {
      const path = folder === '' ? this.#root : `${this.#root}/${folder}`;
      const watch = this.#disk.watch(
        path,
        (event, name) => this.#heard(folder, event, name),
        (error) => this.#failed(folder, error),
      );
      this.#open.set(folder, watch);
    } catch (error) {
      this.#failed(folder, error as Error);
    }
  }

  drop(folder: string): void {
    this.#open.get(folder)?.close();
    this.#open.delete(folder);
  }

  close(): void {
    this.#off = true;
    for (const watch of this.#open.values()) watch.close();
    this.#open.clear();
  }

  /** Closes all, yet lets new ones be opened: the root was replaced. */
  restart(): void {
    for (const watch of this.#open.values()) watch.close();
    this.#open.clear();
  }

  #heard(folder: string, event: 'rename' | 'change', name: string | null): void {
    if (this.#off) return;
    if (name === null) {
      this.#sink.changed(folder);
      return;
    }
    const entry = name.replaceAll('\\', '/');
    const path = folder === '' ? entry : `${folder}/${entry}`;
    const slash = path.lastIndexOf('/');
    const above = slash < 0 ? '' : path.slice(0, slash);
    if (path.slice(slash + 1) === '.gitignore') this.#sink.rulesChanged(above);
    if (event !== 'rename') return;
    this.#sink.changed(above);
    // A folder that is removed reports its own name, as an entry of that name would: looked at again, either is found.
    if (entry === ownName(folder === '' ? this.#root : folder)) this.#sink.replaced(folder);
  }

  #failed(folder: string, error: Error): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') {
      // It went before it could be watched, or may not be read; its parent's watch tells the rest.
      this.drop(folder);
      return;
    }
    if (this.#off) return;
    this.close();
    this.#sink.impossible(code ?? error.message);
  }
}

function ownName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
