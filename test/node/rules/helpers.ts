import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Database } from '../../../src/node/rules/sqlite.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string) => Database;

/** A folder of its own that goes away with the test. */
export function scratch(t: TestContext): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-rules-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** A connection that knows nothing of hotpatch, as an operator's own tool would have. */
export function foreign(t: TestContext, file: string): Database {
  const db = new Sqlite(file);
  t.after(() => db.close());
  return db;
}

/** The two tables with their fixed columns and nothing else. */
export const NAMED_ONLY = `
  CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL);
  CREATE TABLE behavior_patches (id INTEGER PRIMARY KEY, description TEXT, patch_type TEXT, payload_json TEXT);`;
