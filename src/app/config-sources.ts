import { delimiter, dirname } from 'node:path';
import { parseListen, parseUpstream } from './config-address.js';
import { ConfigError, refuse } from './config-error.js';
import type { LoadedConfig } from './config-file.js';
import { joinModeFlags, nearest, parseModeFlag, type ModeWish } from './config-mode.js';
import type { ConfigFile } from './config-schema.js';

/** What commands hand over: the flags as typed, absent ones undefined. Repeatable flags may be one text or several. */
export interface ConfigFlags {
  readonly listen?: string | undefined;
  readonly upstream?: string | undefined;
  readonly workspace?: string | readonly string[] | undefined;
  readonly db?: string | undefined;
  readonly config?: string | undefined;
  readonly mode?: string | readonly string[] | undefined;
  readonly admin?: string | undefined;
  readonly logDir?: string | undefined;
  readonly logFormat?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly allowRemote?: boolean | undefined;
  readonly allowOrigin?: string | readonly string[] | undefined;
  readonly allowHost?: string | readonly string[] | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly workers?: string | number | undefined;
}

/** The settings every source can give. */
export interface RawSettings {
  readonly listen: string;
  readonly upstream: string;
  readonly workspace: readonly string[];
  readonly db: string;
  readonly admin: string;
  readonly adminToken: string;
  readonly logDir: string;
  readonly logFormat: string;
  readonly logLevel: string;
  readonly allowRemote: boolean;
  readonly allowOrigin: readonly string[];
  readonly allowHost: readonly string[];
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly workers: string;
}
export type SettingKey = keyof RawSettings;

/** One source of configuration. */
export interface Layer {
  /** The folder relative paths of this source start from. */
  readonly base: string;
  readonly values: Partial<RawSettings>;
  readonly modes: ModeWish;
  /** How people know a setting of this source. */
  label(key: SettingKey): string;
}

type Kind = 'text' | 'list' | 'flag';
interface Row {
  readonly key: SettingKey | 'config' | 'mode';
  readonly flag: string;
  readonly env: string;
  readonly file: string;
  readonly kind: Kind;
}

const row = (key: Row['key'], flag: string, kind: Kind = 'text', file = `hot_patching.${flag.slice(2).replaceAll('-', '_')}`): Row =>
  ({ key, flag, kind, file, env: `HOTPATCH_${flag.slice(2).replaceAll('-', '_').toUpperCase()}` });

const ROWS: readonly Row[] = [
  row('listen', '--listen'),
  row('upstream', '--upstream'),
  row('workspace', '--workspace', 'list'),
  row('db', '--db', 'text', 'databases.correction_patterns'),
  row('config', '--config'),
  row('mode', '--mode', 'list'),
  row('admin', '--admin'),
  // No flag has it: what a process was started with is there for everyone to see.
  row('adminToken', '--admin-token'),
  row('logDir', '--log-dir', 'text', 'logging.directory'),
  row('logFormat', '--log-format'),
  row('logLevel', '--log-level'),
  row('allowRemote', '--allow-remote', 'flag'),
  row('allowOrigin', '--allow-origin', 'list'),
  row('allowHost', '--allow-host', 'list'),
  row('tlsCert', '--tls-cert'),
  row('tlsKey', '--tls-key'),
  row('workers', '--workers'),
];

