import { EventEmitter } from 'node:events';
import type { ExchangeSummary } from '../core/observe.js';
import type { Correction } from '../core/types.js';
import type { Statistics } from './statistics.js';

/** A wrong path that was put right. */
export interface NavigationFix {
  readonly incorrectPath: string;
  readonly correctPath: string;
  /** 0..1 */
  readonly effectiveness: number;
  readonly reasoning: string;
  readonly correction: Correction;
}

/** What `createProxy` and `Bridge` tell, by name. All are told after the bytes have left; a listener that throws is told as `error`. */
export interface ProxyEvents {
  /** Anything found, reports among them. */
  hallucinationDetected: [correction: Correction];
  /** What changed the answer: replaced, annotated, appended. */
  hallucinationCorrected: [correction: Correction];
  navigationErrorFixed: [fix: NavigationFix];
  behaviorPatchApplied: [patch: { readonly id: string; readonly exchange: string }];
  /** After each exchange that changed them, at most once a turn of the event loop. */
  statisticsUpdated: [statistics: Statistics];
  serverStarted: [address: { readonly host: string; readonly port: number }];
  serverStopped: [];
  proxyPortChanged: [change: { readonly from: number; readonly to: number }];
  endpointChanged: [change: { readonly from: string; readonly to: string }];
  exchange: [summary: ExchangeSummary];
  /** What costs corrections, never bytes. Nothing is thrown where nobody listens. */
  error: [error: Error];
}

type Listener<Name extends keyof ProxyEvents> = (...args: ProxyEvents[Name]) => void;

/** An emitter that knows its events, and whose listeners cannot harm an answer. */
export class ProxyEmitter {
  readonly #emitter = new EventEmitter();

  on<Name extends keyof ProxyEvents>(name: Name, listener: Listener<Name>): this {
    this.#emitter.on(name, listener as (...args: unknown[]) => void);
    return this;
  }

  once<Name extends keyof ProxyEvents>(name: Name, listener: Listener<Name>): this {
    this.#emitter.once(name, listener as (...args: unknown[]) => void);
    return this;
  }

  off<Name extends keyof ProxyEvents>(name: Name, listener: Listener<Name>): this {
    this.#emitter.off(name, listener as (...args: unknown[]) => void);
    return this;
  }

  /** Tells the listeners, each by itself. */
  protected tell<Name extends keyof ProxyEvents>(name: Name, ...args: ProxyEvents[Name]): void {
    for (const listener of this.#emitter.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, args);
      } catch (error) {
        // One that fails on errors has nobody left to tell.
        if (name !== 'error') this.tell('error', error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  protected listens(name: keyof ProxyEvents): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }
}
