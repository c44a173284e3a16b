/** One writer of `eight-writers.test.ts`: a process with the audit log, the table and the counts of a proxy. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation } from '../../../src/core/observe.js';
import { AuditLog } from '../../../src/node/audit/audit-log.js';
import { CorrectionsTable } from '../../../src/node/audit/corrections-table.js';
import { openDatabase } from '../../../src/node/rules/sqlite.js';
import { StatisticsTable } from '../../../src/node/stats/statistics-table.js';

const [directory = '', db = '', writer = '', maxBytes = '', amount = ''] = process.argv.slice(2);
/** Corrections between two turns of the loop: more than a proxy makes. */
const BURST = 10;

const faults: string[] = [];
const onFault = (error: Error): void => void faults.push(error.message);
const log = new AuditLog({ directory, maxFileSizeMb: Number(maxBytes) / 1_048_576, retentionDays: 0, onFault });
const table = new CorrectionsTable({ open: () => openDatabase(db), retentionDays: 0, onFault });
let count = 0;
const statistics = new StatisticsTable({
  file: db, open: () => openDatabase(db), id: writer, family: writer, startedMs: Date.now(), counts: () => ({ requests: count }), onFault,
  facts: () => ({ host: null, port: null, tls: false, endpoint: '', mode: 'correct', patterns: 0, patches: 0, connections: 0 }),
});
statistics.start();

const untilMs = amount.endsWith('s') ? performance.now() + Number.parseInt(amount, 10) * 1_000 : null;
const goesOn = (): boolean => (untilMs === null ? count < Number(amount) : performance.now() < untilMs);
while (goesOn()) {
  for (let burst = 0; burst < BURST; burst += 1) {
    const observation: Observation = {
      kind: 'correction', atMs: Date.now(), model: 'm', route: 'r',
      correction: {
        id: `${writer}-${count}`, exchange: 'E', type: 'invalid_path', rule: 'seed-cors-origin', confidence: 0.9, detected: `w${writer}/${count} | a\nb`, expected: 'right',
        action: 'replace', start: 0, end: 1, channel: 'c', reason: 'r',
      },
    };
    log.observe(observation);
    table.observe(observation);
    count += 1;
  }
  await sleep(20);
}
await log.close();
table.close();
await statistics.close();
process.stdout.write(JSON.stringify({ count, dropped: log.dropped + table.dropped, faults }));
