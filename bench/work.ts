/**
 * The regression guard: what a token takes, counted and not timed, so that a noisy machine gives the same figures. Calls of our
 * functions and blocks of our code come from V8's precise coverage and are the same in every run; allocated bytes vary by some per cent.
 * Prints the table beside the recorded one. Exit 1 where a count grew by more than 5 %.
 * Run: npm run bench:work [-- --write]; `--write` records today's figures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareWork, countWork, workTable, type WorkRecord } from './work/compare.js';

const RECORD = join(import.meta.dirname, 'record', 'work.json');

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const now = countWork();
if (values.write) {
  writeFileSync(RECORD, `${JSON.stringify(now, null, 2)}\n`);
  process.stdout.write(`${workTable(now, null)}\nwrote ${RECORD}\n`);
} else {
  const before = JSON.parse(readFileSync(RECORD, 'utf8')) as WorkRecord;
  const grown = compareWork(now, before);
  process.stdout.write(`${workTable(now, before)}\n${grown.map((line) => `${line}\n`).join('')}`);
  process.exitCode = grown.length > 0 ? 1 : 0;
}
