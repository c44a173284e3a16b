import type { HallucinationType } from '../core/types.js';
import { Breakdown } from './eval-breakdown.js';
import type { EvalCase } from './eval-cases.js';
import { atPlaces, emptySummary, scoreClean, scoreFound, type CaseOutput, type EvalSummary, type ScoredCorrection } from './eval-score.js';

/** A case that went wrong, for people to look at. */
export interface WorstCase {
  readonly id: string;
  readonly where: string;
  readonly what: string;
  /** One of `RANKS`. */
  readonly rank: number;
}

/** Rows are types of cases, columns types of corrections made where the case has its place (anywhere, in clean texts), or `none`. */
export type Confusion = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Tally {
  readonly summary: EvalSummary;
  /** Cases of level `hard`, scored alike and kept apart. */
  readonly hard: EvalSummary;
  readonly confusion: Confusion;
  readonly worst: readonly WorstCase[];
  /** Cases of level `report-only`: what was found, without a score. */
  readonly reportOnly: readonly string[];
  readonly breakdown: Breakdown;
}

/** Higher is worse: harm before accusation, accusation before omission. */
const RANKS = { silent: 6, harmed: 5, wrong: 4, accused: 3, undone: 2, missed: 1 } as const;
const WORST_KEPT = 10;
const SAMPLE_UNITS = 60;

function sample(text: string): string {
  const line = JSON.stringify(text);
  return line.length > SAMPLE_UNITS ? `${line.slice(0, SAMPLE_UNITS - 3)}...` : line;
}

function told({ type, action, detected, expected }: ScoredCorrection): string {
  return `${type} ${action} ${sample(detected)}${expected === null ? '' : ` -> ${sample(expected)}`}`;
}

/** Adds up scores, case by case. */
export class Scorer {
  readonly #summary = emptySummary();
  readonly #hard = emptySummary();
  readonly #confusion: Record<string, Record<string, number>> = {};
  #worst: WorstCase[] = [];
  readonly #reportOnly: string[] = [];
  readonly #breakdown = new Breakdown();

  add(labelled: EvalCase, result: CaseOutput): void {
    if (labelled.level === 'report-only') {
      this.#reportOnly.push(`${labelled.id}: ${result.corrections.length === 0 ? 'nothing found' : result.corrections.map(told).join(', ')}`);
      return;
    }
    const summary = labelled.level === 'hard' ? this.#hard : this.#summary;
    if (labelled.type === 'clean') this.#addClean(labelled, result, summary);
    else this.#addFound(labelled, labelled.type, result, summary);
  }

  result(): Tally {
    return { summary: this.#summary, hard: this.#hard, confusion: this.#confusion, worst: this.#worst, reportOnly: this.#reportOnly, breakdown: this.#breakdown };
  }

  #addFound(labelled: EvalCase, type: HallucinationType, result: CaseOutput, summary: EvalSummary): void {
    const score = scoreFound(labelled, result);
    const { caught, right } = score;
    this.#breakdown.addFound(labelled, type, result, score);
    const row = summary.types[type];
    row.cases += 1;
    if (caught) row.caught += 1;
    else row.missed += 1;
    if (right) row.right += 1;
    const found = atPlaces(labelled, result.corrections);
    this.#confuse(type, found);
    if (right) return;
    const changed = labelled.expectedText === null ? found.some(({ action }) => action === 'replace') : result.output !== labelled.text;
    const wanted = labelled.spans.find((span) => span.expected.length > 0);
    const asked = wanted === undefined ? type : `${type}, ${sample(labelled.text.slice(wanted.start, wanted.end))} should be ${sample(wanted.expected[0] ?? '')}`;
    const got = found.length === 0 ? 'nothing found' : found.slice(0, 3).map(told).join(', ');
    this.#note(labelled, changed ? RANKS.wrong : caught ? RANKS.undone : RANKS.missed, `${asked}: ${got}`);
  }

  #addClean(labelled: EvalCase, result: CaseOutput, summary: EvalSummary): void {
    const score = scoreClean(labelled, result);
    const { identical, silent, falseAlarms, alarms } = score;
    this.#breakdown.addClean(labelled, score);
    const { clean } = summary;
    clean.texts += 1;
    clean.mentions += labelled.cleanMentions.length;
    clean.falseAlarms += falseAlarms;
    if (identical) clean.identical += 1;
    if (falseAlarms > 0) clean.flagged += 1;
    this.#confuse('clean', alarms);
    if (silent) this.#note(labelled, RANKS.silent, 'clean text changed although no correction says so');
    else if (!identical) this.#note(labelled, RANKS.harmed, `clean text changed: ${alarms.filter(({ action }) => action !== 'report').slice(0, 3).map(told).join(', ')}`);
    else if (falseAlarms > 0) this.#note(labelled, RANKS.accused, `clean text accused: ${alarms.slice(0, 3).map(told).join(', ')}`);
  }

  /** A case counts once for each type found in it. */
  #confuse(rowName: string, found: readonly ScoredCorrection[]): void {
    const row = (this.#confusion[rowName] ??= {});
    const columns = found.length === 0 ? ['none'] : new Set(found.map(({ type }) => type));
    for (const column of columns) row[column] = (row[column] ?? 0) + 1;
  }

  #note(labelled: EvalCase, rank: number, what: string): void {
    this.#worst.push({ id: labelled.id, where: labelled.where, what, rank });
    // The sort is stable: of equals, the first cases stay.
    this.#worst = this.#worst.sort((a, b) => b.rank - a.rank).slice(0, WORST_KEPT);
  }
}
