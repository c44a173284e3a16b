import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Detector } from '../../../src/core/detect/detector.js';
import { Channel, type ChannelContext } from '../../../src/core/rewrite/channel.js';
import type { SwitchName, Switches } from '../../../src/core/rules/switches.js';
import { type ChannelKind, uniformModes } from '../../../src/core/types.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { wordDetector } from '../text/fake-detectors.js';
import { channelContext, type DriveOptions } from './drive.js';

const NONE: ReadonlySet<Detector> = new Set();
const TEH = wordDetector('pattern_match', [{ word: 'teh', expected: 'the' }]);

/** What a channel concludes about a text, one line a correction. */
function concluded(kind: ChannelKind, text: string, options: DriveOptions, switchedOff = NONE, context: Partial<ChannelContext> = {}): string[] {
  const channel = new Channel('name', kind, { ...channelContext(options), ...context }, switchedOff);
  channel.rewriter.push(text, 0);
  channel.rewriter.end(0, null, true);
  return channel.sent(Infinity).map(({ start, end, verdict, action }) => `${start}-${end} ${verdict.type} ${action}`);
}

test('channel: only the detectors of its kind of text are at work', () => {
  const detectors = [wordDetector('pattern_match', [{ word: 'teh', expected: 'the' }], ['prose']), wordDetector('incorrect_fact', [{ word: 'x', expected: 'y' }], ['reasoning', 'arguments'])];
  assert.deepEqual(concluded('prose', 'teh x', { detectors }), ['0-3 pattern_match replace']);
  assert.deepEqual(concluded('reasoning', 'teh x', { detectors }), ['4-5 incorrect_fact replace']);
  assert.deepEqual(concluded('arguments', 'teh x', { detectors }), ['4-5 incorrect_fact report'], 'a fact in arguments is only told');
  assert.deepEqual(concluded('sealed', 'teh x', { detectors }), []);
});

test('channel: a detector that was switched off does not come back', () => {
  assert.deepEqual(concluded('prose', 'teh', { detectors: [TEH] }, new Set([TEH])), []);
});

test('channel: without named detectors, all there are', () => {
  assert.deepEqual(concluded('prose', 'teh', { rules: stubRules([literal('teh', 'the')]) }), ['0-3 pattern_match replace']);
});

test('channel: mode and kind cap the action', () => {
  assert.deepEqual(concluded('sealed', 'teh', { detectors: [TEH] }), ['0-3 pattern_match report']);
  assert.deepEqual(concluded('prose', 'teh', { detectors: [TEH], modes: uniformModes('annotate') }), ['0-3 pattern_match annotate']);
  assert.deepEqual(concluded('reasoning', 'teh', { detectors: [TEH], modes: uniformModes('annotate') }), ['0-3 pattern_match report']);
  assert.deepEqual(concluded('prose', 'teh', { detectors: [TEH], modes: uniformModes('off') }), []);
});

const rejections: readonly (readonly [rejected: string, type: 'pattern_match' | 'incorrect_fact', expected: string | null, made: boolean])[] = [
  ['pattern_match\0teh\0the', 'pattern_match', 'the', false],
  ['pattern_match\0teh\0The', 'pattern_match', 'the', true],
  ['pattern_match\0Teh\0the', 'pattern_match', 'the', true],
  ['incorrect_fact\0teh\0the', 'pattern_match', 'the', true],
  ['incorrect_fact\0teh\0the', 'incorrect_fact', 'the', false],
  ['pattern_match\0teh\0', 'pattern_match', null, false],
  ['pattern_match\0teh\0', 'pattern_match', 'the', true],
];

for (const [rejected, type, expected, made] of rejections) {
  test(`channel: rejected ${JSON.stringify(rejected)}, found ${type} teh -> ${String(expected)}`, () => {
    const detectors = [wordDetector(type, [{ word: 'teh', expected }])];
    assert.equal(concluded('prose', 'teh', { detectors, rules: stubRules([], { rejected: new Set([rejected]) }) }).length, made ? 1 : 0);
  });
}

