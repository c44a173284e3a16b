import { readFileSync } from 'node:fs';
import { explained, loadSqlite, SCHEMA_VERSION } from './sqlite.js';
import type { Database } from './sqlite.js';

/** The same depth below the package's root from `src/` and from `dist/`. */
const SCHEMA_URL = new URL('../../../schema.sql', import.meta.url);
/** SQLite's busy timeout does not cover the change to WAL while another process makes it too. */
const WAL_ATTEMPTS = 50;
const WAL_PAUSE_MS = 10;
/** Tables whose rows say that the database was in use before we came: it gets no seed rules. */
const OLD_TABLES = ['correction_patterns', 'behavior_patches', 'facts', 'corrections'];

interface Column {
  readonly name: string;
  readonly type: string;
  readonly dflt_value: string | null;
}

let schemaText: string | null = null;

/**
 * Brings a database up to `schema.sql` by adding what is missing: tables, columns, indexes, triggers; on a new one, seeds.
 * One transaction, begun as a writer: of two processes at once, the second finds nothing left to do.
 * @param seeds whether a new one gets the seed rules
 * @throws RuleStoreError
 */
export function migrate(db: Database, file: string, seeds = true): void {
  explained(file, () => {
    if (isCurrent(db)) return;
    useWal(db);
    db.exec('BEGIN IMMEDIATE');
    try {
      if (!isCurrent(db)) upgrade(db, seeds);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  });
}

/** The tables and columns that exist. */
export function columnsOf(db: Database, table: string): readonly Column[] {
  return db.prepare('SELECT name, type, dflt_value FROM pragma_table_info(?)').all(table) as Column[];
}

function upgrade(db: Database, seeds: boolean): void {
  const wanted = reference();
  const isOld = OLD_TABLES.some((table) => columnsOf(db, table).length > 0);
  // Nothing wrote this table before version 3, which gave it another key.
  const proxies = columnsOf(db, 'proxies');
  if (proxies.length > 0 && !proxies.some(({ name }) => name === 'id')) db.exec('DROP TABLE proxies');
  for (const [table, columns] of wanted) {
    const present = new Set(columnsOf(db, table).map((column) => column.name.toLowerCase()));
    if (present.size === 0) continue;
    for (const column of columns) {
      if (present.has(column.name.toLowerCase())) continue;
      const fallback = column.dflt_value === null ? '' : ` DEFAULT ${column.dflt_value}`;
      db.exec(`ALTER TABLE ${quoted(table)} ADD COLUMN ${quoted(column.name)} ${column.type}${fallback}`);
    }
  }
  if (isOld || !seeds) db.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TEXT); INSERT OR IGNORE INTO schema_version (version, applied_at) VALUES (1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))");
  db.exec(schema());
}

/** Whether all names of schema.sql exist; cheap, so that every opening may ask. */
function isCurrent(db: Database): boolean {
  const present = new Set((db.prepare('SELECT name FROM sqlite_schema').all() as { name: string }[]).map((row) => row.name));
  const names = [...schema().matchAll(/CREATE (?:TABLE|INDEX|TRIGGER) IF NOT EXISTS (\w+)/g)].map((match) => match[1] ?? '');
  if (!names.every((name) => present.has(name))) return false;
  for (const [table, columns] of reference()) {
    const existing = new Set(columnsOf(db, table).map((column) => column.name.toLowerCase()));
    if (!columns.every((column) => existing.has(column.name.toLowerCase()))) return false;
  }
  return db.prepare('SELECT 1 FROM schema_version WHERE version = ?').get(SCHEMA_VERSION) !== undefined;
}

let referenceColumns: ReadonlyMap<string, readonly Column[]> | null = null;

/** What schema.sql makes of an empty database: the one place where columns are listed. */
function reference(): ReadonlyMap<string, readonly Column[]> {
  if (referenceColumns !== null) return referenceColumns;
  const memory = loadSqlite()(':memory:', {});
  try {
    memory.exec(schema());
    const tables = memory.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
    referenceColumns = new Map(tables.map(({ name }) => [name, columnsOf(memory, name)]));
    return referenceColumns;
  } finally {
    memory.close();
  }
}

function useWal(db: Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (attempt === WAL_ATTEMPTS || typeof code !== 'string' || !code.startsWith('SQLITE_BUSY')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
    }
  }
}

/** schema.sql without its journal mode, which no transaction may change. */
function schema(): string {
  schemaText ??= readFileSync(SCHEMA_URL, 'utf8').replace(/^PRAGMA journal_mode.*$/m, '');
  return schemaText;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
