import type { GroundTruth, PathAnswer, PathQuestion } from '../../core/truth/ground-truth.js';
import { readForm, type WorkspaceNames } from '../../core/truth/path-form.js';
import { NONE, ROOT } from '../../core/truth/path-index.js';
import { IndexTruth } from '../../core/truth/path-truth.js';
import { endingWith } from '../../core/truth/path-walk.js';
import type { Disk } from './disk.js';
import type { Workspace } from './workspace.js';

/** Truth of one workspace: silent until its index is complete, and confirmed on the disk. */
export class WorkspaceTruth implements GroundTruth {
  readonly #workspace: Workspace;
  readonly #disk: Disk;
  readonly #names: WorkspaceNames;
  readonly #truth: IndexTruth;

  constructor(workspace: Workspace, disk: Disk, base = '') {
    this.#workspace = workspace;
    this.#disk = disk;
    this.#names = base === '' ? workspace.names : { ...workspace.names, base };
    this.#truth = new IndexTruth(workspace.index, this.#names);
  }

  /** The same truth for a request that stands in a folder of the workspace; null or elsewhere: at its top. */
  from(workingDirectory: string | null): WorkspaceTruth {
    const base = workingDirectory === null ? '' : (this.#workspace.relative(workingDirectory) ?? '');
    return base === '' ? this : new WorkspaceTruth(this.#workspace, this.#disk, base);
  }

  path(question: PathQuestion): PathAnswer {
    return this.#workspace.state === 'ready' ? this.#truth.path(question) : 'unknown';
  }

  namesRoot(text: string): boolean {
    return this.#truth.namesRoot(text);
  }

  beginsTop(prefix: string): boolean {
    return this.#workspace.state === 'ready' && this.#truth.beginsTop(prefix);
  }

  fact(): null {
    return null;
  }

  confirm(wrong: string, right: string): boolean {
    return this.isThere(right) && this.isAbsent(wrong, right);
  }

  /** Whether this workspace has no say about a path: it has no files, or the path is absolute and outside. */
  saysNothingOf(path: string): boolean {
    if (this.#workspace.state !== 'ready') return false;
    if (this.#workspace.index.files === 0) return true;
    const form = readForm(path, true, this.#names);
    return form?.place === 'outside';
  }

  /** Whether a suggested path stands on the disk now. */
  isThere(right: string): boolean {
    const path = this.#placeOf(right)?.path;
    return path !== undefined && this.#exists(path) === true;
  }

  /** Whether nothing stands where the wrong path points, as far as that is below the root. */
  isAbsent(wrong: string, right: string): boolean {
    const form = readForm(wrong, wrong.includes('\\'), this.#names);
    if (form === null || form.place === 'outside' || form.up > 0 || form.parts.length === 0) return true;
    const asked = form.parts.join('/');
    const { path, base } = this.#placeOf(right) ?? { path: '', base: '' };
    // Put right by separators alone, it is the same file.
    if (asked === path) return true;
    return this.#exists(asked) === false && (base === '' || `${base}/${asked}` === path || this.#exists(`${base}/${asked}`) === false);
  }

  #exists(path: string): boolean | null {
    return this.#workspace.state !== 'ready' ? null : this.#disk.exists(`${this.#workspace.root}/${path}`);
  }

  /** The relative path that a suggestion means, and the folder it is written from. */
  #placeOf(right: string): { readonly path: string; readonly base: string } | null {
    const { index } = this.#workspace;
    const form = readForm(right, right.includes('\\'), this.#names);
    if (form === null || form.place === 'outside' || form.parts.length === 0) return null;
    const written = form.parts.join('/');
    if (index.find(written) !== NONE) return { path: written, base: '' };
    const { node } = endingWith(index, form.parts, 1);
    if (node === NONE) return null;
    let above = node;
    for (let i = 0; i < form.parts.length; i += 1) above = index.parent(above);
    return { path: index.path(node), base: above === ROOT ? '' : index.path(above) };
  }
}
