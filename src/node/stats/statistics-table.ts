import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import { type Counts, parseCounts, sumOf } from './counts.js';
import { isAlive } from './pids.js';

/** What a proxy says of itself beside its counts. */
export interface ProxyFacts {
  /** Null: it does not listen. */
  readonly host: string | null;
  readonly port: number | null;
  readonly tls: boolean;
  /** The backend's address. */
  readonly endpoint: string;
  readonly mode: string;
  readonly patterns: number;
  readonly patches: number;
  readonly connections: number;
}

export interface StatisticsTableOptions {
  readonly file: string;
  /** A connection to `file` with the tables of schema.sql; called at the first writing and again after a failure. */
  readonly open: () => Sqlite.Database;
  /** Unlike that of any other proxy. */
  readonly id: string;
  /** Workers of one proxy share it. */
  readonly family: string;
  readonly startedMs: number;
  /** All that was counted since `startedMs`. */
  readonly counts: () => Counts;
  readonly facts: () => ProxyFacts;
  /** What of the counts is stored already, in another database. */
  readonly stored?: Counts;
  /** Told when writing fails for another reason than a lock, once until it works again. */
  readonly onFault?: (error: Error) => void;
  readonly nowMs?: () => number;
  /** Calls back again and again until the function it returns is called. */
  readonly every?: (ms: number, tick: () => void) => () => void;
}

/** What a crash may cost. */
const INTERVAL_MS = 2_000;
/** A proxy that counts nothing says this often that it is there: no more, as each writing wakes whoever follows the database. */
const HEARTBEAT_MS = 10_000;
/** Shutdown waits this long for others to let go of the database. */
const CLOSING_MS = 2_000;
const CLOSING_PAUSE_MS = 20;
/** A row of another machine that nobody has written for this long is of a proxy that was killed. */
const FORGET_MS = 86_400_000;

interface Left {
  readonly id: string;
  readonly family: string;
  readonly machine: string;
  readonly pid: number;
  readonly counts: string;
  readonly startedAt: string;
  readonly seenAt: string;
}

function everyUnref(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}

const ADD = 'INSERT INTO statistics (name, value) VALUES (@name, @by) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value';
const REGISTER =
  'INSERT OR REPLACE INTO proxies (id, family, machine, pid, host, port, tls, endpoint, mode, patterns, patches, connections, counts, started_at, seen_at) ' +
  'VALUES (@id, @family, @machine, @pid, @host, @port, @tls, @endpoint, @mode, @patterns, @patches, @connections, @counts, @startedAt, @seenAt)';

/**
 * Adds what one proxy counts to table `statistics` and keeps its row in `proxies`. Only what came since the last writing is added,
 * so that any number of processes add up; a database that cannot be written costs nothing until the process ends, as the next
 * writing adds all. No writing waits for another process.
 */
export class StatisticsTable {
  readonly #options: StatisticsTableOptions;
  readonly #nowMs: () => number;
  readonly #machine = hostname();
  #stored: Record<string, number>;
  #db: Sqlite.Database | null = null;
  #inode = '';
  #lastFacts = '';
  /** Of the last writing, or the last failure. */
  #lastMs = 0;
  #cleaned = false;
  #failing = false;
  #stopTicking: (() => void) | null = null;

  constructor(options: StatisticsTableOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#stored = { ...options.stored };
  }

  /** What of the counts is in the database. */
  get stored(): Counts {
    return this.#stored;
  }

  /** Writes now and from now on. */
  start(): void {
    this.flush();
    this.#stopTicking ??= (this.#options.every ?? everyUnref)(INTERVAL_MS, () => void this.flush());
  }

