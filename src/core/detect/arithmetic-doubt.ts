import type { FactWindow } from './fact-window.js';

/** What takes an equation back, or says that it is not meant: in the sentence before it. */
const DOUBT = /\b(?:not|n['’]t|never|wrong(?:ly)?|incorrect(?:ly)?|mistaken(?:ly)?|mistakes?|errors?|false(?:ly)?|suppos(?:e|ing)|assum(?:e|ing)|pretend|imagine|what if|instead|myth|jokes?|absurd|claims?|claimed|if (?:[^,]*$)|whether|invalid|bug|buggy|example of|unlike|versus|vs|typo|misprint|contradiction|impossible|says?|said|orwell|mod|modulo|modular|modulus|remainders?|digits?|binary|hex(?:adecimal)?|octal|base[- ]?\d|bases?|xor|bitwise|concat\w*|strings?|vectors?|matrix|quotient|floor|ceil(?:ing)?|boolean|clock|o['’]clock|dates?|score|odds)\b/i;
/** The same behind it. */
const DENIED = /^\W{0,6}(?:(?:is|are|was|would be|which is|that['’]?s|but that['’]?s|looks?|seems?|but)\b.{0,24}?\b(?:wrong|incorrect|not|false|mistake|mistaken|error|invalid|impossible|absurd|actually|should|really|untrue|nonsense)\b|\(?(?:mod|in base|base|in (?:binary|hex|octal|modular|mod|base)|wrong|incorrect|not|false|sic|remainder|rem|r)\b|[rR]\s?\d|✗|❌|✘)/;
/** Units of text behind a wrong result that may take it back. */
const BEHIND = 40;

/** Whether what stands before an equation takes it back. */
export function doubtedBefore(before: string): boolean {
  if (!DOUBT.test(before)) return false;
  const stop = Math.max(...['. ', '; ', '? ', '! ', ': '].map((mark) => before.lastIndexOf(mark)));
  return DOUBT.test(before.slice(stop + 1)) || /\b(?:suppose|assume|pretend|imagine|remainders?|digits?|mod|modulo|binary|hex\w*|wrong|incorrect|error|mistake)\b[^.]*$/i.test(before);
}

/** Whether what follows a wrong result takes it back, or asks. */
export function takenBack(window: FactWindow, end: number): boolean {
  const rest = window.ahead(end, BEHIND);
  return DENIED.test(rest) || /^[^.;]{0,12}\?/.test(rest);
}
