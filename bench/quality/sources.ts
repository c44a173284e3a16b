/** File trees and texts of real projects: installed packages, this repository, and whatever folders are named. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.js';

/** A project: its files, as relative posix paths, and the texts of its documents and doc comments. */
export interface Source {
  readonly name: string;
  readonly files: readonly string[];
  readonly texts: readonly string[];
}

const MOST_FILES = 20_000;
const MOST_TEXTS = 400;
const TEXT_BYTES = 200_000;
/** Units of a text that go into one case. */
const PIECE = 1_600;
const LEAST_PIECE = 80;
const DOCUMENT = /\.(?:md|mdx|markdown|rst)$/i;
const DECLARATION = /\.d\.[cm]?ts$/;
const DOC_COMMENT = /\/\*\*([\s\S]{60,1500}?)\*\//g;

/** Every project that can be read: folders of packages, scoped ones too, and single folders. */
export function readSources(packages: string, folders: readonly string[]): readonly Source[] {
  const found: Source[] = [];
  for (const name of readdirSync(packages).sort()) {
    if (name.startsWith('.')) continue;
    const folder = join(packages, name);
    if (name.startsWith('@')) for (const inner of readdirSync(folder).sort()) add(found, `${name}/${inner}`, join(folder, inner));
    else add(found, name, folder);
  }
  for (const folder of folders) add(found, folder.split('/').at(-1) ?? folder, folder);
  return found;
}

function add(found: Source[], name: string, folder: string): void {
  const files: string[] = [];
  list(folder, '', files);
  if (files.length < 4) return;
  found.push({ name, files, texts: textsOf(folder, files) });
}

function list(root: string, below: string, files: string[]): void {
  for (const entry of readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (files.length >= MOST_FILES) return;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== '.git' && entry.name !== 'dist-cache') list(root, path, files);
    } else if (entry.isFile()) files.push(path);
  }
}

function textsOf(folder: string, files: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const file of files) {
    if (texts.length >= MOST_TEXTS) break;
    const document = DOCUMENT.test(file) && !/(?:changelog|history|license)/i.test(file);
    if (!document && !DECLARATION.test(file)) continue;
    const path = join(folder, file);
    if (statSync(path).size > TEXT_BYTES) continue;
    const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    if (document) texts.push(...pieces(text));
    else texts.push(...[...text.matchAll(DOC_COMMENT)].slice(0, 6).map(([, inner = '']) => inner.replace(/^[ \t]*\* ?/gm, '').trim()));
  }
  return texts;
}

/** Cut at empty lines outside of fences. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  let piece = '';
  let fenced = false;
  for (const line of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    piece += `${line}\n`;
    if (line.trim() === '' && !fenced && piece.length >= PIECE) {
      cut.push(piece.trim());
      piece = '';
    }
  }
  cut.push(piece.trim());
  return cut.filter((one) => one.length >= LEAST_PIECE && one.length <= PIECE * 4);
}

/** A monorepo of many packages that share their folders' names and many of their files': where uniqueness is rare. */
export function syntheticSource(random: Random, words: readonly string[], size: number): Source {
  const files = new Set<string>(['package.json', 'README.md', 'tsconfig.json', '.github/workflows/ci.yml']);
  const common = ['index.ts', 'types.ts', 'utils.ts', 'constants.ts', 'README.md', 'package.json', 'config.ts'];
  const folders = ['src', 'src/components', 'src/services', 'src/api', 'src/hooks', 'test', 'docs', 'lib/internal', 'src/models', 'scripts'];
  const extensions = ['ts', 'ts', 'ts', 'tsx', 'py', 'go', 'rs', 'java', 'md', 'json', 'css', 'sql'];
  while (files.size < size) {
    const group = random.pick(['packages', 'packages', 'services', 'apps', 'libs']);
    const folder = `${group}/${random.pick(words)}-${random.pick(words)}/${random.pick(folders)}${random.below(3) === 0 ? `/${random.pick(words)}` : ''}`;
    for (let i = random.below(6); i >= 0; i -= 1) files.add(`${folder}/${nameOf(random, words)}.${random.pick(extensions)}`);
    files.add(`${folder}/${random.pick(common)}`);
  }
  return { name: 'big-monorepo', files: [...files].sort(), texts: [] };
}

function nameOf(random: Random, words: readonly string[]): string {
  const one = random.pick(words);
  const other = random.pick(words);
  const upper = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
  return random.pick([one, `${one}-${other}`, `${one}_${other}`, upper(one) + upper(other), one + upper(other), `${one}-${other}-${random.pick(words)}`]);
}

/** Words of file names, for trees and names of files that do not exist. */
export function wordsOf(sources: readonly Source[]): readonly string[] {
  const words = new Set<string>();
  for (const { files } of sources) for (const file of files) for (const [word] of file.toLowerCase().matchAll(/[a-z]{4,10}/g)) words.add(word);
  return [...words].sort();
}

/** A project with names outside ASCII and with spaces, since packages have few. */
export const UNICODE_SOURCE: Source = {
  name: 'weltkarte',
  files: [
    'README.md', 'docs/übersicht.md', 'docs/größe-ändern.md', 'src/données/résumé.py', 'src/données/élève.py', 'docs/手引き/インストール.md', 'docs/手引き/設定方法.md', 'src/модели/пользователь.py',
    'src/модели/заказы.py', 'docs/中文/使用说明.md', 'docs/中文/开发指南.md', 'assets/café/menü-karte.json', 'tests/prueba_española.py', 'src/core/router.py', 'src/core/matcher.py', 'meine notizen/plan für mai.md',
    'data/ångström_table.csv', 'docs/한국어/시작하기.md',
  ],
  texts: [],
};
