/** What the matcher costs on prose in which nothing matches, to make and to keep. Run: node --expose-gc --import tsx bench/core/matcher.bench.ts */
import { compileMatcher } from '../../src/core/rules/matcher.js';
import type { PatternRule } from '../../src/core/rules/rule-set.js';

const WORDS = (
  'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all ' +
  'her she there would their we him been has when who will no more if out so up said what its about than into them can only other ' +
  'time new some could these two may first then do any like my now over such our man me even most made after also did many off before ' +
  'must well back through years where much your way down should because long each just state people those too mr how little good world'
).split(' ');

let seed = 7;
function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

function prose(chars: number): string {
  const parts: string[] = [];
  for (let length = 0; length < chars; ) {
    const word = WORDS[random(WORDS.length)] ?? 'the';
    const end = random(12) === 0 ? '. ' : random(20) === 0 ? ', ' : ' ';
    parts.push(word, end);
    length += word.length + end.length;
  }
  return parts.join('').slice(0, chars);
}

function word(): string {
  return Array.from({ length: 5 + random(8) }, () => 'etaoinshrdlucmfwypvbgkqjxz'[random(26)]).join('');
}

function rule(match: 'literal' | 'regex', value: string, flags = '', whole = false): PatternRule {
  return {
    id: value, match, value, flags, word: whole, replacement: '', expand: false, type: 'pattern_match',
    confidenceThreshold: 0, scopes: ['prose'], models: null,
  };
}

function literals(count: number, flags = '', whole = false): PatternRule[] {
  return Array.from({ length: count }, () => rule('literal', `${word()} ${word()}x`, flags, whole));
}

function regexes(count: number): PatternRule[] {
  const shapes = [
    (): string => `\\b${word()}(?:ing|ed)?\\s+${word()}\\b`,
    (): string => `${word()}-\\d{2,4}`,
    (): string => `\\$\\d+(?:,\\d{3})*(?:\\.\\d{2})? ${word()}`,
    (): string => `\\b(?:${word()}|${word()}) +key\\b`,
    (): string => `#[0-9a-f]{6}${word()}`,
    (): string => `(?<!\\w)${word()}(?=[\\s,;])`,
  ];
  return Array.from({ length: count }, (_, i) => rule('regex', (shapes[i % shapes.length] ?? word)(), i % 2 === 0 ? 'i' : ''));
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

/** What is in use, without what is only waiting to be collected where `--expose-gc` lets us. */
function usedMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

function measure(name: string, rules: readonly PatternRule[]): void {
  const emptyMb = usedMb();
  const before = performance.now();
  const { matcher, faults } = compileMatcher(rules, { holdChars: 4_096 });
  const compileMs = performance.now() - before;
  if (matcher === null || faults.length > 0) throw new Error(`${name}: ${faults[0]?.message ?? 'nothing compiled'}`);
  const mb = usedMb() - emptyMb;
  const text = prose(2_000_000);
  const figures = [5, 4_096].map((size) => {
    const pieces = cut(text, size);
    const times = Array.from({ length: 5 }, () => {
      const run = matcher.start(() => true);
      const start = performance.now();
      for (const piece of pieces) run.push(piece);
      run.end();
      return ((performance.now() - start) * 1e6) / text.length;
    });
    return Math.min(...times).toFixed(1);
  });
  console.log(`${name.padEnd(34)} compile ${compileMs.toFixed(0).padStart(5)} ms, ${mb.toFixed(1).padStart(5)} MB   pieces of 5: ${figures[0] ?? ''} ns/char   of 4096: ${figures[1] ?? ''} ns/char`);
}

for (const count of [10, 1_000, 10_000]) {
  measure(`${String(count)} literals`, literals(count));
  measure(`${String(count)} literals, i, word`, literals(count, 'i', true));
}
for (const count of [100, 1_000]) measure(`${String(count)} regexes`, regexes(count));
measure('10,000 literals and 1,000 regexes', [...literals(5_000), ...literals(5_000, 'i', true), ...regexes(1_000)]);
