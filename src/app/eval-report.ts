import { HALLUCINATION_TYPES } from '../core/types.js';
import type { EvalSummary } from './eval-score.js';
import type { Confusion, Tally } from './eval-tally.js';

const LISTED = 20;

/** Columns as wide as their widest cell, the first flush left, the others flush right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd());
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : ((100 * part) / whole).toFixed(1);
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
    ['', 'texts', 'identical', 'flagged', 'mentions', 'false alarms', 'identical %'],
    ['clean', String(texts), String(identical), String(flagged), String(mentions), String(falseAlarms), percent(identical, texts)],
  ]);
  return lines.length === 0 ? cleanTable : [...lines, '', ...cleanTable];
}

function confusionTable(confusion: Confusion): string[] {
  const rows = [...HALLUCINATION_TYPES, 'clean'].filter((name) => confusion[name] !== undefined);
  const columns = [...HALLUCINATION_TYPES, 'none'].filter((name) => rows.some((row) => confusion[row]?.[name] !== undefined));
  return table([['case is / found', ...columns], ...rows.map((row) => [row, ...columns.map((column) => String(confusion[row]?.[column] ?? '.'))])]);
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

/** The whole report as plain text: scores, hard cases, confusion, worst cases, cases without a score, unread lines. */
export function formatTally({ summary, hard, confusion, worst, reportOnly }: Tally, problems: readonly string[] = []): string {
  const lines = [
    ...scores(summary),
    ...section('Level hard, not counted above', scores(hard)),
    ...section('What was found in what (cases, hard ones too)', Object.keys(confusion).length === 0 ? [] : confusionTable(confusion)),
    ...section('Worst cases', worst.map(({ id, where, what }) => `${id} (${where}): ${what}`)),
    ...section('Level report-only, not scored', some(reportOnly)),
    ...section('Not evaluated', some(problems)),
  ];
  return `${lines.map(oneLine).join('\n').replace(/^\n+/, '')}\n`;
}
