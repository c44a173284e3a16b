import { resolve } from 'node:path';
import { resolveLimits, type Limits } from '../core/limits.js';
import type { ContinueWay } from '../core/rewrite/continue-backend.js';
import { DEFAULT_NOTES, type Notes } from '../core/text/policy.js';
import type { Mode, Modes } from '../core/types.js';
import { formatAddress, isLoop, isLoopbackHost, parseListen, parseUpstream, type ListenAddress, type Upstream } from './config-address.js';
import { ConfigError, refuse } from './config-error.js';
import { loadConfigFile, readFileOrNull, type LoadedConfig, type ReadFile } from './config-file.js';
import { hint, resolveModes } from './config-mode.js';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './config-schema.js';
import { envLayer, fileLayer, flagLayer, namedConfigFile, unknownVariables, type ConfigFlags, type Environment, type Layer, type RawSettings, type SettingKey } from './config-sources.js';

export { ConfigError } from './config-error.js';
export { formatAddress, isLoopbackHost, parseListen, parseUpstream, type ListenAddress, type Upstream } from './config-address.js';
export { configFileCandidates, CONFIG_FILE_NAME, type ReadFile } from './config-file.js';
export { parseModeFlag, type ModeFlag } from './config-mode.js';
export type { ConfigFlags, Environment } from './config-sources.js';
export type { LogFormat, LogLevel } from './config-schema.js';

/** Everything a run is told from outside, checked and complete. Paths are absolute. */
export interface Config {
  readonly listen: ListenAddress;
  readonly upstream: Upstream;
  /** Someone chose the upstream: no embedded backend may take its place. */
  readonly explicitUpstream: boolean;
  readonly workspaces: readonly string[] | 'none';
  /** The database of patterns and facts: an absolute path, or the word `none`. */
  readonly db: string;
  /** The database of behavior patches, likewise: the same as `db` unless the file says otherwise. */
  readonly patchesDb: string;
  readonly modes: Modes;
  readonly globalMode: Mode;
  readonly enabled: boolean;
  readonly admin: ListenAddress | 'off';
  /** Someone chose the admin address: where it is taken, that is a failure and not a reason to do without. */
  readonly explicitAdmin: boolean;
  /** What the admin address asks for; null: nothing. A secret. */
  readonly adminToken: string | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly workers: number;
  readonly logDir: string;
  readonly correctionsFile: string;
  readonly navigationFile: string;
  readonly maxFileSizeMb: number;
  readonly retentionDays: number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  readonly limits: Limits;
  readonly connectTimeoutMs: number;
  /** 0: none. */
  readonly responseTimeoutMs: number;
  readonly poolSize: number;
  readonly allowRemote: boolean;
  /** Lower case, as browsers send them: scheme, host and port. */
  readonly allowOrigins: readonly string[];
  /** Lower case, without a port. */
  readonly allowHosts: readonly string[];
  readonly notes: Notes;
  /** Whether answers that were cut off are continued, and how. */
  readonly continueWay: ContinueWay;
  readonly configFile: string | null;
  /** What is no error but surely not meant, for the log. */
  readonly warnings: readonly string[];
}

export interface ConfigInput {
  readonly flags: ConfigFlags;
  readonly env: Environment;
  readonly cwd: string;
  readonly readFile?: ReadFile;
}

interface Found<Key extends SettingKey> {
  readonly value: RawSettings[Key];
  readonly label: string;
  readonly base: string;
}

/** The settings of all sources; asking for one gives that of the highest source that has it. */
class Sources {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  find<Key extends SettingKey>(key: Key): Found<Key> | null {
    for (const layer of this.#layers) {
      const value = layer.values[key];
      if (value !== undefined) return { value, label: layer.label(key), base: layer.base };
    }
    return null;
  }

  /** A path, made absolute from the folder of the source that gave it. */
  path(key: 'db' | 'logDir' | 'tlsCert' | 'tlsKey'): string | null {
    const found = this.find(key);
    if (found === null) return null;
    return found.value === '' ? refuse(found.label, '', 'a path') : resolve(found.base, found.value);
  }
}

/**
 * Joins flags, environment (`HOTPATCH_…`), configuration file and defaults, in falling precedence.
 * @throws ConfigError (exit code 2), each problem naming where it stands, the value and what is allowed.
 */
