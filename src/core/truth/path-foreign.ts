/** Roots that belong to other machines and containers, and those that belong to the system. */

const SYSTEM = new Set('etc usr bin sbin lib lib64 var proc sys dev run boot opt tmp Library System Applications Windows nix snap'.split(' '));

/** First folders under which containers and sandboxes keep a checkout, and how many more components belong to the root. */
const CONTAINERS: readonly (readonly string[])[] = [
  'workspace', 'workspaces', 'app', 'testbed', 'repo', 'repos', 'project', 'projects', 'code', 'src', 'source', 'sandbox', 'build', 'work',
  'mnt/data', 'mnt/c', 'usr/src/app', 'usr/src', 'github/workspace', 'root', 'home', 'Users', 'tmp', 'data', 'content', 'srv', 'var/www', 'opt',
].map((root) => root.split('/'));

const USUALLY_SYSTEM = /^(?:usr\/src|var\/www|tmp|opt)(?:\/|$)/;

/** Whether an absolute path lies where an operating system keeps its own. Takes the components below `/`. */
export function isSystemPath(parts: readonly string[]): boolean {
  const first = /^[A-Za-z]:$/.test(parts[0]!) ? (parts[1] ?? '') : parts[0]!;
  if (!SYSTEM.has(first)) return false;
  return !USUALLY_SYSTEM.test(parts.join('/'));
}

/** Whether these components are a place where others keep a checkout: `workspace`, `home/x/proj`, `mnt/data`, `C:/…/repo`. */
export function isContainerRoot(prefix: readonly string[]): boolean {
  if (/^[A-Za-z]:$/.test(prefix[0]!)) return prefix.length > 1;
  return CONTAINERS.some((root) => root.length <= prefix.length && prefix.length <= root.length + 2 && root.every((part, i) => prefix[i] === part));
}
