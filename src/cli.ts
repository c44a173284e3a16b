import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { command, type CommandHost } from './app/commands/command.js';
import { completionCommand } from './app/commands/completion.js';
import { doctorCommand } from './app/commands/doctor.js';
import { evaluateCommand } from './app/commands/evaluate.js';
import { filterCommand } from './app/commands/filter.js';
import { logCommand } from './app/commands/log.js';
import { replayCommand } from './app/commands/replay.js';
import { rulesCommand } from './app/commands/rules.js';
import { serveCommand } from './app/commands/serve.js';
import { statsCommand } from './app/commands/stats.js';
import { ConfigError, resolveConfig } from './app/config.js';
import { shown } from './app/config-error.js';
import { hint } from './app/config-mode.js';

/** Exit codes: 0 done, 1 run-time failure, 2 wrong usage or configuration. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** argv to configuration to command. The only place that ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away, as `head` does, is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : FAILED));
  try {
    const root = program();
    refuseUnknown(root, argv[0]);
    await root.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    end(exitCodeOf(error));
  }
}

/** Without a command `serve` runs, so a slip in a command's name would be taken for an argument of that. */
function refuseUnknown(root: Command, first: string | undefined): void {
  if (first === undefined || first.startsWith('-')) return;
  const names = [...root.commands.map((child) => child.name()), 'help'];
  if (!names.includes(first)) throw new ConfigError(`there is no command ${shown(first)}${hint(first, names)}; "hotpatch --help" lists them`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`hotpatch: ${message}\n`);
  return error instanceof ConfigError ? WRONG_USAGE : FAILED;
}

/** Ends once what was written is out. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

function host(): CommandHost {
  const { env, stdout, stderr } = process;
  const cwd = process.cwd();
  return {
    stdout, stderr, env, cwd, end,
    // Asked for only by commands that read it: asking opens it.
    get stdin() { return process.stdin; },
    onSignal: (signal, listener) => void process.on(signal, listener),
    config: (flags) => resolveConfig({ flags, env, cwd }),
  };
}

function version(): string {
  const { version: found } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return found;
}

function program(): Command {
  const here = host();
  const root = command('hotpatch', 'Corrects a language model\'s answer while it streams.', 'hotpatch serve --upstream http://127.0.0.1:11434')
    .version(version(), '-v, --version')
    .showSuggestionAfterError();
  root.addCommand(serveCommand(here), { isDefault: true });
  for (const make of [filterCommand, evaluateCommand, rulesCommand, logCommand, replayCommand, statsCommand, doctorCommand, completionCommand]) root.addCommand(make(here));
  for (const child of root.commands) child.copyInheritedSettings(root).exitOverride();
  return root;
}
