import { resolve } from 'node:path';
import type { GroundTruth, PathAnswer, PathQuestion, PathUnknown } from '../../core/truth/ground-truth.js';
import { nothingKnown } from '../../core/truth/ground-truth.js';
import type { FactLookup } from '../../core/truth/path-truth.js';
import { nodeDisk, type Disk } from './disk.js';
import { WorkspaceTruth } from './workspace-truth.js';
import { Workspace, type Progress } from './workspace.js';

export { truthOfFiles } from '../../core/truth/path-truth.js';

export interface WorkspacesOptions {
  /** Absolute paths kept out of the index: hotpatch's own database (with `-wal`, `-shm`) and log folder. */
  readonly exclude?: readonly string[];
  /** Told some times while an index is built, and once when it is complete. */
  readonly onProgress?: (progress: Progress) => void;
  /** What an operator should know: a folder that vanished, came back, cannot be watched or is too large. */
  readonly onMessage?: (message: string) => void;
  /** A workspace's index holds all changes known so far. */
  readonly onSettled?: (root: string) => void;
  /** Rescans instead of watching. */
  readonly poll?: boolean;
  readonly settleMs?: number;
  readonly pollMs?: number;
  readonly mostEntries?: number;
  readonly disk?: Disk;
}

/** What a request says of where it stands. */
export interface Standing {
  /** The working directory its messages state, absolute. */
  readonly workingDirectory: string | null;
  /** The value of `x-hotpatch-workspace`: one of the configured folders. */
  readonly workspaceHeader: string | null;
  readonly facts?: FactLookup;
}

export interface Workspaces {
  /** Every workspace was indexed once, or found missing or too large. Never rejects. */
  readonly ready: Promise<void>;
  /** Files that may be suggested, of all workspaces, so far. */
  readonly files: number;
  /** The folders with their state, for reports. */
  readonly folders: readonly { readonly root: string; readonly state: Workspace['state']; readonly files: number }[];
  truthFor(standing: Standing): GroundTruth;
  close(): void;
}

const DEFAULTS = { settleMs: 40, pollMs: 1_000, mostEntries: 2_000_000 } as const;

/** Starts to index folders and follows the disk until `close`. Missing folders are waited for. */
export function openWorkspaces(roots: readonly string[], options: WorkspacesOptions = {}): Workspaces {
  const settings = {
    disk: options.disk ?? nodeDisk,
    exclude: (options.exclude ?? []).map((path) => resolve(path)),
    poll: options.poll ?? false,
    settleMs: options.settleMs ?? DEFAULTS.settleMs,
    pollMs: options.pollMs ?? DEFAULTS.pollMs,
    mostEntries: options.mostEntries ?? DEFAULTS.mostEntries,
    onProgress: options.onProgress ?? ((): void => undefined),
    onMessage: options.onMessage ?? ((): void => undefined),
    onSettled: options.onSettled ?? ((): void => undefined),
  };
  const all = [...new Set(roots.map((root) => resolve(root)))].map((root) => new Workspace(root, settings));
  const truths = new Map(all.map((workspace) => [workspace, new WorkspaceTruth(workspace, settings.disk)]));
  return {
    ready: Promise.all(all.map((workspace) => workspace.ready)).then(() => undefined),
    get files() {
      return all.reduce((sum, workspace) => sum + workspace.index.files, 0);
    },
    get folders() {
      return all.map((workspace) => ({ root: workspace.root, state: workspace.state, files: workspace.index.files }));
    },
    truthFor(standing) {
      const chosen = choose(all, standing);
      if (chosen.length === 0) return withFacts(nothingKnown, standing.facts);
      const below = chosen.map((workspace) => truths.get(workspace)!.from(standing.workingDirectory));
      return withFacts(below.length === 1 ? below[0]! : new JoinedTruth(below), standing.facts);
    },
    close() {
      for (const workspace of all) workspace.close();
    },
  };
}

/** The header's word is final, then the stated directory's; who says neither may mean any. */
function choose(all: readonly Workspace[], standing: Standing): readonly Workspace[] {
  const said = standing.workspaceHeader ?? standing.workingDirectory;
  if (said === null) return all;
  let best: Workspace | null = null;
  let length = -1;
  for (const workspace of all) {
    const depth = standing.workspaceHeader === null ? workspace.contains(said) : workspace.isAt(said) ? 0 : -1;
    if (depth > length) [best, length] = [workspace, depth];
  }
  return best === null ? [] : [best];
}

function withFacts(truth: GroundTruth, facts: FactLookup | undefined): GroundTruth {
  if (facts === undefined) return truth;
  return {
    path: (question) => truth.path(question),
    namesRoot: (text) => truth.namesRoot(text),
    beginsTop: (prefix) => truth.beginsTop(prefix),
    fact: facts,
    confirm: (wrong, right) => truth.confirm(wrong, right),
  };
}

/** Several workspaces and no word of which is meant: known in one is known, and only one may correct. */
class JoinedTruth implements GroundTruth {
  readonly #truths: readonly WorkspaceTruth[];

  constructor(truths: readonly WorkspaceTruth[]) {
    this.#truths = truths;
  }

  path(question: PathQuestion): PathAnswer {
    const wrong: PathUnknown[] = [];
    let unknown = false;
    for (const truth of this.#truths) {
      const answer = truth.path(question);
      if (answer === 'unknown') unknown ||= !truth.saysNothingOf(question.path);
      else if (answer.known) return answer;
      else wrong.push(answer);
    }
    if (unknown || wrong.length === 0) return 'unknown';
    const mended = wrong.filter((answer) => answer.nearest !== null);
    if (mended.length === 1) return { ...mended[0]!, needsTie: true };
    return { known: false, nearest: null, step: null, score: 0, needsTie: false, resembles: wrong.some((answer) => answer.resembles) };
  }

  namesRoot(text: string): boolean {
    return this.#truths.some((truth) => truth.namesRoot(text));
  }

  beginsTop(prefix: string): boolean {
    return this.#truths.some((truth) => truth.beginsTop(prefix));
  }

  fact(): null {
    return null;
  }

  /** `wrong` must be absent everywhere, `right` be somewhere. */
  confirm(wrong: string, right: string): boolean {
    return this.#truths.every((truth) => truth.isAbsent(wrong, right)) && this.#truths.some((truth) => truth.isThere(right));
  }
}
