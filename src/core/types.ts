/** The words everyone uses. */

/** The six kinds of hallucination, in the order in which detectors run and ties are settled. */
export const HALLUCINATION_TYPES = [
  'invalid_path',
  'fabricated_path',
  'logic_contradiction',
  'incorrect_fact',
  'incomplete_reasoning',
  'pattern_match',
] as const;
/** One of the six kinds of hallucination. */
export type HallucinationType = (typeof HALLUCINATION_TYPES)[number];

/**
 * What a channel carries. `prose` is the answer people read, `reasoning` unsigned thinking, `sealed` text that is signed and
 * must never change. The others are string values in the arguments of a tool call, a channel each: `read_path` names a file
 * or folder that the tool looks at, `written_path` one that it changes, `arguments` is any other.
 */
export type ChannelKind = 'prose' | 'reasoning' | 'arguments' | 'read_path' | 'written_path' | 'sealed';

/** Whether a channel is a value of a tool call. */
export function isArgument(kind: ChannelKind): boolean {
  return kind === 'arguments' || kind === 'read_path' || kind === 'written_path';
}

/** What a verdict asks for. A strategy only ever degrades: replace, then insert, then report. */
export type Strategy = 'replace' | 'insert' | 'report';

/** All modes, the one that allows most first. */
export const MODES = ['correct', 'annotate', 'observe', 'off'] as const;
/** How much an operator allows: everything, at most a note behind the text, a report only, nothing. Each mode caps the actions of the one before it. */
export type Mode = (typeof MODES)[number];
export type Modes = Readonly<Record<HallucinationType, Mode>>;

/**
 * What was done about a finding: its text was replaced; a note was put behind it; a note or what was left open was added at the end; the rest of the answer was
 * asked for; or nothing was changed and it was only told.
 */
export type Action = 'replace' | 'annotate' | 'append' | 'continue' | 'report';

/** An accepted edit, or a report, as audited. Offsets are UTF-16 units of the channel's original text. */
export interface Correction {
  /** Unique; what `rejectCorrection` and `hotpatch rules reject` take. */
  readonly id: string;
  /** The id of the exchange it was made in, a ULID; log lines and the header `x-hotpatch-exchange` have the same. */
  readonly exchange: string;
  /** Which of the six kinds it is. */
  readonly type: HallucinationType;
  /** The rule it comes from, as lists of rules show its id; null: none of the operator's. */
  readonly rule: string | null;
  /** 0..1: of verdicts with 0.9, nine in ten are right. */
  readonly confidence: number;
  /** The text that was found, as it stood in the answer. */
  readonly detected: string;
  /** What stands there instead, or would have; null: nothing better is known. */
  readonly expected: string | null;
  /** What was done. */
  readonly action: Action;
  /** Where the text that was found begins, in UTF-16 units of its channel. */
  readonly start: number;
  /** Where it ends; the unit there is no part of it. */
  readonly end: number;
  /** Which text of the answer it is: `message/content`, `choices/0/delta/content`, `choices/0/tool_calls/0/arguments/path`, `text`. */
  readonly channel: string;
  /** Why, in a word or two for logs: `transposed_letters`. */
  readonly reason: string;
}

export function isHallucinationType(word: unknown): word is HallucinationType {
  return (HALLUCINATION_TYPES as readonly unknown[]).includes(word);
}

export function isMode(word: unknown): word is Mode {
  return (MODES as readonly unknown[]).includes(word);
}

/** The same mode for all six types. */
export function uniformModes(mode: Mode): Modes {
  return Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, mode])) as Modes;
}

/** The strongest of the six: it decides what may happen on the wire. */
export function wireMode(modes: Modes): Mode {
  return MODES.find((mode) => HALLUCINATION_TYPES.some((type) => modes[type] === mode)) ?? 'off';
}

/** In these modes the bytes on the wire are those received. */
export function isTransparent(mode: Mode): boolean {
  return mode === 'observe' || mode === 'off';
}
