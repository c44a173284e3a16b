/** A growing record whose entries can be waited for. */
export class Journal<Entry> {
  readonly entries: Entry[] = [];
  readonly #waiters = new Set<() => void>();

  add(entry: Entry): void {
    this.entries.push(entry);
    for (const look of this.#waiters) look();
  }

  /**
   * The first entry, there or to come, that fulfils the predicate.
   * @throws Error after `timeoutMs`, with what came
   */
  next(predicate: (entry: Entry) => boolean, timeoutMs = 10_000): Promise<Entry> {
    return this.reach((entries) => {
      const found = entries.find(predicate);
      return found === undefined ? null : { found };
    }, timeoutMs).then(({ found }) => found);
  }

  /** What `look` makes of the record, as soon as that is not null. @throws what `look` throws, and Error after `timeoutMs` */
  reach<Result>(look: (entries: readonly Entry[]) => Result | null, timeoutMs = 10_000): Promise<Result> {
    const now = look(this.entries);
    if (now !== null) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(again);
        act();
      };
      const again = (): void => {
        try {
          const result = look(this.entries);
          if (result !== null) settle(() => resolve(result));
        } catch (error) {
          settle(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const timer = setTimeout(() => settle(() => reject(new Error(`not within ${timeoutMs} ms; there is: ${JSON.stringify(this.entries.slice(-20))}`))), timeoutMs);
      this.#waiters.add(again);
    });
  }
}
