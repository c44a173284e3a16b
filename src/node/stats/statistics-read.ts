import { hostname } from 'node:os';
import type Sqlite from 'better-sqlite3';
import { type Counts, parseCounts, sumOf } from './counts.js';
import { isAlive } from './pids.js';
import type { ProxyFacts } from './statistics-table.js';

/** A proxy with all its workers. */
export interface RunningProxy extends ProxyFacts {
  readonly family: string;
  readonly machine: string;
  /** Of the processes that live, oldest first. */
  readonly pids: readonly number[];
  readonly startedAt: string;
  /** When it last wrote. */
  readonly seenAt: string;
  /** Its pid is there and it has not written for long: it hangs, or the number is another process's by now. */
  readonly silent: boolean;
  /** Since it started, workers that died among them. */
  readonly counts: Counts;
}

export interface StoredStatistics {
  /** Of all proxies on this database, over restarts. */
  readonly counts: Counts;
  readonly running: readonly RunningProxy[];
}

/** A proxy writes at least every ten seconds; a busy machine may let it wait. */
const SILENT_MS = 45_000;

interface Row extends Omit<ProxyFacts, 'tls'> {
  readonly family: string;
  readonly machine: string;
  readonly pid: number;
  readonly tls: number;
  readonly counts: string;
  readonly startedAt: string;
  readonly seenAt: string;
}

/** What proxies stored in a database, which may be without these tables, and which of them run now. Nothing is written. */
export function readStatistics(db: Sqlite.Database, nowMs: number): StoredStatistics {
  return db.transaction(() => ({ counts: readCounts(db), running: readRunning(db, nowMs) }))();
}

function has(db: Sqlite.Database, table: string, column: string): boolean {
  return db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined;
}

function readCounts(db: Sqlite.Database): Counts {
  if (!has(db, 'statistics', 'value')) return {};
  const rows = db.prepare("SELECT name, value FROM statistics WHERE typeof(value) = 'integer' ORDER BY name").all() as { name: string; value: number }[];
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

function readRunning(db: Sqlite.Database, nowMs: number): readonly RunningProxy[] {
  if (!has(db, 'proxies', 'family')) return [];
  const rows = db.prepare(
    'SELECT family, machine, pid, host, port, tls, endpoint, mode, patterns, patches, connections, counts, started_at AS startedAt, seen_at AS seenAt FROM proxies ORDER BY started_at, id',
  ).all() as Row[];
  const here = hostname();
  const isFresh = (row: Row): boolean => nowMs - Date.parse(row.seenAt) < SILENT_MS;
  const families = new Map<string, Row[]>();
  for (const row of rows) families.set(row.family, [...(families.get(row.family) ?? []), row]);
  return [...families.values()].flatMap((members) => {
    const living = members.filter((row) => (row.machine === here ? isAlive(row.pid) : isFresh(row)));
    const last = living.reduce<Row | null>((latest, row) => (latest === null || row.seenAt > latest.seenAt ? row : latest), null);
    if (last === null) return [];
    const { family, machine, host, port, tls, endpoint, mode, patterns, patches, seenAt } = last;
    return [{
      family, machine, host, port, tls: tls === 1, endpoint, mode, patterns, patches, seenAt,
      connections: living.reduce((total, row) => total + row.connections, 0),
      pids: living.map(({ pid }) => pid),
      startedAt: members[0]?.startedAt ?? last.startedAt,
      silent: !living.some(isFresh),
      counts: sumOf(members.map((row) => parseCounts(row.counts))),
    }];
  });
}
