import { isIP, isIPv4, isIPv6 } from 'node:net';
import { refuse } from './config-error.js';

/** Where to listen. `host` is a bare name or address, without brackets; port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  /** 0..65535 */
  readonly port: number;
}

/** The backend. */
export interface Upstream {
  readonly protocol: 'http:' | 'https:';
  /** A bare name or address, without brackets. */
  readonly host: string;
  /** 1..65535 */
  readonly port: number;
  /** It is this machine, so `Host` passes unchanged. */
  readonly loopback: boolean;
  /** Scheme, host and, where it is not the scheme's own, the port. */
  readonly url: string;
}

const LISTEN_FORMS = 'HOST:PORT with a port from 0 to 65535, as in 127.0.0.1:11435, [::1]:11435, localhost:0 or :11435';
const UPSTREAM_FORMS = 'http:// or https:// with a host and a port from 1 to 65535 and nothing behind it, as in http://127.0.0.1:11434';

/**
 * Reads `HOST:PORT`, `:PORT`, `PORT` or `HOST`. Without a host it is 127.0.0.1, never every interface.
 * @throws ConfigError naming `label`.
 */
export function parseListen(text: string, label = '--listen', defaultPort = 11435): ListenAddress {
  const given = text.trim();
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(given);
  if (bracketed !== null) {
    const host = bracketed[1] ?? '';
    if (!isIPv6(host)) refuse(label, text, LISTEN_FORMS);
    return { host: host.toLowerCase(), port: portOf(bracketed[2], defaultPort, label, text) };
  }
  if (isIPv6(given)) refuse(label, text, `brackets around an IPv6 address, as in [::1]:${defaultPort}`);
  if (/^\d{1,5}$/.test(given)) return { host: '127.0.0.1', port: portOf(given, defaultPort, label, text) };
  const plain = /^([^:\s/]*)(?::(\d{1,5}))?$/.exec(given);
  if (plain === null || given === '') refuse(label, text, LISTEN_FORMS);
  const host = (plain[1] ?? '') === '' ? '127.0.0.1' : (plain[1] ?? '').toLowerCase();
  if (host === '*') refuse(label, text, 'an address; all interfaces are 0.0.0.0 or [::], with --allow-remote');
  if (!isHostName(host)) refuse(label, text, LISTEN_FORMS);
  return { host, port: portOf(plain[2], defaultPort, label, text) };
}

function portOf(digits: string | undefined, fallback: number, label: string, text: string): number {
  const port = digits === undefined ? fallback : Number(digits);
  return port <= 65_535 ? port : refuse(label, text, 'a port from 0 to 65535');
}

/**
 * A host name of RFC 1123 (section 2.1), underscores tolerated, or a whole IPv4 address. A name that ends in a number must be such an
 * address (WHATWG URL, "ends in a number"): `127.1` would mean different hosts to different readers.
 */
function isHostName(host: string): boolean {
  if (isIP(host) !== 0) return true;
  if (host.length > 253 || /(?:^|\.)\d+\.?$/.test(host)) return false;
  return /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/.test(host);
}

/**
 * Reads the backend's address; `host:port` means `http://host:port`. A path, query, fragment or credentials are refused: the
 * proxy forwards each request's own target and headers, so they would silently be lost.
 * @throws ConfigError naming `label`; credentials are not repeated in it.
 */
export function parseUpstream(text: string, label = '--upstream'): Upstream {
  const given = text.trim();
  const secret = given.includes('@');
  const refuseIt = (allowed: string): never => refuse(label, secret ? given.replace(/[^/]*@/, '***@') : text, allowed);
  if (/[\s\\\p{Cc}]/u.test(given)) refuseIt(UPSTREAM_FORMS);
  if (secret) refuseIt('an address without credentials; clients send their own');
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  if (!schemed && !/:\d{1,5}\/?$/.test(given)) refuseIt(`${UPSTREAM_FORMS}, or HOST:PORT`);
  const url = parseUrl(schemed ? given : `http://${given}`);
  if (url === null || url.hostname === '') return refuseIt(UPSTREAM_FORMS);
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') return refuseIt(UPSTREAM_FORMS);
  if (url.pathname !== '/') refuseIt(`an address without a path, as in ${url.origin}; each request keeps the path its client gave it`);
  if (/[?#]/.test(given)) refuseIt(`an address without a query or fragment, as in ${url.origin}`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (protocol === 'http:' ? 80 : 443) : Number(url.port);
  if (port === 0) refuseIt('a port from 1 to 65535');
  return { protocol, host, port, loopback: isLoopbackHost(host) || isUnspecified(host), url: url.origin };
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** A host in lower case without a closing dot; IPv6 without brackets and zone, in its shortest form (RFC 5952). */
function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  const address = lower.replace(/^\[(.*)\]$/, '$1');
  if (!isIPv6(address)) return lower.replace(/\.$/, '');
  return new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
}

/**
 * Whether a host can only be this machine: 127.0.0.0/8 (RFC 1122, section 3.2.1.3), ::1 (RFC 4291, section 2.5.3), either mapped into
 * IPv6, `localhost` and names under it (RFC 6761, section 6.3). Brackets and a closing dot do not matter; short forms like `127.1` do
 * not count.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = canonicalHost(host);
  if (isIPv4(bare)) return bare.startsWith('127.');
  if (isIPv6(bare)) return bare === '::1' || /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(bare);
  return bare === 'localhost' || /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.localhost$/.test(bare);
}

/** The address that means every interface to a listener, and this machine to a client. */
function isUnspecified(host: string): boolean {
  const bare = canonicalHost(host);
  return bare === '0.0.0.0' || bare === '::' || bare === '::ffff:0:0';
}

/** Whether a connection to `upstream` would arrive at `listen`, as far as the two addresses themselves tell. */
export function isLoop(listen: ListenAddress, upstream: Upstream): boolean {
  if (listen.port === 0 || listen.port !== upstream.port) return false;
  const here = canonicalHost(listen.host);
  const there = canonicalHost(upstream.host);
  if (here === there) return true;
  if (isUnspecified(here)) return upstream.loopback;
  if (isUnspecified(there)) return isLoopbackHost(here);
  // A loopback name may resolve to any loopback address; two written-out addresses that differ are two listeners.
  return isLoopbackHost(here) && isLoopbackHost(there) && (isIP(here) === 0 || isIP(there) === 0);
}

/** `HOST:PORT` for people and URLs. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
