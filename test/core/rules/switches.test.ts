import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitsImports, modesUnder, SWITCH_NAMES, SWITCHES, type SwitchName, type Switches, thresholdOf } from '../../../src/core/rules/switches.js';
import { HALLUCINATION_TYPES, uniformModes } from '../../../src/core/types.js';

const CORRECT = uniformModes('correct');
const said = (name: SwitchName, enabled: boolean, threshold = 0): Switches => new Map([[name, { enabled, threshold }]]);

test('switches: each turns off what it governs and nothing else', () => {
  for (const name of SWITCH_NAMES) {
    const governed: readonly string[] = SWITCHES[name];
    const modes = modesUnder(CORRECT, said(name, false));
    for (const type of HALLUCINATION_TYPES) assert.equal(modes[type], governed.includes(type) ? 'off' : 'correct', `${name} and ${type}`);
    assert.deepEqual(modesUnder(CORRECT, said(name, true)), CORRECT);
    for (const type of HALLUCINATION_TYPES) assert.equal(thresholdOf(type, said(name, true, 0.7)), governed.includes(type) ? 0.7 : 0, `${name} and ${type}`);
  }
});

test('switches: every type but the operator\'s own rules has one', () => {
  const governed = new Set(Object.values(SWITCHES).flat());
  assert.deepEqual(HALLUCINATION_TYPES.filter((type) => !(governed as ReadonlySet<string>).has(type)), ['pattern_match']);
});

test('switches: nothing said changes nothing, and what is off stays off', () => {
  assert.equal(modesUnder(CORRECT, undefined), CORRECT);
  assert.equal(modesUnder(CORRECT, new Map()), CORRECT);
  assert.equal(modesUnder({ ...CORRECT, incorrect_fact: 'off' }, said('check_facts', true)).incorrect_fact, 'off');
  assert.equal(thresholdOf('incorrect_fact', undefined), 0);
});

test('switches: imports', () => {
  assert.equal(admitsImports(0.1, undefined), true);
  assert.equal(admitsImports(0.1, said('check_facts', false, 1)), true);
  assert.equal(admitsImports(0.8, said('validate_imports', true, 0.8)), true);
  assert.equal(admitsImports(0.79, said('validate_imports', true, 0.8)), false);
  assert.equal(admitsImports(1, said('validate_imports', false)), false);
});
