import { numberWord } from './claim-words.js';
import type { Sentence } from './sentences.js';

const COUNTED = /\b(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?:[\p{L}-]+\s+){0,3}?(?:steps?|ways|reasons|things|types|kinds|options|factors|points|methods|parts|components|stages|phases|elements|principles|rules|tips|benefits|advantages|disadvantages|features|examples|categories|characteristics|aspects|differences|approaches|strategies|techniques|items|properties|layers|levels|functions|questions|causes|symptoms|effects|problems|issues|conditions|requirements|facts|ideas|dependencies|seasons|colou?rs|services|plugins|endpoints|fields|columns|tables|flags|keys|chapters|continents|oceans|directions|operators|branches|environments|roles|packages|modules|frameworks|databases|formats|protocols|books|movies|films|countries|cities|planets|states|companies|languages|tools|libraries|commands|files|modules|sections|criteria|forms|tasks|goals|areas|groups|classes|modes|patterns|variables|parameters|arguments|theories|laws|laureates|winners|members|people|songs|albums|foods|ingredients)\b/giu;
/** What makes a count no promise. */
const INEXACT = /\b(?:at least|at most|more than|over|up to|about|around|approximately|nearly|or more|several|some of|one of|first|last|next|other|another|each|every|per|respectively|only|remaining|additional|extra|top|or so)\b|[–-]\s*\d/i;
const BULLET = /^[-*+•]\s+\S/;
const NUMBERED = /^(\d{1,2})[.)]\s+\S/;

/** Watches for a list that goes on beyond the count its introduction announced: "three steps" and a fourth numbered item. */
export class CountWatch {
  #announced: { readonly count: number; readonly text: string } | null = null;
  /** The number of the last item. */
  #item = 0;
  /** Items without a number. */
  #bullets = 0;

  /** Takes the next sentence. Returns the announcement it exceeds as the first of an item; null: none. */
  next({ text, opensLine, indented, endsLine }: Sentence): string | null {
    const number = opensLine && !indented ? Number(NUMBERED.exec(text)?.[1] ?? 0) : 0;
    if (number > 0 && number === this.#item + 1) {
      this.#item = number;
      return this.#announced !== null && number === this.#announced.count + 1 ? this.#announced.text : null;
    }
    if (this.#announced !== null && opensLine && BULLET.test(text) && !indented && (this.#bullets > 0 || this.#item === 0)) {
      this.#bullets += 1;
      return this.#bullets === this.#announced.count + 1 ? this.#announced.text : null;
    }
    if (this.#bullets > 0 && (!opensLine || indented)) return null;
    if (this.#item > 0 && (!opensLine || indented || /^[-*+•]\s/.test(text))) return null;
    this.#announced = endsLine && /:\**\s*$/.test(text) ? announcement(text) : null;
    this.#item = 0;
    this.#bullets = 0;
    return null;
  }
}

/** A list within the sentence: the announcement up to its colon, or to "are" or "namely". */
const INLINE = /^(.{3,160}?)(?::\s+|,?\s+namely,?\s+|\s+(?:are|were)\s+(?!.*:\s))(?=\S)(.{3,400}?)[.!]?\s*$/u;
/** One thing of a list, in few words. A clause of its own is none. */
const THING = /^(?:(?:the|an?)\s+)?[\p{L}\p{N}`*"“'][^\s,;]*(?:\s+(?!(?:and|or|is|are|was|were|which|who|that|if|when|while|but|etc|including|such|like|as well|so on|not|being|then|to)\b)[^\s,;]+){0,3}$/u;
const OPEN_LIST = /\b(?:etc|such as|including|include|for example|e\.g|like|among others|and so on|and more|as well as|or|plus|respectively|each|both|either|between|different from|not)\b|…|\.\.\.|[()–—;?]/i;

/** Whether a sentence announces a count and itself lists more or fewer: "three options: A, B, C and D". */
export function miscounts(text: string): boolean {
  if (!text.includes(',') || text.length > MAX_INLINE) return false;
  const found = INLINE.exec(text);
  const announced = found === null ? null : announcement(found[1] as string);
  if (found === null || announced === null || OPEN_LIST.test(found[2] as string)) return false;
  const parts = (found[2] as string).replace(/,?\s+and\s+/g, ', ').split(/,\s*/);
  // The last thing stands behind "and", and only it does: else two may be told in one.
  const ands = (found[2] as string).match(/\sand\s/g) ?? [];
  if (ands.length !== 1 || !/\sand\s[^,]*$/.test(found[2] as string)) return false;
  // "The two ways are cheap, fast and simple" lists no things.
  if (!/:\s/.test(text) && !/\bnamely\b/.test(text) && !parts.every((part) => /^[\p{Lu}`"“'\d]|^(?:the|an?)\s/u.test(part.trim()))) return false;
  return parts.length >= 2 && parts.every((part) => THING.test(part.trim())) && parts.length !== announced.count;
}

const MAX_INLINE = 600;

function announcement(text: string): { readonly count: number; readonly text: string } | null {
  const counts = [...text.matchAll(COUNTED)];
  const [, word = ''] = counts[0] ?? [];
  if (counts.length !== 1 || INEXACT.test(text)) return null;
  const count = /^\d/.test(word) ? Number(word) : numberWord(word.toLowerCase());
  return count !== null && count >= 2 ? { count, text } : null;
}
