import type { Observation, Observer } from '../core/observe.js';
import { type Correction, HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';

/** Counts of one proxy since it was made; a copy, never live. */
export interface Statistics {
  /** Findings, reports among them. */
  readonly hallucinationsDetected: number;
  /** Findings that changed an answer. */
  readonly hallucinationsCorrected: number;
  /** Wrong paths that were replaced. */
  readonly navigationErrorsFixed: number;
  /** Times a behavior patch changed a request, or took the thinking out of an answer. */
  readonly behaviorPatchesApplied: number;
  /** Findings and those that changed an answer, by type; all six are there. */
  readonly byType: Readonly<Record<HallucinationType, { readonly detected: number; readonly corrected: number }>>;
  /** Exchanges that are over, inspected or not. */
  readonly requestsProcessed: number;
  /** Exchanges that were not inspected, or not to their end, by reason. */
  readonly notInspected: Readonly<Record<string, number>>;
  /** Of clients, idle ones among them. */
  readonly activeConnections: number;
  /** Whether it accepts connections. */
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

/** Counts as table `statistics` has them, by name. */
export function flatCounts({ byType, requestsProcessed, navigationErrorsFixed, behaviorPatchesApplied, notInspected }: Counted): Record<string, number> {
  const types = HALLUCINATION_TYPES.flatMap((type): [string, number][] => [[`detected/${type}`, byType[type].detected], [`corrected/${type}`, byType[type].corrected]]);
  const reasons = Object.entries(notInspected).map(([reason, count]): [string, number] => [`notInspected/${reason}`, count]);
  const all: [string, number][] = [['requests', requestsProcessed], ['navigationErrorsFixed', navigationErrorsFixed], ['behaviorPatchesApplied', behaviorPatchesApplied], ...types, ...reasons];
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

/** The inverse; names that are not known are left out. */
export function countedFrom(flat: Readonly<Record<string, number>>): Counted {
  const of = (name: string): number => (Object.hasOwn(flat, name) ? (flat[name] ?? 0) : 0);
  const types = HALLUCINATION_TYPES.map((type) => [type, { detected: of(`detected/${type}`), corrected: of(`corrected/${type}`) }] as const);
  const sum = (name: 'detected' | 'corrected'): number => types.reduce((total, [, counts]) => total + counts[name], 0);
  const reasons = Object.entries(flat).flatMap(([name, count]): [string, number][] => (name.startsWith('notInspected/') ? [[name.slice('notInspected/'.length), count]] : []));
  return {
    hallucinationsDetected: sum('detected'),
    hallucinationsCorrected: sum('corrected'),
    navigationErrorsFixed: of('navigationErrorsFixed'),
    behaviorPatchesApplied: of('behaviorPatchesApplied'),
    byType: Object.fromEntries(types) as Record<HallucinationType, { detected: number; corrected: number }>,
    requestsProcessed: of('requests'),
    notInspected: Object.fromEntries(reasons),
  };
}

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
