import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '../../../src/core/detect/detector.js';
import { decide, DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { type ChannelKind, HALLUCINATION_TYPES, type Mode, MODES, type Strategy, uniformModes } from '../../../src/core/types.js';

const verdict = (strategy: Strategy, expected: string | null, more: Partial<Verdict> = {}): Verdict => ({
  type: 'pattern_match',
  confidence: 1,
  detected: 'wrong',
  expected,
  strategy,
  rule: null,
  reason: 'because',
  ...more,
});

/** One letter a decision: r(eplace), a(nnotate), n(othing but a report), - (not even that). */
type Row = Readonly<Record<ChannelKind, string>>;

/** The strategies stand in the order replace, replace without knowing with what, insert, report. */
const STRATEGIES: readonly (readonly [Strategy, string | null])[] = [['replace', 'right'], ['replace', null], ['insert', 'right'], ['report', 'right']];

const TABLE: Readonly<Record<Mode, Row>> = {
  correct: { prose: 'raan', reasoning: 'rnnn', arguments: 'rnnn', read_path: 'rnnn', written_path: 'rnnn', sealed: 'nnnn' },
  annotate: { prose: 'aaan', reasoning: 'nnnn', arguments: 'nnnn', read_path: 'nnnn', written_path: 'nnnn', sealed: 'nnnn' },
  observe: { prose: 'nnnn', reasoning: 'nnnn', arguments: 'nnnn', read_path: 'nnnn', written_path: 'nnnn', sealed: 'nnnn' },
  off: { prose: '----', reasoning: '----', arguments: '----', read_path: '----', written_path: '----', sealed: '----' },
};

const LETTERS: Readonly<Record<string, string>> = { replace: 'r', annotate: 'a', report: 'n' };

for (const mode of MODES) {
  for (const [kind, want] of Object.entries(TABLE[mode]) as [ChannelKind, string][]) {
    test(`policy: mode ${mode} in ${kind}`, () => {
      const got = STRATEGIES.map(([strategy, expected]) => {
        const decision = decide(verdict(strategy, expected), uniformModes(mode), kind, DEFAULT_NOTES);
        if (decision === null) return '-';
        const { action, text } = decision;
        assert.equal(decision.strategy, { r: 'replace', a: 'insert', n: 'report' }[LETTERS[action] as 'r' | 'a' | 'n']);
        assert.equal(text, { replace: 'right', annotate: ` [should be: ${expected ?? 'because'}]`, report: '' }[action as 'replace']);
        return LETTERS[action];
      });
      assert.equal(got.join(''), want);
    });
  }
}

test('policy: the mode is that of the verdict\'s own type', () => {
  for (const type of HALLUCINATION_TYPES) {
    const modes = { ...uniformModes('off'), [type]: 'correct' as const };
    for (const other of HALLUCINATION_TYPES) {
      const decision = decide(verdict('replace', 'x', { type: other }), modes, 'prose', DEFAULT_NOTES);
      assert.equal(decision?.action, other === type ? 'replace' : undefined, `${other} where ${type} is on`);
    }
  }
});

test('policy: notes say what was expected, else why, and nothing in them is expanded', () => {
  const note = (type: Verdict['type'], expected: string | null, reason: string): string | undefined =>
    decide(verdict('insert', expected, { type, reason }), uniformModes('correct'), 'prose', DEFAULT_NOTES)?.text;
  assert.equal(note('incorrect_fact', '42', 'r'), ' [incorrect: 42]');
  assert.equal(note('logic_contradiction', null, 'it was "$&"'), ' [contradicts an earlier statement: "it was "$&""]');
  assert.equal(note('incorrect_fact', '$1 and $$', ''), ' [incorrect: $1 and $$]');
  assert.equal(note('fabricated_path', 'x', 'y'), ' [no such file in this workspace]');
  assert.equal(note('incomplete_reasoning', null, 'y'), '\n\n[The answer was cut off here.]');
});

test('policy: in arguments only paths are replaced, and what a rule names', () => {
  const action = (kind: ChannelKind, type: Verdict['type'], strategy: Strategy = 'replace', rule: string | null = null): string | undefined =>
    decide(verdict(strategy, 'x', { type, rule }), uniformModes('correct'), kind, DEFAULT_NOTES)?.action;
  for (const kind of ['read_path', 'written_path', 'arguments'] as const) {
    assert.equal(action(kind, 'invalid_path'), kind === 'arguments' ? 'report' : 'replace', kind);
    assert.equal(action(kind, 'incorrect_fact'), 'report', kind);
    assert.equal(action(kind, 'pattern_match', 'replace', '7'), 'replace', kind);
    assert.equal(action(kind, 'invalid_path', 'replace', '7'), 'replace', kind);
    for (const type of HALLUCINATION_TYPES) assert.equal(action(kind, type, 'insert'), 'report', `${type} in ${kind}`);
  }
});

test('policy: a replacement by nothing is a replacement', () => {
  assert.deepEqual(decide(verdict('replace', ''), uniformModes('correct'), 'prose', DEFAULT_NOTES), { strategy: 'replace', action: 'replace', text: '' });
});
