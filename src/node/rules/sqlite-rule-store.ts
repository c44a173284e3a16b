import { Readable } from 'node:stream';
import { RULE_KINDS, readRuleInput } from '../../core/rules/rule-forms.js';
import type { RuleDraft, RuleInput, RuleKind } from '../../core/rules/rule-forms.js';
import { refuse } from '../../core/rules/fields.js';
import { exportRules } from './rule-export.js';
import type { RuleFormat } from './rule-export.js';
import { readImport } from './rule-import.js';
import type { ImportFault } from './rule-import.js';
import { faultOf, readRows, readRules, RULE_TABLES, shownId } from './rows.js';
import type { Row, RuleRows } from './rows.js';
import { columnsOf, migrate } from './schema.js';
import { explained, openDatabase, prepared, RuleStoreError } from './sqlite.js';
import type { Database, OpenOptions } from './sqlite.js';
import { importDrafts } from './staging.js';

/** A patch as its corrections name it. */
const IS_PATCH = "(name = @patch OR (coalesce(name, '') = '' AND 'patch:' || id = @patch))";

/** A row as stored, and whether it would load. */
export interface StoredRule {
  readonly kind: RuleKind;
  readonly id: number;
  /** As faults and corrections name it. */
  readonly shownId: string;
  readonly enabled: boolean;
  /** Why it is skipped; null where it is not. */
  readonly fault: string | null;
  /** Its columns by name, as far as the database has them. */
  readonly row: Row;
}

export interface ImportReport {
  readonly imported: number;
  /** Rules that were there already, word for word. */
  readonly unchanged: number;
  readonly faults: readonly ImportFault[];
  /** Faults beyond those listed. */
  readonly faultsLeftOut: number;
}

export interface ImportOptions {
  /** Removes every rule first, in the same transaction. */
  readonly replaceAll?: boolean;
}

/** A number, a pattern's name, or `pattern:7`, `patch:7`, `fact:7` where a number alone has two meanings. */
export type RuleRef = number | string;

/** The rules of one database file. Each call is one transaction; any process may write at the same time. */
export interface RuleStore {
  /** Every stored rule, of one kind or of all, malformed ones with their fault. @throws RuleStoreError, as every call here */
  list(kind?: RuleKind): readonly StoredRule[];
  /** @returns the row id, unique among all kinds. @throws RuleInputError */
  add(input: RuleInput): number;
  /** Replaces the rule by another of its kind. @throws RuleInputError, RuleStoreError */
  update(ref: RuleRef, input: RuleInput): void;
  /** Removes a rule. @throws RuleStoreError where none, or more than one, is meant */
  remove(ref: RuleRef): void;
  /** Puts a rule that was disabled into force again. @throws as `remove` */
  enable(ref: RuleRef): void;
  /** Keeps a rule, but out of force. @throws as `remove` */
  disable(ref: RuleRef): void;
  /** Teaches that a correction is not to be made again, or takes that back. @throws RuleStoreError where there is none */
  reject(correctionId: string, undo?: boolean): void;
  /** Adds rules in any of the import forms, all in one transaction; malformed ones are told of and skipped. */
  import(text: string, format: RuleFormat, options?: ImportOptions): Promise<ImportReport>;
  /** The same for a file of any size. */
  importFrom(source: Readable, format: RuleFormat, options?: ImportOptions): Promise<ImportReport>;
  /** All rules, in the form that `import` takes. */
  export(format: RuleFormat): string;
  /** What the enabled rules, of these kinds or of all, say, to be compiled. */
  read(kinds?: readonly RuleKind[]): RuleRows;
  /** Lets the file go; later calls throw. */
  close(): void;
}

/**
 * Opens the rules of a database. With `create` a missing one is made from schema.sql; one that is opened for writing gets
 * what schema.sql has more; with `readonly` nothing is changed and missing tables count as empty.
 * @throws RuleStoreError naming the file, SqliteUnavailableError
 */
