import { IntList, NameTable, NONE } from './path-name-table.js';

export { NONE } from './path-name-table.js';

/** The workspace's own folder. */
export const ROOT = 0;

const FILE = 1;
const FOLDER = 2;
const IGNORED = 4;

export type EntryKind = 'file' | 'folder';

/**
 * The paths of one workspace as a tree of numbered nodes over interned names: some 60 bytes a file beside its name.
 * Files and folders come and go one by one; `version` grows with every change, so that answers can be kept until then.
 */
export class PathIndex {
  readonly names = new NameTable();
  readonly #parent = new IntList();
  readonly #name = new IntList();
  readonly #flags = new IntList();
  readonly #folders = new IntList();
  readonly #filesIn = new IntList();
  readonly #next = new IntList();
  readonly #previous = new IntList();
  readonly #nextSame = new IntList();
  readonly #previousSame = new IntList();
  readonly #firstNamed = new IntList();
  readonly #free: number[] = [];
  #table = new Int32Array(1024).fill(NONE);
  #entries = 0;
  #files = 0;
  #version = 0;

  constructor() {
    this.#create(NONE, NONE, FOLDER);
  }

  /** Files that may be suggested. */
  get files(): number {
    return this.#files;
  }

  /** Files and folders, ignored ones too. */
  get entries(): number {
    return this.#entries;
  }

  get version(): number {
    return this.#version;
  }

