import type { HallucinationType } from '../types.js';

export type Corrected = Readonly<Partial<Record<HallucinationType, number>>>;

/** Clients that are remembered; the longest silent one goes first. */
const MOST_CLIENTS = 256;
const NOTHING: Corrected = Object.freeze({});

/** What was corrected in the last answer of each client. A client is known by its User-Agent: it may open a connection for each request. */
export class ClientMemory {
  readonly #last = new Map<string, Corrected>();

  remember(client: string, corrected: Corrected): void {
    this.#last.delete(client);
    this.#last.set(client, corrected);
    if (this.#last.size <= MOST_CLIENTS) return;
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      break;
    }
  }

  last(client: string): Corrected {
    return this.#last.get(client) ?? NOTHING;
  }
}
