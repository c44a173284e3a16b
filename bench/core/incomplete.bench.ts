/** What watching for the end of an answer costs a token of clean prose and of Markdown. Run: node --import tsx bench/core/incomplete.bench.ts */
import type { TextView } from '../../src/core/detect/detector.js';
import { incompleteReasoning } from '../../src/core/detect/incomplete-reasoning.js';
import { EMPTY_RULES } from '../../src/core/rules/compile.js';
import { nothingKnown } from '../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../src/core/truth/request-context.js';
import { uniformModes } from '../../src/core/types.js';

const SENTENCES = [
  'The tide follows the moon and rises twice a day on most coasts.',
  'Each lamp was lit by hand, and the keeper wrote down when it burned.',
  'Nobody knows how many ships have passed the cape without being seen.',
  'It is a long way to the village, but the road is good in summer.',
  'In autumn the birds come back, although fewer of them do so every year.',
];

let seed = 7;
function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

const sentence = (): string => SENTENCES[random(SENTENCES.length)] as string;
const paragraph = (): string => Array.from({ length: 3 + random(3) }, sentence).join(' ');
const TEXTS: Readonly<Record<string, () => string>> = {
  'prose in paragraphs': () => `${paragraph()}\n\n`,
  'lists': () => `Some of these are:\n\n${Array.from({ length: 5 }, () => `- **Lamp**: ${sentence()}\n`).join('')}\n`,
  'code in fences': () => `Run it:\n\n\`\`\`ts\n${'const lamp = light(keeper, 12);\n'.repeat(12)}\`\`\`\n\n`,
};

/** Tokens of four units on average, each its own string, as they come from a stream. */
function tokens(make: () => string, count: number): string[] {
  let text = '';
  while (text.length < count * 4) text += make();
  const pieces: string[] = [];
  for (let at = 0; pieces.length < count; ) {
    const size = 2 + random(5);
    pieces.push(Buffer.from(text.slice(at, at + size)).toString());
    at += size;
  }
  return pieces;
}

const TOKENS = 2_000;

function answer(pieces: readonly string[]): number {
  const run = incompleteReasoning.start({ truth: nothingKnown, rules: EMPTY_RULES, request: { ...EMPTY_REQUEST, route: 'ollama-chat' }, modes: uniformModes('correct'), holdChars: 4_096 }, 'prose');
  if (run === null) throw new Error('the detector did not start');
  const view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };
  let found = 0;
  for (const piece of pieces) {
    view.base += view.text.length;
    view.text = view.fresh = piece;
    run.advance(view, () => (found += 1));
  }
  view.fresh = '';
  view.ended = true;
  view.finish = 'stop';
  run.advance(view, () => (found += 1));
  return found;
}

/** The reader of strings alone: what any loop over the tokens costs. */
function floor(pieces: readonly string[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

function best(run: () => number): number {
  let least = Infinity;
  let kept = 0;
  for (let round = 0; round < 60; round += 1) {
    const startedMs = performance.now();
    for (let at = 0; at < 20; at += 1) kept += run();
    least = Math.min(least, performance.now() - startedMs);
  }
  if (kept < 0) throw new Error('unreachable');
  return (least * 1_000) / (20 * TOKENS);
}

for (const [name, make] of Object.entries(TEXTS)) {
  const pieces = tokens(make, TOKENS);
  process.stdout.write(`${name.padEnd(22)} ${best(() => answer(pieces)).toFixed(3)} us/token (loop alone ${best(() => floor(pieces)).toFixed(3)})\n`);
}
