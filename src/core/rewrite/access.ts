/**
 * Who may talk to the proxy. A page in a browser can reach a loopback port under any name that resolves to it (DNS
 * rebinding), so a loopback listener answers only to loopback names and to origins that are local.
 */
export interface AccessRule {
  /** Whether the listener is bound to loopback; elsewhere names are not known and any Host is allowed. */
  readonly loopbackListener: boolean;
  /** Further origins (`https://chat.example`), exact; `*` allows all. */
  readonly origins: readonly string[];
  /** Further hosts, without port; `*` allows all. */
  readonly hosts: readonly string[];
}

/** Schemes of desktop apps, as Ollama allows them: no web page can have one. */
const APP_SCHEMES = ['app:', 'file:', 'tauri:', 'vscode-webview:', 'vscode-file:', 'capacitor:', 'ionic:', 'electron:'];

/** `localhost` and names under it (RFC 6761, section 6.3). */
const LOCAL_NAME = /^(?:[a-z0-9_-]+\.)*localhost$/;
const LOOPBACK_FOUR = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** `localhost` and names under it, 127.0.0.0/8, ::1 and IPv4-mapped loopback, however they are spelled. */
export function isLoopbackName(host: string): boolean {
  const name = plainName(host);
  return LOCAL_NAME.test(name) || LOOPBACK_FOUR.test(name) || isLoopbackSix(name);
}

/** In lower case, without the brackets of an IPv6 address or the dot at the end of a whole name. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/^\[([^\]]*)\]$/, '$1').replace(/\.$/, '');
}

function isLoopbackSix(address: string): boolean {
  const groups = groupsOf(address);
  if (groups === null || groups.slice(0, 5).some((group) => group !== 0)) return false;
  const [fifth = 0, sixth = 0, last = 0] = groups.slice(5);
  // Browsers write ::ffff:127.0.0.1 as ::ffff:7f00:1.
  return fifth === 0xffff ? sixth >> 8 === 127 : fifth === 0 && sixth === 0 && last === 1;
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2); null: it is none. */
function groupsOf(address: string): readonly number[] | null {
  if (!address.includes(':')) return null;
  const four = /:(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  const text = four === null ? address : `${address.slice(0, four.index + 1)}${four.slice(1).map((byte) => Number(byte).toString(16).padStart(2, '0')).join('').replace(/^.{4}/, '$&:')}`;
  const [front = '', back, ...more] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (more.length > 0) return null;
  const given = [...front, ...(back ?? [])];
  if (given.some((group) => !/^[0-9a-f]{1,4}$/.test(group)) || (back === undefined ? given.length !== 8 : given.length > 7)) return null;
  const zeros = Array.from({ length: 8 - given.length }, () => '0');
  return [...front, ...zeros, ...(back ?? [])].map((group) => Number.parseInt(group, 16));
}

/** The host of a Host field or an authority, without its port. What is no host and port is given back as it is. */
export function hostOf(authority: string): string {
  const bracketed = /^(\[[^\]]*\])(?::\d*)?$/.exec(authority);
  if (bracketed !== null) return bracketed[1] as string;
  const named = /^([^:]*)(?::\d*)?$/.exec(authority);
  return named === null ? authority : (named[1] as string);
}

/** The authority of a request target in absolute form, which goes before Host (RFC 9112, section 3.2.2); null: it has none. */
export function authorityOf(target: string): string | null {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1] ?? null;
}

/**
 * The same for a head that could not be read and is to pass all the same: every line that a lenient reader could take for a
 * Host, an Origin or a target is looked at.
 */
export function refusalOfUnread(rule: AccessRule, head: string): string | null {
  const target = authorityOf(/^\s*\S+[ \t]+(\S+)/.exec(head)?.[1] ?? '');
  if (target !== null) {
    const refused = refusal(rule, target, null);
    if (refused !== null) return refused;
  }
  for (const [, name = '', value = ''] of head.matchAll(/^[ \t]*(host|origin)[ \t]*:[ \t]*([^\r\n]*)/gim)) {
    // Only a name with a domain can be made to resolve to this machine; others, and pieces of names, are let pass.
    if (!/[a-z]/i.test(value) || !value.includes('.')) continue;
    const refused = name.toLowerCase() === 'host' ? refusal(rule, value.trim(), null) : refusal(rule, null, value.trim());
    if (refused !== null) return refused;
  }
  return null;
}

/** Null where the request may pass; else what is wrong with it, in words for its author. */
export function refusal(rule: AccessRule, host: string | null, origin: string | null): string | null {
  if (rule.loopbackListener && host !== null && !hostAllowed(rule, hostOf(host.trim()))) {
    return `Host "${host}" is not a loopback name; allow it with --allow-host`;
  }
  if (origin !== null && !originAllowed(rule, origin.trim(), host)) return `Origin "${origin}" is not allowed; allow it with --allow-origin`;
  return null;
}

function hostAllowed(rule: AccessRule, host: string): boolean {
  const name = plainName(host);
  return host === '' || isLoopbackName(host) || name === 'host.docker.internal' || rule.hosts.some((allowed) => allowed === '*' || plainName(hostOf(allowed)) === name);
}

function originAllowed(rule: AccessRule, origin: string, host: string | null): boolean {
  if (rule.origins.some((allowed) => allowed === '*' || allowed.toLowerCase().replace(/\/$/, '') === origin.toLowerCase())) return true;
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\/(.*)$/i.exec(origin);
  // One origin, without a user: several joined, or one in disguise, is nobody's.
  if (scheme === null || /[,@\s]/.test(origin)) return false;
  const [, protocol = '', authority = ''] = scheme;
  if (APP_SCHEMES.includes(protocol.toLowerCase())) return true;
  if (isLoopbackName(hostOf(authority))) return true;
  return !rule.loopbackListener && host !== null && authority.toLowerCase() === host.trim().toLowerCase();
}
