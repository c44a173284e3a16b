/**
 * How many tokens are delayed at all, by how many tokens, and for what: the clean texts of the development set and texts of our own by kind,
 * with a small workspace and one of 20,000 files and many folders at its top, all six detectors together and each alone, and 1,000 literal
 * rules whose beginnings do not occur. The development set is left out where it is not beside the checkout.
 * Run: node --import tsx bench/core/promptness.bench.ts [--spans] [KIND]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DETECTORS } from '../../src/core/detect/index.js';
import type { GroundTruth } from '../../src/core/truth/ground-truth.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { idleRules, measurePromptness, type Promptness, type PromptnessText, pseudoTokens } from './promptness.js';
import { OWN_TEXTS, packageDocuments } from './promptness-texts.js';
import { makeTree, makeWideTree } from './trees.js';

const DATA = '../shared/data/dev';
const RULES = 1_000;
const DOCUMENTS = 60;
const SMALL = 200;
const LARGE = 20_000;
const TARGETS: Readonly<Record<string, number>> = { 'general_clean': 0.05, 'prose of our own': 0.05, 'logic_clean': 0.05, 'path_clean': 0.2 };
const SETS = ['general_clean', 'logic_clean', 'fact_clean', 'path_clean'] as const;

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

function* textsOf(name: string): Generator<PromptnessText> {
  for (const row of readFileSync(join(DATA, `${name}.jsonl`), 'utf8').split('\n')) {
    if (row === '') continue;
    const line = JSON.parse(row) as Line;
    const truth = truthOf(line);
    yield truth === undefined ? { text: line.text } : { text: line.text, truth };
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).padStart(5)} %`;
}

function show(label: string, { tokens, held, share, delays, changed }: Promptness, target: number | undefined): void {
  const at = (part: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))] ?? 0;
  const verdict = target === undefined ? '' : share <= target ? `  ok (<= ${target * 100} %)` : `  TOO MANY (> ${target * 100} %)`;
  const one = delays.length === 0 ? 0 : delays.filter((delay) => delay === 1).length / delays.length;
  console.log(`${label.padEnd(34)} ${percent(share)} of ${String(tokens).padStart(6)} (${held}); by p50 ${at(0.5)}, p99 ${at(0.99)} tokens, ${percent(one).trim()} by one${changed > 0 ? `, ${changed} texts changed` : ''}${verdict}`);
}

function showCauses({ causes, held, tokens }: Promptness): void {
  const sorted = [...causes].sort((a, b) => b[1] - a[1]);
  if (held > 0) console.log(`    for: ${sorted.map(([cause, count]) => `${cause} ${percent(count / tokens).trim()}`).join(', ')}`);
}

/** What was held the most, for who wants to know why. */
function showSpans({ spans }: Promptness): void {
  const by = new Map<string, number>();
  for (const { text, start, end, tokens } of spans) {
    const held = JSON.stringify(text.slice(Math.max(0, start - 2), end));
    by.set(held, (by.get(held) ?? 0) + tokens);
  }
  for (const [held, tokens] of [...by].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log(`  ${String(tokens).padStart(6)}  ${held}`);
}

const rules = idleRules(RULES);
const asked = process.argv.slice(2).find((word) => !word.startsWith('--'));
const workspaces = [{ name: 'small', truth: truthOfFiles(makeTree(SMALL)) }, { name: 'large', truth: truthOfFiles(makeWideTree(LARGE)) }];
const kinds: Record<string, readonly PromptnessText[]> = {};
if (existsSync(DATA)) for (const set of SETS) kinds[set] = [...textsOf(set)];
for (const [kind, texts] of Object.entries(OWN_TEXTS)) kinds[kind] = texts.map((text) => ({ text }));
kinds['documents of packages'] = packageDocuments(DOCUMENTS).map((text) => ({ text }));

for (const [kind, texts] of Object.entries(kinds)) {
  if (asked !== undefined && !kind.includes(asked)) continue;
  const letters = texts.reduce((sum, { text }) => sum + text.length, 0);
  const tokens = texts.reduce((sum, { text }) => sum + pseudoTokens(text).length, 0);
  console.log(`${kind}: ${texts.length} texts, ${(letters / tokens).toFixed(2)} characters a token`);
  for (const { name, truth } of workspaces) {
    // A text that comes with a tree of its own is about that one.
    if (texts[0]?.truth !== undefined && name === 'small') continue;
    const own = texts.map((one) => ({ truth, ...one }));
    const all = measurePromptness(own, rules, DETECTORS);
    show(`  ${texts[0]?.truth === undefined ? name : 'own'} tree, all six`, all, TARGETS[kind]);
    showCauses(all);
    for (const detector of DETECTORS) {
      const alone = measurePromptness(own, rules, [detector]);
      // The two path detectors hold the same, and most of the others nothing.
      if (alone.held > 0 && detector.type !== 'fabricated_path') show(`    ${detector.type} alone`, alone, undefined);
      if (detector.type === 'invalid_path' && process.argv.includes('--spans')) showSpans(alone);
    }
  }
}
