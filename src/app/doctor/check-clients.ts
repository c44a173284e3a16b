import { isIP } from 'node:net';
import { type Config, type Environment, formatAddress, isLoopbackHost } from '../config.js';
import { type Finding, finding } from './finding.js';

/** Variables by which clients are told where their model is, and what they add to the address. */
const VARIABLES: Readonly<Record<string, string>> = { OLLAMA_HOST: '', OPENAI_BASE_URL: '/v1', OPENAI_API_BASE: '/v1', ANTHROPIC_BASE_URL: '' };

/** Whether programs started from this shell talk to the proxy, or to the model server past it. */
export function checkClients({ listen, upstream, tls }: Config, env: Environment): readonly Finding[] {
  const proxy = `${tls === null ? 'http' : 'https'}://${formatAddress({ ...listen, host: isIP(listen.host) !== 0 && /^(?:0\.0\.0\.0|::)$/.test(listen.host) ? '127.0.0.1' : listen.host })}`;
  return Object.entries(VARIABLES).flatMap(([name, path]) => {
    const value = env[name]?.trim() ?? '';
    const place = value === '' ? null : placeOf(value, upstream.port);
    if (place === null) return [];
    if (place.port === listen.port && sameHost(place.host, listen.host)) return [finding('clients', 'ok', `${name} points to the proxy`)];
    if (place.port !== upstream.port || !sameHost(place.host, upstream.host)) return [];
    return [finding('clients', 'warning', `${name}=${value} points to the model server itself: programs started from this shell go past hotpatch`, `export ${name}=${proxy}${path}${name === 'OLLAMA_HOST' ? ' (for clients; Ollama\'s own server reads it too)' : ''}`)];
  });
}

function sameHost(one: string, other: string): boolean {
  return one === other || (isThisMachine(one) && isThisMachine(other));
}

const isThisMachine = (host: string): boolean => isLoopbackHost(host) || host === '0.0.0.0' || host === '::';

/** Ollama takes a host or a port alone as well; a port left out is its own. */
function placeOf(value: string, usual: number): { readonly host: string; readonly port: number } | null {
  const schemed = value.includes('://');
  const text = schemed ? value : `http://${value.startsWith(':') ? '127.0.0.1' : ''}${value}`;
  if (!URL.canParse(text)) return null;
  const { hostname, port, protocol } = new URL(text);
  return { host: hostname.replace(/^\[|\]$/g, '').toLowerCase(), port: port !== '' ? Number(port) : !schemed ? usual : protocol === 'https:' ? 443 : 80 };
}
