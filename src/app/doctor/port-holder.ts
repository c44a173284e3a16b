import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Its command line, arguments joined by blanks. */
  readonly command: string;
}

/** State of a listening socket in `/proc/net/tcp` (proc(5)). */
const LISTENING = '0A';

/** Inodes of the sockets that listen on a port, of IPv4 and IPv6. */
function listenersOn(port: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of textOf(table).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTENING && local.endsWith(`:${hex}`) && inode !== undefined) inodes.add(inode);
    }
  }
  return inodes;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Who listens on a port, as far as this user may see: the sockets of other users' processes stay hidden. Only where there is `/proc`.
 * @returns null where nobody is found
 */
export function holderOf(port: number): PortHolder | null {
  const inodes = listenersOn(port);
  if (inodes.size === 0) return null;
  for (const pid of entriesOf('/proc').filter((name) => /^\d+$/.test(name))) {
    if (entriesOf(`/proc/${pid}/fd`).some((fd) => inodes.has(socketInode(`/proc/${pid}/fd/${fd}`)))) {
      return { pid: Number(pid), command: textOf(`/proc/${pid}/cmdline`).split('\0').filter((word) => word !== '').join(' ') };
    }
  }
  return null;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return [];
  }
}

function socketInode(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** Whether a command line is that of this program. */
export function isHotpatch({ command }: PortHolder): boolean {
  return /(?:^|[/\\\s])hotpatch(?:\.js)?(?:\s|$)/.test(command);
}

/** A process as people know it, its command line shortened. */
export function describeHolder({ pid, command }: PortHolder): string {
  const most = 80;
  return `process ${pid} (${command.length > most ? `${command.slice(0, most - 1)}…` : command})`;
}
