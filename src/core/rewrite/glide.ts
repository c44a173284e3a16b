import { type DialectRun, type Envelope, WireEvent } from '../codec/codec.js';
import { InternalError } from '../errors.js';
import type { Channel, Mould } from './channel.js';

/**
 * Nearly every read of a stream is one chunk with one event with one token, of which nothing is to be changed or held. Such a read
 * glides: its bytes are compared with an event before, its text is scanned, and it leaves as it came, past framer, splitter, queue and
 * writer. It leaves in the same state behind it as the long way would.
 */
export const GLIDE = {
  /** It is no such read, and nothing has been read of it. */
  no: 0,
  /** It has been read, and its bytes may leave as they are. */
  whole: 1,
  /** It has been read, and what may leave of it is out. */
  taken: 2,
} as const;

export type Glide = (typeof GLIDE)[keyof typeof GLIDE];

/**
 * The mould of a channel, made of the event that glided by last where there is one: at once, as what it is like may be forgotten later.
 * @throws InternalError where the channel has had no text
 */
export function mouldOf(channel: Channel, envelope: Envelope, run: DialectRun): Mould {
  const { glided, glidedFrom, glidedTo } = channel;
  if (glided !== null) {
    const raw = glided.subarray(glidedFrom, glidedTo);
    const event = WireEvent.data(raw, envelope.usual?.(raw, 0, raw.length) ?? 0, raw.length - envelope.tailBytes);
    const span = run.scan(event)?.spans.find(({ text }) => text !== '');
    if (span !== undefined) channel.mould = { event, span };
    channel.glided = null;
  }
  if (channel.mould === null) throw new InternalError(`${channel.name} has had no text`);
  return channel.mould;
}
