/** How much a finding matters: `error` keeps the proxy from doing its work, `warning` is hardly what was meant, `note` is worth knowing. */
export type Level = 'ok' | 'note' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  /** What part of the set-up it is about, one word: `port`, `upstream`, `workspace`, … */
  readonly check: string;
  readonly level: Level;
  /** What was found, with the input it was found for; one line. */
  readonly what: string;
  /** What to do; null where there is nothing to do. */
  readonly fix: string | null;
}

/** A finding with its remedy. */
export function finding(check: string, level: Level, what: string, fix: string | null = null): Finding {
  return { check, level, what, fix };
}
