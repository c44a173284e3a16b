import { NONE, ROOT, type PathIndex } from '../../core/truth/path-index.js';
import type { SeenKind } from './disk.js';
import { Slices, type FolderReading, type Listing } from './folder-reader.js';
import type { IgnoreRules } from './ignore-rules.js';

// A slice of index work; with one folder's callbacks beside it, the event loop is held up well below 10 ms.
const SLICE_MS = 4;

/** What a tree update asks of the workspace it serves. Folders are relative posix paths, `''` the top. */
export interface TreeHost {
  isExcluded(path: string): boolean;
  /** A folder is to be read. */
  queue(folder: string): void;
  /** A folder is gone, or is entered no more. */
  forget(folder: string): void;
  /** A folder's entries are now in the index. */
  merged(folder: string, mtimeMs: number): void;
}

/** Brings an index in line with what was read of folders, in slices. One update runs at a time: nothing else changes the index. */
export class TreeUpdate {
  readonly #index: PathIndex;
  readonly #rules: IgnoreRules;
  readonly #host: TreeHost;
  readonly #slices = new Slices(SLICE_MS);

  constructor(index: PathIndex, rules: IgnoreRules, host: TreeHost) {
    this.#index = index;
    this.#rules = rules;
    this.#host = host;
  }

  /** Removes everything. */
  async empty(): Promise<void> {
    for (let node = this.#index.firstFolder(ROOT); node !== NONE; node = this.#index.firstFolder(ROOT)) await this.#drop(node);
    for (let node = this.#index.firstFile(ROOT); node !== NONE; node = this.#index.firstFile(ROOT)) await this.#drop(node);
    this.#host.forget('');
  }

  /** Takes in one reading; resolves to false where the top itself is gone. */
  async apply(folder: string, reading: FolderReading): Promise<boolean> {
    const node = this.#index.find(folder);
    if (node === NONE || this.#index.isIgnored(node)) {
      this.#host.forget(folder);
      return true;
    }
    if (typeof reading !== 'string') {
      await this.#merge(folder, node, reading);
      return true;
    }
    if (folder === '') return false;
    const slash = folder.lastIndexOf('/');
    const parent = this.#index.parent(node);
    const name = this.#index.name(node);
    await this.#drop(node);
    // What cannot be read exists, but nothing is known below it.
    if (reading === 'unreadable') this.#index.addTo(parent, name, 'folder', true);
    else this.#host.queue(slash < 0 ? '' : folder.slice(0, slash));
    return true;
  }

  async #merge(folder: string, node: number, listing: Listing): Promise<void> {
    const { names, kinds, mtimeMs } = listing;
    const seen = new Set<string>();
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i]!;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (!this.#host.isExcluded(path)) {
        seen.add(name);
        await this.#put(node, path, name, kinds[i]!);
      }
      if (i % 32 === 0) await this.#slices.pause();
    }
    await this.#dropUnseen(this.#index.firstFolder(node), seen);
    await this.#dropUnseen(this.#index.firstFile(node), seen);
    this.#host.merged(folder, mtimeMs);
    await this.#slices.pause();
  }

  /** Puts one entry in. Links are never followed, so they are known and nothing below them is; sockets and the like are not suggested. */
  async #put(folder: number, path: string, name: string, kind: SeenKind): Promise<void> {
    if (kind !== 'folder') {
      const ignored = kind !== 'file' || this.#rules.ignoresEntry(path, false);
      const old = this.#index.child(folder, name);
      if (old !== NONE && this.#index.isFolder(old) && kind !== 'link') await this.#drop(old);
      this.#index.addTo(folder, name, kind === 'link' ? 'folder' : 'file', ignored);
      if (kind === 'link') await this.#dropBelow(this.#index.child(folder, name));
      return;
    }
    const ignored = this.#rules.ignoresEntry(path, true);
    const old = this.#index.child(folder, name);
    const entered = old !== NONE && this.#index.isFolder(old) && !this.#index.isIgnored(old);
    const node = this.#index.addTo(folder, name, 'folder', ignored);
    if (ignored) {
      if (entered) await this.#dropBelow(node);
    } else if (!entered) this.#host.queue(path);
  }

  async #dropUnseen(first: number, seen: ReadonlySet<string>): Promise<void> {
    for (let child = first, next: number; child !== NONE; child = next) {
      next = this.#index.sibling(child);
      if (!seen.has(this.#index.name(child))) await this.#drop(child);
    }
  }

  /** Removes a node leaf by leaf, so that a large subtree does not hold up the event loop. */
  async #drop(node: number): Promise<void> {
    await this.#dropBelow(node);
    this.#index.removeNode(node);
    const wait = this.#slices.pause();
    if (wait !== undefined) await wait;
  }

  async #dropBelow(node: number): Promise<void> {
    if (!this.#index.isFolder(node)) return;
    this.#host.forget(this.#index.path(node));
    for (let child = this.#index.firstFolder(node); child !== NONE; child = this.#index.firstFolder(node)) await this.#drop(child);
    for (let child = this.#index.firstFile(node); child !== NONE; child = this.#index.firstFile(node)) {
      this.#index.removeNode(child);
      const wait = this.#slices.pause();
      if (wait !== undefined) await wait;
    }
  }
}
