/**
 * Which line the text is in: fenced code (as `FenceTracker` has it, but with the info string, and told of every line as it
 * ends), and what stood before. Causal, so the line that opens a fence is prose and the line that closes it code.
 */
export class PathLines {
  /** The info string of the open fence; null: prose. */
  fence: string | null = null;
  /** Offset of the current line. */
  lineStart = 0;
  /** Offset of the first line of the open fence. */
  fenceStart = 0;
  /** What stood before the open fence. */
  lead = '';
  #run = '';

  /**
   * A line has ended.
   * @param line its first units, without the newline
   * @param next offset behind its newline
   * @param before reads the text that stands before the line
   * @returns whether the line opened or closed a fence
   */
  endLine(line: string, next: number, before: () => string): boolean {
    this.lineStart = next;
    const fence = FENCE.exec(line);
    if (fence === null) return false;
    const [, run = '', info = ''] = fence;
    if (this.fence === null) {
      if (run.startsWith('`') && info.includes('`')) return false;
      this.#run = run;
      this.fence = info;
      this.fenceStart = next;
      this.lead = before();
      return true;
    }
    if (run[0] !== this.#run[0] || run.length < this.#run.length || info.trim() !== '') return false;
    this.fence = null;
    this.lead = '';
    return true;
  }
}

/** A fence line is short; what is longer is text. */
export const FENCE_LINE = 200;
/** So many backticks open a fence at least. */
export const FENCE_TICKS = 3;
const FENCE = /^[ \t>]*(`{3,}|~{3,})(.*)$/s;
