import type { Limits } from '../core/limits.js';
import type { RuleSet } from '../core/rules/rule-set.js';
import type { GroundTruth } from '../core/truth/ground-truth.js';
import type { RequestContext } from '../core/truth/request-context.js';
import { PatcherRules } from './hot-patcher-rules.js';
import { PatcherTruth } from './hot-patcher-truth.js';
import type { Options } from './library-options.js';
import { placeOf, type WorkspaceSource } from './library-workspace.js';

/** The options that verdicts are proved against. */
export type GroundOptions = Pick<Options, 'db' | 'rules' | 'facts' | 'files'> & { readonly workspace?: WorkspaceSource };

/** What verdicts are proved against: rules and files. */
export interface Grounds {
  rules(): RuleSet;
  truthFor(request: RequestContext): GroundTruth;
}

type FolderOptions = GroundOptions & { readonly workspace: readonly string[] };

interface Kept extends Grounds {
  users: number;
  close(): void;
  expiry: NodeJS.Timeout | null;
}

/** An index costs seconds to build, so it outlives the stream it was built for by this much. */
const KEPT_MS = 60_000;
/** Grounds nobody uses any more that are kept at most. */
const MOST_IDLE = 8;

const kept = new Map<string, Kept>();

/**
 * Rules and truth for one stream, shared with others of the same options. Release them once the stream is over.
 * @throws RangeError for a workspace that is closed, RuleInputError, RuleStoreError, SqliteUnavailableError
 */
export function borrowGrounds(options: GroundOptions, limits: Limits, onFault: (message: string) => void): { readonly grounds: Grounds; readonly release: () => void } {
  const { folders, index } = placeOf(options.workspace);
  const { grounds, release } = share({ ...options, workspace: folders }, limits, onFault);
  if (index === null || options.files !== undefined) return { grounds, release };
  // The host keeps this index; only the rules are shared through here.
  const truthFor = (request: RequestContext): GroundTruth => index.truthFor({ workingDirectory: request.workingDirectory?.() ?? null, workspaceHeader: null });
  return { grounds: { rules: () => grounds.rules(), truthFor }, release };
}

function share(options: FolderOptions, limits: Limits, onFault: (message: string) => void): { readonly grounds: Grounds; readonly release: () => void } {
  const { db = 'none', rules = [], facts = [], workspace, files } = options;
  const key = JSON.stringify([process.cwd(), db, rules, facts, workspace, files ?? null, limits.holdChars]);
  const found = kept.get(key) ?? open(key, options, limits, onFault);
  found.users += 1;
  if (found.expiry !== null) clearTimeout(found.expiry);
  found.expiry = null;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    found.users -= 1;
    if (found.users === 0) expire(key, found);
  };
  return { grounds: found, release };
}

function open(key: string, { db = 'none', rules = [], facts = [], workspace, files }: FolderOptions, limits: Limits, onFault: (message: string) => void): Kept {
  const ruled = new PatcherRules({ db: db === 'none' ? null : db, rules, facts, limits, onFault });
  const own = db === 'none' ? [] : ['', '-wal', '-shm', '-journal'].map((ending) => db + ending);
  const truth = new PatcherTruth({ place: { folders: workspace, index: null }, files: files ?? null, exclude: own, onMessage: onFault });
  const made: Kept = {
    users: 0,
    expiry: null,
    rules: () => ruled.current(),
    truthFor: (request) => truth.truthFor(request),
    close: () => {
      truth.close();
      ruled.close();
    },
  };
  kept.set(key, made);
  return made;
}

/** Nobody uses them now: they are kept for a while, the longest unused ones go first where there are many. */
function expire(key: string, grounds: Kept): void {
  grounds.expiry = setTimeout(() => drop(key, grounds), KEPT_MS).unref();
  // The map is in the order of last use.
  kept.delete(key);
  kept.set(key, grounds);
  const idle = [...kept].filter(([, { users }]) => users === 0);
  for (const [oldKey, old] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) drop(oldKey, old);
}

function drop(key: string, grounds: Kept): void {
  if (grounds.users > 0) return;
  if (grounds.expiry !== null) clearTimeout(grounds.expiry);
  kept.delete(key);
  grounds.close();
}
