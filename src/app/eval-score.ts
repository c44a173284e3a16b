import { HALLUCINATION_TYPES, type Correction, type HallucinationType } from '../core/types.js';
import type { EvalCase, EvalSpan, LabelledSpan } from './eval-cases.js';

/** What a correction must tell to be scored. */
export type ScoredCorrection = Pick<Correction, 'type' | 'start' | 'end' | 'detected' | 'expected' | 'confidence' | 'action'>;

/** What the rewriting made of one case. */
export interface CaseOutput<C extends ScoredCorrection = ScoredCorrection> {
  /** The text a client would have put together. */
  readonly output: string;
  readonly corrections: readonly C[];
}

/** The verdict on a case that has something to find. */
export interface FoundScore {
  readonly caught: boolean;
  readonly right: boolean;
}

/** The verdict on a case that has nothing to find. */
export interface CleanCaseScore {
  /** Nothing of a type the text is clean for changed it. */
  readonly identical: boolean;
  /** The text changed although no correction says so: a fault of ours. */
  readonly silent: boolean;
  /** Mentions hit, and corrections that hit none. */
  readonly falseAlarms: number;
  readonly alarms: readonly ScoredCorrection[];
}

/** These have no one place: an answer contradicts itself, or lacks its end, as a whole. */
const ANYWHERE: ReadonlySet<string> = new Set<HallucinationType>(['logic_contradiction', 'incomplete_reasoning']);

/** At least one unit in common. A labelled place without width is met by what touches it. */
export function overlaps(correction: EvalSpan, place: EvalSpan): boolean {
  if (place.start === place.end) return correction.start <= place.start && place.start <= correction.end;
  return correction.start < correction.end && correction.start < place.end && place.start < correction.end;
}

/** The corrections that count for a case, wherever they stand. */
function accepted(labelled: EvalCase, corrections: readonly ScoredCorrection[]): readonly ScoredCorrection[] {
  return corrections.filter(({ type }) => type === labelled.type || labelled.acceptTypes.includes(type));
}

/** What was found where the case has something to find, of whatever type. */
export function atPlaces(labelled: EvalCase, corrections: readonly ScoredCorrection[]): readonly ScoredCorrection[] {
  if (labelled.spans.length === 0) return corrections;
  const anywhere = ANYWHERE.has(labelled.type) ? accepted(labelled, corrections) : [];
  return corrections.filter((correction) => anywhere.includes(correction) || labelled.spans.some((span) => overlaps(correction, span)));
}

/** Scores a case of one of the six types. */
export function scoreFound(labelled: EvalCase, { output, corrections }: CaseOutput): FoundScore {
  const own = accepted(labelled, corrections);
  const anywhere = ANYWHERE.has(labelled.type);
  const atSpan = (span: LabelledSpan) => (anywhere ? own : own.filter((correction) => overlaps(correction, span)));
  const caught = own.length > 0 && (anywhere || labelled.spans.every((span) => atSpan(span).length > 0));
  if (labelled.expectedText !== null) return { caught, right: output === labelled.expectedText };
  const placed = inPlace(labelled.text, output, corrections);
  const right = labelled.spans.every((span) => span.expected.length === 0
    || atSpan(span).some((correction) => correction.expected !== null && span.expected.includes(correction.expected) && placed.has(correction)));
  return { caught, right: caught && right };
}

/**
 * Whether one correction in a case that has something to find was right: at a labelled place and, where that is asked, with an
 * expected value. Null: the case does not say, as of corrections of other types.
 */
export function isJudgedRight(labelled: EvalCase, { output }: CaseOutput, correction: ScoredCorrection): boolean | null {
  if (accepted(labelled, [correction]).length === 0) return null;
  if (labelled.expectedText !== null) return output === labelled.expectedText;
  if (ANYWHERE.has(labelled.type)) return true;
  const spans = labelled.spans.filter((span) => overlaps(correction, span));
  if (spans.length === 0) return labelled.collateralOk ? null : false;
  return spans.some(({ expected }) => expected.length === 0 || (correction.expected !== null && expected.includes(correction.expected)));
}

