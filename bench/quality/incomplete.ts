/**
 * Cases of whole and of cut answers, from the documentation of installed packages, from the messages of TypeScript in its many
 * languages and from answers written for it. Nothing of theirs is kept here: they are read where they lie.
 * Run: node --import tsx bench/quality/incomplete.ts --out DIR [--seed N] [--docs DIR]…, then hotpatch eval --cases DIR.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CUT, WHOLE } from './incomplete-answers.js';

interface Case {
  readonly id: string;
  readonly type: 'clean' | 'incomplete_reasoning';
  readonly tier: string;
  readonly context: { readonly prompt: string; readonly done_reason: string };
  readonly text: string;
  readonly spans?: readonly { readonly start: number; readonly end: number; readonly detected: string; readonly expected: null }[];
  readonly clean_for?: readonly string[];
}

const MODULES = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules');
const { values } = parseArgs({ options: { out: { type: 'string' }, seed: { type: 'string', default: '1' }, docs: { type: 'string', multiple: true, default: [] } } });
if (values.out === undefined) throw new Error('usage: bench/quality/incomplete.ts --out DIR [--seed N] [--docs DIR]…');

let state = Number(values.seed) * 7919 + 17;
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function pick<T>(list: readonly T[]): T {
  return list[random(list.length)] as T;
}

function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = random(at + 1);
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}

const cases: Case[] = [];
let count = 0;

function whole(tier: string, text: string, prompt = ''): void {
  cases.push({ id: `own-whole-${(count += 1)}`, type: 'clean', tier, context: { prompt, done_reason: 'stop' }, text, clean_for: ['incomplete_reasoning'] });
}

function cut(tier: string, text: string, finish: string, prompt = ''): void {
  const start = Math.max(0, text.trimEnd().lastIndexOf('\n') + 1);
  cases.push({ id: `own-cut-${(count += 1)}`, type: 'incomplete_reasoning', tier: `${tier}-${finish}`, context: { prompt, done_reason: finish }, text, spans: [{ start, end: text.length, detected: text.slice(start), expected: null }] });
}

/** Markdown below a folder, a package's own dependencies left out. */
function markdown(root: string, depth: number): string[] {
  let entries;
  try {
    entries = readdirSync(root, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = join(root, entry.name);
    if (entry.isDirectory()) return depth > 0 && entry.name !== 'node_modules' ? markdown(path, depth - 1) : [];
    return /\.(?:md|markdown)$/i.test(entry.name) && !/licen[cs]e|notice/i.test(entry.name) ? [path] : [];
  });
}

const LONGEST = 4_000;

