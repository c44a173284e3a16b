import { WireEvent } from '../../../../src/core/codec/envelope.js';

/** A whole JSON text as an event; a string is JSON already. */
export function eventOf(json: unknown): WireEvent {
  const raw = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return WireEvent.data(raw, 0, raw.length);
}
