import { type Place, takers, type Values } from './tree.js';

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For `_describe`, which cuts at the first colon. */
function described(name: string, about: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${about}`);
}

function offer(values: Values | null): string {
  if (values === 'files') return '_files';
  if (values === 'folders') return '_files -/';
  return values === null || values === 'unknown' ? ':' : `compadd -- ${values.join(' ')}`;
}

/** A completion script for zsh, with what help says of each command and flag. */
export function zshScript(name: string, places: readonly Place[]): string {
  const commands = places.map(({ path }) => path).filter((path) => path !== '').map(quoted);
  const values = places.flatMap(({ path, flags }) => flags.flatMap((flag) => (flag.values === null ? [] : [`      ${flag.names.map((one) => quoted(`${path}:${one}`)).join('|')}) ${offer(flag.values)} ;;`])));
  const starts = places.map(({ path, commands: below, flags, argument }) => {
    const dashed = flags.flatMap(({ names, about }) => names.map((one) => described(one, about))).join(' ');
    const plain = below.length > 0 ? `list=(${below.map((one) => described(one.name, one.about)).join(' ')}); _describe command list` : offer(argument);
    return `      ${quoted(path)})\n        if [[ $current == -* ]]; then list=(${dashed}); _describe -o flag list\n        else ${plain}; fi ;;`;
  });
  return `#compdef ${name}
# zsh completion of ${name}: put it as _${name} in a folder of your fpath, or source it behind compinit.
_${name}() {
  local current=\${words[CURRENT]} at='' skip='' flag='' word
  local -a list
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=''; flag=''; continue; fi
    case $word in
      -*=*) ;;
      -*) case "$at:$word" in ${takers(places).map(quoted).join('|')}) skip=1; flag=$word ;; esac ;;
      *) case "\${at:+$at }$word" in ${commands.join('|')}) at="\${at:+$at }$word" ;; esac ;;
    esac
  done
  if [[ -z $skip && $current == --*=* ]]; then
    flag=\${current%%=*}; skip=1
    compset -P 1 '*='
  fi
  if [[ -n $skip ]]; then
    case "$at:$flag" in
${values.join('\n')}
    esac
  else
    case "$at" in
${starts.join('\n')}
    esac
  fi
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; elif (( $+functions[compdef] )); then compdef _${name} ${name}; fi
`;
}
