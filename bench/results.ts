// node --import tsx bench/results.ts [RECORD.json…]: puts the tables of records into RESULTS.md, between its markers.
// Without an argument: the newest record that is not a quick one, or the newest of all.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRecord } from './harness/record.js';
import { recordTables, replaceGenerated } from './harness/tables.js';

const folder = join(import.meta.dirname, 'record');
const page = join(import.meta.dirname, 'RESULTS.md');

function read(file: string): BenchRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as BenchRecord;
}

function newest(): BenchRecord[] {
  const records = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.json')).map((name) => read(join(folder, name)));
  records.sort((a, b) => Number(a.quick) - Number(b.quick) || b.at.localeCompare(a.at));
  return records.slice(0, 1);
}

const named = process.argv.slice(2).map(read);
const records = named.length > 0 ? named : newest();
if (records.length === 0) {
  console.error('no record yet: run `npm run bench` first');
  process.exit(1);
}
writeFileSync(page, replaceGenerated(readFileSync(page, 'utf8'), records.map(recordTables).join('\n')));
console.error(`wrote the tables of ${records.map((record) => record.name).join(', ')} into ${page}`);
