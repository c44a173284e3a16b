import { type Command, Argument } from 'commander';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { type Place, placesOf } from '../completion/tree.js';
import { zshScript } from '../completion/zsh.js';
import { refuse } from '../config-error.js';
import { hint } from '../config-mode.js';
import { command, type CommandHost } from './command.js';

const SCRIPTS: Readonly<Record<string, (name: string, places: readonly Place[]) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };
const SHELLS = Object.keys(SCRIPTS);

/** `hotpatch completion`. It reads the commands beside it, so what they learn it knows. */
export function completionCommand(host: CommandHost): Command {
  const own = command('completion', 'Prints a script that completes commands, flags and their values in a shell.', 'hotpatch completion bash > hotpatch.bash');
  return own
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS).argParser((shell: string) => (SHELLS.includes(shell) ? shell : refuse('completion', shell, `one of ${SHELLS.join(', ')}${hint(shell, SHELLS)}`))))
    .addHelpText('after', '\nbash: source the script in ~/.bashrc. zsh: put it as _hotpatch in a folder of your fpath. fish: put it as hotpatch.fish in ~/.config/fish/completions.')
    .action((shell: string) => {
      const root = own.parent ?? own;
      host.stdout.write(SCRIPTS[shell]?.(root.name(), placesOf(root, 'serve')) ?? '');
      host.end(0);
    });
}
