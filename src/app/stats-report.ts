import { openRuleStore, type StoredRule } from '../node/rules/sqlite-rule-store.js';
import { explained, openDatabase } from '../node/rules/sqlite.js';
import { sumOf } from '../node/stats/counts.js';
import { readStatistics, type RunningProxy, type StoredStatistics } from '../node/stats/statistics-read.js';
import { formatAddress } from './config.js';
import { describeRule, effectivenessOf } from './rule-history.js';
import { type Counted, countedFrom, type Statistics } from './statistics.js';

/** A proxy that runs, as `--json` tells it. */
export interface RunningReport {
  readonly url: string | null;
  readonly endpoint: string;
  readonly mode: string;
  readonly machine: string;
  readonly pids: readonly number[];
  readonly startedAt: string;
  readonly seenAt: string;
  readonly silent: boolean;
  readonly statistics: Statistics;
}

export interface RuleReport {
  readonly id: number;
  readonly kind: string;
  readonly rule: string;
  readonly enabled: boolean;
  readonly hits: number;
  readonly lastHit: string | null;
  /** The share of its corrections that nobody took back. */
  readonly effectiveness: number | null;
}

/** What `--json` prints. */
export interface StatsReport {
  readonly running: readonly RunningReport[];
  readonly sinceStart: Counted | null;
  readonly allTime: Counted;
  /** Enabled rows. */
  readonly rules: { readonly patterns: number; readonly patches: number; readonly facts: number };
  readonly topRules: readonly RuleReport[];
}

const TOP_RULES = 10;

/** What there is to tell of a database in which nothing was counted. */
export const NOTHING_COUNTED: StatsReport = reportOf({ counts: {}, running: [] }, []);

/**
 * Reads what proxies counted; nothing is written.
 * @throws RuleStoreError naming the file, SqliteUnavailableError
 */
export function readReport(file: string, nowMs: number): StatsReport {
  const db = openDatabase(file, { readonly: true });
  try {
    const stored = explained(file, () => readStatistics(db, nowMs));
    const store = openRuleStore(file, { readonly: true });
    try {
      return reportOf(stored, store.list());
    } finally {
      store.close();
    }
  } finally {
    db.close();
  }
}

function reportOf(stored: StoredStatistics, rules: readonly StoredRule[]): StatsReport {
  const enabled = (kind: string): number => rules.filter((rule) => rule.kind === kind && rule.enabled).length;
  return {
    running: stored.running.map(runningReport),
    sinceStart: stored.running.length === 0 ? null : countedFrom(sumOf(stored.running.map(({ counts }) => counts))),
    allTime: countedFrom(stored.counts),
    rules: { patterns: enabled('pattern'), patches: enabled('patch'), facts: enabled('fact') },
    topRules: topRules(rules),
  };
}

/** Those with the most hits, most first. */
export function topRules(rules: readonly StoredRule[]): readonly RuleReport[] {
  const hitsOf = ({ row: { hits } }: StoredRule): number => (typeof hits === 'number' ? hits : 0);
  return rules.filter((rule) => hitsOf(rule) > 0).sort((a, b) => hitsOf(b) - hitsOf(a)).slice(0, TOP_RULES).map((rule) => ({
    id: rule.id, kind: rule.kind, rule: describeRule(rule), enabled: rule.enabled, hits: hitsOf(rule),
    lastHit: typeof rule.row.last_hit === 'string' ? rule.row.last_hit : null, effectiveness: effectivenessOf(rule),
  }));
}

function runningReport({ host, port, tls, endpoint, mode, machine, pids, startedAt, seenAt, silent, counts, connections, patterns, patches }: RunningProxy): RunningReport {
  const listens = host !== null && port !== null;
  return {
    url: listens ? `${tls ? 'https' : 'http'}://${formatAddress({ host, port })}` : null, endpoint, mode, machine, pids, startedAt, seenAt, silent,
    statistics: {
      ...countedFrom(counts), activeConnections: connections, serverListening: listens, listenPort: port ?? 0, endpoint, correctionPatterns: patterns, behaviorPatches: patches,
    },
  };
}
