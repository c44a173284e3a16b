import { existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type Sqlite from 'better-sqlite3';

export type Database = Sqlite.Database;

/** Transactions of other processes take milliseconds; an import of many rules may take a second. */
const BUSY_TIMEOUT_MS = 2_000;

/** What schema.sql of this version makes. Raise both together. */
export const SCHEMA_VERSION = 3;

export type RuleStoreErrorCode = 'E_DB_MISSING' | 'E_DB_CORRUPT' | 'E_DB_LOCKED' | 'E_DB_NEWER' | 'E_DB_UNREADABLE' | 'E_RULE_UNKNOWN';

/** The database, or the rule asked for, is not there or not usable. The message names the file. */
export class RuleStoreError extends Error {
  /** What is wrong, for programs: `E_DB_MISSING`, `E_DB_CORRUPT`, `E_DB_LOCKED`, `E_DB_NEWER` (made by a later version), `E_DB_UNREADABLE`, `E_RULE_UNKNOWN`. */
  readonly code: RuleStoreErrorCode;
  /** The database file, as it was given. */
  readonly file: string;

  constructor(code: RuleStoreErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuleStoreError';
    this.code = code;
    this.file = file;
  }
}

/** This machine has no working build of better-sqlite3: rules and the corrections table are out of reach, answers are not. */
export class SqliteUnavailableError extends Error {
  /** For programs. */
  readonly code = 'E_SQLITE_UNAVAILABLE';

  constructor(options: ErrorOptions) {
    super('better-sqlite3 does not load on this machine, so there is no database; `npm rebuild better-sqlite3` with a C++ toolchain repairs it', options);
    this.name = 'SqliteUnavailableError';
  }
}

/** Given the bytes of a database instead of its name, a copy is opened in memory. */
type Open = (file: string | Buffer, options: Sqlite.Options) => Database;
let loaded: Open | null = null;

/**
 * Loads the native module on first use, so that importing the library needs no working build.
 * @throws SqliteUnavailableError
 */
export function loadSqlite(): Open {
  loaded ??= tryLoading(() => createRequire(import.meta.url)('better-sqlite3'));
  return loaded;
}

/** @throws SqliteUnavailableError where the module is missing, or there and not working. */
export function tryLoading(load: () => unknown): Open {
  try {
    const Constructor = load() as new (file: string | Buffer, options: Sqlite.Options) => Database;
    // The binding itself is loaded by the first database only.
    new Constructor(':memory:', {}).close();
    return (file, options) => new Constructor(file, options);
  } catch (cause) {
    throw new SqliteUnavailableError({ cause });
  }
}

const statements = new WeakMap<Database, Map<string, Sqlite.Statement>>();

/** A statement made once a connection: an import runs the same ones for every rule. */
export function prepared(db: Database, sql: string): Sqlite.Statement {
  let known = statements.get(db);
  if (known === undefined) {
    known = new Map<string, Sqlite.Statement>();
    statements.set(db, known);
  }
  let statement = known.get(sql);
  if (statement === undefined) known.set(sql, (statement = db.prepare(sql)));
  return statement;
}

export interface OpenOptions {
  /** Make the file and its folder where missing. */
  readonly create?: boolean;
  readonly readonly?: boolean;
  /** How long a statement waits for another process's transaction. */
  readonly busyMs?: number;
}

/**
 * Opens a database file; nothing in it is touched, and a broken one stays as it is.
 * @throws RuleStoreError, SqliteUnavailableError
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  const open = loadSqlite();
  const { create = false, readonly = false, busyMs = BUSY_TIMEOUT_MS } = options;
  const seen = existsSync(file) ? statSync(file) : undefined;
  if (seen?.isDirectory() === true) throw new RuleStoreError('E_DB_UNREADABLE', file, `the database ${file} cannot be used: it is a folder`);
  if (!create && seen === undefined) throw new RuleStoreError('E_DB_MISSING', file, `there is no database at ${file}`);
  return explained(file, () => {
    if (create) mkdirSync(dirname(file), { recursive: true });
    const db = open(file, { readonly, fileMustExist: !create, timeout: busyMs });
    try {
      // SQLite looks into the file only when asked something.
      refuseNewer(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** A later version may store what this one would misread or spoil. @throws RuleStoreError */
export function refuseNewer(db: Database, file: string): void {
  if (db.prepare("SELECT 1 FROM sqlite_schema AS s, pragma_table_info('schema_version') AS c WHERE s.name = 'schema_version' AND c.name = 'version'").get() === undefined) return;
  const { version } = db.prepare("SELECT max(version) AS version FROM schema_version WHERE typeof(version) = 'integer'").get() as { version: number | null };
  if (version === null || version <= SCHEMA_VERSION) return;
  throw new RuleStoreError('E_DB_NEWER', file, `the database ${file} has schema version ${version} and this hotpatch knows ${SCHEMA_VERSION}: it was made by a newer one; update hotpatch, or name another file with --db. It was left as it is`);
}

/** Runs something on a database; what SQLite throws comes out as a RuleStoreError that names the file. */
export function explained<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw explain(file, error);
  }
}

function explain(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RuleStoreError) return error;
  const { code } = error as { code?: unknown };
  const word = typeof code === 'string' ? code : '';
  if (word.startsWith('SQLITE_NOTADB') || word.startsWith('SQLITE_CORRUPT')) {
    return new RuleStoreError('E_DB_CORRUPT', file, `the database ${file} is damaged or no SQLite database (${error.message}); it was left as it is`, { cause: error });
  }
  if (word.startsWith('SQLITE_BUSY') || word.startsWith('SQLITE_LOCKED')) {
    return new RuleStoreError('E_DB_LOCKED', file, `the database ${file} is locked by another process (${error.message})`, { cause: error });
  }
  if (word.startsWith('SQLITE') || /^E[A-Z]+$/.test(word) || error instanceof TypeError) {
    return new RuleStoreError('E_DB_UNREADABLE', file, `the database ${file} cannot be used: ${error.message}`, { cause: error });
  }
  return error;
}
