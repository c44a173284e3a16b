import { isCode } from './incomplete-form.js';
import { dangling, endOf, isFarewell, type LastSentence, lastSentence, type LineEnd, OPEN_MATH, readsOn, unclosed } from './incomplete-sentence.js';
import type { Habit, LogicalLine, Style } from './incomplete-style.js';
import { BEGINS, NEVER_LAST } from './incomplete-words.js';

/** Why an answer that its backend calls finished is not. */
export interface Sign {
  readonly reason: string;
  /** 0..1 */
  readonly confidence: number;
  /** So plain that it counts where nothing is known of why the answer ended. */
  readonly plain: boolean;
  /** It is certain that something is missing, but not that the answer was cut: only said, never written into it. */
  readonly tellOnly: boolean;
}

function sign(reason: string, confidence: number, plain = false, tellOnly = false): Sign {
  return { reason, confidence, plain, tellOnly };
}

const EMPHASIS_ALONE = /^(?:\*{1,3}|_{2,3})$/;
/** Words of lines that announce something even when they are short. */
const ANNOUNCES = /\b(?:code|example|steps?|following|below|output|result|solution|implementation|list|summary|answer|include|includes|are|is|as|follows)\b/i;
/** Labels of a form that is left for people to fill in. */
const FORM = /_{3,}|\[[^\]]*\]\s*$|:\s*$/;

/** Looks at the last line of an answer, and at how the answer writes otherwise. Null: nothing is plainly missing. */
export function judgeEnd(style: Style): Sign | null {
  const { last } = style;
  if (last === null) return null;
  return judgeLine(last, style) ?? judgeCount(style);
}

function judgeCount(style: Style): Sign | null {
  const { short } = style;
  return short === null ? null : sign(`${short.items} of ${short.count} ${short.noun} follow`, 0.8, false, true);
}

function judgeLine(last: LogicalLine, style: Style): Sign | null {
  const { form, text } = last;
  const before = style.previous?.form;
  if ((form.kind === 'prose' || form.kind === 'code' || form.kind === 'item') && OPEN_MATH.test(text)) return sign('a formula is not closed', 0.85);
  switch (form.kind) {
    case 'table':
      return before?.kind === 'table' && before.body.endsWith('|') && !text.endsWith('|') && before.body.split('|').length > 3 ? sign('a table row is not finished', 0.85) : null;
    case 'item':
      if (text === '') return before?.kind === 'item' && before.body !== '' && (form.number === 0 || form.number === (before.number ?? 0) + 1) ? sign('a list item is empty', 0.9) : null;
      break;
    case 'heading':
      return endOf(text) === 'colon' ? judgeColon(last, style) : null;
    case 'prose':
      break;
    case 'blank':
    case 'code':
    case 'mark':
      return null;
  }
  // The number of the next item, and not even its full stop.
  if (form.kind === 'prose' && before?.kind === 'item' && before.body !== '' && (before.number ?? 0) > 0 && text === String((before.number ?? 0) + 1)) return sign('a list item is empty', 0.9);
  if (EMPHASIS_ALONE.test(text)) return sign('bold letters are not closed', 0.85);
  if (form.indent >= 4 && form.kind === 'prose' && before?.kind !== 'item' && before?.kind !== 'prose') return null;
  const end = endOf(text);
  if (end === 'stop') return null;
  if (end === 'colon') return judgeColon(last, style);
  return isCode(text) ? null : judgeOpen(last, end, style);
}

function judgeColon({ form, text }: LogicalLine, style: Style): Sign | null {
  const sentence = lastSentence(text);
  const { words } = sentence;
  if (/[)\]>]:[*_]*$/.test(text) && isCode(text)) return null;
  if (/^(?:def|class|for \w+ in|while|elif|except|with open|case|default|else|try|if [^ ]+ (?:[=<>]|is|in|not) ).*:$/.test(text)) return null;
  const previous = style.previous;
  if (previous !== null && FORM.test(previous.text) && previous.form.kind === form.kind && words.length < 6) return null;
  if (form.kind === 'item' && (style.items(form).open > 1 || words.length < 4)) return null;
  const size = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? text.length / 3 : words.length;
  if (size < 3 && !(words.length > 0 && ANNOUNCES.test(text))) return null;
  return sign('what it announces does not follow', size >= 4 ? 0.92 : 0.8, false, ACTS.test(sentence.text));
}

