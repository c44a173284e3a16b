import { clauseSubject } from './claim-clauses.js';
import type { Fact, FactValue } from './claim-facts.js';
import { dateAt, NAME, ORDINAL, ordinalFrom } from './claim-phrases.js';
import { stem } from './claim-stem.js';
import { nameKey, referenceIn, type SubjectTracker } from './claim-subject.js';

type Put = (subject: string, attribute: string, value: FactValue, scope?: string) => void;

const OFFICES = 'president|chancellor|prime minister|mayor|CEO|ceo|chief executive officer|chairman|king|queen|owner|head coach|manager|captain|governor|principal|leader';
const RELATIONS = `capital|capital city|author|director|founder|inventor|winner|currency|official language|largest city|birthplace|real name|birth name|full name|creator|composer|producer|publisher|developer|architect|lead singer|lead vocalist|drummer|bassist|headquarters|mascot|nickname|motto|national animal|national bird|highest peak|highest point|highest mountain|longest river|chemical symbol|maiden name|parent company|editor|protagonist|main character|screenwriter|narrator|first president|state bird|patron saint|${OFFICES}`;
const OF = new RegExp(String.raw`^(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er)\s+(${RELATIONS})(?:\s+(?:of|in|for)\s+(?:the\s+)?["“]?(${NAME})["”]?)?\s+(is|was)\s+(?:the\s+|called\s+|named\s+|the city of\s+)?["“]?(${NAME})["”]?(?=\s*(?:[.,;]|$|\s(?:who|which|in|and has|with|a|located)\b))`, 'u');
const POSSESSED = new RegExp(String.raw`^(?:The\s+)?(${NAME})['’]s?\s+(${RELATIONS})\s+(is|was)\s+(?:the\s+|called\s+|named\s+|the city of\s+)?["“]?(${NAME})["”]?(?=\s*(?:[.,;]|$|\s(?:who|which|in|and has|with|a|located)\b))`, 'u');
const IS_OF = new RegExp(String.raw`^["“]?(${NAME})["”]?\s+(is|was)\s+the\s+(${RELATIONS})\s+(?:of|in|for)\s+(?:the\s+)?["“]?(${NAME})["”]?`, 'u');

/** "The capital of X is Y", "Y is the capital of X", "its capital is Y". */
function relations(body: string, tracker: SubjectTracker, put: Put): void {
  if (ENDED.test(body)) return;
  const possessed = POSSESSED.exec(body);
  if (possessed !== null) put(nameKey(possessed[1] as string), relationOf(possessed[2] as string), { kind: 'name', parts: [possessed[4] as string] }, holds(relationOf(possessed[2] as string), possessed[3] as string));
  const of = OF.exec(body);
  if (of !== null) {
    const relation = relationOf(of[1] as string);
    const subject = of[2] === undefined ? tracker.owner(/^its/i.test(body)) : nameKey(of[2]);
    if (!/^the\s/i.test(body) || of[2] !== undefined) put(subject, relation, { kind: 'name', parts: [of[4] as string] }, holds(relation, of[3] as string));
  }
  const is = IS_OF.exec(body);
  if (is !== null) put(nameKey(is[4] as string), relationOf(is[3] as string), { kind: 'name', parts: [is[1] as string] }, holds(relationOf(is[3] as string), is[2] as string));
}

/** What was so at a time only. */
const ENDED = /\b(?:until|till|from \d{4}|between \d{4}|formerly|former)\b/;
const relationOf = (word: string): string => word.toLowerCase().replace(/^capital city$/, 'capital').replace(/^(?:chief executive officer)$/, 'ceo').replace('lead vocalist', 'lead singer').replace(/^(?:author|director|founder|inventor|composer|creator|developer|owner|producer)$/, (role) => DOES.get(role) ?? role);
const DOES: ReadonlyMap<string, string> = new Map('author:written director:directed founder:founded inventor:invented composer:composed creator:created developer:developed owner:owned producer:produced'.split(' ').map((pair) => pair.split(':') as [string, string]).map(([role, done]) => [role, `${done} by`]));
const WORK_BY = new RegExp(String.raw`^\s*(?:is|was)\s+an?\s+(?:[\p{L}\d-]+\s+){0,4}?(novel|poem|book|play|memoir|painting|symphony|opera)\s+by\s+(?:[\p{L}]+\s+(?:author|writer|poet|novelist|painter|composer)\s+)?(${NAME})`, 'u');
const MADE: ReadonlyMap<string, string> = new Map([['painting', 'painted'], ['symphony', 'composed'], ['opera', 'composed']]);
const DEBUT = /\b(?:made|makes|making)\s+(?:his|her|its|their)\s+((?:[\p{L}-]+\s+){0,3}?)debut\b/u;

