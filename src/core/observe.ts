import type { Correction, HallucinationType } from './types.js';

/** Why an exchange, or the rest of it, was not inspected. */
export type BypassReason =
  | 'route'
  | 'media_type'
  | 'encoded'
  | 'status'
  | 'no_body'
  | 'mode_off'
  | 'tunnel'
  | 'malformed'
  | 'unparsable'
  | 'limit'
  | 'fault';

/** One request and its response, told once, when it is over. */
export interface ExchangeSummary {
  readonly exchange: string;
  readonly method: string;
  readonly target: string;
  readonly route: string | null;
  readonly model: string | null;
  readonly status: number | null;
  readonly inspected: boolean;
  /** Why it was not inspected, or not to its end; null where all of it was. */
  readonly reason: BypassReason | null;
  /** How it ended: whole, cut off by the backend, given up by the client, or answered by the proxy itself. */
  readonly outcome: 'complete' | 'truncated' | 'aborted' | 'local_reply';
  readonly corrections: Readonly<Partial<Record<HallucinationType, number>>>;
  /** Events that waited for text to settle. */
  readonly heldTokens: number;
  readonly tokens: number;
  readonly ms: number;
}

/** A fact told to observers. */
export type Observation =
  | { readonly kind: 'correction'; readonly atMs: number; readonly correction: Correction; readonly model: string | null; readonly route: string | null }
  | { readonly kind: 'exchange'; readonly atMs: number; readonly summary: ExchangeSummary }
  /** A behavior patch changed a request, or took the thinking out of an answer. */
  | { readonly kind: 'patch'; readonly atMs: number; readonly exchange: string; readonly patch: string }
  /** What a complete answer says of a patch: nothing was found in it behind a prompt modifier, or all that a validator judged passed. */
  | { readonly kind: 'outcome'; readonly atMs: number; readonly exchange: string; readonly patch: string; readonly success: boolean }
  | { readonly kind: 'tunnel'; readonly atMs: number; readonly reason: BypassReason }
  | { readonly kind: 'fault'; readonly atMs: number; readonly exchange: string | null; readonly message: string };

/** Synchronous, cheap, never throws. */
export interface Observer {
  observe(observation: Observation): void;
}

export const nobody: Observer = Object.freeze({ observe: () => undefined });
