import { stem } from './claim-stem.js';

/** A property that a thing has or has not for as long as an answer speaks of it. */
export interface Trait {
  /** The same for all that exclude each other. */
  readonly group: string;
  readonly side: string;
}

/** Two sides of one property; a group with one side has only its denial as the other. */
const PROPERTIES = `
stable|unstable; synchronous synchronously blocking|asynchronous asynchronously non-blocking nonblocking; mutable|immutable; thread-safe|thread-unsafe; waterproof|; landlocked|; uninhabited unpopulated|inhabited populated;
open-source|closed-source proprietary; free-of-charge|; public publicly-traded publicly-held publicly-owned|private privately-held privately-owned; non-profit nonprofit not-for-profit|for-profit; statically-typed|dynamically-typed; compiled|interpreted;
turn-based|real-time; left-handed|right-handed; black-and-white|color colour; deterministic|nondeterministic non-deterministic; stateless|stateful; case-sensitive|case-insensitive; required mandatory compulsory|optional voluntary;
single-threaded|multi-threaded multithreaded; lossless|lossy; symmetric|asymmetric; reversible|irreversible; renewable|nonrenewable non-renewable; edible|inedible; toxic poisonous venomous|nontoxic non-toxic harmless; flammable|nonflammable non-flammable; contagious|noncontagious non-contagious;
deciduous|evergreen; nocturnal|diurnal; vertebrate|invertebrate; carnivorous|herbivorous; fictional fictitious|; monotheistic|polytheistic; freshwater|saltwater; read-only|writable; idempotent|non-idempotent; odd|even; prime|composite; finite|infinite; extinct|extant;
carbonated|non-carbonated; alcoholic|non-alcoholic; hereditary|non-hereditary; cold-blooded|warm-blooded; single-player|multiplayer; zero-based zero-indexed 0-based 0-indexed|one-based one-indexed 1-based 1-indexed; backward-compatible backwards-compatible|backward-incompatible
`;
/** Kinds of which a thing is one: the groups of their lines exclude each other. */
const CLASSES = `
mammal|bird|reptile|amphibian|fish|insect|arachnid|crustacean|mollusc mollusk|plant|fungus|bacterium|virus
noun|verb|adjective|adverb|preposition
goalkeeper|striker|midfielder|defender; quarterback|linebacker|cornerback|safety
violinist|pianist|cellist|drummer|guitarist
`;

const TRAITS = new Map<string, Trait>();
for (const [at, line] of PROPERTIES.split(';').entries()) {
  line.trim().split('|').forEach((side, k) => {
    for (const word of side.split(/\s+/)) if (word !== '') TRAITS.set(word, { group: `p${at}`, side: String(k) });
  });
}
for (const [at, line] of CLASSES.trim().split(/[;\n]/).entries()) {
  line.trim().split('|').forEach((side) => {
    const words = side.split(' ');
    for (const word of words) TRAITS.set(stem(word), { group: `c${at}`, side: words[0] as string });
  });
}
for (const [one, other] of [['bacteria', 'bacterium'], ['fungi', 'fungu'], ['fishes', 'fish']] as const) TRAITS.set(one, TRAITS.get(other) ?? { group: 'c0', side: other });

/** Two words that are one property, joined by a hyphen here. */
const PAIRS = /\b(statically|dynamically|publicly|privately|open|closed|thread|case|black and|left|right|non|zero|one|turn|read|backwards?|single|real|for|cold|warm)\s+(typed|traded|held|owned|source|safe|sensitive|insensitive|white|handed|profit|based|indexed|only|compatible|threaded|player|time|blooded)\b/g;

/** The words of a predicate that `traitOf` may know, in lower case; a property of two words is joined. */
export function traitWords(phrase: string): readonly string[] {
  return phrase.toLowerCase().replace(PAIRS, (_, one: string, other: string) => `${one.replace(' ', '-')}-${other}`).match(/[\p{L}\p{N}][\p{L}\p{N}-]*/gu) ?? [];
}

/** What a lower-case word says of a thing; null: nothing that is known here. */
export function traitOf(word: string): Trait | null {
  const known = TRAITS.get(word);
  if (known !== undefined) return known;
  const kind = TRAITS.get(stem(word));
  return kind === undefined || kind.group.startsWith('p') ? null : kind;
}

/** The side of a property that its denial leaves; null: several are left. */
export function denied(trait: Trait): string | null {
  return trait.group.startsWith('p') ? String(1 - Number(trait.side)) : null;
}

/** Materials by what they are kinds of: "steel" does not exclude "metal". */
const MATERIALS: ReadonlyMap<string, string> = new Map(
  'metal:metal steel:metal aluminium:metal aluminum:metal titanium:metal iron:metal copper:metal brass:metal bronze:metal gold:metal silver:metal;plastic:plastic polycarbonate:plastic nylon:plastic polyester:plastic;wood:wood oak:wood pine:wood bamboo:wood maple:wood;stone:stone marble:stone granite:stone limestone:stone sandstone:stone;glass:glass;leather:leather;cotton:cotton;wool:wool;silk:silk;linen:linen;paper:paper cardboard:paper;rubber:rubber;concrete:concrete;brick:brick bricks:brick;ceramic:ceramic porcelain:ceramic'
    .split(/[ ;]/).map((pair) => pair.split(':') as [string, string]),
);

/** The class of a material; null: not known. */
export function materialOf(word: string): string | null {
  return MATERIALS.get(word.toLowerCase()) ?? null;
}

/** What functions give back, by a name that is the same for all that may be one. */
const RETURNED: ReadonlyMap<string, string> = new Map(
  'null:null undefined:undefined none:none nil:nil nothing:nothing void:nothing true:boolean false:boolean boolean:boolean bool:boolean string:string list:list array:list tuple:tuple set:set dictionary:map dict:map map:map hashmap:map integer:number number:number float:number promise:promise generator:iterator iterator:iterator -1:-1'
    .split(' ').map((pair) => pair.split(':') as [string, string]),
);

/** The kind of a returned value; null: not known, or one that may be many things. */
export function returnedKind(word: string): string | null {
  return RETURNED.get(word.toLowerCase()) ?? null;
}
