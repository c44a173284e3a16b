import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { everyHelp } from '../helpers/help.js';
import { runCli, runMany } from '../helpers/processes.js';

/* Each script is sourced by its own shell, and that shell is asked what it would offer. */

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-completion-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Why a shell cannot be asked; false: it can. */
function missing(shell: Shell): string | false {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return false;
  } catch {
    return `there is no ${shell} here`;
  }
}

before(async () => {
  mkdirSync(join(folder, 'sub'));
  for (const name of ['rules.csv', 'other.txt']) writeFileSync(join(folder, name), '');
  const scripts = await runMany(SHELLS.map((shell) => ['completion', shell]), { cwd: folder });
  for (const [index, shell] of SHELLS.entries()) {
    assert.deepEqual([scripts[index]?.code, scripts[index]?.stderr], [0, '']);
    writeFileSync(join(folder, `script.${shell}`), scripts[index]?.stdout ?? '');
  }
});

/** What bash would offer: readline's variables are set as it sets them, words cut at its own signs. */
const IN_BASH = `
source ./script.bash
COMP_LINE=$1 COMP_POINT=\${#1} COMP_TYPE=9
_hotpatch
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p hotpatch >&2
`;

/** What zsh would: its own completers are put in place by ones that print. */
const IN_ZSH = `
compadd() { shift; print -l -- "$@" }
_describe() { local -a all; all=("\${(@P)argv[-1]}"); print -l -- "\${(@)all%%:*}" }
_files() { print -- files "$@" }
compset() { : }
source ./script.zsh
words=("\${(@s: :)1}")
CURRENT=$#words
_hotpatch
`;

function offered(shell: Shell, line: string): string[] {
  const run = (...args: string[]): string => execFileSync(shell, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const text = shell === 'bash' ? run('--norc', '-c', IN_BASH, 'bash', line) : shell === 'zsh' ? run('-f', '-c', IN_ZSH, 'zsh', line) : run('--no-config', '-c', 'source ./script.fish; complete -C "$argv[1]"', line);
  return text.split('\n').map((each) => each.split('\t')[0] ?? '').filter((each) => each !== '');
}

interface Case {
  readonly line: string;
  /** Offered, among others where `only` is not set. */
  readonly some: readonly string[];
  readonly none?: readonly string[];
  /** zsh is asked for names as `_files` and leaves the choice by prefix to zsh. */
  readonly not?: readonly Shell[];
}

const CASES: readonly Case[] = [
  { line: 'hotpatch ', some: ['serve', 'filter', 'eval', 'rules', 'log', 'replay', 'stats', 'doctor', 'completion'] },
  { line: 'hotpatch --up', some: ['--upstream'] },
  { line: 'hotpatch rules ', some: ['list', 'add', 'remove', 'enable', 'disable', 'reject', 'test', 'import', 'export'], none: ['serve'] },
  { line: 'hotpatch rules add --m', some: ['--match', '--mode', '--models'] },
  { line: 'hotpatch rules add --match ', some: ['literal', 'regex', 'path'] },
  { line: 'hotpatch rules add --type ', some: ['invalid_path', 'pattern_match'], none: ['correct'] },
  { line: 'hotpatch rules export --format ', some: ['json', 'ndjson', 'csv'], none: ['auto'] },
  { line: 'hotpatch filter --format ', some: ['text', 'auto', 'ollama-chat', 'anthropic'], none: ['csv'] },
  { line: 'hotpatch log --type ', some: ['incorrect_fact'] },
  { line: 'hotpatch --mode ', some: ['correct', 'off', 'invalid_path=observe'] },
  { line: 'hotpatch serve --log-level ', some: ['debug', 'silent'] },
  // A value is no command, and what stands behind it is completed for the command before it.
  { line: 'hotpatch --listen serve --log-format ', some: ['pretty', 'json'] },
  { line: 'hotpatch serve --mode=correct --log-fo', some: ['--log-format'] },
  { line: 'hotpatch rules import ru', some: ['rules.csv'], not: ['zsh'] },
  { line: 'hotpatch completion ', some: ['bash', 'zsh', 'fish'] },
];

for (const shell of SHELLS) {
  test(`completion in ${shell}`, { skip: missing(shell) }, async (context) => {
    for (const { line, some, none = [], not = [] } of CASES) {
      if (not.includes(shell)) continue;
      await context.test(line, () => {
        const words = offered(shell, line);
        for (const word of some) assert.ok(words.includes(word), `${word} is not among ${words.join(' ')}`);
        for (const word of none) assert.ok(!words.includes(word), `${word} is among ${words.join(' ')}`);
      });
    }
  });
}

test('bash: behind an equals sign only the rest is given, as readline replaces only that', { skip: missing('bash') }, () => {
  assert.deepEqual(offered('bash', 'hotpatch --mode invalid_path=obs'), ['observe']);
  assert.deepEqual(offered('bash', 'hotpatch --mode=invalid_path=obs'), ['observe']);
  assert.deepEqual(offered('bash', 'hotpatch --mode=obs'), ['observe']);
  assert.deepEqual(offered('bash', 'hotpatch serve --workspace s'), ['sub'], 'folders only');
  assert.deepEqual(offered('bash', 'hotpatch serve --listen '), []);
});

test('zsh: names on the disk', { skip: missing('zsh') }, () => {
  assert.deepEqual(offered('zsh', 'hotpatch rules import ru'), ['files']);
  assert.deepEqual(offered('zsh', 'hotpatch --workspace '), ['files -/']);
});

test('every flag and command that help names is offered', { skip: missing('bash') }, async () => {
  const helps = await everyHelp(folder);
  assert.ok(helps.size > 15);
  for (const [path, { stdout }] of helps) {
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
    assert.ok(flags.includes('--help'), path);
    const words = offered('bash', `hotpatch ${path} -`.replace('  ', ' '));
    assert.deepEqual(flags.filter((flag) => !words.includes(flag)), [], path);
  }
});

test('a shell that is not known', async () => {
  const { code, stdout, stderr } = await runCli(['completion', 'bsh'], { cwd: folder });
  assert.deepEqual([code, stdout, stderr], [2, '', 'hotpatch: completion: "bsh" is not allowed; expected one of bash, zsh, fish; did you mean "bash"?\n']);
});
