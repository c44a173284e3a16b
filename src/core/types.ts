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

/** How much an operator allows. Each mode caps the actions of the one before it. */
export const MODES = ['correct', 'annotate', 'observe', 'off'] as const;
export type Mode = (typeof MODES)[number];
export type Modes = Readonly<Record<HallucinationType, Mode>>;

/** What was done about a verdict in the end. */
export type Action = 'replace' | 'annotate' | 'append' | 'continue' | 'report';

/** An accepted edit, or a report, as audited. Offsets are UTF-16 units of the channel's original text. */
export interface Correction {
  readonly id: string;
  readonly exchange: string;
  readonly type: HallucinationType;
  readonly rule: string | null;
  /** 0..1: of verdicts with 0.9, nine in ten are right. */
  readonly confidence: number;
  readonly detected: string;
  readonly expected: string | null;
  readonly action: Action;
  readonly start: number;
  readonly end: number;
  readonly channel: string;
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
