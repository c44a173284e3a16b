import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Child, findProgram, type Launch } from './child.js';
import { ruleLines, workspacePath } from './corpus.js';
import { listening, PEERS, type Peer } from './peers.js';
import { plainScript } from './plain-script.js';
import { childrenOf } from './process-usage.js';
import type { BackendPlan, RunReply, RunSpec, Sample, ServerReport } from './protocol.js';

const READY_MS = 20_000;
const IMPORT_MS = 60_000;
const root = join(import.meta.dirname, '..', '..');
const hotpatch = join(root, 'bin', 'hotpatch.js');

/** A process that answers for the backend: where it listens and whose CPU is charged (nobody's for the backend itself). */
export interface Variant {
  readonly name: string;
  readonly port: number;
  pids(): number[];
  /** Whether the hit rules are in force behind it. */
  readonly corrects: boolean;
}

/** Which core each part runs on: the proxy alone on one, backend and client on others where there are any. */
export interface Cores { readonly taskset: string | null; readonly proxy: number; readonly backend: number; readonly load: number }

export function chooseCores(): Cores {
  const cores = availableParallelism();
  return { taskset: cores > 1 ? findProgram('taskset') : null, proxy: 0, backend: 1, load: cores > 2 ? 2 : 1 };
}

/** What the proxies of a fleet know. */
export interface Knowledge { readonly rules: number; readonly files: number; readonly parsed: boolean; readonly workers: boolean }

/** A proxy of ours as it is started; `workers`: so many processes, free to run on every core. */
interface Kind {
  readonly name: string;
  readonly mode: readonly string[];
  readonly database: () => Promise<string>;
  readonly corrects: boolean;
  readonly workers?: number;
}

/** Backend, client and every variant as running processes. */
export class Fleet {
  readonly variants: Variant[] = [];
  readonly skipped: { readonly variant: string; readonly reason: string }[] = [];
  readonly #folder: string;
  readonly #cores: Cores;
  readonly #children: Child[] = [];
  readonly #databases = new Map<string, Promise<void>>();
  #backend: Child | null = null;
  #load: Child | null = null;
  #backendPort = 0;
  #runs = 0;

  /** `folder` is a scratch folder of this fleet's own. */
  constructor(folder: string, cores: Cores) {
    this.#folder = folder;
    this.#cores = cores;
  }

