import type { Fact, FactValue } from './claim-facts.js';
import { NAME } from './claim-phrases.js';
import type { ClaimWord } from './claim-parse.js';
import { stem } from './claim-stem.js';

/**
 * Claims that are short and say one thing in a closed form: "A is faster than B", "all of the tests pass", "the default port is 8080",
 * "the repository is public". Their key holds all they speak of, so that two of one key and another value exclude each other.
 */
export function pointFacts(body: string, words: readonly ClaimWord[], part: string): Fact[] {
  if (words.length < 3 || words.length > MAX_WORDS || OPEN.test(body)) return NONE;
  const bare = body.replace(/\s+/g, ' ').trim().replace(LEAD, '').replace(/[.!]+$/, '').trim();
  const fact = ordered(bare) ?? quantified(words) ?? settled(bare) ?? fixed(bare) ?? won(bare) ?? licensed(bare);
  // What is said below one heading may not hold below the next.
  return fact === null ? NONE : [{ ...fact, scope: `${part} ${fact.scope}` }];
}

const NONE: Fact[] = [];
const MAX_WORDS = 24;
/** What makes a sentence hold in one case, at one time or for one part; or makes it a question or another's words. */
const OPEN = /[?"“]|\b(?:if|when|whenever|unless|until|while|except|otherwise|sometimes|often|usually|generally|typically|may|might|could|can|would|should|some cases|example|suppose|assume|imagine|let|previously|originally|formerly|initially|now|today|then|later|no longer|once|used to|nearly|almost|about half|neither|either)\b/i;
const LEAD = /^(?:so|thus|hence|therefore|overall|however|unfortunately|clearly|in (?:short|summary|conclusion|fact|other words)|note that|remember that|as (?:mentioned|noted|stated|shown)(?: (?:above|before|earlier))?),?\s+/i;

const SMALL = new Set(['a', 'an', 'the', 'its', 'their', 'our', 'your', 'of', 'all', 'both']);

/** What a phrase names, as a key without spaces: two phrases of other words are never one. */
export function keyOf(phrase: string): string {
  return (phrase.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}.+#_-]*/gu) ?? []).filter((word) => !SMALL.has(word)).map(stem).join('_');
}

const point = (subject: string, attribute: string, value: FactValue, scope = ''): Fact | null => (subject === '' ? null : { subject, attribute, value, scope });
const word = (text: string): FactValue => ({ kind: 'word', word: text });

/** Comparatives by the dimension they measure; the left are the greater. */
const SCALES: ReadonlyMap<string, readonly [dimension: string, greater: boolean]> = new Map(
  `fast:fast faster quicker|slower;size:larger bigger greater|smaller;tall:taller|;high:higher|lower;long:longer|;age:older|younger newer;weight:heavier|lighter;strength:stronger|weaker;worth:better superior|worse;
  cost:pricier costlier dearer|cheaper;heat:hotter warmer|colder cooler;ease:easier simpler|harder;depth:deeper|shallower;width:wider broader|narrower;distance:farther further|closer nearer;time:later|earlier;
  wealth:richer wealthier|poorer;safe:safer|riskier;bright:brighter|darker dimmer;loud:louder|quieter`
    .split(';')
    .flatMap((line) => {
      const [name = '', sides = ''] = line.trim().split(':');
      const [more = '', less = ''] = sides.split('|');
      const side = (words: string, greater: boolean): [string, readonly [string, boolean]][] => words.split(' ').filter((one) => one !== '').map((one) => [one, [name, greater]]);
      return [...side(more, true), ...side(less, false)];
    }),
);
const PHRASE = String.raw`(?:[\p{L}\p{N}][\p{L}\p{N}'’.+#/_-]*\s+){0,5}[\p{L}\p{N}][\p{L}\p{N}'’.+#/_-]*?`;
/** The same, no longer than what follows lets it be. */
const SHORTEST = PHRASE.replace('{0,5}', '{0,5}?');
const BE = '(?:is|are|was|were|runs|performs|works)';
const MUCH = String.raw`(?:(?:also|much|far|significantly|slightly|considerably|substantially|even|clearly|always|a (?:lot|bit|little))\s+)?`;
const COMPARED = new RegExp(String.raw`^(${PHRASE})\s+${BE}\s+${MUCH}(?:(more|less)\s+([\p{Ll}-]{4,})|(\p{Ll}{2,}(?:er|ior)|worse))\s+than\s+(${SHORTEST})(?:\s+((?:for|in|on|at|by|with|under|because|since|due|during|from|across|over|to)\b.*)|\s*[,;].*)?$`, 'u');
const SEQUENCE = new RegExp(String.raw`^(${PHRASE})\s+(?:always\s+)?(?:runs?|ran|happens?|comes|came|executes?|occurs?|occurred|starts|finishes|takes place|took place|(?:is|are|was|were|gets?) (?:executed|called|run|invoked|applied|loaded|built|released|founded|published|evaluated|initialized|fired|triggered|written|born))\s+(before|after)\s+(${PHRASE})$`, 'u');

/** "A is taller than B", "A runs before B": who of the two is first. */
function ordered(bare: string): Fact | null {
  const compared = bare.includes(' than ') ? COMPARED.exec(bare) : null;
  if (compared !== null) {
    const [, one = '', degree, quality, comparative = '', other = '', tail = ''] = compared;
    const scale = degree === undefined ? SCALES.get(comparative) : ([quality as string, degree === 'more'] as const);
    return scale === undefined || VAGUE.test(one) || VAGUE.test(other) ? null : order(one, other, scale[1], scale[0], /^(?:because|since|due)\b/.test(tail) ? '' : keyOf(tail));
  }
  const sequence = SEQUENCE_CUE.test(bare) ? SEQUENCE.exec(bare) : null;
  if (sequence === null) return null;
  const [, one = '', relation, other = ''] = sequence;
  return VAGUE.test(one) || VAGUE.test(other) ? null : order(one, other, relation === 'after', 'sequence', '');
}

const SEQUENCE_CUE = /\s(?:before|after)\s/;
/** Words that stand for something said before, or for many things. */
export const VAGUE = /^(?:it|its|he|his|she|her|they|their|we|our|you|your|i|my|this|that|these|those|there|here|what|which|one|ones|some|many|most|others?|another|anything|nothing|everything|expected|usual|ever|before|\d.*)\b|\bnot\b|\b(?:former|latter|first|second|previous|next)\b/i;

function order(one: string, other: string, greater: boolean, dimension: string, scope: string): Fact | null {
  const [left, right] = [keyOf(one), keyOf(other)];
  if (left === '' || right === '' || left === right) return null;
  const first = left < right;
  return point(first ? `${left}|${right}` : `${right}|${left}`, `order ${dimension}`, word(greater === first ? 'first' : 'second'), scope);
}

const QUANTIFIERS: ReadonlyMap<string, 'all' | 'some' | 'none'> = new Map([
  ['all', 'all'], ['every', 'all'], ['each', 'all'], ['everyone', 'all'], ['everybody', 'all'], ['none', 'none'], ['nobody', 'none'],
  ['some', 'some'], ['several', 'some'], ['many', 'some'], ['most', 'some'], ['someone', 'some'], ['somebody', 'some'],
]);
const PERSONS = new Set(['everyone', 'everybody', 'nobody', 'someone', 'somebody']);
/** Words said of the same by their opposite. */
const CANON: ReadonlyMap<string, string> = new Map('fail:pass succeed:pass unsupport:support invalid:valid option:requir disabl:enabl wrong:correct incorrect:correct unus:us miss:present absent:present'.split(' ').map((pair) => pair.split(':') as [string, string]));
const SAME = new Set(['succeed']);
const BEING = new Set(['is', 'are', 'was', 'were']);

/** "All of the tests pass", "none of them does", "some requests are not logged": which share is claimed. */
function quantified(words: readonly ClaimWord[]): Fact | null {
  const [first] = words;
  if (first === undefined || words.length > MAX_QUANTIFIED) return null;
  let said = QUANTIFIERS.get(first.raw);
  let from = 1;
  // "No request is logged": the negation stands before its noun.
  if (said === undefined && first.denied && !first.capital) [said, from] = ['none', 0];
  else if (said === undefined || (first.denied && said !== 'all')) return null;
  let denied = from === 1 && first.denied;
  const keys: string[] = PERSONS.has(first.raw) ? ['person'] : [];
  for (const [at, { raw, key, number, denied: no, breaks, capital }] of words.entries()) {
    if (at < from) continue;
    if (number !== null || capital || (breaks && at > 0)) return null;
    if (no && at > 0) denied = !denied;
    if (SMALL.has(raw) || raw === '') continue;
    const canon = CANON.get(key);
    if (canon !== undefined && !SAME.has(key)) denied = !denied;
    keys.push(BEING.has(raw) ? 'be' : (canon ?? key));
  }
  if (keys.length < 2 || (said === 'none' && denied)) return null;
  const share = said === 'all' ? (first.denied ? 'not-all' : denied ? 'none' : 'all') : said === 'none' ? 'none' : denied ? 'not-all' : 'some';
  return point(keys.join('_'), 'share', { kind: 'share', share });
}

const MAX_QUANTIFIED = 12;

const VALUE = String.raw`(?:(?:set to|port|version)\s+)?(-?\d[\d,]*(?:\.\d+)*)\s?(%|[\p{L}]{1,12})?|(?:called\s+|named\s+|set to\s+)?([\p{L}_][\p{L}\p{N}_./+-]{0,30})`;
const SETTLED = new RegExp(String.raw`^(?:The|Its|Their)\s+(default|maximum|minimum|latest|\p{Ll}{3,}est|most\s+\p{Ll}+)\s+(${PHRASE})\s+(?:is|are|was|equals)\s+(?:${VALUE})$`, 'u');
const DEFAULTS = new RegExp(String.raw`^The\s+(${PHRASE})\s+defaults\s+to\s+(?:${VALUE})$`, 'u');
const BY_DEFAULT = new RegExp(String.raw`^By default,?\s+(?:the|its|their)\s+(${PHRASE})\s+(?:is|are)\s+(?:${VALUE})$`, 'u');
const IS_BY_DEFAULT = new RegExp(String.raw`^The\s+(${PHRASE})\s+(?:is|are)\s+(?:${VALUE})\s+by default$`, 'u');
const COMPLEXITY = /^(?:The|Its)\s+((?:average|worst|best)?[- ]?(?:case )?(?:time|space|runtime) complexity(?: of [\p{L} ]{2,50})?)\s+is\s+(O\([^()]{1,30}\))$/u;
/** Nouns that many things have: whose it is, the sentence does not say. */
const ANYONES = /(?:^|\s)(?:value|setting|option|behaviou?r|argument|parameter|type|one|result|output|name|number|amount|score|price|cost|answer|element|item|sum|total|total cost|point|temperature)s?$/;

/** "The default port is 8080", "by default, the timeout is 30 seconds", "the time complexity of the search is O(n)". */
function settled(bare: string): Fact | null {
  const complexity = bare.includes('complexity') ? COMPLEXITY.exec(bare) : null;
  if (complexity !== null) return point(keyOf(complexity[1] as string), 'complexity', word((complexity[2] as string).replace(/\s/g, '')));
  if (!/default|maximum|minimum|est\s|\bmost\s/i.test(bare)) return null;
  const found = SETTLED.exec(bare);
  if (found !== null) return setting(found[1] as string, found[2] as string, found.slice(3));
  const others = DEFAULTS.exec(bare) ?? BY_DEFAULT.exec(bare) ?? IS_BY_DEFAULT.exec(bare);
  return others === null ? null : setting('default', others[1] as string, others.slice(2));
}

const SECONDS: ReadonlyMap<string, number> = new Map([['ms', 0.001], ['millisecond', 0.001], ['s', 1], ['sec', 1], ['second', 1], ['min', 60], ['minute', 60], ['h', 3_600], ['hour', 3_600], ['day', 86_400], ['week', 604_800]]);
const NO_VALUES = new Set(['a', 'an', 'the', 'to', 'not', 'no', 'also', 'always', 'set', 'used', 'too', 'very', 'that', 'in', 'on', 'at', 'by', 'from', 'what', 'where', 'as', 'usually', 'different', 'shown', 'given', 'determined', 'known', 'often']);

function setting(which: string, noun: string, [digits, unit, name]: readonly (string | undefined)[]): Fact | null {
  if (ANYONES.test(noun) || VAGUE.test(noun)) return null;
  const subject = `${which}_${keyOf(noun)}`;
  if (digits !== undefined) {
    const value = Number(digits.replaceAll(',', ''));
    const each = unit === undefined ? undefined : (SECONDS.get(unit.toLowerCase()) ?? SECONDS.get(stem(unit.toLowerCase())) ?? SECONDS.get(unit.toLowerCase().replace(/s$/, '')));
    // A version, or what has two points, is a name.
    if (Number.isNaN(value)) return point(subject, 'set version', word(digits));
    return point(subject, each === undefined ? `set ${(unit ?? '').toLowerCase()}` : 'set time', word(String(each === undefined ? value : value * each)));
  }
  const written = (name ?? '').toLowerCase();
  if (NO_VALUES.has(written) || (!/^\p{Lu}/u.test(name ?? '') && (SCALES.has(written) || /(?:ed|ly|est)$/.test(written)))) return null;
  return point(subject, 'set name', word(written.replace(/[^\p{L}\p{N}]/gu, '')));
}

/** Properties that things do not change within an answer, and their opposites. */
const FIXED: ReadonlyMap<string, readonly [pair: number, side: 0 | 1]> = new Map(
  `public|private,synchronous|asynchronous,mutable|immutable,odd|even,required mandatory|optional,deterministic|nondeterministic non-deterministic,compiled|interpreted,signed|unsigned,single-threaded singlethreaded|multi-threaded multithreaded,
  stateless|stateful,open-source|closed-source proprietary,case-sensitive|case-insensitive,linear|nonlinear non-linear,finite|infinite,prime|composite,symmetric|asymmetric,blocking|non-blocking nonblocking,reversible|irreversible,
  thread-safe|thread-unsafe,renewable|nonrenewable non-renewable,concave|convex,associative|non-associative,commutative|noncommutative non-commutative,idempotent|non-idempotent,nocturnal|diurnal,carnivorous|herbivorous,monogamous|polygamous,edible|inedible poisonous,
  possible|impossible,extinct|extant,lossless|lossy,read-only|writable`
    .split(',')
    .flatMap((line, at) => line.trim().split('|').flatMap((side, k) => side.split(' ').map((one): [string, readonly [number, 0 | 1]] => [one, [at, k as 0 | 1]]))),
);
const IS = new RegExp(String.raw`^(?:(?:The|Our|This|All)\s+)?(${PHRASE})\s+(?:is|are)\s+(not\s+)?(?:always\s+|also\s+|fully\s+|completely\s+)?([\p{L}-]+)(?:\s*(?:,|\sand\s|\sbecause\s|\ssince\s|\sso\s).*)?$`, 'u');

/** "The repository is public", "strings are immutable". */
function fixed(bare: string): Fact | null {
  const found = IS.exec(bare);
  const known = found === null ? undefined : FIXED.get((found[3] as string).toLowerCase());
  if (found === null || known === undefined || VAGUE.test(found[1] as string)) return null;
  const [pair, side] = known;
  return point(keyOf(found[1] as string), `is ${pair}`, word(String(found[2] === undefined ? side : 1 - side)));
}

const WON = new RegExp(String.raw`^(?:The\s+)?(${NAME})\s+won\s+the\s+((?:1[89]|20)\d{2}\s+[\p{L}][\p{L} ]{2,40})$`, 'u');
const WON_BY = new RegExp(String.raw`^The\s+((?:1[89]|20)\d{2}\s+[\p{L}][\p{L} ]{2,40})\s+was\s+won\s+by\s+(?:the\s+)?(${NAME})$`, 'u');

/** "The Falcons won the 1998 final", "the 1998 final was won by the Falcons". */
function won(bare: string): Fact | null {
  if (!/\bwon\b/.test(bare)) return null;
  const by = WON_BY.exec(bare);
  if (by !== null) return point(keyOf(by[1] as string), 'winner', { kind: 'name', parts: [by[2] as string] });
  const found = WON.exec(bare);
  return found === null ? null : point(keyOf(found[2] as string), 'winner', { kind: 'name', parts: [found[1] as string] });
}

const LICENSED = new RegExp(String.raw`^(?:The\s+)?(${PHRASE})\s+(?:is|was)\s+(?:licensed|released|distributed|published)\s+under\s+(?:an?\s+|the\s+(?:terms\s+of\s+the\s+)?)?(\p{Lu}[\p{L}\p{N}. -]{1,40}?)(?:\s+[Ll]icen[cs]e)?$`, 'u');

/** "The project is licensed under MIT." Of two licences it may be the reader's choice: then a sentence names both. */
function licensed(bare: string): Fact | null {
  const found = bare.includes(' under ') ? LICENSED.exec(bare) : null;
  if (found === null || VAGUE.test(found[1] as string)) return null;
  return point(keyOf(found[1] as string), 'licence', word((found[2] as string).toLowerCase().replace(/(?:version|v)?\s*(\d)(?:\.0)?$/, '$1').replace(/[^\p{L}\p{N}]/gu, '')));
}
