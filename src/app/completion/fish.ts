import { type Place, takers, type Values } from './tree.js';

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What stands behind a flag or as an argument. */
function offer(values: Values): string {
  if (values === 'files') return '-r -F';
  if (values === 'folders') return '-x -a \'(__fish_complete_directories)\'';
  return values === 'unknown' ? '-x' : `-x -a ${quoted(values.join(' '))}`;
}

/** A completion script for fish. */
export function fishScript(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, flags, argument }) => {
    const at = `complete -c ${name} -n ${quoted(`__${name}_at ${quoted(path)}`)}`;
    return [
      ...commands.map((one) => `${at} -a ${one.name} -d ${quoted(one.about)}`),
      ...(commands.length > 0 || argument === null || argument === 'unknown' ? [] : [argument === 'files' ? `${at} -F` : `${at} ${offer(argument)}`]),
      ...flags.map(({ names, about, values }) => `${at} ${names.map((one) => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`)).join(' ')}${values === null ? '' : ` ${offer(values)}`} -d ${quoted(about)}`),
    ];
  });
  return `# fish completion of ${name}: source it, or put it as ${name}.fish in ~/.config/fish/completions.
set -g __${name}_takers ${takers(places).map(quoted).join(' ')}
set -g __${name}_commands ${places.map(({ path }) => path).filter((path) => path !== '').map(quoted).join(' ')}
function __${name}_at
    set -l at ''
    set -l skip ''
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case '-*=*'
            case '-*'
                if contains -- "$at:$word" $__${name}_takers
                    set skip 1
                end
            case '*'
                set -l next (string trim -- "$at $word")
                if contains -- "$next" $__${name}_commands
                    set at $next
                end
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ${name} -f
${lines.join('\n')}
`;
}