  /** Starts everything; a variant that does not start is listed in `skipped`. Rejects only where backend, client or splice fail. */
  async start(knowledge: Knowledge, peers: readonly Peer[] = PEERS): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    this.#backend = this.#script('backend', [], this.#cores.backend);
    this.#load = this.#script('load', [], this.#cores.load);
    const loaded = ready(this.#load);
    this.#backendPort = await ready(this.#backend);
    await loaded;
    this.variants.push({ name: 'direct', port: this.#backendPort, pids: () => [], corrects: false });
    const splices = ['splice', 'splice2'].map(async (name) => {
      const child = this.#launch({ name, command: process.execPath, args: [plainScript('raw-splice', this.#folder), String(this.#backendPort)], core: this.#cores.proxy, ipc: true });
      return { name, port: await ready(child), pids: () => [child.pid], corrects: false };
    });
    const others = [...this.#startProxies(knowledge), ...peers.map((peer) => this.#attempt(peer.name, () => this.#startPeer(peer)))];
    // All start at once and are listed in their usual order.
    this.variants.push(...await Promise.all(splices), ...(await Promise.all(others)).filter((variant) => variant !== null));
  }

  /** Tells the backend what to answer. */
  async plan(message: BackendPlan): Promise<void> {
    const backend = this.#backend as Child;
    const planned = backend.message((reply) => ((reply as ServerReport).kind === 'planned' ? true : null), READY_MS);
    backend.process.send(message);
    await planned;
  }

  /** One measurement. Rejects with what was wrong. */
  async measure(spec: RunSpec): Promise<Sample> {
    const load = this.#load as Child;
    const id = ++this.#runs;
    const answer = load.message((reply) => ((reply as RunReply).id === id ? (reply as RunReply) : null), spec.timeoutMs + 5000);
    load.process.send({ kind: 'run', id, spec });
    const reply = await answer;
    if (reply.kind === 'failed') throw new Error(reply.message);
    return reply.sample;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #launch(launch: Launch): Child {
    const child = new Child(launch, this.#cores.taskset);
    this.#children.push(child);
    return child;
  }

  #script(name: string, args: readonly string[], core: number): Child {
    return this.#launch({ name, command: process.execPath, args: ['--import', 'tsx', join(root, 'bench', `${name}.ts`), ...args], core, cwd: root, ipc: true });
  }

  async #attempt(variant: string, start: () => Promise<Variant>): Promise<Variant | null> {
    try {
      return await start();
    } catch (error) {
      // Records are kept with the project, so they name no folder of this machine.
      this.skipped.push({ variant, reason: (error instanceof Error ? error.message : String(error)).replaceAll(root, '.').replaceAll(this.#folder, 'SCRATCH') });
      return null;
    }
  }

  #startProxies(knowledge: Knowledge): Promise<Variant | null>[] {
    const workspace = knowledge.files === 0 ? 'none' : this.#writeWorkspace(knowledge.files);
    const plain = () => this.#database('plain', ruleLines(knowledge.rules, false));
    const hits = () => this.#database('hits', ruleLines(knowledge.rules, true));
    const none = () => Promise.resolve('none');
    const kinds: Kind[] = [
      { name: 'observe', mode: ['observe'], database: plain, corrects: false }, { name: 'correct', mode: ['correct'], database: plain, corrects: false },
      { name: 'correct-hits', mode: ['correct'], database: hits, corrects: true },
      // One type is on, so that answers are read; without rules it has nothing to do.
      ...(knowledge.parsed ? [
        { name: 'parsed', mode: ['off', 'pattern_match=correct'], database: none, corrects: false },
        { name: 'without-paths', mode: ['correct', 'invalid_path=off', 'fabricated_path=off'], database: none, corrects: false },
        { name: 'paths', mode: ['off', 'pattern_match=correct', 'invalid_path=correct', 'fabricated_path=correct'], database: none, corrects: false },
      ] : []),
      ...(knowledge.workers ? [1, availableParallelism()].map((workers) => ({ name: `workers-${workers}`, mode: ['correct'], database: plain, corrects: false, workers })) : []),
    ];
    return kinds.map(({ name, mode, database, corrects, workers }) => this.#attempt(name, async () => {
      const spread = workers === undefined ? [] : ['--workers', String(workers)];
      const child = this.#proxy(name, [...mode.flatMap((word) => ['--mode', word]), '--db', await database(), '--workspace', workspace, ...spread], workers === undefined);
      const line = await child.line(/hotpatch listening on http:\/\/127\.0\.0\.1:(\d+) .*/, READY_MS);
      return { name, port: Number(line[1]), pids: () => [child.pid, ...childrenOf(child.pid)], corrects };
    }));
  }

  #proxy(name: string, args: readonly string[], pinned: boolean): Child {
    const own = join(this.#folder, name);
    mkdirSync(own, { recursive: true });
    return this.#launch({
      name, command: process.execPath, core: pinned ? this.#cores.proxy : undefined, cwd: own,
      args: [hotpatch, 'serve', '--listen', '127.0.0.1:0', '--upstream', `http://127.0.0.1:${this.#backendPort}`, '--admin', 'off', '--log-dir', join(own, 'logs'), '--log-level', 'error', ...args],
    });
  }

  /** A database with these rules, made once a fleet by the public command. */
  async #database(name: string, rules: string): Promise<string> {
    const file = join(this.#folder, `${name}.db`);
    const made = this.#databases.get(file) ?? this.#import(file, join(this.#folder, `${name}.ndjson`), rules);
    this.#databases.set(file, made);
    await made;
    return file;
  }

  async #import(file: string, source: string, rules: string): Promise<void> {
    writeFileSync(source, rules);
    const child = this.#launch({ name: 'rules import', command: process.execPath, args: [hotpatch, 'rules', 'import', source, '--db', file], core: undefined, cwd: this.#folder });
    const timer = setTimeout(() => void child.stop(), IMPORT_MS);
    const code = await child.exited;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`rules import ended with ${code}: ${child.lastWords}`);
  }

  #writeWorkspace(files: number): string {
    const folder = join(this.#folder, 'workspace');
    let made = '';
    for (let n = 0; n < files; n++) {
      const path = join(folder, workspacePath(n));
      if (dirname(path) !== made) mkdirSync(made = dirname(path), { recursive: true });
      closeSync(openSync(path, 'w'));
    }
    return folder;
  }

  async #startPeer(peer: Peer): Promise<Variant> {
    const folder = join(this.#folder, peer.name);
    mkdirSync(folder, { recursive: true });
    const launch = await peer.prepare(folder, this.#backendPort);
    if (typeof launch === 'string') throw new Error(launch);
    const child = this.#launch({ name: peer.name, command: launch.command, args: launch.args, core: this.#cores.proxy, cwd: folder, ipc: launch.port === null });
    if (launch.port === null) return { name: peer.name, port: await ready(child), pids: () => [child.pid], corrects: false };
    await Promise.race([listening(launch.port, READY_MS), child.exited.then(() => Promise.reject(new Error(child.lastWords)))]);
    return { name: peer.name, port: launch.port, pids: () => [child.pid, ...childrenOf(child.pid)], corrects: false };
  }
}

function ready(child: Child): Promise<number> {
  return child.message((message) => {
    const report = message as ServerReport;
    return report.kind === 'ready' ? report.port : null;
  }, READY_MS);
}
