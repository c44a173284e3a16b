import { hasChar, LINE_ENDS } from './regex-chars.js';
import type { Program } from './regex-program.js';

/** The text that a position stands in, as far as it is kept. */
export interface Surroundings {
  readonly text: string;
  /** The text begins where `text` begins. */
  readonly fromStart: boolean;
}

/** The code point that ends at `at`, or -1. */
export function charBefore(text: string, at: number): number {
  if (at <= 0) return -1;
  const unit = text.charCodeAt(at - 1);
  if ((unit & 0xfc00) === 0xdc00 && at > 1 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800) return text.codePointAt(at - 2) ?? unit;
  return unit;
}

/** Whether a look-behind body, which reads leftward, matches before `at`. Bounded by its own length, which was vetted. */
export function matchesBehind(program: Program, body: number, { text, fromStart }: Surroundings, at: number): boolean {
  let threads: number[] = [body];
  let position = at;
  let after = -1;
  for (;;) {
    const left = charBefore(text, position);
    const reached = new Set<number>();
    const waiting: number[] = [];
    while (threads.length > 0) {
      const index = threads.pop() ?? 0;
      const step = program.code[index];
      if (step === undefined || reached.has(index)) continue;
      reached.add(index);
      if (step.op === 'match') return true;
      if (step.op === 'char') {
        if (left >= 0 && hasChar(program.sets[step.set] ?? [], left)) waiting.push(step.next);
      } else if (step.op === 'split') threads.push(step.first, step.second);
      else if (step.op === 'word') {
        const differs = (left >= 0 && hasChar(program.word, left)) !== (after >= 0 && hasChar(program.word, after));
        if (differs !== step.negate) threads.push(step.next);
      } else if (step.op === 'lineStart') {
        if (left < 0 ? fromStart : program.multiline && hasChar(LINE_ENDS, left)) threads.push(step.next);
      } else if (step.op === 'lineEnd') {
        // Never the text's own end: what is asked here has a character to its right.
        if (program.multiline && after >= 0 && hasChar(LINE_ENDS, after)) threads.push(step.next);
      } else threads.push(step.next);
    }
    if (waiting.length === 0) return false;
    threads = waiting;
    after = left;
    position -= left > 0xffff ? 2 : 1;
  }
}
