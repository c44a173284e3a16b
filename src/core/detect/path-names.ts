/** Names that count as known although no file bears them: what a request says, what an answer has created. Bounded; the first stay. */
export class PathNames {
  readonly #whole = new Set<string>();
  readonly #byLast = new Map<string, string[]>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#whole.size;
  }

  add(path: string): void {
    const key = pathKey(path);
    if (key === '' || this.#whole.size >= this.#most || this.#whole.has(key)) return;
    this.#whole.add(key);
    const last = lastOf(key);
    const same = this.#byLast.get(last);
    if (same === undefined) this.#byLast.set(last, [key]);
    // So that many paths to one name cannot make a question slow.
    else if (same.length < 32) same.push(key);
  }

  /** Whether the path was named, or one that ends with it, or it ends with one that was named with a folder. */
  has(path: string): boolean {
    if (this.#whole.size === 0) return false;
    const key = pathKey(path);
    if (this.#whole.has(key)) return true;
    return this.#byLast.get(lastOf(key))?.some((name) => name.endsWith(`/${key}`) || key.endsWith(`/${name}`)) ?? false;
  }
}

/** One spelling for the ways to write a relative path: `./`, a trailing separator and backslashes make no difference. */
export function pathKey(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.{1,2}\/)+/, '').replace(/^\/+|\/+$/g, '');
}

function lastOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
