import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { MakeAcceptor } from '../node/net/acceptor.js';
import { type FromServing, HandOver, type Serving } from '../node/net/hand-over.js';
import { handedClients } from '../node/net/handed-clients.js';
import type { ConfigChange } from './admin/target.js';
import type { WorkerNews } from './admin/worker-link.js';
import type { GroupAdmin } from './serve-admin.js';
import type { Demo, ServeProcess } from './serve-command.js';

/**
 * Several processes that share one port (`--workers`). The first process accepts and hands each connection to the next
 * worker in turn; the workers run the proxy. A worker that dies is replaced, and takes down only its own connections. The hand-over
 * is our own: Node's cluster does not tell whether a connection arrived, so that one on the way to a dying worker would wait for good.
 */

/** What a worker tells the first process. */
type Told = WorkerNews | { readonly hotpatch: 'ready'; readonly line: string } | { readonly hotpatch: 'failed'; readonly code: number; readonly message: string };
/** What the first process asks of a worker. */
type Asked = { readonly hotpatch: 'stop' | 'reload' } | { readonly hotpatch: 'change'; readonly change: ConfigChange };

/** A worker that dies sooner than this after its start is replaced no sooner than after it: no busy loop of starts. */
const LEAST_LIFE_MS = 1_000;
/** The embedded backend's address, for workers of a first process that started one. */
const DEMO_VARIABLE = '_HOTPATCH_DEMO';
/** What the workers of one proxy are known by in its database. */
const FAMILY_VARIABLE = '_HOTPATCH_FAMILY';
/** Whether workers tell what happens. */
const TELLS_VARIABLE = '_HOTPATCH_TELLS';

export interface WorkersOptions {
  readonly count: number;
  /** The embedded backend's address; null: there is a real one. */
  readonly demo: string | null;
  /** Null: there is no admin address. */
  readonly admin: GroupAdmin | null;
  /** What is said before the ready line. @param url where the group listens */
  readonly notice: (url: string) => string;
  /** Called once when all workers are gone. */
  readonly ended: () => Promise<void> | void;
}

/** What a worker is told by the first process. */
export interface WorkerRole {
  readonly demo: Demo | null;
  readonly family: string | null;
  /** The first process has an admin address and wants to know what happens. */
  readonly tells: boolean;
  /** Call it once. */
  readonly acceptor: () => MakeAcceptor;
}

/** Whether this process is a worker; what it then is told by the first. */
export function workerRole(): WorkerRole | null {
  if (!cluster.isWorker) return null;
  const url = process.env[DEMO_VARIABLE];
  const demo = url === undefined ? null : { backend: null, port: Number(new URL(url).port), url };
  return { family: process.env[FAMILY_VARIABLE] ?? null, tells: process.env[TELLS_VARIABLE] === '1', acceptor: acceptorOfWorker, demo };
}

function acceptorOfWorker(): MakeAcceptor {
  return handedClients({ on: (event, listener) => process.on(event, listener), send: (message) => void (process.connected && process.send?.(message)) });
}

/** How `serve` reaches the world inside a worker: signals come as messages, the ready line and a failure to start go to the first process. */
export function workerProcess(): ServeProcess {
  // A terminal's Ctrl-C reaches the workers as well; the first process says what is to become of it.
  process.on('SIGINT', () => undefined);
  return {
    stderr: process.stderr,
    on: (signal, listener) => {
      if (signal === 'SIGTERM') process.on('SIGTERM', listener);
      process.on('message', (message: Asked) => {
        if ((signal === 'SIGTERM' && message.hotpatch === 'stop') || (signal === 'SIGHUP' && message.hotpatch === 'reload')) listener();
      });
    },
    exit: (code) => process.exit(code),
    ready: (line) => void process.send?.({ hotpatch: 'ready', line } satisfies Told),
    failed: (message, code) => void process.send?.({ hotpatch: 'failed', code, message } satisfies Told),
  };
}

/**
 * Runs `count` workers until a signal stops them. The ready line is written once, when all of them listen.
 * @returns the exit code where they could not start; else null, and the process ends by signal
 */
export async function serveWorkers({ count, demo, admin, notice, ended }: WorkersOptions, host: ServeProcess): Promise<number | null> {
  const group = new WorkerGroup(count, demo, admin, host);
  handleSignals(group, () => { admin?.close(); return ended(); }, host);
  const failure = (await group.start()) ?? (await openFor(group, admin));
  if (failure === null) {
    host.stderr.write(notice(/ on (\S+) -> /.exec(group.line)?.[1] ?? ''));
    host.stderr.write(group.line);
    return null;
  }
  await group.stop();
  await ended();
  host.stderr.write(failure.message);
  return failure.code;
}

