/** Makes labelled cases of wrong, invented and right paths. */
import { CARRIERS, carry, CREATING } from './carriers.js';
import { baseOf, corrupt, CORRUPTIONS, Tree } from './corruptions.js';
import { CLAIMING, isPlainClaim, MAKING } from './intents.js';
import { Random } from './random.js';
import { readSources, syntheticSource, type Source, UNICODE_SOURCE, wordsOf } from './sources.js';
import { CLEAN, INVENTED, PROJECT, WRONG } from './written.js';

/** A case in the form of `hotpatch eval`, with its tree by name. */
export interface PathCase {
  readonly id: string;
  readonly type: 'invalid_path' | 'fabricated_path' | 'clean';
  readonly tier: string;
  readonly tree: string;
  /** The exchange is known to be about the workspace; else nothing says so. */
  readonly tied: boolean;
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly detected: string; readonly expected: string | null; readonly expected_any?: readonly string[] }[];
  readonly accept_types?: readonly string[];
  readonly clean_for?: readonly string[];
  readonly clean_mentions?: readonly { readonly start: number; readonly end: number }[];
}

export interface PathCases {
  readonly cases: readonly PathCase[];
  /** Files by the name of their tree; the same array for all of its cases, so that they share an index. */
  readonly trees: ReadonlyMap<string, readonly string[]>;
}

