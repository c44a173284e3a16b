import { type Place, takers, type Values } from './tree.js';

/** One line for the shell: these words may stand here. `files` and `folders` are bash's own kinds. */
function offer(values: Values | null): string {
  if (values === 'files') return 'kind=file';
  if (values === 'folders') return 'kind=directory';
  return values === null || values === 'unknown' ? ':' : `words='${values.join(' ')}'`;
}

function branch(pattern: string, action: string): string {
  return `      ${pattern}) ${action} ;;`;
}

/** What follows a flag, by `command:flag`. */
function valueBranches(places: readonly Place[]): string[] {
  return places.flatMap(({ path, flags }) => flags.flatMap(({ names, values }) => (values === null ? [] : [branch(names.map((name) => `'${path}:${name}'`).join('|'), offer(values))])));
}

/** What may begin at a command: its commands, its arguments; behind a dash its flags. */
function placeBranches(places: readonly Place[]): string[] {
  return places.map(({ path, commands, flags, argument }) => {
    const dashed = flags.flatMap(({ names }) => names).join(' ');
    const plain = commands.length > 0 ? offer(commands.map(({ name }) => name)) : offer(argument);
    return branch(`'${path}'`, `case "$current" in -*) words='${dashed}' ;; *) ${plain} ;; esac`);
  });
}

/**
 * A completion script for bash 3.2 and newer. bash cuts words at `=` and `:`, so the line is cut at blanks anew, and of an answer only
 * the part behind the last such sign is given back.
 */
export function bashScript(name: string, places: readonly Place[]): string {
  const commands = places.map(({ path }) => `'${path}'`).filter((path) => path !== "''");
  return `# bash completion of ${name}: source it, or put it in the folder of your completions.
_${name}() {
  local line current at='' skip='' flag='' word words='' kind='' cut
  local -a typed
  line=\${COMP_LINE:0:COMP_POINT}
  IFS=$' \\t' read -r -a typed <<< "$line"
  current=''
  case "$line" in *[$' \\t']) ;; *) current=\${typed[\${#typed[@]}-1]}; unset "typed[\${#typed[@]}-1]" ;; esac
  for word in "\${typed[@]:1}"; do
    if [ -n "$skip" ]; then skip=''; flag=''; continue; fi
    case "$word" in
      -*=*) ;;
      -*) case "$at:$word" in ${takers(places).map((taker) => `'${taker}'`).join('|')}) skip=1; flag=$word ;; esac ;;
      *) case "\${at:+$at }$word" in ${commands.join('|')}) at="\${at:+$at }$word" ;; esac ;;
    esac
  done
  if [ -z "$skip" ]; then
    case "$current" in --*=*) flag=\${current%%=*}; current=\${current#*=}; skip=1 ;; esac
  fi
  if [ -n "$skip" ]; then
    case "$at:$flag" in
${valueBranches(places).join('\n')}
    esac
  else
    case "$at" in
${placeBranches(places).join('\n')}
    esac
  fi
  COMPREPLY=()
  if [ -n "$kind" ]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -A "$kind" -- "$current")
    compopt -o filenames 2> /dev/null
    return
  fi
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  case "$COMP_WORDBREAKS" in
    *=*) case "$current" in *=*) cut=\${current%=*}=; COMPREPLY=("\${COMPREPLY[@]#"$cut"}") ;; esac ;;
  esac
}
complete -F _${name} ${name}
`;
}

