import { type Correction, HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';

/** Counts since a `HotPatcher` was made; texts and findings, never time. */
export interface PatcherStatistics {
  /** Texts given to `intercept` and `detect`. */
  readonly requestsProcessed: number;
  /** Findings of both, each time one was found. */
  readonly hallucinationsDetected: number;
  /** Findings that changed a text: replaced or annotated. */
  readonly hallucinationsCorrected: number;
  /** Wrong paths that were put right, in texts and by `fixPath`. */
  readonly navigationErrorsFixed: number;
  /** The same by type; all six are there. */
  readonly byType: Readonly<Record<HallucinationType, { readonly detected: number; readonly corrected: number }>>;
  /** Patterns in force, of the database and of this object; facts are not counted. */
  readonly correctionPatterns: number;
  /** Behavior patches in force, likewise. */
  readonly behaviorPatches: number;
  /** Texts that a behavior patch changed. */
  readonly behaviorPatchesApplied: number;
}

/** Rules of a patch are named by it and their place in it. */
const OF_PATCH = /\/\d+$/;

/** Counts what was found and done. */
export class PatcherTally {
  readonly #byType = new Map<HallucinationType, { detected: number; corrected: number }>(HALLUCINATION_TYPES.map((type) => [type, { detected: 0, corrected: 0 }]));
  #texts = 0;
  #paths = 0;
  #patched = 0;

  text(corrections: readonly Correction[]): void {
    this.#texts += 1;
    if (corrections.some(({ action, rule }) => action !== 'report' && rule !== null && OF_PATCH.test(rule))) this.#patched += 1;
    for (const { type, action, expected } of corrections) {
      const counts = this.#byType.get(type) as { detected: number; corrected: number };
      counts.detected += 1;
      if (action === 'report') continue;
      counts.corrected += 1;
      // The condition of a line in navigation_fixes.log.
      if (type === 'invalid_path' && action === 'replace' && expected !== null) this.#paths += 1;
    }
  }

  path(): void {
    this.#paths += 1;
  }

  statistics({ correctionPatterns, behaviorPatches }: Pick<PatcherStatistics, 'correctionPatterns' | 'behaviorPatches'>): PatcherStatistics {
    const byType = Object.fromEntries([...this.#byType].map(([type, counts]) => [type, { ...counts }])) as Record<HallucinationType, { detected: number; corrected: number }>;
    const sum = (name: 'detected' | 'corrected'): number => HALLUCINATION_TYPES.reduce((total, type) => total + byType[type][name], 0);
    return {
      requestsProcessed: this.#texts,
      hallucinationsDetected: sum('detected'),
      hallucinationsCorrected: sum('corrected'),
      navigationErrorsFixed: this.#paths,
      byType,
      correctionPatterns,
      behaviorPatches,
      behaviorPatchesApplied: this.#patched,
    };
  }
}
