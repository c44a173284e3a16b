import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';

test('nothing known: no path, no root, no fact, and so no edit is confirmed', () => {
  for (const path of ['src/main.ts', '', '/etc/hosts', '..']) {
    for (const backslashes of [false, true]) assert.equal(nothingKnown.path({ path, backslashes }), 'unknown');
    assert.equal(nothingKnown.namesRoot(path), false);
    assert.equal(nothingKnown.beginsTop(path), false);
  }
  assert.equal(nothingKnown.fact('water', 'boiling point'), null);
  assert.equal(nothingKnown.confirm('a', 'b'), false);
  assert.ok(Object.isFrozen(nothingKnown));
});
