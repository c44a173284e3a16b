import type { Readable, Writable } from 'node:stream';
import { Command, Option } from 'commander';
import type { Config, ConfigFlags, Environment } from '../config.js';
import { refuse } from '../config-error.js';
import { hint } from '../config-mode.js';

/** What commands use of the process. Only `end` ends it. */
export interface CommandHost {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Environment;
  readonly cwd: string;
  readonly onSignal: (signal: NodeJS.Signals, listener: () => void) => void;
  /** Ends the process once what was written is out. */
  readonly end: (code: number) => void;
  /** Flags, environment and file, joined and checked. @throws ConfigError */
  readonly config: (flags: ConfigFlags) => Config;
}

/** For flags that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** A flag that takes one of a few words: help and completion list them, and a slip is answered with the nearest. `many`: it may be given several times. */
export function choice(flags: string, about: string, words: readonly string[], many = false): Option {
  const option = new Option(flags, about).choices(words);
  const label = option.long ?? flags;
  return option.argParser<unknown>((value, before) => {
    if (!words.includes(value)) refuse(label, value, `one of ${words.join(', ')}${hint(value, words)}`);
    return many ? collect(value, before as readonly string[] | undefined) : value;
  });
}

/** A command whose help ends in an example, and whose mistakes are thrown instead of ending the process. */
export function command(name: string, summary: string, example: string): Command {
  return new Command(name)
    .description(summary)
    .addHelpText('after', `\nExample:\n  ${example}`)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .configureHelp({ showGlobalOptions: true });
}

/** A mistake in one line that says whose message it is, as all others do. */
function asOneLine(text: string): string {
  return text.replace(/^error: /, 'hotpatch: ').replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?');
}

/** `--db`, `--workspace`, `--config` and `--mode` mean the same everywhere. */
export function withCommon(target: Command): Command {
  return withConfig(withDb(target))
    .option('--workspace <DIR>', 'a folder whose files are true; repeatable; "none": no path is checked (default: .)', collect)
    .option('--mode <MODE>', 'correct, annotate, observe or off, or TYPE=MODE for one type; repeatable (default: correct)', collect);
}

/** `--db` alone. */
export function withDb(target: Command): Command {
  return target.option('--db <FILE>', 'the database of rules; "none": no rules (default: data/hotpatch.db)');
}

/** `--config` alone, for commands that ask the configuration for one thing. */
export function withConfig(target: Command): Command {
  return target.option('--config <FILE>', 'the configuration file (default: hot_patching_config.json here or in config/)');
}
