/**
 * What the contradiction detector costs on clean prose: microseconds a token, the sentence cutter alone beside it. The prose is the
 * documentation of installed packages and the words of the recorded streams, if they are here; tokens are pieces of about four letters.
 * Run: node --import tsx bench/core/claims.bench.ts [TOKENS=200000]
 */
import { cpus } from 'node:os';
import type { ExchangeContext } from '../../src/core/detect/detector.js';
import { logicContradiction } from '../../src/core/detect/logic-contradiction.js';
import { SentenceCutter } from '../../src/core/detect/sentences.js';
import { EMPTY_RULES } from '../../src/core/rules/compile.js';
import { nothingKnown } from '../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../src/core/truth/request-context.js';
import { uniformModes } from '../../src/core/types.js';
import { installedProse } from '../quality/prose.js';

const TOKENS = Number(process.argv[2] ?? 200_000);
const ROUNDS = 5;
/** Letters of one answer: a long one. */
const ANSWER = 6_000;
const CONTEXT: ExchangeContext = { truth: nothingKnown, rules: EMPTY_RULES, request: EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: 4_096 };

/** Answers as the pieces a model sends: a word with the space before it, long words in two. */
function answers(): string[][] {
  const all: string[][] = [];
  let tokens = 0;
  for (const { text } of installedProse()) {
    for (let at = 0; at < text.length && tokens < TOKENS; at += ANSWER) {
      const pieces = text.slice(at, at + ANSWER).match(/\s?\S{1,6}|\s/gu) ?? [];
      tokens += pieces.length;
      all.push(pieces);
    }
    if (tokens >= TOKENS) break;
  }
  return all;
}

interface Reader {
  read(piece: string): void;
  end(): void;
}

function cutting(): Reader {
  let offset = 0;
  const cutter = new SentenceCutter(() => undefined);
  return {
    read(piece) {
      cutter.take(piece, offset);
      cutter.read(0, piece.length);
      offset += piece.length;
    },
    end: () => cutter.end(offset),
  };
}

function detecting(): Reader {
  const run = logicContradiction.start(CONTEXT, 'prose');
  if (run === null) throw new Error('the detector is off');
  const ignore = (): void => undefined;
  return {
    read: (piece) => void run.advance({ text: piece, base: 0, fresh: piece, ended: false, finish: null }, ignore),
    end: () => void run.advance({ text: '', base: 0, fresh: '', ended: true, finish: null }, ignore),
  };
}

function measure(texts: readonly string[][], open: () => Reader): number {
  const began = performance.now();
  for (const pieces of texts) {
    const reader = open();
    for (const piece of pieces) reader.read(piece);
    reader.end();
  }
  return performance.now() - began;
}

const texts = answers();
const tokens = texts.reduce((sum, pieces) => sum + pieces.length, 0);
console.log(`${cpus()[0]?.model ?? '?'}, Node ${process.version}, ${texts.length} answers, ${tokens} tokens`);
for (const [name, open] of [['sentences only', cutting], ['contradictions', detecting]] as const) {
  const took = Array.from({ length: ROUNDS + 1 }, () => measure(texts, open)).slice(1).sort((a, b) => a - b);
  console.log(`${name.padEnd(16)} ${((took[ROUNDS >> 1] as number) * 1000 / tokens).toFixed(3)} us/token`);
}
