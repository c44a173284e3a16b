import { HALLUCINATION_TYPES } from '../core/types.js';
import type { Counted } from './statistics.js';
import type { RuleReport, RunningReport, StatsReport } from './stats-report.js';

const NAME_WIDTH = 30;
const NUMBER_WIDTH = 12;

/** The report for people, line by line. */
export function statisticsTable({ running, sinceStart, allTime, rules, topRules }: StatsReport): string {
  const lines = running.flatMap(describe);
  const columns = sinceStart === null ? [allTime] : [sinceStart, allTime];
  const heads = sinceStart === null ? ['ALL TIME'] : ['SINCE START', 'ALL TIME'];
  const row = (name: string, of: (counted: Counted) => number): string => name.padEnd(NAME_WIDTH) + columns.map((counted) => String(of(counted)).padStart(NUMBER_WIDTH)).join('');
  lines.push(
    ''.padEnd(NAME_WIDTH) + heads.map((head) => head.padStart(NUMBER_WIDTH)).join(''),
    row('requests', (counted) => counted.requestsProcessed),
    row('detected', (counted) => counted.hallucinationsDetected),
    ...HALLUCINATION_TYPES.map((type) => row(`  ${type}`, (counted) => counted.byType[type].detected)),
    row('corrected', (counted) => counted.hallucinationsCorrected),
    ...HALLUCINATION_TYPES.map((type) => row(`  ${type}`, (counted) => counted.byType[type].corrected)),
    row('navigation errors fixed', (counted) => counted.navigationErrorsFixed),
    row('behavior patches applied', (counted) => counted.behaviorPatchesApplied),
    row('not inspected', (counted) => Object.values(counted.notInspected).reduce((sum, count) => sum + count, 0)),
    ...Object.keys(allTime.notInspected).sort().map((reason) => row(`  ${reason}`, (counted) => counted.notInspected[reason] ?? 0)),
    '',
    `rules enabled: ${rules.patterns} patterns, ${rules.patches} patches, ${rules.facts} facts`,
    ...topRules.map(ruleLine),
  );
  return `${lines.join('\n')}\n`;
}

function describe({ url, endpoint, mode, pids, startedAt, statistics }: RunningReport): readonly string[] {
  const { activeConnections, correctionPatterns, behaviorPatches } = statistics;
  const who = pids.length === 1 ? `pid ${pids.join('')}` : `${pids.length} processes: ${pids.join(', ')}`;
  return [
    `${url ?? 'not listening'} -> ${endpoint}, mode ${mode}, since ${startedAt} (${who})`,
    `  connections open: ${activeConnections}; in force: ${correctionPatterns} patterns, ${behaviorPatches} patches`,
    '',
  ];
}

function ruleLine({ id, kind, rule, hits, effectiveness }: RuleReport): string {
  return `  ${String(hits).padStart(8)} hits  effectiveness ${effectiveness ?? '-'}  ${kind} ${id}  ${rule}`;
}
