import type { Command } from 'commander';
import type { ConfigFlags } from '../config.js';
import { runDoctor } from '../doctor/doctor.js';
import { command, type CommandHost, withCommon } from './command.js';

/** `hotpatch doctor`. */
export function doctorCommand(host: CommandHost): Command {
  return withCommon(command('doctor', 'Looks at port, upstream, workspace, database, logs and clients, and says what to do.', 'hotpatch doctor --workspace ../my-repo --upstream http://127.0.0.1:8080'))
    .option('--listen <ADDRESS>', 'where the proxy would listen (default: 127.0.0.1:11435)')
    .option('--upstream <URL>', 'the model server (default: http://127.0.0.1:11434)')
    .option('--log-dir <DIR>', 'where its logs would go (default: logs)')
    .option('--allow-remote', 'allow a --listen that is not loopback')
    .option('--tls-cert <FILE>', 'the certificate it would listen with')
    .option('--tls-key <FILE>', 'the key of --tls-cert')
    .option('--json', 'one object with all findings')
    .addHelpText('after', '\nExit code: 0 nothing keeps the proxy from its work, 1 something does, 2 the configuration is wrong. Nothing is made or changed.')
    .action(async ({ json, ...flags }: ConfigFlags & { readonly json?: boolean }) => {
      host.end(await runDoctor({ config: () => host.config(flags), env: host.env, cwd: host.cwd, json: json === true }, { stdout: host.stdout }));
    });
}
