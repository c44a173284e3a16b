import type { Observation, Observer } from '../../core/observe.js';
import type { Correction, HallucinationType } from '../../core/types.js';
import { type ExchangeLine, exchangeLine } from '../log.js';
import { type Counted, StatisticsCounter } from '../statistics.js';

/** A correction with its circumstances, as table `corrections` has it. */
export interface CorrectionRecord extends Correction {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly model: string | null;
  readonly route: string | null;
}

export interface ExchangeRecord extends ExchangeLine {
  /** When it was over; UTC, ISO 8601. */
  readonly at: string;
}

export type HubEvent = { readonly event: 'correction'; readonly data: CorrectionRecord } | { readonly event: 'exchange'; readonly data: ExchangeRecord };

export interface CorrectionFilter {
  readonly type?: HallucinationType;
  readonly exchange?: string;
  readonly limit: number;
}

/** Exchanges, and corrections, that are remembered: what a person looks back at. */
const MOST_REMEMBERED = 1_000;

/** What happened last, for whoever asks and whoever watches. Nothing of it is stored. */
export class AdminHub implements Observer {
  readonly startedAt = new Date().toISOString();
  readonly #counter = new StatisticsCounter();
  readonly #exchanges = new Map<string, ExchangeRecord>();
  #corrections: CorrectionRecord[] = [];
  readonly #watchers = new Set<(event: HubEvent) => void>();

  observe(observation: Observation): void {
    this.#counter.observe(observation);
    const at = new Date(observation.atMs).toISOString();
    if (observation.kind === 'correction') {
      const data: CorrectionRecord = { at, ...observation.correction, model: observation.model, route: observation.route };
      this.#corrections.push(data);
      // Cut now and then: a shift for each would move a thousand.
      if (this.#corrections.length >= 2 * MOST_REMEMBERED) this.#corrections = this.#corrections.slice(-MOST_REMEMBERED);
      this.#tell({ event: 'correction', data });
    } else if (observation.kind === 'exchange') {
      const data: ExchangeRecord = { at, ...exchangeLine(observation.summary) };
      this.#exchanges.set(data.exchange, data);
      if (this.#exchanges.size > MOST_REMEMBERED) for (const oldest of this.#exchanges.keys()) { this.#exchanges.delete(oldest); break; }
      this.#tell({ event: 'exchange', data });
    }
  }

  counted(): Counted {
    return this.#counter.counted();
  }

  exchange(id: string): ExchangeRecord | null {
    return this.#exchanges.get(id) ?? null;
  }

  /** Newest first. */
  corrections({ type, exchange, limit }: CorrectionFilter): readonly CorrectionRecord[] {
    return this.#corrections.filter((each) => (type === undefined || each.type === type) && (exchange === undefined || each.exchange === exchange)).slice(-limit).reverse();
  }

  /** @returns what ends it */
  watch(watcher: (event: HubEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #tell(event: HubEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }
}