export function resolveConfig({ flags, env, cwd, readFile = readFileOrNull }: ConfigInput): Config {
  const loaded = loadConfigFile(namedConfigFile(flags, env), cwd, readFile);
  const layers = [flagLayer(flags, cwd), envLayer(env, cwd), ...(loaded === null ? [] : [fileLayer(loaded)])];
  const sources = new Sources(layers);
  const proxy = loaded?.config.hot_patching ?? {};
  const network = resolveNetwork(sources);
  const config: Config = {
    ...network,
    workspaces: resolveWorkspaces(sources, cwd),
    ...resolveDatabases(sources, loaded, cwd),
    ...resolveModes(layers.map((layer) => layer.modes)),
    enabled: proxy.enabled ?? true,
    ...resolveLogging(sources, loaded, cwd),
    limits: resolveLimitSection(loaded),
    connectTimeoutMs: proxy.connection_timeout_ms ?? 5_000,
    responseTimeoutMs: proxy.response_timeout_ms ?? 0,
    poolSize: proxy.connection_pool_size ?? 0,
    notes: Object.freeze({ ...DEFAULT_NOTES, ...given(proxy.notes ?? {}) }),
    continueWay: proxy.continue ?? 'off',
    configFile: loaded?.path ?? null,
    warnings: unknownVariables(env),
  };
  return Object.freeze(config);
}

/** Without keys that are present but undefined, which would hide a default. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

type Network = Pick<Config, 'listen' | 'upstream' | 'explicitUpstream' | 'admin' | 'explicitAdmin' | 'adminToken' | 'tls' | 'workers' | 'allowRemote' | 'allowOrigins' | 'allowHosts'>;

function resolveNetwork(sources: Sources): Network {
  const listenFound = sources.find('listen');
  const listenLabel = listenFound?.label ?? '--listen';
  const listen = parseListen(listenFound?.value ?? '127.0.0.1:11435', listenLabel);
  const allowRemote = sources.find('allowRemote')?.value ?? false;
  const guard = (address: ListenAddress, label: string): void => {
    if (!allowRemote && !isLoopbackHost(address.host)) refuse(label, formatAddress(address), 'a loopback address, or --allow-remote as well: anyone who reaches this address could use the model behind it');
  };
  guard(listen, listenLabel);
  const upstreamFound = sources.find('upstream');
  const upstreamLabel = upstreamFound?.label ?? '--upstream';
  const upstream = parseUpstream(upstreamFound?.value ?? 'http://127.0.0.1:11434', upstreamLabel);
  if (isLoop(listen, upstream)) refuse(upstreamLabel, upstream.url, `a backend other than the proxy itself, which listens on ${formatAddress(listen)}: requests would go in a circle`);
  return {
    listen, upstream, explicitUpstream: upstreamFound !== null, ...resolveAdmin(sources, listen, guard), tls: resolveTls(sources), workers: resolveWorkers(sources),
    allowRemote, allowOrigins: resolveList(sources, 'allowOrigin', toOrigin), allowHosts: resolveList(sources, 'allowHost', toHost),
  };
}

function resolveAdmin(sources: Sources, listen: ListenAddress, guard: (address: ListenAddress, label: string) => void): Pick<Config, 'admin' | 'explicitAdmin' | 'adminToken'> {
  const found = sources.find('admin');
  const explicitAdmin = found !== null;
  const adminToken = resolveToken(sources);
  if (found?.value.trim() === 'off') return { admin: 'off', explicitAdmin, adminToken };
  const label = found?.label ?? '--admin';
  const admin = parseListen(found?.value ?? '127.0.0.1:11436', label, 11436);
  guard(admin, label);
  const clash = admin.port !== 0 && admin.port === listen.port && admin.host === listen.host;
  if (clash && explicitAdmin) refuse(label, formatAddress(admin), 'an address other than --listen, or off');
  if (adminToken === null && !isLoopbackHost(admin.host)) refuse(label, formatAddress(admin), 'a loopback address, or a token as well, in the variable HOTPATCH_ADMIN_TOKEN or as hot_patching.admin_token in the configuration file');
  return { admin: clash ? 'off' : admin, explicitAdmin, adminToken };
}

/** A wrong one is not repeated in what is said of it. */
function resolveToken(sources: Sources): string | null {
  const found = sources.find('adminToken');
  if (found === null) return null;
  if (!/^[\x21-\x7e]{16,512}$/.test(found.value)) throw new ConfigError(`${found.label}: the token is not allowed; expected 16 to 512 printable characters of ASCII without spaces`);
  return found.value;
}

function resolveTls(sources: Sources): Config['tls'] {
  const certFile = sources.path('tlsCert');
  const keyFile = sources.path('tlsKey');
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile !== null) throw new ConfigError(`${sources.find('tlsCert')?.label ?? ''}: ${JSON.stringify(certFile)} is not allowed without its key; expected --tls-key as well`);
  if (keyFile !== null) throw new ConfigError(`${sources.find('tlsKey')?.label ?? ''}: ${JSON.stringify(keyFile)} is not allowed without its certificate; expected --tls-cert as well`);
  return null;
}

