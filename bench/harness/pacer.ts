interface Paced {
  readonly intervalUs: number;
  readonly write: () => boolean;
  dueUs: number;
  next: Paced | null;
}

/** A tick that has run this long lets sockets be read before it goes on. */
const TICK_BUDGET_US = 5000;

function monotonicUs(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + nanos / 1000;
}

/**
 * Writes many streams at one pace from one timer of a millisecond. Streams of one interval come due in the order they
 * were served last, so a list serves any number of them at O(1) a write. A stream that is late is served again at
 * once, so that the rate holds over time.
 */
export class Pacer {
  #first: Paced | null = null;
  #last: Paced | null = null;
  #armed = false;

  /** Calls `write` now and then every `intervalUs`, until it returns false. All streams alive at one time share one interval. */
  add(intervalUs: number, write: () => boolean): void {
    const dueUs = monotonicUs() + intervalUs;
    if (write()) this.#append({ intervalUs, write, dueUs, next: null });
    this.#arm();
  }

  #append(stream: Paced): void {
    if (this.#last === null) this.#first = stream;
    else this.#last.next = stream;
    this.#last = stream;
  }

  #arm(): void {
    if (this.#armed || this.#first === null) return;
    this.#armed = true;
    const waitMs = (this.#first.dueUs - monotonicUs()) / 1000;
    setTimeout(() => {
      this.#armed = false;
      this.#tick();
      this.#arm();
    }, Math.max(1, Math.floor(waitMs)));
  }

  #tick(): void {
    const begun = monotonicUs();
    for (let stream = this.#first; stream !== null && stream.dueUs <= begun; stream = this.#first) {
      this.#first = stream.next;
      if (this.#first === null) this.#last = null;
      stream.next = null;
      stream.dueUs += stream.intervalUs;
      if (stream.write()) this.#append(stream);
      if (monotonicUs() - begun > TICK_BUDGET_US) return;
    }
  }
}
