import { EventEmitter } from 'node:events';
import type { ExchangeSummary } from '../core/observe.js';
import type { Correction } from '../core/types.js';
import type { Statistics } from './statistics.js';

/** A wrong path that was put right. */
export interface NavigationFix {
  /** The path as the answer had it. */
  readonly incorrectPath: string;
  /** The path that the client got. */
  readonly correctPath: string;
  /** 0..1: of fixes with 0.9, nine in ten are right. */
  readonly effectiveness: number;
  /** The step from one to the other: `transposed_letters`. */
  readonly reasoning: string;
  /** The correction itself. */
  readonly correction: Correction;
}

/** What `createProxy` and `Bridge` tell, by name. All are told after the bytes have left; a listener that throws is told as `error`. */
export interface ProxyEvents {
  /** Anything found, reports among them. */
  hallucinationDetected: [correction: Correction];
  /** What changed the answer: replaced, annotated, appended. */
  hallucinationCorrected: [correction: Correction];
  /** A wrong path was replaced; `hallucinationCorrected` tells of it as well. */
  navigationErrorFixed: [fix: NavigationFix];
  /** A behavior patch changed a request, or took the thinking out of an answer; `id` as lists of rules show it. */
  behaviorPatchApplied: [patch: { readonly id: string; readonly exchange: string }];
  /** After each exchange that changed them, at most once a turn of the event loop. */
  statisticsUpdated: [statistics: Statistics];
  /** It listens: `port` is the real one where 0 was asked for. */
  serverStarted: [address: { readonly host: string; readonly port: number }];
  /** It listens no more, and all connections have ended. */
  serverStopped: [];
  /** It listens on another port; connections stay. */
  proxyPortChanged: [change: { readonly from: number; readonly to: number }];
  /** The next requests go to another backend: URLs without a path. */
  endpointChanged: [change: { readonly from: string; readonly to: string }];
  /** A request and its answer are over. */
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
