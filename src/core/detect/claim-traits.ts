import { denied, materialOf, returnedKind, traitOf, traitWords } from './claim-adjectives.js';
import { AMOUNT, amountOf } from './claim-amounts.js';
import type { Fact, FactValue } from './claim-facts.js';
import { numberOf } from './claim-parse.js';
import { ordinalFrom } from './claim-phrases.js';
import { keyOf, VAGUE } from './claim-points.js';
import { stem } from './claim-stem.js';
import { referenceIn, type SubjectTracker } from './claim-subject.js';

/** A sentence cut at its verb. */
interface Clause {
  readonly subject: string;
  /** The subject as written. */
  readonly before: string;
  /** The key of another subject, as written; empty: not understood. */
  readonly resolve: (phrase: string) => string;
  /** The subject is a name, by which it is told from others of its kind. */
  readonly named: boolean;
  readonly negative: boolean;
  /** The verb as written, in lower case. */
  readonly verb: string;
  /** What stands behind it, to the end of the clause. */
  readonly rest: string;
}

type Claim = { readonly attribute: string; readonly value: FactValue; readonly scope?: string; readonly subject?: string } | null;
type Reader = (clause: Clause) => Claim;

const say = (attribute: string, word: string, scope = ''): Claim => ({ attribute, value: { kind: 'word', word }, scope });

