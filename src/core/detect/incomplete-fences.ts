import type { Line } from './incomplete-lines.js';

/** A fenced block (CommonMark 0.31, section 4.5) that was never closed. */
export interface OpenFence {
  /** Absolute offset of the line that opens it. */
  readonly start: number;
  /** What closes it at the end of the text. */
  readonly closer: string;
}

interface Opener {
  readonly start: number;
  /** White space, quotation marks and list markers before it. */
  readonly indent: string;
  readonly run: string;
}

const FENCE = /^((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,}|~{3,})(.*)$/s;
/** A list marker begins an item, so inside a block it is code. */
const CONTAINED = /^[ \t>]*$/;
/** Deeper nesting is not looked at. */
const MOST_NESTED = 32;

/**
 * Two readings of the fences of an answer. By the standard the first bare fence closes a block; models that put one block
 * into another mean every fence with a language to open one. Only what is open in both was certainly never closed.
 */
export class OpenFences {
  #standard: Opener | null = null;
  readonly #nested: Opener[] = [];
  #last: Line | null = null;
  /** The line before is blank. */
  #afterBlank = true;
  /** A bare fence has just been read that may as well close what was never seen to open. */
  #doubtful = false;

  /** Whether the next line is code by the standard. */
  get inside(): boolean {
    return this.#standard !== null;
  }

  /** Reads a line. True: it is a fence itself. */
  line(line: Line): boolean {
    const text = line.tail.trim();
    const before = this.#last;
    const afterBlank = this.#afterBlank;
    this.#afterBlank = text === '';
    // Code begins at once behind the fence that opens it.
    if (this.#doubtful && text === '' && line.start > 0) this.#nested.pop();
    this.#doubtful = false;
    if (text !== '') this.#last = line;
    if (!line.whole || !(text.includes('```') || text.includes('~~~'))) return false;
    const fence = FENCE.exec(line.tail.trimEnd());
    if (fence === null) {
      // A model that forgets the line break before the closing fence has closed it all the same.
      if (this.#nested.length > 0 && /[^`]```$/.test(line.tail.trimEnd())) this.#nested.pop();
      return false;
    }
    const [, indent = '', run = '', info = ''] = fence;
    if (run.startsWith('`') && info.includes('`')) return false;
    const opener = { start: line.start, indent, run };
    // Other markups underline their titles so.
    const underlines = info === '' && run.length > 4 && !afterBlank && before !== null && run.length >= before.tail.trim().length - 1;
    if (!underlines) this.#readNested(opener, info.trim(), afterBlank);
    return this.#readStandard(opener, info.trim());
  }

  /** The block that is open behind the last line; null: none, or not surely. */
  open(): OpenFence | null {
    const { start, indent, run } = this.#standard ?? { start: 0, indent: '', run: '' };
    const last = this.#last;
    if (run === '' || this.#nested.length === 0 || last === null) return null;
    // A bare fence at the very end closes something.
    if (last.start === start && last.tail.trim() === run && start > 0) return null;
    return { start, closer: `\n${indent.replace(/[^>\s]/g, ' ')}${run}` };
  }

  #readStandard(line: Opener, info: string): boolean {
    const open = this.#standard;
    if (open === null) {
      this.#standard = line;
      return true;
    }
    if (!closes(open, line, info)) return false;
    this.#standard = null;
    return true;
  }

  #readNested(line: Opener, info: string, afterBlank: boolean): void {
    const open = this.#nested.at(-1);
    const bare = info === '' || info.split(/\s+/).length > 3;
    if (open !== undefined && bare) {
      if (closes(open, line, '')) this.#nested.pop();
    } else if (this.#nested.length < MOST_NESTED) {
      this.#nested.push(line);
      this.#doubtful = info === '' && !afterBlank;
    }
  }
}

function closes(open: Opener, line: Opener, info: string): boolean {
  return line.run[0] === open.run[0] && line.run.length >= open.run.length && info === '' && CONTAINED.test(line.indent);
}
