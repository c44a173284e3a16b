import { formOf, isCode, type LineForm } from './incomplete-form.js';
import type { Line } from './incomplete-lines.js';
import { LINE_TAIL } from './incomplete-lines.js';
import { endOf } from './incomplete-sentence.js';
import { COUNTED, NUMBERS } from './incomplete-words.js';

/** How often texts of one sort ended in a full stop, and how often not. */
export interface Habit {
  ended: number;
  open: number;
}

/** A line as it reads: what an editor has wrapped is put together again. */
export interface LogicalLine {
  readonly form: LineForm;
  /** Of the last line it was put together from. */
  readonly line: Line;
  readonly text: string;
}

/** "Three steps:", and the items that have followed. */
interface Announced {
  readonly count: number;
  readonly noun: string;
  readonly indent: number | null;
  readonly bullet: boolean;
  items: number;
}

/** Wrapped lines are about this long, or longer. */
const WRAPPED = 50;
/** Deeper lists are counted as this deep. */
const MOST_INDENT = 12;

const ANNOUNCED = /(?:^|\s)(?:here|there|these|those|the|following|are|follow|in|has|have|into) (?:(?:main|key|following|simple|basic|easy|important|common|major|essential) )*(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|1\d) ([a-z' -]{1,80}):[*_]*$/i;
/** `Type: boolean`, a title in bold letters, a few words: no sentence, so it says nothing of how sentences end here. */
const LABEL = /^(?:[^.:]{1,40}:[*_]*\s+\S+(?:\s+\S+){0,5}|\*\*[^*]+\*\*:?|\S+(?:\s+\S+){0,2})$/;
/** A dialogue has a line for each who speaks, a letter one for its parts. */
const SPEAKER = /^[^\s:]{1,40}(?: [^\s:]{1,40}){0,2}:|^[—–-] /;
/** With these the number is no promise. */
const VAGUE = /\b(?:at least|up to|about|more than|one of|some of|first|last|or)\b/i;

/** What the text before the last line shows of how this answer writes: whether its sentences and items end in full stops. */
export class Style {
  readonly #prose: Habit = { ended: 0, open: 0 };
  readonly #items = new Map<string, Habit>();
  #current: LogicalLine | null = null;
  #previous: LogicalLine | null = null;
  #announced: Announced | null = null;
  #blank = true;

  /** The last line that is not blank, or null. */
  get last(): LogicalLine | null {
    return this.#current;
  }

  /** The one before it. */
  get previous(): LogicalLine | null {
    return this.#previous;
  }

  /** How paragraphs end; where there were none, how the items did if they all did. */
  paragraphs(): Habit {
    if (this.#prose.ended + this.#prose.open > 0) return this.#prose;
    const all: Habit = { ended: 0, open: 0 };
    for (const { ended, open } of this.#items.values()) {
      all.ended += ended;
      all.open += open;
    }
    return all.open === 0 ? all : this.#prose;
  }

  /** How items like this one end. */
  items(form: LineForm): Habit {
    const key = `${form.number === 0 ? '-' : '1'}${Math.min(form.indent, MOST_INDENT)}`;
    let habit = this.#items.get(key);
    if (habit === undefined) this.#items.set(key, (habit = { ended: 0, open: 0 }));
    return habit;
  }

  /** The announced list that ends the text with fewer items than were announced; null: none. */
  get short(): { readonly count: number; readonly noun: string; readonly items: number } | null {
    const announced = this.#announced;
    return announced !== null && announced.items > 0 && announced.items < announced.count ? announced : null;
  }

  /** Reads a line outside fenced blocks. */
  line(line: Line): void {
    const form = formOf(line);
    if (form.kind === 'blank') {
      this.#blank = true;
      return;
    }
    const current = this.#current;
    if (current !== null && !this.#blank && form.kind === 'prose' && wraps(current, form.body)) {
      this.#current = { form: current.form, line, text: `${current.text} ${form.body}`.slice(-LINE_TAIL) };
      return;
    }
    this.#count();
    const goesOn = current !== null && !this.#blank && form.kind === 'prose' && current.form.kind === 'prose' && !SPEAKER.test(form.body) && endOf(current.text) === 'stop';
    this.#blank = false;
    this.#previous = current;
    // A sentence a line is a paragraph all the same.
    this.#current = { form, line, text: goesOn ? `${current.text} ${form.body}`.slice(-LINE_TAIL) : form.body };
    this.#follow(form);
  }

  /** Something stands here that is no text: a fenced block. */
  interrupt(): void {
    this.#count();
    this.#previous = this.#current;
    this.#current = null;
    this.#blank = true;
  }

  /** The last line is over. */
  #count(): void {
    const current = this.#current;
    if (current === null) return;
    const end = endOf(current.text);
    if (end === 'colon') {
      this.#announce(current);
      return;
    }
    if (!isKnownProse(current) && isCode(current.text)) return;
    if (current.form.kind === 'prose' && end !== 'stop' && LABEL.test(current.text)) return;
    if (current.form.kind === 'prose') count(this.#prose, end === 'stop');
    else if (current.form.kind === 'item') count(this.items(current.form), end === 'stop');
  }

  #announce({ form, text }: LogicalLine): void {
    if (form.kind === 'item' && this.#announced !== null) return;
    const found = ANNOUNCED.exec(text);
    const noun = (found?.[2] ?? '').toLowerCase().split(' ').slice(0, 3).find((word) => COUNTED.has(word));
    if (found === null || noun === undefined || VAGUE.test(text.slice(-120))) return;
    const count = NUMBERS.get((found[1] as string).toLowerCase()) ?? Number(found[1]);
    this.#announced = { count, noun, indent: null, bullet: false, items: 0 };
  }

  #follow(form: LineForm): void {
    const announced = this.#announced;
    if (announced === null) return;
    if (form.kind !== 'item') {
      if (announced.items === 0 ? form.kind !== 'prose' || this.#previous?.form.kind !== 'blank' : form.indent < 2) this.#announced = null;
      return;
    }
    const bullet = form.number === 0;
    if (announced.items === 0) {
      this.#announced = bullet || form.number === 1 ? { ...announced, indent: form.indent, bullet, items: 1 } : null;
    } else if (form.indent === announced.indent) {
      if (bullet !== announced.bullet || (!bullet && form.number !== announced.items + 1)) this.#announced = null;
      else announced.items += 1;
    } else if (form.indent < (announced.indent ?? 0)) {
      this.#announced = null;
    }
  }
}

/** It was judged as a line, and nothing has been joined to it. */
function isKnownProse({ form, text }: LogicalLine): boolean {
  return form.kind === 'prose' && form.body === text;
}

function count(habit: Habit, ended: boolean): void {
  if (ended) habit.ended += 1;
  else habit.open += 1;
}

/** Whether a line goes on in the next: an editor broke it at its margin. */
function wraps({ form, line, text }: LogicalLine, next: string): boolean {
  if (form.kind !== 'prose' && form.kind !== 'item') return false;
  const length = line.whole ? line.tail.length : 0;
  if (length < WRAPPED || length > 2 * WRAPPED || / {2}$|\\$/.test(line.tail)) return false;
  const end = endOf(text);
  if (/^["'“(*_]*\p{Ll}/u.test(next)) return end === 'word' || end === 'comma' || end === 'closed';
  return length >= 60 && (end === 'word' || end === 'comma');
}
