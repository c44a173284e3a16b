import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Correction } from '../../src/core/types.js';
import { correctionLine } from '../../src/node/audit/lines.js';
import { parseSince, runLog } from '../../src/app/log-command.js';
import { packedBin, runCli, runMany, startCli } from '../helpers/processes.js';

const AT = Date.UTC(2026, 0, 20, 14, 32, 45, 120);

function record(detected: string, expected: string | null, type: Correction['type'] = 'invalid_path', atMs = AT): string {
  return correctionLine(atMs, {
    id: '1', exchange: 'E1', type, rule: null, confidence: 0.92, detected, expected, action: expected === null ? 'report' : 'replace', start: 0, end: 1, channel: 'c', reason: 'r',
  });
}

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  return { folder, logs, file: join(logs, 'corrections.log') };
}

const until = async (done: () => boolean): Promise<void> => {
  for (let waited = 0; !done() && waited < 15_000; waited += 20) await sleep(20);
  assert.ok(done());
};

describe('hotpatch log', () => {
  test('a table, rotated files first, without colours where nobody sees them', async (t) => {
    const { folder, logs, file } = setUp(t);
    writeFileSync(join(logs, 'corrections.2026-01-19T00-00-00-000Z.0.log'), record('old', 'older', 'incorrect_fact', AT - 86_400_000));
    writeFileSync(file, `${record('src/mian.ts', 'src/main.ts')}${record('a | b\n\u001B[2J', null, 'pattern_match')}`);
    const { code, stdout, stderr } = await runCli(['log'], { cwd: folder });
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(stdout.split('\n'), [
      'TIME (UTC)               TYPE                  CONF  ACTION    DETECTED -> CORRECTED  (EXCHANGE)',
      '2026-01-19 14:32:45.120  incorrect_fact        0.92  replace   old -> older  (E1)',
      '2026-01-20 14:32:45.120  invalid_path          0.92  replace   src/mian.ts -> src/main.ts  (E1)',
      '2026-01-20 14:32:45.120  pattern_match         0.92  report    a \\| b\\n\\u001b[2J  (E1)',
      '',
    ]);
  });

  test('--json has the values as they were, --type and --since choose', async (t) => {
    const { folder, file } = setUp(t);
    const nowMs = Date.now();
    writeFileSync(file, record('a | b\\n\n\u001B', null, 'pattern_match') + record('x', '(none)', 'invalid_path', nowMs - 30 * 60_000) + record('y', 'z', 'pattern_match', nowMs - 1_000));
    const logs = ['log', '--json'];
    const [all, typed, two, hour, second, dated] = await runMany([
      logs, [...logs, '--type', 'pattern_match'], [...logs, '--type', 'pattern_match', '--type', 'invalid_path'], [...logs, '--since', '1h'], [...logs, '--since', '10m'], [...logs, '--since', '2026-01-20T14:32:45.121Z'],
    ], { cwd: folder });
    const objects = (text = ''): Record<string, unknown>[] => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(objects(all?.stdout)[0], { at: '2026-01-20T14:32:45.120Z', type: 'pattern_match', confidence: 0.92, detected: 'a | b\\n\n\u001B', corrected: null, action: 'report', exchange: 'E1' });
    const detected = (result: typeof all) => objects(result?.stdout).map((each) => `${String(each['detected']).slice(0, 1)}:${String(each['corrected'])}`);
    assert.deepEqual([all, typed, two, hour, second, dated].map(detected), [
      ['a:null', 'x:(none)', 'y:z'], ['a:null', 'y:z'], ['a:null', 'x:(none)', 'y:z'], ['x:(none)', 'y:z'], ['y:z'], ['x:(none)', 'y:z'],
    ]);
  });

  test('lines that are no records are counted and said, and the others shown', async (t) => {
    const { folder, file } = setUp(t);
    writeFileSync(file, Buffer.concat([Buffer.from(`garbage\n${record('a', 'b')}`), Buffer.of(0xff, 0xfe, 0x0a), Buffer.from(record('c', 'd').slice(0, 60))]));
    const { code, stdout, stderr } = await runCli(['log', '--json'], { cwd: folder });
    assert.deepEqual([code, stdout.split('\n').length], [0, 2]);
    assert.equal(stderr, 'hotpatch log: 3 lines are no records and were left out\n');
  });

  test('--follow: a file that does not exist yet, a rotation, and Ctrl-C with exit code 0', async (t) => {
    const { folder, logs, file } = setUp(t);
    const running = startCli(['log', '--follow', '--json'], { cwd: folder, timeoutMs: 60_000 });
    await running.said(/no correction was logged yet/, 30_000);
    appendFileSync(file, record('a', 'b'));
    await until(() => running.stdout().includes('"detected":"a"'));
    appendFileSync(file, record('c', 'd'));
    renameSync(file, join(logs, 'corrections.2026-01-19T00-00-00-000Z.0.log'));
    // Longer than what follows, so that a cut is seen however late it is looked for.
    writeFileSync(file, record('e', 'f'.repeat(200)));
    await until(() => running.stdout().includes('"detected":"e"'));
    writeFileSync(file, record('g', 'h'));
    await until(() => running.stdout().includes('"detected":"g"'));
    running.child.kill('SIGINT');
    const { code, signal, stdout } = await running.finished;
    assert.deepEqual([code, signal], [0, null]);
    assert.deepEqual([...stdout.matchAll(/"detected":"(\w)"/g)].map((match) => match[1]), ['a', 'c', 'e', 'g']);
  });

  test('a reader that goes away, as head does, ends it quietly', async (t) => {
    const { folder, file } = setUp(t);
    writeFileSync(file, record('x'.repeat(500), 'b').repeat(20_000));
    const child = spawn('bash', ['-c', '"$0" "$1" log | head -n 2; exit ${PIPESTATUS[0]}', process.execPath, packedBin()], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([code, err, out.split('\n').length], [0, '', 3]);
  });

  test('nothing logged yet is no failure; a file that cannot be read is one', async (t) => {
    const { folder, file } = setUp(t);
    const none = await runCli(['log'], { cwd: folder });
    assert.deepEqual([none.code, none.stdout], [0, '']);
    assert.match(none.stderr, /^hotpatch log: no correction was logged yet: there is no .*corrections\.log; .*--log-dir.*\n$/);
    mkdirSync(file);
    const broken = await runCli(['log', '--log-dir', 'logs'], { cwd: folder });
    assert.deepEqual([broken.code, broken.stdout], [1, '']);
    assert.match(broken.stderr, /^hotpatch log: .*corrections\.log cannot be read: .*--log-dir\n$/);
  });

  test('the file is that of the configuration', async (t) => {
    const { folder } = setUp(t);
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'mine.log'), record('a', 'b'));
    writeFileSync(join(folder, 'hot_patching_config.json'), '{"logging":{"directory":"elsewhere","corrections_file":"mine.log"}}');
    assert.match((await runCli(['log'], { cwd: folder })).stdout, / a -> b /);
  });

  test('a wrong type or time: exit 2 and what is allowed', async (t) => {
    const { folder } = setUp(t);
    const wrong = [['--type', 'invalid_pth'], ['--since', '1x'], ['--since', '2026-02-30'], ['--since', 'yesterday'], ['--since', '']] as const;
    const results = await runMany(wrong.map((args) => ['log', ...args]), { cwd: folder });
    for (const { code, stdout } of results) assert.deepEqual([code, stdout], [2, '']);
    assert.match(results[0]?.stderr ?? '', /^hotpatch: --type: "invalid_pth" is not allowed; expected one of invalid_path, .*; did you mean "invalid_path"\?\n$/);
    for (const { stderr } of results.slice(1)) assert.match(stderr, /^hotpatch: --since: ".*" is not allowed; expected .*30s, 10m, 1h or 2d.*2026-01-20T14:32:45Z.*\n$/);
  });

  test('colours on a terminal', async (t) => {
    const { file } = setUp(t);
    writeFileSync(file, record('a', 'b'));
    const stdout = new PassThrough();
    await runLog({ file, types: [], sinceMs: 0, json: false, follow: null }, { stdout, stderr: { write: () => true }, colours: true });
    assert.ok(String(stdout.read()).includes('\u001B[31ma\u001B[39m -> \u001B[32mb'));
  });
});

