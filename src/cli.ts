import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { RuleInput } from './core/rules/rule-forms.js';
import { type Config, ConfigError, type ConfigFlags, resolveConfig } from './app/config.js';
import { joinModeFlags, parseModeFlag, resolveModes } from './app/config-mode.js';
import { evalCommand, parseSeed } from './app/eval.js';
import { runFilter } from './app/filter-command.js';
import { caseRewriter } from './app/rewrite-case.js';
import { type RulesCommand, runRules } from './app/rules-command.js';
import { serve } from './app/serve-command.js';
import { workerProcess, workerRole } from './app/workers.js';

/** Exit codes: 0 done, 1 run-time failure, 2 wrong usage or configuration. */
const FAILED = 1;
const WRONG_USAGE = 2;

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** argv to configuration to command. The only place that ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away, as `head` does, is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : FAILED));
  try {
    await program().parseAsync([...argv], { from: 'user' });
  } catch (error) {
    end(exitCodeOf(error));
  }
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

function config(flags: ConfigFlags): Config {
  return resolveConfig({ flags, env: process.env, cwd: process.cwd() });
}

function version(): string {
  const { version: found } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return found;
}

function command(name: string, summary: string, example: string): Command {
  return new Command(name)
    .description(summary)
    .addHelpText('after', `\nExample:\n  ${example}`)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
}

/** `--db`, `--workspace`, `--config` and `--mode` mean the same everywhere. */
function withCommon(target: Command): Command {
  return target
    .option('--db <FILE>', 'the database of rules; "none": no rules (default: data/hotpatch.db)')
    .option('--workspace <DIR>', 'a folder whose files are true; repeatable; "none": no path is checked (default: .)', collect)
    .option('--config <FILE>', 'the configuration file (default: hot_patching_config.json here or in config/)')
    .option('--mode <MODE>', 'correct, annotate, observe or off, or TYPE=MODE for one type; repeatable (default: correct)', collect);
}

function program(): Command {
  const root = command('hotpatch', 'Corrects a language model\'s answer while it streams.', 'hotpatch serve --upstream http://127.0.0.1:11434')
    .version(version(), '-v, --version')
    .showSuggestionAfterError();
  root.addCommand(serveCommand(), { isDefault: true });
  root.addCommand(filterCommand());
  root.addCommand(evaluateCommand());
  root.addCommand(rulesCommand());
  for (const child of root.commands) child.copyInheritedSettings(root).exitOverride();
  return root;
}

function serveCommand(): Command {
  return withCommon(command('serve', 'Runs the proxy (the default command).', 'hotpatch serve --listen 127.0.0.1:11435 --upstream http://127.0.0.1:8080 --mode observe'))
    .option('--listen <ADDRESS>', 'where clients connect; port 0: any free one (default: 127.0.0.1:11435)')
    .option('--upstream <URL>', 'the model server, http: or https: (default: http://127.0.0.1:11434)')
    .option('--admin <ADDRESS>', 'reserved for the admin address; accepted, and off in this version')
    .option('--log-dir <DIR>', 'where corrections.log and navigation_fixes.log go (default: logs)')
    .option('--log-format <FORMAT>', 'pretty or json (default: pretty)')
    .option('--log-level <LEVEL>', 'trace, debug, info, warn, error, fatal or silent (default: info)')
    .option('--allow-remote', 'allow a --listen that is not loopback')
    .option('--allow-origin <ORIGIN>', 'a further web origin that may call; repeatable', collect)
    .option('--allow-host <HOST>', 'a further host name that clients may use; repeatable', collect)
    .option('--tls-cert <FILE>', 'listen with TLS: the certificate chain, PEM; read again when it is renewed')
    .option('--tls-key <FILE>', 'the key of --tls-cert, PEM, without a passphrase')
    .option('--workers <N>', 'processes that share the port (default: 1)')
    .action(async (flags: ConfigFlags) => {
      const host = workerRole() === null ? { stderr: process.stderr, on: (signal: NodeJS.Signals, listener: () => void) => process.on(signal, listener), exit: end } : workerProcess();
      const code = await serve(() => config(flags), host);
      if (code !== null) end(code);
    });
}

function filterCommand(): Command {
  return withCommon(command('filter', 'Rewrites a body from stdin to stdout, without HTTP.', 'curl -sN http://127.0.0.1:11434/api/chat -d @request.json | hotpatch filter --format ollama-chat'))
    .requiredOption('--format <FORMAT>', 'text, ollama-generate, ollama-chat, openai-chat, openai-completions, openai-responses, anthropic, llama-cpp or auto')
    .option('--rules <FILE>', 'use the rules of this file alone (.json, .ndjson, .jsonl or .csv)')
    .option('--report <FILE>', 'write one line of JSON a correction')
    .action(async (flags: ConfigFlags & { format: string; rules?: string; report?: string }) => {
      const { stdin, stdout, stderr } = process;
      end(await runFilter({ format: flags.format, rules: flags.rules, report: flags.report, stdin, stdout, stderr }, config(flags)));
    });
}

function evaluateCommand(): Command {
  return withCommon(command('eval', 'Scores corrections on labelled cases.', 'hotpatch eval --cases cases/ --out results.jsonl'))
    .requiredOption('--cases <PATH>', 'a file of cases, or a folder of *.jsonl; repeatable', collect)
    .option('--out <FILE>', 'where one line of JSON a case goes (default: stdout, and the table to stderr)')
    .option('--seed <N>', 'how the texts are cut into pieces', '1')
    .option('--json', 'print the summary as one object; needs --out')
    .option('--tiers', 'scores by tier as well; with --json the calibration too')
    .addHelpText('after', '\nCases bring their own files, facts and rules: --workspace and --db have no say. Of modes only those of --mode apply.')
    .action(async (flags: ConfigFlags & { cases: string[]; out?: string; seed: string; json?: boolean; tiers?: boolean }) => {
      config(flags);
      const { modes } = resolveModes([joinModeFlags([flags.mode ?? []].flat().map((word) => parseModeFlag(word)))]);
      const { stdout, stderr } = process;
      end(await evalCommand({ cases: flags.cases, rewriteCase: caseRewriter(modes), seed: parseSeed(flags.seed), out: flags.out, json: flags.json, tiers: flags.tiers, stdout, stderr }));
    });
}

