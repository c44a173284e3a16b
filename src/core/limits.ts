/** Every limit, its default, its reason. Nothing in the proxy waits, holds or repeats without one of these. */

export interface Limits {
  /** Bytes of one message head. Real agents send up to 6 KB; a browser's cookies fill 16 KB. Larger: 431. */
  readonly headBytes: number;
  /** Bytes of one wire event. Ollama's own client stops at 8 MB a line. Larger: the body passes raw. */
  readonly eventBytes: number;
  /** Bytes of a whole JSON document that is held to be rewritten. Larger: it passes raw. */
  readonly documentBytes: number;
  /** Bytes of a request body kept to learn its model and messages. Larger: the request is not read for context. */
  readonly requestBytes: number;
  /** Bytes of events that wait behind held text. */
  readonly queueBytes: number;
  /** Events that wait behind held text. */
  readonly queueEvents: number;
  /** UTF-16 units of text held back for one decision; a match may not be longer. */
  readonly holdChars: number;
  /** UTF-16 units of settled text kept before the held text, for look-behind. */
  readonly contextChars: number;
  /** A channel silent for this long lets go what it holds. Slow models send five tokens a second. */
  readonly stallMs: number;
  /** A comment or ping that arrives behind held text waits at most this long. */
  readonly pingMs: number;
  /** An unfinished request head is given this long. */
  readonly headMs: number;
  /** A connection on which nothing moves in either direction is closed after this long. */
  readonly idleMs: number;
  /** After a client's FIN, a backend that has sent no head by then is destroyed. */
  readonly halfCloseMs: number;
  /** At shutdown, streams in flight are given this long. */
  readonly graceMs: number;
  /** How often more is asked for of one answer that was cut off, where the operator has that done. */
  readonly continuations: number;
  /** A continuation that says nothing for this long will not come: the answer ends without. */
  readonly continueMs: number;
  /** Notes that contradictions put into one text: one that denies itself throughout is not littered. Those that follow are reported. */
  readonly contradictionNotes: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  headBytes: 65_536,
  eventBytes: 8_388_608,
  documentBytes: 8_388_608,
  requestBytes: 4_194_304,
  queueBytes: 1_048_576,
  queueEvents: 4_096,
  holdChars: 4_096,
  contextChars: 256,
  stallMs: 2_000,
  pingMs: 500,
  headMs: 30_000,
  idleMs: 600_000,
  halfCloseMs: 1_000,
  graceMs: 10_000,
  continuations: 3,
  continueMs: 30_000,
  contradictionNotes: 3,
});

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as readonly (keyof Limits)[];

/**
 * Fills in defaults and asserts what must hold between limits.
 * @throws RangeError naming the limit, its value and what is allowed.
 */
export function resolveLimits(partial: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS, ...partial };
  for (const name of LIMIT_NAMES) {
    const value = limits[name];
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`limit ${name} must be a whole number, 0 or more; it is ${String(value)}`);
  }
  const atLeast = (name: keyof Limits, least: number, why: string): void => {
    if (limits[name] < least) throw new RangeError(`limit ${name} must be at least ${least} (${why}); it is ${limits[name]}`);
  };
  atLeast('headBytes', 64, 'a request line and a Host must fit');
  atLeast('eventBytes', 2, 'a line and its end must fit');
  atLeast('queueEvents', 1, 'one event is always in hand');
  atLeast('holdChars', 1, 'a match has at least one character');
  atLeast('contextChars', 2, 'a word boundary looks one code point back, which may be a surrogate pair');
  return limits;
}
