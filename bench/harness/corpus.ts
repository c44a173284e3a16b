import { seededRandom } from './statistics.js';

/** `prose` says something new with every sentence, as answers do; `refrain` says one of ten again and again: the worst case where sentences are compared. */
export type TextKind = 'prose' | 'refrain' | 'paths' | 'code';

/** What one answer says. The same values give the same answer in every process. */
export interface AnswerPlan {
  readonly text: TextKind;
  /** At least this many tokens; the last sentence is finished. */
  readonly tokens: number;
  /** Words per 100 tokens that the hit rules correct. */
  readonly hits: number;
}

/** Wrong word and right word: lengths that shrink, grow and stay, so that every kind of edit is timed. */
export const HIT_WORDS: readonly (readonly [wrong: string, right: string])[] = [
  ['recieve', 'receive'], ['seperate', 'separate'], ['occured', 'occurred'], ['enviroment', 'environment'],
  ['definately', 'definitely'], ['wierd', 'weird'], ['untill', 'until'], ['adress', 'address'],
  ['begining', 'beginning'], ['acheive', 'achieve'],
];

const REFRAIN = [
  'The reader keeps a small buffer for the {} and hands each piece on as soon as it is whole. ',
  'A slow client makes the sender wait, so the {} never grows past its limit. ',
  'When the stream begins, the first {} tells how the rest is framed. ',
  'Most of the time goes into waking up, and the {} itself costs little. ',
  'It helps to measure the {} twice and to keep both figures. ',
  'The second part describes the {} and how it is tested by hand. ',
  'Every part of the {} has one owner, which makes a change easy to follow. ',
  'Here the {} stands beside the table that lists the names. ',
  'Readers of this note may know the {} from an earlier release. ',
  'A good name for the {} saves a page of explanation. ',
];
const NOUNS = ['message', 'header', 'queue', 'window', 'counter', 'record', 'letter', 'answer', 'socket', 'report'];
const AREAS = ['billing', 'catalog', 'gateway', 'metrics', 'orders', 'search', 'session', 'storage'];
const PARTS = ['adapters', 'commands', 'handlers', 'models', 'queries', 'views'];
const NAMES = ['account', 'batch', 'cursor', 'digest', 'event', 'filter', 'group', 'index', 'journal', 'ledger'];

/** The path of file `n` of the benchmark's workspace: unlike its neighbours by more than an edit or two. */
export function workspacePath(n: number): string {
  const area = AREAS[n % AREAS.length] as string;
  const part = PARTS[Math.floor(n / AREAS.length) % PARTS.length] as string;
  const name = NAMES[Math.floor(n / (AREAS.length * PARTS.length)) % NAMES.length] as string;
  const series = Math.floor(n / (AREAS.length * PARTS.length * NAMES.length));
  return `src/${area}/${part}/${name}${series === 0 ? '' : `-${series}`}.ts`;
}

/** Files that answers about paths mention; a workspace of the benchmark holds at least these. */
export const MENTIONED_FILES = 480;

/** Parts of sentences. Nothing here is a number, denies anything or is another part's opposite, so that no two sentences can disagree. */
const DOERS = words('compiler scheduler gardener librarian translator surveyor pilot baker mechanic editor nurse violinist harbour orchard lantern bridge engine kettle compass ladder market meadow river station theatre village workshop archive balcony canal ferry forge glacier lighthouse mill orchestra printer quarry railway sculptor tailor vineyard weaver windmill');
const QUALITIES = words('patient wooden careful familiar northern copper modest curious generous marble municipal reliable seasoned spacious sturdy thoughtful woollen crimson elegant fragrant humble musical nimble orderly polished rustic scenic tidy vivid willing');
const DEEDS = words('carries gathers prepares repairs describes collects arranges protects supplies welcomes measures delivers decorates inspects organises restores sharpens teaches translates waters weighs wraps borrows catalogues polishes');
const THINGS = words('baskets letters instruments garments blankets maps melodies recipes bricks candles timbers portraits seeds sketches carpets clocks drums feathers fossils herbs jars kites looms masks nets oars pebbles quilts ribbons saddles tapestries urns violins wagons');
const PLACES = words('cellar courtyard attic pasture chapel pavilion corridor dockyard embankment foothills greenhouse hillside island jetty kitchen loft mountain nursery outpost plaza reservoir seaside terrace upland valley wharf');
const MOMENTS = ['before the harvest', 'during the festival', 'at dawn', 'on market days', 'through the winter', 'towards evening', 'while the bells ring', 'once the rain has passed', 'in a quiet hour', 'as soon as the visitors arrive', 'between two journeys', 'after the long holidays'];

function words(list: string): readonly string[] {
  return list.split(' ');
}

