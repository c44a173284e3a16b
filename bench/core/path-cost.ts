/** What the path detectors cost a token on clean prose: the same stream rewritten with them and without, turn by turn. */
import { formatCodec } from '../../src/core/codec/codec.js';
import { DETECTORS } from '../../src/core/detect/index.js';
import { patternMatch } from '../../src/core/detect/pattern-match.js';
import type { Detector } from '../../src/core/detect/detector.js';
import { resolveLimits } from '../../src/core/limits.js';
import { ResponseRewriter } from '../../src/core/rewrite/response-rewriter.js';
import { DEFAULT_NOTES } from '../../src/core/text/policy.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { uniformModes } from '../../src/core/types.js';
import { idleRules, pseudoTokens } from './promptness.js';
import { OWN_TEXTS } from './promptness-texts.js';

const LIMITS = resolveLimits();
const ANSWERS = 40;

export interface PathCost {
  readonly tokens: number;
  /** Medians of CPU time, in microseconds a token. */
  readonly on: number;
  readonly off: number;
  /** The least ones: what the work costs where nothing else disturbs it. */
  readonly leastOn: number;
  readonly leastOff: number;
}

/** @param files of the workspace */
export function measurePathCost(files: readonly string[], rounds = 40): PathCost {
  const lines = (OWN_TEXTS['prose of our own'] ?? []).flatMap((text) => pseudoTokens(text)).map((content) => Buffer.from(`${JSON.stringify({ model: 'bench', message: { role: 'assistant', content }, done: false })}\n`));
  const exchange = { truth: truthOfFiles(files), rules: idleRules(1_000), request: { route: 'ollama-chat', model: 'bench', stream: true, tied: true }, modes: uniformModes('correct'), holdChars: LIMITS.holdChars } as const;
  const run = (detectors: readonly Detector[]): number => {
    const before = process.cpuUsage();
    for (let answer = 0; answer < ANSWERS; answer += 1) stream(lines, exchange, detectors);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (lines.length * ANSWERS);
  };
  const on: number[] = [];
  const off: number[] = [];
  // The first rounds warm the code up.
  for (let round = -5; round < rounds; round += 1) {
    const pair = [run(DETECTORS), run([patternMatch])] as const;
    if (round < 0) continue;
    on.push(pair[0]);
    off.push(pair[1]);
  }
  return { tokens: lines.length, on: median(on), off: median(off), leastOn: Math.min(...on), leastOff: Math.min(...off) };
}

function stream(lines: readonly Buffer[], exchange: ConstructorParameters<typeof ResponseRewriter>[1]['exchange'], detectors: readonly Detector[]): void {
  const codec = formatCodec('ollama-chat', lines[0] ?? Buffer.alloc(0), false);
  if (codec === null) throw new Error('the text could not be put into a stream');
  const rewriter = new ResponseRewriter(codec, { exchange, limits: LIMITS, notes: DEFAULT_NOTES, detectors, failed: () => undefined }, {
    out: () => undefined, corrected: () => undefined, bailedOut: () => undefined, fault: () => undefined,
  });
  for (const line of lines) {
    rewriter.write(line, 0);
    rewriter.settle(0);
  }
  rewriter.end(0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
