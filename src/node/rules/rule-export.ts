import { stringify } from 'csv-stringify/sync';
import { isFields, RuleInputError } from '../../core/rules/fields.js';
import type { RuleKind } from '../../core/rules/rule-forms.js';
import { encodePattern, startsJson } from '../../core/rules/rule-input.js';
import type { Row } from './rows.js';

export const RULE_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RuleFormat = (typeof RULE_FORMATS)[number];

export const CSV_HEADER = ['kind', 'type', 'match', 'pattern', 'replacement', 'flags', 'word', 'confidence_threshold', 'enabled', 'id'] as const;

export interface KindRow {
  readonly kind: RuleKind;
  readonly row: Row;
}

const COLUMNS: Readonly<Record<RuleKind, readonly string[]>> = {
  pattern: ['id', 'name', 'pattern', 'type', 'confidence_threshold', 'replacement', 'flags', 'enabled', 'models', 'scopes'],
  patch: ['id', 'name', 'description', 'patch_type', 'payload_json', 'enabled'],
  fact: ['id', 'subject', 'attribute', 'value', 'source', 'enabled'],
};

/** Every rule as text that imports as the same rules. What happened to them (hits, dates) is not part of it. */
export function exportRules(rows: readonly KindRow[], format: RuleFormat): string {
  if (format === 'csv') {
    // A quoted empty field is an empty text, an unquoted one is nothing: `replacement` needs the difference.
    const cast = { string: (value: string) => (value === '' ? { value, quoted_empty: true } : value) };
    return stringify(rows.map(toCsv), { header: true, columns: [...CSV_HEADER], cast, record_delimiter: '\n' });
  }
  const objects = rows.map(({ kind, row }) => toObject(kind, row));
  if (format === 'ndjson') return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
  return `${JSON.stringify(objects, null, 2)}\n`;
}

/** What the database has to say: nothing is left out, so that absent columns and NULL both come back as nothing. */
function toObject(kind: RuleKind, row: Row): Record<string, unknown> {
  const object: Record<string, unknown> = { kind };
  for (const name of COLUMNS[kind]) {
    const value = row[name];
    if (value === undefined || value === null || (name === 'type' && isCaseType(value))) continue;
    object[name] = name === 'enabled' ? value !== 0 : value;
  }
  return object;
}

/** In a database these words are unknown types; an importer would take them for the case form. */
function isCaseType(type: unknown): boolean {
  return type === 'literal' || type === 'regex';
}

function toCsv({ kind, row }: KindRow): Record<(typeof CSV_HEADER)[number], string | null> {
  const base = { kind, match: null, flags: null, word: null, confidence_threshold: null, enabled: row.enabled === 0 ? '0' : '1', id: text(row.name) ?? text(row.id) };
  if (kind === 'patch') return { ...base, type: text(row.patch_type), pattern: text(row.payload_json), replacement: text(row.description) };
  if (kind === 'fact') {
    const { subject, attribute, value, source } = row;
    return { ...base, type: null, pattern: JSON.stringify({ subject, attribute, value, ...(text(source) === null ? {} : { source }) }), replacement: null };
  }
  return { ...base, ...patternCells(row), type: isCaseType(row.type) ? null : text(row.type), replacement: text(row.replacement), flags: text(row.flags), confidence_threshold: text(row.confidence_threshold) };
}

/** A bare regex or literal has cells of its own; what those cannot hold stays JSON, which the importer reads as in a database. */
function patternCells(row: Row): { match: string | null; pattern: string | null; word: string | null } {
  const pattern = text(row.pattern);
  if (pattern === null) return { match: null, pattern, word: null };
  const { models, scopes } = row;
  const reach = { models: list(models), scopes: list(scopes) };
  const verbatim = { match: null, pattern, word: null };
  if (!startsJson(pattern)) {
    if (reach.models === null && reach.scopes === null) return { match: 'literal', pattern, word: null };
    return { ...verbatim, pattern: encodePattern('literal', pattern, reach) };
  }
  const json = tryParse(pattern);
  if (json === null) return verbatim;
  const { match, value, word, ...rest } = json;
  if ((match === 'literal' || match === 'regex') && typeof value === 'string' && Object.keys(rest).length === 0 && reach.models === null && reach.scopes === null) {
    return { match, pattern: value, word: word === true ? '1' : null };
  }
  return { ...verbatim, pattern: reach.models === null && reach.scopes === null ? pattern : JSON.stringify({ ...withoutNulls(reach), ...json }) };
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function list(value: unknown): unknown {
  return typeof value === 'string' ? (tryParseAny(value) ?? null) : null;
}

function tryParse(json: string): Record<string, unknown> | null {
  const value = tryParseAny(json);
  return isFields(value) ? { ...value } : null;
}

function tryParseAny(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A malformed row leaves as it stands; whoever imports it is told.
    return undefined;
  }
}

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new RuleInputError('a column holds bytes, which CSV cannot carry; export as JSON');
}
