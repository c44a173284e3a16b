/**
 * Rewrites each workload in this process and prints, as one JSON object, what a token took. Run by `work.ts` with the flags that
 * make the counts repeatable, once as `count.ts code` and once as `count.ts heap`.
 */
import { Session } from 'node:inspector';
import { WORKLOADS, type Workload } from './workloads.js';

const session = new Session();
session.connect();

function post<T>(method: string, params: object = {}): T {
  let answer: unknown;
  // An in-process session answers before `post` returns.
  session.post(method, params, (error, result) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer as T;
}

interface Coverage {
  readonly result: readonly { readonly url: string; readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[] }[];
}

/** Calls and blocks of code of `src/` since it was asked before. */
function executed(): { calls: number; blocks: number } {
  let calls = 0;
  let blocks = 0;
  for (const { url, functions } of post<Coverage>('Profiler.takePreciseCoverage').result) {
    if (!url.includes('/src/core/')) continue;
    for (const { ranges } of functions) {
      calls += ranges[0]?.count ?? 0;
      for (const { count } of ranges) blocks += count;
    }
  }
  return { calls, blocks };
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function main(kind: 'code' | 'heap'): Promise<void> {
  if (kind === 'code') {
    post('Profiler.enable');
    post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }
  // Only code that is compiled from here on is counted block by block.
  const { prepare } = await import('./setting.js');
  const table: Record<string, object> = {};
  for (const workload of WORKLOADS) table[workload.name] = measure(workload, kind, prepare);
  process.stdout.write(`${JSON.stringify(table)}\n`);
}

function measure(workload: Workload, kind: 'code' | 'heap', prepare: (workload: Workload) => { readonly tokens: number; run(): void }): object {
  const stream = prepare(workload);
  // Memos and lazy tables are filled first; what is counted is the steady state.
  stream.run();
  const per = (count: number): number => Math.round((count / stream.tokens) * 100) / 100;
  if (kind === 'code') {
    executed();
    stream.run();
    const { calls, blocks } = executed();
    return { calls: per(calls), blocks: per(blocks) };
  }
  const before = heapUsed();
  stream.run();
  // No collection ran meanwhile: the young generation is larger than what one answer allocates.
  return { bytes: Math.round((process.memoryUsage().heapUsed - before) / stream.tokens) };
}

await main(process.argv[2] === 'heap' ? 'heap' : 'code');
