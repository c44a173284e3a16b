import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { WORKLOADS, type Work, type WorkTable } from './workloads.js';

/** Figures and what they were counted on. */
export interface WorkRecord {
  readonly node: string;
  readonly v8: string;
  readonly workloads: WorkTable;
}

/** The optimiser works on a thread of its own and decides by time: without it code runs, and allocates, the same each time. */
const FLAGS: Readonly<Record<'code' | 'heap', readonly string[]>> = {
  code: ['--no-opt'],
  heap: ['--no-opt', '--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
};

/** Counts every workload, in processes of their own. @throws Error where a workload gave a wrong answer or its process failed */
export function countWork(): WorkRecord {
  const [code, heap] = [countIn('code'), countIn('heap')];
  return {
    node: process.version,
    v8: process.versions.v8,
    workloads: Object.fromEntries(WORKLOADS.map(({ name }) => [name, { ...code[name], ...heap[name] } as Work])),
  };
}

function countIn(kind: 'code' | 'heap'): Readonly<Record<string, Partial<Work>>> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS[kind], '--import', 'tsx', join(import.meta.dirname, 'count.ts'), kind], {
    encoding: 'utf8', cwd: join(import.meta.dirname, '..', '..'), env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' }, timeout: 120_000,
  });
  if (status !== 0) throw new Error(`counting ${kind} failed with status ${String(status)}: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout) as Record<string, Partial<Work>>;
}

/** What may be added unnoticed, as a share. Allocation varies from run to run. */
export const ALLOWED: Readonly<Record<keyof Work, number>> = { calls: 0.05, blocks: 0.05, bytes: 0.15 };
const FIGURES: readonly (keyof Work)[] = ['calls', 'blocks', 'bytes'];
const UNITS: Readonly<Record<keyof Work, string>> = { calls: 'calls', blocks: 'blocks', bytes: 'bytes allocated' };

/** A line for each figure that grew by more than is allowed; empty: none did, or another V8 counted, whose blocks may be cut otherwise. */
export function compareWork(now: WorkRecord, before: WorkRecord): string[] {
  if (now.v8 !== before.v8) return [];
  return Object.entries(now.workloads).flatMap(([name, work]) => {
    const old = before.workloads[name];
    if (old === undefined) return [];
    return FIGURES.filter((figure) => work[figure] > old[figure] * (1 + ALLOWED[figure])).map(
      (figure) => `${name}: ${work[figure]} ${UNITS[figure]} a token, ${percent(work[figure], old[figure])} more than recorded. Find out why; if it is worth it, record it: npm run bench:work -- --write`,
    );
  });
}

const percent = (value: number, old: number): string => `${(100 * (value / old - 1)).toFixed(1)} %`;

/** A Markdown table of the figures, and how far they are from the recorded ones. */
export function workTable(now: WorkRecord, before: WorkRecord | null): string {
  const cell = (name: string, figure: keyof Work): string => {
    const value = now.workloads[name]?.[figure] ?? NaN;
    const old = before?.workloads[name]?.[figure];
    return old === undefined || old === value ? String(value) : `${value} (${value > old ? '+' : ''}${percent(value, old)})`;
  };
  const rows = Object.keys(now.workloads).map((name) => `| ${name} | ${FIGURES.map((figure) => cell(name, figure)).join(' | ')} |`);
  const other = before !== null && before.v8 !== now.v8 ? [`\nRecorded on V8 ${before.v8}, counted on ${now.v8}: not comparable.`] : [];
  return ['| a token of | calls | blocks | bytes |', '|---|---|---|---|', ...rows, ...other].join('\n');
}
