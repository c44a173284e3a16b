import { applyEdits, type Edit } from '../core/text/edit.js';
import type { SettledCorrection } from '../core/text/text-rewriter.js';

/** A piece of a text, and whether it is what differs. */
export interface Run {
  readonly text: string;
  readonly changed: boolean;
}

/** A place of a text as it is and as it would be. */
export interface Excerpt {
  readonly before: readonly Run[];
  /** Null: nothing would change there. */
  readonly after: readonly Run[] | null;
}

/** UTF-16 units shown on each side of what changes. */
const AROUND = 40;
/** What is longer than this is shown by its two ends. */
const MOST_SHOWN = 160;
const GAP = ' … ';

/**
 * The place of one correction with what is around it, other edits included.
 * @param edits those of the whole text, in order; the correction's own is `edits[own]`
 */
export function excerptOf(text: string, { start, end, edit }: SettledCorrection, edits: readonly Edit[], own: number): Excerpt {
  if (edit === null) {
    const { from, to } = around(text, { start, end });
    return { before: shown(text, from, to, marked(text.slice(start, end)), text.slice(from, start), text.slice(end, to)), after: null };
  }
  let { from, to } = around(text, edit);
  let first = own;
  let last = own + 1;
  // An edit that reaches into the excerpt is shown whole.
  for (let other = edits[first - 1]; other !== undefined && other.end >= from; other = edits[first - 1]) {
    from = Math.min(from, other.start);
    first -= 1;
  }
  for (let other = edits[last]; other !== undefined && other.start <= to; other = edits[last]) {
    to = Math.max(to, other.end);
    last += 1;
  }
  const [left, right] = [text.slice(from, edit.start), text.slice(edit.end, to)];
  return {
    before: shown(text, from, to, marked(text.slice(edit.start, edit.end)), left, right),
    after: shown(text, from, to, marked(edit.text), applyEdits(left, from, edits.slice(first, own)), applyEdits(right, edit.end, edits.slice(own + 1, last))),
  };
}

function around(text: string, { start, end }: Pick<Edit, 'start' | 'end'>): { readonly from: number; readonly to: number } {
  return { from: wholeAt(text, Math.max(0, start - AROUND)), to: wholeAt(text, Math.min(text.length, end + AROUND)) };
}

/** With what stands before and behind it, and a sign where that is not all there is. */
function shown(text: string, from: number, to: number, middle: Run, left: string, right: string): readonly Run[] {
  const runs = [plain((from > 0 ? '…' : '') + left), middle, plain(right + (to < text.length ? '…' : ''))];
  return runs.filter((run) => run.text !== '').map((run) => ({ text: run.text.length <= MOST_SHOWN ? run.text : shortened(run.text), changed: run.changed }));
}

const plain = (text: string): Run => ({ text, changed: false });
const marked = (text: string): Run => ({ text, changed: true });

function shortened(text: string): string {
  const half = MOST_SHOWN / 2;
  return text.slice(0, wholeAt(text, half)) + GAP + text.slice(wholeAt(text, text.length - half));
}

/** The offset, or the one before where it would cut a character in two. */
function wholeAt(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
}
