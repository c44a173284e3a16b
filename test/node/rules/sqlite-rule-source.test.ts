import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { compileRuleSet } from '../../../src/core/rules/compile.js';
import { SqliteRuleSource } from '../../../src/node/rules/sqlite-rule-source.js';
import { createDatabase, openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import type { RuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { foreign, NAMED_ONLY, scratch } from './helpers.js';

interface Watch {
  readonly source: SqliteRuleSource;
  /** One tick of the poll. */
  readonly tick: () => void;
  readonly faults: string[];
  /** How often rules were compiled. */
  readonly compiled: () => number;
  readonly values: () => readonly string[];
  readonly pollMs: () => number;
}

function watch(t: TestContext, file: string, create = false): Watch {
  const faults: string[] = [];
  let compiled = 0;
  let pollMs = Infinity;
  let tick: () => void = () => assert.fail('no timer was asked for');
  const source = new SqliteRuleSource(file, {
    limits: { holdChars: 4_096 },
    create,
    onFault: (error) => faults.push(error.message),
    every: (ms, run) => {
      pollMs = ms;
      tick = run;
      return () => undefined;
    },
    compile: (...given) => {
      compiled += 1;
      return compileRuleSet(...given);
    },
  });
  t.after(() => source.close());
  return { source, tick: () => tick(), faults, compiled: () => compiled, values: () => source.current().patterns.map((rule) => rule.value), pollMs: () => pollMs };
}

function bare(t: TestContext, file: string): RuleStore {
  const store = openRuleStore(file);
  t.after(() => store.close());
  for (const seed of store.list()) store.remove(seed.id);
  return store;
}

describe('SqliteRuleSource', () => {
  test('an edit by another connection counts at the next look, within a second; a snapshot in use does not change', (t) => {
    const file = scratch(t)('a.db');
    const store = bare(t, file);
    const { source, tick, values, pollMs } = watch(t, file);
    assert.ok(pollMs() <= 500);
    const before = source.current();
    store.add({ pattern: 'one' });
    assert.deepEqual(values(), []);
    tick();
    assert.deepEqual(values(), ['one']);
    assert.deepEqual(before.patterns, []);
    store.disable(1);
    tick();
    assert.deepEqual(values(), []);
    assert.deepEqual(Object.isFrozen(source.current()), true);
  });

  test('an edit by another process counts', (t) => {
    const file = scratch(t)('a.db');
    bare(t, file);
    const { tick, values } = watch(t, file);
    const script = `new (require('better-sqlite3'))(process.argv[1]).exec("INSERT INTO correction_patterns (pattern) VALUES ('from elsewhere')")`;
    assert.equal(spawnSync(process.execPath, ['-e', script, file], { stdio: 'inherit' }).status, 0);
    tick();
    assert.deepEqual(values(), ['from elsewhere']);
  });

  test('writing corrections and hits compiles nothing; rejecting one does', (t) => {
    const file = scratch(t)('a.db');
    const store = bare(t, file);
    store.add({ pattern: 'one' });
    const other = foreign(t, file);
    const { source, tick, compiled } = watch(t, file);
    assert.equal(compiled(), 1);
    for (let index = 0; index < 3; index += 1) {
      other.exec(`INSERT INTO corrections (id, type, detected) VALUES ('C${index}', 'pattern_match', 'one'); UPDATE correction_patterns SET hits = hits + 1, last_hit = 'now'; UPDATE behavior_patches SET hits = 1`);
      tick();
    }
    assert.equal(compiled(), 1);
    store.reject('C1');
    tick();
    assert.equal(compiled(), 2);
    assert.deepEqual([...source.current().rejected], ['pattern_match\0one\0']);
  });

  for (const name of ['with only the named columns', 'whose table lost its triggers'] as const) {
    test(`a database ${name} is compared by its rows`, (t) => {
      const file = scratch(t)('a.db');
      const other = foreign(t, file);
      if (name === 'with only the named columns') other.exec(NAMED_ONLY);
      else {
        createDatabase(file);
        other.exec('DROP TABLE correction_patterns; CREATE TABLE correction_patterns (id INTEGER PRIMARY KEY, pattern TEXT, type TEXT, confidence_threshold REAL)');
      }
      const { tick, values, compiled } = watch(t, file);
      assert.equal(compiled(), 1);
      other.exec("INSERT INTO correction_patterns (pattern) VALUES ('one')");
      tick();
      assert.deepEqual(values(), ['one']);
      other.exec('CREATE TABLE unrelated (a); INSERT INTO unrelated VALUES (1)');
      tick();
      assert.equal(compiled(), 2);
      other.exec("UPDATE correction_patterns SET pattern = 'two'");
      tick();
      assert.deepEqual(values(), ['two']);
    });
  }

  test('malformed rows are told with their ids and the others load', (t) => {
    const file = scratch(t)('a.db');
    const other = foreign(t, file);
    other.exec(NAMED_ONLY);
    other.exec(`INSERT INTO correction_patterns (id, pattern, confidence_threshold) VALUES (1, 'good', NULL), (2, '', NULL), (3, '{"match":"regex","value":"("}', NULL), (4, 'x', 'high'), (5, x'00ff', NULL), (6, NULL, NULL), (7, 'also good', 1), (8, '{"match":"regex","value":"(a)\\\\1"}', NULL);
      INSERT INTO behavior_patches (id, patch_type, payload_json) VALUES (1, 'validator', '{"rules":[]}')`);
    const { source, values, faults } = watch(t, file);
    assert.deepEqual(values(), ['good', 'also good']);
    assert.deepEqual(source.current().faults.map((fault) => fault.id), ['2', '3', '4', '5', '6', 'patch:1', '8']);
    assert.ok(source.current().faults.every((fault) => fault.message.length > 10));
    assert.ok(source.current().matcher !== null);
    assert.deepEqual(faults, []);
  });

  test('a missing database: created with its seeds where asked, else told once and read when it comes', (t) => {
    const at = scratch(t);
    assert.equal(watch(t, at('made/a.db'), true).values().length, 10);
    const { tick, values, faults } = watch(t, at('b.db'));
    tick();
    assert.deepEqual([values(), faults], [[], [`there is no database at ${at('b.db')}`]]);
    assert.ok(!existsSync(at('b.db')));
    bare(t, at('b.db')).add({ pattern: 'came' });
    tick();
    assert.deepEqual(values(), ['came']);
  });

  test('a database that is deleted leaves its rules in use; another in its place is read', (t) => {
    const at = scratch(t);
    bare(t, at('new.db')).add({ pattern: 'new' });
    const copy = foreign(t, at('new.db'));
    copy.pragma('wal_checkpoint(TRUNCATE)');
    const store = openRuleStore(at('a.db'));
    for (const seed of store.list()) store.remove(seed.id);
    store.add({ pattern: 'old' });
    store.close();
    const { tick, values, faults } = watch(t, at('a.db'), true);
    assert.deepEqual(values(), ['old']);
    for (const end of ['', '-wal', '-shm']) rmSync(at(`a.db${end}`), { force: true });
    tick();
    tick();
    assert.deepEqual([values(), faults.length], [['old'], 1]);
    assert.ok(!existsSync(at('a.db')), 'a deleted database does not come back by itself');
    copyFileSync(at('new.db'), at('moved.db'));
    renameSync(at('moved.db'), at('a.db'));
    tick();
    assert.deepEqual(values(), ['new']);
  });

  test('a corrupt file is named once and not touched, the last good rules stay, and a repaired one is read', (t) => {
    const at = scratch(t);
    bare(t, at('good.db')).add({ pattern: 'good' });
    foreign(t, at('good.db')).pragma('wal_checkpoint(TRUNCATE)');
    const good = readFileSync(at('good.db'));
    const bad = Buffer.from('no database at all '.repeat(500));

    writeFileSync(at('a.db'), bad);
    const { tick, values, faults } = watch(t, at('a.db'), true);
    tick();
    tick();
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', /a\.db is damaged or no SQLite database .* it was left as it is/);
    assert.deepEqual(readFileSync(at('a.db')), bad);
    assert.deepEqual(values(), []);

    const replace = (bytes: Buffer) => {
      for (const end of ['-wal', '-shm']) rmSync(at(`a.db${end}`), { force: true });
      writeFileSync(at('next.db'), bytes);
      renameSync(at('next.db'), at('a.db'));
      tick();
    };
    replace(good);
    assert.deepEqual(values(), ['good']);
    replace(bad);
    assert.deepEqual([values(), faults.length], [['good'], 2]);
  });

  test('a fault while compiling keeps the last good rules', (t) => {
    const file = scratch(t)('a.db');
    const store = bare(t, file);
    store.add({ pattern: 'one' });
    const faults: string[] = [];
    let broken = false;
    const source = new SqliteRuleSource(file, {
      limits: { holdChars: 4_096 },
      every: () => () => undefined,
      onFault: (error) => faults.push(error.message),
      compile: (...given) => {
        if (broken) throw new TypeError('out of order');
        return compileRuleSet(...given);
      },
    });
    t.after(() => source.close());
    broken = true;
    store.add({ pattern: 'two' });
    source.check();
    assert.deepEqual([source.current().patterns.length, faults], [1, ['out of order']]);
    broken = false;
    store.add({ pattern: 'three' });
    source.check();
    assert.equal(source.current().patterns.length, 3);
  });
});