function judgeOpen(last: LogicalLine, end: LineEnd, style: Style): Sign | null {
  const sentence = lastSentence(last.text);
  const size = sentence.words.length;
  const held = judgeHeld(last, end, sentence, style);
  if (held !== null) return held;
  if (end === 'comma' || end === 'dash' || end === 'opener' || (size < 2 && !sentence.follows)) return openLabel(last, style) ?? firstWord(last, end, sentence, style);
  if (/\s[$€£]$/.test(last.text)) return sign('it ends before an amount', 0.85);
  const open = unclosed(last.text);
  if (open !== null && size >= 3) return sign(`${open} not closed`, 0.85);
  return judgeWord(last, end, style);
}

/** A word that only begins sentences, alone in the last line of an answer whose sentences all end. */
function firstWord({ form }: LogicalLine, end: LineEnd, { text }: LastSentence, style: Style): Sign | null {
  const { ended, open } = form.kind === 'item' ? style.items(form) : style.paragraphs();
  return end === 'word' && ended >= SETTLED && open === 0 && /^\p{Lu}/u.test(text) && (NEVER_LAST.has(text.toLowerCase()) || BEGINS.has(text.toLowerCase())) ? sign(`it ends in "${text}"`, 0.85) : null;
}

/** So many of a kind with their stops, and none without, are a habit that nothing breaks. */
const SETTLED = 3;

/** The name of an item in bold letters that are not closed, where those of the items before are. */
function openLabel({ form, text }: LogicalLine, { previous }: Style): Sign | null {
  return form.kind === 'item' && /^\*\*[^*]+$/.test(text) && previous?.form.kind === 'item' && /^\*\*[^*]+\*\*/.test(previous.text) ? sign('bold letters are not closed', 0.85) : null;
}

/** An ending that holds on to what follows: a comma, a dash, a bracket. */
function judgeHeld(last: LogicalLine, end: LineEnd, sentence: LastSentence, style: Style): Sign | null {
  const unspaced = /[，、]$/.test(last.text) && last.text.length > 4;
  if (sentence.words.length < 3 && !unspaced) return null;
  if (end === 'comma') {
    // Some lists, and letters, have a comma behind every item.
    if (last.form.kind === 'item' && style.previous !== null && endOf(style.previous.text) === 'comma') return null;
    return /^(?:dear|hi|hello|best|kind|warm|yours|sincerely|with|many|regards|love)\b/i.test(sentence.text) ? null : sign('it ends in a comma', 0.92, true);
  }
  if (end === 'opener') return sign('it ends in an open bracket', 0.9, true);
  return end === 'dash' && sentence.words.length > 4 ? sign('it ends in a dash', 0.8) : null;
}

function judgeWord({ form, text }: LogicalLine, end: LineEnd, style: Style): Sign | null {
  const item = form.kind === 'item';
  const sentence = lastSentence(item ? text.replace(LABEL, '') : text);
  const habit = item ? style.items(form) : style.paragraphs();
  const punctuated = sentence.follows || habit.ended > habit.open;
  const dangles = end === 'word' ? dangling(sentence) : 'no';
  const size = sentence.words.length;
  if (dangles === 'surely') return sign(danglingReason(sentence), 0.94, true);
  if (dangles === 'hardly' && (punctuated || (!item && size >= 5))) return sign(danglingReason(sentence), punctuated ? 0.9 : 0.85);
  if (dangles === 'likely' && (punctuated || (!item && (habit.ended > 0 || (size >= 8 && begins(sentence)))))) return sign(danglingReason(sentence), 0.88);
  const labelled = item && sentence.text !== text && habit.ended >= SETTLED && habit.open === 0 && end === 'word';
  return isUnended(sentence, end, item, habit) || (labelled && readsOn(sentence, 1)) || (!item && end === 'word' && settled(sentence, habit)) ? sign('the last sentence has no end', sentence.follows ? 0.85 : 0.78) : null;
}

