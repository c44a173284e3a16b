import type { CpuSource } from './process-usage.js';
import type { StreamPlan } from './wire.js';

/** Sent to the backend process; it answers `planned`. */
export interface BackendPlan {
  readonly kind: 'plan';
  readonly plan: StreamPlan;
  readonly bulkBytes: number;
}

/** What a server process of the benchmark says. */
export type ServerReport = { readonly kind: 'ready'; readonly port: number } | { readonly kind: 'planned' };

export type Job = 'stream' | 'json' | 'bulk' | 'churn' | 'idle';

/** One measurement of one variant, asked of the load generator. */
export interface RunSpec {
  readonly job: Job;
  readonly port: number;
  /** The processes whose CPU and memory are charged; none when the backend is called directly. */
  readonly pids: readonly number[];
  readonly cpu: CpuSource;
  readonly plan: StreamPlan;
  /** Whether the answer must read as the hit rules make it. */
  readonly corrected: boolean;
  /** Parallel streams or connections. */
  readonly streams: number;
  /** Requests of a json or churn run. */
  readonly count: number;
  readonly bulkBytes: number;
  /** The route of a json run: a small spliced document or an inspected chat answer. */
  readonly route: 'tags' | 'chat';
  /** After this the run fails. */
  readonly timeoutMs: number;
}

/** Measured values by name; NaN does not survive JSON, so what is unknown is left out. */
export type Sample = Readonly<Partial<Record<string, number>>>;

export interface RunRequest { readonly kind: 'run'; readonly id: number; readonly spec: RunSpec }

export type RunReply =
  | { readonly kind: 'sample'; readonly id: number; readonly sample: Sample }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** Byte `i` of a bulk answer is byte `i % length` of this block: not constant, so that displaced bytes are noticed. */
export function bulkBlock(): Buffer {
  const block = Buffer.alloc(1 << 20);
  for (let i = 0; i < block.length; i++) block[i] = (i * 31 + (i >> 8) * 17 + (i >> 16)) & 255;
  return block;
}

/** A non-streaming chat answer of Ollama's. */
export function chatDocument(text: string): string {
  return JSON.stringify({ model: 'bench', created_at: '2026-01-20T14:32:45.000000000Z', message: { role: 'assistant', content: text }, done: true, done_reason: 'stop', eval_count: 12 });
}

/** The small document every other route answers with. */
export const SMALL_JSON = JSON.stringify({ models: [{ name: 'bench:latest', model: 'bench:latest', size: 4661224676, details: { format: 'gguf', family: 'bench' } }] });

/** Reports to the parent process; a parent that is gone ends this one, so that no child is left behind. */
export function tellParent(report: ServerReport | RunReply): void {
  process.send?.(report);
}