function rowOf(key: Row['key']): Row {
  const found = ROWS.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no row for ${key}`);
  return found;
}

function asList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? [value] : value.length === 0 ? undefined : value;
}

export function flagLayer(flags: ConfigFlags, cwd: string): Layer {
  const values: Record<string, unknown> = {};
  for (const { key, kind } of ROWS) {
    if (key === 'mode' || key === 'config' || key === 'adminToken') continue;
    const value = flags[key];
    if (value === undefined) continue;
    const given = kind === 'list' ? asList(value as string | readonly string[]) : kind === 'flag' ? value : String(value);
    if (given !== undefined) values[key] = given;
  }
  const modes = joinModeFlags((asList(flags.mode) ?? []).map((text) => parseModeFlag(text)));
  return { base: cwd, values: values, modes, label: (key) => rowOf(key).flag };
}

export type Environment = Readonly<Record<string, string | undefined>>;

const YES = new Set(['1', 'true', 'yes', 'on']);
const NO = new Set(['0', 'false', 'no', 'off']);

function envValue({ key, env, kind }: Row, text: string): unknown {
  const separator = key === 'workspace' ? delimiter : ',';
  if (kind === 'list') return text.split(separator).map((part) => part.trim()).filter((part) => part !== '');
  if (kind === 'text') return text;
  const word = text.toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : refuse(env, text, '1, true, yes, on, or 0, false, no, off');
}

/** Variables that are set to nothing count as not set, as shells leave them behind. */
export function envLayer(env: Environment, cwd: string): Layer {
  const values: Record<string, unknown> = {};
  let modes: ModeWish = { global: null, types: {} };
  for (const each of ROWS) {
    const text = env[each.env]?.trim() ?? '';
    if (text === '' || each.key === 'config') continue;
    const value = envValue(each, text);
    if (each.key === 'mode') modes = joinModeFlags((value as readonly string[]).map((part) => parseModeFlag(part, each.env)));
    else if (!Array.isArray(value) || value.length > 0) values[each.key] = value;
  }
  return { base: cwd, values: values, modes, label: (key) => rowOf(key).env };
}

/** A sentence for every `HOTPATCH_…` variable that means nothing: other programs may own it, so it is no error. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = ROWS.map((each) => each.env);
  return Object.keys(env).filter((name) => name.startsWith('HOTPATCH_') && !known.includes(name)).sort().map((name) => {
    const near = nearest(name, known);
    return `${name} is not a setting of hotpatch and has no effect${near === null ? '' : `; did you mean ${near}?`}`;
  });
}

/** The file a flag or a variable names, with its label. */
export function namedConfigFile(flags: ConfigFlags, env: Environment): { readonly path: string; readonly label: string } | null {
  const { flag, env: variable } = rowOf('config');
  if (flags.config !== undefined) return { path: flags.config, label: flag };
  const path = env[variable]?.trim() ?? '';
  return path === '' ? null : { path, label: variable };
}

/** Two spellings of one setting must not contradict each other: neither is more right. */
function agree<T>(file: string, keys: readonly [string, string], given: readonly [T, T], same: (a: T, b: T) => boolean): void {
  if (same(given[0], given[1])) return;
  throw new ConfigError(`${file}: hot_patching.${keys[0]}: ${JSON.stringify(given[0])} is not allowed beside hot_patching.${keys[1]}: ${JSON.stringify(given[1])}; expected one of them, or the same in both`);
}

function fileListen(path: string, { listen, proxy_port: port }: NonNullable<ConfigFile['hot_patching']>): string | undefined {
  if (port === undefined) return listen;
  if (listen === undefined) return `127.0.0.1:${port}`;
  const label = `${path}: hot_patching.listen`;
  agree<string | number>(path, ['listen', 'proxy_port'], [listen, port], () => parseListen(listen, label).port === port);
  return listen;
}

function fileUpstream(path: string, { upstream, gguf_endpoint: endpoint }: NonNullable<ConfigFile['hot_patching']>): string | undefined {
  if (upstream === undefined || endpoint === undefined) return upstream ?? endpoint;
  const url = (text: string, key: string): string => parseUpstream(text, `${path}: hot_patching.${key}`).url;
  agree(path, ['upstream', 'gguf_endpoint'], [upstream, endpoint], () => url(upstream, 'upstream') === url(endpoint, 'gguf_endpoint'));
  return upstream;
}

export function fileLayer({ path, config }: LoadedConfig): Layer {
  const proxy = config.hot_patching ?? {};
  const values: Partial<Record<SettingKey, unknown>> = {
    listen: fileListen(path, proxy), upstream: fileUpstream(path, proxy), workspace: asList(proxy.workspace), db: config.databases?.correction_patterns,
    admin: proxy.admin, adminToken: proxy.admin_token, logDir: config.logging?.directory, logFormat: proxy.log_format,
    logLevel: proxy.log_level ?? (proxy.debug_logging === true ? 'debug' : undefined), allowRemote: proxy.allow_remote,
    allowOrigin: asList(proxy.allow_origin), allowHost: asList(proxy.allow_host), tlsCert: proxy.tls_cert, tlsKey: proxy.tls_key,
    workers: proxy.workers === undefined ? undefined : String(proxy.workers),
  };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const key = (setting: SettingKey): string => {
    if (setting === 'listen' && proxy.listen === undefined) return 'hot_patching.proxy_port';
    if (setting === 'upstream' && proxy.upstream === undefined) return 'hot_patching.gguf_endpoint';
    return rowOf(setting).file;
  };
  return {
    base: dirname(path), values: given, label: (setting) => `${path}: ${key(setting)}`,
    modes: { global: proxy.mode ?? null, types: Object.fromEntries(Object.entries(proxy.modes ?? {}).filter(([, mode]) => mode !== undefined)) },
  };
}