function resolveWorkers(sources: Sources): number {
  const found = sources.find('workers');
  if (found === null) return 1;
  const count = /^\d{1,3}$/.test(found.value.trim()) ? Number(found.value) : 0;
  return count >= 1 && count <= 256 ? count : refuse(found.label, found.value, 'a whole number from 1 to 256');
}

function resolveList(sources: Sources, key: 'allowOrigin' | 'allowHost', read: (text: string, label: string) => string): readonly string[] {
  const found = sources.find(key);
  return found === null ? [] : [...new Set(found.value.map((text) => read(text, found.label)))];
}

/** An origin is scheme, host and port (RFC 6454, section 7.1): nothing a browser sends could equal more. */
function toOrigin(text: string, label: string): string {
  const origin = text.trim().toLowerCase();
  if (origin === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@]*$/.test(origin)) return origin;
  return refuse(label, text, 'an origin without a path, as in https://app.example:8080, or *');
}

function toHost(text: string, label: string): string {
  const host = text.trim().toLowerCase().replace(/:\d+$/, '');
  if (/^(?:\*\.)?[a-z0-9_.-]+$/.test(host) || /^\[[0-9a-f:.]+\]$/.test(host)) return host.replace(/\.$/, '');
  return refuse(label, text, 'a host name, as in models.example');
}

function resolveWorkspaces(sources: Sources, cwd: string): Config['workspaces'] {
  const found = sources.find('workspace');
  if (found === null) return [resolve(cwd)];
  if (found.value.includes('none')) return found.value.length === 1 ? 'none' : refuse(found.label, found.value, 'folders, or "none" alone (a folder of that name is ./none)');
  if (found.value.length === 0 || found.value.includes('')) refuse(found.label, found.value, 'one folder or more, or "none"');
  return [...new Set(found.value.map((folder) => resolve(found.base, folder)))];
}

function resolveDatabases(sources: Sources, loaded: LoadedConfig | null, cwd: string): Pick<Config, 'db' | 'patchesDb'> {
  const found = sources.find('db');
  const db = found === null ? resolve(cwd, 'data/hotpatch.db') : found.value === 'none' ? 'none' : (sources.path('db') ?? '');
  const patches = loaded?.config.databases?.behavior_patches;
  const fromFile = found === null || found.label.startsWith(`${loaded?.path ?? ''}: `);
  if (loaded === null || patches === undefined || !fromFile) return { db, patchesDb: db };
  return { db, patchesDb: patches === 'none' ? 'none' : resolve(loaded.path, '..', patches) };
}

type Logging = Pick<Config, 'logDir' | 'correctionsFile' | 'navigationFile' | 'maxFileSizeMb' | 'retentionDays' | 'logFormat' | 'logLevel'>;

function resolveLogging(sources: Sources, loaded: LoadedConfig | null, cwd: string): Logging {
  const logging = loaded?.config.logging ?? {};
  const logDir = sources.path('logDir') ?? resolve(cwd, 'logs');
  const correctionsFile = resolve(logDir, logging.corrections_file ?? 'corrections.log');
  const navigationFile = resolve(logDir, logging.navigation_fixes_file ?? 'navigation_fixes.log');
  if (correctionsFile === navigationFile) {
    refuse(`${loaded?.path ?? ''}: logging.navigation_fixes_file`, logging.navigation_fixes_file, 'a file other than logging.corrections_file: their lines differ');
  }
  return {
    logDir, correctionsFile, navigationFile, maxFileSizeMb: logging.max_file_size_mb ?? 100, retentionDays: logging.retention_days ?? 30,
    logFormat: oneOf(sources, 'logFormat', LOG_FORMATS, 'pretty'), logLevel: oneOf(sources, 'logLevel', LOG_LEVELS, 'info'),
  };
}

function oneOf<Word extends string>(sources: Sources, key: 'logFormat' | 'logLevel', words: readonly Word[], fallback: Word): Word {
  const found = sources.find(key);
  if (found === null) return fallback;
  return words.find((word) => word === found.value) ?? refuse(found.label, found.value, `one of ${words.join(', ')}${hint(found.value, words)}`);
}

function resolveLimitSection(loaded: LoadedConfig | null): Limits {
  const wanted = given(loaded?.config.hot_patching?.limits ?? {});
  try {
    return Object.freeze(resolveLimits(wanted));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const name = /^limit (\w+)/.exec(error.message)?.[1] ?? '';
    throw new ConfigError(`${loaded?.path ?? ''}: hot_patching.limits.${name}: ${error.message}`);
  }
}
