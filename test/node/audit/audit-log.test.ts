import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import lockfile from 'proper-lockfile';
import type { Observation } from '../../../src/core/observe.js';
import { AuditLog } from '../../../src/node/audit/audit-log.js';
import type { AuditLogOptions } from '../../../src/node/audit/audit-log.js';
import { parseCorrectionLine, parseNavigationLine } from '../../../src/node/audit/lines.js';
import { rotatedFiles } from '../../../src/node/audit/rotation.js';

const atMs = Date.parse('2026-01-20T14:32:45.120Z');
const DAY_MS = 86_400_000;

function observed(detected: string, at = atMs, type: 'invalid_path' | 'incorrect_fact' = 'invalid_path'): Observation {
  return {
    kind: 'correction', atMs: at, model: null, route: null,
    correction: { id: 'C', exchange: 'E', type, rule: null, confidence: 0.9, detected, expected: 'right', action: 'replace', start: 0, end: 1, channel: 'c', reason: 'r' },
  };
}

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-audit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'logs');
}

function open(t: TestContext, directory: string, options: Partial<AuditLogOptions> = {}) {
  const timers: (() => void)[] = [];
  const faults: string[] = [];
  const log = new AuditLog({ directory, nowMs: () => atMs, onFault: (error) => faults.push(error.message), after: (_ms, run) => { timers.push(run); return () => undefined; }, ...options });
  t.after(() => log.close());
  return { log, timers, faults };
}

function detectedIn(file: string): (string | undefined)[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => parseCorrectionLine(line)?.detected);
}

/** Processes that write `count` lines each, in small batches, to one log that rotates all the time. */
function writers(directory: string, processes: number, count: number, maxFileSizeMb: number): ChildProcess[] {
  const script = join(directory, '..', 'write.mjs');
  writeFileSync(script, `import { AuditLog } from ${JSON.stringify(new URL('../../../src/node/audit/audit-log.ts', import.meta.url).href)};
    const [directory, count, maxFileSizeMb] = process.argv.slice(2);
    const log = new AuditLog({ directory, maxFileSizeMb: Number(maxFileSizeMb), retentionDays: 0, queueLines: 1e9 });
    process.stdout.write('ready');
    for (let index = 0; index < Number(count); index += 1) {
      const correction = { id: 'C', exchange: 'E', type: 'invalid_path', rule: null, confidence: 0.9, detected: process.pid + '/' + index + ' | \\n'.repeat(20), expected: 'x', action: 'replace', start: 0, end: 1, channel: 'c', reason: 'r' };
      log.observe({ kind: 'correction', atMs: Date.now(), model: null, route: null, correction });
      if (index % 10 === 9) await log.flush();
    }
    await log.close();`);
  return Array.from({ length: processes }, () => spawn(process.execPath, [...process.execArgv, script, directory, String(count), String(maxFileSizeMb)], { stdio: ['ignore', 'pipe', 'inherit'] }));
}

