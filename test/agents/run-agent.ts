import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createBackend } from '../../src/app/backend/index.js';
import { serveProcess } from '../helpers/processes.js';
import type { Agent, Call, Place } from './agent.js';
import { createScriptedModel, type Told } from './scripted-model.js';

const ROOT = join(import.meta.dirname, '../..');
/** Agents with large binaries take seconds to start. */
const AGENT_MS = 180_000;

/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC';

/** What the agents work in. */
const PROJECT: Readonly<Record<string, string | Buffer>> = {
  'package.json': '{ "name": "small", "version": "1.0.0", "type": "module" }\n',
  'README.md': '# Small\n\nA project of a few files.\n',
  'src/main.ts': "import { route } from './router.js';\n\nexport function main(): void {\n  console.log(route('/'));\n}\n",
  'src/router.ts': 'export function route(path: string): string {\n  return `routed ${path}`;\n}\n',
  'docs/guide.md': '# Guide\n\nRun it.\n',
  'docs/picture.png': Buffer.from(PIXEL, 'base64'),
};

/** One run of an agent, from its start to its end. */
export interface AgentRun {
  readonly place: Place;
  readonly command: string;
  /** What the model answered first. */
  readonly asked: Call;
  /** What came back to the model, in order. */
  readonly told: readonly Told[];
  readonly offered: readonly string[];
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Hotpatch's ready line and its audit trail; null: the agent spoke to the backend itself. */
  readonly hotpatch: { readonly readyLine: string; readonly corrections: string } | null;
  /** Where the backend listened. */
  readonly backendUrl: string;
}

/** Runs an agent in a folder of its own: its model behind hotpatch, or not. */
export async function runAgent(agent: Agent, modules: string, { throughHotpatch }: { readonly throughHotpatch: boolean }): Promise<AgentRun> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hotpatch-agent-')));
  const project = join(folder, 'project');
  const home = join(folder, 'home');
  mkdirSync(home);
  writeAll(project, PROJECT);
  const asked = agent.asks({ project, home, modules, url: '' });
  const model = createScriptedModel(asked);
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: model.answers });
  const { port } = await backend.start();
  const backendUrl = `http://127.0.0.1:${port}`;
  const logDir = join(folder, 'logs');
  const args = ['--upstream', backendUrl, '--workspace', project, '--db', 'none', '--log-dir', logDir];
  const serving = throughHotpatch ? await serveProcess(args, { cwd: folder, bin: join(ROOT, 'bin/hotpatch.js'), timeoutMs: AGENT_MS * 2 }) : null;
  try {
    const place: Place = { project, home, modules, url: serving?.url ?? backendUrl };
    const ended = await start(agent, place);
    await serving?.stop();
    const corrections = serving === null ? '' : readFileSync(join(logDir, 'corrections.log'), 'utf8');
    const { told, offered } = model;
    const command = [agent.bin, ...agent.args(place, agent.prompt)].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
    return { ...ended, place, command, asked, told, offered, backendUrl, hotpatch: serving === null ? null : { readyLine: serving.readyLine, corrections } };
  } finally {
    await serving?.stop();
    await backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(agent: Agent, place: Place): Promise<Pick<AgentRun, 'code' | 'stdout' | 'stderr'>> {
  writeAll(place.home, agent.files?.(place) ?? {});
  // Nothing of this shell's keys and settings; whoever would call home finds a closed door.
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  const closed = 'http://127.0.0.1:9';
  const env = {
    PATH, LANG, HOME: place.home, TMPDIR: dirname(place.home), DO_NOT_TRACK: '1', NO_COLOR: '1', CI: '1', HTTP_PROXY: closed, HTTPS_PROXY: closed, http_proxy: closed, https_proxy: closed,
    NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost', ...agent.env?.(place),
  };
  return new Promise((resolve) => {
    const child = execFile(join(place.modules, '.bin', agent.bin), agent.args(place, agent.prompt), { cwd: place.project, env, timeout: AGENT_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : child.exitCode, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) });
    });
    child.stdin?.end();
  });
}

function writeAll(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
