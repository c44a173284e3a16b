import { HALLUCINATION_TYPES, type Correction } from '../core/types.js';
import type { Excerpt, Run } from './replay-excerpt.js';
import { type Colours, coloursOf, escapeControls, type Terminal } from './terminal.js';

/** What today's rules make of one recorded answer. */
export interface ReplayedAnswer {
  readonly file: string;
  /** Counted from 1 within the file. */
  readonly answer: number;
  /** Null: it was not read. */
  readonly format: string | null;
  readonly model: string | null;
  /** Why it was not read; null: it was. */
  readonly unread: string | null;
  /** The recording ends in the middle of it. */
  readonly cutOff: boolean;
  readonly corrections: readonly (Correction & Excerpt)[];
  readonly faults: readonly string[];
}

export interface ReplayReport {
  answer(answer: ReplayedAnswer): void;
  end(): void;
}

/** Counts over all files. */
class Totals {
  readonly #files = new Set<string>();
  readonly #byType: Record<string, number> = {};
  answers = 0;
  unread = 0;
  changed = 0;
  corrected = 0;
  reported = 0;

  add({ file, unread, corrections }: ReplayedAnswer): void {
    this.#files.add(file);
    if (unread === null) this.answers += 1;
    else this.unread += 1;
    const edits = corrections.filter(({ after }) => after !== null).length;
    if (edits > 0) this.changed += 1;
    this.corrected += edits;
    this.reported += corrections.length - edits;
    for (const { type } of corrections) this.#byType[type] = (this.#byType[type] ?? 0) + 1;
  }

  get files(): number {
    return this.#files.size;
  }

  get byType(): Readonly<Record<string, number>> {
    return Object.fromEntries(HALLUCINATION_TYPES.flatMap((type) => (this.#byType[type] === undefined ? [] : [[type, this.#byType[type]]])));
  }
}

/** One object a line: each correction, then its answer; the totals last. */
export function jsonReport({ stdout }: Terminal): ReplayReport {
  const totals = new Totals();
  const line = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`);
  const joined = (runs: readonly Run[] | null): string | null => (runs === null ? null : runs.map(({ text }) => text).join(''));
  return {
    answer(answer) {
      totals.add(answer);
      const { file, answer: number, corrections, ...about } = answer;
      for (const { before, after, ...correction } of corrections) line({ kind: 'correction', file, answer: number, ...correction, before: joined(before), after: joined(after) });
      line({ kind: 'answer', file, answer: number, ...about, corrections: corrections.length, changed: corrections.some(({ after }) => after !== null) });
    },
    end() {
      const { files, answers, unread, changed, corrected, reported, byType } = totals;
      line({ kind: 'total', files, answers, unread, changed, corrected, reported, byType });
    },
  };
}

/** For people: what is as it was in red, what it would be in green. */
export function textReport(terminal: Terminal): ReplayReport {
  const totals = new Totals();
  const colours = coloursOf(terminal);
  const line = (text: string): void => void terminal.stdout.write(`${text}\n`);
  return {
    answer(answer) {
      totals.add(answer);
      line(headLine(answer, colours));
      for (const fault of answer.faults) line(`  ${colours.yellow(escapeControls(fault))}`);
      for (const correction of answer.corrections) for (const text of correctionLines(correction, colours)) line(text);
    },
    end() {
      const { files, answers, unread, changed, corrected, reported, byType } = totals;
      const types = Object.entries(byType).map(([type, count]) => `${type} ${count}`).join(', ');
      const read = `${counted(files, 'file')}, ${counted(answers, 'answer')} read${unread > 0 ? `, ${unread} not` : ''}`;
      line(colours.bold(`${read}: ${changed} would change; ${counted(corrected, 'correction')}, ${reported} only reported${types === '' ? '' : ` (${types})`}`));
    },
  };
}

function headLine({ file, answer, format, model, unread, cutOff, corrections }: ReplayedAnswer, { bold, dim, yellow }: Colours): string {
  const name = bold(`${escapeControls(file)}${answer > 1 ? ` #${answer}` : ''}`);
  if (unread !== null) return `${name}  ${yellow(`not read: ${escapeControls(unread)}`)}`;
  const about = [format, ...(model === null ? [] : [escapeControls(model)]), ...(cutOff ? ['cut off'] : [])].join(', ');
  return `${name}  ${dim(about)}  ${corrections.length === 0 ? 'nothing to correct' : counted(corrections.length, 'correction')}`;
}

function correctionLines({ type, action, rule, reason, channel, start, before, after }: Correction & Excerpt, { cyan, dim, green, red, yellow }: Colours): readonly string[] {
  const said = (runs: readonly Run[], colour: (text: string) => string): string => runs.map(({ text, changed }) => (changed ? colour(escapeControls(text)) : escapeControls(text))).join('');
  const why = rule === null ? escapeControls(reason) : `rule ${escapeControls(rule)}`;
  const head = `  ${cyan(type)} ${action === 'report' ? yellow(action) : action}  ${why}  ${dim(`${escapeControls(channel)} ${start}`)}`;
  if (after === null) return [head, `    ${said(before, yellow)}`];
  return [head, `    ${red('-')} ${said(before, red)}`, `    ${green('+')} ${said(after, green)}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
