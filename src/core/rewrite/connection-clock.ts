import type { Settings } from './settings.js';

/** What time asks of a connection. */
export type Due = 'linger' | 'cut_off' | 'idle' | 'head' | 'abandon' | 'response';

/** When what happened on one connection, and so when something is due. */
export class ConnectionClock {
  nowMs: number;
  /** The last byte in either direction. */
  lastByteMs: number;
  /** A request's head has begun and is not complete. */
  headSinceMs: number | null = null;
  /** The request under way is complete, and no head of a response has come. */
  waitingSinceMs: number | null = null;
  /** The client's FIN has been relayed, and no head of a response has come. */
  halfClosedMs: number | null = null;
  /** The client has been told the end; what it still sends is read and dropped. */
  closingSinceMs: number | null = null;
  /** It has been asked to go for the last time. */
  lingered = false;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
    this.lastByteMs = nowMs;
  }

  /** A read at this time. */
  read(nowMs: number): void {
    this.nowMs = nowMs;
    this.lastByteMs = nowMs;
  }

  /** The most urgent of what is due; null: nothing is. */
  due({ limits, responseTimeoutMs }: Settings): Due | null {
    const since = (startMs: number | null, waitMs: number): boolean => startMs !== null && this.nowMs - startMs >= waitMs;
    if (this.closingSinceMs !== null) {
      if (since(this.closingSinceMs, limits.idleMs)) return 'cut_off';
      return !this.lingered && since(this.closingSinceMs, limits.halfCloseMs) ? 'linger' : null;
    }
    if (since(this.lastByteMs, limits.idleMs)) return 'idle';
    if (since(this.headSinceMs, limits.headMs)) return 'head';
    if (since(this.halfClosedMs, limits.halfCloseMs)) return 'abandon';
    return responseTimeoutMs > 0 && since(this.waitingSinceMs, responseTimeoutMs) ? 'response' : null;
  }

  /** When something will be due if nothing happens before. */
  deadlineMs({ limits, responseTimeoutMs }: Settings): number {
    const at = (startMs: number | null, waitMs: number): number => (startMs === null ? Infinity : startMs + waitMs);
    if (this.closingSinceMs !== null) return this.closingSinceMs + (this.lingered ? limits.idleMs : limits.halfCloseMs);
    return Math.min(
      this.lastByteMs + limits.idleMs,
      at(this.headSinceMs, limits.headMs),
      at(this.halfClosedMs, limits.halfCloseMs),
      responseTimeoutMs > 0 ? at(this.waitingSinceMs, responseTimeoutMs) : Infinity,
    );
  }
}
