import type { Fact } from '../rules/rule-set.js';
import type { RequestText } from '../truth/request-texts.js';
import { type Clause, keyWords, readClause, type Verb } from './fact-named-clause.js';
import { excludes, knownNameAt, type NamedValue, namedValues } from './fact-named-value.js';
import { sentences, stem } from './fact-passage-words.js';

/** What is known of one subject's attribute: a value, in every kind it may be. */
export interface Entry {
  readonly values: readonly NamedValue[];
  readonly source: 'operator' | 'request';
  /** Two sources disagree: nothing is known. */
  readonly disputed: boolean;
}

/** Which groups of names a verb tells of by itself. */
const TOLD: Readonly<Record<Exclude<Verb, 'is'>, readonly string[]>> = {
  licensed: ['licence'], written: ['language'], runs: ['database', 'system', 'cloud'], built: ['continuous integration', 'bundler', 'test runner'],
  uses: ['database', 'package manager', 'test runner', 'bundler', 'queue', 'continuous integration'],
};
/** What attributes are called whose values are of a group. */
const NOUNS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({ licence: 'licence', language: 'language', database: 'database', 'package manager': 'package manager', 'test runner': 'test runner', queue: 'queue', bundler: 'bundler', cloud: 'cloud', system: 'operating system' }).map(([group, nouns]) => [group, keyWords(nouns)]),
);
const FIELD = /^\s*(?:[-*•]\s+|export\s+|\|\s*)?[*_"'`]{0,3}([A-Za-z][\w .-]{1,40}?)[*_"'`]{0,3}\s*(?::|=|=>|\|)\s*[*_"'`]{0,3}([A-Za-z@-][^\n"'`|]{0,60}?)[*_"'`]{0,3}\s*[,;|]?$/;
const OPENS = /^\s*(?:[-*•]\s+)?["'`]{0,2}([A-Za-z][\w -]{0,40}?)["'`]{0,2}\s*:\s*\{?$/;
/** Names of fields that say nothing without what they stand in. */
const BARE: ReadonlySet<string> = new Set('name type kind key id title value version status state mode format file path url host text content message role description label note engine result output error code target source class level size style format main default model user object'.split(' ').map(stem));
/** Units of a request that are read, statements that are kept, and operator's facts. */
const MOST_READ = 65_536;
const MOST_STATEMENTS = 600;
const MOST_FACTS = 2_000;
const CONFIDENCE = 0.95;

/** The statements of the operator and of the request, by what they are about. */
export class Statements {
  readonly #entries = new Map<string, Entry>();
  /** What clauses are worth waiting for a value. */
  readonly #gates = new Set<string>();
  #said = '';
  readonly #texts: readonly RequestText[];

  constructor(facts: readonly Fact[], texts: readonly RequestText[]) {
    this.#texts = texts;
    for (const { subject, attribute, value, threshold = 0 } of facts.slice(0, MOST_FACTS)) if (CONFIDENCE >= threshold) this.#operator(subject, attribute, value);
    const read = texts.filter(({ role }) => role !== 'assistant').map(({ text }) => text).join('\n').slice(-MOST_READ);
    if (read.length >= 16) this.#request(read);
  }

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether something is known of what the clause is about, whatever its value. */
  mayKnow({ words, verb }: Clause): boolean {
    if (this.#gates.has(`${verb === 'is' ? 'is' : 'told'}:${words.join(' ')}`)) return true;
    return verb === 'is' && Object.values(NOUNS).some((nouns) => nouns.every((noun) => words.includes(noun)) && this.#gates.has(`told:${without(words, nouns).join(' ')}`));
  }

  /** What is known of the clause's subject, of the kind of this value; null: nothing, or nothing certain. */
  find({ words, verb }: Clause, { kind }: NamedValue): Entry | null {
    const group = kind.startsWith('group:') ? kind.slice(6) : null;
    if (verb !== 'is' && (group === null || !TOLD[verb].includes(group))) return null;
    const nouns = group === null ? undefined : NOUNS[group];
    const subject = verb !== 'is' ? words : nouns !== undefined && nouns.every((noun) => words.includes(noun)) ? without(words, nouns) : null;
    const entry = (verb === 'is' ? this.#entries.get(`is:${words.join(' ')}`) : undefined) ?? (subject === null ? undefined : this.#entries.get(`told:${subject.join(' ')}~${group ?? ''}`) ?? this.#alone(subject, group));
    return entry === undefined || entry.disputed || !entry.values.some((value) => value.kind === kind) || (group === null && entry.values.some((value) => value.kind.startsWith('group:'))) ? null : entry;
  }

  /** What the request says of a group without saying of what, where it speaks of the subject besides: `Heron is a cache. It is written in Go.` */
  #alone(subject: readonly string[], group: string | null): Entry | undefined {
    const entry = this.#entries.get(`told:~${group ?? ''}`);
    return entry?.source === 'request' && this.#gates.has(`told:${subject.join(' ')}`) ? entry : undefined;
  }

  /** Whether the request itself names a value, in whatever connection. */
  mentions(value: string): boolean {
    if (this.#said === '') this.#said = this.#texts.map(({ text }) => text).join('\n').toLowerCase();
    const wanted = value.toLowerCase();
    for (let at = this.#said.indexOf(wanted); at >= 0; at = this.#said.indexOf(wanted, at + 1)) {
      if (!/[\p{L}\p{N}_]/u.test(this.#said.charAt(at - 1)) && !/[\p{L}\p{N}_]/u.test(this.#said.charAt(at + wanted.length))) return true;
    }
    return false;
  }

  #operator(subject: string, attribute: string, value: string): void {
    const values = namedValues(value, true);
    if (values.length === 0) return;
    const [about, of] = [keyWords(subject), keyWords(attribute)];
    this.#keep({ words: [...new Set([...about, ...of])].sort(), verb: 'is' }, values, 'operator');
    for (const { kind } of values) if (NOUNS[kind.slice(6)] !== undefined && NOUNS[kind.slice(6)]?.every((noun) => of.includes(noun)) === true) this.#told(about, kind, values, 'operator');
  }

  #request(text: string): void {
    const above: { readonly indent: number; readonly name: string }[] = [];
    const prose: string[] = [];
    for (const line of this.#json(text).split('\n')) {
      const indent = line.length - line.trimStart().length;
      const opened = line.length > 200 ? undefined : OPENS.exec(line)?.[1];
      const field = line.length > 200 ? null : FIELD.exec(line);
      if (opened !== undefined || field !== null) while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
      else if (line.trim() !== '') above.length = 0;
      if (opened !== undefined) above.push({ indent, name: opened });
      if (field === null) prose.push(line);
      else this.#field(above.map(({ name }) => name), field[1] ?? '', field[2] ?? '');
    }
    for (const paragraph of prose) {
      let before = '';
      for (const sentence of sentences(paragraph)) {
        this.#sentence(before, sentence);
        before = `${sentence} `;
      }
    }
  }

  /** Reads a line or a text that is one piece of JSON, and leaves the rest. */
  #json(text: string): string {
    return text.split('\n').map((line) => {
      if (!/^\s*[[{]\s*["{[]/.test(line)) return line;
      try {
        this.#leaves(JSON.parse(line), [], { left: 400 });
        return '';
      } catch {
        return line;
      }
    }).join('\n');
  }

  #leaves(value: unknown, path: readonly string[], budget: { left: number }): void {
    if (budget.left <= 0) return;
    budget.left -= 1;
    if (Array.isArray(value)) for (const item of value as unknown[]) this.#leaves(item, [...path, 'item'], budget);
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) this.#leaves(item, [...path, key].slice(-3), budget);
    else if (typeof value === 'string' && value.length <= 60) this.#field(path.slice(0, -1), path.at(-1) ?? '', value);
  }

  #field(parents: readonly string[], name: string, value: string): void {
    const values = namedValues(value.replace(/\s+(?:#|\/\/).*$/, ''), true).filter(({ kind }) => kind !== 'person');
    const own = keyWords(name);
    if (values.length === 0 || own.length === 0) return;
    const full = [...new Set([...own, ...parents.flatMap(keyWords)])].sort();
    this.#keep({ words: full, verb: 'is' }, values, 'request');
    if (full.length !== own.length && !(own.length === 1 && BARE.has(own[0] ?? ''))) this.#keep({ words: own, verb: 'is' }, values, 'request');
  }

  #sentence(before: string, sentence: string): void {
    for (const match of sentence.matchAll(/(?:\b(?:is|are|to|called|named|in|under|by|on|uses|the|an?)|[:=→]) [`"“*']{0,3}(?=[A-Za-z@-])/g)) {
      const at = match.index + match[0].length;
      const clause = readClause(before + sentence.slice(0, at));
      if (clause === null) continue;
      const apart = /[`"“*']$/.test(match[0]);
      const rest = sentence.slice(at);
      const written = apart ? /^[^`"”*']{1,48}(?=[`"”*'])/.exec(rest)?.[0] : (knownNameAt(rest) ?? /^(?:--?[A-Za-z][\w-]*|[A-Z][A-Z0-9_]{3,}|\p{Lu}[\p{L}'’-]+(?: \p{Lu}\.?[\p{L}'’-]*){1,3})(?![\w-])/u.exec(rest)?.[0]);
      if (written === undefined || isAlternative(rest.slice(written.length))) continue;
      const values = namedValues(written, apart);
      if (clause.verb === 'is') {
        this.#keep(clause, values, 'request');
        continue;
      }
      for (const { kind } of values) {
        if (!TOLD[clause.verb].includes(kind.slice(6))) continue;
        this.#told(clause.words, kind, values, 'request');
        // A licence, a language: the request knows of one alone, so whose it is need not be said.
        if (clause.words.length > 0) this.#told([], kind, values, 'request');
      }
    }
  }

  #keep({ words }: Clause, values: readonly NamedValue[], source: Entry['source']): void {
    if (values.length === 0 || words.length === 0 || (source === 'request' && words.length === 1 && BARE.has(words[0] ?? ''))) return;
    this.#put(`is:${words.join(' ')}`, { values, source, disputed: false });
    this.#gates.add(`is:${words.join(' ')}`);
  }

  #told(subject: readonly string[], kind: string, values: readonly NamedValue[], source: Entry['source']): void {
    this.#put(`told:${subject.join(' ')}~${kind.slice(6)}`, { values, source, disputed: false });
    this.#gates.add(`told:${subject.join(' ')}`);
  }

  #put(key: string, entry: Entry): void {
    const known = this.#entries.get(key);
    // The operator's word stands against the request's.
    if (known?.source === 'operator' && entry.source === 'request') return;
    if (known === undefined) {
      if (this.#entries.size < MOST_STATEMENTS + MOST_FACTS * 2) this.#entries.set(key, entry);
      return;
    }
    const agree = known.values.some((one) => entry.values.some((other) => other.kind === one.kind && !excludes(one, other)));
    if (!agree) this.#entries.set(key, { ...known, disputed: true });
  }
}

/** Another value follows: the sentence gives no one value. */
function isAlternative(behind: string): boolean {
  const link = /^[`"”*']{0,3}(?:(?:,| or| and|, or|, and) [`"“*']{0,3}|\/)/.exec(behind)?.[0];
  return link !== undefined && (/[`"“*/]$| or /.test(link) || knownNameAt(behind.slice(link.length)) !== null);
}

function without(words: readonly string[], nouns: readonly string[]): readonly string[] {
  return words.filter((word) => !nouns.includes(word));
}
