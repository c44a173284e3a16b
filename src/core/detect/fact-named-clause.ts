import { splitKey, stem } from './fact-passage-words.js';

/** What a sentence says before a value in words: of what it is the value. */
export interface Clause {
  /** The words that count of subject and attribute, sorted. */
  readonly words: readonly string[];
  /** How the value is given: `is`, or a verb that tells what it is by itself, as `licensed`. */
  readonly verb: Verb;
}

export type Verb = 'is' | 'licensed' | 'written' | 'runs' | 'uses' | 'built';

const VERBS: readonly (readonly [Verb, RegExp])[] = [
  ['licensed', / (?:is|are) (?:licensed|released|published|available|distributed) under (?:the |an? )?$/],
  ['written', / (?:is|are) (?:written|implemented) (?:entirely |completely )?in $/],
  ['runs', / (?:runs|is hosted|is deployed|is running) (?:on|to) (?:top of )?(?:an? |the )?$| (?:stores|keeps|persists) (?:(?:its|all|the|all its) )?data (?:in|to) (?:an? |the )?$| is backed by (?:an? |the )?$/],
  ['built', / (?:is|are) (?:built|tested|run) (?:by|with) $/],
  ['uses', / uses (?:the )?$/],
  ['is', /(?: is(?: set to| configured as| called| named)?| are| defaults to) (?:the )?$|\s?[:=→] ?$|\s\| ?$/],
];

/** What makes a statement none: doubt, condition, time, comparison, somebody else's words, or what is still to be done. */
const DENIED = /\b(?:not|no|never|n['’]t|if|unless|whether|when|where|while|until|before|after|once|unlike|instead|rather|than|like|as if|or|either|neither|may|might|could|would|should|must|can|will|shall|probably|perhaps|likely|possibly|usually|often|sometimes|typically|normally|commonly|traditionally|previously|formerly|originally|used to|old|new|now|recommended?|suggested|preferred|ideal|better|best|assum\w+|suppos\w+|imagin\w+|pretend\w*|say|says|said|claims?|example|e\.g|hypothetical\w*|another|other|different|alternative|common|popular|chang\w+|switch\w*|migrat\w+|renam\w+|replac\w+|set the|make sure|ensure|check|verify|that|which|who|whose|your|their|his|her|my|most|many|some|one of|every|each|all)\b|[?"“”<>]|^\s*>/i;
const LEAD = /^(?:So|Note|Also|Here|Currently|By default|According to (?:the|this) [\w .]{2,30}|As (?:stated|described|noted|shown)[\w ]{0,30}|Based on (?:the|this) [\w ]{2,30}|In (?:this|the) (?:project|repository|repo|file|context)),? /;
const MARKER = /^\s*(?:[-*•+]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|\|\s*)?/;
const STOP: ReadonlySet<string> = new Set('the a an of for in on at to its it this by with and from as used name value setting'.split(' '));
/** Words for a whole whose part is spoken of: they say no more than "it". */
const WHOLE: ReadonlySet<string> = new Set('project repository application app service codebase package library tool system software current config configuration'.split(' '));
const ALIASES: Readonly<Record<string, string>> = { license: 'licence', licenses: 'licence', licences: 'licence', licensing: 'licence', repo: 'repository', db: 'database', lang: 'language', env: 'environment', dir: 'directory', addr: 'address', backend: 'backend' };
const MOST_WORDS = 9;

/** The clause that a line gives before a value; null where it states nothing plainly. */
export function readClause(before: string): Clause | null {
  const plain = before.replace(/["“'*`_]{1,4}$/, '').replace(/[*`]/g, '');
  const found = VERBS.find(([, pattern]) => pattern.test(plain));
  if (found === undefined) return null;
  const [verb, pattern] = found;
  const sentence = plain.slice(0, pattern.exec(plain)?.index).replace(MARKER, '');
  const stated = sentence.slice(Math.max(0, ...[...sentence.matchAll(/[.!;]\s+(?=\S)/g)].map(({ index, 0: stop }) => index + stop.length))).replace(LEAD, '');
  if (DENIED.test(stated)) return null;
  const subject = stated.replace(/^.*,\s+(?:and |so |but )?/s, '').replace(/^.*\s(?:and|but|so) (?=(?:the|its) )/s, '');
  if (subject.length > 72 || !/^[\p{L}\p{N} ._'’/-]*$/u.test(subject)) return null;
  const pronoun = PRONOUN.test(subject.trim());
  if (pronoun && verb === 'is') return null;
  const words = pronoun ? spokenOf(plain) : keyWords(subject);
  return words === null || words.length > MOST_WORDS || (words.length === 0 && (pronoun || verb === 'is')) ? null : { words, verb };
}

const PRONOUN = /^(?:it|this|they|these|there|he|she|we|i|you)$/i;

/** What the sentence before is about, where it stands on the same line: `Heron is a cache. It is written in`. */
function spokenOf(line: string): readonly string[] | null {
  const before = line.replace(/[.!]\s+(?:It|This|They) [^.!]*$/, '');
  if (before === line) return null;
  const subject = /(?:^|[.!]\s+)([^.!,;:]{2,60}?) (?:is|are|was|uses|runs|has|provides|stores|supports|offers)\b[^.!]*$/.exec(before)?.[1];
  return subject === undefined || PRONOUN.test(subject) || DENIED.test(subject) ? null : keyWords(subject.replace(MARKER, ''));
}

/** Whether the sentence that a line ends with takes back or only supposes what it says. */
export function isDenied(line: string): boolean {
  return DENIED.test(line.slice(Math.max(0, ...[...line.matchAll(/[.!;]\s+(?=\S)/g)].map(({ index, 0: stop }) => index + stop.length))));
}

/** The words that count of a name, sorted: `the repository's default branch` is `branch default`. */
export function keyWords(name: string): readonly string[] {
  const words = splitKey(name.replace(/['’]s\b/g, '')).filter((word) => word.length > 1 || /[a-z]/.test(word));
  const own = words.map((word) => ALIASES[word] ?? word).filter((word) => !STOP.has(word) && !WHOLE.has(word) && !/^s$/.test(word));
  return [...new Set(own.map(stem))].sort();
}
