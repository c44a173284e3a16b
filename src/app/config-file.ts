import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigError, shown } from './config-error.js';
import { nearest } from './config-mode.js';
import { CONFIG_KEYS, configFileSchema, type ConfigFile } from './config-schema.js';

/** The name that is looked for in `.` and then in `config/`. */
export const CONFIG_FILE_NAME = 'hot_patching_config.json';

/** The text of a file; null where there is none. Other failures are thrown. */
export type ReadFile = (path: string) => string | null;

export interface LoadedConfig {
  /** Absolute. */
  readonly path: string;
  readonly config: ConfigFile;
}

export const readFileOrNull: ReadFile = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
};

function read(path: string, readFile: ReadFile): string | null {
  try {
    return readFile(path);
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read (${(error as Error).message}); expected a readable file of JSON`);
  }
}

/** Where the proxy looks when no file is named, in this order. */
export function configFileCandidates(cwd: string): readonly string[] {
  return [join(cwd, CONFIG_FILE_NAME), join(cwd, 'config', CONFIG_FILE_NAME)];
}

/**
 * Reads the named file, or the first of the candidates that exists.
 * @param named as given by a flag or variable, with its label; it must exist.
 * @returns null where nothing was named and nothing found.
 * @throws ConfigError with one line a problem.
 */
export function loadConfigFile(named: { readonly path: string; readonly label: string } | null, cwd: string, readFile: ReadFile): LoadedConfig | null {
  if (named !== null) {
    const path = resolve(cwd, named.path);
    const text = read(path, readFile);
    if (text === null) throw new ConfigError(`${named.label}: ${shown(named.path)} does not exist; expected a configuration file (looked for ${path})`);
    return { path, config: parseConfigFile(path, text) };
  }
  for (const path of configFileCandidates(cwd)) {
    const text = read(path, readFile);
    if (text !== null) return { path, config: parseConfigFile(path, text) };
  }
  return null;
}

/**
 * Checks the text of a configuration file.
 * @throws ConfigError naming file, key, value and what is allowed, for every problem found.
 */
export function parseConfigFile(path: string, text: string): ConfigFile {
  const json = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ConfigError(`${path}${placeOf(json, error as Error)}: not JSON (${(error as Error).message})`);
  }
  const result = configFileSchema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap((issue) => describe(path, value, issue)));
}

/**
 * Line and column of a syntax error, as editors count them. Not every engine names the position; then it is found by halving: a
 * beginning of the text fails for want of more text, until it holds the fault.
 */
function placeOf(text: string, error: Error): string {
  const named = /position (\d+)/.exec(error.message)?.[1];
  const before = text.slice(0, named === undefined ? faultOf(text) : Number(named)).split('\n');
  return `:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

function faultOf(text: string): number {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (wantsMore(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function wantsMore(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return /end of JSON input|Unterminated/.test(message) || Number(/position (\d+)/.exec(message)?.[1]) >= text.length;
  }
}

function describe(file: string, root: unknown, issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  const at = path.join('.');
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${file}: ${[...path, key].join('.')} (${shown(valueAt(value, [key]))}) is not a known key; ${suggestion(at, key)}`);
  }
  return [`${file}: ${at === '' ? 'the whole file' : at}: ${shown(value)} is not allowed; expected ${issue.message}`];
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The same key in another section is a likelier slip than a misspelling in this one. */
function suggestion(section: string, key: string): string {
  const known = CONFIG_KEYS[section] ?? [];
  const near = nearest(key, known);
  const elsewhere = Object.entries(CONFIG_KEYS).find(([name, keys]) => name !== section && keys.includes(key));
  if (elsewhere !== undefined) return `did you mean ${shown([elsewhere[0], key].filter((part) => part !== '').join('.'))}?`;
  const allowed = `expected one of ${known.join(', ')}`;
  return near === null ? allowed : `did you mean "${near}"? ${allowed}`;
}
