import { amountFacts } from './claim-amounts.js';
import type { Place } from './claim-context.js';
import { CUE } from './claim-cues.js';
import { eventFacts } from './claim-events.js';
import { excludes, type Fact, FactBook } from './claim-facts.js';
import { dateAt, type DateValue } from './claim-phrases.js';
import { pointFacts } from './claim-points.js';
import { definitionIn, mainClause, relationFacts } from './claim-relations.js';
import { nameKey, SubjectTracker } from './claim-subject.js';
import type { Statement } from './claim-parse.js';
import { traitFacts } from './claim-traits.js';
import { VariableBook } from './claim-variables.js';

const FINAL_REPLY = /^(?:so|therefore|thus|hence|in (?:short|summary|conclusion)|overall|to (?:conclude|summarize|sum up)),?\s*(?:the answer (?:to (?:this|the|your) question )?is:?,?\s+)?["“*]*(yes|no)(?=[,.!;]|$)/i;
const REPLY = /^the (?:short |final |correct )?answer (?:to (?:this|the|your) question )?is:?,?\s+["“*]*(yes|no)\b/i;
const FINAL = /^(?:(?:so|therefore|thus|hence),?\s+)?(?:the\s+)?(?:final |correct |right )?answer(?:\s+is:?|:)\s+\(?(?:option\s+)?([A-E](?=[).\s]|$)|[$€£]?-?\d[\d,]*(?:\.\d+)?%?)/i;

/** What a sentence may be told under, so that it claims nothing: another's words, a guess, a condition. */
const HEDGED = /\b(?:claims?|claimed|alleged|allegedly|rumou?red|legend|myth|sources? (?:say|said|differ)|some (?:say|sources|believe)|disputed|uncertain|unclear|unknown|supposedly|would have|would be|might|may have|could have|perhaps|possibly|probably|if|suppose|according to|believed to|thought to|said to be|said that|reported(?:ly)?|planned|scheduled|expected to|fictional|incorrectly|mistakenly|contrary|rather than|instead of|not to be confused)\b/i;
/** "In the novel, …": what follows holds there. */
const INTRO_SCOPE = /^(?:In|For|Under|On|At|With|Within|Among|Unlike)\s+(?!(?:\p{Lu}\p{Ll}+\s+)?\d|the (?:year|spring|summer|autumn|fall|winter|early|late|same|following|end)\b|early|late|fact|addition|total|short|summary|conclusion)[^,]{1,60},/u;
const INTRO_DATE = /^(?:in|on)\s+/i;
const LIFE = /^((?:\p{Lu}[\p{L}.'’-]*\s+){1,5})\((?:\s*(?:born|b\.)\s+)?([^()]{4,60})\)/u;

/** Keeps the values of an answer's attributes and finds two that exclude each other. */
export class ValueBook {
  readonly #book = new FactBook();
  readonly #tracker = new SubjectTracker();
  readonly #variables = new VariableBook();
  #sentences = 0;
  #last: { readonly body: string; readonly facts: readonly Fact[] } = { body: '', facts: [] };

  /** A line that is no statement, as a heading. Returns what it contradicts all the same; null: nothing. */
  pass(body: string, place: Place, opensLine: boolean): string | null {
    // "Answer: 12" is no sentence, but it does claim something.
    if (!place.heading && FINAL.test(body)) return this.contradicted(body, NO_SIGNS, place, opensLine);
    this.#last = { body: '', facts: [] };
    this.#tracker.begin(place.section, place.heading ? body : null, place.item, opensLine);
    return place.heading || place.item ? null : this.#variables.next(body, place.part);
  }

  /** Reads the next sentence. Returns the earlier one that gives another value; null: none does. */
  contradicted(body: string, signs: Signs, place: Place, opensLine: boolean): string | null {
    this.#tracker.begin(place.section, null, place.item, opensLine);
    const facts = this.#read(body, signs, place);
    this.#sentences += 1;
    this.#last = { body, facts };
    const inside = facts.length > 1 && facts.some((fact, at) => facts.some((other, k) => k < at && other.attribute === fact.attribute && other.subject === fact.subject && excludes(fact.value, other.value)));
    // A sentence that gives two values by itself speaks of two things.
    if (inside) this.#last = { body, facts: [] };
    const denied = place.item ? null : this.#variables.next(body, place.part);
    if (place.corrects) return null;
    return denied ?? (inside ? null : this.#book.contradicted(facts));
  }

  /** Takes in the sentence that was read last. */
  add(text: string): void {
    this.#book.add(this.#last.facts, text);
  }

  #read(body: string, signs: Signs, place: Place): Fact[] {
    if (REPLYING.test(body)) {
      const reply = (this.#sentences === 0 ? /^(yes|no)[,.!]/i.exec(body) : null) ?? FINAL_REPLY.exec(body) ?? REPLY.exec(body);
      if (reply !== null) return [{ subject: 'answer', attribute: 'answer', value: { kind: 'word', word: (reply[1] as string).toLowerCase() }, scope: '' }];
      const final = FINAL.exec(body);
      if (final !== null) return [{ subject: 'answer', attribute: 'final', value: { kind: 'word', word: (final[1] as string).replace(/[$€£,%]|\.0*$/g, '').toUpperCase() }, scope: String(place.part) }];
    }
    const { cues, verbAt } = signs;
    const tracker = this.#tracker;
    const main = mainClause(body, verbAt);
    tracker.follow(main, verbAt < 0 ? '' : (definitionIn(body.slice(verbAt))?.kind ?? ''));
    const facts: Fact[] = body.includes('(') ? life(body) : [];
    if ((cues & CUE.event) !== 0) facts.push(...eventFacts(body, tracker, introDate(body)));
    if ((cues & CUE.amount) !== 0 && (cues & CUE.number) !== 0) facts.push(...amountFacts(body, tracker));
    if ((cues & CUE.relation) !== 0) facts.push(...relationFacts(body, verbAt, tracker.resolve({ kind: 'rest' }), tracker));
    if ((cues & (CUE.point | CUE.relation)) !== 0 && !place.item && signs.label === '') facts.push(...pointFacts(body, signs.words, `${place.part}`));
    if ((cues & CUE.trait) !== 0 && !place.item) facts.push(...traitFacts(body, tracker, `${place.part}${THIS.test(body) ? `.${place.paragraph}` : ''}`));
    if (facts.length === 0 || HEDGED.test(body)) return [];
    const under = INTRO_SCOPE.exec(body)?.[0].toLowerCase();
    return under === undefined ? facts : facts.map((fact) => ({ ...fact, scope: `${under} ${fact.scope}` }));
  }
}

/** What is known of a sentence from its words. */
export type Signs = Pick<Statement, 'cues' | 'verbAt' | 'words' | 'label'>;

const NO_SIGNS: Signs = { cues: 0, verbAt: -1, words: [], label: '' };

/** "This option" is another one in the next paragraph. */
const THIS = /^(?:this|these|that|those)\s/i;

/** A reply or an answer stands at the beginning. */
const REPLYING = /^(?:yes|no|so|therefore|thus|hence|in|overall|to|the|answer|final)\b.{0,60}?\b(?:yes|no|answer)\b|^answer\b|^(?:yes|no)[,.!]/i;

/** "In 1998, …": a date at the beginning is that of the main clause. */
function introDate(body: string): DateValue | null {
  const intro = INTRO_DATE.exec(body);
  if (intro === null) return null;
  const date = dateAt(body, intro[0].length);
  return date !== null && body[date.end] === ',' ? date.value : null;
}

/** "X (born 1950)", "X (1950 – 2001)". */
function life(body: string): Fact[] {
  const found = LIFE.exec(body);
  if (found === null) return [];
  const subject = nameKey(found[1] as string);
  const inner = (found[2] as string).replace(/^c\.\s*/, '');
  const born = dateAt(inner, 0);
  if (born === null) return [];
  const facts: Fact[] = [];
  const until = /^\s*(?:[–—-]|to)\s*/.exec(inner.slice(born.end));
  const died = until === null ? null : dateAt(inner, born.end + until[0].length);
  // A year alone in brackets is that of a film or a paper.
  if (died === null && !/\((?:\s*)(?:born|b\.)/.test(found[0])) return [];
  facts.push({ subject, attribute: 'born when', value: born.value, scope: '' });
  if (died !== null) facts.push({ subject, attribute: 'died when', value: died.value, scope: '' });
  return facts;
}
