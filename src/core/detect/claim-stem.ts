import { IRREGULAR } from './claim-words.js';

/** The stem of a lower-case English word: enough to let inflected forms of one word meet, not a linguist's. */
export function stem(inflected: string): string {
  const word = IRREGULAR.get(inflected) ?? inflected;
  let short = word;
  if (short.length > 3) {
    if (short.endsWith('ies') && short.length > 4) short = `${short.slice(0, -3)}y`;
    else if (/(?:s|x|z|ch|sh)es$/.test(short)) short = short.slice(0, -2);
    else if (short.endsWith('s') && !/(?:ss|us|is)$/.test(short)) short = short.slice(0, -1);
  }
  if (short.endsWith('ied') && short.length > 4) short = `${short.slice(0, -3)}y`;
  else if (short.endsWith('ed') && short.length > 4 && !short.endsWith('eed')) short = undouble(short.slice(0, -2));
  else if (short.endsWith('ing') && short.length > 5) short = undouble(short.slice(0, -3));
  return short.length > 3 && short.endsWith('e') ? short.slice(0, -1) : short;
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) && word.length > 3 ? word.slice(0, -1) : word;
}
