// What incorrect_fact costs for a token: node --import tsx bench/core/facts.bench.ts
import { readFileSync } from 'node:fs';
import { incorrectFact } from '../../src/core/detect/incorrect-fact.js';
import { EMPTY_RULES } from '../../src/core/rules/compile.js';
import { nothingKnown } from '../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../src/core/truth/request-context.js';
import { uniformModes } from '../../src/core/types.js';

const PROSE = 'The reader keeps what it has seen, and lets the rest go as soon as nothing can begin there. A word that is complete is not looked at again, which makes long answers cheap. ';
const NUMBERS = 'In 2021 the team of 14 people moved 3,200 files to port 8080 and saw 12 errors; 5 + 7 = 12 of them were HTTP 404 Not Found. ';
const TEXTS: readonly (readonly [string, string])[] = [
  ['prose', PROSE.repeat(600)],
  ['numbers', NUMBERS.repeat(800)],
  ['document', readFileSync(new URL('../../DESIGN.md', import.meta.url), 'utf8').repeat(4)],
];
const ROUNDS = 7;

function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,5}/g) ?? [];
}

/** Microseconds of CPU a token, tokens held at their end, and what was found, so that the work is not done in vain. */
function run(tokens: readonly string[]): { readonly us: number; readonly held: number; readonly found: number } {
  const context = { truth: nothingKnown, rules: EMPTY_RULES, request: EMPTY_REQUEST, modes: uniformModes('correct'), holdChars: 4_096 };
  const detector = incorrectFact.start(context, 'prose');
  if (detector === null) throw new Error('the detector does not start');
  let [length, held, found] = [0, 0, 0];
  const begun = process.cpuUsage();
  for (const fresh of tokens) {
    length += fresh.length;
    const frontier = detector.advance({ text: '', base: 0, fresh, ended: false, finish: null }, () => { found += 1; });
    if (frontier < length) held += 1;
  }
  const { user, system } = process.cpuUsage(begun);
  return { us: (user + system) / tokens.length, held: held / tokens.length, found };
}

for (const [name, text] of TEXTS) {
  const tokens = tokensOf(text);
  const runs = Array.from({ length: ROUNDS }, () => run(tokens)).sort((a, b) => a.us - b.us);
  const middle = runs[ROUNDS >> 1];
  if (middle !== undefined) console.log(`${name}: ${middle.us.toFixed(2)} us a token, ${(middle.held * 100).toFixed(1)} % held, ${middle.found} found`);
}
