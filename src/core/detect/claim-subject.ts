import { stem } from './claim-stem.js';
import { NAME } from './claim-phrases.js';

/** What may stand between a subject and its verb without being part of either. */
const ADVERBS = /(?:(?:^|\s+)(?:was|were|is|are|has|have|had|been|being|be|originally|first|officially|later|then|subsequently|initially|formally|finally|eventually|jointly|commercially|currently|presently|now|publicly|ultimately|sadly|tragically|suddenly|unexpectedly|peacefully|himself|herself|itself|did|does|would|went|go|to|on|independently|primarily|mainly|mostly|largely|entirely|famously|successfully|only|just|soon|himself|actually|still|historically|both|widely|never|not|always))+$/i;
/** "Born in Lyon, France, ", "Founded in 1962, ": it tells of the subject that follows. */
const PARTICIPLE = /^(?:Born|Known|Raised|Set|Built|Written|\p{Lu}\p{Ll}{2,}ed)\b[^;:]{2,120},\s+(?=[^,]+$)/u;
const INTRO_YEAR = /^(?:in|by|since|during|on)\s+(?:(?:early|late|mid)[\s-])?(?:\p{Lu}\p{Ll}+\s+)?(?:\d{1,2},?\s+)?\d{4},?\s+(?=\S)/iu;
const INTRO = /^(?:(?:in|on|at|by|during|after|before|since|from|following|as|with|despite|throughout|between|upon|while|when|although|though|within|under|over)\b[^,]{1,90}|originally|later|however|additionally|moreover|furthermore|also|today|currently|initially|eventually|finally|subsequently|unfortunately|sadly|tragically|historically|therefore|thus|so|indeed|overall|then|consequently|interestingly|notably|yes|no|in fact|for example),\s+/i;
const KIND_OF = String.raw`(?:(?:[Tt]he|[Aa]n?)\s+)?(?:[\p{Ll}-]+\s+){0,3}`;
/** The names of living things: "Quercus robur". */
const BINOMIAL = /^(\p{Lu}\p{Ll}{2,}\s\p{Ll}{3,}(?:us|is|um|a|i|ae|ns|es|or|ur|er|x))$/u;
const NAMED = new RegExp(String.raw`^(${KIND_OF})["“”'‘ ]*(${NAME})["”'’]*(?:\s*\([^)]{1,120}\))?(?:,[^,]{1,90}(?:,[^,]{1,60})?,)?\s*,?$`, 'u');
const TITLED = /^(?:[Tt]he\s+)?(?:\p{Ll}+\s+){0,2}["“]([^"“”]{2,60})["”]$/u;
const DEFINITE = /^(?:[Tt]he|[Tt]his)\s+((?:[\p{Ll}-]+\s+){0,2}[\p{Ll}-]+)(?:\s*\([^)]{1,60}\))?$/u;
const POSSESSIVE = /^([Hh]is|[Hh]er|[Ii]ts|[Tt]heir)\s+((?:[\p{Ll}-]+\s+){0,2}[\p{Ll}-]+)(?:,?\s+\p{Lu}[\p{L}.' -]{1,40},?)?$/u;
const OWNED = new RegExp(String.raw`^(?:[Tt]he\s+)?(${NAME})['’]s?\s+((?:[\p{Ll}-]+\s+){0,2}[\p{Ll}-]+)$`, 'u');
const PART_OF = new RegExp(String.raw`^[Tt]he\s+((?:[\p{Ll}-]+\s+){0,2}[\p{Ll}-]+)\s+of\s+(?:the\s+)?["“]?(${NAME})["”]?$`, 'u');
const ACRONYM = /^[\p{Lu}\d]{2,6}s?$/u;
const PRONOUN = /^(?:he|she|it|they)$/i;
/** Words that a sentence begins with in capitals without being a name. */
const NO_NAMES = new Set('he she it they this that these those there here his her its their we you i my our your who which what in on at by for from as if when while after before since both each all some many most several one two another other others however also but and or so not no yes if to with during although though because'.split(' '));

export type Reference =
  | { readonly kind: 'pronoun'; readonly word: string }
  /** `called`: what kind of thing the words before the name call it; empty: none stand there. */
  | { readonly kind: 'name'; readonly key: string; readonly called: string }
  | { readonly kind: 'definite'; readonly key: string; readonly head: string }
  | { readonly kind: 'owned'; readonly owner: string; readonly its: boolean; readonly key: string }
  | { readonly kind: 'rest' };

/** A name made comparable: lower case, no article, no punctuation. */
export function nameKey(name: string): string {
  return (name.toLowerCase().replace(/^the\s+/, '').match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

const nounKey = (noun: string): string => noun.toLowerCase().split(/\s+/).map(stem).join(' ');

/** What a clause speaks of, of which `before` is what stands before its verb; null: not understood. */
export function referenceIn(before: string): Reference | null {
  let text = before.replace(PARTICIPLE, '').replace(ADVERBS, '').trim();
  for (let k = 0; k < 3 && (INTRO_YEAR.test(text) || INTRO.test(text)); k += 1) text = text.replace(INTRO_YEAR, '').replace(INTRO, '');
  text = text.replace(/^(?:since|when|after|before|as|while|although|and|but|that)\s+/i, '').replace(ADVERBS, '').trim();
  if (text === '' || /(?:\band|,)$/i.test(text) && !/^\S+(?:\s\S+){0,6},$/.test(text)) return { kind: 'rest' };
  if (text.length > 160) return null;
  if (PRONOUN.test(text)) return { kind: 'pronoun', word: text.toLowerCase() };
  const owned = POSSESSIVE.exec(text);
  if (owned !== null) return { kind: 'owned', owner: '', its: /^it/i.test(owned[1] as string), key: nounKey(owned[2] as string) };
  const definite = DEFINITE.exec(text);
  if (definite !== null) return definiteReference(definite[1] as string);
  const part = PART_OF.exec(text);
  if (part !== null) return { kind: 'owned', owner: nameKey(part[2] as string), its: false, key: nounKey(part[1] as string) };
  const others = OWNED.exec(text);
  if (others !== null) return { kind: 'owned', owner: nameKey(others[1] as string), its: false, key: nounKey(others[2] as string) };
  const titled = TITLED.exec(text);
  if (titled !== null) return { kind: 'name', key: nameKey(titled[1] as string), called: '' };
  return namedReference(text);
}

function definiteReference(noun: string): Reference {
  const key = nounKey(noun);
  return { kind: 'definite', key: `the ${key}`, head: key.slice(key.lastIndexOf(' ') + 1) };
}

function namedReference(text: string): Reference | null {
  const found = NAMED.exec(text);
  const name = found?.[2] ?? BINOMIAL.exec(text)?.[1];
  if (name === undefined || /\b(?:and|or|who|which|that|if|when)\b/.test(text.replace(/\([^)]*\)|,.*/g, ''))) return null;
  const key = nameKey(name);
  const [first = ''] = key.split(' ');
  const called = (found?.[1] ?? '').trim().split(/\s+/).at(-1) ?? '';
  // "The new API" is told from the old one by its adjective.
  if (ACRONYM.test(name) && /\s\p{Ll}/u.test(` ${(found?.[1] ?? '').replace(/^(?:the|an?)\s+/i, '')}`)) return { kind: 'definite', key: `the ${nounKey((found?.[1] ?? '').replace(/^(?:the|an?)\s+/i, ''))}${key}`, head: key };
  return NO_NAMES.has(first) || key === '' ? null : { kind: 'name', key, called: /^(?:the|an?)$/i.test(called) ? '' : kindOf(stem(called)) };
}

/** Whether two keys may be trusted to mean one: the same, or a surname beside the full name. */
export function sameSubject(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (/'s | of |^the /.test(short) || / 's /.test(long)) return false;
  if (!short.includes(' ')) return short.length > 1 && long.endsWith(` ${short}`) && !long.startsWith('the ');
  const a = short.split(' ');
  const b = long.split(' ');
  return a.length >= 2 && a[0] === b[0] && a[a.length - 1] === b[b.length - 1] && b.length - a.length <= 2;
}

const KINDS: ReadonlyMap<string, string> = new Map(
  `film movie picture feature|series show sitcom program programme drama|company firm business maker manufacturer startup corporation retailer provider developer|band group duo trio quartet ensemble
  album record lp ep|city town village municipality settlement commune|novel book memoir|song single track|building tower skyscraper|institute institution university college school centre center
  club team|game videogame|organization organisation charity foundation association ngo|language|river|lake|mountain peak|bridge|museum gallery|hotel|ship vessel|aircraft airplane plane|library framework|church cathedral|airport|magazine newspaper journal|label
  actor actress|singer vocalist musician|writer author novelist|painter artist|politician|player footballer athlete|scientist physicist chemist biologist|species beetle moth butterfly fish bird plant`
    .split(/[|\n]/).map((group) => group.trim().split(/\s+/)).flatMap((group) => group.map((word): [string, string] => [stem(word), stem(group[0] as string)])),
);

/** One word for all that are used of the same kind of thing. */
function kindOf(head: string): string {
  return KINDS.get(head) ?? head;
}

/** Follows whom and what an answer speaks of, so that `he` and `the album` can be told. */
export class SubjectTracker {
  #person = '@topic';
  #thing = '@topic';
  /** What kind of thing a name is, as a definition told: `album` of an album. */
  readonly #kinds = new Map<string, string>();
  /** The same at the beginning of the sentence. */
  #opening: { readonly person: string; readonly thing: string } = { person: '@topic', thing: '@topic' };
  #section = 0;
  #item = false;
  #items = 0;
  /** Whom the text before the list spoke of. */
  #before = '';
  /** The subject of the sentence's main clause. */
  #main = '';

  /** Begins a sentence: a heading or a list item may change what is spoken of. */
  begin(section: number, heading: string | null, item: boolean, opensLine: boolean): void {
    if (heading !== null && !KEEPING.test(heading)) {
      this.#person = this.#thing = nameKey(heading) === '' ? '@none' : nameKey(heading);
      this.#kinds.clear();
    }
    if (item && !this.#item) this.#before = this.#person;
    if (item && opensLine) {
      this.#items += 1;
      // An item that begins with "he" goes on about whom the text before the list spoke of; a thing is each item's own.
      this.#person = this.#before;
      this.#thing = '';
    } else if (this.#item && !item) {
      this.#person = this.#before;
      this.#thing = '';
    }
    this.#opening = { person: this.#person, thing: this.#thing };
    this.#section = section;
    this.#item = item;
    this.#main = '';
  }

  /** Whom `his`, or what `its` at the beginning of the sentence means; empty: not known. */
  owner(its: boolean): string {
    return its ? this.#opening.thing : this.#opening.person;
  }

  /** "the institute": the last subject, if its name says that it is one. */
  #byWord(head: string): string | null {
    const { thing } = this.#opening;
    return head !== '' && thing.split(' ').some((word) => stem(word) === head) && !/^the | 's /.test(thing) ? thing : null;
  }

  /** The subject's key; empty: not known. */
  resolve(reference: Reference | null): string {
    if (reference === null) return '';
    switch (reference.kind) {
      case 'rest':
        return this.#main;
      case 'name':
        return reference.key;
      case 'pronoun':
        return reference.word === 'it' ? this.#thing : reference.word === 'they' ? '' : this.#person;
      case 'definite':
        // In a list each item has its own.
        if (this.#item) return `${reference.key} ${this.#section}.${this.#items}`;
        return this.#kinds.get(kindOf(reference.head)) ?? this.#byWord(reference.head) ?? `${reference.key} ${this.#section}`;
      case 'owned': {
        const owner = reference.owner === '' ? this.owner(reference.its) : reference.owner;
        return owner === '' ? '' : `${owner} 's ${reference.key}`;
      }
    }
  }

  /** Takes in the subject of the sentence that `reference` opens. `kind` is what it is said to be; empty: nothing is said. */
  follow(reference: Reference | null, kind: string): void {
    this.#main = this.resolve(reference);
    if (reference === null) {
      this.#thing = '';
      return;
    }
    if (reference.kind === 'name') {
      this.#person = this.#thing = this.#main;
      for (const said of [kind, reference.called]) if (said !== '') this.#kinds.set(kindOf(said), this.#main);
      if (this.#kinds.size > MAX_KINDS) this.#kinds.clear();
    } else if (reference.kind === 'definite') {
      this.#thing = this.#main;
    } else if (reference.kind === 'owned') {
      // Behind "his father", "he" may be either.
      if (PERSONS.test(reference.key)) this.#person = '';
      this.#thing = this.#main;
    } else if (reference.kind === 'pronoun' && kind !== '' && this.#main !== '') {
      this.#kinds.set(kindOf(kind), this.#main);
    }
  }
}

const MAX_KINDS = 32;
const PERSONS = /\b(?:father|mother|brother|sister|son|daughter|wife|husband|parent|grandfather|grandmother|uncle|aunt|partner|friend|successor|predecessor|cousin|nephew|niece)\b/;
/** Headings that go on about the same subject. */
const KEEPING = /\b(?:life|career|history|background|overview|summary|conclusion|legacy|awards?|education|introduction|death|birth|works?|personal|biography|about|details|facts|reception|production|release|plot|cast|geography|population|demographics|economy|culture|notes?|answer|childhood|family|honou?rs|achievements|founding|development)\b/i;
