// Follows README's "Two minutes" to the letter, as somebody would who has Node and npm and nothing else of ours: a fresh clone in an
// empty folder, the shell blocks taken from README.md itself, ports 11434 and 11435 free. Writes what was seen to docs/guide-run.md
// and ends with 1 where a promise of the text does not hold. Takes some minutes where better-sqlite3 is compiled.
//   node scripts/guide.js
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const READY_MS = 900_000;
const scratch = mkdtempSync(join(tmpdir(), 'hotpatch-guide-'));
const clone = join(scratch, 'hotpatch');
// Only what every machine has, and node: nothing of this project or of its user's shell.
// How npm reaches its registry and finds Node's headers is the machine's own affair, so that is kept.
const ofTheMachine = Object.fromEntries(Object.entries(process.env).filter(([name]) => /CERT|PROXY|^npm_config_/i.test(name) && !/TOKEN|^npm_config_(?:local_prefix|global_prefix|prefix|cache|userconfig|init_module|node_gyp|noproxy)$/i.test(name)));
const env = { ...ofTheMachine, PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter), HOME: scratch, LANG: 'C.UTF-8' };
const problems = [];
const seen = [];

function expect(what, holds) {
  if (!holds) problems.push(what);
  seen.push(`${holds ? 'Holds' : '**Does not hold**'}: ${what}.`);
}

/** A reader needs a moment between two commands; a rule needs up to a second to be in force. */
const READER_MS = 1_500;

function shell(command) {
  const run = spawnSync('/bin/sh', ['-c', command], { cwd: clone, env, encoding: 'utf8', timeout: READY_MS });
  return { code: run.status, output: `${run.stdout}${run.stderr}` };
}

function show(command, output, lines = 12) {
  const all = plain(output).trimEnd().split('\n');
  const kept = all.length <= lines ? all : [...all.slice(0, lines - 1), `… ${all.length - lines + 1} lines more`];
  seen.push(`\`\`\`console\n$ ${command}\n${kept.join('\n')}\n\`\`\``);
}

/** Without colours, and without the places of this machine. */
function plain(text) {
  return stripVTControlCharacters(text).replaceAll(clone, '~/hotpatch').replaceAll(scratch, '~').replaceAll(root, 'REPOSITORY');
}

function taken(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(!socket.destroy().connecting)).once('error', () => resolve(false));
  });
}

/** The shell blocks of the section, in order. */
function blocks() {
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Two minutes'), readme.indexOf('\n## ', readme.indexOf('## Two minutes') + 1));
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text.trim().split('\n'));
}

/** What the model's answer says, its tokens joined. */
function answer(output) {
  return output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).response ?? '').join('');
}

async function follow() {
  for (const port of [11434, 11435]) if (await taken(port)) throw new Error(`port ${port} is taken; the guide needs it free`);
  const cloned = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' });
  if (cloned.status !== 0) throw new Error(`git clone failed: ${cloned.stderr}`);
  if (existsSync(join(homedir(), '.npmrc'))) copyFileSync(join(homedir(), '.npmrc'), join(scratch, '.npmrc'));
  const [[start], [first], own] = blocks();
  const startedMs = Date.now();
  const proxy = spawn('/bin/sh', ['-c', start], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    const hear = (text) => {
      said += text;
      if (/^hotpatch listening on /m.test(said)) resolve();
    };
    proxy.stdout.setEncoding('utf8').on('data', hear);
    proxy.stderr.setEncoding('utf8').on('data', hear);
    proxy.once('exit', (code) => reject(new Error(`"${start}" ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`"${start}" was not ready in time:\n${said}`)), READY_MS).unref();
  });
  try {
    await ready;
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    show(start, said.split('\n').filter((line) => /hotpatch|curl/.test(line)).join('\n'));
    expect('the first start installs, builds and serves', /^hotpatch listening on http:\/\/127\.0\.0\.1:11435 -> http:\/\/127\.0\.0\.1:11434 /m.test(said));
    expect('it says that it starts the embedded demo backend', /embedded|demo/i.test(said));
    await check(first, own);
    return seconds;
  } finally {
    process.kill(-proxy.pid, 'SIGTERM');
    await new Promise((resolve) => proxy.once('close', resolve));
  }
}

async function check(first, own) {
  const proxied = shell(first);
  show(first, proxied.output, 4);
  expect('through hotpatch you read "the"', proxied.code === 0 && / ?the quick brown fox jumps/.test(answer(proxied.output)) && !answer(proxied.output).includes('teh'));
  const direct = shell(first.replace('11435', '11434'));
  expect('port 11434 shows the slip "teh"', answer(direct.output).includes('teh quick brown fox jumps'));
  for (const command of own) {
    await new Promise((resolve) => setTimeout(resolve, READER_MS));
    const { code, output } = shell(command);
    show(command, output, 6);
    expect(`\`${command.split(' ')[0]}\` ends with 0`, code === 0);
    if (command.startsWith('curl')) expect('the rule of your own is in force for the next answer', answer(output).includes('npm run build') && !answer(output).includes('biuld'));
    if (command.startsWith('cat')) expect('both corrections are in the log', /Detected: teh\b/.test(output) && /Detected: npm run biuld \| Corrected: npm run build/.test(output));
  }
}

try {
  const seconds = await follow();
  const about = `A run of [\`scripts/guide.js\`](../scripts/guide.js): README's "Two minutes" in a fresh clone, with Node ${process.version} and the programs in \`/usr/bin\` and \`/bin\`. ` +
    `The first start took ${seconds} s, most of it npm's.`;
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, 'docs', 'guide-run.md'), `# The guide, followed to the letter\n\n${about}\n\n${seen.join('\n\n')}\n`);
  for (const problem of problems) console.error(`does not hold: ${problem}`);
  console.error(`${seen.length} things seen, ${problems.length} problems; see docs/guide-run.md`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`guide: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
