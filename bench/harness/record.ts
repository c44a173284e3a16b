import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as systemType } from 'node:os';
import { METRICS } from './metrics.js';
import type { Sample } from './protocol.js';
import type { Scenario } from './scenario.js';
import { bootstrapMedian, compare, type Comparison, type Interval } from './statistics.js';

/** One metric of one variant over all rounds. */
export interface Summary {
  readonly value: Interval;
  readonly toSplice: Comparison | null;
  readonly toDirect: Comparison | null;
  /** Beside a proxy that reads answers with no detector at work, in scenarios that run one. */
  readonly toParsed?: Comparison | null;
  /** Beside a proxy with every detector but the two of paths, in the same scenarios. */
  readonly toWithoutPaths?: Comparison | null;
}

export interface VariantResult {
  readonly name: string;
  readonly summaries: Readonly<Record<string, Summary>>;
  /** By round, as measured. */
  readonly samples: readonly { readonly round: number; readonly sample: Sample }[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly variants: readonly VariantResult[];
  readonly skipped: readonly { readonly variant: string; readonly reason: string }[];
  /** Measurements that failed, with what was wrong. A wrong byte is one. */
  readonly faults: readonly { readonly variant: string; readonly round: number; readonly message: string }[];
}

export interface BenchRecord {
  readonly at: string;
  readonly name: string;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string>>;
  readonly results: readonly ScenarioResult[];
}

/** Samples of all rounds of a scenario, by variant, made into medians, intervals and paired comparisons. */
export function summarize(samples: ReadonlyMap<string, ReadonlyMap<number, Sample>>): VariantResult[] {
  const column = (variant: string, key: string): Map<number, number> => {
    const values = new Map<number, number>();
    for (const [round, sample] of samples.get(variant) ?? []) {
      const value = sample[key];
      if (value !== undefined) values.set(round, value);
    }
    return values;
  };
  return [...samples].map(([name, rounds]) => {
    const summaries: Record<string, Summary> = {};
    for (const { key } of METRICS) {
      const values = column(name, key);
      if (values.size === 0) continue;
      summaries[key] = {
        value: bootstrapMedian([...values.values()]),
        toSplice: name === 'splice' ? null : compare(values, column('splice', key)),
        toDirect: name === 'direct' ? null : compare(values, column('direct', key)),
        ...(samples.has('parsed') && name !== 'parsed' ? { toParsed: compare(values, column('parsed', key)) } : {}),
        ...(samples.has('without-paths') && name === 'correct' ? { toWithoutPaths: compare(values, column('without-paths', key)) } : {}),
      };
    }
    return { name, summaries, samples: [...rounds].map(([round, sample]) => ({ round, sample })) };
  });
}

function git(root: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** What a reader must know of where a record comes from. */
export function describeMachine(root: string, extra: Readonly<Record<string, string>>): Record<string, string> {
  const all = cpus();
  const changed = git(root, 'status', '--porcelain') !== '';
  return {
    cpu: `${all.length} x ${all[0]?.model ?? 'unknown'}`, memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${systemType()} ${release()} ${process.arch}`, node: process.version,
    commit: `${git(root, 'rev-parse', '--short', 'HEAD') || 'unknown'}${changed ? ' with changes' : ''}`,
    'load before': (loadavg()[0] ?? 0).toFixed(2), ...extra,
  };
}
