import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const TAIL_CHARS = 4000;
const TERM_MS = 1500;

/** How a child is started. */
export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The core it may run on; undefined leaves that to the system. */
  readonly core: number | undefined;
  readonly cwd?: string;
  /** Whether messages are exchanged with it. */
  readonly ipc?: boolean;
}

const living = new Set<ChildProcess>();

/** The full path of a program on PATH (or in the usual system folders), or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The environment of children: that of this process without settings that would change a proxy under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([key]) => !key.startsWith('HOTPATCH_') && key !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(entries), NO_COLOR: '1' };
}

/** A running child with the end of what it wrote. Dies with this process, whatever ends it, save SIGKILL. */
export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  #tail = '';
  #lineWaiters: (() => void)[] = [];

  constructor(launch: Launch, taskset: string | null) {
    this.name = launch.name;
    const pinned = taskset !== null && launch.core !== undefined;
    const command = pinned ? taskset : launch.command;
    // taskset replaces itself with the program, so the pid and the IPC channel are the program's own.
    const args = pinned ? ['-c', String(launch.core), launch.command, ...launch.args] : launch.args;
    this.process = spawn(command, args, {
      cwd: launch.cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe', ...(launch.ipc ? ['ipc' as const] : [])],
    });
    living.add(this.process);
    this.exited = new Promise((resolve) => {
      const gone = (code: number | null): void => {
        living.delete(this.process);
        resolve(code);
        this.#wake();
      };
      this.process.once('exit', gone);
      this.process.once('error', (error) => {
        this.#tail += String(error);
        gone(null);
      });
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-TAIL_CHARS);
        this.#wake();
      });
    }
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get alive(): boolean {
    return living.has(this.process);
  }

  /** What it said of its end, for messages: the first line that names an error, else the last ones. */
  get lastWords(): string {
    const lines = this.#tail.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    const error = lines.find((line) => line.includes('Error'));
    return (error ?? lines.slice(-2).join(' | ')).slice(0, 300) || 'it wrote nothing';
  }

  /** The first match of `pattern` in its output. Rejects when it ends or `timeoutMs` passes before. */
  async line(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.#tail);
      if (match !== null) return match;
      const left = until - Date.now();
      if (!this.alive) throw new Error(`${this.name} ended: ${this.lastWords}`);
      if (left <= 0) throw new Error(`${this.name} was not ready in ${timeoutMs} ms: ${this.lastWords}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#lineWaiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The next message for which `accept` gives a value. Rejects when the child ends or `timeoutMs` passes before. */
  message<T>(accept: (message: unknown) => T | null, timeoutMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.process.off('message', read);
        act();
      };
      const timer = setTimeout(() => finish(() => reject(new Error(`${this.name} said nothing for ${timeoutMs} ms`))), timeoutMs);
      const read = (message: unknown): void => {
        const value = accept(message);
        if (value !== null) finish(() => resolve(value));
      };
      this.process.on('message', read);
      void this.exited.then(() => finish(() => reject(new Error(`${this.name} ended: ${this.lastWords}`))));
    });
  }

  /** Asks it to end, then makes it. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), TERM_MS);
    await this.exited;
    clearTimeout(timer);
  }

  #wake(): void {
    const waiters = this.#lineWaiters;
    this.#lineWaiters = [];
    for (const waiter of waiters) waiter();
  }
}

/** Ends every child when this process ends or is told to. */
export function reapOnExit(): void {
  process.once('exit', () => {
    for (const child of living) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
}
