import { refuse } from '../../core/rules/fields.js';
import { RULE_KINDS } from '../../core/rules/rule-forms.js';
import type { RuleDraft } from '../../core/rules/rule-forms.js';
import { RULE_TABLES } from './rows.js';
import type { ImportFault, ImportItem } from './rule-import.js';
import { explained, prepared } from './sqlite.js';
import type { Database } from './sqlite.js';

/** Drafts moved at a time: few round trips, little memory. */
const BATCH = 500;
/** Faults told one by one; the rest are counted. */
const FAULTS_TOLD = 1_000;

export interface StagingSteps {
  readonly insert: (db: Database, draft: RuleDraft) => number;
  /** Empties the tables first; null: adds to them. */
  readonly clear: (() => void) | null;
}

export interface StagingReport {
  readonly imported: number;
  readonly unchanged: number;
  readonly faults: readonly ImportFault[];
  readonly faultsLeftOut: number;
}

let stagings = 0;

/**
 * Collects drafts in a temporary table, which locks no one out however long the source takes, and moves them over in one
 * short transaction at its end. If the source fails, nothing was imported.
 */
export async function importDrafts(db: Database, file: string, items: AsyncIterable<ImportItem>, steps: StagingSteps): Promise<StagingReport> {
  stagings += 1;
  const table = `temp.import_${stagings}`;
  db.exec(`CREATE TABLE ${table} (seq INTEGER PRIMARY KEY, draft TEXT)`);
  try {
    const faults: ImportFault[] = [];
    let faultsLeftOut = 0;
    let batch: string[] = [];
    const stage = db.prepare(`INSERT INTO ${table} (draft) VALUES (?)`);
    const flush = db.transaction(() => batch.forEach((draft) => stage.run(draft)));
    for await (const item of items) {
      if ('draft' in item) batch.push(JSON.stringify(item.draft));
      else if (faults.length < FAULTS_TOLD) faults.push(item.fault);
      else faultsLeftOut += 1;
      if (batch.length < BATCH) continue;
      flush();
      batch = [];
    }
    flush();
    return { ...explained(file, () => db.transaction(() => move(db, table, steps)).immediate()), faults, faultsLeftOut };
  } finally {
    if (db.open) db.exec(`DROP TABLE ${table}`);
  }
}

function move(db: Database, table: string, steps: StagingSteps): { imported: number; unchanged: number } {
  steps.clear?.();
  const next = db.prepare(`SELECT seq, draft FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`);
  let imported = 0;
  let unchanged = 0;
  let after = 0;
  for (;;) {
    const rows = next.all(after) as { seq: number; draft: string }[];
    const last = rows.at(-1);
    if (last === undefined) return { imported, unchanged };
    after = last.seq;
    for (const row of rows) {
      const draft = JSON.parse(row.draft) as RuleDraft;
      if (isThere(db, draft)) {
        unchanged += 1;
      } else {
        steps.insert(db, draft);
        imported += 1;
      }
    }
  }
}

/** Whether the same rule is stored, word for word, so that an import may run twice. */
function isThere(db: Database, draft: RuleDraft): boolean {
  const { kind } = draft;
  if (!RULE_KINDS.includes(kind)) return refuse('kind', kind, `one of ${RULE_KINDS.join(', ')}`);
  const columns: Record<string, unknown> = { ...draft, enabled: draft.enabled ? 1 : 0 };
  delete columns.kind;
  delete columns.id;
  const names = Object.keys(columns);
  const same = names.map((name) => `${name} IS @${name}`).join(' AND ');
  return prepared(db, `SELECT 1 FROM ${RULE_TABLES[kind]} WHERE ${same}`).get(columns) !== undefined;
}
