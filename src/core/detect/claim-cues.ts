/** What a word is a sign of. Most sentences hold no sign, and cost no more than the reading of their words. */
export const CUE = { verb: 1, event: 2, relation: 4, amount: 8, number: 16, hedge: 32, point: 64, duty: 128, trait: 256 } as const;

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

const VERBS = list(`
  is was are were has have had became becomes began begins won wrote made grew took died did does can will would hold holds lie lies stand stands run runs ran
  star stars feature features consist consists contain contains comprises serve serves include includes work works live lives resides play plays span spans
  lasts employs sold teaches belongs covers measures weighs uses supports follows tells went came left gave led held lost met kept built got grows rose fell saw spent sang wins draws
  flows rises falls returns
`);
const RELATIONS = list(`
  capital author director founder inventor winner currency language city birthplace name creator composer producer publisher developer architect singer vocalist drummer
  bassist headquarters mascot nickname motto animal bird peak point mountain river symbol company editor protagonist character screenwriter narrator president saint
  chancellor minister mayor ceo officer chairman king queen owner coach manager captain governor principal leader
  stands lies flows empties drains discharges native family genus order married wife husband lives resides living son sons daughter daughters child children aired airs broadcast broadcasts stars starring based written plays located situated
  phd ph.d doctorate doctoral doctor mba master's masters master bachelor's bachelor bsc msc ba ma bs ms law medical degree professor works teaches serves served serving reign reigned ruled worked played ran
  prize award awards medal cup championship trophy title oscar oscars grammy grammys emmy emmys nobel pulitzer unmarried single childless siblings brothers sisters sibling alive kids
  debut poem book play memoir painting symphony opera graduated college university was were
  second third fourth fifth sixth seventh eighth ninth tenth album film movie novel series show sitcom most least populous
`);
const EVENTS = list(`
  born died passed founded co-founded established formed incorporated released published premiered debuted opened completed built constructed inaugurated launched invented discovered created directed
  written wrote authored composed painted designed developed produced recorded assassinated executed disbanded dissolved abolished coined owned hosted narrated portrayed voiced sculpted
  came set started finished erected unveiled killed began ended broke native
  preceded succeeded joined married retired graduated elected appointed acquired drafted moved enrolled emigrated knighted signed named located situated headquartered based set adapted
`);
const AMOUNTS = list(`
  population people inhabitants residents home meters metres meter metre m feet foot ft kilometers kilometres km miles mile minutes minute hours hour years kg kilograms pounds tons inches cm
  height length width depth area elevation altitude runtime running weight diameter has have had consists consisted contains contained comprises comprised includes included features featured
  story storey stories storeys live inhabit composed divided made employs won scored ran lasted spanned sold wrote written published released recorded directed his her father mother
`);
/** Words that make a claim of `claim-points.ts`; of a hyphenated one, its last part. */
const POINTS = list(`
  than before after complexity default defaults maximum minimum latest lowest highest won all every each everyone everybody none nobody no some several many most someone somebody
  public private synchronous asynchronous mutable immutable odd even required mandatory optional deterministic nondeterministic compiled interpreted signed unsigned
  threaded singlethreaded multithreaded stateless stateful source proprietary sensitive insensitive linear nonlinear finite infinite prime composite symmetric asymmetric
  blocking nonblocking reversible irreversible safe unsafe renewable nonrenewable concave convex associative commutative noncommutative idempotent nocturnal diurnal
  carnivorous herbivorous monogamous polygamous edible inedible poisonous possible impossible extinct extant lossless lossy only writable licensed
`);
/** Words that make a claim of `claim-traits.ts`. */
const TRAITS = list(`
  weighs weigh costs cost lasts last holds hold seats seat runs run takes take accepts accept needs need returns return defaults listens starts start supports support supported allows allow allowed
  requires require required contains contain includes include uses use used offers offer provides provide throws throw modifies modify mutates preserves guarantees blocks stores has have
  made free first second third only largest smallest tallest highest longest shortest closest nearest oldest youngest deepest heaviest hottest coldest densest necessary unnecessary can cannot must
  stable unstable synchronous asynchronous synchronously asynchronously blocking mutable immutable safe waterproof landlocked uninhabited unpopulated inhabited populated source proprietary public private traded held owned
  profit nonprofit typed compiled interpreted based time handed white color colour deterministic nondeterministic stateless stateful sensitive insensitive mandatory compulsory optional voluntary threaded multithreaded lossless lossy
  symmetric asymmetric reversible irreversible renewable nonrenewable edible inedible toxic poisonous venomous nontoxic harmless flammable nonflammable contagious deciduous evergreen nocturnal diurnal vertebrate invertebrate
  carnivorous herbivorous fictional fictitious monotheistic polytheistic freshwater saltwater writable idempotent odd even prime composite finite infinite extinct extant carbonated alcoholic hereditary blooded player multiplayer indexed compatible
  mammal mammals bird birds reptile reptiles amphibian amphibians fish insect insects arachnid arachnids crustacean crustaceans mollusc plant plants fungus fungi bacterium bacteria virus viruses noun verb adjective adverb
  goalkeeper striker midfielder defender quarterback linebacker violinist pianist cellist drummer guitarist
`);
/** "need to", "have to": what must be done. */
const DUTIES = list('need needs have has had');

const CUES = new Map<string, number>();
for (const [words, bit] of [[VERBS, CUE.verb], [RELATIONS, CUE.relation], [EVENTS, CUE.event], [AMOUNTS, CUE.amount], [POINTS, CUE.point], [DUTIES, CUE.duty], [TRAITS, CUE.trait]] as const) {
  for (const word of words) CUES.set(word, (CUES.get(word) ?? 0) | bit);
}

/** The signs of a lower-case word. */
export function cuesOf(word: string): number {
  let cues = CUES.get(word) ?? 0;
  if (word.length > 4 && word.endsWith('ed')) cues |= CUE.verb;
  if (word.length > 5 && word.endsWith('est')) cues |= CUE.relation;
  return cues | (NATION.test(word) ? CUE.relation : 0);
}

/** "an Austrian chemist": what someone is may be told once only. */
const NATION = /^\p{L}{3,}(?:ish|ian|ean|can|ench|utch|ese|sh|ch|eek|ani|aeli|raqi|an|er)$/u;
