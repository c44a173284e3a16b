import { HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';
import type { Breakdown, CalibrationBin } from './eval-breakdown.js';
import type { EvalSummary } from './eval-score.js';
import type { Confusion, Tally } from './eval-tally.js';

const LISTED = 20;

/** Parts of the report that are printed on request. */
export interface ReportOptions {
  readonly tiers?: boolean;
}

/** Columns as wide as their widest cell, the first flush left, the others flush right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd());
}

function percent(part: number, whole: number, digits = 1): string {
  return whole === 0 ? '-' : ((100 * part) / whole).toFixed(digits);
}

function scores({ types, clean }: EvalSummary): string[] {
  const rows = HALLUCINATION_TYPES.filter((type) => types[type].cases > 0).map((type) => {
    const { cases, caught, right, missed } = types[type];
    return [type, String(cases), String(caught), String(right), String(missed), percent(caught, cases), percent(right, cases)];
  });
  const lines = rows.length === 0 ? [] : table([['type', 'cases', 'caught', 'right', 'missed', 'caught %', 'right %'], ...rows]);
  if (clean.texts === 0) return lines;
  const { texts, identical, flagged, mentions, falseAlarms } = clean;
  const cleanTable = table([
    ['', 'texts', 'identical', 'flagged', 'mentions', 'false alarms', 'identical %', 'alarms per text %', 'per mention %'],
    ['clean', String(texts), String(identical), String(flagged), String(mentions), String(falseAlarms), percent(identical, texts, 2), percent(falseAlarms, texts, 2), percent(falseAlarms, mentions, 2)],
  ]);
  return lines.length === 0 ? cleanTable : [...lines, '', ...cleanTable];
}

function confusionTable(confusion: Confusion): string[] {
  const rows = [...HALLUCINATION_TYPES, 'clean'].filter((name) => confusion[name] !== undefined);
  const columns = [...HALLUCINATION_TYPES, 'none'].filter((name) => rows.some((row) => confusion[row]?.[name] !== undefined));
  return table([['case is / found', ...columns], ...rows.map((row) => [row, ...columns.map((column) => String(confusion[row]?.[column] ?? '.'))])]);
}

/** Types that no clean text is clean for are left out. */
function alarmTable({ alarms }: Breakdown): string[] {
  const rows = HALLUCINATION_TYPES.filter((type) => alarms[type].texts > 0).map((type) => {
    const row = alarms[type];
    return [type, String(row.texts), String(row.flagged), String(row.changed), String(row.alarms), percent(row.flagged, row.texts, 2)];
  });
  return rows.length === 0 ? [] : table([['type', 'clean texts', 'flagged', 'changed', 'alarms', 'flagged %'], ...rows]);
}

/** One line a type; a cell is the share that was right, and of how many. The sum leaves out the operator's rules, which are always sure. */
function calibrationTable({ calibration }: Breakdown): string[] {
  const types = HALLUCINATION_TYPES.filter((type) => calibration[type] !== undefined);
  if (types.length === 0) return [];
  const cell = (bins: readonly (CalibrationBin | undefined)[]): string => {
    const [verdicts, right] = bins.reduce(([all, good], bin) => [all + (bin?.verdicts ?? 0), good + (bin?.right ?? 0)], [0, 0]);
    return verdicts === 0 ? '-' : `${percent(right, verdicts)} of ${verdicts}`;
  };
  const header = ['right %, by confidence', '>=0.95', '0.9-0.95', '0.8-0.9', '0.7-0.8', '<0.7'];
  const row = (name: string, of: readonly HallucinationType[]): string[] => [name, ...header.slice(1).map((_, index) => cell(of.map((type) => calibration[type]?.[index])))];
  return table([header, ...types.map((type) => row(type, [type])), row('all but pattern_match', types.filter((type) => type !== 'pattern_match'))]);
}

function tierTable({ tiers }: Breakdown): string[] {
  const found = tiers.flatMap((tier) => (tier.type === 'clean' ? [] : [[`${tier.type} ${tier.tier}`, String(tier.cases), String(tier.caught), String(tier.right), percent(tier.caught, tier.cases), percent(tier.right, tier.cases)]]));
  const clean = tiers.flatMap((tier) => (tier.type === 'clean' ? [[`clean ${tier.tier}`, String(tier.texts), String(tier.identical), String(tier.flagged), String(tier.falseAlarms), percent(tier.identical, tier.texts)]] : []));
  return [
    ...(found.length === 0 ? [] : table([['tier', 'cases', 'caught', 'right', 'caught %', 'right %'], ...found])),
    ...(clean.length === 0 ? [] : table([['tier', 'texts', 'identical', 'flagged', 'false alarms', 'identical %'], ...clean])),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function some(lines: readonly string[]): string[] {
  return lines.length <= LISTED ? [...lines] : [...lines.slice(0, LISTED), `... and ${lines.length - LISTED} more`];
}

/** Case files are data: what stands in them must not steer a terminal or break a line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** The whole report as plain text: scores, hard cases, false alarms, calibration, tiers, confusion, worst cases, cases without a score, unread lines. */
export function formatTally({ summary, hard, confusion, worst, reportOnly, breakdown }: Tally, problems: readonly string[] = [], { tiers = false }: ReportOptions = {}): string {
  const lines = [
    ...scores(summary),
    ...section('Level hard, not counted above', scores(hard)),
    ...section('False alarms by type (hard cases too)', alarmTable(breakdown)),
    ...section('Calibration (hard cases too)', calibrationTable(breakdown)),
    ...(tiers ? section('Tiers (hard cases too)', tierTable(breakdown)) : []),
    ...section('What was found in what (cases, hard ones too)', Object.keys(confusion).length === 0 ? [] : confusionTable(confusion)),
    ...section('Worst cases', worst.map(({ id, where, what }) => `${id} (${where}): ${what}`)),
    ...section('Level report-only, not scored', some(reportOnly)),
    ...section('Not evaluated', some(problems)),
  ];
  return `${lines.map(oneLine).join('\n').replace(/^\n+/, '')}\n`;
}