/** @returns why there can be no admin address where one was asked for */
async function openFor(group: WorkerGroup, admin: GroupAdmin | null): Promise<Failure | null> {
  try {
    await admin?.open((change) => group.change(change));
    return null;
  } catch (error) {
    return { code: 1, message: `hotpatch: ${error instanceof Error ? error.message : String(error)}\n` };
  }
}

interface Failure { readonly code: number; readonly message: string }

class WorkerGroup {
  readonly #count: number;
  readonly #env: Readonly<Record<string, string>>;
  readonly #admin: GroupAdmin | null;
  readonly #host: ServeProcess;
  readonly #workers = new Set<Worker>();
  readonly #handOver = new HandOver();
  /** Those that listen. One that does not yet hears no message, and has nothing to finish. */
  readonly #ready = new WeakSet<Worker>();
  #stopping = false;
  #started = false;
  /** The ready line of the first worker that was ready. */
  line = '';

  constructor(count: number, demo: string | null, admin: GroupAdmin | null, host: ServeProcess) {
    this.#admin = admin;
    this.#count = count;
    this.#env = { [FAMILY_VARIABLE]: ulid(), [TELLS_VARIABLE]: admin === null ? '0' : '1', ...(demo === null ? {} : { [DEMO_VARIABLE]: demo }) };
    this.#host = host;
  }

  /** @returns null once all listen; else why one could not */
  async start(): Promise<Failure | null> {
    const results = await Promise.all(Array.from({ length: this.#count }, () => this.#fork()));
    this.#started = true;
    return results.find((result) => result !== null) ?? null;
  }

  /** Asks all to stop; again: to stop at once. Resolves when they are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#tell('stop');
    await Promise.all([...this.#workers].map((worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve()))));
  }

  reload(): void {
    this.#tell('reload');
  }

  change(change: ConfigChange): void {
    for (const worker of this.#workers) if (this.#ready.has(worker) && worker.isConnected()) worker.send({ hotpatch: 'change', change } satisfies Asked);
  }

  #tell(what: 'stop' | 'reload'): void {
    for (const worker of this.#workers) {
      if (!this.#ready.has(worker)) {
        if (what === 'stop') worker.process.kill('SIGKILL');
      } else if (worker.isConnected()) {
        worker.send({ hotpatch: what } satisfies Asked);
      }
    }
  }

  #fork(): Promise<Failure | null> {
    const worker = cluster.fork(this.#env);
    const bornMs = Date.now();
    this.#workers.add(worker);
    const serving = servingOf(worker);
    // `exit` may come before what it said last was read, and `disconnect` never comes where a client is on the way.
    worker.process.once('close', () => this.#handOver.gone(serving));
    return new Promise((resolve) => {
      worker.on('message', (told: Told | FromServing) => {
        if ('handOver' in told) {
          this.#handOver.read(serving, told);
        } else if (told.hotpatch === 'ready') {
          this.#ready.add(worker);
          const change = this.#admin?.changes ?? null;
          if (change !== null) worker.send({ hotpatch: 'change', change } satisfies Asked);
          if (this.line === '') this.line = told.line;
          resolve(null);
        } else if (told.hotpatch === 'news') {
          this.#admin?.news(worker.id, told);
        } else if (told.hotpatch === 'failed') {
          resolve({ code: told.code, message: told.message });
        }
      });
      worker.once('exit', (code, signal) => {
        this.#workers.delete(worker);
        this.#admin?.gone(worker.id);
        resolve({ code: 1, message: `hotpatch: a worker ended before it was ready (${signal ?? `exit code ${code}`})\n` });
        if (this.#started && !this.#stopping) void this.#replace(bornMs, signal ?? `exit code ${code}`);
      });
    });
  }

  async #replace(bornMs: number, how: string): Promise<void> {
    this.#host.stderr.write(`hotpatch: a worker ended (${how}); another takes its place\n`);
    const waitMs = LEAST_LIFE_MS - (Date.now() - bornMs);
    if (waitMs > 0) await sleep(waitMs);
    if (this.#stopping) return;
    const failure = await this.#fork();
    if (failure !== null && !this.#stopping) this.#host.stderr.write(failure.message);
  }
}

function servingOf(worker: Worker): Serving {
  // One that dies meanwhile is told of by `close`.
  const undelivered = (): undefined => undefined;
  return {
    id: worker.id,
    isConnected: () => worker.isConnected(),
    send: (message, client) => void (client === undefined ? worker.process.send(message, undelivered) : worker.process.send(message, client, { keepOpen: true }, undelivered)),
  };
}

function handleSignals(group: WorkerGroup, ended: WorkersOptions['ended'], host: ServeProcess): void {
  let stopping = false;
  const stop = (): void => {
    const again = stopping;
    stopping = true;
    void group.stop().then(() => (again ? undefined : ended())).then(() => host.exit(again ? 1 : 0), () => host.exit(1));
  };
  host.on('SIGINT', stop);
  host.on('SIGTERM', stop);
  host.on('SIGHUP', () => group.reload());
}
