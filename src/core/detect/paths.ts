import type { HallucinationType } from '../types.js';
import type { DetectorRun, ExchangeContext, Finding, TextView } from './detector.js';
import { PathScan } from './path-scan.js';

/**
 * The run of one of the two path detectors. Both read the same text, so they share one scan: it belongs to the view that the
 * channel hands to each of its detectors.
 */
export class PathRun implements DetectorRun {
  readonly #type: HallucinationType;
  readonly #context: ExchangeContext;
  #shared: Shared | null = null;
  #taken = 0;

  constructor(type: HallucinationType, context: ExchangeContext) {
    this.#type = type;
    this.#context = context;
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    this.#shared ??= sharedScan(view, this.#context);
    const { scan, findings } = this.#shared;
    // A scan that broke has lost its place: the detector that shares it breaks with it.
    if (this.#shared.broken !== null) throw this.#shared.broken;
    try {
      if (scan.advance(view)) findings.push(...scan.take());
    } catch (error) {
      this.#shared.broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
    for (; this.#taken < findings.length; this.#taken += 1) {
      const finding = findings[this.#taken] as Finding;
      if (finding.verdict.type === this.#type) found(finding);
    }
    return scan.frontier();
  }

  letGo(offset: number): void {
    this.#shared?.scan.letGo(offset);
  }
}

interface Shared {
  readonly context: ExchangeContext;
  readonly scan: PathScan;
  readonly findings: Finding[];
  broken: Error | null;
}

const scans = new WeakMap<TextView, Shared>();

/** The scan of a channel that has begun no more than this view says; a view that was read before for another exchange gets a new one. */
function sharedScan(view: TextView, context: ExchangeContext): Shared {
  const known = scans.get(view);
  if (known !== undefined && known.context === context) return known;
  const shared = { context, scan: new PathScan(context), findings: [], broken: null };
  scans.set(view, shared);
  return shared;
}
