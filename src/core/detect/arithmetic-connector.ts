/** What joins an expression to its result, and stands directly before the result. */
export interface Connector {
  /** Index where it begins. */
  readonly start: number;
  /** A word joins them, not a sign. */
  readonly word: string | null;
  /** The result is said to be near only. */
  readonly about: boolean;
  readonly negative: boolean;
  /** The result is the upper part of a LaTeX fraction. */
  readonly fraction: boolean;
}

const ABOUT = String.raw`(?:(?:about|approximately|approx\.?|roughly|around|nearly|almost|circa|close to|just over|just under|over|under|more than|less than)\s+|~\s?)`;
const MARKS = String.raw`(?:(?:\*\*|__|\\d?boxed\{|\\\(|\x60|\\[dt]?frac\{|\\(?:mathbf|textbf|text|mathrm)\{|<<[^<>\n]{1,60}>>|\\[,;! ]|\()\s*)*`;
const MONEY = String.raw`(?:[$€£¥₹]\s?|\\\$\s?|(?:Rs\.?|USD|INR|EUR|GBP)\s?)?`;
const SIGN = String.raw`(?<sign>(?<![=<>!:+*/~≈≠^|-])=\s*~|(?<![=<>!:+*/~≈≠^|-])=(?![=>])|≈|≅|~=|\\approx)`;
const WORDS = String.raw`equals?(?: to)?|is (?:exactly|equal to|the same as|simply|just|therefore|thus|then)|is|equal to|gives(?: us| you)?|makes|yields?|comes (?:out )?to|amounts to|totals|results in|evaluates to|works out (?:to|as)|leaves(?: us| you)?|becomes|(?:you|we|I|they)(?:['’]ll| will| would)? (?:get|have|obtain)|gets you|produces|returns|adds up to|sums? to|(?:will|would|should) (?:be|equal|give|make)|are|was|were|of`;
const SIGNED = new RegExp(String.raw`${SIGN}\s*${MARKS}(?<about>${ABOUT})?${MONEY}${MARKS}(?<minus>[-−]\s?)?$`, 'uy');
const WORDED = new RegExp(String.raw`(?<word>\b(?:${WORDS}))\s+${MARKS}(?:(?:only|a total of|the number)\s+)?(?<about>${ABOUT})?${MONEY}${MARKS}(?<minus>[-−])?$`, 'u');

/** What may end a connector, and what it has: the cheap questions asked of every number. */
const MAY_CONNECT = /[=≈≅~x{*_$€£¥₹`(.\-−\s>\w]$/;
const CUE = /[=≈≅]|\\approx|\b(?:equals?|is|gives|makes|yields?|comes|amounts|totals|results|evaluates|works|leaves|becomes|get|have|obtain|gets|produces|returns|up|sums?|be|equal|give|make|are|was|were|remainder of)\b/;

/** Units before a result that a connector may take. */
const MOST_CONNECTOR = 96;

/** Whether a connector may end here. */
export function mayConnect(left: string): boolean {
  return MAY_CONNECT.test(left.slice(-1)) && CUE.test(left.slice(-40));
}

export function readConnector(left: string): Connector | null {
  if (!mayConnect(left)) return null;
  const tail = left.length > MOST_CONNECTOR ? left.slice(-MOST_CONNECTOR) : left;
  const match = signedEnd(tail) ?? (/[A-Za-z]/.test(tail.slice(-28)) ? WORDED.exec(tail) : null);
  const groups = match?.groups;
  if (match === null || groups === undefined) return null;
  const word = groups['word'] ?? null;
  if (word === 'of' && !/\bremainder $/i.test(tail.slice(0, match.index))) return null;
  return {
    start: left.length - match[0].length,
    word,
    about: (groups['sign'] ?? '=').trim() !== '=' || groups['about'] !== undefined,
    negative: groups['minus'] !== undefined,
    fraction: /frac\{/.test(match[0]),
  };
}

/** The sign nearest to the end, and what stands behind it. */
function signedEnd(tail: string): RegExpExecArray | null {
  // A calculator's note, as in `48/2 = <<48/2=24>>24`, has a sign of its own.
  const to = /<<[^<>]*>>$/.test(tail) ? tail.lastIndexOf('<<') : tail.length;
  let at = Math.max(tail.lastIndexOf('=', to), tail.lastIndexOf('≈', to), tail.lastIndexOf('≅', to), tail.lastIndexOf('\\approx', to));
  if (at < 0) return null;
  if (tail.charAt(at - 1) === '~') at -= 1;
  SIGNED.lastIndex = at;
  return SIGNED.exec(tail);
}
