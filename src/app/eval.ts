import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { Correction } from '../core/types.js';
import { ConfigError, refuse } from './config-error.js';
import { findCaseFiles, readCases, sizeOf, TreeCache, type EvalCase } from './eval-cases.js';
import { formatTally, oneLine } from './eval-report.js';
import { Scorer, type Tally } from './eval-tally.js';

export { cutText } from './eval-cut.js';
export type { EvalCase, EvalContext, EvalRule } from './eval-cases.js';
export type { EvalSummary } from './eval-score.js';
export { formatTally } from './eval-report.js';

/** What the rewriting of one case gives back. `rule` of a correction is the case's rule id or null. */
export interface RewrittenCase {
  readonly output: string;
  readonly corrections: readonly Correction[];
}

/** Feeds a case's text through the rewriting stream, cut by `seed`. */
export type RewriteCase = (labelled: EvalCase, seed: number) => RewrittenCase | Promise<RewrittenCase>;

export interface EvalProgress {
  readonly cases: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface EvalOptions {
  /** Files or folders. */
  readonly cases: readonly string[];
  readonly rewriteCase: RewriteCase;
  /** Default 1. */
  readonly seed?: number;
  /** Default: the process's. */
  readonly cwd?: string;
  /** The file for the case lines. */
  readonly out?: string | undefined;
  /** Where case lines go without `out`; null: nowhere. */
  readonly lines?: Writable | null;
  readonly progress?: (progress: EvalProgress) => void;
}

export interface EvalReport extends Tally {
  /** Cases rewritten and scored, or listed. */
  readonly cases: number;
  /** Lines that were no cases and cases that could not be rewritten, as `FILE:LINE: why`. */
  readonly problems: readonly string[];
  /** 0, or 1 where nothing could be read or the rewriting itself failed. */
  readonly exitCode: 0 | 1;
}

/** Case lines on their way out, in pieces large enough not to matter. */
interface LineSink {
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

const WRITE_CHARS = 65_536;

function fileSink(handle: FileHandle): LineSink {
  let waiting = '';
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '') await handle.appendFile(text);
  };
  return {
    async write(line) {
      waiting += line;
      if (waiting.length >= WRITE_CHARS) await flush();
    },
    async close() {
      await flush();
      await handle.close();
    },
  };
}

function streamSink(stream: Writable | null): LineSink {
  return {
    async write(line) {
      if (stream !== null && !stream.write(line)) await once(stream, 'drain');
    },
    close: () => Promise.resolve(),
  };
}

async function openOut(out: string, cwd: string): Promise<FileHandle> {
  try {
    return await open(resolve(cwd, out), 'w');
  } catch (error) {
    return refuse('--out', out, `a file that can be written (${(error as Error).message})`);
  }
}

/** One case as `--out` shows it: these fields and no others. */
function caseLine(id: string, { output, corrections }: RewrittenCase): string {
  const shown = corrections.map(({ type, start, end, detected, expected, confidence, action, rule }) => ({ type, start, end, detected, expected, confidence, action, rule }));
  return `${JSON.stringify({ id, output, corrections: shown })}\n`;
}

/**
 * Rewrites and scores labelled cases, in the order of their files and lines. Lines that are no cases are told and skipped; a case whose
 * rewriting fails counts as left alone, as it would be in an answer.
 * @throws ConfigError where `cases` names nothing or `out` cannot be written.
 */
export async function runEval({ cases, rewriteCase, seed = 1, cwd = process.cwd(), out, lines = null, progress }: EvalOptions): Promise<EvalReport> {
  const files = findCaseFiles(cases, cwd);
  const sink = out === undefined ? streamSink(lines) : fileSink(await openOut(out, cwd));
  const totalBytes = sizeOf(files);
  const scorer = new Scorer();
  const trees = new TreeCache();
  const problems: string[] = [];
  const ids = new Set<string>();
  let count = 0;
  let failed = false;
  let bytesBefore = 0;
  try {
    for (const file of files) {
      const name = relative(cwd, file).startsWith('..') ? file : relative(cwd, file);
      try {
        for await (const read of readCases(file, name, trees)) {
          if ('problem' in read) problems.push(read.problem);
          else {
            const labelled = read.case;
            if (ids.has(labelled.id)) problems.push(`${labelled.where}: id ${labelled.id} occurs twice; both are scored`);
            ids.add(labelled.id);
            const result = await attempt(rewriteCase, labelled, seed, problems);
            failed ||= result.failed;
            scorer.add(labelled, result);
            await sink.write(caseLine(labelled.id, result));
            count += 1;
          }
          progress?.({ cases: count, bytes: bytesBefore + read.bytes, totalBytes });
        }
      } catch (error) {
        if (!isReadFault(error)) throw error;
        problems.push(`${name}: cannot be read to its end (${error.message})`);
      }
      bytesBefore += sizeOf([file]);
    }
  } finally {
    await sink.close();
  }
  return { ...scorer.result(), cases: count, problems, exitCode: count === 0 || failed ? 1 : 0 };
}

