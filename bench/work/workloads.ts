import type { StreamPlan } from '../harness/wire.js';

/** A stream that is rewritten in process to count what it takes. */
export interface Workload {
  readonly name: string;
  readonly plan: StreamPlan;
  /** The modes of the six types: all on, all but the operator's rules off, or on with nothing changed. */
  readonly mode: 'correct' | 'rules' | 'observe';
}

const plan = (envelope: StreamPlan['envelope'], text: StreamPlan['text'], hits = 0): StreamPlan => ({ envelope, text, hits, tokens: 1_500, rate: 0 });

/** Each asks for one part of a token's way: parsing, the detectors, paths, code, hits. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'ndjson, prose, rules only', plan: plan('ndjson', 'prose'), mode: 'rules' },
  { name: 'ndjson, prose, all six', plan: plan('ndjson', 'prose'), mode: 'correct' },
  { name: 'ndjson, refrain, all six', plan: plan('ndjson', 'refrain'), mode: 'correct' },
  { name: 'ndjson, prose, observe', plan: plan('ndjson', 'prose'), mode: 'observe' },
  { name: 'sse, prose, rules only', plan: plan('sse', 'prose'), mode: 'rules' },
  { name: 'sse, prose, all six', plan: plan('sse', 'prose'), mode: 'correct' },
  { name: 'sse, paths, all six', plan: plan('sse', 'paths'), mode: 'correct' },
  { name: 'sse, code, all six', plan: plan('sse', 'code'), mode: 'correct' },
  { name: 'ndjson, ten hits in 100 tokens', plan: plan('ndjson', 'prose', 10), mode: 'correct' },
];

/** What one token of a workload takes. */
export interface Work {
  /** Calls of our functions, and blocks of their code that were run. */
  readonly calls: number;
  readonly blocks: number;
  /** Bytes allocated on the heap by interpreted code: more than optimised code allocates, and always the same. */
  readonly bytes: number;
}

export type WorkTable = Readonly<Record<string, Work>>;
