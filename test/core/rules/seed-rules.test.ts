import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seedRules } from '../../../src/core/rules/seed-rules.js';
import { openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';

test('the built-in rules are those a new database is seeded with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-seeds-'));
  const store = openRuleStore(join(folder, 'new.db'), { create: true });
  try {
    assert.deepEqual(seedRules(), store.read().patterns);
    assert.ok(seedRules().length > 0);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
});
