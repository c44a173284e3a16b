import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import { createBackend } from '../../src/app/backend/index.js';
import { openRuleStore, type RuleInput } from '../../src/index.js';
import { serveProcess, type Serving, startCli } from '../helpers/processes.js';

/** `databases.behavior_patches` names a file of its own: patches come from there, and everything else from the other one. */

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-patches-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh quick end' }) });
const upstream = `http://127.0.0.1:${(await backend.start()).port}`;
after(() => backend.stop());

function put(db: string, ...rules: readonly RuleInput[]): void {
  const store = openRuleStore(db);
  for (const rule of rules) store.add(rule);
  store.close();
}

const filter = (value: string, replace: string): RuleInput => ({ patch_type: 'output_filter', payload_json: { rules: [{ match: 'literal', value, replace }] } });
const modifier = (seed: number): RuleInput => ({ patch_type: 'prompt_modifier', name: 'seeded', payload_json: { rules: [{ options: { seed } }] } });
const pattern = (value: string, replace: string): RuleInput => ({ match: 'literal', value, replace });

let count = 0;

/** A folder of its own with a configuration file that names both databases. */
function place(databases: object): { readonly cwd: string; readonly args: readonly string[] } {
  count += 1;
  const cwd = mkdtempSync(join(folder, `${count}-`));
  writeFileSync(join(cwd, 'hot_patching_config.json'), JSON.stringify({ databases }));
  return { cwd, args: ['--upstream', upstream, '--workspace', 'none'] };
}

async function ask({ url }: Serving): Promise<string> {
  backend.forget();
  const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: false }) });
  return ((await response.json()) as { message: { content: string } }).message.content;
}

const seedSent = (): unknown => (JSON.parse(backend.exchanges[0]?.body.toString() ?? '') as { options?: { seed?: number } }).options?.seed;

const rowsOf = (file: string, sql: string): unknown[] => {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
};

test('patches are read from their file and counted there; patterns there, and patches in the other one, have no say', { timeout: 120_000 }, async () => {
  const { cwd, args } = place({ correction_patterns: 'rules.db', behavior_patches: 'patches.db' });
  const [rules, patches] = [join(cwd, 'rules.db'), join(cwd, 'patches.db')];
  put(rules, pattern('teh', 'the'), filter('quick', 'WRONG'), modifier(1));
  put(patches, filter('end', 'END'), modifier(7), pattern('quick', 'WRONG'));
  const proxy = await serveProcess(args, { cwd });
  assert.deepEqual([await ask(proxy), seedSent()], ['the quick END', 7]);
  // Edited by another process: the next answers have it, whichever file it is.
  const until = async (text: string): Promise<void> => {
    while ((await ask(proxy)) !== text) continue;
  };
  put(patches, filter('the', 'THE'), filter('quick', 'slow'));
  await until('the slow END');
  put(rules, pattern('slow', 'never seen'), pattern('teh quick', 'a fast'));
  await until('a fast END');
  const { code, stderr } = await proxy.stop();
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /warn|error|skipped|not used/i);
  const [counted] = rowsOf(patches, "SELECT hits, judged FROM behavior_patches WHERE name = 'seeded'") as [{ hits: number; judged: number }];
  assert.ok(counted.hits >= 3 && counted.judged >= 3, JSON.stringify(counted));
  assert.ok((rowsOf(patches, 'SELECT hits FROM behavior_patches ORDER BY id LIMIT 1') as [{ hits: number }])[0].hits >= 3);
  assert.deepEqual(rowsOf(rules, 'SELECT DISTINCT coalesce(hits, 0) AS hits FROM behavior_patches'), [{ hits: 0 }]);
  // Every correction is in the database of patterns.
  const kinds = rowsOf(rules, 'SELECT DISTINCT detected FROM corrections ORDER BY detected') as { detected: string }[];
  assert.deepEqual(kinds.map(({ detected }) => detected), ['end', 'quick', 'teh', 'teh quick']);
  assert.deepEqual(rowsOf(patches, 'SELECT id FROM corrections'), []);
});

