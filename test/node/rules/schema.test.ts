import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SqliteRuleSource } from '../../../src/node/rules/sqlite-rule-source.js';
import { createDatabase, openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { RuleStoreError, SCHEMA_VERSION } from '../../../src/node/rules/sqlite.js';
import { resolveLimits } from '../../../src/core/limits.js';
import { foreign, NAMED_ONLY, scratch } from './helpers.js';

const versions = (db: ReturnType<typeof foreign>): unknown[] => db.prepare('SELECT version FROM schema_version ORDER BY version').pluck().all();

describe('versions of the schema', () => {
  test('schema.sql and the code say the same number', (t) => {
    const file = scratch(t)('a.db');
    createDatabase(file);
    assert.deepEqual(versions(foreign(t, file)), [SCHEMA_VERSION]);
  });

  test('a database of version 1 gets what came later, keeps its rows and gets no seeds', (t) => {
    const file = scratch(t)('a.db');
    createDatabase(file);
    const db = foreign(t, file);
    db.exec(`DROP TABLE statistics; DROP TABLE proxies; DELETE FROM schema_version; INSERT INTO schema_version (version) VALUES (1);
      DELETE FROM correction_patterns; INSERT INTO correction_patterns (id, pattern, replacement) VALUES (7, 'teh', 'the')`);
    const reader = openRuleStore(file, { readonly: true });
    assert.equal(reader.list().length, 1, 'read as it is');
    reader.close();
    assert.deepEqual(versions(db), [1], 'reading migrates nothing');
    openRuleStore(file, {}).close();
    assert.deepEqual(versions(db), [1, SCHEMA_VERSION]);
    assert.deepEqual(db.prepare('SELECT id, pattern, replacement FROM correction_patterns').all(), [{ id: 7, pattern: 'teh', replacement: 'the' }]);
    assert.deepEqual(db.prepare('SELECT * FROM statistics').all(), []);
    openRuleStore(file, {}).close();
    assert.deepEqual(versions(db), [1, SCHEMA_VERSION], 'once');
  });

  test('the table of proxies that version 2 had, and nothing wrote, is made anew', (t) => {
    const file = scratch(t)('a.db');
    createDatabase(file);
    const db = foreign(t, file);
    db.exec(`DROP TABLE proxies; CREATE TABLE proxies (pid INTEGER PRIMARY KEY, host TEXT, port INTEGER, endpoint TEXT, started_at TEXT); INSERT INTO statistics VALUES ('requests', 7);
      DELETE FROM schema_version; INSERT INTO schema_version (version) VALUES (2)`);
    openRuleStore(file, {}).close();
    assert.deepEqual(versions(db), [1, 2, SCHEMA_VERSION]);
    assert.deepEqual(db.prepare("SELECT name FROM pragma_table_info('proxies') WHERE pk = 1").pluck().all(), ['id']);
    assert.deepEqual(db.prepare('SELECT * FROM statistics').all(), [{ name: 'requests', value: 7 }]);
  });

  test('a newer one is refused by name, for reading and writing, and left as it is', (t) => {
    const file = scratch(t)('new.db');
    createDatabase(file);
    const db = foreign(t, file);
    db.exec(`INSERT INTO schema_version (version) VALUES (${SCHEMA_VERSION + 1})`);
    db.pragma('wal_checkpoint(TRUNCATE)');
    const before = readFileSync(file);
    for (const options of [{}, { create: true }, { readonly: true }]) {
      assert.throws(() => openRuleStore(file, options), (error) => error instanceof RuleStoreError && error.code === 'E_DB_NEWER' && error.message.includes(file) && /newer.*update hotpatch/.test(error.message));
    }
    const faults: string[] = [];
    const source = new SqliteRuleSource(file, { limits: resolveLimits(), create: true, onFault: (error) => faults.push(error.message), every: () => () => undefined });
    assert.equal(source.current().patterns.length, 0, 'a proxy goes on without its rules');
    assert.match(faults.join('\n'), /newer/);
    source.close();
    assert.ok(readFileSync(file).equals(before));
  });

  test('a table of that name that is not ours says nothing', (t) => {
    const file = scratch(t)('odd.db');
    foreign(t, file).exec(`${NAMED_ONLY} CREATE TABLE schema_version (name TEXT); INSERT INTO schema_version VALUES ('99'); INSERT INTO correction_patterns (pattern) VALUES ('a')`);
    const store = openRuleStore(file, { readonly: true });
    t.after(() => store.close());
    assert.equal(store.list().length, 1);
  });
});
