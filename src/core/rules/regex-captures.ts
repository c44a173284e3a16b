import { hasChar, LINE_ENDS } from './regex-chars.js';
import { charBefore, matchesBehind, type Surroundings } from './regex-look-behind.js';
import type { Machine } from './regex-states.js';

interface Thread {
  readonly step: number;
  readonly slots: readonly (number | undefined)[];
}

/** Text in which a match was decided. `ended`: nothing follows it. */
export interface DecidedText extends Surroundings {
  readonly ended: boolean;
}

/**
 * The groups of a match that was decided at `start` (an index of the text), [0] the whole match.
 * Runs the pattern once more, in time linear in the text, remembering what its groups held.
 */
export function captureGroups(machine: Machine, around: DecidedText, start: number): (string | undefined)[] {
  const { program } = machine;
  const { text } = around;
  const slots: (number | undefined)[] = new Array<number | undefined>((program.groups + 1) * 2).fill(undefined);
  let threads: Thread[] = [{ step: program.start, slots }];
  let best: readonly (number | undefined)[] = [start, start];
  for (let at = start; threads.length > 0; ) {
    const { waiting, matched } = spread(machine, around, threads, at);
    if (matched !== null) best = [start, at, ...matched.slice(2)];
    if (at >= text.length) break;
    const char = text.codePointAt(at) ?? 0;
    at += char > 0xffff ? 2 : 1;
    threads = waiting.flatMap(({ step, slots: held }) => {
      const one = program.code[step];
      return one?.op === 'char' && hasChar(program.sets[one.set] ?? [], char) ? [{ step: one.next, slots: held }] : [];
    });
  }
  return Array.from({ length: program.groups + 1 }, (_, group) => {
    const from = best[group * 2];
    const to = best[group * 2 + 1];
    return from === undefined || to === undefined ? undefined : text.slice(from, to);
  });
}

/** Follows threads in order of preference to the next character; a match cuts off what is less preferred. */
function spread(machine: Machine, around: DecidedText, threads: readonly Thread[], at: number): { waiting: Thread[]; matched: Thread['slots'] | null } {
  const { code } = machine.program;
  const seen = new Set<number>();
  const waiting: Thread[] = [];
  const stack = [...threads].reverse().map(({ step, slots }) => ({ key: step * 2 + 1, slots }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { key, slots } = top;
    const step = code[key >> 1];
    if (step === undefined || seen.has(key)) continue;
    seen.add(key);
    const consumed = key & 1;
    if (step.op === 'match') return { waiting, matched: slots };
    if (step.op === 'char') {
      if (seen.has(key ^ 1)) continue;
      waiting.push({ step: key >> 1, slots });
    } else if (step.op === 'split') {
      stack.push({ key: step.second * 2 + consumed, slots }, { key: step.first * 2 + consumed, slots });
    } else if (step.op === 'begin') stack.push({ key: step.next * 2, slots });
    else if (step.op === 'finish') {
      if (consumed === 1) stack.push({ key: step.next * 2 + 1, slots });
    } else if (step.op === 'save') stack.push({ key: step.next * 2 + consumed, slots: slots.with(step.slot, at) });
    else if (step.op === 'reset') {
      const cleared = [...slots];
      for (const group of step.groups) cleared[group * 2] = cleared[group * 2 + 1] = undefined;
      stack.push({ key: step.next * 2 + consumed, slots: cleared });
    } else if (holds(machine, around, step, at)) stack.push({ key: step.next * 2 + consumed, slots });
  }
  return { waiting, matched: null };
}

type Check =
  | { readonly op: 'word' | 'ahead' | 'behind'; readonly negate: boolean; readonly body?: number }
  | { readonly op: 'lineStart' | 'lineEnd' };

/** What cannot be known yet counts as true: had it been able to change the match, that would not be decided. */
function holds(machine: Machine, around: DecidedText, step: Check, at: number): boolean {
  const { program } = machine;
  const { text, fromStart, ended } = around;
  const left = charBefore(text, at);
  const right = text.codePointAt(at) ?? -1;
  switch (step.op) {
    case 'lineStart':
      return left < 0 ? fromStart : program.multiline && hasChar(LINE_ENDS, left);
    case 'lineEnd':
      return right < 0 || (program.multiline && hasChar(LINE_ENDS, right));
    case 'word': {
      if (right < 0 && !ended) return true;
      return (hasChar(program.word, left) !== hasChar(program.word, right)) !== step.negate;
    }
    case 'behind':
      return matchesBehind(program, step.body ?? 0, around, at) !== step.negate;
    case 'ahead':
      return looksAhead(machine, around, step.body ?? 0, step.negate, at);
  }
}

function looksAhead(machine: Machine, { text, fromStart, ended }: DecidedText, body: number, negate: boolean, start: number): boolean {
  const left = charBefore(text, start);
  const { program } = machine;
  const before = {
    start: left < 0 && fromStart,
    word: hasChar(program.word, left),
    lineEnd: hasChar(LINE_ENDS, left),
    has: (set: number) => hasChar(program.sets[set] ?? [], left),
  };
  const duty = machine.lookAhead(body, negate, before);
  if (typeof duty === 'boolean') return duty;
  let state = duty.state;
  for (let at = start; at < text.length && state !== null; ) {
    const char = text.codePointAt(at) ?? 0;
    const edge = machine.step(state, machine.alphabet.classOf(char));
    if (edge.age >= 0) return !negate;
    state = edge.target;
    at += char > 0xffff ? 2 : 1;
  }
  if (state === null) return negate;
  return ended ? machine.finish(state) >= 0 !== negate : true;
}
