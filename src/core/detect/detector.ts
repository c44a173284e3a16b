import type { ChannelKind, HallucinationType, Modes, Strategy } from '../types.js';
import type { RequestContext } from '../truth/request-context.js';
import type { GroundTruth } from '../truth/ground-truth.js';
import type { RuleSet } from '../rules/rule-set.js';

/** What a detector concludes. */
export interface Verdict {
  readonly type: HallucinationType;
  /** 0..1 */
  readonly confidence: number;
  readonly detected: string;
  readonly expected: string | null;
  readonly strategy: Strategy;
  readonly rule: string | null;
  readonly reason: string;
  /** What goes before the note of the type, as what closes a fence. */
  readonly note?: string;
}

/**
 * A verdict and where it stands. Offsets are absolute UTF-16 units of the channel's original text; `end` is exclusive. A
 * replacement begins at `start`; a note goes behind `end`, so that only `end` needs to lie at or behind the frontier.
 */
export interface Finding {
  readonly start: number;
  readonly end: number;
  /**
   * Where a replacement begins, where that is behind `start`: the letters between them are the first of `expected`, and the
   * detector has let them go. Absent: at `start`.
   */
  readonly from?: number;
  /** Where a note goes, where that is behind `end`: a line suffix belongs to its path. Closing delimiters are passed over besides. */
  readonly noteAt?: number;
  readonly verdict: Verdict;
}

/** The unsettled text of a channel and up to `contextChars` before it. `base` is the absolute offset of `text[0]`. */
export interface TextView {
  readonly text: string;
  readonly base: number;
  /** The end of `text` that is new since the last call: reading it alone does not join the pieces of `text`. */
  readonly fresh: string;
  /** No text follows. */
  readonly ended: boolean;
  /** Once `ended`: why, in the backend's word (`stop`, `length`, `tool_calls`), `next` where text of another kind follows; null: not said. */
  readonly finish: string | null;
}

/**
 * One detector on one channel. Resumable: it keeps its own cursor, reads every unit once and never asks for time.
 * Its findings and its frontier are functions of the text alone, as if it had come one UTF-16 unit at a time.
 */
export interface DetectorRun {
  /**
   * Reads what is new in `view`, hands each finding to `found` in order of `start`, and returns the frontier: no
   * later finding starts (a note: ends) before that absolute offset, whatever follows. The frontier never goes back, and lies at
   * most `holdChars` behind the end of the view; at the end of the text it is the end of the text.
   */
  advance(view: TextView, found: (finding: Finding) => void): number;
  /** Everything before `offset` has left for the client: no finding may start before it any more. */
  letGo(offset: number): void;
  /**
   * Asked where the text ends in the middle of words. True: letters, commas and single spaces that follow change neither what is
   * found nor the frontier, which is the end of the text, so they may come later, together with what ends them. Absent: never.
   */
  mayWait?(): boolean;
}

export interface ExchangeContext {
  readonly truth: GroundTruth;
  readonly rules: RuleSet;
  readonly request: RequestContext;
  readonly modes: Modes;
  /** The most text a detector may hold back, in UTF-16 units. */
  readonly holdChars: number;
  /** Notes that contradictions may put into one text; those that follow are reported. Absent: all get one. */
  readonly contradictionNotes?: number;
}

export interface Detector {
  readonly type: HallucinationType;
  readonly kinds: readonly ChannelKind[];
  /** One run per channel; null where this exchange gives the detector nothing to do. */
  start(context: ExchangeContext, kind: ChannelKind): DetectorRun | null;
}
