/**
 * How many tokens are delayed at all, and by how many tokens: clean prose and path-rich Markdown, with the detectors at work by default, the path detectors alone and all six, and
 * 1,000 literal rules whose beginnings do not occur. Needs the development set beside the checkout.
 * Run: node --import tsx bench/core/promptness.bench.ts [--spans]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fabricatedPath } from '../../src/core/detect/fabricated-path.js';
import { ALL_DETECTORS, DETECTORS } from '../../src/core/detect/index.js';
import { invalidPath } from '../../src/core/detect/invalid-path.js';
import type { GroundTruth } from '../../src/core/truth/ground-truth.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { idleRules, measurePromptness, type Promptness, type PromptnessText, pseudoTokens } from './promptness.js';

const DATA = '../shared/data/dev';
const RULES = 1_000;
const CORPORA = [
  { name: 'clean prose', sets: ['general_clean', 'fact_clean'], target: 0.05 },
  { name: 'its general part', sets: ['general_clean'], target: 0.05 },
  { name: 'its part with logs, JSON and sums', sets: ['fact_clean'], target: null },
  { name: 'path-rich Markdown', sets: ['path_clean'], target: 0.2 },
] as const;

interface Line {
  readonly text: string;
  readonly context?: { readonly files_ref?: string; readonly files?: readonly string[]; readonly files_add?: readonly string[] };
}

const trees = new Map<string, readonly string[]>();
const truths = new Map<string, GroundTruth>();

function treeOf(reference: string): readonly string[] {
  let files = trees.get(reference);
  if (files === undefined) {
    files = readFileSync(join(DATA, reference), 'utf8').split('\n').filter((line) => line !== '');
    trees.set(reference, files);
  }
  return files;
}

/** Cases of one tree share its index. */
function truthOf({ context = {} }: Line): GroundTruth | undefined {
  const { files_ref: reference, files = [], files_add: added = [] } = context;
  if (reference === undefined && files.length === 0) return undefined;
  const key = JSON.stringify([reference, files, added]);
  let truth = truths.get(key);
  if (truth === undefined) {
    truth = truthOfFiles([...(reference === undefined ? files : treeOf(reference)), ...added]);
    truths.set(key, truth);
  }
  return truth;
}

function* textsOf(...names: readonly string[]): Generator<PromptnessText> {
  for (const name of names) {
    for (const row of readFileSync(join(DATA, `${name}.jsonl`), 'utf8').split('\n')) {
      if (row === '') continue;
      const line = JSON.parse(row) as Line;
      const truth = truthOf(line);
      yield truth === undefined ? { text: line.text } : { text: line.text, truth };
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).padStart(5)} %`;
}

function show(label: string, { tokens, held, share, delays }: Promptness, target: number | null): void {
  const at = (part: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))] ?? 0;
  const verdict = target === null ? '' : share <= target ? `  ok (<= ${target * 100} %)` : `  TOO MANY (> ${target * 100} %)`;
  const one = delays.length === 0 ? 0 : delays.filter((delay) => delay === 1).length / delays.length;
  console.log(`${label.padEnd(36)} ${percent(share)} of ${String(tokens).padStart(6)} (${held}); delayed by p50 ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)} tokens, ${percent(one).trim()} by one${verdict}`);
}

/** The longest waits and the commonest beginnings of them, for who wants to know why. */
function showSpans({ spans }: Promptness): void {
  const byContext = new Map<string, number>();
  for (const { text, start, tokens } of spans) {
    const before = text.slice(Math.max(0, start - 1), start + 1);
    byContext.set(before, (byContext.get(before) ?? 0) + tokens);
  }
  for (const [before, tokens] of [...byContext].sort((a, b) => b[1] - a[1]).slice(0, 25)) console.log(`  ${String(tokens).padStart(6)}  ${JSON.stringify(before)}`);
}

if (!existsSync(DATA)) {
  console.error(`${DATA} is not there: nothing to measure`);
} else {
  const rules = idleRules(RULES);
  const paths = [invalidPath, fabricatedPath];
  // Prose has no tree of its own: the largest is the likeliest to have a folder named like one of its words.
  const [largest] = readdirSync(join(DATA, 'trees')).map((name) => treeOf(`trees/${name}`)).sort((a, b) => b.length - a.length);
  const truth = truthOfFiles(largest ?? []);
  for (const { name, sets, target } of CORPORA) {
    const texts = [...textsOf(...sets)].map((one) => ({ truth, ...one }));
    const letters = texts.reduce((sum, { text }) => sum + text.length, 0);
    const tokens = texts.reduce((sum, { text }) => sum + pseudoTokens(text).length, 0);
    console.log(`${name}: ${texts.length} texts, ${(letters / tokens).toFixed(2)} characters a token`);
    const measured = measurePromptness(texts, rules, paths);
    show('  as served by default', measureWith(texts, DETECTORS), target);
    show('  path detectors alone', measured, null);
    show('  all six', measureWith(texts, ALL_DETECTORS), null);
    if (process.argv.includes('--spans')) showSpans(measured);
  }

  function measureWith(texts: readonly PromptnessText[], detectors: typeof DETECTORS): Promptness {
    return measurePromptness(texts, rules, detectors);
  }
}