test('--since in all its forms', () => {
  const nowMs = Date.UTC(2026, 0, 20, 12);
  const cases: readonly (readonly [string, number])[] = [
    ['30s', nowMs - 30_000], ['10m', nowMs - 600_000], ['1h', nowMs - 3_600_000], ['2d', nowMs - 172_800_000], ['999999999d', 0],
    ['2026-01-20', Date.UTC(2026, 0, 20)], ['2024-02-29', Date.UTC(2024, 1, 29)], ['2026-01-20T14:32', Date.UTC(2026, 0, 20, 14, 32)], ['2026-01-20 14:32:45', Date.UTC(2026, 0, 20, 14, 32, 45)],
    ['2026-01-20T14:32:45.120Z', AT], ['2026-01-20T14:32:45+02:00', Date.UTC(2026, 0, 20, 12, 32, 45)], ['2026-01-20t14:32:45+0200', Date.UTC(2026, 0, 20, 12, 32, 45)],
  ];
  for (const [text, expected] of cases) assert.equal(parseSince(text, nowMs), expected, text);
  for (const text of ['h', '-1h', '1.5h', '1 h', '1w', '2026-13-01', '2026-1-1', '2025-02-29', '2026-01-20T25:00', '2026-01-20Z', '20']) assert.throws(() => parseSince(text, nowMs), { name: 'ConfigError' }, text);
});
