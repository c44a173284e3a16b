/** A language, as far as the end of a sentence shows: words that none of its sentences ends in, and how to tell it by its small words. */
interface Tongue {
  readonly never: ReadonlySet<string>;
  readonly common: ReadonlySet<string>;
}

function tongue(never: string, more: string): Tongue {
  const last = never.split(' ');
  return { never: new Set(last), common: new Set([...last, ...more.split(' ')]) };
}

/** German prefixes that stand at the end of their sentences (`an`, `auf`, `ein`, `mit`, `zu`) are left out, and so on. */
const TONGUES: readonly Tongue[] = [
  tongue('und oder der die das den dem des eine einen einem einer eines dass weil ob sowie im am zum zur beim vom ins für gegen ohne zwischen von wegen während wenn', 'ist sind ein man nicht mit auf zu sich auch es er sie wird werden kann können hat haben'),
  tongue('le les une des de du au aux et ou que qui dont pour par dans avec sans entre chez vers ce cette ces son ses leur leurs parce lorsque puisque afin', 'est sont la un il elle on ne pas plus en à se peut peuvent être deux'),
  tongue('el los las unos unas un una de del al y o que por para con sin sobre entre desde hasta según su sus como porque cuando mientras', 'es son la no se lo en más puede pueden ser hay dos también'),
  tongue('il gli un uno una di del della dei delle dello degli dal dalla dai dalle nel nella nei nelle con per tra fra e o ma che perché come mentre quando al alla ai alle il lo', 'è sono la le non si in può possono essere ci da due più'),
  tongue('os as um uma uns umas de do da dos das em na nos nas por para com sem sobre entre e ou que porque quando como seu sua ao', 'é são o a não se no mais pode podem ser há duas dois também'),
  tongue('het een en of van voor met zonder tussen dat omdat wanneer als bij naar de', 'is zijn wordt worden niet te in op kan kunnen er ook die dit'),
  tongue('i oraz lub w z na do od dla przez że ponieważ gdy jeśli który która które po przy bez ze o', 'jest są nie się to może być jak ich jego dwa razy'),
  tongue('и или в на с к от для без через что чтобы если когда который которая которые о об по за из у не но', 'это он она они как так же его их есть может быть в том'),
  tongue('ve veya ile için bir çünkü ancak', 'bu da de olarak olan değil ne daha gibi'),
  tongue('من في على إلى عن أن أو التي الذي لأن ثم بين', 'هو هي هذا هذه لا ما مع كل ذلك كان'),
  tongue('कि और या लेकिन क्योंकि का की के में को', 'है हैं यह वह नहीं से पर भी एक हो'),
];

const LETTERS = /[^\p{L}\p{M}]/gu;
/** With one of these the sentence is English, whatever else it resembles. */
const ENGLISH = new Set('the of and is are that it this you was were have has'.split(' '));

/** Whether a sentence ends in a word that its language, told by another of its words, ends no sentence in. */
export function danglesAbroad(words: readonly string[]): boolean {
  const last = (words.at(-1) ?? '').toLowerCase();
  const able = TONGUES.filter(({ never }) => never.has(last));
  if (able.length === 0) return false;
  const others = words.slice(0, -1).map((word) => word.replace(LETTERS, '').toLowerCase());
  if (others.some((word) => ENGLISH.has(word))) return false;
  return able.some(({ common }) => others.some((word) => word !== last && common.has(word)));
}

/** Whether a sentence is in one of these languages, as two of its small words show, and so in none whose words English has too. */
export function isAbroad(words: readonly string[]): boolean {
  const small = words.map((word) => word.replace(LETTERS, '').toLowerCase());
  if (small.some((word) => ENGLISH.has(word))) return false;
  return TONGUES.some(({ common }) => new Set(small.filter((word) => common.has(word))).size > 1);
}

/** Forms that end a sentence where people leave out the stop: Japanese, Korean and Hindi end in their verb. */
const VERB_LAST = /(?:です|ます|ました|ません|でした|ください|下さい|ましょう|でしょう|だ|である|ない|した|[ねよか]|[다요까죠네]|है|हैं|था|थे|थी|हूँ|हो|गा|गे|गी)["'”’」』）)*_]*$/u;

/** Whether the last words of a text are such as end a sentence. */
export function endsSentenceAbroad(text: string): boolean {
  return VERB_LAST.test(text.slice(-12));
}
