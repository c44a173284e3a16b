import type { Fact } from '../rules/rule-set.js';
import type { RequestText } from '../truth/request-texts.js';
import { isDenied, readClause } from './fact-named-clause.js';
import { Statements } from './fact-named-statements.js';
import { excludes, knownNameAt, type NamedValue, namedValues } from './fact-named-value.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Words behind which a value in words is looked for. */
const BEFORE: ReadonlySet<string> = new Set('is are to called named in under by on uses the an with as'.split(' '));
const OPENERS = '`"“\'*';
const MOST_OPENERS = 3;

/** The first place at or behind `from` where a value in words may begin, -1: nowhere. 16 units before it are enough. */
export function nextNamed(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (!isLetter(unit) && unit !== 0x2d && unit !== 0x40) continue;
    let left = at - 1;
    while (left >= 0 && at - 1 - left < MOST_OPENERS && OPENERS.includes(text.charAt(left))) left -= 1;
    if (left < 1) continue;
    const sign = text.charAt(left);
    if (text.charAt(at - 1) === '`' && sign === ' ') return at;
    if (sign === '=' || sign === '|' || sign === ':') return at;
    if (sign !== ' ') continue;
    let start = left;
    while (start > 0 && left - start < 8 && isLetter(text.charCodeAt(start - 1))) start -= 1;
    if (start === left ? ':=|→*`'.includes(text.charAt(left - 1)) : BEFORE.has(text.slice(start, left).toLowerCase())) return at;
  }
  return -1;
}

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
}

/** Values in words: what the operator's facts and the request itself give a subject's attribute, against what the answer gives it. */
export class NamedFacts {
  readonly #statements: Statements;
  /** Wrong values that were replaced in this answer, with what stands there now. */
  readonly #wrong = new Map<string, { readonly expected: string; readonly kind: string }>();

  constructor(facts: readonly Fact[], texts: readonly RequestText[]) {
    this.#statements = new Statements(facts, texts);
  }

  get empty(): boolean {
    return this.#statements.empty;
  }

  /** Of a value that begins at the window's place. */
  check(window: FactWindow): Claim | null {
    if (window.fenced || this.empty) return null;
    const { left, text, at } = window;
    const clause = readClause(left);
    if (clause === null || !this.#statements.mayKnow(clause)) return this.#repeated(window);
    const closer = CLOSERS[text.charAt(at - 1)];
    const written = closer === undefined ? this.#bare(window) : enclosed(window, closer);
    if (window.short || written === null) return null;
    const end = at + written.length;
    if (!ends(window, end, clause.verb === 'uses') || window.short) return null;
    for (const said of namedValues(written, closer !== undefined)) {
      const entry = this.#statements.find(clause, said);
      if (entry === null) continue;
      const right = entry.values.find(({ kind }) => kind === said.kind) as NamedValue;
      if (!excludes(right, said) || (entry.source === 'request' && this.#statements.mentions(written))) return null;
      if (this.#wrong.size < MOST_WRONG) this.#wrong.set(written, { expected: right.text, kind: said.kind });
      return { start: at, end, expected: right.text, confidence: entry.source === 'request' ? 0.8 : 0.95, strategy: 'replace', reason: entry.source === 'request' ? 'request' : 'operator_fact' };
    }
    return null;
  }

  /** A wrong value that the answer names again: `the master branch`, or a switch or a code, which are names of one thing alone. */
  #repeated(window: FactWindow): Claim | null {
    if (this.#wrong.size === 0 || isDenied(window.left)) return null;
    const { text, at } = window;
    for (const [written, { expected, kind }] of this.#wrong) {
      if (!written.startsWith(text.slice(at, Math.min(at + written.length, window.limit)))) continue;
      const ahead = window.ahead(at, written.length + MOST_BEHIND);
      if (window.short) return null;
      const behind = ahead.slice(written.length).replace(/^[`"”'*]{0,3}/, '');
      const noun = kind.startsWith('group:') ? NOUN[kind.slice(6)] : /^(?:[.,;:!)]|\s|$)/;
      if (!ahead.startsWith(written) || noun?.test(behind) !== true) continue;
      return { start: at, end: at + written.length, expected, confidence: 0.8, strategy: 'replace', reason: 'repeated_result' };
    }
    return null;
  }

  #bare(window: FactWindow): string | null {
    const ahead = window.ahead(window.at, MOST_VALUE);
    const known = knownNameAt(ahead);
    if (known !== null) return known;
    const token = /^(?:--?[A-Za-z][\w-]*|[A-Z][A-Z0-9_]{3,}|\p{Lu}[\p{L}'’-]+(?: \p{Lu}\.?[\p{L}'’-]*){1,3})/u.exec(ahead)?.[0] ?? null;
    return token === null || token.length >= MOST_VALUE ? null : token;
  }
}


/** Wrong values that are kept of one answer. */
const MOST_WRONG = 16;
/** What names a value of a group as the one of its subject. */
const NOUN: Readonly<Record<string, RegExp>> = { branch: /^ branch\b/, licence: /^ licen[cs]e\b/, database: /^ (?:database|server|instance)\b/, language: /^ (?:source|code|project)\b/, 'log level': /^ level\b/, queue: /^ (?:queue|broker)\b/ };
const CLOSERS: Readonly<Record<string, string>> = { '`': '`', '"': '"', '“': '”', '*': '*', "'": "'" };
/** Units that a value in words may take. */
const MOST_VALUE = 48;

function enclosed(window: FactWindow, closer: string): string | null {
  const ahead = window.ahead(window.at, MOST_VALUE);
  const end = ahead.indexOf(closer);
  // What closes has come: nothing more is needed to know the value.
  if (end >= 0) window.settle();
  return end <= 0 ? null : ahead.slice(0, end);
}

/** Nothing behind the value takes it back or narrows it: the sentence ends there, or goes on with something else. */
function ends(window: FactWindow, end: number, used: boolean): boolean {
  const behind = window.ahead(end, MOST_BEHIND).replace(/^[`"”'*_]{0,4}/, '');
  if (used) return /^ as (?:its|the|their) \w/.test(behind) || /^[.;!](?:\s|$)|^$/.test(behind);
  return /^(?:\s*$|[.;!](?:\s|$)|,? (?:licen[cs]e|database|branch|queue|region)\b(?:[.;,!]|$)|\s?\||, (?!(?:or|but|and|if|unless|when|except|in|for|on|during|while|then|not|though|although|depending|at least|until)\b))/i.test(behind);
}

/** Units behind a value that decide whether it is stated plainly. */
const MOST_BEHIND = 28;
