import { sep } from 'node:path';
import type { Settings } from '../core/rewrite/settings.js';
import { uniformModes } from '../core/types.js';
import type { Endpoint } from '../node/net/dialer.js';
import { type Config, isLoopbackHost } from './config.js';

/** What the core is told of a configuration. */
export function settingsOf(config: Config): Settings {
  const { upstream, limits, notes, listen } = config;
  const defaultPort = upstream.protocol === 'https:' ? 443 : 80;
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  return {
    modes: config.enabled ? config.modes : uniformModes('off'),
    limits,
    notes,
    responseTimeoutMs: config.responseTimeoutMs,
    upstreamHost: upstream.loopback ? null : upstream.port === defaultPort ? host : `${host}:${upstream.port}`,
    continueWay: config.continueWay,
    access: { loopbackListener: isLoopbackHost(listen.host), origins: config.allowOrigins, hosts: config.allowHosts },
  };
}

export function endpointOf({ upstream }: Config): Endpoint {
  return { protocol: upstream.protocol, host: upstream.host, port: upstream.port };
}

/** What hotpatch writes itself is no file of anybody's project. A log folder that holds a workspace is not left out as a whole. */
export function ownFiles({ db, patchesDb, logDir, correctionsFile, navigationFile }: Config, workspaces: readonly string[]): readonly string[] {
  const logs = [correctionsFile, navigationFile].flatMap((file) => [file, `${file}.lock`]);
  const databases = [db, patchesDb].filter((file) => file !== 'none').flatMap((file) => [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]);
  const holds = workspaces.some((root) => root === logDir || root.startsWith(`${logDir}${sep}`));
  return [...databases, ...logs, ...(holds ? [] : [logDir])];
}

/** Whether two configurations say the same of these keys. */
export function same<Key extends keyof Config>(a: Config, b: Config, ...keys: readonly Key[]): boolean {
  return keys.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}
