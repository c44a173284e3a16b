import type { Command } from 'commander';
import { FORMATS } from '../../node/stream/rewrite-stream.js';
import type { ConfigFlags } from '../config.js';
import { formatOf } from '../filter-command.js';
import { runReplay } from '../replay-command.js';
import { choice, command, type CommandHost, withCommon } from './command.js';

/** `hotpatch replay`. */
export function replayCommand(host: CommandHost): Command {
  return withCommon(command('replay', 'Shows what today\'s rules would change in recorded answers.', 'hotpatch replay recordings/answer.ndjson --mode fabricated_path=observe'))
    .argument('<files...>', 'bodies of answers, streamed or whole, or what a backend sent on one connection, heads included')
    .addOption(choice('--format <FORMAT>', 'what the bodies are', FORMATS).default('auto'))
    .option('--json', 'one object a line: corrections, answers, the total')
    .addHelpText('after', '\nBeside a connection recorded as NAME.s2c.bin or NAME.res.bin, its requests are read from NAME.c2s.bin or NAME.req.bin.\nNothing is written, and the database is opened for reading only. What was corrected before an answer is not known.')
    .action(async (files: string[], flags: ConfigFlags & { format: string; json?: boolean }) => {
      const { stdout, stderr } = host;
      host.end(await runReplay({ files, format: formatOf(flags.format), json: flags.json === true, stdout, stderr }, host.config(flags)));
    });
}
