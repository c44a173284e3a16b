import { RuleStoreError, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { NOTHING_COUNTED, readReport, type StatsReport } from './stats-report.js';
import { statisticsTable } from './stats-table.js';

export interface StatsOptions {
  /** A file, or `none`. */
  readonly db: string;
  readonly json: boolean;
  readonly nowMs: number;
}

export interface StatsIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Prints what proxies counted, from the database they share; nothing is written to it.
 * @returns the exit code: 0 done, whether a proxy runs or not; 1 the database cannot be read; 2 there is none by wish
 */
export function runStats({ db, json, nowMs }: StatsOptions, io: StatsIo): number {
  if (db === 'none') {
    io.stderr.write('hotpatch stats: without a database nothing is kept that could be shown; name its file with --db\n');
    return 2;
  }
  let report: StatsReport;
  try {
    report = readReport(db, nowMs);
  } catch (error) {
    if (!(error instanceof RuleStoreError || error instanceof SqliteUnavailableError)) throw error;
    const missing = error instanceof RuleStoreError && error.code === 'E_DB_MISSING';
    io.stderr.write(`hotpatch stats: ${error.message}${missing ? ' yet, and no proxy runs on it; `hotpatch serve` makes it, and --db names another' : ''}\n`);
    if (!missing) return 1;
    if (json) io.stdout.write(`${JSON.stringify(NOTHING_COUNTED)}\n`);
    return 0;
  }
  io.stdout.write(json ? `${JSON.stringify(report)}\n` : statisticsTable(report));
  for (const line of remarks(db, report)) io.stderr.write(`hotpatch stats: ${line}\n`);
  return 0;
}

/** What a reader of the numbers has to know. */
function remarks(db: string, { running }: StatsReport): readonly string[] {
  if (running.length === 0) return [`no proxy runs on ${db}; these are the counts of those that did`];
  return running.filter(({ silent }) => silent).map(({ pids, seenAt }) => `the proxy with pid ${pids.join(', ')} has written nothing since ${seenAt}: it hangs, or was killed and the number is another process's by now`);
}
