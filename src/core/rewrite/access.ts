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

/** 127.0.0.0/8, ::1, IPv4-mapped loopback, `localhost` and names under it (RFC 6761, section 6.3). */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  const four = name.startsWith('::ffff:') ? name.slice(7) : name;
  return /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(four);
}

/** The host of a Host field or an authority, without its port. */
export function hostOf(authority: string): string {
  const bracketed = /^\[[^\]]*\]/.exec(authority);
  if (bracketed !== null) return bracketed[0];
  const colon = authority.lastIndexOf(':');
  return colon < 0 ? authority : authority.slice(0, colon);
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
  const name = host.toLowerCase();
  return name === '' || isLoopbackName(name) || name === 'host.docker.internal' || rule.hosts.some((allowed) => allowed === '*' || hostOf(allowed).toLowerCase() === name);
}

function originAllowed(rule: AccessRule, origin: string, host: string | null): boolean {
  if (rule.origins.some((allowed) => allowed === '*' || allowed.toLowerCase().replace(/\/$/, '') === origin.toLowerCase())) return true;
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\/(.*)$/i.exec(origin);
  if (scheme === null) return false;
  const [, protocol = '', authority = ''] = scheme;
  if (APP_SCHEMES.includes(protocol.toLowerCase())) return true;
  if (isLoopbackName(hostOf(authority))) return true;
  return !rule.loopbackListener && host !== null && authority.toLowerCase() === host.trim().toLowerCase();
}
