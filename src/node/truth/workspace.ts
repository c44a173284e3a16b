import { realpathSync } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import { NONE, PathIndex } from '../../core/truth/path-index.js';
import type { WorkspaceNames } from '../../core/truth/path-form.js';
import type { Disk } from './disk.js';
import { readFolder, type FolderReading } from './folder-reader.js';
import { IgnoreRules } from './ignore-rules.js';
import { TreeUpdate } from './tree-update.js';
import { Watches } from './watches.js';

export interface Progress {
  readonly root: string;
  readonly files: number;
  readonly folders: number;
  readonly done: boolean;
}

export interface WorkspaceSettings {
  readonly disk: Disk;
  /** Absolute paths that are not to be in the index: files, or folders with all below them. */
  readonly exclude: readonly string[];
  readonly poll: boolean;
  /** Changes are gathered for this long before they are looked at. */
  readonly settleMs: number;
  /** The least pause between two rescans where watching is impossible. */
  readonly pollMs: number;
  /** Files and folders; a larger tree is not indexed at all, for half an index accuses the other half. */
  readonly mostEntries: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onMessage: (message: string) => void;
  /** All changes known so far are in the index. */
  readonly onSettled: (root: string) => void;
}

/** `building`, `gone` and `too_large` know nothing. */
export type WorkspaceState = 'building' | 'ready' | 'gone' | 'too_large' | 'closed';

// Folders read at the same time: enough to keep the file system busy, few enough to hold their listings.
const READS_AHEAD = 8;
const PROGRESS_EVERY = 64;
const ROOT_CHECK_MS = 1_000;
// Watches can lose events when a queue overflows; a sweep over the folders' times finds what they lost.
const SWEEP_WATCHED_MS = 60_000;

/** One folder of the disk, kept as an index. It only ever reads, and nothing outside its root. */
export class Workspace {
  readonly root: string;
  readonly names: WorkspaceNames;
  readonly index = new PathIndex();
  readonly ready: Promise<void>;
  readonly #given: WorkspaceSettings;
  readonly #rules: IgnoreRules;
  readonly #watches: Watches;
  readonly #tree: TreeUpdate;
  readonly #queue = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #times = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #state: WorkspaceState = 'building';
  #working: Promise<void> | null = null;
  #settling: NodeJS.Timeout | null = null;
  #lastMs = 0;
  #rootIno = 0;
  #saidPolling = false;
  #wasGone = false;
  #foldersRead = 0;