  /** Adds a file or folder by its relative posix path, with the folders above it. A second time only its flags change. */
  add(path: string, kind: EntryKind = 'file', ignored = false): number {
    let node = ROOT;
    let from = 0;
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', from)) {
      if (at > from) node = this.#ensure(node, path.slice(from, at), FOLDER, true);
      from = at + 1;
    }
    if (from === path.length) return node;
    return this.addTo(node, path.slice(from), kind, ignored);
  }

  /** Adds one name to a folder that is in the index. */
  addTo(folder: number, name: string, kind: EntryKind, ignored = false): number {
    return this.#ensure(folder, name, (kind === 'file' ? FILE : FOLDER) | (ignored ? IGNORED : 0), false);
  }

  /** Removes a file, or a folder with all that is in it. True: it was there. */
  remove(path: string): boolean {
    const node = this.find(path);
    if (node === NONE || node === ROOT) return false;
    this.removeNode(node);
    return true;
  }

  removeNode(node: number): void {
    for (let child = this.firstFolder(node); child !== NONE; child = this.firstFolder(node)) this.removeNode(child);
    for (let child = this.firstFile(node); child !== NONE; child = this.firstFile(node)) this.removeNode(child);
    this.#version += 1;
    this.#unhash(node);
    this.#unlink(node);
    this.#entries -= 1;
    if (this.isFile(node) && !this.isIgnored(node)) this.#files -= 1;
    this.names.release(this.#name.get(node));
    this.#flags.set(node, 0);
    this.#free.push(node);
  }

  /** The node at a relative posix path, letter for letter; `NONE` where there is none. */
  find(path: string): number {
    let node = ROOT;
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue;
      node = this.child(node, name);
      if (node === NONE) return NONE;
    }
    return node;
  }

  child(folder: number, name: string): number {
    const id = this.names.find(name);
    return id === NONE ? NONE : this.childNamed(folder, id);
  }

  childNamed(folder: number, name: number): number {
    const mask = this.#table.length - 1;
    for (let slot = hash(folder, name) & mask; ; slot = (slot + 1) & mask) {
      const node = this.#table[slot]!;
      if (node === NONE) return NONE;
      if (this.#parent.get(node) === folder && this.#name.get(node) === name) return node;
    }
  }

  isFile(node: number): boolean {
    return (this.#flags.get(node) & FILE) !== 0;
  }

  isFolder(node: number): boolean {
    return (this.#flags.get(node) & FOLDER) !== 0;
  }

  isIgnored(node: number): boolean {
    return (this.#flags.get(node) & IGNORED) !== 0;
  }

  parent(node: number): number {
    return this.#parent.get(node);
  }

  nameId(node: number): number {
    return this.#name.get(node);
  }

  name(node: number): string {
    return node === ROOT ? '' : this.names.text(this.#name.get(node));
  }

  firstFolder(folder: number): number {
    return this.#folders.get(folder);
  }

  firstFile(folder: number): number {
    return this.#filesIn.get(folder);
  }

  /** The next of its kind in the same folder. */
  sibling(node: number): number {
    return this.#next.get(node);
  }

  /** The first node anywhere that bears this name. */
  firstNamed(name: number): number {
    return name < this.#firstNamed.length ? this.#firstNamed.get(name) : NONE;
  }

  nextNamed(node: number): number {
    return this.#nextSame.get(node);
  }

  /** The relative posix path; empty for the root. */
  path(node: number): string {
    let path = this.name(node);
    for (let at = this.parent(node); at > ROOT; at = this.parent(at)) path = `${this.name(at)}/${path}`;
    return path;
  }

  #ensure(folder: number, name: string, flags: number, implied: boolean): number {
    const known = this.names.find(name);
    const there = known === NONE ? NONE : this.childNamed(folder, known);
    if (there !== NONE) {
      if (implied ? this.isFolder(there) : this.#flags.get(there) === flags) return there;
      if (this.isFolder(there) === ((flags & FOLDER) !== 0)) {
        this.#changeIgnored(there, flags);
        return there;
      }
      // A file took the place of a folder, or a folder that of a file.
      this.removeNode(there);
    }
    return this.#create(folder, this.names.take(name), flags);
  }

  #changeIgnored(node: number, flags: number): void {
    this.#version += 1;
    if (this.isFile(node)) this.#files += (flags & IGNORED) === 0 ? 1 : -1;
    this.#flags.set(node, flags);
  }

  #create(folder: number, name: number, flags: number): number {
    const reused = this.#free.pop();
    const node = reused ?? this.#parent.length;
    const put = (list: IntList, value: number): void => (reused === undefined ? list.push(value) : list.set(node, value));
    put(this.#parent, folder);
    put(this.#name, name);
    put(this.#flags, flags);
    put(this.#folders, NONE);
    put(this.#filesIn, NONE);
    put(this.#next, NONE);
    put(this.#previous, NONE);
    put(this.#nextSame, NONE);
    put(this.#previousSame, NONE);
    this.#version += 1;
    if (folder !== NONE) this.#link(node, folder, name, flags);
    return node;
  }

  #link(node: number, folder: number, name: number, flags: number): void {
    this.#entries += 1;
    if ((flags & (FILE | IGNORED)) === FILE) this.#files += 1;
    const heads = (flags & FILE) !== 0 ? this.#filesIn : this.#folders;
    const first = heads.get(folder);
    this.#next.set(node, first);
    if (first !== NONE) this.#previous.set(first, node);
    heads.set(folder, node);
    while (this.#firstNamed.length < this.names.size) this.#firstNamed.push(NONE);
    const same = this.#firstNamed.get(name);
    this.#nextSame.set(node, same);
    if (same !== NONE) this.#previousSame.set(same, node);
    this.#firstNamed.set(name, node);
    if (this.#entries * 2 > this.#table.length) this.#grow();
    this.#hash(node);
  }

  #unlink(node: number): void {
    const after = this.#next.get(node);
    const before = this.#previous.get(node);
    if (after !== NONE) this.#previous.set(after, before);
    if (before !== NONE) this.#next.set(before, after);
    else (this.isFile(node) ? this.#filesIn : this.#folders).set(this.#parent.get(node), after);
    const afterSame = this.#nextSame.get(node);
    const beforeSame = this.#previousSame.get(node);
    if (afterSame !== NONE) this.#previousSame.set(afterSame, beforeSame);
    if (beforeSame !== NONE) this.#nextSame.set(beforeSame, afterSame);
    else this.#firstNamed.set(this.#name.get(node), afterSame);
  }

  #hash(node: number): void {
    const mask = this.#table.length - 1;
    let slot = hash(this.#parent.get(node), this.#name.get(node)) & mask;
    while (this.#table[slot] !== NONE) slot = (slot + 1) & mask;
    this.#table[slot] = node;
  }

  #grow(): void {
    const nodes = this.#table;
    this.#table = new Int32Array(nodes.length * 2).fill(NONE);
    for (const node of nodes) if (node !== NONE) this.#hash(node);
  }

  /** Removes by shifting back what was pushed on by the removed one, so that no tombstones gather. */
  #unhash(node: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = hash(this.#parent.get(node), this.#name.get(node)) & mask;
    while (table[hole] !== node) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; table[slot] !== NONE; slot = (slot + 1) & mask) {
      const other = table[slot]!;
      const home = hash(this.#parent.get(other), this.#name.get(other)) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      table[hole] = other;
      hole = slot;
    }
    table[hole] = NONE;
  }
}

function hash(folder: number, name: number): number {
  let mixed = Math.imul(folder, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
