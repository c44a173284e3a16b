import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Observation, Observer } from '../../core/observe.js';
import { withFileLock } from './lock.js';
import { correctionLine, navigationLine } from './lines.js';
import { appendRotating } from './rotation.js';
import type { RotationLimits } from './rotation.js';

export interface AuditLogOptions {
  /** Made on demand. */
  readonly directory: string;
  readonly correctionsFile?: string;
  readonly navigationFixesFile?: string;
  readonly maxFileSizeMb?: number;
  /** Days a line is kept at least; 0: for ever. */
  readonly retentionDays?: number;
  /** Corrections that wait to be written; more are dropped and counted. */
  readonly queueLines?: number;
  /** Told when writing fails, once until it works again. */
  readonly onFault?: (error: Error) => void;
  readonly nowMs?: () => number;
  /** Calls back once, unless cancelled by the function it returns. */
  readonly after?: (ms: number, run: () => void) => () => void;
  /** How long a batch tries for the lock; a lock left by a killed process is taken over after 5 s. */
  readonly lockWaitMs?: number;
}

/** A batch is written this long after its first line: one lock for many lines, and a tail that looks live. */
const BATCH_MS = 50;
/** After a failure; a full disk is not freed in milliseconds. */
const RETRY_MS = 1_000;
const DEFAULT_QUEUE_LINES = 10_000;
const DEFAULT_LOCK_WAIT_MS = 8_000;
/** Shutdown does not wait for a lock that a killed process left behind: it appends without one, and does not rotate. */
const CLOSING_LOCK_WAIT_MS = 1_500;
const BATCH_LINES = 1_000;
/** UTF-16 units of a batch's lines, save for a single longer one: one short write. */
const BATCH_CHARS = 262_144;

interface Entry {
  readonly correction: string;
  readonly navigation: string | null;
}

function afterUnref(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

/**
 * Writes corrections.log and navigation_fixes.log. `observe` only queues; batches are appended later under a lock that every
 * process and thread takes, each file by one write, so that lines are whole whoever dies when.
 */
export class AuditLog implements Observer {
  readonly #options: AuditLogOptions;
  readonly #after: NonNullable<AuditLogOptions['after']>;
  readonly #queueLines: number;
  #queue: Entry[] = [];
  #cancelTimer: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #closed = false;
  #failing = false;
  #dropped = 0;
  #written = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#after = options.after ?? afterUnref;
    this.#queueLines = options.queueLines ?? DEFAULT_QUEUE_LINES;
  }

  /** Corrections that found the queue full, or came after `close`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Corrections whose lines are in the file. */
  get written(): number {
    return this.#written;
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'correction') return;
    if (this.#closed || this.#queue.length >= this.#queueLines) {
      this.#dropped += 1;
      return;
    }
    const { atMs, correction } = observation;
    this.#queue.push({ correction: correctionLine(atMs, correction), navigation: navigationLine(atMs, correction) });
    this.#schedule(BATCH_MS);
  }

  /** Writes what is queued now. @returns when it is in the files, or writing failed (see `onFault`). */
  async flush(): Promise<void> {
    await this.#drain(false);
  }

  /** Writes what is queued and takes no more. What cannot be written by then is dropped and counted. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#drain(true);
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#dropped += this.#queue.length;
    this.#queue = [];
  }

  async #drain(closing: boolean): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    while (this.#queue.length > 0) {
      const left = this.#queue.length;
      await this.#start(closing);
      if (this.#queue.length >= left && this.#failing) return;
    }
  }

  #schedule(ms: number): void {
    if (this.#cancelTimer !== null || this.#writing !== null) return;
    this.#cancelTimer = this.#after(ms, () => {
      this.#cancelTimer = null;
      void this.#start(false);
    });
  }

  #start(closing: boolean): Promise<void> {
    this.#writing ??= this.#write(closing).finally(() => {
      this.#writing = null;
      if (this.#queue.length > 0 && !this.#closed) this.#schedule(this.#failing ? RETRY_MS : BATCH_MS);
    });
    return this.#writing;
  }

  /** Never rejects: a log that cannot be written costs lines, not answers. */
  async #write(closing: boolean): Promise<void> {
    const batch = this.#nextBatch();
    try {
      await this.#append(batch, closing);
      this.#queue = this.#queue.slice(batch.length);
      this.#written += batch.length;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.onFault?.(error instanceof Error ? error : new Error(String(error)));
      this.#failing = true;
    }
  }

  #nextBatch(): readonly Entry[] {
    let chars = 0;
    let count = 0;
    for (const { correction, navigation } of this.#queue) {
      chars += correction.length + (navigation?.length ?? 0);
      if (count > 0 && (count === BATCH_LINES || chars > BATCH_CHARS)) break;
      count += 1;
    }
    return this.#queue.slice(0, count);
  }

  async #append(batch: readonly Entry[], closing: boolean): Promise<void> {
    const { directory, correctionsFile = 'corrections.log', navigationFixesFile = 'navigation_fixes.log' } = this.#options;
    const corrections = resolve(directory, correctionsFile);
    const navigation = resolve(directory, navigationFixesFile);
    await mkdir(directory, { recursive: true });
    const waitMs = this.#options.lockWaitMs ?? DEFAULT_LOCK_WAIT_MS;
    await withFileLock(corrections, { waitMs: closing ? Math.min(waitMs, CLOSING_LOCK_WAIT_MS) : waitMs, evenWithout: closing }, async (locked) => {
      const limits = locked ? this.#rotation() : null;
      await appendRotating(corrections, batch.map((entry) => entry.correction).join(''), limits);
      const fixes = batch.map((entry) => entry.navigation ?? '').join('');
      if (fixes !== '') await appendRotating(navigation, fixes, limits);
    });
  }

  #rotation(): RotationLimits {
    const { maxFileSizeMb = 100, retentionDays = 30, nowMs = Date.now } = this.#options;
    return { maxBytes: maxFileSizeMb * 1_048_576, retentionMs: retentionDays * 86_400_000, nowMs: nowMs() };
  }
}
