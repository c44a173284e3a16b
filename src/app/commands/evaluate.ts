import type { Command } from 'commander';
import type { ConfigFlags } from '../config.js';
import { joinModeFlags, parseModeFlag, resolveModes } from '../config-mode.js';
import { evalCommand, parseSeed } from '../eval.js';
import { caseRewriter } from '../rewrite-case.js';
import { collect, command, type CommandHost, withCommon } from './command.js';

/** `hotpatch eval`. */
export function evaluateCommand(host: CommandHost): Command {
  return withCommon(command('eval', 'Scores corrections on labelled cases.', 'hotpatch eval --cases cases/ --out results.jsonl'))
    .requiredOption('--cases <PATH>', 'a file of cases, or a folder of *.jsonl; repeatable', collect)
    .option('--out <FILE>', 'where one line of JSON a case goes (default: stdout, and the table to stderr)')
    .option('--seed <N>', 'how the texts are cut into pieces', '1')
    .option('--json', 'print the summary as one object; needs --out')
    .option('--tiers', 'scores by tier as well; with --json the calibration too')
    .addHelpText('after', '\nCases bring their own files, facts and rules: --workspace and --db have no say. Of modes only those of --mode apply.')
    .action(async (flags: ConfigFlags & { cases: string[]; out?: string; seed: string; json?: boolean; tiers?: boolean }) => {
      host.config(flags);
      const { modes } = resolveModes([joinModeFlags([flags.mode ?? []].flat().map((word) => parseModeFlag(word)))]);
      const { stdout, stderr } = host;
      host.end(await evalCommand({ cases: flags.cases, rewriteCase: caseRewriter(modes), seed: parseSeed(flags.seed), out: flags.out, json: flags.json, tiers: flags.tiers, stdout, stderr }));
    });
}