/** What stands under each heading of a document, with all that is below it. */
function sections(text: string): string[] {
  const lines = text.replace(/\r/g, '').split('\n');
  const heads: { readonly at: number; readonly level: number }[] = [];
  let fence = '';
  lines.forEach((line, at) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (mark !== '') fence = fence === '' ? mark : line.trim() === fence ? '' : fence;
    const head = fence === '' ? /^(#{1,4})\s/.exec(line) : null;
    if (head !== null) heads.push({ at, level: (head[1] as string).length });
  });
  return heads.flatMap(({ at, level }, index) => {
    const next = heads.slice(index + 1).find((other) => other.level <= level)?.at ?? lines.length;
    const body = lines.slice(at + 1, next).join('\n').trim();
    return body.length >= 120 && body.length <= LONGEST && (body.match(/^\s*(?:```|~~~)/gm)?.length ?? 0) % 2 === 0 ? [body] : [];
  });
}

/** Where sentences of running text stand. */
function sentences(text: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  let fenced = false;
  let at = 0;
  for (const line of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    else if (!fenced && /^(?:[-*+] |\d+\. )?[A-Z][^|<>]{50,}/.test(line)) {
      for (const match of line.matchAll(/[A-Z][^.!?:]{24,}[.!?](?=\s|$)/g)) found.push({ start: at + match.index, end: at + match.index + match[0].length });
    }
    at += line.length + 1;
  }
  return found;
}

function cutDocument(body: string): void {
  const finish = pick(['stop', 'length']);
  const found = sentences(body);
  if (found.length > 1) {
    const { start, end } = pick(found.slice(1));
    const inside = body.slice(start, end - 1);
    const words = [...inside.matchAll(/\s/g)].map((match) => match.index).slice(2);
    if (words.length > 0) cut('mid-sentence', body.slice(0, start + pick(words)), finish);
    const letters = [...inside.matchAll(/\w(?=\w)/g)].map((match) => match.index + 1).filter((at) => at > 15);
    if (letters.length > 0) cut('mid-word', body.slice(0, start + pick(letters)), finish);
    cut('sentence-end', body.slice(0, end), 'length');
  }
  const fences = [...body.matchAll(/^```\w+\n((?:(?!```).*\n){2,})```/gm)];
  if (fences.length > 0) {
    const fence = pick(fences);
    const newlines = [...fence[0].matchAll(/\n/g)].map((match) => match.index).slice(1, -1);
    if (newlines.length > 0) cut('in-fence', body.slice(0, fence.index + pick(newlines)), finish);
  }
  const colons = [...body.matchAll(/^[A-Z][^\n`|<>]{20,}:\n\n?(?=```|[-*] |1\. )/gm)];
  if (colons.length > 0) {
    const colon = pick(colons);
    cut('behind-colon', body.slice(0, colon.index + colon[0].trimEnd().length), finish);
  }
  const items = [...body.matchAll(/^[-*] (?=[A-Z][^\n]{40,}\n[-*] )/gm)];
  if (items.length > 1) {
    const item = pick(items.slice(1));
    cut('empty-item', body.slice(0, item.index + 1), finish);
  }
}

const LANGUAGES = ['cs', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt-br', 'ru', 'tr', 'zh-cn', 'zh-tw'];
const STOP = /[.!?。！？]$/;

function foreign(language: string, answers: number): void {
  const file = join(MODULES, 'typescript/lib', language, 'diagnosticMessages.generated.json');
  const told = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>).map((text) => text.replace(/\{\d\}/g, () => pick(['name', 'value', 'index', '7'])));
  const ended = told.filter((text) => STOP.test(text) && text.length > 30 && text.length < 300 && !/[:：]/.test(text));
  const open = told.filter((text) => !STOP.test(text) && !/[:：]$/.test(text) && text.length > 12 && text.length < 120);
  const spaced = !/^(?:ja|zh)/.test(language);
  for (let at = 0; at < answers; at += 1) {
    const some = shuffled(ended).slice(0, 3 + random(4));
    const joined = some.join(spaced ? ' ' : '');
    whole(`${language}-paragraph`, joined);
    whole(`${language}-paragraphs`, some.join('\n\n'));
    whole(`${language}-list`, some.map((text, index) => `${index + 1}. ${text}`).join('\n'));
    if (open.length > 10) whole(`${language}-titles`, shuffled(open).slice(0, 4).map((text) => `- ${text}`).join('\n'));
    const last = some.at(-1) as string;
    const before = joined.slice(0, joined.length - last.length);
    const from = Math.min(12, last.length - 10);
    cut(`${language}-anywhere`, before + last.slice(0, from + random(last.length - from - 4)).trimEnd(), pick(['stop', 'stop', 'length']));
  }
}

for (const root of [MODULES, ...values.docs]) {
  for (const file of shuffled(markdown(root, 3))) {
    const parts = shuffled(sections(readFileSync(file, 'utf8'))).slice(0, 6);
    for (const body of parts) {
      whole('document', body);
      if (random(2) === 0) cutDocument(body);
    }
  }
}
for (const language of LANGUAGES) foreign(language, 12);
for (const { tier, text, prompt } of WHOLE) whole(`answer-${tier}`, text, prompt);
for (const { tier, text, prompt, finish } of CUT) cut(`answer-${tier}`, text, finish ?? 'stop', prompt);

mkdirSync(values.out, { recursive: true });
for (const type of ['clean', 'incomplete_reasoning'] as const) {
  const lines = cases.filter((each) => each.type === type).map((each) => `${JSON.stringify(each)}\n`);
  writeFileSync(join(values.out, `${type}.jsonl`), lines.join(''));
  process.stdout.write(`${type}: ${lines.length} cases\n`);
}