const VERB = /\s(?:(?:does|do|did)\s+not\s+|(?:doesn|don|didn)['’]t\s+|never\s+)?(is|are|was|were|isn['’]t|aren['’]t|wasn['’]t|weighs?|costs?|lasts?|holds?|seats?|runs?|takes?|accepts?|needs?|returns?|defaults|listens|starts?|supports?|allows?|requires?|contains?|includes?|uses?|offers?|provides?|throws?|modif(?:y|ies)|mutates?|preserves?|guarantees?|blocks?|has|have|stores?|comes\s+with)(?=\s)/i;
/** What makes a claim hold in one case, at one time or for one part, or makes it no claim. */
const OPEN = /[?"“]|\b(?:if|when|whenever|unless|until|while|except|otherwise|sometimes|often|usually|generally|typically|normally|mostly|mainly|partly|partially|may|might|could|can|would|should|example|suppose|assume|imagine|let|previously|originally|formerly|initially|currently|now|today|then|later|longer|once|yet|already|still|used to|nearly|almost|neither|either|or|not only|not just|not necessarily|not always|not entirely|only|both|between|per se|respectively|first|second|third|another|other|also|too|again|each)\b/i;
const FIRST = /\bthe (?:first|second|third)\b/gi;
/** A clause behind the claim that takes a part of it back. */
const LIMITS = /\b(?:if|when|unless|except|until|only|but|though|although|while|whereas|otherwise|however|not)\b/i;
const LEAD = /^(?:so|thus|hence|therefore|overall|however|unfortunately|clearly|yes|no|in (?:short|summary|conclusion|fact|other words|total|all)|note that|remember that|as (?:mentioned|noted|stated|shown)(?: (?:above|before|earlier))?),?\s+/i;
/** Says under what, or when, before its comma. */
const FRAME = /^((?:in|on|at|by|for|with|without|under|within|during|after|before|since|from|as|over|across|among|behind|inside|outside|through|throughout)\s[^,]{1,60}),\s+/i;
const END = /[,;:]|\s\(|\s[–—-]\s|\s(?:so|because|since|which|whereas|making|and|but|although|though)\s/;
const DEFAULTING = /\s+(?:by default|unless (?:you|told|configured|specified|set|otherwise|changed|overridden)\b.*)$/i;
const MAX_SUBJECT = 60;

/**
 * Claims of a property, a kind, a measure, a part or an ability: "the case is made of steel", "`parse` returns a list", "it does not support
 * TLS". What stands behind the value is the scope it holds in: claims of different scopes are not compared.
 */
export function traitFacts(body: string, tracker: SubjectTracker, part: string): Fact[] {
  const bare = body.replace(/\s+/g, ' ').trim().replace(LEAD, '').replace(/[.!]+$/, '');
  if (bare.length > MAX_CLAIM) return NONE;
  const duty = dutyIn(bare);
  if (duty !== null) return [{ subject: 'you', attribute: duty.attribute, value: { kind: 'word', word: duty.word }, scope: part }];
  const frame = FRAME.exec(bare)?.[1] ?? '';
  const main = frame === '' ? bare : bare.slice(frame.length + 2);
  const clause = clauseOf(main, tracker, part);
  if (clause === null) return NONE;
  const facts: Fact[] = [];
  for (const read of READERS) {
    const claim = read(clause);
    if (claim === null || claim.subject === '') continue;
    facts.push({ subject: claim.subject ?? clause.subject, attribute: claim.attribute, value: claim.value, scope: [part, keyOf(frame.replace(/^by default$/i, '')), claim.scope ?? ''].filter((one) => one !== '').join(' ') });
  }
  return facts;
}

const NONE: Fact[] = [];
const MAX_CLAIM = 240;

function clauseOf(main: string, tracker: SubjectTracker, part: string): Clause | null {
  const found = VERB.exec(main);
  if (found === null || found.index > MAX_SUBJECT) return null;
  const behind = main.slice(found.index + found[0].length).trim().replace(DEFAULTING, '');
  const end = END.exec(behind)?.index ?? behind.length;
  const [rest, tail] = [behind.slice(0, end).trim(), behind.slice(end)];
  const before = main.slice(0, found.index).trim();
  if (OPEN.test(`${before} ${rest}`.replace(FIRST, '')) || (tail !== '' && LIMITS.test(tail)) || /[,:]/.test(before)) return null;
  const reference = referenceIn(before);
  const resolve = (phrase: string): string => tracker.resolve(referenceIn(phrase)) || (NOUNS.test(phrase) && !VAGUE.test(phrase) ? `~${keyOf(phrase)} ${part}` : '');
  const subject = resolve(before);
  if (subject === '' || reference?.kind === 'rest' || rest === '') return null;
  const negated = /\b(?:not|never|n['’]t)\s+$/i.test(found[0].slice(0, -(found[1] as string).length)) || /n['’]t$/.test(found[1] as string);
  const leading = /^not\s+/.exec(rest);
  return { subject, before, resolve, named: reference?.kind === 'name', negative: negated || leading !== null, verb: (found[1] as string).toLowerCase().replace(/n['’]t$/, ''), rest: leading === null ? rest : rest.slice(leading[0].length) };
}

const NOUNS = /^(?:the |this |an? |all |our )?[\p{L}\p{N}_$][\p{L}\p{N}_$.+#()/-]*(?:\s[\p{L}\p{N}_$][\p{L}\p{N}_$.+#()/-]*){0,5}$/iu;
const BE = new Set(['is', 'are', 'was', 'were']);
const PREPOSITION = /\s(?:in|on|at|by|for|with|without|under|within|during|after|before|from|as|over|to|of|among|through|per|via|than|about|into|using|compared|against)\s/;
const NEUTRAL_REST = /^(?:in total|in all|overall|as well|at all|time|inside|altogether)$/;

/** The scope that the words behind a value make. */
function scopeIn(rest: string): string {
  const bare = rest.trim();
  return bare === '' || NEUTRAL_REST.test(bare) ? '' : keyOf(bare);
}

/** "is stable", "is a statically typed language", "are mammals", "runs synchronously". */
function property({ verb, negative, rest }: Clause): Claim {
  if (!BE.has(verb) && !/^runs?$/.test(verb)) return null;
  const phrase = rest.replace(/^(?:always|fully|completely|entirely|strictly|purely|highly|very)\s+/, '');
  const cut = PREPOSITION.exec(` ${phrase} `)?.index ?? phrase.length;
  const head = phrase.slice(0, cut);
  const words = traitWords(head);
  const article = words[0] === 'a' || words[0] === 'an';
  // "a private part of a public interface" says more than one word can deny.
  if (words.length === 0 || words.length > (article ? 5 : 2) || words[0] === 'the') return null;
  const known = words.map(traitOf);
  const found = known.filter((trait) => trait !== null);
  const [trait] = found;
  if (trait === undefined || found.length !== 1) return null;
  const bare = !article && words.length === 1;
  const kind = trait.group.startsWith('c');
  // A kind is told by the head of the phrase, a property may stand before it; what is denied of the phrase is denied of it whole.
  if (kind && known[words.length - 1] !== trait) return null;
  if (!bare && !article && !kind && !MASS.has(words.at(-1) as string)) return null;
  if (negative && !(bare || (article && words.length === 2))) return null;
  const side = negative ? denied(trait) : trait.side;
  // Behind a noun stands what tells of the noun: "a left-handed pitcher from Texas". For whom someone plays, he does so.
  const scope = bare || PLAYING.test(trait.side) ? scopeIn(phrase.slice(cut)) : '';
  return side === null ? say(`is ${trait.group} ${trait.side}`, 'no', scope) : say(`is ${trait.group}`, side, scope);
}

const MASS = new Set(['software', 'code', 'technology', 'data', 'equipment']);
const PLAYING = /^(?:goalkeeper|striker|midfielder|defender|quarterback|linebacker|cornerback|safety)$/;

/** "is a fish" against "is not a fish". */
function kindOf({ verb, negative, rest }: Clause): Claim {
  if (!BE.has(verb) || negative) return null;
  const words = traitWords(rest);
  const trait = traitOf(words.at(-1) ?? '');
  return trait?.group.startsWith('c') === true && words.length <= 3 ? say(`is ${trait.group} ${trait.side}`, 'yes') : null;
}

const FREE = /^free(?:\s+(?:to (?:use|download|install|play)|of charge))?(?:\s+(.*))?$/;
const PRICE = new RegExp(String.raw`^${AMOUNT}\s*(?:dollars|euros|pounds)?(?:\s*(?:per|an?|each|\/)\s*(\p{Ll}+))?(.*)$`, 'iu');

/** "costs $9 per month", "is free". */
function price({ verb, negative, rest }: Clause): Claim {
  const free = BE.has(verb) ? FREE.exec(rest) : null;
  if (free !== null) return say('free', negative ? 'no' : 'yes', scopeIn(free[1] ?? ''));
  if (!verb.startsWith('cost') || negative || !/[$€£]|dollars|euros|pounds/.test(rest)) return null;
  const found = PRICE.exec(rest);
  const value = found === null ? null : amountOf(found[1], found[2] as string, found[3]);
  if (found === null || value === null) return null;
  return { attribute: `costs ${/[$€£]/.exec(rest)?.[0] ?? ''} ${found[4] ?? ''} ${bound(value.bound)}`, value: { ...value, bound: 'exact' }, scope: scopeIn((found[5] as string).replace(/^\s*\/\S+/, '')) };
}

/** "up to 30" and "up to 12" are two values of one limit. */
const bound = (kind: string): string => (kind === 'least' || kind === 'most' ? kind : '');

const MEASURE = new RegExp(String.raw`^(?:for\s+)?${AMOUNT}[\s-]*(\p{L}{1,14})\b(.*)$`, 'iu');
const MEASURING: ReadonlyMap<string, RegExp> = new Map([
  ['weigh', /^(?:kg|g|grams?|kilograms?|kilos?|pounds?|lbs?|ounces?|oz|tons?|tonnes?)$/], ['cost', /^(?:dollars|euros|pounds)$/], ['last', /^(?:hours?|minutes?|days?|weeks?|months?|years?)$/],
  ['hold', /^(?:litres?|liters?|gallons?|people|passengers?|items?|pages?|books?|gb|mb|tb)$/i], ['seat', /^(?:people|passengers?|guests?|spectators?)$/], ['run', /^(?:minutes?|hours?|mins?)$/],
  ['tak', /^(?:hours?|minutes?|days?|weeks?|months?|years?|arguments?|parameters?|operands?)$/], ['accept', /^(?:arguments?|parameters?|operands?)$/], ['need', /^(?:hours?|minutes?|days?|arguments?|parameters?)$/], ['requir', /^(?:arguments?|parameters?)$/],
]);
const SINGLE_CHARGE = /^\s*on (?:a|one) (?:single )?(?:full )?charge$/;

/** "weighs 2 kg", "lasts up to 30 hours", "takes two arguments". */
function measure({ subject, verb, negative, rest }: Clause): Claim {
  const units = MEASURING.get(stem(verb));
  const found = units === undefined || negative ? null : MEASURE.exec(rest);
  // "It takes two hours" speaks of what follows.
  if (found === null || units?.test(found[4] as string) !== true || (/^tak|^need/.test(verb) && subject.startsWith('@'))) return null;
  const value = amountOf(found[1], found[2] as string, found[3]);
  if (value === null || /^\s*(?:to|or|-|–)\s*\d/.test(found[5] as string)) return null;
  const name = stem(verb) === 'run' ? 'runtime' : /argument|parameter/.test(found[4] as string) ? 'takes' : verb.replace(/s$/, '');
  const scope = SINGLE_CHARGE.test(found[5] as string) ? '' : scopeIn(found[5] as string);
  return { attribute: `${name} ${stem((found[4] as string).toLowerCase())} ${bound(value.bound)}`, value: { ...value, bound: value.bound === 'about' ? 'about' : 'exact' }, scope };
}

/** "is made of steel". */
function material({ verb, negative, rest }: Clause): Claim {
  const found = BE.has(verb) && !negative ? /^(?:made|built|constructed)\s+(?:entirely |completely )?(?:out )?(?:of|from)\s+(?:\p{Ll}+\s+)?(\p{Ll}+)(.*)$/u.exec(rest) : null;
  const known = found === null ? null : materialOf(found[1] as string);
  return known === null ? null : say('made of', known, scopeIn((found as RegExpExecArray)[2] as string));
}

/** "returns a list". */
function returned({ verb, negative, rest }: Clause): Claim {
  const found = /^returns?$/.test(verb) && !negative ? /^(?:an?\s+|the\s+)?(?:new\s+|empty\s+|value\s+)?([\p{L}\d-]+)(.*)$/u.exec(rest) : null;
  const kind = found === null ? null : returnedKind(found[1] as string);
  // "a list of tuples" and "a list with the names" are both lists.
  return kind === null ? null : say('returns', kind, scopeIn((found as RegExpExecArray)[2]?.replace(/^\s+(?:of|with|containing|holding)\s.*$/, '') ?? ''));
}

/** "runs in O(n) time", "the time complexity of X is O(n)". */
function complexity({ verb, negative, rest, before, resolve }: Clause): Claim {
  const found = /^(?:runs?|takes?|is|has|needs?)$/.test(verb) && !negative ? /^(?:in\s+)?(O\([^()]{1,24}\))(?:\s+(?:time|steps))?$/.exec(rest) : null;
  if (found === null) return null;
  const of = COMPLEXITY_OF.exec(before);
  const claim = say(`${/space|memory/i.test(before) ? 'space' : 'time'} complexity`, (found[1] as string).replace(/\s/g, ''), keyOf(of?.[1] ?? ''));
  return of === null || claim === null ? claim : { ...claim, subject: resolve(of[2] as string) };
}

const COMPLEXITY_OF = /^the\s+(average|worst|best)?[- ]?(?:case )?(?:time |space )?complexity of (.+)$/i;

const AT = /^(?:to|on port|on|at(?: index)?|is)\s+(-?\d[\d,.]*)\s*(\p{L}*)$/u;

/** "defaults to 3", "listens on port 3000", "start at index 1". */
function setting({ verb, negative, rest }: Clause): Claim {
  const found = /^(?:defaults|listens|starts?)$/.test(verb) && !negative ? AT.exec(rest) : null;
  return found === null || (/^start/.test(verb) && !/index/.test(rest)) ? null : say(`${stem(verb)} ${stem((found[2] as string).toLowerCase())}`, (found[1] as string).replaceAll(',', ''));
}

const UNIQUE = /^the\s+(first|second|third|fourth|fifth|only|largest|smallest|tallest|highest|longest|shortest|closest|nearest|oldest|youngest|deepest|heaviest|hottest|coldest|densest|northernmost|southernmost|easternmost|westernmost)\s+(\p{Ll}.*)$/u;

/** "Mercury is the closest planet to the sun": only one can be. "She was the first woman to …": the same again. */
function rank({ verb, negative, rest, subject, named }: Clause): Claim {
  const found = BE.has(verb) && !negative && named ? UNIQUE.exec(rest) : null;
  if (found === null || !/\s(?:in|of|to|on|from)\s/.test(found[2] as string)) return null;
  const [, which = '', what = ''] = found;
  return ordinalFrom(which) === null ? { subject: `~${which} ${keyOf(what)}`, attribute: 'who', value: { kind: 'name', parts: [subject] } } : say(`rank ${keyOf(what)}`, which);
}

const HAVING = /^(?:support|allow|requir|contain|includ|us|offer|provid|accept|throw|modify|mutat|preserv|guarante|block|stor|ha)$/;
const OBJECT = /^(no\s+|an?\s+|any\s+|the\s+|its own\s+|built-in\s+|(?:two|three|four|five|six|\d+)\s+)?((?:[\p{L}\p{N}_-]+\s?){1,4}?)(?:\s+((?:in|on|at|by|for|with|without|under|within|during|after|before|from|as|over|to|of|through|via)\s.*))?$/u;

/** "supports TLS" against "does not support TLS", "has a port" against "has no port". */
function ability({ verb, negative, rest }: Clause): Claim {
  const name = verb === 'has' || verb === 'have' ? 'ha' : stem(verb);
  const found = HAVING.test(name) ? OBJECT.exec(rest) : null;
  if (found === null) return null;
  const [, before = '', what = '', tail = ''] = found;
  const no = /^no\b/.test(before);
  // What someone has of many is another claim than what there is none of.
  if (no && negative || /^the\b/.test(before) && name === 'ha' || name === 'ha' && LOOSE.test(what)) return null;
  return say(`${name} ${keyOf(what)}`, no !== negative ? 'no' : 'yes', scopeIn(tail));
}

const LOOSE = /^(?:been|had|to|not|a lot|much|many|little|few|effect|time|idea|problem|choice|way|reason|access|impact|ed$)|\p{L}(?:ed|en)\b/u;

const PASSIVE = /^(supported|allowed|required|used|accepted|provided|offered|included|contained)\s+by\s+(.{2,50})$/;

/** "TLS is not supported by X" as "X does not support TLS". */
function passive({ verb, negative, rest, before, resolve }: Clause): Claim {
  const found = BE.has(verb) ? PASSIVE.exec(rest) : null;
  const subject = found === null ? '' : resolve(found[2] as string);
  return found === null || subject === '' ? null : { ...say(`${stem(found[1] as string)} ${keyOf(before)}`, negative ? 'no' : 'yes'), subject } as Claim;
}

const LASTING = /^an?\s+(\d+|one|two|three|four|five|six|seven|ten|twelve)-(year|month|week|day|hour|minute)\s+(\p{Ll}+(?:\s\p{Ll}+)?)$/u;

/** "comes with a two-year warranty". */
function lasting({ verb, negative, rest }: Clause): Claim {
  const found = /^(?:has|have|comes\s+with|offers?|includes?|provides?)$/.test(verb) && !negative ? LASTING.exec(rest) : null;
  return found === null ? null : say(`${found[2]} ${keyOf(found[3] as string)}`, String(numberOf(found[1] as string) ?? 1));
}

const READERS: readonly Reader[] = [lasting, property, kindOf, price, measure, material, returned, complexity, setting, rank, ability, passive];

const MUST = /^you\s+(?:(?:must|need to|have to|are required to)|((?:do not|don['’]t) (?:need|have) to|need not|needn['’]t|are not required to))\s+(.+)$/i;
const NECESSARY = /^it is\s+(not\s+|un)?necessary\s+to\s+(.+)$/i;
const CAN = /^(?:you|one|users)\s+can(\s*not|['’]t)?\s+(.+)$/i;
const CAN_BE = /^(.{3,50}?)\s+can(\s*not|['’]t)?\s+be\s+(\p{Ll}+)$/iu;
const CLOSED = /[,;:?"“]|\b(?:if|when|unless|until|while|except|only|also|either|or|and|but|just|simply|always|otherwise|then|not|without|it|them|this|that|these|those|one|both)\b/i;

/** "You need to X" against "you do not need to X", "you can freeze rice" against "rice cannot be frozen"; null: neither. */
function dutyIn(bare: string): { readonly attribute: string; readonly word: string } | null {
  const must = MUST.exec(bare) ?? NECESSARY.exec(bare);
  const can = must === null ? CAN.exec(bare) : null;
  const found = must ?? can;
  if (found !== null) return CLOSED.test(found[2] as string) ? null : { attribute: `${must === null ? 'can' : 'must'} ${sorted(found[2] as string)}`, word: found[1] === undefined ? 'yes' : 'no' };
  const be = CAN_BE.exec(bare);
  return be === null || CLOSED.test(be[1] as string) || VAGUE.test(be[1] as string) ? null : { attribute: `can ${sorted(`${be[3]} ${be[1]}`)}`, word: be[2] === undefined ? 'yes' : 'no' };
}

const sorted = (text: string): string => keyOf(text).split('_').sort().join('_');
