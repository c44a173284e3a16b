import type { Framing } from '../http/head.js';

/** A backend that closes this soon after an answer closes because of the answer, and not because it was idle. */
const SOON_MS = 500;

/**
 * What was learned of a backend, by all its connections. llama-server announces keep-alive and closes after every stream: a
 * request that reaches such a socket before its FIN reaches us is lost, and may not be sent again. So once a backend was seen
 * to close after an answer of some framing, its socket is not used again after another one of that framing.
 */
export class BackendHabits {
  readonly #closesAfter = new Set<Framing['kind']>();

  /** The backend closed, unannounced, `idleMs` after an answer. */
  closed(framing: Framing['kind'], idleMs: number): void {
    if (idleMs <= SOON_MS) this.#closesAfter.add(framing);
  }

  /** Whether its socket is not to be trusted after such an answer. */
  closesAfter(framing: Framing['kind']): boolean {
    return this.#closesAfter.has(framing);
  }
}
