import type { Observation, Observer } from '../core/observe.js';
import { type Correction, HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';

/** Counts of one proxy since it was made; a copy, never live. */
export interface Statistics {
  /** Findings, reports among them. */
  readonly hallucinationsDetected: number;
  /** Findings that changed an answer. */
  readonly hallucinationsCorrected: number;
  readonly navigationErrorsFixed: number;
  /** Times a behavior patch changed a request, or took the thinking out of an answer. */
  readonly behaviorPatchesApplied: number;
  readonly byType: Readonly<Record<HallucinationType, { readonly detected: number; readonly corrected: number }>>;
  /** Exchanges that are over, inspected or not. */
  readonly requestsProcessed: number;
  /** Exchanges that were not inspected, or not to their end, by reason. */
  readonly notInspected: Readonly<Record<string, number>>;
  readonly activeConnections: number;
  readonly serverListening: boolean;
  /** 0 where it does not listen. */
  readonly listenPort: number;
  /** The backend's address. */
  readonly endpoint: string;
  /** Patterns in force; facts are not counted. */
  readonly correctionPatterns: number;
  /** Behavior patches in force. */
  readonly behaviorPatches: number;
}

/** What is counted; the rest is asked of the proxy. */
export type Counted = Pick<Statistics, 'hallucinationsDetected' | 'hallucinationsCorrected' | 'navigationErrorsFixed' | 'behaviorPatchesApplied' | 'byType' | 'requestsProcessed' | 'notInspected'>;

/** Whether a correction is a line of navigation_fixes.log. */
export function isNavigationFix({ type, action, expected }: Correction): boolean {
  return type === 'invalid_path' && action === 'replace' && expected !== null;
}

/** Counts what is observed. */
export class StatisticsCounter implements Observer {
  readonly #byType = new Map<HallucinationType, { detected: number; corrected: number }>(HALLUCINATION_TYPES.map((type) => [type, { detected: 0, corrected: 0 }]));
  readonly #notInspected = new Map<string, number>();
  #requests = 0;
  #fixes = 0;
  #patched = 0;

  observe(observation: Observation): void {
    switch (observation.kind) {
      case 'correction':
        this.#correction(observation.correction);
        break;
      case 'exchange': {
        this.#requests += 1;
        const { inspected, reason } = observation.summary;
        if (!inspected || reason !== null) this.#skip(reason ?? 'unknown');
        break;
      }
      case 'tunnel':
        this.#skip(observation.reason);
        break;
      case 'patch':
        this.#patched += 1;
        break;
      case 'outcome':
      case 'fault':
        break;
    }
  }

  counted(): Counted {
    const byType = Object.fromEntries([...this.#byType].map(([type, counts]) => [type, { ...counts }])) as Record<HallucinationType, { detected: number; corrected: number }>;
    const sum = (name: 'detected' | 'corrected'): number => HALLUCINATION_TYPES.reduce((total, type) => total + byType[type][name], 0);
    return {
      hallucinationsDetected: sum('detected'),
      hallucinationsCorrected: sum('corrected'),
      navigationErrorsFixed: this.#fixes,
      behaviorPatchesApplied: this.#patched,
      byType,
      requestsProcessed: this.#requests,
      notInspected: Object.fromEntries(this.#notInspected),
    };
  }

  #correction(correction: Correction): void {
    const counts = this.#byType.get(correction.type) as { detected: number; corrected: number };
    counts.detected += 1;
    if (correction.action !== 'report') counts.corrected += 1;
    if (isNavigationFix(correction)) this.#fixes += 1;
  }

  #skip(reason: string): void {
    this.#notInspected.set(reason, (this.#notInspected.get(reason) ?? 0) + 1);
  }
}
