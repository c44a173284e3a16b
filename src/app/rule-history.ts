import type { StoredRule } from '../node/rules/sqlite-rule-store.js';

const PATTERN_CHARS = 60;

/** The share of a rule's corrections that nobody took back; null: it made none yet. A database that lacks the columns has no history. */
export function effectivenessOf({ row: { hits, rejected } }: StoredRule): number | null {
  if (typeof hits !== 'number' || hits <= 0) return null;
  const back = typeof rejected === 'number' ? Math.min(rejected, hits) : 0;
  return Math.round((1 - back / hits) * 1000) / 1000;
}

/** The share of the answers that say something of a patch and speak for it; null: none does yet. */
export function successRateOf({ row: { judged, succeeded } }: StoredRule): number | null {
  if (typeof judged !== 'number' || judged <= 0) return null;
  return Math.round((typeof succeeded === 'number' ? succeeded / judged : 0) * 1000) / 1000;
}

/** What came of a rule, as the end of a line; empty where nothing did. */
export function historyOf(rule: StoredRule): string {
  const { hits, last_hit: last, judged } = rule.row;
  const effectiveness = effectivenessOf(rule);
  const success = rule.kind === 'patch' ? successRateOf(rule) : null;
  const said = [
    ...(effectiveness === null ? [] : [`${String(hits)} hits`, ...(typeof last === 'string' ? [`last ${last}`] : []), ...(success === null ? [`effectiveness ${effectiveness}`] : [])]),
    ...(success === null ? [] : [`success rate ${success} of ${String(judged)}`]),
  ];
  return said.length === 0 ? '' : `\t${said.join(', ')}`;
}

/** One line of words on what a rule does. */
export function describeRule(rule: StoredRule): string {
  const { row } = rule;
  const name = rule.shownId === String(rule.id) || rule.shownId.endsWith(`:${rule.id}`) ? '' : `${rule.shownId}: `;
  if (rule.kind === 'fact') return `${name}${brief(row.subject)} ${brief(row.attribute)} = ${brief(row.value)}`;
  if (rule.kind === 'patch') return `${name}${brief(row.patch_type)} ${brief(row.description)}`;
  return `${name}${brief(row.pattern)}${typeof row.replacement === 'string' ? ` -> ${brief(row.replacement)}` : ''}`;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  const line = text.replace(/\p{Cc}/gu, ' ');
  return line.length > PATTERN_CHARS ? `${line.slice(0, PATTERN_CHARS)}…` : line;
}
