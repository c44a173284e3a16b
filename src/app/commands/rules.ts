import type { Command } from 'commander';
import { RULE_KINDS, type RuleInput } from '../../core/rules/rule-forms.js';
import { HALLUCINATION_TYPES } from '../../core/types.js';
import { RULE_FORMATS } from '../../node/rules/rule-export.js';
import type { ConfigFlags } from '../config.js';
import { type RulesCommand, runRules } from '../rules-command.js';
import { choice, collect, command, type CommandHost, withCommon } from './command.js';

type RulesFlags = ConfigFlags & {
  json?: boolean; kind?: string; match?: string; pattern?: string; replace?: string; flags?: string; word?: boolean; type?: string;
  name?: string; scopes?: string; models?: string[]; replaceAll?: boolean; format?: string; undo?: boolean; text?: string;
};

type Manage = (flags: RulesFlags, wanted: RulesCommand) => Promise<void>;

function managing(host: CommandHost): Manage {
  return async (flags, wanted) => host.end(await runRules(wanted, { db: host.config(flags).db }, { stdout: host.stdout, stderr: host.stderr }));
}

/** `hotpatch rules …`. */
export function rulesCommand(host: CommandHost): Command {
  const manage = managing(host);
  const rules = command('rules', 'Manages patterns, patches and facts.', 'hotpatch rules add --match literal --pattern "npm run biuld" --replace "npm run build"');
  const add = (child: Command): void => void rules.addCommand(withCommon(child));
  add(command('list', 'Lists the rules.', 'hotpatch rules list --kind pattern --json')
    .addOption(choice('--kind <KIND>', 'only one kind', RULE_KINDS))
    .option('--json', 'as JSON')
    .action((flags: RulesFlags) => manage(flags, { do: 'list', ...(flags.kind === undefined ? {} : { kind: flags.kind as 'pattern' }), ...json(flags) })));
  add(addCommand(manage));
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
    .action(async (flags: RulesFlags) => manage(flags, { do: 'test', text: flags.text ?? (await readAll(host.stdin)), ...json(flags) })));
  add(command('import', 'Adds the rules of a file.', 'hotpatch rules import team-rules.csv')
    .argument('<file>', 'a .json, .ndjson, .jsonl or .csv file')
    .addOption(choice('--format <FORMAT>', 'default: by the file\'s name', RULE_FORMATS))
    .option('--replace-all', 'remove all other rules first')
    .option('--json', 'the counts as JSON')
    .action((file: string, flags: RulesFlags) => manage(flags, { do: 'import', file, replaceAll: flags.replaceAll === true, ...format(flags), ...json(flags) })));
  add(command('export', 'Writes all rules to a file or stdout.', 'hotpatch rules export rules.json --format json')
    .argument('[file]', 'default: stdout')
    .addOption(choice('--format <FORMAT>', 'default: by the file\'s name, or json', RULE_FORMATS))
    .action((file: string | undefined, flags: RulesFlags) => manage(flags, { do: 'export', ...(file === undefined ? {} : { file }), ...format(flags) })));
  return rules;
}

function addCommand(manage: Manage): Command {
  return command('add', 'Adds a rule and prints its id.', 'hotpatch rules add --match regex --pattern "\\\\bteh\\\\b" --replace the --flags i')
    .addOption(choice('--match <KIND>', 'how the pattern matches', ['literal', 'regex', 'path']).default('literal'))
    .requiredOption('--pattern <P>', 'what to find')
    .option('--replace <R>', 'what to put there; without it the rule only reports')
    .option('--flags <F>', 'regex: some of imsu; literal: i')
    .option('--word', 'only whole words')
    .addOption(choice('--type <T>', 'the type its corrections count as (default: pattern_match)', HALLUCINATION_TYPES))
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

async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
