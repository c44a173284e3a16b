import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface LockOptions {
  readonly waitMs: number;
  /** Run without the lock where it cannot be had in time. */
  readonly evenWithout: boolean;
}

/** A holder that has not refreshed its lock for this long is dead; the package allows no less. */
const STALE_MS = 5_000;
const MIN_RETRY_MS = 5;
const MAX_RETRY_MS = 100;

/**
 * Runs something while no other process or thread holds the lock of `file`, which need not exist, unlike its folder. The lock
 * is `file` + `.lock`, where anyone who locks that file with proper-lockfile looks for it.
 * @throws what `run` throws, or the lock's error where it could not be had.
 */
export async function withFileLock(file: string, options: LockOptions, run: (locked: boolean) => Promise<void>): Promise<void> {
  // Loaded at the first batch: the package puts handlers on the process's signals.
  const { default: lockfile } = await import('proper-lockfile');
  // Two names of one folder must meet at one lock.
  const path = join(await realpath(dirname(file)), basename(file));
  const retries = Math.ceil(options.waitMs / MAX_RETRY_MS) + 10;
  let release: (() => Promise<void>) | null = null;
  try {
    release = await lockfile.lock(path, {
      realpath: false,
      stale: STALE_MS,
      retries: { retries, factor: 1.5, minTimeout: MIN_RETRY_MS, maxTimeout: MAX_RETRY_MS, randomize: true, maxRetryTime: options.waitMs },
      // The default throws out of a timer. A lost lock costs nothing here: appends are whole by themselves.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if (!options.evenWithout) throw error;
  }
  try {
    await run(release !== null);
  } finally {
    // Taken over as stale while we wrote, or its folder removed: there is nothing left to give back.
    await release?.().catch(() => undefined);
  }
}
