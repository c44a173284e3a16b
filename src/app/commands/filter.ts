import type { Command } from 'commander';
import { FORMATS } from '../../node/stream/rewrite-stream.js';
import type { ConfigFlags } from '../config.js';
import { runFilter } from '../filter-command.js';
import { choice, command, type CommandHost, withCommon } from './command.js';

/** `hotpatch filter`. */
export function filterCommand(host: CommandHost): Command {
  return withCommon(command('filter', 'Rewrites a body from stdin to stdout, without HTTP.', 'curl -sN http://127.0.0.1:11434/api/chat -d @request.json | hotpatch filter --format ollama-chat'))
    .addOption(choice('--format <FORMAT>', 'what comes in', FORMATS).makeOptionMandatory())
    .option('--rules <FILE>', 'use the rules of this file alone (.json, .ndjson, .jsonl or .csv)')
    .option('--report <FILE>', 'write one line of JSON a correction')
    .action(async (flags: ConfigFlags & { format: string; rules?: string; report?: string }) => {
      const { stdin, stdout, stderr } = host;
      host.end(await runFilter({ format: flags.format, rules: flags.rules, report: flags.report, stdin, stdout, stderr }, host.config(flags)));
    });
}
