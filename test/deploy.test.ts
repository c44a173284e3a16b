import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Backend, createBackend } from '../src/app/backend/index.js';
import { packedBin, READY, startCli } from './helpers/processes.js';

/** Dockerfile and systemd unit: no daemon of either is needed to see that what they run works. */

const ROOT = join(import.meta.dirname, '..');
let folder: string;
let backend: Backend;
let modelUrl: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotpatch-deploy-'));
  mkdirSync(join(folder, 'workspace'));
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'fine' }) });
  modelUrl = `http://127.0.0.1:${(await backend.start()).port}`;
});
after(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The instructions of the Dockerfile, in order, comments and blank lines gone. */
function instructions(): { readonly name: string; readonly rest: string }[] {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));
}

const argumentsOf = (name: string): string[] => JSON.parse(/\[.*\]$/.exec(instructions().findLast((each) => each.name === name)?.rest ?? '')?.[0] ?? '[]') as string[];

test('the image copies what is there, ends as a user without rights and carries no tools of development', () => {
  const all = instructions();
  for (const { name } of all) assert.match(name, /^(?:FROM|WORKDIR|COPY|RUN|USER|ENV|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD)$/);
  for (const { rest } of all.filter(({ name, rest: what }) => name === 'COPY' && !what.startsWith('--from'))) {
    for (const source of rest.split(' ').slice(0, -1)) assert.ok(existsSync(join(ROOT, source)), source);
  }
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  assert.equal(last.find(({ name }) => name === 'USER')?.rest, 'node');
  assert.ok(last.findIndex(({ name }) => name === 'USER') < last.findIndex(({ name }) => name === 'ENTRYPOINT'));
  assert.ok(all.some(({ name, rest }) => name === 'RUN' && rest.includes('npm install --omit=dev')));
  // Nothing of the checkout's own state gets in.
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  for (const name of ['.git', 'node_modules', 'data', 'logs']) assert.ok(ignored.includes(name), name);
});

test('the command of the image serves, and its health check knows whether it does', { timeout: 60_000 }, async () => {
  const [node, bin] = argumentsOf('ENTRYPOINT');
  assert.deepEqual([node, bin?.endsWith('/bin/hotpatch.js')], ['node', true]);
  const places: Readonly<Record<string, string>> = { '0.0.0.0:11435': '127.0.0.1:0', 'http://host.docker.internal:11434': modelUrl, '/workspace': join(folder, 'workspace'), '/data/hotpatch.db': join(folder, 'image.db'), '/data/logs': join(folder, 'image-logs') };
  const command = argumentsOf('CMD');
  for (const place of Object.keys(places)) assert.ok(command.includes(place), place);
  const serving = startCli(command.map((word) => places[word] ?? word), { cwd: folder });
  const [, , port] = await serving.said(READY);
  const check = (): number | null => {
    const [program = '', ...rest] = argumentsOf('HEALTHCHECK').map((word) => word.replace('11435', port ?? ''));
    return spawnSync(program === 'node' ? process.execPath : program, rest).status;
  };
  assert.equal(check(), 0);
  serving.child.kill('SIGTERM');
  assert.equal((await serving.finished).code, 0);
  assert.equal(check(), 1);
});

const unit = (): string => readFileSync(join(ROOT, 'deploy/hotpatch.service'), 'utf8');
const systemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd finds no fault in the unit', { skip: systemd ? false : 'systemd-analyze is not here' }, () => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(ROOT, 'deploy/hotpatch.service')], { encoding: 'utf8' });
  assert.deepEqual([status, stdout + stderr], [0, '']);
});

const judges = systemd && /--offline/.test(spawnSync('systemd-analyze', ['--help'], { encoding: 'utf8' }).stdout);

test('systemd calls the unit\'s exposure a small one', { skip: judges ? false : 'this systemd-analyze does not judge files' }, () => {
  const { status, stdout } = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=35', '--no-pager', join(ROOT, 'deploy/hotpatch.service')], { encoding: 'utf8' });
  assert.equal(status, 0, stdout.slice(-200));
});

test('the unit\'s command serves as its variables say, outlives its reload signal and ends on SIGTERM', { timeout: 60_000, skip: process.platform === 'win32' ? 'units are for Linux' : false }, async () => {
  const values = [...unit().matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name as string, value as string] as const);
  const env = { ...Object.fromEntries(values), HOTPATCH_UPSTREAM: modelUrl, HOTPATCH_WORKSPACE: join(folder, 'workspace') };
  assert.deepEqual(values.map(([name]) => name).sort(), ['HOTPATCH_LOG_FORMAT', 'HOTPATCH_UPSTREAM', 'HOTPATCH_WORKSPACE']);
  const [, ...words] = (/^ExecStart=\/usr\/bin\/env (.*)$/m.exec(unit())?.[1] ?? '').split(' ');
  symlinkSync(packedBin(), join(folder, 'hotpatch'));
  const own: Readonly<Record<string, string>> = { STATE_DIRECTORY: join(folder, 'state'), LOGS_DIRECTORY: join(folder, 'logs') };
  const args = words.map((word) => word.replace(/\$\{(\w+)\}/g, (_, name: string) => own[name] ?? ''));
  const serving = startCli([...args, '--listen', '127.0.0.1:0'], { cwd: folder, env, bin: join(folder, 'hotpatch') });
  const [, url] = await serving.said(READY);
  assert.match(unit(), /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  serving.child.kill('SIGHUP');
  // The signal would end a process that does not know it.
  const reply = await fetch(`${url}/api/generate`, { method: 'POST', body: JSON.stringify({ model: 'demo', prompt: 'x', stream: false }) });
  assert.equal(((await reply.json()) as { response: string }).response, 'fine');
  serving.child.kill('SIGTERM');
  const { code } = await serving.finished;
  assert.equal(code, 0);
  assert.ok(existsSync(join(folder, 'state/hotpatch.db')));
});