/** Faults of the file and of its coding; anything else is a fault of ours and goes up. */
function isReadFault(error: unknown): error is Error {
  return error instanceof Error && ((error as NodeJS.ErrnoException).syscall === 'read' || (error as NodeJS.ErrnoException).syscall === 'open' || /^line \d+ is longer/.test(error.message));
}

async function attempt(rewriteCase: RewriteCase, labelled: EvalCase, seed: number, problems: string[]): Promise<RewrittenCase & { readonly failed: boolean }> {
  try {
    const { output, corrections } = await rewriteCase(labelled, seed);
    return { output, corrections, failed: false };
  } catch (error) {
    problems.push(`${labelled.where}: rewriting ${labelled.id} failed (${error instanceof Error ? error.message : String(error)}); counted as left alone`);
    return { output: labelled.text, corrections: [], failed: true };
  }
}

/**
 * Reads `--seed`.
 * @throws ConfigError
 */
export function parseSeed(text: string): number {
  const seed = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(seed) ? seed : refuse('--seed', text, 'a whole number, 0 or more');
}

export interface EvalCommand {
  readonly cases: readonly string[];
  readonly rewriteCase: RewriteCase;
  readonly seed?: number;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
  /** Scores by tier as well; in `json` with the calibration. */
  readonly tiers?: boolean | undefined;
  readonly cwd?: string;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/**
 * `hotpatch eval`: case lines to `out`, or to stdout with the table on stderr; with `json` the summary as one object on stdout.
 * @returns the exit code.
 * @throws ConfigError on wrong usage (exit code 2).
 */
export async function evalCommand({ cases, rewriteCase, seed = 1, out, json = false, tiers = false, cwd = process.cwd(), stdout, stderr }: EvalCommand): Promise<0 | 1> {
  if (json && out === undefined) throw new ConfigError('--json: it is not allowed without --out; expected --out FILE as well, as stdout cannot hold both the cases and their summary');
  const bar = progressBar(stderr);
  let report: EvalReport;
  try {
    report = await runEval({ cases, rewriteCase, seed, cwd, out, lines: stdout, ...(bar === null ? {} : { progress: bar.show }) });
  } finally {
    bar?.stop();
  }
  const problems = report.problems.map((problem) => `hotpatch eval: ${oneLine(problem)}\n`).join('');
  if (report.cases === 0) stderr.write(`${problems}hotpatch eval: no case could be read\n`);
  else if (json) stderr.write(problems);
  const { summary, breakdown } = report;
  if (json) stdout.write(`${JSON.stringify(tiers ? { ...summary, calibration: breakdown.calibration, tiers: breakdown.tiers } : summary)}\n`);
  else if (report.cases > 0) (out === undefined ? stderr : stdout).write(formatTally(report, report.problems, { tiers }));
  return report.exitCode;
}

/** A bar on a terminal, nothing elsewhere. */
export function progressBar(stream: Writable & { readonly isTTY?: boolean }): { readonly show: (progress: EvalProgress) => void; readonly stop: () => void } | null {
  if (stream.isTTY !== true) return null;
  const bar = new SingleBar({ format: 'eval [{bar}] {percentage}% | {cases} cases', stream, clearOnComplete: true, hideCursor: true });
  let started = false;
  return {
    show: ({ cases, bytes, totalBytes }) => {
      if (started) bar.update(bytes, { cases });
      else bar.start(totalBytes, bytes, { cases });
      started = true;
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
