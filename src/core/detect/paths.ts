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
  /** How many of the shared findings it has seen. */
  taken = 0;

  constructor(type: HallucinationType, context: ExchangeContext) {
    this.#type = type;
    this.#context = context;
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    const shared = (this.#shared ??= sharedScan(view, this.#context, this));
    const { scan, findings } = shared;
    // A scan that broke has lost its place: the detector that shares it breaks with it.
    if (shared.broken !== null) throw shared.broken;
    // Only before something new is read: by then every run has joined, and seen what came before.
    if (findings.length >= MOST_SEEN) forget(shared);
    try {
      if (scan.advance(view)) for (const finding of scan.take()) findings.push(finding);
    } catch (error) {
      shared.broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
    for (; this.taken < findings.length; this.taken += 1) {
      const finding = findings[this.taken] as Finding;
      if (finding.verdict.type === this.#type) found(finding);
    }
    return scan.frontier();
  }

  letGo(offset: number): void {
    this.#shared?.scan.letGo(offset);
  }

  mayWait(): boolean {
    return this.#shared?.scan.mayWait() === true;
  }
}

interface Shared {
  readonly context: ExchangeContext;
  readonly scan: PathScan;
  readonly findings: Finding[];
  readonly runs: PathRun[];
  broken: Error | null;
}

/** Findings are dropped in lots once all runs have seen them: an answer may go on for hours. */
const MOST_SEEN = 1_024;

function forget({ findings, runs }: Shared): void {
  if (runs.some(({ taken }) => taken < findings.length)) return;
  findings.length = 0;
  for (const run of runs) run.taken = 0;
}

const scans = new WeakMap<TextView, Shared>();

/** The scan of a channel that has begun no more than this view says; a view that was read before for another exchange gets a new one. */
function sharedScan(view: TextView, context: ExchangeContext, run: PathRun): Shared {
  const known = scans.get(view);
  if (known !== undefined && known.context === context) {
    known.runs.push(run);
    return known;
  }
  const shared = { context, scan: new PathScan(context), findings: [], runs: [run], broken: null };
  scans.set(view, shared);
  return shared;
}