export function openRuleStore(file: string, options: OpenOptions = { create: true }): RuleStore {
  const db = openDatabase(file, options);
  try {
    if (options.readonly !== true) migrate(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return new SqliteRuleStore(db, file);
}

/** Creates a missing database, with seed rules unless `seeds` is false, and adds to an existing one what is missing. */
export function createDatabase(file: string, seeds = true): void {
  const db = openDatabase(file, { create: true });
  try {
    migrate(db, file, seeds);
  } finally {
    db.close();
  }
}

/** The columns of a draft in the order of its insert. */
export function insertDraft(db: Database, draft: RuleDraft): number {
  const { kind, id, ...columns } = draft;
  const taken = id !== null && RULE_KINDS.some((other) => prepared(db, `SELECT 1 FROM ${RULE_TABLES[other]} WHERE id = ?`).get(id) !== undefined);
  const values = { ...columns, id: id === null || taken ? nextId(db) : id, enabled: draft.enabled ? 1 : 0, created_at: new Date().toISOString() };
  const names = Object.keys(values);
  prepared(db, `INSERT INTO ${RULE_TABLES[kind]} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`).run(values);
  return values.id;
}

/** One row of numbers for all kinds, so that a bare id means one rule. */
function nextId(db: Database): number {
  const highest = RULE_KINDS.map((kind) => `SELECT max(id) AS id FROM ${RULE_TABLES[kind]}`).join(' UNION ALL ');
  const { top } = prepared(db, `SELECT max(id) AS top FROM (${highest})`).get() as { top: number | null };
  return (top ?? 0) + 1;
}

class SqliteRuleStore implements RuleStore {
  readonly #db: Database;
  readonly #file: string;

  constructor(db: Database, file: string) {
    this.#db = db;
    this.#file = file;
  }

  list(kind?: RuleKind): readonly StoredRule[] {
    return explained(this.#file, () =>
      RULE_KINDS.filter((each) => kind === undefined || each === kind).flatMap((each) =>
        readRows(this.#db, each).map((row) => ({
          kind: each,
          id: Number(row.id),
          shownId: shownId(each, row),
          enabled: row.enabled !== 0,
          fault: faultOf(each, row),
          row,
        })),
      ),
    );
  }

  add(input: RuleInput): number {
    const draft = readRuleInput(input);
    return this.#write(() => insertDraft(this.#db, draft));
  }

  update(ref: RuleRef, input: RuleInput): void {
    const draft = readRuleInput(input);
    this.#write(() => {
      const found = this.#find(ref);
      if (found.kind !== draft.kind) refuse('kind', draft.kind, `${found.kind}, as the rule ${String(ref)} is`);
      const columns: Record<string, unknown> = { ...draft, enabled: draft.enabled ? 1 : 0 };
      delete columns.kind;
      delete columns.id;
      const names = Object.keys(columns).map((name) => `${name} = @${name}`);
      this.#db.prepare(`UPDATE ${RULE_TABLES[found.kind]} SET ${names.join(', ')} WHERE id = @rowId`).run({ ...columns, rowId: found.id });
    });
  }

  remove(ref: RuleRef): void {
    this.#change(ref, (table) => `DELETE FROM ${table} WHERE id = ?`);
  }

  enable(ref: RuleRef): void {
    this.#change(ref, (table) => `UPDATE ${table} SET enabled = 1 WHERE id = ?`);
  }

  disable(ref: RuleRef): void {
    this.#change(ref, (table) => `UPDATE ${table} SET enabled = 0 WHERE id = ?`);
  }

  reject(correctionId: string, undo = false): void {
    this.#write(() => {
      const row = this.#db.prepare('SELECT rule, rejected FROM corrections WHERE id = ?').get(correctionId) as { rule: string | null; rejected: number | null } | undefined;
      if (row === undefined) throw new RuleStoreError('E_RULE_UNKNOWN', this.#file, `there is no correction ${correctionId} in ${this.#file}`);
      const wanted = undo ? 0 : 1;
      if ((row.rejected ?? 0) === wanted) return;
      this.#db.prepare('UPDATE corrections SET rejected = ? WHERE id = ?').run(wanted, correctionId);
      if (row.rule === null) return;
      const by = undo ? -1 : 1;
      this.#db.prepare('UPDATE correction_patterns SET rejected = max(0, coalesce(rejected, 0) + ?) WHERE name = ? OR (name IS NULL AND CAST(id AS TEXT) = ?)').run(by, row.rule, row.rule);
      // An element of a patch is named by the patch and its place.
      const patch = /^(.*)\/[0-9]+$/s.exec(row.rule)?.[1];
      if (patch !== undefined) this.#db.prepare(`UPDATE behavior_patches SET rejected = max(0, coalesce(rejected, 0) + @by) WHERE ${IS_PATCH}`).run({ by, patch });
    });
  }

  import(text: string, format: RuleFormat, options: ImportOptions = {}): Promise<ImportReport> {
    return this.importFrom(Readable.from([Buffer.from(text, 'utf8')]), format, options);
  }

  async importFrom(source: Readable, format: RuleFormat, options: ImportOptions = {}): Promise<ImportReport> {
    return importDrafts(this.#db, this.#file, readImport(source, format), {
      insert: insertDraft,
      clear: options.replaceAll === true ? () => RULE_KINDS.forEach((kind) => this.#db.exec(`DELETE FROM ${RULE_TABLES[kind]}`)) : null,
    });
  }

  export(format: RuleFormat): string {
    return explained(this.#file, () => this.#db.transaction(() => exportRules(RULE_KINDS.flatMap((kind) => readRows(this.#db, kind).map((row) => ({ kind, row }))), format))());
  }

  read(kinds?: readonly RuleKind[]): RuleRows {
    return explained(this.#file, () => this.#db.transaction(() => readRules(this.#db, kinds))());
  }

  close(): void {
    this.#db.close();
  }

  #change(ref: RuleRef, sql: (table: string) => string): void {
    this.#write(() => {
      const { kind, id } = this.#find(ref);
      this.#db.prepare(sql(RULE_TABLES[kind])).run(id);
    });
  }

  #write<T>(run: () => T): T {
    return explained(this.#file, () => this.#db.transaction(run).immediate());
  }

  /** @throws RuleStoreError where no rule, or more than one, is meant. */
  #find(ref: RuleRef): { readonly kind: RuleKind; readonly id: number } {
    const [, prefix, digits] = /^(?:(pattern|patch|fact):)?([0-9]+)$/.exec(String(ref)) ?? [];
    const found = RULE_KINDS.filter((kind) => prefix === undefined || kind === prefix).flatMap((kind) => {
      const hasName = columnsOf(this.#db, RULE_TABLES[kind]).some((column) => column.name === 'name');
      const rows = this.#db.prepare(`SELECT id FROM ${RULE_TABLES[kind]} WHERE id = @id${hasName ? ' OR name = @name' : ''}`).all(hasName ? { id: Number(digits ?? -1), name: String(ref) } : { id: Number(digits ?? -1) }) as { id: number }[];
      return rows.map(({ id }) => ({ kind, id }));
    });
    const [first, second] = found;
    if (first === undefined) throw new RuleStoreError('E_RULE_UNKNOWN', this.#file, `there is no rule ${String(ref)} in ${this.#file}`);
    if (second !== undefined) {
      const names = found.map(({ kind, id }) => `${kind}:${id}`);
      throw new RuleStoreError('E_RULE_UNKNOWN', this.#file, `${String(ref)} means more than one rule; say ${names.join(' or ')}`);
    }
    return first;
  }
}