test('channel: a type that is off is not even started; rules have types of their own', () => {
  const started: string[] = [];
  const counting = (detector: Detector): Detector => ({ ...detector, start: (...context) => (started.push(detector.type), detector.start(...context)) });
  const detectors = [counting(TEH), counting(wordDetector('incorrect_fact', [{ word: 'x', expected: 'y' }])), counting(wordDetector('logic_contradiction', [{ word: 'z', expected: 'y' }]))];
  const modes = { ...uniformModes('correct'), pattern_match: 'off', incorrect_fact: 'off' } as const;
  assert.deepEqual(concluded('prose', 'teh x z', { detectors, modes }), ['6-7 logic_contradiction replace']);
  assert.deepEqual(started, ['pattern_match', 'logic_contradiction']);
});

for (const { name, states, kept } of [
  { name: 'nothing said', states: {}, kept: ['incorrect_fact', 'invalid_path', 'pattern_match'] },
  { name: 'on without a threshold', states: { check_facts: [true, 0] }, kept: ['incorrect_fact', 'invalid_path', 'pattern_match'] },
  { name: 'off', states: { check_facts: [false, 0] }, kept: ['invalid_path', 'pattern_match'] },
  { name: 'a threshold that is met', states: { check_facts: [true, 0.8] }, kept: ['incorrect_fact', 'invalid_path', 'pattern_match'] },
  { name: 'a threshold that is not', states: { check_facts: [true, 0.81] }, kept: ['invalid_path', 'pattern_match'] },
  { name: 'of two switches the stricter counts', states: { check_path_exists: [true, 0.9], correct_paths: [true, 0.1] }, kept: ['incorrect_fact', 'pattern_match'] },
  { name: 'of two switches one is off', states: { check_path_exists: [false, 0], correct_paths: [true, 0] }, kept: ['incorrect_fact', 'pattern_match'] },
  { name: 'of another type', states: { check_logic: [false, 1], check_completeness: [false, 1], flag_missing_paths: [false, 1] }, kept: ['incorrect_fact', 'invalid_path', 'pattern_match'] },
] as const) {
  test(`channel: a switch: ${name}`, () => {
    const found = (type: 'incorrect_fact' | 'invalid_path' | 'pattern_match', word: string): Detector => wordDetector(type, [{ word, expected: '!', confidence: 0.8 }]);
    const detectors = [found('incorrect_fact', 'a'), found('invalid_path', 'b'), found('pattern_match', 'c')];
    const switches: Switches = new Map((Object.entries(states) as [string, readonly [boolean, number]][]).map(([key, [enabled, threshold]]) => [key as SwitchName, { enabled, threshold }]));
    assert.deepEqual(concluded('prose', 'a b c', { detectors, rules: stubRules([], { switches }) }).map((line) => line.split(' ')[1]), kept);
  });
}

test('channel: a detector that cannot start is told of; the others are at work', () => {
  const failed: Detector[] = [];
  const broken: Detector = { ...TEH, start: () => assert.fail('no start') };
  assert.deepEqual(concluded('prose', 'teh', { detectors: [broken, TEH] }, NONE, { failed: (detector) => failed.push(detector) }), ['0-3 pattern_match replace']);
  assert.deepEqual(failed, [broken]);
});

test('channel: corrections come out when their text has left, in order, once', () => {
  const detectors = [wordDetector('pattern_match', [{ word: 'teh', expected: 'the' }, { word: 'hm', strategy: 'report' }]), wordDetector('fabricated_path', [{ word: 'x.ts', strategy: 'insert' }])];
  const channel = new Channel('name', 'prose', channelContext({ detectors }), NONE);
  //                     0         1
  //                     0123456789012345678
  channel.rewriter.push('teh hm `x.ts` teh. ', 0);
  const starts = (upTo: number): number[] => channel.sent(upTo).map(({ start }) => start);
  assert.deepEqual(starts(0), []);
  assert.deepEqual(starts(1), [0], 'a replacement leaves with its first unit');
  assert.deepEqual(starts(4), []);
  assert.deepEqual(starts(12), [4], 'the note stands behind the backtick');
  assert.deepEqual(starts(13), [8]);
  assert.deepEqual(starts(13), []);
  assert.deepEqual(starts(Infinity), [14]);
  assert.deepEqual(starts(Infinity), []);
});
