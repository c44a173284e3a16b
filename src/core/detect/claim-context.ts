import { bareText, isSide } from './claim-parse.js';
import { CORRECTIONS, SCENARIO } from './claim-words.js';
import type { Sentence } from './sentences.js';

/** Where a sentence stands in the answer, and whether it claims anything there. */
export interface Place {
  /** It claims nothing by itself: a heading, a question, a table row, an option, a quotation, one side of a comparison. */
  readonly skip: boolean;
  readonly item: boolean;
  readonly heading: boolean;
  /** Changes at every heading and every new case: what is said in one may not hold in the next. */
  readonly section: number;
  /** Changes at every heading. */
  readonly part: number;
  /** Changes at every blank line. */
  readonly paragraph: number;
  /** It, or the sentence before it, takes something back. */
  readonly corrects: boolean;
}

const ITEM = /^[\s>]*(?:[-*+•–▪◦]|\d{1,3}[.)]|\(\d{1,3}\))\s/;
const OPTION = /^[\s>*]*\(?[A-Ha-h][.)]\s/;
const HEADING = /^\s*([=~^"#*-])\1{2,}\s*$|^\s*#{1,6}\s|^\s*\*\*[^*]+\*\*:?\s*$|^\s*__[^_]+__:?\s*$/;
const DIALOGUE = /^[\s*>-]*[A-Z][\w .]{0,24}\**:\**\s*["“]|^\s*["“][^"“”]*["”]?\s*$/;
const MATHS = /\$[^$]*[\\=^][^$]*\$|\\[([a-z]|[^\s]\s*==?\s*[^\s]*\d\s*[.;,)]?$/;

interface State {
  readonly section: number;
  readonly part: number;
  /** Below a heading that names a side. */
  readonly sided: boolean;
  readonly item: boolean;
  /** Paragraph of the last heading and of the last line. */
  readonly headed: number;
  readonly paragraph: number;
  readonly takesBack: boolean;
}

/** Follows the structure of an answer, sentence by sentence. */
export class ClaimContext {
  #state: State = { section: 0, part: 0, sided: false, item: false, headed: 0, paragraph: 0, takesBack: false };

  /** The place of the next sentence. */
  next(sentence: Sentence, body = bareText(sentence.text, sentence.opensLine).body): Place {
    const { place, state } = step(this.#state, sentence, body);
    this.#state = state;
    return place;
  }
}

function step(before: State, sentence: Sentence, body: string): { readonly place: Place; readonly state: State } {
  const { text, opensLine, paragraph } = sentence;
  const bare = body;
  const words = bare.slice(0, MAX_CUE).toLowerCase().match(/[a-z]+/g) ?? [];
  const label = bare.includes(':') ? (/^[^:]{1,60}(?=:\s)/.exec(bare)?.[0] ?? '') : '';
  const heading = opensLine && (HEADING.test(text) || (sentence.endsLine && /:\**\s*$/.test(text)));
  const item = opensLine ? !heading && (ITEM.test(text) || (before.item && sentence.indented)) : before.item;
  const opens = heading || SCENARIO.has(words[0] ?? '') || CASE.test(bare);
  const takesBack = words.slice(0, CUE_WORDS).some((word) => CORRECTIONS.has(word));
  let { sided, headed } = before;
  if (heading) {
    sided = isSide(bare.replace(/:\**\s*$/, ''));
    headed = paragraph;
  } else if (paragraph > before.paragraph && !item && (before.item || paragraph > headed + 2)) {
    // Behind its list, or after a paragraph, what a heading says no longer holds.
    sided = false;
  }
  const section = before.section + (opens ? 1 : 0);
  const part = before.part + (heading || QUESTION.test(text) || text.endsWith('?') ? 1 : 0);
  const marked = opensLine && label !== '' && MARKS.test(label);
  const skip = heading || sided || (label !== '' && isSide(label)) || marked || claimsNothing(text, opensLine, sentence.stopped);
  return {
    place: { skip, item, heading, section, part, paragraph, corrects: takesBack || before.takesBack },
    state: { section, part, sided, item, headed, paragraph, takesBack },
  };
}

/** A correction announces itself at its beginning. */
const CUE_WORDS = 6;
const MAX_CUE = 100;
const CASE = /^\s*(?:(?:now|next|then),? (?:let|suppose|consider|assume|imagine|say|take)\b|on the (?:other|one) hand|in (?:contrast|this case|that case|the case|comparison)|by contrast|for (?:example|instance))\b/i;
/** Opens another problem. */
const QUESTION = /^[\s*#>]*(?:(?:question|problem|exercise|task|part|example|case)\s+\d+|q\d+|\(?[a-z]\)|\d{1,2}[.)])/i;
const MARKS = /[✅❌✔✘✓✗👍👎]/u;

/** Only a sentence with one of these can be a formula or bear a mark. */
const ODD = /[$\\=✅❌✔✘✓✗]/u;

function claimsNothing(text: string, opensLine: boolean, stopped: boolean): boolean {
  if (/\?["”')\]*_]*$/.test(text) || text.includes('|') || text.includes('he following') || ODD.test(text) && (/[✅❌✔✘✓✗]/u.test(text) || MATHS.test(text))) return true;
  if (!opensLine) return false;
  // The rest of a wrapped line, or a line that is no sentence.
  if (/^\s*\p{Ll}/u.test(text) || (!stopped && !ITEM.test(text))) return true;
  return /^\s*>/.test(text) || OPTION.test(text) || DIALOGUE.test(text);
}
