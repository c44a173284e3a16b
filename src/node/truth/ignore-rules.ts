import ignore, { type Ignore } from 'ignore';
import type { Disk } from './disk.js';

// A rule file longer than this is no rule file, and matching it would cost more than it says.
const MOST_RULE_BYTES = 262_144;

/** Folders of tools and version control, never descended into, whether a rule says so or not. */
const NEVER_ENTERED: ReadonlySet<string> = new Set([
  '.git', '.hg', '.svn', '.jj', 'node_modules', 'bower_components', '__pycache__', '.venv', '.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.gradle', '.terraform',
]);

/**
 * Which relative paths version control ignores: `.gitignore` of every folder, the deepest that says something wins, and
 * `.git/info/exclude` below them all. A user's global ignore file lies outside the workspace and is not read.
 */
export class IgnoreRules {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #byFolder = new Map<string, Rules>();
  #exclude: Rules | null = null;

  constructor(disk: Disk, root: string) {
    this.#disk = disk;
    this.#root = root;
  }

  async readExclude(): Promise<void> {
    const text = await this.#disk.read(`${this.#root}/.git/info/exclude`, MOST_RULE_BYTES);
    this.#exclude = text === null ? null : new Rules(text);
  }

  /** Reads the rule file of a folder (`''`: the top) again. True: its rules are others than before. */
  async readFolder(folder: string): Promise<boolean> {
    const text = await this.#disk.read(`${this.#root}/${folder === '' ? '' : `${folder}/`}.gitignore`, MOST_RULE_BYTES);
    if ((this.#byFolder.get(folder)?.text ?? null) === text) return false;
    if (text === null) {
      this.forget(folder);
      return true;
    }
    this.#byFolder.set(folder, new Rules(text));
    return true;
  }

  folders(): readonly string[] {
    return [...this.#byFolder.keys()];
  }

  forget(folder: string): void {
    this.#byFolder.delete(folder);
  }

  /** Whether one entry is ignored, given that the folders above it are not. */
  ignoresEntry(path: string, isFolder: boolean): boolean {
    if (isFolder && NEVER_ENTERED.has(path.slice(path.lastIndexOf('/') + 1))) return true;
    if (this.#byFolder.size > 0) {
      for (let at = path.lastIndexOf('/'); ; at = path.lastIndexOf('/', at - 1)) {
        const rules = this.#byFolder.get(at < 0 ? '' : path.slice(0, at));
        const said = rules?.says(path.slice(at + 1), isFolder) ?? null;
        if (said !== null) return said;
        if (at <= 0) break;
      }
    }
    return this.#exclude?.says(path, isFolder) === true;
  }

  /** Whether a path that need not exist would be ignored, itself or by a folder above it. */
  ignores(path: string): boolean {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) if (this.ignoresEntry(path.slice(0, at), true)) return true;
    return this.ignoresEntry(path, false);
  }
}

// The library keeps an answer for every path it was asked: forgotten after so many, or they would outweigh the index.
const MOST_KEPT_ANSWERS = 8_192;

/** The rules of one file. */
class Rules {
  readonly #text: string;
  #compiled: Ignore;
  #asked = 0;

  constructor(text: string) {
    this.#text = text;
    this.#compiled = compile(text);
  }

  /** null: the rules say nothing of it. */
  says(path: string, isFolder: boolean): boolean | null {
    this.#asked += 1;
    if (this.#asked > MOST_KEPT_ANSWERS) {
      this.#asked = 0;
      this.#compiled = compile(this.#text);
    }
    const { ignored, unignored } = this.#compiled.test(isFolder ? `${path}/` : path);
    return ignored ? true : unignored ? false : null;
  }

  get text(): string {
    return this.#text;
  }
}

function compile(text: string): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(text);
}
