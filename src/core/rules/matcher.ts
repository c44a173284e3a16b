/** One match of one rule. Offsets are absolute UTF-16 units of the channel's text. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Index into the rules the matcher was compiled from. */
  readonly rule: number;
  /** Groups by number for a rule with `expand`, [0] the whole match; else null. */
  readonly groups: readonly (string | undefined)[] | null;
}

export interface MatcherRun {
  /** Reads the next piece of text and returns the frontier: no later match starts before it. */
  push(piece: string): number;
  /** No text follows: decides everything and returns the end of the text. */
  end(): number;
  /** Everything before this absolute offset has left: no later match may start before it. */
  letGo(offset: number): void;
  /** Matches decided since the last call, in order, without overlap. */
  take(): readonly Match[];
}

export interface Matcher {
  /** `applies` is asked once for a rule and a start, when that rule has an offer there. */
  start(applies: (rule: number, start: number) => boolean): MatcherRun;
}
