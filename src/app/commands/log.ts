import type { Command } from 'commander';
import { HALLUCINATION_TYPES } from '../../core/types.js';
import type { ConfigFlags } from '../config.js';
import { parseSince, parseTypes, runLog } from '../log-command.js';
import { choice, command, type CommandHost, withConfig } from './command.js';

interface LogFlags extends ConfigFlags {
  readonly follow?: boolean;
  readonly type?: readonly string[];
  readonly since?: string;
  readonly json?: boolean;
}

/** `hotpatch log`. */
export function logCommand(host: CommandHost): Command {
  return withConfig(command('log', 'Shows what was corrected, from the audit trail.', 'hotpatch log --follow --type invalid_path --since 1h'))
    .option('--follow', 'go on as corrections are made, until Ctrl-C')
    .addOption(choice('--type <TYPE>', 'only corrections of this type; repeatable', HALLUCINATION_TYPES, true))
    .option('--since <WHEN>', 'only later ones: 30s, 10m, 1h, 2d, or a date as in 2026-01-20T14:32:45Z')
    .option('--json', 'one object a line')
    .option('--log-dir <DIR>', 'where corrections.log is (default: logs)')
    .action(async (flags: LogFlags) => {
      const types = parseTypes(flags.type ?? []);
      const sinceMs = flags.since === undefined ? 0 : parseSince(flags.since, Date.now());
      const { correctionsFile } = host.config(flags);
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) host.onSignal(signal, () => (flags.follow === true ? stop.abort() : host.end(0)));
      host.end(await runLog({ file: correctionsFile, types, sinceMs, json: flags.json === true, follow: flags.follow === true ? stop.signal : null }, { stdout: host.stdout, stderr: host.stderr }));
    });
}
