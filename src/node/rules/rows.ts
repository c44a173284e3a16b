import { createHash } from 'node:crypto';
import { RuleInputError, show } from '../../core/rules/fields.js';
import { isUnconditional, readPatch } from '../../core/rules/patch-input.js';
import type { BehaviorPatch } from '../../core/rules/patch-input.js';
import { rejectionKey } from '../../core/rules/compile.js';
import { readFact, readPatternRow } from '../../core/rules/rule-input.js';
import { RULE_KINDS, type RuleKind } from '../../core/rules/rule-forms.js';
import type { Fact, PatternRule, RuleFault } from '../../core/rules/rule-set.js';
import type { SwitchName, Switches, SwitchState } from '../../core/rules/switches.js';
import { columnsOf } from './schema.js';
import type { Database } from './sqlite.js';

export type Row = Readonly<Record<string, unknown>>;

export const RULE_TABLES: Readonly<Record<RuleKind, string>> = { pattern: 'correction_patterns', patch: 'behavior_patches', fact: 'facts' };

/** All that a database says, read but not compiled. */
export interface RuleRows {
  readonly patterns: readonly PatternRule[];
  readonly facts: readonly Fact[];
  readonly rejected: ReadonlySet<string>;
  readonly faults: readonly RuleFault[];
  readonly switches: Switches;
  readonly patches: readonly BehaviorPatch[];
}

/** The id people see: the name its author gave a pattern, else the row's number, with its kind where that is no pattern. */
export function shownId(kind: RuleKind, row: Row): string {
  if (typeof row.name === 'string' && row.name !== '') return row.name;
  return kind === 'pattern' ? String(row.id) : `${kind}:${String(row.id)}`;
}

/** Why a stored row would not load; null where it would. */
export function faultOf(kind: RuleKind, row: Row): string | null {
  try {
    if (kind === 'pattern') readPatternRow(row, '');
    else if (kind === 'patch') readPatch(row, '');
    else readFact(row);
    return null;
  } catch (error) {
    if (error instanceof RuleInputError) return error.message;
    throw error;
  }
}

/** Rows in the order of their ids; none where the database has no such table. */
export function readRows(db: Database, kind: RuleKind): readonly Row[] {
  const table = RULE_TABLES[kind];
  if (columnsOf(db, table).length === 0) return [];
  return db.prepare(`SELECT rowid AS id, * FROM ${table} ORDER BY rowid`).all() as Row[];
}

/**
 * Reads every rule that is enabled. A malformed row becomes a fault and the others load.
 * @param kinds which tables are read, where others are kept elsewhere
 */
export function readRules(db: Database, kinds: readonly RuleKind[] = RULE_KINDS): RuleRows {
  const patterns: PatternRule[] = [];
  const facts: Fact[] = [];
  const faults: RuleFault[] = [];
  const switches = new Map<SwitchName, SwitchState>();
  const patches: BehaviorPatch[] = [];
  const each = (kind: RuleKind, take: (row: Row, id: string) => void): void => {
    if (!kinds.includes(kind)) return;
    for (const row of readRows(db, kind)) {
      const id = shownId(kind, row);
      try {
        if (isEnabled(row)) take(row, id);
      } catch (error) {
        if (!(error instanceof RuleInputError)) throw error;
        faults.push({ id, message: error.message });
      }
    }
  };
  each('pattern', (row, id) => {
    const meaning = readPatternRow(row, id);
    if (meaning.form === 'fact') facts.push(meaning.fact);
    else if (meaning.form === 'switch') switches.set(meaning.name, meaning.state);
    else patterns.push(meaning.rule);
  });
  each('patch', (row, id) => {
    const patch = readPatch(row, id);
    patches.push(patch);
    if (patch.type !== 'output_filter' || !isUnconditional(patch)) return;
    for (const filter of patch.rules) if (filter.form === 'match') patterns.push(filter.rule);
  });
  each('fact', (row) => facts.push(readFact(row)));
  return { patterns, facts, rejected: readRejected(db), faults, switches, patches };
}

function isEnabled(row: Row): boolean {
  const { enabled } = row;
  if (enabled === undefined || enabled === null || enabled === 1) return true;
  if (enabled === 0) return false;
  throw new RuleInputError(`enabled must be 1 or 0; it is ${show(enabled)}`);
}

function readRejected(db: Database): ReadonlySet<string> {
  const names = new Set(columnsOf(db, 'corrections').map((column) => column.name));
  if (!['type', 'detected', 'expected', 'rejected'].every((name) => names.has(name))) return new Set();
  const rows = db.prepare('SELECT DISTINCT type, detected, expected FROM corrections WHERE rejected = 1').all() as Row[];
  return new Set(rows.map((row) => rejectionKey(String(row.type), String(row.detected), typeof row.expected === 'string' ? row.expected : null)));
}

const HISTORY_COLUMNS = ['hits', 'last_hit', 'rejected', 'judged', 'succeeded', 'created_at'];

/**
 * A text that differs whenever a rule does. Where our triggers count changes, that count; elsewhere a hash of the rows.
 * The triggers are counted too: a table dropped and made anew has lost its own.
 */
export function fingerprint(db: Database): string {
  const { triggers } = db.prepare("SELECT count(*) AS triggers FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'rules\\_version\\_%' ESCAPE '\\'").get() as { triggers: number };
  if (triggers >= TRIGGERS && columnsOf(db, 'rules_version').length > 0) {
    const row = db.prepare('SELECT version FROM rules_version WHERE id = 1').get() as { version: number } | undefined;
    if (row !== undefined) return `version ${row.version}`;
  }
  const hash = createHash('sha1');
  for (const kind of Object.keys(RULE_TABLES) as RuleKind[]) {
    for (const row of readRows(db, kind)) {
      for (const [name, value] of Object.entries(row)) if (!HISTORY_COLUMNS.includes(name)) hash.update(JSON.stringify([kind, name, typeof value, String(value)]));
    }
  }
  for (const key of readRejected(db)) hash.update(JSON.stringify(key));
  return `hash ${hash.digest('hex')}`;
}

/** How many triggers of schema.sql move rules_version. */
const TRIGGERS = 12;
