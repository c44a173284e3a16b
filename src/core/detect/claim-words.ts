/** Word lists of the contradiction detector: English, lower case, closed classes. */

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Dropped before statements are compared: they change neither what is claimed nor of what. */
export const NEUTRAL = set(`
  a an the do does did also indeed very really quite please simply just that any therefore thus hence overall moreover furthermore
  additionally clearly certainly definitely surely obviously importantly so and as both own itself
`);

/** Words that say no by themselves. `no` and `never` do so before what they deny. */
export const NEGATIONS = set('not no never neither nor');

/** Not content: what holds a sentence together. They must agree all the same. */
export const FUNCTION_WORDS = set(`
  i you he she it we they me him her us them my your his its our their this these those there here who whom whose which what when
  where why how is are was were be been being am has have had having will would shall should can could may might must ought in on
  at by for from to of with into onto over under between among through during about against within upon per than then or but if
  because while since although though unless until whether not no never more most less least much many some all each every other
  another such only too even still yet up down out off above below same one ones get got make made let
`);

/** Beginnings that point at something said before: what they claim depends on where they stand. */
export const ANAPHORIC = set(`
  it its they their them he she his her him this that these those such here there then thus so we i you our your my both each either neither
  another other others some first second third next finally now one same former latter
`);

/** Subjects of which there may be several: what one of them is says nothing of the others. */
export const EXISTENTIAL = set('some many several certain other others another one few various different most people users someone somebody sometimes often half part');

/** Possibility: what may be and what may not be go together. */
export const POSSIBLE = set('may might could can sometimes often usually perhaps possibly maybe typically generally');

/** Open a clause under a condition or at a time. */
export const CONDITIONS = set(`
  if when whenever while unless until once after before whether suppose assuming provided case otherwise given wherever
  without as like during depending based
`);

/** A sentence beginning with one of these opens another case, option or side of a comparison. */
export const SCENARIO = set(`
  if when whenever suppose assume consider let case example scenario option alternatively conversely meanwhile otherwise imagine
  say whereas unlike
`);

/** Signs that a statement takes back or sets right what was said, or tells what others hold. */
export const CORRECTIONS = set(`
  actually correction wait oops sorry apologies apologize apologise mistake mistaken mistakenly misspoke misstated instead rather correcting
  erratum hmm misconception myth mistyped revised updated reconsider reconsidering rethink recheck
  misread typo contrary
`);

/** Labels under which right and wrong, old and new, or sides of an argument stand beside each other. */
export const SIDES = set(`
  wrong right incorrect correct bad good before after old new pros cons pro con advantages disadvantages advantage disadvantage
  benefits drawbacks myth fact myths facts true false do dont not yes no strengths weaknesses limitations incorrectly correctly
  positive negative original revised expected actual hypothesis claim question answer user assistant human speaker customer agent
  counterargument argument arguments for against scenario option example examples case prompt premise input output
`);

/** A number behind one of these names a thing, it does not measure one. */
export const NUMBERED = set(`
  step steps option version versions chapter figure table section part phase level case example day week month year group type page
  line question row column item node port version v release stage round game season episode volume article rule law act class grade
  tier layer unit exercise problem task scenario method test team player number no route highway room apartment building flight
  channel level model mark book appendix equation theorem lemma category bullet point points reason sample trial experiment
  plan variant bit bits key id index code error status python java node php c http tcp size
`);

export const MONTHS = set('january february march april may june july august september october november december');
export const WEEKDAYS = set('monday tuesday wednesday thursday friday saturday sunday');

const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(' ');

/** Value of a number written as a word; null: it is none, or (`one`) mostly a pronoun. */
export function numberWord(word: string): number | null {
  const at = NUMBER_WORDS.indexOf(word);
  return at === 1 || at < 0 ? (TENS.get(word) ?? null) : at;
}

const TENS: ReadonlyMap<string, number> = new Map([['thirty', 30], ['forty', 40], ['fifty', 50], ['sixty', 60], ['seventy', 70], ['eighty', 80], ['ninety', 90], ['dozen', 12]]);

/** Irregular forms by their base, so that "did not win" meets "won". */
export const IRREGULAR: ReadonlyMap<string, string> = new Map(
  `has:have had:have won:win wrote:write written:write took:take taken:take went:go gone:go made:make became:become began:begin begun:begin
  came:come saw:see seen:see gave:give given:give led:lead held:hold lost:lose sold:sell kept:keep met:meet paid:pay ran:run said:say
  sent:send told:tell thought:think wore:wear built:build knew:know known:know grew:grow grown:grow rose:rise risen:rise fell:fall fallen:fall
  spoke:speak chose:choose chosen:choose broke:break broken:break drove:drive ate:eat flew:fly got:get bought:buy brought:bring taught:teach
  caught:catch fought:fight sought:seek stood:stand understood:understand meant:mean spent:spend froze:freeze frozen:freeze stole:steal stolen:steal hidden:hide given:give driven:drive drunk:drink eaten:eat worn:wear torn:tear thrown:throw shown:show done:do children:child men:man women:woman people:person`
    .trim().split(/\s+/).map((pair) => pair.split(':') as [string, string]),
);
