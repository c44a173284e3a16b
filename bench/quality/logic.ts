/**
 * Writes evaluation cases for contradictions (CONTRACT section 6): answers written for this project, real documentation with one of its
 * sentences told again the other way round, and the same documentation unchanged as clean texts.
 * Run: node --import tsx bench/quality/logic.ts --out DIR [--seed N]; then hotpatch eval --cases DIR
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTRADICTIONS, NEAR_MISSES } from './logic-cases.js';
import * as chat from './logic-chat.js';
import * as chatNear from './logic-chat-near.js';
import * as fresh from './logic-fresh.js';
import * as second from './logic-second.js';
import { installedProse } from './prose.js';

const { values } = parseArgs({ options: { out: { type: 'string' }, seed: { type: 'string', default: '1' } } });
if (values.out === undefined) throw new Error('--out DIR is missing');
const out = values.out;
let state = Number(values.seed) >>> 0;

function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

interface Case {
  readonly id: string;
  readonly type: 'logic_contradiction' | 'clean';
  readonly tier: string;
  readonly context: { readonly done_reason: 'stop' };
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly detected: string; readonly expected: null }[];
  readonly clean_for: readonly string[];
}

function contradiction(id: string, tier: string, text: string, later: string): Case {
  const start = text.lastIndexOf(later);
  return { id, type: 'logic_contradiction', tier, context: { done_reason: 'stop' }, text, spans: [{ start, end: start + later.length, detected: later, expected: null }], clean_for: [] };
}

function clean(id: string, tier: string, text: string): Case {
  return { id, type: 'clean', tier, context: { done_reason: 'stop' }, text, spans: [], clean_for: ['logic_contradiction'] };
}

function written(set: string, cases: typeof CONTRADICTIONS, near: typeof NEAR_MISSES): Case[] {
  const hits = cases.map(([tier, marked], at) => {
    const text = marked.replace(/[«»]/g, '');
    // Where no sentence is marked it is the last line, as the item too many.
    const later = /«([^»]*)»/.exec(marked)?.[1] ?? text.trim().split('\n').at(-1) ?? '';
    return contradiction(`${set}-hit-${at}`, `${set}-${tier}`, text, later);
  });
  return [...hits, ...near.map((text, at) => clean(`${set}-near-${at}`, `${set}-near`, text))];
}

/** One sentence the other way round; null: this way does not apply. */
const TURNS: readonly (readonly [string, (sentence: string) => string | null])[] = [
  ['negated', (sentence) => turn(sentence, / (is|are|can|will|does) (?!not\b|n't|no\b|only\b|also\b|possibl)/, (_, verb) => ` ${verb} not `)],
  ['affirmed', (sentence) => turn(sentence, / (is|are|will|does) not /, (_, verb) => ` ${verb} `)],
  ['antonym', (sentence) => turn(sentence, /\b(required|enabled|supported|valid|synchronous|faster|larger|always|increases)\b/, (_, word) => OPPOSITES[word as keyof typeof OPPOSITES])],
  ['number', (sentence) => turn(sentence, / (\d{2,5})(?= (?!is|and|or)[a-z]+)/, (_, number) => ` ${Number(number) * 2 + 3}`)],
];
const OPPOSITES = { required: 'optional', enabled: 'disabled', supported: 'unsupported', valid: 'invalid', synchronous: 'asynchronous', faster: 'slower', larger: 'smaller', always: 'never', increases: 'decreases' } as const;

function turn(sentence: string, pattern: RegExp, put: (all: string, word: string) => string): string | null {
  return pattern.test(sentence) ? sentence.replace(pattern, put) : null;
}

const SENTENCE = /(?<=^|[.!] )[A-Z][a-z]+ [^.!?\n|`*:"()[\]]{50,160}\.(?= |$)/gm;
const UNFIT = /^(?:If|When|Unless|This|That|These|It|They|You|We|Note|For|In|As|See|While|There|Such)\b|\b(?:if|when|unless|may|might|can be|without)\b/;

function documents(): Case[] {
  const cases: Case[] = [];
  installedProse().forEach(({ source, text }, at) => {
    cases.push(clean(`doc-${at}`, 'doc', text.slice(0, MAX_TEXT)));
    const fit = (text.slice(0, MAX_TEXT / 2).match(SENTENCE) ?? []).filter((sentence) => !UNFIT.test(sentence));
    const [name, make] = TURNS[at % TURNS.length] as (typeof TURNS)[number];
    const turned = fit.map((sentence) => [sentence, make(sentence)] as const).filter((pair): pair is readonly [string, string] => pair[1] !== null);
    const pair = turned[random(turned.length)];
    if (pair === undefined) return;
    const [sentence, later] = pair;
    const end = text.indexOf(sentence) + sentence.length;
    // A paragraph of the document around it, and the sentence again at its end.
    const around = text.slice(Math.max(0, text.lastIndexOf('\n\n', end - 1)), text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end)).trim();
    cases.push(contradiction(`turned-${source}`, `turned-${name}`, `${around}\n\n${later}\n`, later));
  });
  return cases;
}

const MAX_TEXT = 20_000;

mkdirSync(out, { recursive: true });
for (const [name, cases] of [['first', written('first', CONTRADICTIONS, NEAR_MISSES)], ['fresh', written('fresh', fresh.CONTRADICTIONS, fresh.NEAR_MISSES)], ['chat', written('chat', chat.CONTRADICTIONS, chatNear.NEAR_MISSES)], ['second', written('second', second.CONTRADICTIONS, second.NEAR_MISSES)], ['documents', documents()]] as const) {
  writeFileSync(join(out, `${name}.jsonl`), `${cases.map((one) => JSON.stringify(one)).join('\n')}\n`);
  console.log(`${name}: ${cases.filter(({ type }) => type !== 'clean').length} contradictions, ${cases.filter(({ type }) => type === 'clean').length} clean`);
}
