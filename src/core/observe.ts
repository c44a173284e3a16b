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
  /** Its id, a ULID. */
  readonly exchange: string;
  /** Of the request. */
  readonly method: string;
  /** Path and query of the request, as they were sent. */
  readonly target: string;
  /** Which API was asked (`ollama-chat`, `anthropic`); null: none that is inspected. */
  readonly route: string | null;
  /** The model that the request names; null: none, or it was not read. */
  readonly model: string | null;
  /** Of the answer; null: there was no head. */
  readonly status: number | null;
  /** Whether the answer was read, from its beginning at least. */
  readonly inspected: boolean;
  /** Why it was not inspected, or not to its end; null where all of it was. */
  readonly reason: BypassReason | null;
  /** How it ended: whole, cut off by the backend, given up by the client, or answered by the proxy itself. */
  readonly outcome: 'complete' | 'truncated' | 'aborted' | 'local_reply';
  /** How many findings there were of each type, reports among them; types with none are left out. */
  readonly corrections: Readonly<Partial<Record<HallucinationType, number>>>;
  /** Events that waited for text to settle. */
  readonly heldTokens: number;
  /** Events with text. */
  readonly tokens: number;
  /** Milliseconds from the request's head to the end of the answer. */
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