test('a malformed patch in that file is told of with the file and skipped; a file that is missing is made, without patterns', async () => {
  const { cwd, args } = place({ correction_patterns: 'none', behavior_patches: 'patches.db' });
  const patches = join(cwd, 'patches.db');
  put(patches, filter('end', 'END'));
  const raw = new Database(patches);
  raw.prepare("INSERT INTO behavior_patches (id, patch_type, payload_json) VALUES (90, 'validator', '{\"rules\":[]}')").run();
  raw.close();
  const proxy = await serveProcess(args, { cwd });
  assert.equal(await ask(proxy), 'teh quick END');
  const { stderr } = await proxy.stop();
  assert.ok(stderr.includes(`rule patch:90 in ${patches} is skipped`), stderr);
  assert.equal(existsSync(join(cwd, 'data')), false);

  const other = place({ correction_patterns: 'rules.db', behavior_patches: 'new/patches.db' });
  const second = await serveProcess(other.args, { cwd: other.cwd });
  assert.equal(await ask(second), 'teh quick end');
  assert.equal((await second.stop()).code, 0);
  assert.deepEqual(rowsOf(join(other.cwd, 'new/patches.db'), 'SELECT id FROM correction_patterns'), []);
  assert.notDeepEqual(rowsOf(join(other.cwd, 'rules.db'), 'SELECT id FROM correction_patterns'), []);
});

test('"none" for the patches: those beside the patterns have no say', async () => {
  const { cwd, args } = place({ correction_patterns: 'rules.db', behavior_patches: 'none' });
  put(join(cwd, 'rules.db'), pattern('teh', 'the'), filter('quick', 'WRONG'), modifier(1));
  const proxy = await serveProcess(args, { cwd });
  assert.deepEqual([await ask(proxy), seedSent()], ['the quick end', undefined]);
  assert.equal((await proxy.stop()).code, 0);
});

test('a patches file that cannot be read costs the patches only', async () => {
  const { cwd, args } = place({ correction_patterns: 'rules.db', behavior_patches: 'patches.db' });
  put(join(cwd, 'rules.db'), pattern('teh', 'the'));
  writeFileSync(join(cwd, 'patches.db'), Buffer.alloc(8_192, 'no database. '));
  const proxy = await serveProcess(args, { cwd });
  assert.equal(await ask(proxy), 'the quick end');
  const { code, stderr } = await proxy.stop();
  assert.equal(code, 0);
  assert.ok(stderr.includes(join(cwd, 'patches.db')), stderr);
  assert.equal(rowsOf(join(cwd, 'rules.db'), 'SELECT id FROM corrections').length, 1);
});

test('a configuration that is saved anew moves the patches alone', async () => {
  const { cwd, args } = place({ correction_patterns: 'rules.db', behavior_patches: 'one.db' });
  put(join(cwd, 'rules.db'), pattern('teh', 'the'));
  put(join(cwd, 'one.db'), filter('end', 'ONE'));
  put(join(cwd, 'two.db'), filter('end', 'TWO'));
  const proxy = await serveProcess(args, { cwd });
  assert.equal(await ask(proxy), 'the quick ONE');
  writeFileSync(join(cwd, 'hot_patching_config.json'), JSON.stringify({ databases: { correction_patterns: 'rules.db', behavior_patches: 'two.db' } }));
  await proxy.said(/configuration changed: patchesDb/);
  assert.equal(await ask(proxy), 'the quick TWO');
  assert.equal((await proxy.stop()).code, 0);
});

test('filter takes the patches from their file too', async () => {
  const { cwd } = place({ correction_patterns: 'rules.db', behavior_patches: 'patches.db' });
  put(join(cwd, 'rules.db'), pattern('teh', 'the'), filter('quick', 'WRONG'));
  put(join(cwd, 'patches.db'), filter('end', 'END'), pattern('quick', 'WRONG'));
  const { finished } = startCli(['filter', '--format', 'text', '--workspace', 'none'], { cwd, input: 'teh quick end' });
  const { code, stdout, stderr } = await finished;
  assert.deepEqual([code, stdout, stderr], [0, 'the quick END', '']);
});
