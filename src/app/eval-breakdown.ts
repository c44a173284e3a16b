import { HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';
import type { EvalCase } from './eval-cases.js';
import { isJudgedRight, type CaseOutput, type CleanCaseScore, type FoundScore } from './eval-score.js';

/** Bins of confidence, by their lower ends, the surest first. */
const BINS = [0.95, 0.9, 0.8, 0.7, 0] as const;

export interface CalibrationBin {
  /** Confidences from here up to the bin before. */
  readonly from: number;
  verdicts: number;
  right: number;
}

/** How often verdicts of some confidence were right, by the verdict's type; types without verdicts are left out. */
export type Calibration = Readonly<Partial<Record<HallucinationType, readonly CalibrationBin[]>>>;

/** A tier of cases of one type. Cases without a tier stand under `-`. */
export interface FoundTier {
  readonly type: HallucinationType;
  readonly tier: string;
  cases: number;
  caught: number;
  right: number;
}

export interface CleanTier {
  readonly type: 'clean';
  readonly tier: string;
  texts: number;
  identical: number;
  flagged: number;
  falseAlarms: number;
}

/** False alarms of one type on clean texts. */
export interface AlarmScore {
  /** Clean texts that are clean for this type. */
  texts: number;
  flagged: number;
  /** Flagged texts that were changed. */
  changed: number;
  alarms: number;
}

/** What the scores are made of: by confidence, by tier and, for false alarms, by type. Cases of every level but `report-only`. */
export class Breakdown {
  readonly #calibration: Partial<Record<HallucinationType, CalibrationBin[]>> = {};
  readonly #tiers = new Map<string, FoundTier | CleanTier>();
  readonly alarms = Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, { texts: 0, flagged: 0, changed: 0, alarms: 0 }])) as Readonly<Record<HallucinationType, AlarmScore>>;

  addFound(labelled: EvalCase, type: HallucinationType, result: CaseOutput, { caught, right }: FoundScore): void {
    const tier = this.#tier(type, labelled.tier, () => ({ type, tier: labelled.tier ?? '-', cases: 0, caught: 0, right: 0 }));
    tier.cases += 1;
    if (caught) tier.caught += 1;
    if (right) tier.right += 1;
    for (const correction of result.corrections) {
      const judged = isJudgedRight(labelled, result, correction);
      if (judged !== null) this.#judge(correction.type, correction.confidence, judged);
    }
  }

  addClean(labelled: EvalCase, { identical, falseAlarms, alarms }: CleanCaseScore): void {
    const tier = this.#tier('clean', labelled.tier, () => ({ type: 'clean', tier: labelled.tier ?? '-', texts: 0, identical: 0, flagged: 0, falseAlarms: 0 }));
    tier.texts += 1;
    tier.falseAlarms += falseAlarms;
    if (identical) tier.identical += 1;
    if (falseAlarms > 0) tier.flagged += 1;
    for (const alarm of alarms) this.#judge(alarm.type, alarm.confidence, false);
    for (const type of labelled.cleanFor) {
      const row = this.alarms[type];
      const own = alarms.filter((alarm) => alarm.type === type);
      row.texts += 1;
      row.alarms += own.length;
      if (own.length > 0) row.flagged += 1;
      if (own.some(({ action }) => action !== 'report')) row.changed += 1;
    }
  }

  get calibration(): Calibration {
    return this.#calibration;
  }

  /** In the order of types, then of names. */
  get tiers(): readonly (FoundTier | CleanTier)[] {
    const order = (type: string): number => [...HALLUCINATION_TYPES, 'clean'].indexOf(type);
    return [...this.#tiers.values()].sort((a, b) => order(a.type) - order(b.type) || (a.tier < b.tier ? -1 : 1));
  }

  #judge(type: HallucinationType, confidence: number, right: boolean): void {
    const bins = (this.#calibration[type] ??= BINS.map((from) => ({ from, verdicts: 0, right: 0 })));
    const bin = bins.find(({ from }) => confidence >= from) ?? bins.at(-1);
    if (bin === undefined) return;
    bin.verdicts += 1;
    if (right) bin.right += 1;
  }

  #tier<T extends FoundTier | CleanTier>(type: T['type'], name: string | null, make: () => T): T {
    const key = `${type}\0${name ?? '-'}`;
    const known = this.#tiers.get(key) ?? make();
    this.#tiers.set(key, known);
    return known as T;
  }
}
