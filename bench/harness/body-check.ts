import { answerEvents, answerText, textOfBody, type StreamPlan } from './wire.js';

/** Expected bodies by plan: one for all streams of a run. */
export function expectedBody(plan: StreamPlan): Buffer {
  return Buffer.concat(answerEvents(plan));
}

/**
 * Checks one de-framed body while it is timed: byte for byte as it comes, at the price of a memory comparison; or,
 * where hits are corrected and only the text is known, by the text a client puts together, after the timing.
 */
export class BodyCheck {
  readonly #plan: StreamPlan;
  readonly #expected: Buffer | null;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  /** `expected` is the plan's body, or null when its corrected text is wanted. */
  constructor(plan: StreamPlan, expected: Buffer | null) {
    this.#plan = plan;
    this.#expected = expected;
  }

  /** Takes bytes whose stamps are zeroed and keeps them if it must. Throws at the first byte that differs. */
  write(bytes: Buffer): void {
    const from = this.#bytes;
    this.#bytes += bytes.length;
    if (this.#expected === null) this.#pieces.push(bytes);
    else if (this.#bytes > this.#expected.length || bytes.compare(this.#expected, from, this.#bytes) !== 0) {
      const wanted = this.#expected.subarray(from, from + 200).toString();
      throw new Error(`bytes from ${from} on differ: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(bytes.subarray(0, 200).toString())}`);
    }
  }

  /** The body is whole: cheap, called while others are still timed. Throws when bytes are missing. */
  end(): void {
    if (this.#expected !== null && this.#bytes !== this.#expected.length) throw new Error(`the body has ${this.#bytes} of ${this.#expected.length} bytes`);
  }

  /** Compares the corrected text; called when nothing is timed any more. Throws where it differs. */
  settle(): void {
    if (this.#expected !== null) return;
    const text = textOfBody(this.#plan.envelope, Buffer.concat(this.#pieces));
    const wanted = answerText(this.#plan, true);
    if (text === wanted) return;
    let at = 0;
    while (text[at] === wanted[at]) at += 1;
    const near = (of: string) => JSON.stringify(of.slice(Math.max(0, at - 30), at + 40));
    throw new Error(`the corrected text differs at unit ${at}: wanted ${near(wanted)}, got ${near(text)}`);
  }
}
