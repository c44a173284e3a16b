import type { Observation, Observer } from '../../core/observe.js';
import type { ProxyState } from './target.js';

/** What a worker tells the first process, which owns the admin address. */
export interface WorkerNews {
  readonly hotpatch: 'news';
  readonly observations: readonly Observation[];
  readonly state: ProxyState;
}

/** Under this nobody notices a wait, and a burst is one message. */
const INTERVAL_MS = 100;
/** Observations that wait for the next message; more are dropped, which costs numbers on a page. */
const MOST_WAITING = 10_000;

/** Sends a worker's observations, and how it stands where that changed, to the first process. */
export class WorkerLink implements Observer {
  readonly #state: () => ProxyState;
  readonly #send: (news: WorkerNews) => void;
  #waiting: Observation[] = [];
  #told = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(state: () => ProxyState, send: (news: WorkerNews) => void) {
    this.#state = state;
    this.#send = send;
  }

  observe(observation: Observation): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(observation);
  }

  start(): void {
    this.flush();
    this.#timer = setInterval(() => this.flush(), INTERVAL_MS);
    this.#timer.unref();
  }

  flush(): void {
    const state = this.#state();
    const now = JSON.stringify(state);
    if (this.#waiting.length === 0 && now === this.#told) return;
    const observations = this.#waiting;
    this.#waiting = [];
    this.#told = now;
    this.#send({ hotpatch: 'news', observations, state });
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
