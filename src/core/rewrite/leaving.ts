import type { PartChange, TextSpan } from '../codec/codec.js';
import type { Channel } from './channel.js';
import type { Entry, Piece } from './event-queue.js';

/** What becomes of an event's pieces when it leaves. */

/** A piece that repeats: what its channel said in this event, or all that it said. */
export function repeatOf(channel: Channel, span: TextSpan, pieces: readonly Piece[]): Piece {
  const own = pieces.find((piece) => piece.channel === channel && piece.repeats === null && piece.span.text === span.text);
  return { channel, from: channel.received, to: channel.received, span, repeats: own ?? 'channel' };
}

/** Whether the event may leave: its letters are decided, and what repeats a channel comes behind its end. */
export function isSettled({ pieces }: Entry): boolean {
  for (const { channel, to, repeats } of pieces) {
    if (repeats === 'channel' ? !channel.ended : channel.rewriter.settledTo < to) return false;
  }
  return true;
}

export function isEdited({ pieces }: Entry): boolean {
  for (const { channel, from, to, repeats } of pieces) {
    if (repeats === null ? channel.touches(from, to) : repeats === 'channel' && channel.journal?.edited === true) return true;
  }
  return false;
}

/**
 * The changes of an event that leaves. Each piece is asked for once.
 * @param stray told of a copy that is none: it passes as it came
 */
export function changesOf({ pieces }: Entry, stray: (channel: Channel) => void): readonly PartChange[] {
  const changes: PartChange[] = [];
  const own = new Map<Piece, PartChange>();
  for (const piece of pieces) {
    const { channel, from, to, span, repeats } = piece;
    if (repeats !== null || !channel.touches(from, to)) continue;
    const taken = channel.take(from, to);
    channel.journal?.change(taken);
    const change = { span, edits: taken.map((edit) => ({ start: edit.start - from, end: edit.end - from, text: edit.text })) };
    own.set(piece, change);
    changes.push(change);
  }
  for (const { channel, span, repeats } of pieces) {
    if (repeats === null || span.start < 0) continue;
    if (repeats !== 'channel') {
      const change = own.get(repeats);
      if (change !== undefined) changes.push({ span, edits: change.edits });
    } else if (channel.journal?.edited === true) {
      if (channel.journal.said(span.text)) changes.push({ span, edits: channel.journal.edits });
      else stray(channel);
    }
  }
  return changes;
}
