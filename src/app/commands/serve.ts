import type { Command } from 'commander';
import type { ConfigFlags } from '../config.js';
import { serve } from '../serve-command.js';
import { workerProcess, workerRole } from '../workers.js';
import { collect, command, type CommandHost, withCommon } from './command.js';

/** `hotpatch serve`. */
export function serveCommand(host: CommandHost): Command {
  return withCommon(command('serve', 'Runs the proxy (the default command).', 'hotpatch serve --listen 127.0.0.1:11435 --upstream http://127.0.0.1:8080 --mode observe'))
    .option('--listen <ADDRESS>', 'where clients connect; port 0: any free one (default: 127.0.0.1:11435)')
    .option('--upstream <URL>', 'the model server, http: or https: (default: http://127.0.0.1:11434)')
    .option('--admin <ADDRESS>', 'health, metrics, API and dashboard; "off": none (default: 127.0.0.1:11436)')
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
      const running = workerRole() === null ? { stderr: host.stderr, on: host.onSignal, exit: host.end } : workerProcess();
      const code = await serve(() => host.config(flags), running);
      if (code !== null) host.end(code);
    });
}
