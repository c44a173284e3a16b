import { numberWord } from './claim-words.js';
import type { Sentence } from './sentences.js';

const COUNTED = /\b(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?:[\p{L}-]+\s+){0,3}?(?:steps?|ways|reasons|things|types|kinds|options|factors|points|methods|parts|components|stages|phases|elements|principles|rules|tips|benefits|advantages|disadvantages|features|examples|categories|characteristics|aspects|differences|approaches|strategies|techniques|items|properties|layers|levels|functions|questions|causes|symptoms|effects|problems|issues|conditions|requirements|facts|ideas|books|movies|films|countries|cities|planets|states|companies|languages|tools|libraries|commands|files|modules|sections|criteria|forms|tasks|goals|areas|groups|classes|modes|patterns|variables|parameters|arguments|theories|laws|laureates|winners|members|people|songs|albums|foods|ingredients)\b/giu;
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

function announcement(text: string): { readonly count: number; readonly text: string } | null {
  const counts = [...text.matchAll(COUNTED)];
  const [, word = ''] = counts[0] ?? [];
  if (counts.length !== 1 || INEXACT.test(text)) return null;
  const count = /^\d/.test(word) ? Number(word) : numberWord(word.toLowerCase());
  return count !== null && count >= 2 ? { count, text } : null;
}
