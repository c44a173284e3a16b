import { VERSIONED, type VersionFact } from '../truth/facts-versions.js';
import type { Claim, FactWindow } from './fact-window.js';

const INTRO = String.raw`(?:introduced|added|brought|arrived|landed|shipped|included|debuted|launched|came|appeared|standardi[sz]ed|became available|made available|available|supported|stabili[sz]ed|new|released)`;
/** Between a feature and the product: who brought it, since when. */
const AFTER_FEATURE = new RegExp(String.raw`^[\x60"'*)]{0,3}(?: (?:syntax|feature|operator|keyword|support|module|API|proposal|were|was|are|is|has been|have been|which|that|first|officially|natively|only|as a feature|a feature|to the language|to the standard|finally|been|also|all|literals|expressions)|,| \(|${` ${INTRO}`})*? ?(?:${INTRO}|\(|require[sd]?|needs?|(?:as )?part of)(?: (?:in|with|since|as of|from|starting with|starting in|to|by|into|first in|natively in|natively since|at least|version))* $`, 'i');
/** Between the version and a feature behind it. */
const BEFORE_FEATURE = new RegExp(String.raw`^(?:\.0)?[\x60*]{0,3} (?:(?:also|first|officially|finally) )?(?:introduced|added|brought(?: us)?|came with|shipped with|shipped|launched|debuted|introduces|adds|gave us|includes? support for|added support for|saw the introduction of)(?: (?:the|support for|native|new|built-in|so-called|concept of|a|an))*[ \x60*"]{1,3}$`, 'i');
/** "In Python 3.8, the walrus operator was introduced". */
const OPENED = /(?:^|[.!?:;]\s|\()\s*(?:-\s|\*\s)?(?:In|Since|As of|With|Starting with|Starting in|From) (?:version )?$/;
const THEN = new RegExp(String.raw`^(?:\.0)?,? (?:the |support for |native )?[\x60*"]{0,3}$`, 'i');
const THEN_INTRO = new RegExp(String.raw`^[\x60*"]{0,3}(?: (?:syntax|operator|keyword|support|feature))? (?:was|were|has been|have been|became) (?:officially |finally |first )?(?:${INTRO})`, 'i');
const DENIED = /\b(?:not|n['’]t|never|before|until|prior|without|unlike|instead|older|lower|below|polyfill\w*|transpil\w*|babel|target\w*|preview|experimental|flag|drop\w*|remov\w*|deprecat\w*|improv\w*|extend\w*|enhanc\w*|chang\w*|if|backport\w*|future|pep|jep|nested|better|final|proposed)\b/i;

interface Prepared {
  readonly before: RegExp;
  readonly facts: readonly { readonly fact: VersionFact; readonly pattern: RegExp }[];
}

const PREPARED: readonly Prepared[] = VERSIONED.map(({ before, facts }) => ({
  before: new RegExp(String.raw`(?<![\p{L}\p{N}_.-])${before}(?:version )?[\x60*]{0,2}$`, 'u'),
  facts: facts.map((fact) => ({ fact, pattern: new RegExp(String.raw`(?<![\p{L}\p{N}_.-])(?:${fact.feature})(?![\p{L}\p{N}_-])`, 'iu') })),
}));

/** What may stand right before a version: the cheap question. */
const PRODUCT_END = /(?:[nratePo#st5EsKLv] |S|\+|version |t |v|\* ?|`)$/;

/** Whether a product stands before the number at hand, whose versions are known. */
export function mayBeVersion({ left, fenced }: FactWindow): boolean {
  return !fenced && PRODUCT_END.test(left) && PREPARED.some(({ before }) => before.test(left.slice(-24)));
}

/** A version that did not bring the feature the sentence gives to it: `f-strings were added in Python 3.5`. */
export function checkVersion(window: FactWindow, end: number): Claim | null {
  const { left, text, at } = window;
  if (window.fenced || !PRODUCT_END.test(left)) return null;
  const product = PREPARED.find(({ before }) => before.test(left.slice(-24)));
  if (product === undefined) return null;
  const version = text.slice(at, end);
  if (!/^\d+(?:\.\d+){0,2}$/.test(version)) return null;
  const name = product.before.exec(left.slice(-24))?.[0] ?? '';
  const sentence = left.slice(0, left.length - name.length).replace(/^.*[.!?;]["'”’)]?\s+(?=\S)/s, '');
  const behind = window.ahead(end, MOST_BEHIND);
  // A letter behind the number makes it something else: `ES5-style`, `3.x`.
  if (/^(?:[-\w]|\.[\dx])/.test(behind)) return null;
  if (window.short) return null;
  return featureBefore(window, end, product, version, sentence) ?? featureBehind(window, end, product, version, left.slice(0, left.length - name.length));
}

const MOST_BEHIND = 2;
/** Units behind a version in which a feature is looked for. */
const MOST_FEATURE = 72;

function featureBefore(window: FactWindow, end: number, product: Prepared, version: string, sentence: string): Claim | null {
  if (sentence.length < 6 || sentence.length > 160) return null;
  for (const { fact, pattern } of product.facts) {
    const match = pattern.exec(sentence);
    if (match === null) continue;
    const gap = sentence.slice(match.index + match[0].length);
    if (!AFTER_FEATURE.test(gap) || DENIED.test(sentence)) continue;
    if (/^ ?(?:or|and|and later)? ?(?:preview|experimental|flag|beta|behind)/i.test(window.ahead(end, 14))) return null;
    return judged(window, end, fact, version);
  }
  return null;
}

function featureBehind(window: FactWindow, end: number, product: Prepared, version: string, before: string): Claim | null {
  const opened = OPENED.test(before) || before.trim() === '';
  const verb = /^(?:\.0)?[`*]{0,3},? [a-zA-Z]?/.test(window.ahead(end, 3));
  if (!verb || window.short) return null;
  // Read on only where a verb of bringing, or a comma behind "In Python 3.8", stands.
  const next = window.ahead(end, 14);
  if (window.short) return null;
  if (!/^(?:\.0)?[`*]{0,3} (?:also|first|officially|finally|intro|added|adds|brought|came|shipped|launched|debuted|gave|include|saw)/i.test(next) && !(opened && /^(?:\.0)?, /.test(next))) return null;
  const rest = window.ahead(end, MOST_FEATURE);
  for (const { fact, pattern } of product.facts) {
    const match = pattern.exec(rest);
    if (match === null) continue;
    const gap = rest.slice(0, match.index);
    const behind = rest.slice(match.index + match[0].length);
    const direct = BEFORE_FEATURE.test(gap) && !/^[`*"]{0,3} (?:for|to|in|improve|on|with)\b/.test(behind);
    if (!direct && !(opened && THEN.test(gap) && THEN_INTRO.test(behind))) continue;
    if (DENIED.test(before.slice(-60)) || DENIED.test(rest.slice(0, match.index + match[0].length + 20))) return null;
    return judged(window, end, fact, version);
  }
  return null;
}

function judged(window: FactWindow, end: number, fact: VersionFact, version: string): Claim | null {
  const right = fact.versions[0];
  // A version that says less is no other version, nor is one that says more.
  if (right === undefined || fact.versions.some((one) => one === version || one.startsWith(`${version}.`) || version.startsWith(`${one}.`))) return null;
  const year = /^(?:19|20)\d\d$/.test(version);
  const expected = year === /^(?:19|20)\d\d$/.test(right) ? right : (fact.versions.find((one) => /^(?:19|20)\d\d$/.test(one) === year) ?? right);
  return { start: window.at, end, expected, confidence: 0.88, strategy: window.inline ? 'report' : 'replace', reason: 'version' };
}
