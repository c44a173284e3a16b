import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatTally, runEval, type RewriteCase } from '../../src/app/eval.js';
import { caseRewriter } from '../../src/app/rewrite-case.js';
import { type Correction, type HallucinationType, uniformModes } from '../../src/core/types.js';
import { runCli } from '../helpers/processes.js';

const root = mkdtempSync(join(tmpdir(), 'hotpatch-breakdown-'));
after(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
function cases(...lines: readonly object[]): string {
  const path = join(root, `${(files += 1)}.jsonl`);
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  return path;
}

/** What is found in each case, by its id. */
function finding(found: Readonly<Record<string, readonly Partial<Correction>[]>>): RewriteCase {
  return ({ id, text, type }) => ({
    output: text,
    corrections: (found[id] ?? []).map((one) => ({
      id: 'c', exchange: 'e', type: type === 'clean' ? 'incorrect_fact' : type, rule: null, confidence: 0.9, detected: '', expected: null, action: 'report' as const, start: 0, end: 4, channel: '', reason: '', ...one,
    })),
  });
}

const wrong = (id: string, more: object = {}) => ({ id, type: 'incorrect_fact', text: 'five is four', tier: 'words', spans: [{ start: 0, end: 4, detected: 'five', expected: 'four' }], ...more });
const clean = (id: string, more: object = {}) => ({ id, type: 'clean', text: 'five is five', tier: 'plain', clean_for: ['incorrect_fact'], ...more });

interface Judged {
  readonly name: string;
  readonly case: object;
  readonly found: Partial<Correction>;
  /** Right, wrong, or not judged at all. */
  readonly expect: boolean | null;
}

const JUDGED: readonly Judged[] = [
  { name: 'the expected value at the place', case: wrong('x'), found: { expected: 'four' }, expect: true },
  { name: 'another value at the place', case: wrong('x'), found: { expected: 'six' }, expect: false },
  { name: 'no value where one is asked', case: wrong('x'), found: {}, expect: false },
  { name: 'one of several values', case: wrong('x', { spans: [{ start: 0, end: 4, expected_any: ['4', 'four'] }] }), found: { expected: '4' }, expect: true },
  { name: 'detection is all that is asked', case: wrong('x', { spans: [{ start: 0, end: 4, expected: null }] }), found: {}, expect: true },
  { name: 'elsewhere', case: wrong('x'), found: { start: 8, end: 12, expected: 'four' }, expect: false },
  { name: 'elsewhere in a text nobody vouches for', case: wrong('x', { collateral_ok: true }), found: { start: 8, end: 12 }, expect: null },
  { name: 'another type', case: wrong('x'), found: { type: 'fabricated_path', expected: 'four' }, expect: null },
  { name: 'another type that is accepted', case: wrong('x', { accept_types: ['logic_contradiction'] }), found: { type: 'logic_contradiction', expected: 'four' }, expect: true },
  { name: 'a type without one place', case: wrong('x', { type: 'logic_contradiction' }), found: { start: 8, end: 12 }, expect: true },
  { name: 'a clean text', case: clean('x'), found: {}, expect: false },
  { name: 'a clean text that is not clean for the type', case: clean('x'), found: { type: 'pattern_match' }, expect: null },
  { name: 'a case that is not scored', case: wrong('x', { level: 'report-only' }), found: { expected: 'four' }, expect: null },
];

for (const { name, case: labelled, found, expect } of JUDGED) {
  test(`calibration: ${name}`, async () => {
    const { breakdown } = await runEval({ cases: [cases(labelled)], rewriteCase: finding({ x: [found] }) });
    const bins = Object.values(breakdown.calibration).flat();
    assert.deepEqual(bins.filter(({ verdicts }) => verdicts > 0), expect === null ? [] : [{ from: 0.9, verdicts: 1, right: expect ? 1 : 0 }]);
  });
}

test('calibration: a confidence belongs to the bin it reaches', async () => {
  const confidences = [1, 0.95, 0.949, 0.9, 0.899, 0.8, 0.75, 0.7, 0.699, 0];
  const { breakdown } = await runEval({ cases: [cases(wrong('x'))], rewriteCase: finding({ x: confidences.map((confidence) => ({ confidence, expected: 'four' })) }) });
  assert.deepEqual(breakdown.calibration.incorrect_fact, [[0.95, 2], [0.9, 2], [0.8, 2], [0.7, 2], [0, 2]].map(([from, verdicts]) => ({ from, verdicts, right: verdicts })));
});

test('tiers: counted apart by type and tier, clean texts too', async () => {
  const path = cases(wrong('a'), wrong('b'), wrong('c', { tier: 'digits' }), wrong('d', { tier: null }), clean('e'), clean('f'), clean('g', { tier: 'odd' }));
  const { breakdown } = await runEval({ cases: [path], rewriteCase: finding({ a: [{ expected: 'four' }], c: [{}], e: [{}] }) });
  assert.deepEqual(breakdown.tiers, [
    { type: 'incorrect_fact', tier: '-', cases: 1, caught: 0, right: 0 },
    { type: 'incorrect_fact', tier: 'digits', cases: 1, caught: 1, right: 0 },
    { type: 'incorrect_fact', tier: 'words', cases: 2, caught: 1, right: 0 },
    { type: 'clean', tier: 'odd', texts: 1, identical: 1, flagged: 0, falseAlarms: 0 },
    { type: 'clean', tier: 'plain', texts: 2, identical: 2, flagged: 1, falseAlarms: 1 },
  ]);
});

test('false alarms by type: only where a text is clean for the type', async () => {
  const both: readonly HallucinationType[] = ['incorrect_fact', 'invalid_path'];
  const path = cases(clean('a', { clean_for: both }), clean('b'), clean('c'), wrong('d'));
  const found = { a: [{ type: 'invalid_path' as const, action: 'replace' as const }, { type: 'invalid_path' as const }], b: [{}, { type: 'pattern_match' as const }], d: [{ expected: 'six' }] };
  const report = await runEval({ cases: [path], rewriteCase: finding(found) });
  const { invalid_path: paths, incorrect_fact: facts, pattern_match: patterns } = report.breakdown.alarms;
  assert.deepEqual(paths, { texts: 1, flagged: 1, changed: 1, alarms: 2 });
  assert.deepEqual(facts, { texts: 3, flagged: 1, changed: 0, alarms: 1 });
  assert.deepEqual(patterns, { texts: 0, flagged: 0, changed: 0, alarms: 0 });
  const plain = formatTally(report);
  assert.match(plain, /\nFalse alarms by type[^\n]*\ntype +clean texts +flagged +changed +alarms +flagged %\ninvalid_path +1 +1 +1 +2 +100\.00\nincorrect_fact +3 +1 +0 +1 +33\.33\n/);
  assert.match(plain, /\nCalibration[^\n]*\nright %, by confidence +>=0\.95 +0\.9-0\.95 +0\.8-0\.9 +0\.7-0\.8 +<0\.7\ninvalid_path +- +0\.0 of 2 +- +- +-\nincorrect_fact +- +0\.0 of 2 +- +- +-\nall but pattern_match +- +0\.0 of 4/);
  assert.doesNotMatch(plain, /Tiers/);
  assert.match(formatTally(report, [], { tiers: true }), /\nTiers[^\n]*\ntier +cases +caught +right +caught % +right %\nincorrect_fact words +1 +1 +0 +100\.0 +0\.0\ntier +texts +identical +flagged +false alarms +identical %\nclean plain +3 +3 +2 +3 +100\.0\n/);
});

const SUM = { id: 'sum', type: 'incorrect_fact', tier: 'sums', text: 'So 60 + 2 = 120 in all.', spans: [{ start: 12, end: 15, expected: '62' }] };

test('modes cap what the types of a case may do', async () => {
  const score = async (mode: 'correct' | 'observe' | 'off') => (await runEval({ cases: [cases(SUM)], rewriteCase: caseRewriter({ ...uniformModes('correct'), incorrect_fact: mode }) })).summary.types.incorrect_fact;
  assert.deepEqual(await score('correct'), { cases: 1, caught: 1, right: 1, missed: 0 });
  assert.deepEqual(await score('observe'), { cases: 1, caught: 1, right: 0, missed: 0 });
  assert.deepEqual(await score('off'), { cases: 1, caught: 0, right: 0, missed: 1 });
});

test('hotpatch eval: --mode and --tiers; --json alone keeps its shape', async () => {
  const path = cases(SUM);
  const out = join(root, 'out.jsonl');
  const run = async (...more: readonly string[]) => {
    const { code, stdout } = await runCli(['eval', '--cases', path, '--out', out, '--json', ...more], { cwd: root });
    assert.equal(code, 0);
    return JSON.parse(stdout) as { types: { incorrect_fact: object }; clean: object; calibration: object; tiers: object };
  };
  const plain = await run();
  assert.deepEqual(Object.keys(plain), ['types', 'clean']);
  const more = await run('--tiers');
  assert.deepEqual(Object.keys(more), ['types', 'clean', 'calibration', 'tiers']);
  assert.deepEqual({ types: more.types, clean: more.clean }, plain);
  assert.deepEqual(more.tiers, [{ type: 'incorrect_fact', tier: 'sums', cases: 1, caught: 1, right: 1 }]);
  const off = await run('--mode', 'incorrect_fact=off');
  assert.deepEqual(off.types.incorrect_fact, { cases: 1, caught: 0, right: 0, missed: 1 });
  assert.equal(readFileSync(out, 'utf8'), '{"id":"sum","output":"So 60 + 2 = 120 in all.","corrections":[]}\n');
});