const FRAMES: readonly ((part: (list: readonly string[]) => string, word: string) => string)[] = [
  (part, word) => `The ${part(QUALITIES)} ${part(DOERS)} ${part(DEEDS)} ${part(THINGS)} for the ${word} in the ${part(PLACES)} ${part(MOMENTS)}. `,
  (part, word) => `In the ${part(PLACES)}, a ${part(DOERS)} ${part(DEEDS)} the ${part(QUALITIES)} ${part(THINGS)} that came with the ${word}. `,
  (part, word) => `Every ${word} of the ${part(DOERS)} has its place beside the ${part(THINGS)}, where the ${part(DOERS)} finds it ${part(MOMENTS)}. `,
  (part, word) => `People who visit the ${part(PLACES)} often ask for the ${word}, and the ${part(DOERS)} ${part(DEEDS)} it with care. `,
  (part, word) => `Much of what the ${part(QUALITIES)} ${part(DOERS)} needs, from ${part(THINGS)} to a ${word}, is kept near the ${part(PLACES)}. `,
  (part, word) => `A ${part(QUALITIES)} ${word} helps the ${part(DOERS)} to remember which ${part(THINGS)} belong to the ${part(PLACES)}. `,
];

const chosen = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

function prose(random: () => number, word: string): string {
  return chosen(random, FRAMES)((list) => chosen(random, list), word).replace(/\b([Aa])(?= [aeiou])/g, '$1n');
}

function refrain(random: () => number, word: string): string {
  return chosen(random, REFRAIN).replace('{}', word);
}

function listing(random: () => number, word: string): string {
  const path = () => workspacePath(Math.floor(random() * MENTIONED_FILES));
  return `- \`${path()}\` holds the ${word}, and [its views](${path()}) show it.\n- See ${path()} for the other half.\n`;
}

function code(random: () => number, word: string): string {
  const name = NAMES[Math.floor(random() * NAMES.length)] as string;
  const noun = NOUNS[Math.floor(random() * NOUNS.length)] as string;
  return `${prose(random, word)}\n\n\`\`\`ts\nexport function ${name}Of(${noun}: string[]): number {\n  const seen = new Set(${noun});\n` +
    `  for (const item of ${noun}) seen.add(item.trim());\n  return seen.size;\n}\n\`\`\`\n\n`;
}

const WRITERS: Readonly<Record<TextKind, (random: () => number, word: string) => string>> = { prose, refrain, paths: listing, code };

/** Cuts text the way tokenizers do: words with the blank before them, long words halved, digits by threes. Joined, the pieces are the text. */
export function tokenize(text: string): string[] {
  const pieces = text.match(/ ?[A-Za-z]+| ?\d{1,3}|\n+| ?[^\sA-Za-z\d]{1,2}|\s/gu) ?? [];
  return pieces.flatMap((piece) => (piece.length <= 8 ? [piece] : [piece.slice(0, 5), piece.slice(5)]));
}

/** The answer's tokens, in order. */
export function answerTokens(plan: AnswerPlan): string[] {
  const random = seededRandom(plan.tokens * 31 + plan.hits * 7 + plan.text.length);
  const tokens: string[] = [];
  let hits = 0;
  const due = (): boolean => (tokens.length * plan.hits) / 100 > hits;
  const nextHit = (): string => (HIT_WORDS[hits++ % HIT_WORDS.length] as readonly [string, string])[0];
  while (tokens.length < plan.tokens) {
    const word = due() ? nextHit() : NOUNS[Math.floor(random() * NOUNS.length)] as string;
    for (const token of tokenize(WRITERS[plan.text](random, word))) tokens.push(token);
    // A block has room for one; what is still owed follows in sentences short enough to catch up.
    while (due()) for (const token of tokenize(`The ${nextHit()} stays. `)) tokens.push(token);
  }
  return tokens;
}

/** What a client must read when the hit rules are in force: a whole-text rewrite that shares nothing with the proxy. */
export function correctedText(text: string): string {
  return HIT_WORDS.reduce((corrected, [wrong, right]) => corrected.split(wrong).join(right), text);
}

/** Rules in the import form of one object a line: `count` in all, the last ones the hit rules when `withHits`. */
export function ruleLines(count: number, withHits: boolean): string {
  const lines: string[] = [];
  const idle = count - (withHits ? HIT_WORDS.length : 0);
  // Idle rules begin with letters that open no word of any answer, so that none of them ever holds text back.
  const openings = ['zx', 'qk', 'vq', 'xj', 'zq'];
  for (let i = 0; i < idle; i++) {
    const pattern = `${openings[i % openings.length]}${i.toString(36).padStart(4, 'q')}ovan`;
    lines.push(JSON.stringify({ type: 'literal', pattern, replacement: `${pattern}t` }));
  }
  if (withHits) for (const [pattern, replacement] of HIT_WORDS) lines.push(JSON.stringify({ type: 'literal', pattern, replacement }));
  return `${lines.join('\n')}\n`;
}
