import type { Job, RunSpec } from './protocol.js';
import type { StreamPlan } from './wire.js';

/** One question the benchmark asks of every variant. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly job: Job;
  readonly plan: StreamPlan;
  readonly streams: number;
  readonly count: number;
  readonly bulkBytes: number;
  readonly route: RunSpec['route'];
  readonly rounds: number;
  /** Rules in the database of the proxies, and files in their workspace (0: none). */
  readonly rules: number;
  readonly files: number;
  /** Whether a proxy that reads answers and has no detector at work runs beside the others. */
  readonly parsed: boolean;
  /** Whether proxies of one and of several workers run beside the others, on every core there is. */
  readonly workers: boolean;
}

const PLAN: StreamPlan = { envelope: 'ndjson', text: 'prose', tokens: 500, hits: 1, rate: 200 };
const BASE: Omit<Scenario, 'name' | 'title' | 'job'> = {
  plan: PLAN, streams: 64, count: 2000, bulkBytes: 256e6, route: 'tags', rounds: 7, rules: 1000, files: 20_000, parsed: false, workers: false,
};

type Change = Partial<Omit<Scenario, 'plan'>> & { readonly plan?: Partial<StreamPlan> };

function scenario(name: string, title: string, job: Job, change: Change = {}): Scenario {
  return { ...BASE, ...change, name, title, job, plan: { ...PLAN, ...change.plan } };
}

function unpaced(name: string, title: string, change: Change = {}): Scenario {
  return scenario(name, title, 'stream', { streams: 16, rounds: 9, ...change, plan: { tokens: 8000, rate: 0, ...change.plan } });
}

/** Every scenario, in the order it is run. Tokens are chosen so that a paced answer lasts two to four seconds. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('paced', '64 streams at 200 tokens/s, NDJSON, prose, one hit in 100 tokens', 'stream', { plan: { tokens: 800 } }),
  scenario('paced-sse', 'the same as SSE', 'stream'),
  scenario('paced-50', '64 streams at 50 tokens/s', 'stream', { plan: { tokens: 150, rate: 50 }, rounds: 5 }),
  scenario('paced-1000', '16 streams at 1,000 tokens/s', 'stream', { streams: 16, plan: { tokens: 2500, rate: 1000 }, rounds: 5 }),
  scenario('streams-1', '1 stream at 200 tokens/s', 'stream', { streams: 1, rounds: 5 }),
  scenario('streams-16', '16 streams at 200 tokens/s', 'stream', { streams: 16, rounds: 5 }),
  scenario('streams-256', '256 streams at 50 tokens/s', 'stream', { streams: 256, plan: { tokens: 150, rate: 50 }, rounds: 5 }),
  scenario('streams-1000', '1,000 streams at 10 tokens/s', 'stream', { streams: 1000, plan: { tokens: 40, rate: 10 }, rounds: 5 }),
  scenario('paths', '64 streams at 200 tokens/s, path-rich Markdown', 'stream', { plan: { text: 'paths' } }),
  scenario('code', '64 streams at 200 tokens/s, code', 'stream', { plan: { text: 'code' } }),
  scenario('hits-0', '64 streams at 200 tokens/s, no word any rule knows', 'stream', { plan: { hits: 0 } }),
  scenario('detectors', '64 streams at 200 tokens/s, clean prose: all six detectors beside none, without rules', 'stream', { plan: { hits: 0, tokens: 800 }, rules: 0, parsed: true }),
  scenario('detectors-refrain', 'the same where every sentence is one of ten, so that each is compared with others', 'stream', { plan: { hits: 0, tokens: 800, text: 'refrain' }, rules: 0, parsed: true }),
  scenario('hits-10', '64 streams at 200 tokens/s, ten hits in 100 tokens', 'stream', { plan: { hits: 10 } }),
  unpaced('unpaced', '16 streams as fast as they are read, NDJSON, prose'),
  unpaced('unpaced-sse', 'the same as SSE', { plan: { envelope: 'sse' } }),
  unpaced('unpaced-1', '1 stream as fast as it is read', { streams: 1, plan: { tokens: 40_000 } }),
  unpaced('length-1000', '16 unpaced streams of 1,000 tokens', { plan: { tokens: 1000 } }),
  unpaced('length-100000', '2 unpaced streams of 100,000 tokens', { streams: 2, plan: { tokens: 100_000 }, rounds: 5 }),
  unpaced('workers', '64 unpaced streams, one worker and one a core, on every core', { streams: 64, plan: { tokens: 4000, hits: 0 }, workers: true }),
  unpaced('unpaced-paths', '16 unpaced streams, path-rich Markdown', { plan: { text: 'paths' } }),
  unpaced('unpaced-code', '16 unpaced streams, code', { plan: { text: 'code' } }),
  unpaced('unpaced-hits-10', '16 unpaced streams, ten hits in 100 tokens', { plan: { hits: 10 } }),
  unpaced('rules-10', '16 unpaced streams, 10 rules', { rules: 10 }),
  unpaced('rules-10000', '16 unpaced streams, 10,000 rules', { rules: 10_000 }),
  unpaced('files-1000', '16 unpaced streams of paths, 1,000 files', { files: 1000, plan: { text: 'paths' } }),
  unpaced('files-200000', '16 unpaced streams of paths, 200,000 files', { files: 200_000, plan: { text: 'paths' } }),
  scenario('json', 'small JSON that is spliced, 16 connections, autocannon', 'json', { streams: 16, count: 30_000 }),
  scenario('json-chat', 'chat answers in one inspected JSON document, 16 connections, autocannon', 'json', { streams: 16, count: 20_000, route: 'chat', plan: { tokens: 120 } }),
  scenario('bulk', '256 MB pass-through on one connection', 'bulk', { streams: 1 }),
  scenario('churn', '2,000 connections of one small request, 16 at a time', 'churn', { streams: 16 }),
  scenario('idle', '1,000 idle connections', 'idle', { streams: 1000, rounds: 3 }),
];

/** The scenarios of `--quick` in place of the full ones: the same questions, asked more briefly. */
const QUICK: Readonly<Record<string, Change>> = {
  paced: { rounds: 3, plan: { tokens: 180 }, files: 2000 },
  unpaced: { rounds: 5, plan: { tokens: 2000 }, files: 2000 },
  json: { rounds: 3, count: 5000, files: 2000 },
  bulk: { rounds: 5, bulkBytes: 64e6, files: 2000 },
};

function shortened(full: Scenario): Scenario {
  const change = QUICK[full.name] ?? { rounds: 3, count: Math.ceil(full.count / 4), bulkBytes: 64e6, plan: { tokens: Math.ceil(full.plan.tokens / 3) } };
  return { ...full, ...change, plan: { ...full.plan, ...change.plan } };
}

/** The scenarios of a run. Throws, naming what there is, for a name it does not know. */
export function chooseScenarios(names: readonly string[], quick: boolean): Scenario[] {
  const unknown = names.filter((name) => !SCENARIOS.some((each) => each.name === name));
  if (unknown.length > 0) throw new RangeError(`no scenario ${unknown.join(', ')}; there are ${SCENARIOS.map((each) => each.name).join(', ')}`);
  const chosen = SCENARIOS.filter((each) => (names.length > 0 ? names.includes(each.name) : !quick || each.name in QUICK));
  return quick ? chosen.map(shortened) : chosen;
}
