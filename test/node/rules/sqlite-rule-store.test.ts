import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { RuleInputError } from '../../../src/core/rules/fields.js';
import { createDatabase, openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { RuleStoreError, SqliteUnavailableError, tryLoading } from '../../../src/node/rules/sqlite.js';
import { foreign, NAMED_ONLY, scratch } from './helpers.js';

function failsWith(code: string, file: string): (error: unknown) => boolean {
  return (error) => error instanceof RuleStoreError && error.code === code && error.message.includes(file);
}

describe('schema', () => {
  test('a new database has the tables, WAL, the seeds, and every seed loads', (t) => {
    const file = scratch(t)('sub/folder/new.db');
    const store = openRuleStore(file);
    t.after(() => store.close());
    assert.equal(foreign(t, file).pragma('journal_mode', { simple: true }), 'wal');
    const seeds = store.list();
    assert.equal(seeds.length, 10);
    for (const seed of seeds) assert.equal(seed.fault, null, seed.shownId);
    assert.ok(seeds.every((seed) => seed.row.created_at !== null && seed.shownId.startsWith('seed-')));
  });

  test('seeds that were removed do not come back', (t) => {
    const file = scratch(t)('a.db');
    for (let round = 0; round < 2; round += 1) {
      const store = openRuleStore(file);
      for (const rule of store.list()) store.remove(rule.id);
      store.close();
    }
    const store = openRuleStore(file);
    assert.deepEqual(store.list(), []);
    store.close();
  });

  test('schema.sql alone makes the same database, and may run twice', (t) => {
    const at = scratch(t);
    createDatabase(at('ours.db'));
    const theirs = foreign(t, at('theirs.db'));
    const sql = readFileSync(new URL('../../../schema.sql', import.meta.url), 'utf8');
    theirs.exec(sql);
    theirs.exec(sql);
    const shape = 'SELECT type, name, sql FROM sqlite_schema ORDER BY name';
    assert.deepEqual(foreign(t, at('ours.db')).prepare(shape).all(), theirs.prepare(shape).all());
    assert.deepEqual(theirs.prepare('SELECT count(*) AS n FROM correction_patterns').get(), { n: 10 });
  });

  test('only the named columns: read as it is, untouched; written after an additive migration, without seeds', (t) => {
    const file = scratch(t)('named.db');
    const other = foreign(t, file);
    other.exec(NAMED_ONLY);
    other.exec(`INSERT INTO correction_patterns VALUES (3, 'teh', NULL, NULL), (4, '{"match":"regex","value":"a+","replace":"b"}', 'pattern_match', 0.5), (9, '{oops', NULL, NULL)`);
    const before = readFileSync(file);
    const reader = openRuleStore(file, { readonly: true });
    assert.deepEqual(reader.list().map(({ id, enabled, fault }) => [id, enabled, fault === null]), [[3, true, true], [4, true, true], [9, true, false]]);
    assert.deepEqual(reader.read().patterns.map((rule) => [rule.id, rule.value, rule.replacement]), [['3', 'teh', null], ['4', 'a+', 'b']]);
    assert.deepEqual(reader.read().faults.map((fault) => fault.id), ['9']);
    reader.close();
    assert.deepEqual(readFileSync(file), before);

    const store = openRuleStore(file, {});
    t.after(() => store.close());
    store.disable(3);
    assert.deepEqual(store.list().map(({ id, enabled }) => [id, enabled]), [[3, false], [4, true], [9, true]]);
    assert.equal(store.add({ match: 'literal', value: 'x', replace: 'y' }), 10);
    assert.deepEqual(other.prepare('SELECT pattern, type FROM correction_patterns WHERE id = 3').get(), { pattern: 'teh', type: null });
  });

  test('a database with one table, or none, reads as far as it goes', (t) => {
    const at = scratch(t);
    foreign(t, at('one.db')).exec("CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL); INSERT INTO correction_patterns (pattern) VALUES ('a')");
    writeFileSync(at('none.db'), '');
    for (const [name, count] of [['one.db', 1], ['none.db', 0]] as const) {
      const store = openRuleStore(at(name), { readonly: true });
      assert.equal(store.list().length, count);
      store.close();
    }
  });

  test('processes that create and migrate one database at once all succeed, and seed once', async (t) => {
    const at = scratch(t);
    foreign(t, at('named.db')).exec(NAMED_ONLY);
    const script = at('open.mjs');
    writeFileSync(script, `import { openRuleStore } from ${JSON.stringify(new URL('../../../src/node/rules/sqlite-rule-store.ts', import.meta.url).href)};
      process.stdin.once('data', () => { for (const file of process.argv.slice(2)) { const s = openRuleStore(file); s.add({ match: 'literal', value: 'by ' + process.pid }); s.close(); } process.exit(0); }); process.stdout.write('ready');`);
    const children = [1, 2, 3].map(() => spawn(process.execPath, [...process.execArgv, script, at('new.db'), at('named.db')], { stdio: ['pipe', 'pipe', 'inherit'] }));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    const codes = await Promise.all(children.map((child) => { const exit = once(child, 'exit'); child.stdin.end('go'); return exit; }));
    assert.deepEqual(codes.map(([code]) => code as unknown), [0, 0, 0]);
    for (const [name, seeds] of [['new.db', 10], ['named.db', 0]] as const) {
      const store = openRuleStore(at(name), { readonly: true });
      const rules = store.list();
      assert.equal(rules.length, seeds + 3, name);
      assert.equal(new Set(rules.map((rule) => rule.id)).size, rules.length);
      store.close();
    }
  });
});

describe('openRuleStore: what is no database', () => {
  test('missing without create', (t) => {
    const file = scratch(t)('no.db');
    for (const options of [{}, { readonly: true }]) assert.throws(() => openRuleStore(file, options), failsWith('E_DB_MISSING', file));
    assert.ok(!existsSync(file));
  });
  test('a corrupt file is named and left as it is', (t) => {
    const at = scratch(t);
    writeFileSync(at('text.db'), 'this is no database '.repeat(300));
    createDatabase(at('torn.db'));
    const torn = readFileSync(at('torn.db'));
    torn.fill(0xff, 4_096);
    torn.fill(0xff, 100, 400);
    writeFileSync(at('torn.db'), torn);
    for (const name of ['text.db', 'torn.db']) {
      const bytes = readFileSync(at(name));
      for (const options of [{ create: true }, {}, { readonly: true }]) assert.throws(() => openRuleStore(at(name), options), failsWith('E_DB_CORRUPT', at(name)));
      assert.deepEqual(readFileSync(at(name)), bytes);
    }
  });
  test('a folder', (t) => {
    const file = scratch(t)('.');
    assert.throws(() => openRuleStore(file), failsWith('E_DB_UNREADABLE', file));
  });
  test('locked by another process for longer than the wait', (t) => {
    const file = scratch(t)('a.db');
    createDatabase(file);
    foreign(t, file).exec('BEGIN IMMEDIATE');
    const store = openRuleStore(file, { busyMs: 0 });
    t.after(() => store.close());
    assert.throws(() => store.add({ pattern: 'a' }), failsWith('E_DB_LOCKED', file));
    assert.equal(store.list().length, 10, 'reading goes on');
  });
  test('a machine without a working build of better-sqlite3', () => {
    const broken: readonly (() => unknown)[] = [
      () => { throw new Error('Cannot find module'); },
      // The module is found and its binding is not: only the first database tells.
      () => class { constructor() { throw new Error('Could not locate the bindings file'); } },
    ];
    for (const load of broken) assert.throws(() => tryLoading(load), (error) => error instanceof SqliteUnavailableError && error.code === 'E_SQLITE_UNAVAILABLE');
  });
});

describe('RuleStore', () => {
  test('add, update, remove, enable and disable, by number, name and kind', (t) => {
    const store = openRuleStore(scratch(t)('a.db'));
    t.after(() => store.close());
    for (const seed of store.list()) store.remove(seed.id);
    const pattern = store.add({ id: 'r1', type: 'regex', pattern: 'a+', replacement: 'b' });
    const patch = store.add({ description: 'd', patch_type: 'validator', payload_json: { rules: [{ check: 'json' }] } });
    const fact = store.add({ subject: 's', attribute: 'a', value: 'v', source: 'the manual' });
    assert.deepEqual([pattern, patch, fact], [1, 2, 3]);
    assert.deepEqual(store.list().map(({ kind, shownId }) => [kind, shownId]), [['pattern', 'r1'], ['patch', 'patch:2'], ['fact', 'fact:3']]);
    assert.equal(store.list('fact').length, 1);
    store.disable('r1');
    store.disable('patch:2');
    assert.deepEqual(store.list().map((rule) => rule.enabled), [false, false, true]);
    store.enable(1);
    store.update('r1', { match: 'literal', value: 'x' });
    assert.deepEqual(store.read().patterns.map(({ value, replacement }) => [value, replacement]), [['x', null]]);
    assert.throws(() => store.update(3, { match: 'literal', value: 'x' }), /kind must be fact, as the rule 3 is; it is "pattern"/);
    assert.throws(() => store.add({ pattern: '' }), RuleInputError);
    assert.throws(() => store.remove('r9'), failsWith('E_RULE_UNKNOWN', 'r9'));
    store.remove(2);
    assert.deepEqual(store.list().map((rule) => rule.id), [1, 3]);
  });

  test('a number that means two rules of a foreign database is refused until its kind is said', (t) => {
    const file = scratch(t)('a.db');
    const other = foreign(t, file);
    other.exec(NAMED_ONLY);
    other.exec("INSERT INTO correction_patterns (id, pattern) VALUES (1, 'a'); INSERT INTO behavior_patches (id, patch_type) VALUES (1, 'validator')");
    const store = openRuleStore(file);
    t.after(() => store.close());
    assert.throws(() => store.remove(1), /1 means more than one rule; say pattern:1 or patch:1/);
    store.remove('patch:1');
    store.remove(1);
    assert.deepEqual(store.list(), []);
  });

  test('a rejected correction is not to be made again, until that is taken back', (t) => {
    const file = scratch(t)('a.db');
    const store = openRuleStore(file);
    t.after(() => store.close());
    const id = store.add({ match: 'literal', value: 'teh', replace: 'the' });
    foreign(t, file).prepare("INSERT INTO corrections (id, type, rule, detected, expected) VALUES ('C1', 'pattern_match', ?, 'teh', 'the')").run(String(id));
    const rejectedOf = () => store.list('pattern').find((rule) => rule.id === id)?.row.rejected;
    store.reject('C1');
    store.reject('C1');
    assert.deepEqual([...store.read().rejected], ['pattern_match\0teh\0the']);
    assert.equal(rejectedOf(), 1);
    store.reject('C1', true);
    assert.equal(store.read().rejected.size, 0);
    assert.equal(rejectedOf(), 0);
    assert.throws(() => store.reject('C2'), failsWith('E_RULE_UNKNOWN', 'C2'));
  });

  test('an output filter without condition joins the patterns, a switch does not', (t) => {
    const store = openRuleStore(scratch(t)('a.db'));
    t.after(() => store.close());
    for (const seed of store.list()) store.remove(seed.id);
    const filter = (when?: object) => store.add({ patch_type: 'output_filter', payload_json: { ...(when === undefined ? {} : { when }), rules: [{ match: 'literal', value: 'a', replace: 'b' }] } });
    const open = filter();
    filter({ after: 'hallucination' });
    store.add({ rule: 'check_facts', enabled: false });
    store.add({ rule: 'check_logic', confidence_threshold: 0.75 });
    const { patterns, patches, switches } = store.read();
    assert.deepEqual(patterns.map((rule) => rule.id), [`patch:${open}/0`]);
    assert.equal(patches.length, 2);
    assert.deepEqual([...switches], [['check_facts', { enabled: false, threshold: 0 }], ['check_logic', { enabled: true, threshold: 0.75 }]]);
  });

  test('killed while writing, again and again: the database stays whole', async (t) => {
    const at = scratch(t);
    const file = at('a.db');
    createDatabase(file);
    const script = at('write.mjs');
    writeFileSync(script, `import { createRequire } from 'node:module';
      const db = new (createRequire(${JSON.stringify(import.meta.url)})('better-sqlite3'))(${JSON.stringify(file)}, { timeout: 2000 });
      const add = db.prepare('INSERT INTO correction_patterns (pattern, type) VALUES (?, ?)');
      process.stdout.write('ready');
      for (;;) db.transaction(() => { for (let i = 0; i < 20; i += 1) add.run('p'.repeat(500), 'batch'); })();`);
    for (let round = 0; round < 4; round += 1) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      const size = statSync(file).size;
      // Some writing must have happened; how much differs every time.
      while (statSync(`${file}-wal`).size < 20_000 * (round + 1) && statSync(file).size === size) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = openRuleStore(file);
      assert.equal((store.list().length - 10) % 20, 0, 'only whole transactions');
      store.close();
      assert.equal(foreign(t, file).pragma('integrity_check', { simple: true }), 'ok');
    }
  });
});
