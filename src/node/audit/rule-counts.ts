import type Sqlite from 'better-sqlite3';

interface PatchCount {
  hits: number;
  /** Null: it was not hit. */
  lastHit: string | null;
  judged: number;
  succeeded: number;
}

/** Node folders do not import each other: the same words stand in rules/sqlite-rule-store.ts. */
const IS_PATCH = "(name = @patch OR (coalesce(name, '') = '' AND 'patch:' || id = @patch))";

/** What one batch of observations adds to the counters of rules and patches: one statement a rule, however often it was hit. */
export class RuleCounts {
  readonly #rules = new Map<string, { count: number; at: string }>();
  readonly #patches = new Map<string, PatchCount>();

  /** @param rule as corrections name it: a pattern's number or name, or `patch:7/0`, an element of a patch */
  hit(rule: string, at: string): void {
    this.#rules.set(rule, { count: (this.#rules.get(rule)?.count ?? 0) + 1, at });
    if (/\/[0-9]+$/.test(rule)) this.applied(rule.replace(/\/[0-9]+$/, ''), at);
  }

  applied(patch: string, at: string): void {
    const count = this.#of(patch);
    count.hits += 1;
    count.lastHit = at;
  }

  judged(patch: string, success: boolean): void {
    const count = this.#of(patch);
    count.judged += 1;
    if (success) count.succeeded += 1;
  }

  /** @param patchesIn the schema whose behavior_patches are counted; null: none are */
  write(db: Sqlite.Database, patchesIn: string | null = 'main'): void {
    const hit = db.prepare('UPDATE correction_patterns SET hits = coalesce(hits, 0) + @count, last_hit = @at WHERE name = @rule');
    const hitById = db.prepare("UPDATE correction_patterns SET hits = coalesce(hits, 0) + @count, last_hit = @at WHERE id = @id AND (name IS NULL OR name = '')");
    for (const [rule, { count, at }] of this.#rules) {
      if (/^[0-9]{1,15}$/.test(rule)) hitById.run({ count, at, id: Number(rule) });
      hit.run({ count, at, rule });
    }
    if (patchesIn === null) return;
    const counted = db.prepare(
      `UPDATE ${patchesIn}.behavior_patches SET hits = coalesce(hits, 0) + @hits, last_hit = coalesce(@lastHit, last_hit), judged = coalesce(judged, 0) + @judged, ` +
        `succeeded = coalesce(succeeded, 0) + @succeeded WHERE ${IS_PATCH}`,
    );
    for (const [patch, count] of this.#patches) counted.run({ ...count, patch });
  }

  #of(patch: string): PatchCount {
    const known = this.#patches.get(patch) ?? { hits: 0, lastHit: null, judged: 0, succeeded: 0 };
    this.#patches.set(patch, known);
    return known;
  }
}