describe('AuditLog', () => {
  test('touches no file while observing, makes the folder on demand, and tells other kinds apart', async (t) => {
    const directory = scratch(t);
    const { log, timers } = open(t, directory);
    for (const value of ['a', 'b | c', 'd\ne']) log.observe(observed(value));
    log.observe(observed('fact', atMs, 'incorrect_fact'));
    log.observe({ kind: 'fault', atMs, exchange: null, message: 'm' });
    assert.ok(!existsSync(directory));
    assert.equal(timers.length, 1, 'one timer for many lines');
    timers.shift()?.();
    await log.flush();
    assert.deepEqual(detectedIn(join(directory, 'corrections.log')), ['a', 'b | c', 'd\ne', 'fact']);
    assert.deepEqual(readFileSync(join(directory, 'navigation_fixes.log'), 'utf8').split('\n').slice(0, -1).map((line) => parseNavigationLine(line)?.from), ['a', 'b | c', 'd\ne']);
    assert.deepEqual(readdirSync(directory).sort(), ['corrections.log', 'navigation_fixes.log'], 'the lock is given back');
    assert.deepEqual([log.written, log.dropped], [4, 0]);
  });

  test('a full queue drops and counts; so does a closed log', async (t) => {
    const directory = scratch(t);
    const { log } = open(t, directory, { queueLines: 2 });
    for (const value of ['a', 'b', 'c']) log.observe(observed(value));
    await log.close();
    log.observe(observed('late'));
    assert.deepEqual(detectedIn(join(directory, 'corrections.log')), ['a', 'b']);
    assert.equal(log.dropped, 2);
  });

  test('a folder that cannot be written is told once, and lines wait', async (t) => {
    const directory = scratch(t);
    writeFileSync(directory, 'a file where the folder should be');
    const { log, faults } = open(t, directory);
    log.observe(observed('a'));
    await log.flush();
    await log.flush();
    assert.equal(faults.length, 1);
    rmSync(directory);
    await log.flush();
    assert.deepEqual(detectedIn(join(directory, 'corrections.log')), ['a']);
  });

  test('a full file is put aside before it grows too large', async (t) => {
    const directory = scratch(t);
    const file = join(directory, 'corrections.log');
    const { log } = open(t, directory, { maxFileSizeMb: 0.001 });
    for (let index = 0; index < 20; index += 1) {
      log.observe(observed(`n${index}`));
      await log.flush();
    }
    const files = [...(await rotatedFiles(file)), file];
    assert.ok(files.length > 2);
    for (const each of files) assert.ok(statSync(each).size <= 1_049, each);
    assert.equal(new Set(files.flatMap(detectedIn)).size, 20);
    assert.deepEqual(files.flatMap(detectedIn), Array.from({ length: 20 }, (_, index) => `n${index}`));
  });

  test('a file with lines that are too old is put aside, and removed when its last write is as old', async (t) => {
    const directory = scratch(t);
    const file = join(directory, 'corrections.log');
    let now = atMs;
    const { log } = open(t, directory, { retentionDays: 30, nowMs: () => now });
    const write = async (value: string) => { log.observe(observed(value, now)); await log.flush(); };
    await write('first');
    now += 29 * DAY_MS;
    await write('second');
    assert.deepEqual(detectedIn(file), ['first', 'second']);
    now += 2 * DAY_MS;
    await write('third');
    assert.deepEqual(detectedIn(file), ['third']);
    const [aside] = await rotatedFiles(file);
    assert.ok(aside !== undefined);
    assert.deepEqual(detectedIn(aside), ['first', 'second']);
    utimesSync(aside, new Date(now), new Date(now));
    now += 31 * DAY_MS;
    await write('fourth');
    const left = await rotatedFiles(file);
    assert.ok(!left.includes(aside) && left.length === 1);
  });

  test('a line that was cut does not spoil the next', async (t) => {
    const directory = scratch(t);
    const { log } = open(t, directory);
    log.observe(observed('a'));
    await log.flush();
    appendFileSync(join(directory, 'corrections.log'), '2026-01-20T14:32:45.120Z | Type: inv');
    log.observe(observed('b'));
    await log.flush();
    assert.deepEqual(detectedIn(join(directory, 'corrections.log')), ['a', undefined, 'b']);
  });

  test('who locks the file as proper-lockfile does is waited for; at the end lines are written all the same', async (t) => {
    const directory = scratch(t);
    mkdirSync(directory);
    const file = join(directory, 'corrections.log');
    writeFileSync(file, '');
    const release = await lockfile.lock(file);
    const { log, faults } = open(t, directory, { lockWaitMs: 30 });
    log.observe(observed('a'));
    await log.flush();
    assert.equal(readFileSync(file, 'utf8'), '');
    assert.match(faults[0] ?? '', /lock/i);
    await log.close();
    assert.deepEqual(detectedIn(file), ['a']);
    await release();
  });

  test('a lock left behind by a killed process is taken over', async (t) => {
    const directory = scratch(t);
    const lock = join(directory, 'corrections.log.lock');
    mkdirSync(lock, { recursive: true });
    const old = new Date(Date.now() - 60_000);
    utimesSync(lock, old, old);
    const { log } = open(t, directory);
    log.observe(observed('a'));
    await log.flush();
    assert.deepEqual(detectedIn(join(directory, 'corrections.log')), ['a']);
    assert.ok(!existsSync(lock));
  });

  test('many processes write one log while it rotates: every line is there once, and whole', async (t) => {
    const directory = scratch(t);
    mkdirSync(directory);
    const children = writers(directory, 3, 120, 0.02);
    const mine = new AuditLog({ directory, maxFileSizeMb: 0.02, retentionDays: 0 });
    for (let index = 0; index < 100; index += 1) {
      mine.observe(observed(`${process.pid}/${index}`));
      if (index % 10 === 9) await mine.flush();
    }
    await mine.close();
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as unknown));
    assert.deepEqual(codes, [0, 0, 0]);
    for (const [name, parse] of [['corrections.log', parseCorrectionLine], ['navigation_fixes.log', parseNavigationLine]] as const) {
      const file = join(directory, name);
      const rotated = await rotatedFiles(file);
      assert.ok(rotated.length >= 3, `${rotated.length} rotations`);
      const lines = [...rotated, file].flatMap((each) => readFileSync(each, 'utf8').split('\n').slice(0, -1));
      assert.equal(lines.length, 3 * 120 + 100);
      assert.ok(lines.every((line) => parse(line) !== null));
      assert.equal(new Set(lines).size, lines.length);
    }
  });

  test('killed at any moment, again and again: what is in the file is whole lines', async (t) => {
    const directory = scratch(t);
    mkdirSync(directory);
    const file = join(directory, 'corrections.log');
    let size = 0;
    for (let round = 0; round < 3; round += 1) {
      const [child] = writers(directory, 1, 1_000_000, 100);
      assert.ok(child?.stdout);
      await once(child.stdout, 'data');
      const grown = () => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > size + 5_000 * (round + 1);
      while (!grown()) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await once(child, 'exit');
      // The next writer finds the lock as a process dead for long would have left it.
      const old = new Date(Date.now() - 60_000);
      if (existsSync(`${file}.lock`)) utimesSync(`${file}.lock`, old, old);
      size = statSync(file).size;
      const text = readFileSync(file, 'utf8');
      assert.ok(text.endsWith('\n'));
      assert.ok(text.split('\n').slice(0, -1).every((line) => parseCorrectionLine(line) !== null));
    }
    const { log } = open(t, directory);
    log.observe(observed('after'));
    await log.flush();
    assert.equal(detectedIn(file).at(-1), 'after');
  });
});
