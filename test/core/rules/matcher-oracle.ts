import type { PatternRule } from '../../../src/core/rules/rule-set.js';
import { compileMatcher } from '../../../src/core/rules/matcher.js';

/** A rule with the usual defaults. */
export function rule(match: 'literal' | 'regex', value: string, flags = '', more: Partial<PatternRule> = {}): PatternRule {
  return {
    id: value, match, value, flags, word: false, replacement: '', expand: false, type: 'pattern_match',
    confidenceThreshold: 0, scopes: ['prose'], models: null, ...more,
  };
}

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  readonly groups: readonly (string | undefined)[] | null;
}

/** The regular expression that says what a rule means. */
export function nativeOf(one: PatternRule): RegExp {
  if (one.match === 'regex') return new RegExp(one.word ? `\\b(?:${one.value})\\b` : one.value, `${one.flags.replace('u', '')}uy`);
  const word = one.flags.includes('i') ? /^[\w\u017f\u212a]$/u : /^\w$/u;
  const escaped = one.value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const before = one.word && word.test(one.value.charAt(0)) ? '\\b' : '';
  const after = one.word && word.test(one.value.charAt(one.value.length - 1)) ? '\\b' : '';
  return new RegExp(before + escaped + after, `${one.flags.replace('u', '')}uy`);
}

/** Whether a position does not cut a surrogate pair. */
export function isBoundary(text: string, at: number): boolean {
  return !(/^[\ud800-\udbff]$/.test(text.charAt(at - 1)) && /^[\udc00-\udfff]$/.test(text.charAt(at)));
}

/**
 * The contract read literally, on the whole text. `continuations` serve small limits: an offer counts only if the text
 * cut `holdChars` behind its start gives the same result whatever follows; they stand for "whatever".
 */
export function oracle(
  rules: readonly PatternRule[], text: string, holdChars = Infinity, continuations: readonly string[] = [],
  applies: (rule: number, start: number) => boolean = () => true,
): Found[] {
  const natives = rules.map(nativeOf);
  const found: Found[] = [];
  let at = 0;
  while (at < text.length) {
    let best: Found | null = null;
    if (isBoundary(text, at)) {
      for (const [index, native] of natives.entries()) {
        const offer = offerAt(native, text, at, holdChars, continuations);
        if (offer === null || offer[0] === '' || !applies(index, at)) continue;
        const end = at + offer[0].length;
        if (best === null || end > best.end) best = { start: at, end, rule: index, groups: rules[index]?.expand === true ? [...offer] : null };
      }
    }
    if (best === null) at++;
    else {
      found.push(best);
      at = best.end;
    }
  }
  return found;
}

function offerAt(native: RegExp, text: string, at: number, holdChars: number, continuations: readonly string[]): RegExpExecArray | null {
  native.lastIndex = at;
  const here = native.exec(text);
  if (at + holdChars > text.length || here === null) return here;
  // Characters are read whole: a high surrogate that is the last unit within the limit tells nothing yet.
  const cut = text.slice(0, at + holdChars).replace(/[\ud800-\udbff]$/, '');
  for (const more of continuations) {
    native.lastIndex = at;
    if (native.exec(cut + more)?.[0] !== here[0]) return null;
  }
  return here;
}

/** Runs the matcher over pieces; also gives the frontier behind each. */
export function run(
  rules: readonly PatternRule[], pieces: readonly string[], holdChars = 4096,
  applies: (rule: number, start: number) => boolean = () => true,
): { matches: Found[]; frontiers: number[]; takenAt: number[] } {
  const { matcher, faults } = compileMatcher(rules, { holdChars });
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('; '));
  const matches: Found[] = [];
  const frontiers: number[] = [];
  const takenAt: number[] = [];
  const running = matcher?.start(applies);
  if (running === undefined) return { matches, frontiers, takenAt };
  let length = 0;
  for (const piece of pieces) {
    length += piece.length;
    frontiers.push(running.push(piece));
    for (const match of running.take()) {
      matches.push({ ...match });
      takenAt.push(length);
    }
  }
  frontiers.push(running.end());
  for (const match of running.take()) {
    matches.push({ ...match });
    takenAt.push(Infinity);
  }
  return { matches, frontiers, takenAt };
}
