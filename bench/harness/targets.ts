import type { BenchRecord, Summary } from './record.js';
import type { Comparison, Interval } from './statistics.js';

/** One promise of the project's budget, judged by its interval. */
interface Target {
  readonly promise: string;
  readonly scenario: string;
  readonly variants: readonly string[];
  readonly metric: string;
  readonly to: 'splice' | 'direct' | 'parsed' | 'without-paths';
  readonly form: 'ratio' | 'difference';
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
}

const OURS = ['observe', 'correct', 'correct-hits'];
const at = (promise: string, scenario: string, variants: readonly string[], metric: string, limit: number, change: Partial<Target> = {}): Target =>
  ({ promise, scenario, variants, metric, to: 'splice', form: 'ratio', bound: 'at most', limit, ...change });

const TARGETS: readonly Target[] = [
  ...['paced', 'paced-sse', 'paced-50'].map((name) => at('stream time, to direct', name, OURS, 'streamMs', 1.01, { to: 'direct' })),
  ...['paced', 'paced-sse', 'hits-0'].map((name) => at('CPU per token, paced, no hits', name, ['observe', 'correct'], 'cpuUsPerToken', 1.1)),
  at('CPU per token, all six to none', 'detectors', ['correct'], 'cpuUsPerToken', 1.05, { to: 'parsed' }),
  at('CPU per token, all six to none, repeating sentences', 'detectors-refrain', ['correct'], 'cpuUsPerToken', 1.05, { to: 'parsed' }),
  at('CPU per token, all six to the same without path types', 'detectors', ['correct'], 'cpuUsPerToken', 1.05, { to: 'without-paths' }),
  at('CPU per token, path types to none', 'detectors', ['paths'], 'cpuUsPerToken', 1.05, { to: 'parsed' }),
  at('CPU per token, unpaced', 'unpaced', ['observe', 'correct'], 'cpuUsPerToken', 1.2),
  at('added delay p50, us', 'paced', ['observe', 'correct'], 'delayP50Us', 15, { form: 'difference' }),
  at('delay p99, held tokens apart', 'paced', ['observe', 'correct'], 'promptP99Us', 1.1),
  at('small JSON requests/s', 'json', ['observe', 'correct'], 'requestsPerS', 0.85, { bound: 'at least' }),
  at('bulk MB/s', 'bulk', ['observe', 'correct'], 'mbPerS', 0.95, { bound: 'at least' }),
  at('added RSS at 1,000 streams, MB', 'streams-1000', ['observe', 'correct'], 'rssMb', 30, { form: 'difference' }),
];

export type Judgement = 'kept' | 'missed' | 'undecided';

/** Kept or missed only when the whole interval says so. */
export function judge(interval: Interval, bound: Target['bound'], limit: number): Judgement {
  if (bound === 'at most') return interval.high <= limit ? 'kept' : interval.low > limit ? 'missed' : 'undecided';
  return interval.low >= limit ? 'kept' : interval.high < limit ? 'missed' : 'undecided';
}

/** A target as met by one variant of a record. */
export interface TargetResult {
  readonly promise: string;
  readonly where: string;
  readonly limit: string;
  readonly interval: Interval;
  readonly judgement: Judgement;
}

function comparison(summary: Summary, to: Target['to']): Comparison | null | undefined {
  if (to === 'splice') return summary.toSplice;
  if (to === 'direct') return summary.toDirect;
  return to === 'parsed' ? summary.toParsed : summary.toWithoutPaths;
}

/** Judges every target the record has figures for. */
export function judgeTargets(record: BenchRecord): TargetResult[] {
  const results: TargetResult[] = [];
  for (const target of TARGETS) {
    const measured = record.results.find((result) => result.scenario.name === target.scenario);
    for (const variant of target.variants) {
      const summary = measured?.variants.find((each) => each.name === variant)?.summaries[target.metric];
      const interval = summary && comparison(summary, target.to)?.[target.form];
      if (interval === undefined) continue;
      results.push({
        promise: target.promise, where: `${target.scenario}, ${variant}`, limit: `${target.bound} ${target.limit}${target.form === 'ratio' ? 'x' : ''}`,
        interval, judgement: judge(interval, target.bound, target.limit),
      });
    }
  }
  return results;
}
