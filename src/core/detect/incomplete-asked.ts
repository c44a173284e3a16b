import type { RequestContext } from '../truth/request-context.js';

/** An answer that is no longer than this may be a bare result. */
export const MOST_BARE = 160;
/** Units of the question that are read: what is asked for stands at its end or its beginning. */
const MOST_QUESTION = 4_000;

const BARE = /^[*_\s]*(?:(?:so|therefore|thus|hence|consequently)\b,?\s*)?(?:the|my|your)\s+(?:(?:final|correct|right|best|short)\s+)?(?:answer|result|solution|conclusion)\s*(?:is|would be|should be|must be|:|=)[^.!?\n]{1,60}[.!]?[*_\s]*$/i;
const CONCLUSION = /^[*_\s]*(?:therefore|thus|hence|consequently)\b[^.!?\n]{8,120}[.!]?[*_\s]*$/i;
/** Reasons are asked for: at the beginning of a sentence, or in so many words. */
const WHY = /(?:^|[.!?:,\n]\s*|\band )(?:please |can you |could you |briefly )?(?:why|explain|justify|prove|derive|how (?:do|does|did|can|could|would|is|are|was|were|come))\b(?! (?:i|you) (?:write|spell|say|pronounce|call))|\bshow (?:your|the|all) (?:work|working|steps|reasoning|calculations?)|\bstep[- ]by[- ]step\b|\b(?:give|state|explain) (?:your|the) reason/i;
/** And these ask for the bare result. */
const BRIEF = /\b(?:only|just) (?:the|give|answer|output|reply|respond|a|one|state|print|return)|\banswer only\b|\bonly\s*[.)]?\s*$|\b(?:one|single) (?:word|letter|number|sentence|line)\b|\b(?:no|without|not|don.t|never) (?:any )?(?:explain|explanation|reasons?|reasoning|words?|justify)|\bbriefly\b|\bexplain\w* why\b.{0,200}\?\s*(?:\(?a[).:]|\n)|\bmultiple[- ]choice\b/is;

/** What of an answer this short is missing: the reasons that were asked for. Null: nothing, or who knows. */
export function missingReasons(answer: string, request: RequestContext): string | null {
  if (answer.length > MOST_BARE || !(BARE.test(answer) || CONCLUSION.test(answer))) return null;
  const asked = request.texts?.().filter(({ role }) => role === 'user').at(-1)?.text;
  if (asked === undefined) return null;
  const question = asked.length <= MOST_QUESTION ? asked : `${asked.slice(0, MOST_QUESTION / 2)}\n${asked.slice(-MOST_QUESTION / 2)}`;
  return WHY.test(question) && !BRIEF.test(question) ? 'reasons were asked for, and only a result is given' : null;
}
