import { isCode } from './incomplete-form.js';
import { dangling, endOf, type LastSentence, lastSentence, type LineEnd, readsOn, unclosed } from './incomplete-sentence.js';
import type { LogicalLine, Style } from './incomplete-style.js';

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
  return sign('what it announces does not follow', size >= 4 ? 0.92 : 0.8);
}

function judgeOpen(last: LogicalLine, end: LineEnd, style: Style): Sign | null {
  const sentence = lastSentence(last.text);
  const size = sentence.words.length;
  const held = judgeHeld(last, end, sentence, style);
  if (held !== null) return held;
  if (end === 'comma' || end === 'dash' || end === 'opener' || size < 2) return null;
  const open = unclosed(last.text);
  if (open !== null && size >= 3) return sign(`${open} not closed`, 0.85);
  return end === 'word' ? judgeWord(last, sentence, style) : null;
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

function judgeWord(last: LogicalLine, sentence: LastSentence, style: Style): Sign | null {
  const { kind } = last.form;
  const item = kind === 'item';
  const habit = item ? style.items(last.form) : style.prose;
  const last_ = sentence.words.at(-1) ?? '';
  const dangles = dangling(sentence);
  if (dangles === 'surely') return sign(`it ends in "${last_}"`, 0.94, true);
  const punctuated = sentence.follows || habit.ended > habit.open;
  if (dangles === 'likely' && (item ? punctuated : punctuated || style.prose.ended > 0)) return sign(`it ends in "${last_}"`, 0.88);
  const sloppy = habit.open > 0 && habit.open * 4 >= habit.ended;
  if (sloppy) return null;
  if (sentence.follows && readsOn(sentence, 4)) return sign('the last sentence has no end', 0.85);
  if (item ? habit.ended >= 2 && habit.open === 0 && readsOn(sentence, 5) : habit.ended >= 2 && habit.open === 0 && readsOn(sentence, 8)) return sign('the last sentence has no end', 0.78);
  return null;
}
