import type { Sign } from './incomplete-judge.js';
import type { Line } from './incomplete-lines.js';

/** What the answer has opened and not closed, other than a fence. */
export interface OpenBlock {
  readonly sign: Sign;
  /** What closes it at the end of the text. */
  readonly closer: string;
}

const THINK = /^<(think|thinking|thought|reasoning)>/i;
/** An answer that opens like this is data, a tool call or an edit. */
const DATA = /^(?:\{\s*(?:"|\}|$)|\[\s*[[{"]|\[\s*-?\d+(?:\.\d+)?\s*,|<(?!br\b|b>|i>|p>|details|summary)[a-z][\w.-]*(?:[\s=][^<>]*)?>|<\?xml|<!doctype|\[TOOL_CALLS\]|<<<<<<<|diff --git |--- \S|\*\*\* Begin Patch)/i;
const TOOL = /^\s*<([a-z]+(?:_[a-z]+)+|tool_call|function(?:=[^<>]*)?|invoke\b[^<>]*)>/;
const MATH: Readonly<Record<string, string>> = { '$$': '$$', '\\[': '\\]' };
/** A formula begins its line or follows a space. `\\[` is a line break of LaTeX, and Markdown writes a bracket that is to be seen as `\[`. */
const MATH_OPEN = /(?:^|[\s:,(])(\$\$|\\\[(?=\s*$|(?=[^\]]*(?:\\[A-Za-z]|[=^_]))(?!.*\]\())(?![[`]))(?:$|[^$\w]|\w(?![^$]*\$(?!\$)))/;
/** A formula is shorter. */
const MOST_MATH_LINES = 12;

/** @param head the first line of an answer, without the space before it */
export function opensAsData(head: string): boolean {
  return !THINK.test(head) && DATA.test(head);
}

/** Follows what an answer opens line by line: thoughts, tool calls in tags, displayed formulas. */
export class OpenBlocks {
  #begun = false;
  #data = false;
  #think: string | null = null;
  #tool: string | null = null;
  #math: string | null = null;
  #mathLines = 0;

  /** The answer opened as data: nothing is to be added to it. */
  get structured(): boolean {
    return this.#data;
  }

  /** A tool call in tags, or an edit block, is open: nothing is to be added to that either. */
  get tool(): boolean {
    return this.#tool !== null;
  }

  /** @param code the line stands in a fenced block */
  line(line: Line, code: boolean): void {
    const text = line.tail;
    const trimmed = text.trim();
    if (trimmed === '') return;
    if (!this.#begun) this.#begin(line.head.trimStart());
    if (this.#think !== null && text.toLowerCase().includes(`</${this.#think}>`)) this.#think = null;
    if (this.#tool !== null || text.includes('<')) this.#readTool(text);
    if (!code && (this.#math !== null || trimmed.includes('$$') || trimmed.includes('\\['))) this.#readMath(trimmed);
  }

  /** What is open at the end; null: nothing. */
  open(): OpenBlock | null {
    if (this.#think !== null) return { sign: told('a thought is not closed'), closer: `\n</${this.#think}>` };
    if (this.#math !== null && this.#mathLines <= MOST_MATH_LINES) return { sign: told('a formula is not closed'), closer: `\n${this.#math}` };
    return null;
  }

  #begin(head: string): void {
    this.#begun = true;
    this.#think = THINK.exec(head)?.[1]?.toLowerCase() ?? null;
    this.#data = opensAsData(head);
  }

  #readTool(text: string): void {
    if (this.#tool === null) {
      const name = /^<<<<<<< /.test(text) ? '>>>>>>> ' : TOOL.exec(text)?.[1]?.split(/[\s=]/)[0];
      if (name !== undefined) this.#tool = name.startsWith('>') ? name : `</${name}>`;
    }
    if (this.#tool !== null && text.includes(this.#tool)) this.#tool = null;
  }

  #readMath(trimmed: string): void {
    if (this.#math !== null) {
      this.#mathLines += 1;
      if (trimmed.includes(this.#math)) this.#math = null;
      return;
    }
    const open = MATH_OPEN.exec(trimmed)?.[1];
    if (open === undefined) return;
    const closer = MATH[open] as string;
    // Behind the last one that opens, so that what it closes on the same line is seen.
    const from = trimmed.lastIndexOf(open) + 2;
    if (open === '$$' ? trimmed.split('$$').length % 2 === 1 : trimmed.includes(closer, from)) return;
    this.#math = closer;
    this.#mathLines = 0;
  }
}

function told(reason: string): Sign {
  return { reason, confidence: 0.92, plain: true, tellOnly: false };
}
