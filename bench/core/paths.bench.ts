/**
 * What the path detectors cost: a token of clean prose with them and without, the index of a synthetic workspace (build time, memory), and the time
 * of one question, exact and wrong.
 * Run: node --import tsx --expose-gc bench/core/paths.bench.ts [FILES=200000]
 */
import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import type { PathAnswer } from '../../src/core/truth/ground-truth.js';
import { PathIndex } from '../../src/core/truth/path-index.js';
import { resolvePath } from '../../src/core/truth/path-resolve.js';
import { measurePathCost } from './path-cost.js';
import { makeTree, makeWideTree, random, word } from './trees.js';

const FILES = Number(process.argv[2] ?? 200_000);
const NAMES = { roots: ['/home/kim/mono'], name: 'mono' };

const QUESTIONS: Readonly<Record<string, (path: string) => string>> = {
  'exact': (path) => path,
  'exact, base name': (path) => path.slice(path.lastIndexOf('/') + 1),
  'absolute': (path) => `/home/kim/mono/${path}`,
  'letter case': (path) => path.toUpperCase(),
  'letters swapped': (path) => path.replace(/(.)(.)(\.\w+)$/, '$2$1$3'),
  'two edits': (path) => path.replace(/(.)(..)(.\.\w+)$/, 'q$2x$3'),
  'other extension': (path) => path.replace(/\.\w+$/, '.rs'),
  'folder too many': (path) => path.replace('/', '/lib/'),
  'folder mistyped': (path) => path.replace(/^(.)(.)/, '$2$1'),
  'base name mistyped': (path) => path.slice(path.lastIndexOf('/') + 1).replace(/^(.)/, '$1q'),
  'made up': () => `${word(3)}/${word(4)}/${word(5)}_zz.go`,
};

function percentile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 1000).toFixed(1).padStart(9);
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

const ASKED = 2_000;
// Each question is asked in three rounds and its best time taken: other work on the machine is not ours to measure.
const ROUNDS = 3;

function measure(index: PathIndex, tree: readonly string[], label: string, ask: (path: string) => string): void {
  const questions = Array.from({ length: ASKED }, () => ({ path: ask(tree[random(tree.length)]!), backslashes: false }));
  const times = new Float64Array(ASKED).fill(Infinity);
  let answered = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    answered = 0;
    questions.forEach((question, i) => {
      const from = performance.now();
      const answer: PathAnswer = resolvePath(index, question, NAMES);
      times[i] = Math.min(times[i]!, performance.now() - from);
      if (answer !== 'unknown' && (answer.known || answer.nearest !== null)) answered += 1;
    });
  }
  const sorted = [...times].sort((a, b) => a - b);
  console.log(`${percentile(sorted, 0.5)} ${percentile(sorted, 0.99)} ${percentile(sorted, 1)} us   ${((answered / ASKED) * 100).toFixed(0).padStart(3)} %   ${label}`);
}

console.log(`node ${process.version}, ${cpus()[0]!.model}; ${FILES} files`);
const tree = makeTree(FILES);
const before = memory();
const began = performance.now();
const index = new PathIndex();
for (const file of tree) index.add(file);
const took = performance.now() - began;
assert.equal(index.files, tree.length);
console.log(`build ${took.toFixed(0)} ms, ${index.entries} entries, ${(memory() - before).toFixed(1)} MB${globalThis.gc === undefined ? ' (run with --expose-gc to be exact)' : ''}`);
console.log('      p50       p99       max      answered');
for (const [label, ask] of Object.entries(QUESTIONS)) measure(index, tree, label, ask);
const churn = tree.slice(0, 20_000);
const churnBegan = performance.now();
for (const file of churn) index.remove(file);
for (const file of churn) index.add(file);
console.log(`remove and add again: ${(((performance.now() - churnBegan) / churn.length) * 1000).toFixed(2)} us a file`);
assert.equal(index.files, tree.length);

const WIDE = 20_000;
// What a token costs a proxy in system calls and wakeups alone, beside which the detectors' share is to be seen.
const TOKEN_MICROS = 30;
const { on, off, leastOn, leastOff } = measurePathCost(makeWideTree(WIDE));
console.log(`clean prose, ${WIDE} files, CPU a token: ${on.toFixed(2)} us with the path detectors, ${off.toFixed(2)} us without (least: ${leastOn.toFixed(2)} and ${leastOff.toFixed(2)}); ratio of medians ${(on / off).toFixed(2)}, and ${((TOKEN_MICROS + on) / (TOKEN_MICROS + off)).toFixed(3)} with the ${TOKEN_MICROS} us a token takes from socket to socket`);
