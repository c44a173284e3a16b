/** The command line as its help texts tell it. */
import { type Finished, runMany } from './processes.js';

/** Names under "Commands:" in a help text. */
function subcommands(help: string): string[] {
  const section = /\nCommands:\n((?: {2}.*\n)+)/.exec(help)?.[1] ?? '';
  return [...section.matchAll(/^ {2}([a-z]+)/gm)].flatMap(([, name]) => (name === undefined || name === 'help' ? [] : [name]));
}

/** What `--help` prints, of the program (under the empty name) and of every command below it: `rules`, `rules add`. */
export async function everyHelp(cwd: string): Promise<ReadonlyMap<string, Finished>> {
  const helps = new Map<string, Finished>();
  for (let paths: readonly string[][] = [[]]; paths.length > 0; ) {
    const found = await runMany(paths.map((path) => [...path, '--help']), { cwd });
    const below: string[][] = [];
    for (const [index, path] of paths.entries()) {
      const help = found[index] as Finished;
      helps.set(path.join(' '), help);
      below.push(...subcommands(help.stdout).map((child) => [...path, child]));
    }
    paths = below;
  }
  return helps;
}

/** The lines under "Example:". */
export function examplesIn(help: string): readonly string[] {
  const section = /\nExamples?:\n((?: {2}\S.*\n?)+)/.exec(help)?.[1] ?? '';
  return section.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
