import { isUtf8 } from 'node:buffer';
import type { SettledCorrection } from '../text/text-rewriter.js';
import { applyEdits } from '../text/edit.js';
import { Channel, type ChannelContext } from './channel.js';

/** Where the text goes, and who is told. */
export interface TextBodyHost {
  out(bytes: Buffer): void;
  corrected(correction: SettledCorrection, channel: string): void;
  fault(message: string): void;
}

/** Bytes as they came, and the text they are: valid UTF-8, or one sequence that is not and reads as one U+FFFD. */
interface Piece {
  readonly bytes: Buffer;
  readonly text: string;
  readonly from: number;
}

const EMPTY = Buffer.alloc(0);

/**
 * A body that is nothing but text: one channel, without events. Bytes that are no valid UTF-8 are read as U+FFFD, and leave
 * as they came unless they are corrected themselves. Time plays no part.
 */
export class TextBody {
  readonly #channel: Channel;
  readonly #host: TextBodyHost;
  readonly #pieces: Piece[] = [];
  #cut: Buffer = EMPTY;

  constructor(context: ChannelContext, host: TextBodyHost) {
    this.#host = host;
    const failed: ChannelContext['failed'] = (detector, error) => host.fault(`detector ${detector.type} failed and is off for this text: ${String(error)}`);
    this.#channel = new Channel('text', 'prose', { ...context, failed }, new Set());
  }

  write(bytes: Buffer): void {
    const all = this.#cut.length === 0 ? bytes : Buffer.concat([this.#cut, bytes]);
    const whole = all.length - unfinished(all);
    this.#cut = all.subarray(whole);
    this.#push(all.subarray(0, whole));
    this.#drain();
  }

  end(): void {
    this.#push(this.#cut);
    this.#cut = EMPTY;
    this.#channel.rewriter.end(0, null, true);
    this.#drain();
    this.#leaveNote();
    this.#tell(Infinity);
  }

  #push(bytes: Buffer): void {
    if (isUtf8(bytes)) {
      this.#read(bytes);
      return;
    }
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceBytes(bytes, at);
      if (length < 0) {
        this.#read(bytes.subarray(from, at));
        this.#read(bytes.subarray(at, at - length));
        from = at - length;
      }
      at += Math.abs(length);
    }
    this.#read(bytes.subarray(from));
  }

  #read(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const text = bytes.toString('utf8');
    this.#pieces.push({ bytes, text, from: this.#channel.received });
    this.#channel.received += text.length;
    this.#channel.rewriter.push(text, 0);
  }

  #drain(): void {
    const { rewriter } = this.#channel;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const end = piece.from + piece.text.length;
      if (rewriter.settledTo < end) {
        const settled = boundary(piece, rewriter.settledTo);
        if (settled <= piece.from) return;
        // What is settled of a piece need not wait for the rest of it.
        const bytes = Buffer.byteLength(piece.text.slice(0, settled - piece.from), 'utf8');
        this.#leave({ bytes: piece.bytes.subarray(0, bytes), text: piece.text.slice(0, settled - piece.from), from: piece.from });
        this.#pieces[0] = { bytes: piece.bytes.subarray(bytes), text: piece.text.slice(settled - piece.from), from: settled };
        return;
      }
      this.#leave(piece);
      this.#pieces.shift();
    }
  }

  #leave({ bytes, text, from }: Piece): void {
    const to = from + text.length;
    const { rewriter } = this.#channel;
    this.#host.out(rewriter.touches(from, to) ? Buffer.from(applyEdits(text, from, rewriter.take(from, to)), 'utf8') : bytes);
    this.#tell(to);
  }

  /** A note behind the last letter, which has left. */
  #leaveNote(): void {
    const { received, rewriter } = this.#channel;
    if (!rewriter.touches(received, received)) return;
    this.#host.out(Buffer.from(applyEdits('', received, rewriter.take(received, received)), 'utf8'));
  }

  #tell(upTo: number): void {
    for (const correction of this.#channel.sent(upTo)) this.#host.corrected(correction, this.#channel.name);
  }
}

/** The last place at or before `offset` that does not cut a surrogate pair. */
function boundary({ text, from }: Piece, offset: number): number {
  const before = text.charCodeAt(offset - from - 1);
  return offset > from && before >= 0xd800 && before <= 0xdbff ? offset - 1 : offset;
}

/** How many bytes at the end begin a character that is not complete (RFC 3629). */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** How many bytes the character at `at` has; negative where they begin one and do not end it (WHATWG Encoding, section 8.1.1). */
function sequenceBytes(bytes: Buffer, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  // No overlong forms, no surrogates, nothing beyond U+10FFFF: the second byte tells.
  let least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let count = 1; count < length; count += 1) {
    const byte = bytes[at + count] ?? 0;
    if (byte < least || byte > most) return -count;
    least = 0x80;
    most = 0xbf;
  }
  return length;
}
