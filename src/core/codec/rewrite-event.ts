import type { WireEvent } from './envelope.js';
import { bomBytes, sseLines } from './sse.js';

/** Other bytes for [start, end) of an event's `data`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

const LF = 0x0a;
const COLONED = Buffer.from('data:');

function replaceIn(bytes: Buffer, offset: number, replacements: readonly Replacement[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, bytes: other } of replacements) {
    pieces.push(bytes.subarray(at, offset + start), other);
    at = offset + end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, start)) {
    lines.push(data.subarray(start, at));
    start = at + 1;
  }
  lines.push(data.subarray(start));
  return lines;
}

/** Gives the data lines of an SSE event their new values, in order. A replacement may have swallowed line ends, never made any: lines left without a value go. */
function relayLines(raw: Buffer, data: Buffer): Buffer {
  const values = splitLines(data);
  const pieces: Buffer[] = [];
  const from = bomBytes(raw);
  pieces.push(raw.subarray(0, from));
  for (const { start, valueStart, end, next } of sseLines(raw, from)) {
    if (valueStart < 0) {
      pieces.push(raw.subarray(start, next));
      continue;
    }
    const value = values.shift();
    if (value === undefined) continue;
    // A bare `data` has no colon yet.
    pieces.push(valueStart === start + 4 ? COLONED : raw.subarray(start, valueStart), value, raw.subarray(end, next));
  }
  return Buffer.concat(pieces);
}

/**
 * The event's bytes with parts of its data replaced, all else as it came.
 * @param replacements not overlapping, without raw line ends in their bytes; in any order.
 */
export function rewriteEvent(event: WireEvent, replacements: readonly Replacement[]): Buffer {
  const { raw, data } = event;
  if (data === null || replacements.length === 0) return raw;
  const sorted = replacements.toSorted((a, b) => a.start - b.start);
  if (event.dataStart >= 0) return replaceIn(raw, event.dataStart, sorted);
  return relayLines(raw, replaceIn(data, 0, sorted));
}