/** Two words or more of a sentence that was begun, where no other lacks its stop. */
function settled(sentence: LastSentence, { ended, open }: Habit): boolean {
  return ended >= SETTLED && open === 0 && !sentence.follows && begins(sentence) && readsOn(sentence, 2);
}

/** The name of an item before what is said of it. */
const LABEL = /^(?:\*\*[^*]{1,80}\*\*:?|[^.:]{1,60}:)\s+(?=\p{Lu})/u;

function danglingReason({ words }: LastSentence): string {
  return `it ends in "${words.at(-1) ?? ''}"`;
}

function begins({ words }: LastSentence): boolean {
  return BEGINS.has((words[0] ?? '').replace(/[^\p{L}]/gu, '').toLowerCase());
}

const CUT_BEHIND = /[\p{L}\p{Nd})"”'’»]$/u;
const MAY_END = /=|https?:|\betc\W*$|\(#\d+\)$/;
/** What somebody says before doing it: it may be done elsewhere, as by a tool. */
const ACTS = /^(?:(?:now|first|next|then|great|good|okay|ok|perfect|sure|ah)\b[,.!]? *)*(?:let me|let['’]s|i['’]ll|i will|i['’]m going to|i am going to|now i)\b/i;

/** Scripts whose sentences have stops, and words between spaces. */
const STOPPED = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]$/u;
/** How a licence and the like are pointed to. */
const POINTER = /\bfor (?:more |further |full |the full )?(?:details|information|more|reference|text)$/i;
const LEAST_BEFORE = 3;
/** A sentence this long is no title, caption or translation, whatever else there is. */
const LONG_ALONE = 25;

const LONG_ITEM = 8;

/** Whether a sentence is so long that it wants a stop even where few of the others have one. */
function isLong(sentence: LastSentence, ended: number, open: number): boolean {
  if (open > ended || !STOPPED.test(sentence.text)) return false;
  return readsOn(sentence, ended === 0 ? LONG_ALONE : begins(sentence) ? 8 : 12, ended > 0);
}

/** Whether a sentence without its stop stands out in an answer that otherwise sets them. */
function isUnended(sentence: LastSentence, end: LineEnd, item: boolean, { ended, open }: Habit): boolean {
  if (POINTER.test(sentence.text)) return false;
  // "Both work. I prefer the second": so few words show no habit.
  if (sentence.follows && sentence.before < LEAST_BEFORE && ended === 0) return false;
  if (!item && end === 'word' && isLong(sentence, ended, open)) return true;
  // What ends in the same paragraph weighs more than how others end.
  if (open > 0 && (sentence.follows ? open > ended + 1 : open * 4 >= ended)) return false;
  const size = sentence.words.length;
  const common = begins(sentence);
  const firm = ended >= 2 && open * 8 <= ended;
  // A number, a bracket, a word in quotes may be the end of what is no sentence; it takes more to say that it is one.
  if (end === 'closed') return (sentence.follows || (common && firm)) && size >= (common ? 6 : 8) && CUT_BEHIND.test(sentence.text) && !MAY_END.test(sentence.text) && !isFarewell(sentence);
  if (sentence.follows) return readsOn(sentence, common ? 1 : 3, common || size >= 6) || (common && size < 4 && !isFarewell(sentence));
  if (!firm && (open > 0 || ended === 0)) return false;
  if (common && firm) return item ? readsOn(sentence, 2, true) || (size === 1 && NEVER_LAST.has(sentence.text.toLowerCase())) : readsOn(sentence, 5, size >= 7);
  // One item with its stop is no habit yet, but a long one without stands out beside it.
  if (item) return readsOn(sentence, firm ? 5 : LONG_ITEM, !firm);
  return common ? readsOn(sentence, 6) : firm && readsOn(sentence, 8);
}
