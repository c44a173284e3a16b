/** Models whose template is not known to the backend think in the answer itself, and some begin within their first tag. */

const OPENS = /^\s*(?:<(?:seed:)?(think|thinking|thought|reasoning)>|\[(THINK)\])/i;
const CLOSES = /<\/(?:seed:)?(?:think|thinking|thought|reasoning)>|\[\/THINK\]/i;

export interface Aloud {
  /** What it thinks before it answers. */
  readonly thought: string;
  /** What it answers; all of it where it does not think aloud. */
  readonly answer: string;
}

export function thoughtAloud(text: string): Aloud {
  const opening = OPENS.exec(text)?.[0].length ?? 0;
  const closing = CLOSES.exec(text);
  if (closing !== null) return { thought: text.slice(opening, closing.index), answer: text.slice(closing.index + closing[0].length) };
  // A thought that was cut off.
  return opening > 0 ? { thought: text.slice(opening), answer: '' } : { thought: '', answer: text };
}