  constructor(folder: string, settings: WorkspaceSettings) {
    const given = resolve(folder);
    this.root = realPath(given);
    this.#given = settings;
    const roots = given === this.root ? [posix(this.root)] : [posix(this.root), posix(given)];
    this.#rules = new IgnoreRules(settings.disk, this.root);
    this.names = { roots, name: basename(given), ignores: (path) => this.#rules.ignores(path) };
    this.#watches = new Watches(settings.disk, this.root, {
      changed: (at) => this.#mark(at),
      rulesChanged: (at) => this.#mark(at),
      replaced: (at) => this.#replaced(at),
      impossible: (reason) => this.#startPolling(reason),
    });
    this.#tree = new TreeUpdate(this.index, this.#rules, {
      isExcluded: (path) => this.#isExcluded(path),
      queue: (at) => this.#queue.add(at),
      forget: (at) => this.#forget(at),
      merged: (at, mtimeMs) => this.#merged(at, mtimeMs),
    });
    if (settings.poll) this.#watches.close();
    this.ready = this.#build();
    this.#every(ROOT_CHECK_MS, () => this.#checkRoot());
    this.#sweepLater();
  }

  get state(): WorkspaceState {
    return this.#state;
  }

  /** The relative posix path of an absolute one, `''` for the root; null: it lies elsewhere. */
  relative(path: string): string | null {
    const asked = trimmed(posix(path));
    for (const root of this.names.roots) {
      if (asked === root) return '';
      if (asked.startsWith(`${root}/`)) return asked.slice(root.length + 1);
    }
    return null;
  }

  /** How long the root is that holds this absolute path; -1: it lies elsewhere. */
  contains(path: string): number {
    return this.relative(path) === null ? -1 : this.root.length;
  }

  /** Whether a path names this very folder. */
  isAt(path: string): boolean {
    return this.relative(resolve(path)) === '';
  }

  close(): void {
    this.#state = 'closed';
    this.#watches.close();
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#queue.clear();
    this.#dirty.clear();
  }

  async #build(): Promise<void> {
    const seen = await this.#given.disk.look(this.root);
    if (this.#state === 'closed') return;
    if (seen?.kind !== 'folder') {
      this.#lose();
      return;
    }
    this.#rootIno = seen.ino;
    this.#state = 'building';
    await this.#rules.readExclude();
    this.#queue.add('');
    await this.#work();
    if (this.#state !== 'building') return;
    this.#state = 'ready';
    this.#report(true);
    if (this.#wasGone) this.#given.onMessage(`workspace ${this.root} is back: ${this.index.files} files`);
    this.#wasGone = false;
    this.#given.onSettled(this.root);
  }

  #lose(): void {
    if (this.#state === 'gone' || this.#state === 'closed') return;
    this.#state = 'gone';
    this.#wasGone = true;
    this.#queue.clear();
    this.#given.onMessage(`workspace ${this.root} is not there: nothing is known of its paths until it is`);
    this.#given.onSettled(this.root);
  }

  async #checkRoot(): Promise<void> {
    const seen = await this.#given.disk.look(this.root);
    if (this.#state === 'closed' || this.#working !== null) return;
    if (seen?.kind !== 'folder') {
      if (this.#state !== 'too_large') this.#lose();
      return;
    }
    if (this.#state !== 'gone' && seen.ino === this.#rootIno) return;
    this.#state = 'building';
    this.#watches.restart();
    // While the index is emptied nothing else may work on it.
    this.#working = this.#tree.empty().finally(() => {
      this.#working = null;
    });
    await this.#working;
    for (const folder of this.#rules.folders()) this.#rules.forget(folder);
    await this.#build();
  }

  /** A folder's entries, or its rules, are to be looked at again soon. */
  #mark(folder: string): void {
    if (this.#state === 'closed' || this.#state === 'gone' || this.#state === 'too_large') return;
    this.#dirty.add(folder);
    // Looking costs what it cost last time: a tree in constant motion is looked at less often, but within a second.
    this.#settling ??= setTimeout(() => this.#settle(), Math.min(Math.max(this.#given.settleMs, this.#lastMs * 4), 700)).unref();
  }

  #replaced(folder: string): void {
    this.#watches.drop(folder);
    this.#times.delete(folder);
    this.#mark(folder);
  }

  #settle(): void {
    this.#settling = null;
    // A marked folder whose parent is marked too may have gone: parents first, as the shorter paths.
    for (const folder of [...this.#dirty].sort((a, b) => a.length - b.length)) this.#queue.add(folder);
    this.#dirty.clear();
    void this.#work().then(() => {
      if (this.#state === 'ready') this.#given.onSettled(this.root);
    });
  }

  #work(): Promise<void> {
    this.#working ??= this.#drain().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  /** Works off the queue: folders are read some ahead, their listings applied one by one. */
  async #drain(): Promise<void> {
    const began = performance.now();
    const reading: { readonly folder: string; readonly result: Promise<FolderReading> }[] = [];
    while (this.#queue.size > 0 || reading.length > 0) {
      for (const folder of this.#queue) {
        if (reading.length >= READS_AHEAD) break;
        this.#queue.delete(folder);
        reading.push({ folder, result: this.#read(folder) });
      }
      const next = reading.shift();
      if (next === undefined) break;
      const result = await next.result;
      if (this.#state === 'closed' || this.#state === 'gone') return;
      if (!(await this.#tree.apply(next.folder, result))) {
        this.#lose();
        return;
      }
      if (this.index.entries > this.#given.mostEntries) this.#giveUp();
    }
    this.#lastMs = performance.now() - began;
  }

  #giveUp(): void {
    if (this.#state === 'too_large') return;
    this.#state = 'too_large';
    this.#queue.clear();
    this.#watches.close();
    this.#given.onMessage(`workspace ${this.root} has more than ${this.#given.mostEntries} files and folders: nothing is said of its paths`);
  }

  async #read(folder: string): Promise<FolderReading> {
    this.#watches.add(folder);
    const path = this.#path(folder);
    const changed = await this.#rules.readFolder(folder);
    if (changed) this.#queueBelow(folder);
    return readFolder(this.#given.disk, path);
  }

  #path(folder: string): string {
    return folder === '' ? this.root : `${this.root}/${folder}`;
  }

  /** Other rules: every folder that is known below is looked at again. */
  #queueBelow(folder: string): void {
    const top = this.index.find(folder);
    const waiting = top === NONE ? [] : [top];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (let child = this.index.firstFolder(at); child !== NONE; child = this.index.sibling(child)) {
        if (this.index.isIgnored(child)) continue;
        this.#queue.add(this.index.path(child));
        waiting.push(child);
      }
    }
  }

  #merged(folder: string, mtimeMs: number): void {
    this.#times.set(folder, mtimeMs);
    this.#foldersRead += 1;
    if (this.#foldersRead % PROGRESS_EVERY === 0 && this.#state === 'building') this.#report(false);
  }

  #forget(folder: string): void {
    this.#watches.drop(folder);
    this.#rules.forget(folder);
    this.#times.delete(folder);
  }

  #isExcluded(path: string): boolean {
    const whole = `${this.root}${sep}${path}`;
    return this.#given.exclude.some((out) => whole === out || whole.startsWith(`${out}/`) || whole.startsWith(`${out}${sep}`) || isDatabaseCompanion(whole, out));
  }

  #report(done: boolean): void {
    this.#given.onProgress({ root: this.root, files: this.index.files, folders: this.#foldersRead, done });
  }

  #startPolling(reason: string): void {
    if (this.#saidPolling) return;
    this.#saidPolling = true;
    this.#given.onMessage(`workspace ${this.root} cannot be watched (${reason}): it is rescanned instead`);
    this.#sweepLater();
  }

  /** Looks at every folder's time, and again some time after that is done. */
  #sweepLater(tookMs = 0): void {
    const pause = this.#watches.on ? SWEEP_WATCHED_MS : Math.max(this.#given.pollMs, tookMs * 5);
    this.#after(pause, () => {
      const began = performance.now();
      void this.#sweep().then(() => this.#sweepLater(performance.now() - began));
    });
  }

  async #sweep(): Promise<void> {
    if (this.#state !== 'ready') return;
    const folders = [...this.#times.keys()];
    for (let from = 0; from < folders.length && this.#state === 'ready'; from += READS_AHEAD) {
      await Promise.all(folders.slice(from, from + READS_AHEAD).map((folder) => this.#sweepFolder(folder)));
    }
    for (const folder of this.#rules.folders()) if (await this.#rules.readFolder(folder)) this.#queueBelowAnd(folder);
  }

  async #sweepFolder(folder: string): Promise<void> {
    const seen = await this.#given.disk.look(this.#path(folder));
    const known = this.#times.get(folder);
    if (known !== undefined && seen?.mtimeMs !== known) this.#mark(folder);
  }

  #queueBelowAnd(folder: string): void {
    this.#queueBelow(folder);
    this.#mark(folder);
  }

  #after(ms: number, run: () => void): void {
    if (this.#state === 'closed') return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms).unref();
    this.#timers.add(timer);
  }

  #every(ms: number, run: () => Promise<void>): void {
    this.#after(ms, () => void run().then(() => this.#every(ms, run)));
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It may appear later.
    return path;
  }
}

function posix(path: string): string {
  return path.replaceAll('\\', '/');
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** What SQLite keeps beside a database. */
function isDatabaseCompanion(path: string, database: string): boolean {
  return path.startsWith(database) && /^-(?:wal|shm|journal)$/.test(path.slice(database.length));
}
