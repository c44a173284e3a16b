import { resolve } from 'node:path';
import { type Limits, resolveLimits } from '../core/limits.js';
import type { PatternRule, Fact } from '../core/rules/rule-set.js';
import type { RuleInput } from '../core/rules/rule-forms.js';
import { type HallucinationType, HALLUCINATION_TYPES, isHallucinationType, isMode, type Mode, MODES } from '../core/types.js';
import { type Config, resolveConfig } from './config.js';
import { resolveModes } from './config-mode.js';
import { readGivenRules } from './hot-patcher-rules.js';

/** What every part of the library is made with; everything may be left out. Paths are relative to the current directory. */
export interface Options {
  /** `HOST:PORT`; default `127.0.0.1:11435`, port 0: any free one. */
  readonly listen?: string;
  /** The backend; default `http://127.0.0.1:11434`. */
  readonly upstream?: string;
  /** Folders whose files answers may name; default: none. */
  readonly workspace?: string | readonly string[];
  /** The workspace in place of the disk: relative posix paths. */
  readonly files?: readonly string[];
  /** A database file, made with its seed rules where it is missing; default `none`. */
  readonly db?: string;
  /** Default `correct`. */
  readonly mode?: Mode;
  /** Modes of single types, before `mode`. */
  readonly modes?: Partial<Record<HallucinationType, Mode>>;
  /** Folder of the log files; default: none are written. */
  readonly logDir?: string;
  /** Limits that differ from their defaults; see `Limits` for each one's unit. They must fit each other. */
  readonly limits?: Partial<Limits>;
  /** Rules that are in no database. Where two match the same letters, those of the database come first. */
  readonly rules?: readonly RuleInput[];
  /** Facts that are in no database. */
  readonly facts?: readonly Fact[];
}

/** @throws RangeError for a mode or type that is none. */
export function modesOf({ mode, modes = {} }: Pick<Options, 'mode' | 'modes'>): ReturnType<typeof resolveModes> {
  for (const [type, word] of Object.entries(modes)) {
    if (!isHallucinationType(type)) throw new RangeError(`modes must name types of ${HALLUCINATION_TYPES.join(', ')}; it has ${type}`);
    if (word !== undefined && !isMode(word)) throw new RangeError(`the mode of ${type} must be one of ${MODES.join(', ')}; it is ${String(word)}`);
  }
  if (mode !== undefined && !isMode(mode)) throw new RangeError(`mode must be one of ${MODES.join(', ')}; it is ${String(mode)}`);
  return resolveModes([{ global: mode ?? null, types: modes }]);
}

/** Options as a configuration and what is in no database. */
export interface ReadOptions {
  readonly config: Config;
  readonly rules: readonly PatternRule[];
  readonly facts: readonly Fact[];
}

/** @throws ConfigError, RangeError, RuleInputError in words for the host's author */
export function readOptions(options: Options): ReadOptions {
  const { listen, upstream, workspace, db = 'none', logDir } = options;
  const folders = workspace === undefined || workspace.length === 0 ? ['none'] : typeof workspace === 'string' ? [workspace] : [...workspace];
  const base = resolveConfig({ flags: { listen, upstream, workspace: folders, db, admin: 'off', logDir: resolve(logDir ?? 'logs') }, env: {}, cwd: process.cwd(), readFile: () => null });
  const { rules, facts } = readGivenRules(options.rules ?? [], resolveLimits(options.limits));
  return {
    config: Object.freeze({ ...base, ...modesOf(options), limits: Object.freeze(resolveLimits(options.limits)) }),
    rules,
    facts: [...(options.facts ?? []), ...facts],
  };
}
