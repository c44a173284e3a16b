import type { Verdict } from '../detect/detector.js';
import { type Action, type ChannelKind, type HallucinationType, isArgument, type Mode, type Modes, type Strategy } from '../types.js';

/** The notes an operator may reword. `…` stands for what the verdict expects or quotes. */
export interface Notes {
  readonly invalid_path: string;
  readonly fabricated_path: string;
  readonly logic_contradiction: string;
  readonly incorrect_fact: string;
  readonly incomplete_reasoning: string;
  readonly pattern_match: string;
}

export const DEFAULT_NOTES: Notes = Object.freeze({
  invalid_path: ' [should be: …]',
  fabricated_path: ' [no such file in this workspace]',
  logic_contradiction: ' [contradicts an earlier statement: "…"]',
  incorrect_fact: ' [incorrect: …]',
  incomplete_reasoning: '\n\n[The answer was cut off here.]',
  pattern_match: ' [should be: …]',
});

/** What is to be done about one verdict. */
export interface Decision {
  readonly strategy: Strategy;
  readonly action: Action;
  /** The replacement or the note; empty for a report. */
  readonly text: string;
}

const REPORT: Decision = Object.freeze({ strategy: 'report', action: 'report', text: '' });

function note(notes: Notes, type: HallucinationType, verdict: Verdict): Decision {
  const text = notes[type].replace('…', () => verdict.expected ?? verdict.reason);
  return { strategy: 'insert', action: type === 'incomplete_reasoning' ? 'append' : 'annotate', text: (verdict.note ?? '') + text };
}

/**
 * Caps a verdict's strategy by the mode of its type and the kind of text: replace, then insert, then report. Reasoning is
 * treated as prose, but nothing is ever added to it; in arguments only a path is replaced, and what a rule names. Null: the type is off, so not even a report.
 * @param structured the answer is to be JSON or the like, to which nothing may be added
 */
export function decide(verdict: Verdict, modes: Modes, kind: ChannelKind, notes: Notes, structured = false): Decision | null {
  const mode: Mode = modes[verdict.type];
  if (mode === 'off') return null;
  if (isArgument(kind) && !isReplacedIn(kind, verdict)) return REPORT;
  if (mode === 'observe' || verdict.strategy === 'report' || kind === 'sealed') return REPORT;
  if (verdict.strategy === 'replace' && verdict.expected !== null && mode === 'correct') {
    return { strategy: 'replace', action: 'replace', text: verdict.expected };
  }
  if (kind !== 'prose' || structured) return REPORT;
  return note(notes, verdict.type, verdict);
}

/** What is done about a check of the whole answer that failed: at most a note, in its own words. Null: its type is off. */
export function decideCheck(type: HallucinationType, wanted: 'report' | 'annotate', text: string, modes: Modes, structured = false): Decision | null {
  const mode = modes[type];
  if (mode === 'off') return null;
  return wanted === 'report' || mode === 'observe' || structured ? REPORT : { strategy: 'insert', action: 'annotate', text };
}

function isReplacedIn(kind: ChannelKind, { type, rule }: Verdict): boolean {
  return rule !== null || type === 'pattern_match' || (type === 'invalid_path' && kind !== 'arguments');
}
