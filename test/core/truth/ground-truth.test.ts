import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';

test('nothing known: no path, no fact, and so no edit is confirmed', () => {
  for (const path of ['src/main.ts', '', '/etc/hosts', '..']) assert.equal(nothingKnown.path(path), 'unknown');
  assert.equal(nothingKnown.fact('water', 'boiling point'), null);
  assert.equal(nothingKnown.confirm('a', 'b'), false);
  assert.ok(Object.isFrozen(nothingKnown));
});