/** Those that name no other file, which the tree would have to hold. */
const alone = (list: readonly string[]): readonly string[] => list.filter((one) => !/src\/|docs\//.test(one));
const CLAIMS = alone(CLAIMING);
const MAKES = alone(MAKING);

const BOTH = ['invalid_path', 'fabricated_path'];
const WORD = /[^\s`"'()<>[\]{},;|*]+/g;
const NATURAL = /[A-Za-z0-9_.@-]+(?:\/[A-Za-z0-9_.@-]+)+/g;
const WRONG_PER_KIND = 70;
const INVENTED_PER_SOURCE = 12;
const CLEAN_PER_SOURCE = 120;
const BIG_TREE = 32_000;
/** Trees from this size on give cases. */
const LEAST_FILES = 12;

class Maker {
  readonly cases: PathCase[] = [];
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  add(one: Omit<PathCase, 'id'>): void {
    this.cases.push({ id: `own-${one.tier}-${this.cases.length}`, ...one });
  }

  wrong(tree: Tree, text: string, start: number, wrong: string, right: string | null, tier: string): void {
    const span = { start, end: start + wrong.length, detected: wrong, expected: right, ...(right === null ? {} : { expected_any: [right, `./${right}`] }) };
    this.add({ type: 'invalid_path', tier, tree: tree.name, tied: true, text, spans: [span], ...(right === null ? { accept_types: BOTH } : {}) });
  }

  clean(tree: string, text: string, tier: string, tied = true): void {
    const mentions = [...text.matchAll(WORD)].filter(([word]) => /[\\/]|\.[a-z]{1,5}$/.test(word)).map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
    this.add({ type: 'clean', tier, tree, tied, text, spans: [], clean_for: BOTH, clean_mentions: mentions });
  }
}

/** @param folders further folders, each one project */
export function makeCases(seed: number, packages: string, folders: readonly string[]): PathCases {
  const maker = new Maker(seed);
  const sources = readSources(packages, folders);
  const words = wordsOf(sources);
  const big = syntheticSource(maker.random, words, BIG_TREE);
  const all = [...sources.filter(({ files }) => files.length >= LEAST_FILES), big, UNICODE_SOURCE];
  const trees = all.map(({ name, files }) => new Tree(name.replaceAll('/', '+'), files));
  wrongOnes(maker, trees);
  naturalOnes(maker, all, trees);
  inventedOnes(maker, trees);
  cleanOnes(maker, all, trees);
  writtenOnes(maker);
  const named = new Map(trees.map(({ name, files }) => [name, files]));
  named.set('written', PROJECT);
  return { cases: maker.cases, trees: named };
}

function isNamed(path: string): boolean {
  return path.includes('/') && /\.[a-z]\w{0,5}$/i.test(path) && !/(?:^|\/)(?:dist|build|out|node_modules|vendor|bin|target)\//.test(`${path.slice(0, path.lastIndexOf('/'))}/`) && path.length < 110 && !path.includes(' ');
}

/** Wrong paths in carriers, of every kind, from every tree alike. */
function wrongOnes(maker: Maker, trees: readonly Tree[]): void {
  const { random } = maker;
  for (const kind of Object.keys(CORRUPTIONS)) {
    let made = 0;
    for (let tries = 0; made < WRONG_PER_KIND && tries < WRONG_PER_KIND * 30; tries += 1) {
      const tree = kind === 'nfd' ? (trees.at(-1) as Tree) : random.pick(trees);
      const right = random.pick(tree.files);
      if (!isNamed(right) && kind !== 'nfd') continue;
      const made1 = corrupt(kind, right, random, tree);
      if (made1 === null) continue;
      const { text, start } = carry(random.pick([...CARRIERS, ...CLAIMS]), made1.wrong);
      maker.wrong(tree, text, start, made1.wrong, right, kind);
      made += 1;
    }
  }
}

/** Real mentions in real documents, one of them made wrong. */
function naturalOnes(maker: Maker, sources: readonly Source[], trees: readonly Tree[]): void {
  const { random } = maker;
  const kinds = Object.keys(CORRUPTIONS);
  for (const [at, { texts }] of sources.entries()) {
    const tree = trees[at] as Tree;
    for (const text of texts) {
      const found = [...text.matchAll(NATURAL)].filter(({ 0: path }) => isNamed(path) && tree.has(path));
      if (found.length === 0) continue;
      const { index, 0: path } = random.pick(found);
      const before = text.slice(0, index);
      if (/[\w/:.@-]$/.test(before) || /^[\w/-]/.test(text.slice(index + path.length)) || text.split(path).length > 2) continue;
      for (let tries = 0; tries < 6; tries += 1) {
        const kind = random.pick(kinds);
        const wrong = corrupt(kind, path, random, tree);
        if (wrong === null) continue;
        maker.wrong(tree, before + wrong.wrong + text.slice(index + path.length), index, wrong.wrong, path, `doc-${kind}`);
        break;
      }
    }
  }
}

/** Names of other trees, below a real folder or with their own. */
function inventedOnes(maker: Maker, trees: readonly Tree[]): void {
  const { random } = maker;
  for (const tree of trees) {
    if (tree.files.length < LEAST_FILES) continue;
    let made = 0;
    for (let tries = 0; made < INVENTED_PER_SOURCE && tries < 200; tries += 1) {
      const foreign = random.pick(random.pick(trees).files);
      if (!isNamed(foreign) || tree.hasStemLike(baseOf(foreign)) || /^(?:index|main|types|utils|readme|license|package)\b/i.test(baseOf(foreign)) || foreign.startsWith('.')) continue;
      const own = random.pick(tree.files.filter((file) => /^[^.]+\//.test(file)).concat('src/x'));
      const inDir = random.below(2) === 0;
      const wrong = inDir ? `${own.slice(0, own.lastIndexOf('/'))}/${baseOf(foreign)}` : foreign;
      if (tree.has(wrong) || !isNamed(wrong)) continue;
      const { text, start, end } = carry(random.pick([...CARRIERS.filter((one) => !one.includes('error: expected')), ...CLAIMS.filter(isPlainClaim)]), wrong);
      maker.add({ type: 'fabricated_path', tier: inDir ? 'foreign-name' : 'foreign-path', tree: tree.name, tied: true, text, spans: [{ start, end, detected: wrong, expected: null }] });
      made += 1;
    }
  }
}

function cleanOnes(maker: Maker, sources: readonly Source[], trees: readonly Tree[]): void {
  const { random } = maker;
  for (const [at, { texts }] of sources.entries()) {
    const tree = trees[at] as Tree;
    for (const text of texts.slice(0, CLEAN_PER_SOURCE)) {
      maker.clean(tree.name, text, 'doc');
      const other = random.pick(trees);
      if (other.name !== tree.name) maker.clean(other.name, text, 'foreign-doc', false);
    }
    for (let i = 0; i < 12; i += 1) {
      const file = random.pick(tree.files);
      if (file.includes('/')) maker.clean(tree.name, carry(random.pick([...CARRIERS, ...CLAIMS, ...MAKES]), file).text, 'real');
    }
    for (let i = 0; i < 10; i += 1) {
      const foreign = random.pick(random.pick(trees).files);
      const own = random.pick(tree.files.filter((file) => file.includes('/')).concat('src/x'));
      const path = `${own.slice(0, own.lastIndexOf('/'))}/${baseOf(foreign)}`;
      if (!tree.has(path) && isNamed(path)) maker.clean(tree.name, carry(random.pick([...CREATING, ...MAKES]), path).text, 'create');
    }
  }
}

function writtenOnes(maker: Maker): void {
  const tree = new Tree('written', PROJECT);
  const marked = (text: string): { readonly text: string; readonly start: number; readonly path: string } => {
    const start = text.indexOf('«');
    const path = text.slice(start + 1, text.indexOf('»'));
    return { text: text.replace(/[«»]/g, ''), start, path };
  };
  for (const [written, right] of WRONG) {
    const { text, start, path } = marked(written);
    maker.wrong(tree, text, start, path.replace(/:\d+$/, ''), right, 'written');
  }
  for (const written of INVENTED) {
    const { text, start, path } = marked(written);
    maker.add({ type: 'fabricated_path', tier: 'written', tree: 'written', tied: true, text, spans: [{ start, end: start + path.replace(/:\d+$/, '').length, detected: path, expected: null }] });
  }
  for (const text of CLEAN) maker.clean('written', text, 'written');
}
