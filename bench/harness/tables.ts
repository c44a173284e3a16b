import { METRICS, type Metric } from './metrics.js';
import type { BenchRecord, ScenarioResult, Summary, VariantResult } from './record.js';
import type { Interval } from './statistics.js';
import { judgeTargets } from './targets.js';

/** Names of variants as people read them. */
const LABELS: Readonly<Record<string, string>> = {
  splice: '**raw splice**', splice2: 'raw splice again (noise)', observe: 'hotpatch observe', correct: 'hotpatch correct', 'correct-hits': 'hotpatch correct, hits',
};

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') : '-';
}

function range(interval: Interval, digits: number): string {
  return `${number(interval.middle, digits)} [${number(interval.low, digits)}, ${number(interval.high, digits)}]`;
}

function cell(metric: Metric, summary: Summary | undefined): string {
  if (summary === undefined) return '-';
  const value = number(summary.value.middle, metric.digits);
  const compared = summary.toSplice;
  if (compared === null || !metric.compared) return value;
  const ratio = `${range(compared.ratio, 2)}x`;
  if (!metric.added) return `${value} · ${ratio}`;
  const sign = compared.difference.middle >= 0 ? '+' : '';
  return `${value} · ${sign}${number(compared.difference.middle, metric.digits)} · ${ratio}`;
}

function row(metrics: readonly Metric[], variant: VariantResult): string {
  return `| ${LABELS[variant.name] ?? variant.name} | ${metrics.map((metric) => cell(metric, variant.summaries[metric.key])).join(' | ')} |`;
}

/** One scenario as a Markdown table. A cell holds the median, for delays what raw splice is exceeded by, and the ratio to raw splice with its interval. */
export function scenarioTable(result: ScenarioResult): string {
  const metrics = METRICS.filter((metric) => result.variants.some((variant) => metric.key in variant.summaries));
  const { scenario } = result;
  const lines = [`### ${scenario.name}: ${scenario.title}`, '', `${scenario.rounds} rounds, ${scenario.rules} rules, ${scenario.files} files.`, ''];
  lines.push(`| | ${metrics.map((metric) => metric.label).join(' | ')} |`, `|---|${metrics.map(() => '---').join('|')}|`);
  lines.push(...result.variants.map((variant) => row(metrics, variant)));
  for (const { variant, round, message } of result.faults) lines.push('', `FAULT: ${variant}, round ${round}: ${message}.`);
  return lines.join('\n');
}

/** The targets the record has figures for, as Markdown; empty where it has none. */
export function targetTable(record: BenchRecord): string {
  const results = judgeTargets(record);
  if (results.length === 0) return '';
  const rows = results.map((each) => `| ${each.promise} | ${each.where} | ${each.limit} | ${range(each.interval, 3)} | ${each.judgement} |`);
  return ['### Targets', '', '| target | where | limit | measured | |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** Waiting for the core above this share means that neighbours were measured too. */
const QUIET_SHARE = 0.05;
/** Processes without helper threads worth mention. The others also wait for their own: a collector and a compiler that share the core. */
const YARDSTICKS = ['splice', 'splice2'];

/** Waiting in paced runs only: unpaced ones fill every core by themselves. */
function waited(record: BenchRecord): number {
  const paced = record.results.filter(({ scenario }) => scenario.plan.rate > 0 && scenario.job === 'stream');
  const shares = paced.flatMap(({ variants }) => variants.filter(({ name }) => YARDSTICKS.includes(name)).map(({ summaries }) => summaries['waitShare']?.value.middle ?? 0));
  return Math.max(0, ...shares);
}

/** A warning where the yardstick had to share its core; empty for a quiet machine. */
export function busyWarning(record: BenchRecord): string {
  const worst = waited(record);
  return worst <= QUIET_SHARE ? '' : `The machine was not quiet: raw splice waited for its core for up to ${Math.round(worst * 100)} % of the time it wanted it. Repeat before relying on these figures.`;
}

/** A whole record as Markdown. */
export function recordTables(record: BenchRecord): string {
  const machine = Object.entries(record.machine).map(([key, value]) => `${key}: ${value}`).join(' · ');
  const skipped = new Set(record.results.flatMap((result) => result.skipped.map(({ variant, reason }) => `Not measured: ${variant} (${reason}).`)));
  const parts = [`Record \`${record.name}\` of ${record.at}. ${machine}`, busyWarning(record), [...skipped].join('\n'), targetTable(record), ...record.results.map(scenarioTable)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const BEGIN = '<!-- generated: begin -->';
const END = '<!-- generated: end -->';

/** `page` with what stands between its markers replaced. Throws where the markers are missing, so that no hand-written text is lost. */
export function replaceGenerated(page: string, generated: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${generated.trim()}\n\n${page.slice(end)}`;
}
