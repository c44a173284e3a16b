/** Why nobody waits for an answer any more. */
export type Leave = 'fin' | 'reset' | 'stopped';

/**
 * Whether the client of one exchange is still there. Every wait of an exchange goes through here, so a client that leaves
 * ends it at once and no timer outlives it. An exchange waits for one thing at a time.
 */
export class Presence {
  #left: Leave | null = null;
  #wake: (() => void) | null = null;

  /** How the client left, or null while it is here. */
  get left(): Leave | null {
    return this.#left;
  }

  /** The first reason counts. */
  leave(how: Leave): void {
    if (this.#left !== null) return;
    this.#left = how;
    this.#wake?.();
  }

  /**
   * Waits until `arm`'s callback is called or the client leaves; true if it is still here.
   * `arm` returns what undoes it, and that is called in either case.
   */
  until(arm: (done: () => void) => () => void): Promise<boolean> {
    if (this.#left !== null) return Promise.resolve(false);
    return new Promise((resolve) => {
      let disarm: (() => void) | null = null;
      let settled = false;
      const settle = (): void => {
        if (settled) return;
        settled = true;
        this.#wake = null;
        disarm?.();
        resolve(this.#left === null);
      };
      this.#wake = settle;
      disarm = arm(settle);
      // It may have called back at once.
      if (settled) disarm();
    });
  }

  /** Waits that many milliseconds; Infinity: until the client leaves. */
  sleep(ms: number): Promise<boolean> {
    return this.until((done) => {
      // Longer timers would fire at once.
      if (ms > 0x7fffffff) return () => undefined;
      const timer = setTimeout(done, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Lets the event loop turn once. */
  turn(): Promise<boolean> {
    return this.until((done) => {
      const immediate = setImmediate(done);
      return () => clearImmediate(immediate);
    });
  }

  /**
   * Waits for somebody else's promise.
   * @throws what that promise rejects with.
   */
  async for(promise: Promise<unknown>): Promise<boolean> {
    let failure: { readonly error: unknown } | null = null;
    const here = await this.until((done) => {
      promise.then(done, (error: unknown) => {
        failure = { error };
        done();
      });
      return () => undefined;
    });
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
    return here;
  }
}