  /** Writes what is new, at once or not at all. @returns false where the database did not let it */
  flush(): boolean {
    if (this.#failing && this.#nowMs() - this.#lastMs < HEARTBEAT_MS) return false;
    const counts = this.#options.counts();
    const facts = JSON.stringify(this.#options.facts());
    const changed = facts !== this.#lastFacts || Object.entries(counts).some(([name, value]) => value !== (this.#stored[name] ?? 0));
    if (!changed && this.#nowMs() - this.#lastMs < HEARTBEAT_MS && this.#isThere()) return true;
    return this.#try((db) => {
      this.#add(db, counts);
      this.#register(db, counts);
      if (!this.#cleaned) this.#forgetDead(db);
    }, () => {
      this.#stored = { ...counts };
      this.#lastFacts = facts;
      this.#lastMs = this.#nowMs();
      this.#cleaned = true;
    });
  }

  /** Writes what is new, takes the proxy's row away and ends. Counts that could not be written by then are lost, and told. */
  async close(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    const leave = (): boolean => {
      const counts = this.#options.counts();
      return this.#try((db) => {
        this.#add(db, counts);
        db.prepare('DELETE FROM proxies WHERE id = ?').run(this.#options.id);
      }, () => void (this.#stored = { ...counts }));
    };
    for (const untilMs = Date.now() + CLOSING_MS; !leave(); await sleep(CLOSING_PAUSE_MS)) {
      if (this.#failing) break;
      if (Date.now() < untilMs) continue;
      this.#options.onFault?.(new Error('the database stayed locked, so what was counted last is lost'));
      break;
    }
    this.#disconnect();
  }

  #add(db: Sqlite.Database, counts: Counts): void {
    const add = db.prepare(ADD);
    for (const [name, value] of Object.entries(counts)) {
      const by = value - (this.#stored[name] ?? 0);
      if (by > 0) add.run({ name, by });
    }
  }

  #register(db: Sqlite.Database, counts: Counts): void {
    const { id, family, startedMs, facts } = this.#options;
    const said = facts();
    db.prepare(REGISTER).run({
      ...said, id, family, machine: this.#machine, pid: process.pid, tls: said.tls ? 1 : 0, counts: JSON.stringify(counts),
      startedAt: new Date(startedMs).toISOString(), seenAt: new Date(this.#nowMs()).toISOString(),
    });
  }

  /**
   * Takes away what killed proxies left. Counts of a worker that died still count as long as its family lives: those of its own
   * family are gathered in one row, so that a worker that dies again and again leaves no more.
   */
  #forgetDead(db: Sqlite.Database): void {
    const rows = db.prepare('SELECT id, family, machine, pid, counts, started_at AS startedAt, seen_at AS seenAt FROM proxies ORDER BY started_at').all() as Left[];
    const before = new Date(this.#nowMs() - FORGET_MS).toISOString();
    const lives = (row: Left): boolean => (row.machine === this.#machine ? isAlive(row.pid) : row.seenAt > before);
    const families = new Set(rows.filter(lives).map(({ family }) => family));
    const dead = rows.filter((row) => !lives(row));
    const { family } = this.#options;
    const relatives = dead.filter((row) => row.family === family);
    const forget = db.prepare('DELETE FROM proxies WHERE id = ?');
    for (const row of dead) if (row.family === family || !families.has(row.family)) forget.run(row.id);
    if (relatives.length === 0) return;
    db.prepare('INSERT OR REPLACE INTO proxies (id, family, machine, pid, counts, started_at, seen_at) VALUES (?, ?, ?, 0, ?, ?, ?)')
      .run(`${family}/ended`, family, this.#machine, JSON.stringify(sumOf(relatives.map((row) => parseCounts(row.counts)))), relatives[0]?.startedAt, relatives[0]?.seenAt);
  }

  #try(write: (db: Sqlite.Database) => void, done: () => void): boolean {
    try {
      const db = this.#connection();
      db.transaction(() => write(db)).immediate();
      done();
      this.#failing = false;
      return true;
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      const { code } = fault as { code?: unknown };
      if (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) return false;
      this.#disconnect();
      if (!this.#failing) this.#options.onFault?.(fault);
      this.#failing = true;
      this.#lastMs = this.#nowMs();
      return false;
    }
  }

  /** Another file may have been put in the place of the one that is open. */
  #connection(): Sqlite.Database {
    if (this.#db !== null && this.#isThere()) return this.#db;
    this.#disconnect();
    const db = this.#options.open();
    // Answers wait while this thread does.
    db.pragma('busy_timeout = 0');
    db.pragma('synchronous = NORMAL');
    this.#inode = inodeOf(this.#options.file);
    this.#db = db;
    return db;
  }

  #isThere(): boolean {
    return this.#inode !== '' && inodeOf(this.#options.file) === this.#inode;
  }

  #disconnect(): void {
    try {
      this.#db?.close();
    } catch {
      // Closing checkpoints, which a broken file refuses. There is nothing to save then.
    }
    this.#db = null;
    this.#inode = '';
  }
}

function inodeOf(file: string): string {
  const facts = statSync(file, { throwIfNoEntry: false, bigint: true });
  return facts === undefined ? '' : `${facts.dev}:${facts.ino}`;
}
