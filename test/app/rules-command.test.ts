import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { runRules } from '../../src/app/rules-command.js';
import type { RulesCommand } from '../../src/app/rules-command.js';

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-command-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const db = join(folder, 'data', 'a.db');
  const run = async (command: RulesCommand, file = db): Promise<{ code: number; out: string; err: string }> => {
    let out = '';
    let err = '';
    const code = await runRules(command, { db: file }, { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) } });
    return { code, out, err };
  };
  return { folder, db, run };
}

describe('hotpatch rules', () => {
  test('reading commands create no database and say so', async (t) => {
    const { db, run } = setUp(t);
    assert.deepEqual(await run({ do: 'list', json: true }).then(({ code, out }) => [code, out]), [0, '[]\n']);
    assert.deepEqual(await run({ do: 'export', format: 'json' }).then(({ code, out }) => [code, out]), [0, '[]\n']);
    const tested = await run({ do: 'test', text: 'as it is' });
    assert.deepEqual([tested.code, tested.out], [0, 'as it is']);
    assert.match(tested.err, /there is no database at .* yet/);
    for (const command of [{ do: 'remove', ref: 1 }, { do: 'enable', ref: 1 }, { do: 'reject', correctionId: 'C' }] as const) assert.equal((await run(command)).code, 1);
    assert.ok(!existsSync(db));
  });

  test('add prints the id; test shows what a rule does; disable and remove end that', async (t) => {
    const { run } = setUp(t);
    assert.deepEqual(await run({ do: 'add', input: { match: 'regex', value: '(\\w+)@example', replace: '$1@invalid', expand: true } }), { code: 0, out: '11\n', err: '' });
    assert.deepEqual(await run({ do: 'add', input: { match: 'literal', value: 'teh' } }), { code: 0, out: '12\n', err: '' });
    const tested = await run({ do: 'test', text: 'teh me@example!' });
    assert.deepEqual(tested, { code: 0, out: 'teh me@invalid!', err: '0-3 rule 12: "teh" (report only); matches the literal "teh"\n4-14 rule 11: "me@example" -> "me@invalid"; matches the regex /(\\w+)@example/\n' });
    assert.deepEqual(await run({ do: 'disable', ref: 11 }), { code: 0, out: '', err: '' });
    assert.deepEqual(JSON.parse((await run({ do: 'test', text: 'teh me@example!', json: true })).out), {
      output: 'teh me@example!',
      matches: [{ rule: '12', type: 'pattern_match', start: 0, end: 3, detected: 'teh', expected: null, action: 'report', why: 'matches the literal "teh"' }],
      rejected: [],
    });
    assert.equal((await run({ do: 'remove', ref: '12' })).code, 0);
    const listed = (await run({ do: 'list' })).out;
    assert.match(listed, /^11\tpattern\toff\t\{"match":"regex".*-> \$1@invalid$/m);
    assert.ok(!listed.includes('teh'));
  });

  test('a rule that cannot work is refused with code 2 and not stored', async (t) => {
    const { run } = setUp(t);
    const inputs = [{ match: 'regex', value: '(' }, { match: 'regex', value: '(a)\\1' }, { match: 'literal', value: '' }, { match: 'literal', value: 'x', flags: 'z' }] as const;
    for (const input of inputs) {
      const added = await run({ do: 'add', input });
      assert.deepEqual([added.code, added.out], [2, ''], JSON.stringify(input));
      assert.match(added.err, /^hotpatch rules: .{10}/);
    }
    assert.equal((JSON.parse((await run({ do: 'list', json: true })).out) as unknown[]).length, 10);
  });

  test('import reports what it skips and exports what it has', async (t) => {
    const { folder, run } = setUp(t);
    const file = join(folder, 'rules.ndjson');
    writeFileSync(file, '{"id":"r1","type":"regex","pattern":"a+","flags":"","replacement":"b"}\n{oops\n{"id":"r2","type":"regex","pattern":"(a)\\\\1"}\n');
    const imported = await run({ do: 'import', file, replaceAll: true });
    assert.deepEqual([imported.code, imported.out], [0, 'imported 2, unchanged 0, skipped 1\n']);
    assert.match(imported.err, /rules\.ndjson: line 2: the line is no JSON: /);
    assert.match(imported.err, /rule r2 is stored and not used: /);
    assert.match((await run({ do: 'list' })).out, /\tskipped \(.*\)\tr2: /);
    const target = join(folder, 'out.csv');
    assert.equal((await run({ do: 'export', file: target })).code, 0);
    assert.equal(readFileSync(target, 'utf8').split('\n').length, 4);
    const again = await run({ do: 'import', file: target });
    assert.match(again.out, /^imported 0, unchanged 2, skipped 0$/m);
  });

  test('wrong use is 2, what is missing or broken is 1', async (t) => {
    const { folder, run } = setUp(t);
    writeFileSync(join(folder, 'rules.txt'), '');
    writeFileSync(join(folder, 'bad.csv'), 'colour\nred\n');
    writeFileSync(join(folder, 'bad.db'), 'no database '.repeat(500));
    assert.equal((await run({ do: 'list' }, 'none')).code, 2);
    assert.equal((await run({ do: 'import', file: join(folder, 'rules.txt') })).code, 2);
    assert.equal((await run({ do: 'import', file: join(folder, 'bad.csv') })).code, 2);
    assert.equal((await run({ do: 'import', file: join(folder, 'missing.json') })).code, 1);
    const broken = await run({ do: 'add', input: { pattern: 'a' } }, join(folder, 'bad.db'));
    assert.equal(broken.code, 1);
    assert.ok(broken.err.includes('bad.db'));
  });
});
