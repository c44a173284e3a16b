import type { Fact } from '../rules/rule-set.js';
import { EndIndex, SubjectIndex } from './fact-index.js';
import type { Claim, FactWindow } from './fact-window.js';

/** One fact of the operator, ready to be looked for. */
interface Stated {
  readonly subject: string;
  readonly pattern: RegExp;
  readonly attribute: RegExp;
  /** The attribute right before its value. */
  readonly ends: RegExp;
  /** The one word of `ends`, in the singular; null: several. */
  readonly endWord: string | null;
  readonly before: string;
  readonly value: string;
  readonly behind: string;
}

/** Facts that are looked at; of more, the first. */
const MOST_FACTS = 2_000;
/** Units between what is spoken of and its value. */
const MOST_GAP = 48;
const NUMERIC = /^(?<before>[A-Za-z$€£][A-Za-z-]*[ -]?|[$€£])?(?<value>v?\d[\d,]*(?:\.\d+)*)(?<behind> ?[%\p{L}°][\p{L}/ ]{0,24})?$/u;
const DENIED = /\b(?:not|never|n['’]t|instead|rather|wrong|incorrect|unlike|custom|whereas|than|if|unless|before|after|previous\w*|former\w*|old|was|were|at least|at most|more|less|up to|over|under|about|approximately|from|between|and|or|but|minus|plus)\b|[;=<>]/i;
/** Between a value and the subject behind it: `port 5433 is the default for the gateway`, `RFC 7230 (HTTP/1.1)`. */
const TO_SUBJECT = /^[`*]{0,3}(?: ?\(|,? (?:which )?(?:is|are|for|of|defines|specifies|describes|standardi[sz]es|covers)\b|,| –| -|:)[\w '’*`]{0,36}$/;
const SYNONYMS: Readonly<Record<string, string>> = {
  port: String.raw`ports?|listens? on|listening on|runs? on`,
  rfc: String.raw`RFC`,
  released: String.raw`year|released?|appeared|introduced|created|launched|published|founded|established|announced|debuted`,
  release: String.raw`year|released?|appeared|introduced|created|launched|published|founded|established|announced|debuted`,
  appeared: String.raw`year|released?|appeared|introduced|created|launched|published`,
  founded: String.raw`founded|established|created|started|formed`,
  length: String.raw`length|long|spans?|stretch(?:es)?`,
  height: String.raw`height|high|tall`,
  population: String.raw`population|people|inhabitants|residents`,
  timeout: String.raw`time-?outs?|times? out`,
  limit: String.raw`limits?|limited|maximum|at most|max`,
  maximum: String.raw`limits?|limited|maximum|max`,
  default: String.raw`defaults?`,
  year: String.raw`year|released?|appeared|introduced|created|launched|published|founded|established`,
  version: String.raw`versions?|v|releases?`,
  price: String.raw`prices?|costs?|priced`,
  date: String.raw`date|on`,
};

/** How sure a verdict is that rests on a fact of the operator's. */
const CONFIDENCE = 0.95;

/** A sentence that gives a subject's attribute another number than the operator's facts do. */
export class StatedFacts {
  readonly #facts: readonly Stated[];
  readonly #subjects: SubjectIndex<Stated>;
  readonly #ends: EndIndex;
  /** The sentence asked about last, what it names, and whether it ends with an attribute: one number asks twice. */
  #asked = '';
  #named: readonly Stated[] = [];
  #ended = false;

  constructor(facts: readonly Fact[]) {
    this.#facts = facts.filter(({ threshold = 0 }) => CONFIDENCE >= threshold).slice(0, MOST_FACTS).flatMap((fact) => prepared(fact));
    this.#subjects = new SubjectIndex(this.#facts);
    this.#ends = new EndIndex(this.#facts);
  }

  get empty(): boolean {
    return this.#facts.length === 0;
  }

  /** Whether the sentence before the number at hand speaks of one of them. */
  mayCheck({ left }: FactWindow): boolean {
    if (this.empty) return false;
    this.#read(sentenceOf(left));
    return this.#ended || this.#named.length > 0;
  }

  check(window: FactWindow, numberEnd: number): Claim | null {
    if (this.empty) return null;
    const sentence = sentenceOf(window.left);
    this.#read(sentence);
    const behind = this.#ended && !DENIED_BEFORE.test(sentence.slice(-60)) ? this.#subjects.find(window.ahead(numberEnd, MOST_GAP)) : [];
    return checkFacts(window, numberEnd, sentence, [...this.#named, ...behind.filter((fact) => !this.#named.includes(fact))]);
  }

  /** The same with every fact asked: what the index is held against in tests. */
  checkAll(window: FactWindow, numberEnd: number): Claim | null {
    return checkFacts(window, numberEnd, sentenceOf(window.left), this.#facts);
  }

  #read(sentence: string): void {
    if (sentence === this.#asked) return;
    this.#asked = sentence;
    this.#named = this.#subjects.find(sentence).filter(({ pattern }) => pattern.test(sentence));
    this.#ended = this.#ends.matches(sentence);
  }
}

function checkFacts(window: FactWindow, numberEnd: number, sentence: string, facts: readonly Stated[]): Claim | null {
  const { text, at } = window;
  let claim: Claim | null = null;
  for (const fact of facts) {
    const value = readValue(text.slice(at, numberEnd), fact.value);
    if (value === null || !(speaksOf(sentence, fact) || subjectBehind(window, numberEnd, sentence, fact))) continue;
    if (fact.behind !== '' && !window.ahead(numberEnd, fact.behind.length).toLowerCase().startsWith(fact.behind.toLowerCase())) continue;
    if (value === fact.value) return null;
    const next = window.ahead(numberEnd, 2);
    if (/^(?:[-–/:][\d\p{L}]|[%°\p{L}_])/u.test(next) && fact.behind === '') continue;
    // Two facts that disagree decide nothing.
    if (claim !== null && claim.expected !== fact.value) return null;
    claim = { start: at, end: numberEnd, expected: fact.value, confidence: CONFIDENCE, strategy: 'replace', reason: 'operator_fact' };
  }
  return claim;
}

function sentenceOf(left: string): string {
  return left.slice(Math.max(0, ...[...left.matchAll(/[.!?;]\s+(?=\S)/g)].map((match) => match.index + match[0].length)));
}

function prepared({ subject, attribute, value }: Fact): Stated[] {
  const parts = NUMERIC.exec(value.trim())?.groups;
  const name = subject.trim().toLowerCase();
  const words = attribute.trim().toLowerCase().split(/[\s_-]+/).filter((word) => word !== '' && !/^(?:default|the|of|official|standard|number|current|first)$/.test(word));
  const last = words[words.length - 1];
  if (parts === undefined || name.length < 2 || last === undefined) return [];
  const typed = parts['before'] !== undefined && /^RFC/i.test(parts['before']) ? 'RFC' : null;
  const word = typed ?? (Object.hasOwn(SYNONYMS, last) ? (SYNONYMS[last] as string) : `${escape(last.replace(/s$/, ''))}(?:s|es)?`);
  return [{
    subject: name,
    pattern: new RegExp(`(?<![\\p{L}\\p{N}_.-])${escape(name)}(?![\\p{L}\\p{N}_]|[.-]\\p{N})`, 'iu'),
    attribute: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${word})(?![\\p{L}\\p{N}_])`, 'iu'),
    ends: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${word})(?: number)?[ :=-]{0,2}[\`*]{0,3}$`, 'iu'),
    endWord: typed === null && !Object.hasOwn(SYNONYMS, last) && /^[\p{L}\p{N}]{1,40}$/u.test(last) ? last.replace(/s$/, '') : null,
    before: (parts['before'] ?? '').trimEnd().toLowerCase(),
    value: parts['value'] ?? '',
    behind: parts['behind'] ?? '',
  }];
}

/** The value in the fact's own form, or null where it is of another kind. */
function readValue(written: string, value: string): string | null {
  const own = written.replace(/,(?=\d{3})/g, '');
  const wanted = value.replace(/,(?=\d{3})/g, '').replace(/^v/, '');
  if (own === wanted) return value;
  const points = (text: string): number => text.split('.').length - 1;
  if (points(own) > 1 !== points(wanted) > 1) return null;
  return /^(?:1[89]|20)\d\d$/.test(wanted) && own.length !== 4 ? null : own;
}

/** The sentence names subject and attribute shortly before the value, and nothing takes it back. */
function speaksOf(sentence: string, fact: Stated): boolean {
  const subject = fact.pattern.exec(sentence);
  if (subject === null) return false;
  const about = sentence.slice(0, subject.index) + ' '.repeat(subject[0].length) + sentence.slice(subject.index + subject[0].length);
  const attribute = fact.attribute.exec(about) ?? (fact.before !== '' && fact.attribute.test(fact.before) ? { index: subject.index, 0: '' } : null);
  if (attribute === null) return false;
  const from = Math.max(subject.index + subject[0].length, attribute.index + (attribute[0] ?? '').length);
  const gap = sentence.slice(Math.min(from, sentence.length));
  const near = gap.trimEnd().toLowerCase();
  if (fact.before !== '' && !near.endsWith(fact.before) && !sentence.trimEnd().toLowerCase().endsWith(fact.before)) return false;
  const between = sentence.slice(Math.min(subject.index, attribute.index), from);
  return gap.length <= MOST_GAP && !/\d/.test(gap) && !DENIED.test(gap) && between.length <= 120 && !/\b(?:not|never|unlike|whereas|instead)\b/i.test(sentence.slice(0, from));
}

/** `port 5433 is the default for the gateway`: the attribute right before the value, the subject soon behind it. */
function subjectBehind(window: FactWindow, numberEnd: number, sentence: string, fact: Stated): boolean {
  if (!fact.ends.test(sentence) || DENIED_BEFORE.test(sentence.slice(-60))) return false;
  const behind = window.ahead(numberEnd, MOST_GAP);
  const subject = fact.pattern.exec(behind);
  return subject !== null && TO_SUBJECT.test(behind.slice(0, subject.index)) && !/\b(?:not|never|instead|than|unlike)\b/i.test(behind.slice(0, subject.index));
}

const DENIED_BEFORE = /\b(?:not|never|n['’]t|instead|unlike|if|whereas|than)\b/i;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