/** "X is a novel by Y", "she made her film debut in 1999". */
function works(body: string, predicate: string, subject: string, put: Put): void {
  const work = WORK_BY.exec(predicate);
  if (work !== null) put(subject, `${MADE.get(work[1] as string) ?? 'written'} by`, { kind: 'name', parts: [work[2] as string] });
  const debut = DEBUT.exec(body);
  if (debut === null) return;
  const rest = body.slice(debut.index + debut[0].length);
  const dated = /^[^,;]{0,50}?\s(?:in|on)\s+(?=\p{Lu}\p{Ll}+\s+\d|\d)/u.exec(rest);
  const date = dated === null ? null : dateAt(rest, dated[0].length);
  if (date !== null && !/\bfor\b/.test(dated?.[0] ?? '')) put(subject, `debut ${(debut[1] as string).trim().toLowerCase()}`, date.value);
}
const OFFICE = new RegExp(`^(?:${OFFICES})$`);

/** Who held an office then says nothing of who held it another time. */
function holds(relation: string, tense: string): string {
  return OFFICE.test(relation) && tense === 'was' ? '?' : '';
}

const NATIONS = new Map<string, string>();
for (const word of 'american british english scottish welsh irish canadian australian french german italian spanish portuguese dutch belgian swiss austrian swedish norwegian danish finnish icelandic polish czech slovak hungarian romanian bulgarian greek turkish russian ukrainian serbian croatian slovenian israeli egyptian moroccan nigerian ghanaian kenyan ethiopian indian pakistani bangladeshi chinese japanese korean vietnamese thai indonesian malaysian filipino mexican brazilian argentine argentinian chilean colombian peruvian venezuelan cuban jamaican iranian iraqi armenian georgian'.split(' ')) NATIONS.set(word, word === 'argentinian' ? 'argentine' : word);
const WITHIN: ReadonlyMap<string, string> = new Map([['english', 'british'], ['scottish', 'british'], ['welsh', 'british'], ['irish', 'british']]);
const GENRES = new Set('comedy drama horror thriller documentary western musical fantasy mystery romance sitcom animated war crime'.split(' '));
const SPORTS = new Map('footballer:football cricketer:cricket basketball:basketball tennis:tennis baseball:baseball hockey:hockey rugby:rugby golfer:golf boxer:boxing swimmer:swimming volleyball:volleyball'.split(' ').map((pair) => pair.split(':') as [string, string]));
const DEFINES = /^\s*(is|was|are|were)\s+(an?|the|one of the)\s+((?:(?!\b(?:who|which|that|by|of|from|in|on|for|with|at|located|based|known|directed|written|released|founded|born|set|published|starring|developed|created|situated)\b)[^,.;(])+)/;

/** What a sentence says its subject is: the phrase behind "is a"; null: it says no such thing. */
export function definitionIn(predicate: string): { readonly phrase: string; readonly kind: string; readonly article: string } | null {
  const found = DEFINES.exec(predicate);
  if (found === null) return null;
  const phrase = (found[3] as string).trim();
  return { phrase, article: found[2] as string, kind: stem(phrase.slice(phrase.lastIndexOf(' ') + 1).toLowerCase()) };
}

function definitions(predicate: string, subject: string, put: Put): void {
  const definition = definitionIn(predicate);
  if (definition === null) return;
  const { phrase } = definition;
  const words = phrase.toLowerCase().match(/\p{L}+/gu) ?? [];
  const nations = words.map((word) => NATIONS.get(word)).filter((word) => word !== undefined);
  const [nation] = nations;
  if (nation !== undefined && nations.length === 1 && !/-/.test(phrase) && /^\p{L}+$/u.test(phrase.split(' ')[0] ?? '') && NATIONS.has(words[0] ?? '') || nation !== undefined && /^(?:former|retired|professional)/.test(phrase)) {
    put(subject, 'nationality', { kind: 'word', word: WITHIN.get(nation) ?? nation });
  }
  const genres = words.filter((word) => GENRES.has(word));
  if (genres.length > 0 && /\b(?:film|movie|series|show|novel|sitcom)\b/.test(phrase)) put(subject, 'genre', { kind: 'name', parts: genres });
  const sport = words.map((word) => SPORTS.get(word)).find((word) => word !== undefined);
  if (sport !== undefined) put(subject, 'sport', { kind: 'word', word: sport });
}

const NTH = new RegExp(String.raw`\b(?:is|was)\s+(?:the|his|her|their|its)\s+(${ORDINAL})\s+(?:and (?:final|last)\s+)?((?:studio\s+|full-length\s+|feature\s+)?(?:album|film|movie|novel|book|season|single|president|prime minister|installment|instalment|child|planet|element|state|king|episode))\b`, 'iu');
const RANK = new RegExp(String.raw`\b(?:is|was)\s+the\s+(?:(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|2nd|3rd|4th|5th)[- ])?(?:(?:most|least)\s+)?(\p{Ll}+est|populous)\s+(\p{Ll}+(?:\s\p{Ll}+)?)\s+(in|on|of)\s+(?:the\s+)?(\p{L}+(?:\s\p{Lu}\p{L}+)*)`, 'u');
const FAMILY = /\b(?:in|of|to|from) the (family|genus|order) (\p{Lu}\p{Ll}+)/u;

/** Of what somebody is the third president. */
const OF_WHAT = /^\s+of\s+([\p{L}' -]{1,60})/u;

function places(body: string, subject: string, put: Put): void {
  const nth = NTH.exec(body);
  if (nth !== null) put(subject, `nth ${(nth[2] as string).toLowerCase().replace(/^(?:studio|full-length|feature)\s+/, '')}`, { kind: 'word', word: String(ordinalFrom(nth[1] as string)) }, OFFICE.test((nth[2] as string).toLowerCase()) ? nameKey(OF_WHAT.exec(body.slice(nth.index + nth[0].length))?.[1] ?? '') : '');
  const rank = RANK.exec(body);
  if (rank !== null) put(subject, `rank ${rank[2]} ${rank[3]} in ${nameKey(rank[5] as string)}`, { kind: 'word', word: (rank[1] ?? 'first').replace('2nd', 'second').replace('3rd', 'third') });
  const family = FAMILY.exec(body);
  if (family !== null) put(subject, family[1] as string, { kind: 'word', word: (family[2] as string).toLowerCase() });
}

const DEGREES: readonly (readonly [RegExp, string])[] = [
  [/\bPh\.?\s?D\.?|\bdoctorate\b|\bdoctoral degree\b|\bDoctor of Philosophy\b/, 'doctorate'], [/\bM\.?B\.?A\.?\b|\bMaster of Business/, 'mba'],
  [/\blaw degree\b|\bJ\.?D\.?\b|\bJuris Doctor\b/, 'law degree'], [/\bmedical degree\b|\bM\.?D\.?\s/, 'medical degree'],
  [/\bmaster['’]?s\b|\bMaster of\b|\bM\.?(?:Sc?|A)\.?\s/i, 'master'], [/\bbachelor['’]?s\b|\bBachelor of\b|\bundergraduate degree\b|\bB\.?(?:Sc?|A)\.?\s/i, 'bachelor'],
];
const FROM = new RegExp(String.raw`\b(?:from|at)\s+(?:the\s+)?(${NAME}(?:,\s+${NAME})?)(?:\s+in\s+(\d{4}))?`, 'u');
const HONORARY = /\bhonorary\b|\b(?:second|third|two|another)\s+(?:\p{L}+['’]?s?\s+)?(?:ph\.?d|degree|doctorate|master|bachelor)|\bpursu|\bsupervis|\bstudents?\b|\bboth\b|\bdegrees\b|\bdropp/iu;

function degrees(body: string, subject: string, put: Put): void {
  if (HONORARY.test(body)) return;
  const found = DEGREES.filter(([pattern]) => pattern.test(body));
  const [only] = found;
  if (only === undefined || found.length !== 1) return;
  const [pattern, name] = only;
  const rest = body.slice(pattern.exec(body)?.index ?? 0);
  const from = FROM.exec(rest);
  if (from !== null) put(subject, `${name} from`, { kind: 'name', parts: [from[1] as string] });
  const dated = /\b(?:in|and in|degree in)\s+(?=\d{4})/.exec(rest);
  const date = dated === null ? null : dateAt(rest, dated.index + dated[0].length);
  if (date !== null) put(subject, `${name} when`, date.value);
}

const AT = new RegExp(String.raw`^\s*(?:is|works|teaches|serves)\s+(?:currently\s+|now\s+|presently\s+)?(?:as\s+)?(?:an?\s+|the\s+)?(?:[\p{L}-]+\s+){0,6}?(?:(professor|researcher|scientist|engineer|lecturer|coach|editor|chairman|CEO|reporter|anchor)\s+(?:(?:of|in|and)\s+[\p{L}\s]{3,50}?\s+)?)?(?:at|for)\s+(?:the\s+)?(${NAME})`, 'u');
const SINGLE: readonly (readonly [RegExp, string, 'name' | 'place' | 'word'])[] = [
  [new RegExp(String.raw`\b(?:is married to|whose wife is|whose husband is)\s+(?:\p{Ll}+\s+){0,3}(${NAME})`, 'u'), 'spouse', 'name'],
  [new RegExp(String.raw`\b(?:lives|resides|currently living) in\s+(${NAME}(?:,\s*${NAME})*)`, 'u'), 'lives', 'place'],
  [new RegExp(String.raw`\b(?:is|was) (?:the|a) (?:son|daughter|child) of\s+(?:\p{Ll}+\s+){0,3}(${NAME}(?:\s+and\s+(?:\p{Ll}+\s+){0,3}${NAME})?)`, 'u'), 'parent', 'name'],
  [new RegExp(String.raw`\b(?:aired|airs|broadcast|broadcasts)\s+on\s+(?:the\s+)?(${NAME})`, 'u'), 'aired on', 'name'],
  [new RegExp(String.raw`\b(?:stars|starring)\s+(${NAME}(?:(?:,|,?\s+and)\s+${NAME})*)`, 'u'), 'stars', 'name'],
  [new RegExp(String.raw`\b(?:is|was) based on (?:the|a) (?:\p{Ll}+\s+){1,3}(?:of the same name\s+)?by\s+(${NAME})`, 'u'), 'based on', 'name'],
  [new RegExp(String.raw`\bplays\s+(?:\p{Ll}+\s+)?(?:as an?\s+[\p{Ll}-]+\s+)?for\s+(?:the\s+)?(${NAME})`, 'u'), 'plays for', 'name'],
  [/\b(?:is|was) (?:located|situated) (?:in|on) the ((?:north|south|east|west)\p{Ll}*) (?:part|coast|corner|side|region|bank|shore|end|of)/u, 'part', 'name'],
  [/\b(?:stands|lies|sits) on the ((?:north|south|east|west)\p{Ll}*) (?:coast|side|bank|shore|end)/u, 'part', 'name'],
  [new RegExp(String.raw`\ba native of\s+(?:the\s+)?(${NAME}(?:,\s*${NAME})*)`, 'u'), 'born where', 'place'],
  [new RegExp(String.raw`\b(?:flows|empties|drains|discharges) into (?:the\s+)?(${NAME})`, 'u'), 'flows into', 'word'],
];

const WRITTEN_IN = new RegExp(String.raw`\b(?:is|was) (originally |first |entirely )?written in\s+(C\+\+|C#|F#|${NAME})(?=[.,;]|\s+(?:and(?!\s+\p{Lu})|with|by)\b|$)`, 'u');

function single(body: string, tracker: SubjectTracker, put: Put): void {
  const tongue = WRITTEN_IN.exec(body);
  if (tongue !== null && dateAt(tongue[2] as string, 0) === null) {
    const word = (tongue[2] as string).toLowerCase().replace(/[\s\d.]+$/, '');
    put(clauseSubject(body, tongue.index + tongue[0].length, tracker), `language ${(tongue[1] ?? '').trim().replace('entirely', '')}`, { kind: 'word', word });
  }
  for (const [pattern, attribute, kind] of SINGLE) {
    const found = pattern.exec(body);
    if (found === null) continue;
    const value = found[1] as string;
    if (dateAt(value, 0) !== null) continue;
    put(clauseSubject(body, found.index + found[0].length, tracker), attribute, kind === 'word' ? { kind, word: nameKey(value) } : { kind, parts: kind === 'place' ? value.split(',').map((part) => part.trim()) : [value] });
  }
}

const SERVED = /\b(?:serv(?:ed|ing)(?: as)?|reigned(?: as)?|ruled|worked(?: as)?|played|ran|was|were)\b([^.;]{0,80}?)\bfrom\s+(\d{4})\s+(?:to|until|through)\s+(\d{4})\b/u;

function spans(body: string, subject: string, put: Put): void {
  const found = SERVED.exec(body);
  if (found === null || / and from /.test(body)) return;
  const what = (found[1] as string).toLowerCase().match(/\p{L}{3,}/gu)?.filter((word) => !/^(?:the|and|for|with)$/.test(word)).map(stem).join(' ') ?? '';
  put(subject, `span ${what}`, { kind: 'span', from: Number(found[2]), to: Number(found[3]) });
}

const PRIZE = String.raw`((?:\p{Lu}[\p{L}'’]+\s+){1,4}?(?:Prize|Awards?|Medal|Cup|Championship|Trophy|Title)|Oscars?|Gramm(?:y|ies)|Emmys?|Nobel|Pulitzer)`;
const NEVER_WON = new RegExp(String.raw`\b(?:never|has not|have not|hasn['’]t|yet to)\s+(?:been\s+)?(?:w[io]n|received?|awarded|earned?)\s+(?:an?\s+|the\s+|any\s+)?${PRIZE}`, 'u');
const WON = new RegExp(String.raw`\b(?:won|received|awarded|earned|winning|winner of)\s+(?:his|her|their|its)?\s*(?:first\s+|the\s+|an?\s+|(?:\p{Ll}+\s+){1,2})?${PRIZE}`, 'u');
const PERSONAL: readonly (readonly [RegExp, string, 'yes' | 'no'])[] = [
  [/\bnever (?:got |been )?married\b|\b(?:is|was|remained) (?:unmarried|single (?:all|throughout))\b/, 'ever married', 'no'], [/\b(?:married|his wife|her husband|is married to)\s+(?:\p{Ll}+\s+){0,2}\p{Lu}/u, 'ever married', 'yes'],
  [/\b(?:has|had|have) no (?:children|kids)\b|\bchildless\b|\bnever had (?:any )?children\b/, 'children', 'no'], [/\b(?:has|have|had) (?:\w+) (?:children|kids|sons|daughters)\b|\b(?:has|had) a (?:son|daughter)\b/, 'children', 'yes'],
  [/\bis an only child\b|\bis the only child\b|\bhas no siblings\b/, 'siblings', 'no'], [/\b(?:has|had) (?:\w+|an? \w+) (?:siblings|brothers|sisters|brother|sister)\b/, 'siblings', 'yes'],
  [/\bnever (?:went to|attended|finished|graduated from) (?:college|university)\b/, 'college', 'no'], [/\bgraduated from (?:college|university|[^.,;]{2,40}(?:College|University))|\bgraduated from University\b/, 'college', 'yes'],
  [/\bis still alive\b/, 'dead', 'no'], [/\bdied (?:in|on)\b/, 'dead', 'yes'],
];

const OFFSPRING = /\b(?:his|her)\s+(?:(?:\w+\s+)?(?:sons|daughters|children)|(?:\w+\s+)?(?:son|daughter))\b/;

function yesOrNo(body: string, subject: string, tracker: SubjectTracker, put: Put): void {
  if (OFFSPRING.test(body)) put(subject.includes("'s") ? tracker.owner(false) : subject, 'children', { kind: 'word', word: 'yes' });
  const never = NEVER_WON.exec(body);
  const won = never === null ? WON.exec(body) : null;
  const prize = (never ?? won)?.[1];
  if (prize !== undefined) put(subject, `won ${stem(nameKey(prize))}`, { kind: 'word', word: never === null ? 'yes' : 'no' });
  for (const [pattern, attribute, word] of PERSONAL) {
    const found = pattern.exec(body);
    if (found === null || word === 'yes' && /\b(?:no|not|never|any)\b/.test(found[0])) continue;
    put(subject, attribute, { kind: 'word', word });
    if (word === 'no') break;
  }
}

const MORE = /\b(?:also|another|again|other|previously|formerly|later|then|respectively|either|once|until|stage name|pen name)\b/i;

/** What `body` says of the subject of its main clause: what it is, where it belongs, who stands to it in a relation of one. */
export function relationFacts(body: string, predicateAt: number, subject: string, tracker: SubjectTracker): Fact[] {
  const facts: Fact[] = [];
  const put: Put = (of, attribute, value, scope = '') => {
    if (of !== '' && scope !== '?') facts.push({ subject: of, attribute, value, scope });
  };
  const more = MORE.test(body);
  const main = subject !== '';
  const predicate = predicateAt < 0 ? '' : body.slice(predicateAt);
  const negated = /\b(?:not|n't|never|no)\b/.test(body);
  if (main) yesOrNo(body, subject, tracker, put);
  if (negated) return facts;
  relations(body, tracker, put);
  if (!more && main) {
    definitions(predicate, subject, put);
    places(body, subject, put);
    degrees(body, subject, put);
    spans(body, subject, put);
    works(body, predicate, subject, put);
    const at = AT.exec(predicate);
    if (at !== null) put(subject, `works ${(at[1] ?? '').toLowerCase()}`, { kind: 'name', parts: [at[2] as string] });
  }
  if (!more) single(body, tracker, put);
  return facts;
}

/** The subject of the sentence and where its predicate begins. */
export function mainClause(body: string, verb: number): ReturnType<typeof referenceIn> {
  return verb < 0 ? null : referenceIn(body.slice(0, verb));
}
