import { type GroundTruth, nothingKnown } from '../core/truth/ground-truth.js';
import { truthOfFiles } from '../core/truth/path-truth.js';
import { readRequest, type RequestContext } from '../core/truth/request-context.js';
import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';
import type { Place } from './library-workspace.js';

/** What a text answers, and where it stands. */
export interface PatcherContext {
  /** The model's name, for rules that are for some models only. */
  readonly model?: string;
  /** What the model was asked. Paths named in it are known; a working directory stated in it chooses the workspace. At most 262144 UTF-16 units of it are read. */
  readonly prompt?: string;
  /** The conversation, oldest first, in a shape of any chat API: what users and tools named is known. Shares the bound of `prompt`. */
  readonly messages?: readonly { readonly role: string; readonly content?: unknown }[];
  /** Where the text's author works; it goes before what the prompt states, and chooses the workspace. Outside every workspace, nothing is known. */
  readonly workingDirectory?: string;
  /** The workspace of this text alone, in place of the disk: relative posix paths. The text then counts as tied to it. */
  readonly files?: readonly string[];
  /** Whether the text is about the workspace. Default: true with `files`, else what the prompt says decides. */
  readonly tied?: boolean;
}

export interface PatcherTruthOptions {
  readonly place: Place;
  readonly files: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly onMessage: (message: string) => void;
}

interface Listed {
  readonly files: readonly string[];
  readonly truth: GroundTruth;
}

/** What is known of paths: a list of files, or else folders on the disk, opened here or by the host. */
export class PatcherTruth {
  readonly #files: GroundTruth | null;
  readonly #workspaces: Workspaces | null;
  /** The host opened it, and the host closes it. */
  readonly #lent: boolean;
  #listed: Listed | null = null;

  constructor({ place, files, exclude, onMessage }: PatcherTruthOptions) {
    this.#files = files === null ? null : truthOfFiles([...files]);
    const { folders, index } = place;
    this.#lent = index !== null;
    if (files !== null) this.#workspaces = null;
    else this.#workspaces = index ?? (folders.length === 0 ? null : openWorkspaces(folders, { exclude, onMessage }));
  }

  get ready(): Promise<void> {
    return this.#workspaces?.ready ?? Promise.resolve();
  }

  about(context: PatcherContext): { readonly request: RequestContext; readonly truth: GroundTruth } {
    const { model, prompt, messages, workingDirectory, files } = context;
    const read = readRequest(null, Buffer.from(JSON.stringify({ model, prompt, messages })));
    const said = workingDirectory === undefined ? read : { ...read, workingDirectory: () => workingDirectory };
    const listed = files !== undefined || this.#files !== null;
    const tied = context.tied ?? (listed ? true : undefined);
    const request = tied === undefined ? said : { ...said, tied };
    if (files !== undefined) return { request, truth: this.#truthOf(files) };
    return { request, truth: this.truthFor(said) };
  }

  /** The list of files, or else the folder that the request's stated working directory chooses. */
  truthFor(request: RequestContext): GroundTruth {
    if (this.#files !== null) return this.#files;
    const workingDirectory = request.workingDirectory?.() ?? null;
    return this.#workspaces?.truthFor({ workingDirectory, workspaceHeader: null }) ?? nothingKnown;
  }

  close(): void {
    if (!this.#lent) this.#workspaces?.close();
  }

  /** The index of the last list is kept. Lists are compared, since a host may change its array between two calls. */
  #truthOf(files: readonly string[]): GroundTruth {
    const last = this.#listed;
    if (last !== null && last.files.length === files.length && last.files.every((file, index) => file === files[index])) return last.truth;
    const copy = [...files];
    this.#listed = { files: copy, truth: truthOfFiles(copy) };
    return this.#listed.truth;
  }
}
