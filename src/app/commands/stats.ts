import type { Command } from 'commander';
import type { ConfigFlags } from '../config.js';
import { runStats } from '../stats-command.js';
import { command, type CommandHost, withConfig } from './command.js';

/** `hotpatch stats`. */
export function statsCommand(host: CommandHost): Command {
  return withConfig(command('stats', 'Shows what the running proxy counted, and all before it.', 'hotpatch stats --json'))
    .option('--db <FILE>', 'the database the proxy keeps them in (default: data/hotpatch.db)')
    .option('--json', 'as one object')
    .action((flags: ConfigFlags & { readonly json?: boolean }) => {
      host.end(runStats({ db: host.config(flags).db, json: flags.json === true, nowMs: Date.now() }, { stdout: host.stdout, stderr: host.stderr }));
    });
}