/** Scores a clean case. */
export function scoreClean(labelled: EvalCase, { output, corrections }: CaseOutput): CleanCaseScore {
  const alarms = corrections.filter(({ type }) => labelled.cleanFor.includes(type));
  const mentions = labelled.cleanMentions.filter((mention) => alarms.some((alarm) => overlaps(alarm, mention)));
  const elsewhere = alarms.filter((alarm) => !labelled.cleanMentions.some((mention) => overlaps(alarm, mention)));
  const changes = corrections.filter(({ action }) => action !== 'report');
  const silent = output !== labelled.text && changes.length === 0;
  const identical = output === labelled.text || (!silent && !changes.some(({ type }) => labelled.cleanFor.includes(type)));
  return { identical, silent, falseAlarms: mentions.length + elsewhere.length, alarms };
}

/** How much of the text behind a replacement must follow it in the output. */
const FOLLOWING_UNITS = 16;

/**
 * The replacements whose `expected` stands in the output where the wrong text stood in the original. The text between corrections is walked
 * along in both; the length of a note is not told, so behind one the walk looks for where the text goes on.
 */
function inPlace(text: string, output: string, corrections: readonly ScoredCorrection[]): ReadonlySet<ScoredCorrection> {
  const placed = new Set<ScoredCorrection>();
  const changes = corrections.filter(({ action }) => action !== 'report').sort((a, b) => a.start - b.start || a.end - b.end);
  const notes = changes.filter(({ action }) => action !== 'replace');
  const replacements = changes.filter(({ action }) => action === 'replace');
  let textAt = 0;
  let outputAt = 0;
  for (const [index, change] of replacements.entries()) {
    const { start, end } = change;
    if (start < textAt) continue;
    const expected = change.expected ?? '';
    const between = text.slice(textAt, start);
    const noted = notes.some((note) => note.start < end && note.end >= textAt);
    const at = noted ? goesOn(output, outputAt, between, expected) : output.startsWith(between + expected, outputAt) ? outputAt + between.length : -1;
    if (at < 0) break;
    const after = at + expected.length;
    const following = text.slice(end, Math.min(end + FOLLOWING_UNITS, replacements[index + 1]?.start ?? text.length));
    const noteBehind = notes.some((note) => note.end >= start && note.end <= end + FOLLOWING_UNITS) || (end === text.length && notes.length > 0);
    if (noteBehind || (following === '' && end === text.length ? output.length === after : output.startsWith(following, after))) placed.add(change);
    textAt = end;
    outputAt = after;
  }
  return placed;
}

/** Where `expected` begins when `between`, with a note somewhere in it, stands before it; -1 where it does not. */
function goesOn(output: string, from: number, between: string, expected: string): number {
  let same = 0;
  while (same < between.length && output.charCodeAt(from + same) === between.charCodeAt(same)) same += 1;
  const at = output.indexOf(between.slice(same) + expected, from + same);
  return at < 0 ? -1 : at + between.length - same;
}

export interface TypeScore {
  cases: number;
  caught: number;
  right: number;
  missed: number;
}

export interface CleanScore {
  texts: number;
  identical: number;
  flagged: number;
  mentions: number;
  falseAlarms: number;
}

/** What `--json` prints, exactly. */
export interface EvalSummary {
  readonly types: Readonly<Record<HallucinationType, TypeScore>>;
  readonly clean: CleanScore;
}

export function emptySummary(): EvalSummary {
  const row = (): TypeScore => ({ cases: 0, caught: 0, right: 0, missed: 0 });
  return { types: Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, row()])) as Record<HallucinationType, TypeScore>, clean: { texts: 0, identical: 0, flagged: 0, mentions: 0, falseAlarms: 0 } };
}
