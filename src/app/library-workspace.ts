import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';

/** What `openWorkspace` is told. Paths are relative to the current directory. */
export interface WorkspaceOptions {
  /** The folders whose files answers may name; at least one. */
  readonly workspace: string | readonly string[];
  /** Files and folders that are no part of it, such as a database or logs that lie inside. Default: none. */
  readonly exclude?: readonly string[];
  /** Told what an operator should know: a folder that is missing, vanished, came back, cannot be watched or is too large. Default: nobody is. */
  readonly onFault?: (message: string) => void;
}

/** One folder of an opened workspace, as it is now. */
export interface WorkspaceFolder {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** Of all but `ready` nothing is known, so nothing is corrected: `gone` is missing and waited for, `too_large` has over 2,000,000 entries. */
  readonly state: 'building' | 'ready' | 'gone' | 'too_large' | 'closed';
  /** Files that may be suggested. */
  readonly files: number;
}

/**
 * An index of folders that was read to its end, and follows the disk until it is closed; what changes is seen within about a second. Any
 * number of streams and patchers can use it at a time. It does not keep the process alive.
 */
export interface Workspace {
  /** Files that may be suggested, of all folders. Those that git ignores are known but never suggested. */
  readonly files: number;
  /** Its folders in the order they were given, each once. */
  readonly folders: readonly WorkspaceFolder[];
  /** Lets the folders go. Bodies under way know nothing of paths from here on; new ones with this workspace are refused. */
  close(): void;
}

const opened = new WeakMap<Workspace, Workspaces>();

/**
 * Reads folders and gives them back once the index is complete, so that already the first answer has its paths corrected. Give the result
 * as the option `workspace` of `createRewriteStream`, `createRewriteTransformStream` or `HotPatcher`, in place of a folder.
 * A folder that is missing or too large is no error, as it may come or shrink: see `folders` and `onFault`.
 * @returns after a time in proportion to the files, some 20 to 50 microseconds each on a warm disk
 * @throws RangeError (the promise rejects) where no folder is named
 */
export async function openWorkspace({ workspace, exclude = [], onFault = () => undefined }: WorkspaceOptions): Promise<Workspace> {
  const roots = typeof workspace === 'string' ? [workspace] : [...workspace];
  if (roots.length === 0 || roots.includes('')) throw new RangeError('openWorkspace: workspace must name at least one folder');
  const index = openWorkspaces(roots, { exclude, onMessage: onFault });
  const made = new OpenedWorkspace(index);
  opened.set(made, index);
  await index.ready;
  return made;
}

class OpenedWorkspace implements Workspace {
  readonly #index: Workspaces;

  constructor(index: Workspaces) {
    this.#index = index;
  }

  get files(): number {
    return this.#index.files;
  }

  get folders(): readonly WorkspaceFolder[] {
    return this.#index.folders;
  }

  close(): void {
    opened.delete(this);
    this.#index.close();
  }
}

/** What the option `workspace` of a stream or patcher names: folders to be read, or an index that is there already. */
export type WorkspaceSource = string | readonly string[] | Workspace;

/** Folders to be read, or an index that the host opened and will close. */
export interface Place {
  readonly folders: readonly string[];
  readonly index: Workspaces | null;
}

/** @throws RangeError for a workspace that is closed, or an object that is none */
export function placeOf(source: WorkspaceSource | undefined): Place {
  if (source === undefined) return { folders: [], index: null };
  if (typeof source === 'string') return { folders: [source], index: null };
  if (isList(source)) return { folders: source, index: null };
  const index = opened.get(source);
  if (index === undefined) throw new RangeError('workspace must be a folder, a list of folders, or what openWorkspace gave, not yet closed');
  return { folders: [], index };
}

const isList = (source: readonly string[] | Workspace): source is readonly string[] => Array.isArray(source);
