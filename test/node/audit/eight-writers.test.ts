/**
 * Eight processes write corrections to one log folder and one database, while the logs are put aside all the time: every correction
 * is there once in each, whole. `npm test` writes a few thousand; `npm run soak` writes for a minute.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCorrectionLine, parseNavigationLine } from '../../../src/node/audit/lines.js';
import { LogTail } from '../../../src/node/audit/log-tail.js';
import { createDatabase } from '../../../src/node/rules/sqlite-rule-store.js';
import type { Database } from '../../../src/node/rules/sqlite.js';
import { readStatistics } from '../../../src/node/stats/statistics-read.js';

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as new (file: string, options?: { readonly?: boolean }) => Database;
const WRITERS = 8;
const SOAK_SECONDS = Number(process.env['SOAK_SECONDS'] ?? 0);
/** More than one batch, which is never cut. */
const MAX_BYTES = SOAK_SECONDS > 0 ? 262_144 : 65_536;
const SCRIPT = join(import.meta.dirname, 'eight-writers.writer.ts');

/** Lines of a log and all that was put aside, in the order a reader meets them. */
async function linesOf(file: string): Promise<string[]> {
  const lines: string[] = [];
  const tail = new LogTail({ file, onLine: (line) => void lines.push(line) });
  await tail.advance();
  await tail.end();
  return lines;
}

test(`${WRITERS} processes, one log folder and one database: no torn, lost or interleaved line, rotation included`, { timeout: 120_000 + SOAK_SECONDS * 3_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-eight-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [logs, db] = [join(folder, 'logs'), join(folder, 'a.db')];
  createDatabase(db);
  const startedMs = performance.now();
  const children = Array.from({ length: WRITERS }, (_, index) =>
    spawn(process.execPath, [...process.execArgv, SCRIPT, logs, db, String(index), String(MAX_BYTES), SOAK_SECONDS > 0 ? `${SOAK_SECONDS}s` : '250'], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  t.after(() => children.forEach((child) => child.kill('SIGKILL')));
  const written = await Promise.all(children.map(async (child) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, out);
    return JSON.parse(out) as { count: number; dropped: number; faults: string[] };
  }));
  const tookMs = performance.now() - startedMs;
  assert.deepEqual(written.flatMap(({ dropped, faults }) => [...faults, ...(dropped === 0 ? [] : [`${dropped} dropped`])]), []);
  const total = written.reduce((sum, { count }) => sum + count, 0);

  const corrections = (await linesOf(join(logs, 'corrections.log'))).map((line) => parseCorrectionLine(line)?.detected ?? `torn: ${line}`);
  const fixes = (await linesOf(join(logs, 'navigation_fixes.log'))).map((line) => parseNavigationLine(line)?.from ?? `torn: ${line}`);
  const expected = written.flatMap(({ count }, writer) => Array.from({ length: count }, (_, index) => detected(writer, index))).sort();
  for (const [what, found] of [['corrections.log', corrections], ['navigation_fixes.log', fixes]] as const) {
    assert.deepEqual(found.filter((value) => value.startsWith('torn')), [], what);
    assert.equal(found.length, total, what);
    assert.ok([...found].sort().every((value, index) => value === expected[index]), `${what}: each once`);
    // Of one writer, in order: nobody's lines overtake their own, across files put aside in one moment too.
    const next = new Map<string, number>();
    for (const value of found) {
      const [writer = '', index] = value.split('/');
      assert.equal(Number(index?.split(' ')[0]), next.get(writer) ?? 0, `${what}: ${writer}`);
      next.set(writer, (next.get(writer) ?? 0) + 1);
    }
  }
  const database = new Sqlite(db, { readonly: true });
  t.after(() => database.close());
  const rows = database.prepare('SELECT detected FROM corrections').pluck().all() as string[];
  assert.ok(rows.length === total && rows.sort().every((value, index) => value === expected[index]), `table corrections: ${rows.length} of ${total}`);
  assert.equal(database.prepare('SELECT sum(hits) FROM correction_patterns').pluck().get(), total, 'hits of the rule');
  assert.deepEqual(readStatistics(database, Date.now()), { counts: { requests: total }, running: [] });
  const files = readdirSync(logs).filter((name) => name.startsWith('corrections.') && name.endsWith('.log'));
  assert.ok(files.length > 3, `put aside: ${files.length - 1}`);
  assert.ok(files.every((name) => statSync(join(logs, name)).size <= MAX_BYTES));
  t.diagnostic(`${total} corrections by ${WRITERS} processes in ${(tookMs / 1000).toFixed(1)} s, ${files.length} files of corrections.log`);
});

/** As the writers spell it: many lines' worth of what has to be escaped, and no two alike. */
function detected(writer: number, index: number): string {
  return `w${writer}/${index} | a\nb`;
}