type RulesFlags = ConfigFlags & {
  json?: boolean; kind?: string; match?: string; pattern?: string; replace?: string; flags?: string; word?: boolean; type?: string;
  name?: string; scopes?: string; models?: string[]; replaceAll?: boolean; format?: string; undo?: boolean; text?: string;
};

async function manage(flags: RulesFlags, wanted: RulesCommand): Promise<void> {
  end(await runRules(wanted, { db: config(flags).db }, { stdout: process.stdout, stderr: process.stderr }));
}

function rulesCommand(): Command {
  const rules = command('rules', 'Manages patterns, patches and facts.', 'hotpatch rules add --match literal --pattern "npm run biuld" --replace "npm run build"');
  const add = (child: Command): void => void rules.addCommand(withCommon(child));
  add(command('list', 'Lists the rules.', 'hotpatch rules list --kind pattern --json')
    .addOption(new Option('--kind <KIND>', 'only one kind').choices(['pattern', 'patch', 'fact']))
    .option('--json', 'as JSON')
    .action((flags: RulesFlags) => manage(flags, { do: 'list', ...(flags.kind === undefined ? {} : { kind: flags.kind as 'pattern' }), ...json(flags) })));
  add(addCommand());
  for (const verb of ['remove', 'enable', 'disable'] as const) {
    add(command(verb, `${verb[0]?.toUpperCase()}${verb.slice(1)}s a rule.`, `hotpatch rules ${verb} 7`)
      .argument('<id>', 'the rule\'s id, as list shows it')
      .action((ref: string, flags: RulesFlags) => manage(flags, { do: verb, ref })));
  }
  add(command('reject', 'Teaches that a correction is not to be made again.', 'hotpatch rules reject 01JXYZ0000000000000000000-1')
    .argument('<correction>', 'the correction\'s id, as in table corrections')
    .option('--undo', 'take that back')
    .action((correctionId: string, flags: RulesFlags) => manage(flags, { do: 'reject', correctionId, undo: flags.undo === true })));
  add(command('test', 'Shows what the rules would change in a text.', 'hotpatch rules test --text "run npm run biuld"')
    .option('--text <TEXT>', 'the text (default: stdin)')
    .option('--json', 'as JSON')
    .action(async (flags: RulesFlags) => manage(flags, { do: 'test', text: flags.text ?? (await readStdin()), ...json(flags) })));
  add(command('import', 'Adds the rules of a file.', 'hotpatch rules import team-rules.csv')
    .argument('<file>', 'a .json, .ndjson, .jsonl or .csv file')
    .option('--format <FORMAT>', 'json, ndjson or csv (default: by the file\'s name)')
    .option('--replace-all', 'remove all other rules first')
    .option('--json', 'the counts as JSON')
    .action((file: string, flags: RulesFlags) => manage(flags, { do: 'import', file, replaceAll: flags.replaceAll === true, ...format(flags), ...json(flags) })));
  add(command('export', 'Writes all rules to a file or stdout.', 'hotpatch rules export rules.json --format json')
    .argument('[file]', 'default: stdout')
    .option('--format <FORMAT>', 'json, ndjson or csv (default: by the file\'s name, or json)')
    .action((file: string | undefined, flags: RulesFlags) => manage(flags, { do: 'export', ...(file === undefined ? {} : { file }), ...format(flags) })));
  return rules;
}

function addCommand(): Command {
  return command('add', 'Adds a rule and prints its id.', 'hotpatch rules add --match regex --pattern "\\\\bteh\\\\b" --replace the --flags i')
    .addOption(new Option('--match <KIND>', 'how the pattern matches').choices(['literal', 'regex', 'path']).default('literal'))
    .requiredOption('--pattern <P>', 'what to find')
    .option('--replace <R>', 'what to put there; without it the rule only reports')
    .option('--flags <F>', 'regex: some of imsu; literal: i')
    .option('--word', 'only whole words')
    .option('--type <T>', 'the type its corrections count as (default: pattern_match)')
    .option('--scopes <LIST>', 'kinds of text, some of prose,code,reasoning,arguments (default: prose,reasoning)')
    .option('--models <GLOB>', 'only for models of that name; repeatable', collect)
    .option('--name <NAME>', 'an id of your own')
    .option('--json', 'the id as JSON')
    .action((flags: RulesFlags) => manage(flags, { do: 'add', input: inputOf(flags), ...json(flags) }));
}

function inputOf(flags: RulesFlags): RuleInput {
  const input: Record<string, unknown> = { match: flags.match, value: flags.pattern };
  for (const key of ['replace', 'flags', 'word', 'type', 'name', 'models'] as const) if (flags[key] !== undefined) input[key] = flags[key];
  if (flags.scopes !== undefined) input['scopes'] = flags.scopes.split(',').map((scope) => scope.trim());
  return input as unknown as RuleInput;
}

function json(flags: RulesFlags): { json?: true } {
  return flags.json === true ? { json: true } : {};
}

function format(flags: RulesFlags): { format?: 'json' } {
  return flags.format === undefined ? {} : { format: flags.format as 'json' };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
