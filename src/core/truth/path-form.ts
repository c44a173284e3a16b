/** How a path is written: what of it is a place, what is form, and how another place is written in the same form. */

/** What is known of a workspace beside its index. */
export interface WorkspaceNames {
  /** Absolute paths of the workspace's folder, without a trailing slash; empty where it has none. */
  readonly roots: readonly string[];
  /** The folder's own name; empty: unknown. */
  readonly name: string;
  /** Where in the index relative paths are also read from: the stated working directory, as a relative posix path. Default: only its top. */
  readonly base?: string;
  /** Whether version control would ignore a relative posix path that is not in the index. */
  readonly ignores?: (path: string) => boolean;
}

export interface PathForm {
  /** `inside`: below a root, or relative; `outside`: absolute elsewhere. */
  readonly place: 'inside' | 'outside';
  /** Components below the root (`inside`) or below `/` (`outside`), with `.` and inner `..` resolved. */
  readonly parts: readonly string[];
  /** What stood before them: `./`, an absolute root with its slash, or nothing. */
  readonly prefix: string;
  /** Leading `../` of a relative path. */
  readonly up: number;
  /** A slash stood at the end. */
  readonly folder: boolean;
  /** Backslashes where they are an error, or doubled slashes. */
  readonly oddSeparators: boolean;
  readonly separator: '/' | '\\';
  /** Whoever asks writes `\` too; else only a drive letter called for it, and goes with it. */
  readonly ownSeparators?: boolean;
}

const MOST_CHARS = 1024;
const MOST_PARTS = 64;
const CONTROL = /\p{Cc}/u;
const DRIVE = /^[A-Za-z]:[\\/]/;
const HOME = /^(\/(?:home|Users)\/[^/]+|\/root)(?=\/)/;
const SHELL_ESCAPE = /\\([ ()&'"[\]])/g;

/** Takes a written path apart; null where it cannot be one that this index could know. */
export function readForm(path: string, backslashes: boolean, names: WorkspaceNames): PathForm | null {
  if (path.length === 0 || path.length > MOST_CHARS || CONTROL.test(path)) return null;
  if (path.startsWith('//') || path.startsWith('\\\\') || path.includes('://')) return null;
  const drive = DRIVE.test(path);
  const hasBackslash = path.includes('\\');
  const allowed = backslashes || drive;
  const plain = hasBackslash ? (allowed ? path : path.replace(SHELL_ESCAPE, '$1')).replace(/\\+/g, '/') : path;
  const separator = hasBackslash && allowed ? '\\' : '/';
  const oddSeparators = (hasBackslash && !allowed && path.replace(SHELL_ESCAPE, '').includes('\\')) || (plain.includes('//') && !(hasBackslash && allowed));
  const slashed = plain.replace(/\/{2,}/g, '/');
  const folder = slashed.length > 1 && slashed.endsWith('/');
  if (slashed.startsWith('~')) return readHome(slashed, folder, oddSeparators, separator, names);
  if (drive || slashed.startsWith('/')) {
    const form = readAbsolute(slashed, '', folder, oddSeparators, separator, names);
    return form === null ? null : { ...form, ownSeparators: backslashes };
  }
  const dotted = /^(?:\.\/)+/.exec(slashed)?.[0] ?? '';
  const read = resolveDots(slashed);
  if (read === null) return null;
  return { place: 'inside', parts: read.parts, prefix: dotted === '' ? '' : './', up: read.up, folder, oddSeparators, separator };
}

function readHome(slashed: string, folder: boolean, oddSeparators: boolean, separator: '/' | '\\', names: WorkspaceNames): PathForm | null {
  if (!slashed.startsWith('~/')) return null;
  for (const root of names.roots) {
    const home = HOME.exec(`${root}/`)?.[1];
    if (home === undefined) continue;
    const form = readAbsolute(home + slashed.slice(1), home, folder, oddSeparators, separator, names);
    if (form?.place === 'inside') return form;
  }
  return null;
}

/** `home` is the folder that `~` stood for; the prefix keeps the `~`. */
function readAbsolute(
  slashed: string,
  home: string,
  folder: boolean,
  oddSeparators: boolean,
  separator: '/' | '\\',
  names: WorkspaceNames,
): PathForm | null {
  const bare = folder ? slashed.slice(0, -1) : slashed;
  let best = '';
  for (const root of names.roots) {
    const slashedRoot = root.replaceAll('\\', '/');
    if (slashedRoot.length > best.length && isBelow(bare, slashedRoot)) best = slashedRoot;
  }
  const read = resolveDots(slashed.slice(best.length));
  if (read === null || read.up > 0) return null;
  const form = { parts: read.parts, up: 0, folder, oddSeparators, separator };
  if (best === '') return { ...form, place: 'outside', prefix: '' };
  const kept = home === '' ? slashed.slice(0, best.length) : `~${best.slice(home.length)}`;
  return { ...form, place: 'inside', prefix: `${kept}/` };
}

function isBelow(path: string, root: string): boolean {
  if (root === '' || root === '/') return false;
  if (path.length > root.length && path[root.length] !== '/') return false;
  const head = path.slice(0, root.length);
  return head === root || (DRIVE.test(root) && head.toLowerCase() === root.toLowerCase());
}

function resolveDots(path: string): { readonly parts: readonly string[]; readonly up: number } | null {
  const parts: string[] = [];
  let up = 0;
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0) parts.pop();
    else up += 1;
    if (parts.length + up > MOST_PARTS) return null;
  }
  return { parts, up };
}

/** Writes a relative posix path in the form the candidate had. */
export function writeForm(form: PathForm, relative: string): string {
  const text = form.folder && relative !== '' ? `${relative}/` : relative;
  const prefix = form.place === 'inside' ? form.prefix : '';
  if (form.separator === '/' || (form.place === 'outside' && !form.ownSeparators)) return prefix + text;
  return (prefix + text).replaceAll('/', '\\');
}
