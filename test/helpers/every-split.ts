/** One way to hand over an input: its name for messages, and the pieces. */
export interface Delivery<T> {
  readonly name: string;
  readonly pieces: readonly T[];
}

/** What can be cut: strings, arrays, buffers. */
export interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end?: number): T;
}

/** The whole, unit by unit, and cut in two at every position. */
export function* deliveries<T extends Sliceable<T>>(input: T): Generator<Delivery<T>> {
  yield { name: 'whole', pieces: [input] };
  yield { name: 'unit by unit', pieces: Array.from({ length: input.length }, (_, at) => input.slice(at, at + 1)) };
  for (let at = 1; at < input.length; at += 1) yield { name: `cut at ${at}`, pieces: [input.slice(0, at), input.slice(at)] };
}

/**
 * Runs a case in every delivery of its input.
 * @param run takes the pieces in order and checks the result; what it throws gets the delivery's name.
 */
export function everySplit<T extends Sliceable<T>>(input: T, run: (pieces: readonly T[]) => void): void {
  for (const { name, pieces } of deliveries(input)) {
    try {
      run(pieces);
    } catch (error) {
      if (error instanceof Error) error.message = `[${name}] ${error.message}`;
      throw error;
    }
  }
}
