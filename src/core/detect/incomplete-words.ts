/** A table of words, one string a row. */
function words(...rows: readonly string[]): ReadonlySet<string> {
  return new Set(rows.join(' ').split(' '));
}

/** No English sentence ends in these, nor do labels and titles. */
export const NEVER_LAST = words(
  'the an and or nor but because than whose including',
  'my your our their its every very',
  'regarding during among amongst into onto upon via per although unless whereas',
);

/** Few English sentences end in these, and those that do have lost something to a question or a relative clause. */
export const SELDOM_LAST = words(
  'a of to for from with at by as in about between among during within without towards toward against through under over across',
  'is are was were be been has have had can could will would shall should may might must',
  'if whether while since until when where which who that such other another some any several various many',
  'his these those this each more most both either neither not also often usually typically mainly primarily especially approximately nearly',
  'includes include provides provide requires require contains contain involves involve allows allow ensures ensure enables enable',
  'helps using used becomes remains refers means causes makes gives takes',
);

/** Verbs that want an object: "to calculate" is no end. */
export const WANTS_OBJECT = words(
  'calculate provide ensure include require allow contain involve enable determine produce obtain contribute reduce increase prevent represent describe identify',
  'achieve avoid maintain support consider make give take get use find define assess evaluate generate',
);

/** A word before that takes the ending with it: "what it is", "the file you asked for". */
export const TAKES_THE_END = words('what where which who whom whose how when why that you i we they he she it want wants wanted need needs going able');

/** Words before a full stop that are shortened, not last. */
export const SHORTENED = words('etc vs eg ie approx dr mr mrs ms fig figs eq inc ltd co corp jr sr st al cf no nos vol pp ed eds dept est min max prof gen rev cl');

/** Words that begin sentences and hardly ever labels: what they begin wants to be ended. */
export const BEGINS = words(
  'the this these those it they he she we you there a an its their his her our your my',
  'in on at by for with from during after before under within through without if when while although though since because as to',
  'now however additionally furthermore moreover therefore thus also another some many most each both several other such one finally overall',
  'please consequently similarly instead meanwhile nevertheless nonetheless unfortunately typically generally',
);

/** Words that no sentence ends in that has no question or relative clause before them, however it is styled. */
export const HARDLY_LAST = words('of to for from with at by as between among during within using regarding can could will would should may might must');

/** What people announce with a number before it. */
export const COUNTED = words(
  'steps reasons ways options things factors points examples types methods advantages disadvantages benefits drawbacks tips ideas',
  'approaches strategies techniques principles parts phases stages rules categories questions tasks features differences solutions',
  'components elements suggestions recommendations possibilities causes symptoms aspects',
);

export const NUMBERS: ReadonlyMap<string, number> = new Map(
  ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'].map((word, at) => [word, at + 2]),
);

/** How an answer takes its leave: such a line needs no full stop. */
export const FAREWELL = /^(?:let me know|please (?:let|feel)|feel free|(?:i )?hope (?:this|that|it)|happy |good luck|thank|cheers|best|(?:kind |warm )?regards|sincerely|yours|(?:with )?love|enjoy|have (?:a|fun)|see you|take care|welcome|would you|do you|shall i|should i|want me)/i;

/** How remarks begin that need none either. */
export const REMARK = /^(?:please note|if you|is there|any |source|reference|note|credit|via |by |see |read |check |click |answer|correct|option|hence|so,? |ans\b)/i;
