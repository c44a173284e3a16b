import { readFileSync, readdirSync } from 'node:fs';

/** Where CPU time is read from: nanoseconds of every thread, or clock ticks of the process where the former is absent. */
export type CpuSource = '/proc/PID/task/*/schedstat' | '/proc/PID/stat' | 'none';

/** Microseconds in a clock tick of `/proc/PID/stat` (USER_HZ is 100 on every common Linux). */
const TICK_US = 10_000;

function schedstatMicros(pid: number, field = 0): number {
  let nanos = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[field]);
  }
  return nanos / 1000;
}

function statMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command name may hold blanks and brackets, so fields are counted from its last bracket; utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** The finest source this machine offers. */
export function cpuSource(): CpuSource {
  try {
    if (schedstatMicros(process.pid) > 0) return '/proc/PID/task/*/schedstat';
  } catch {
    // Older kernels and other systems have no schedstat; the next source is tried.
  }
  try {
    statMicros(process.pid);
    return '/proc/PID/stat';
  } catch {
    return 'none';
  }
}

/** CPU time (user and system, all living threads) these processes have used, in microseconds; NaN where it cannot be read. */
export function cpuMicros(pids: readonly number[], source: CpuSource): number {
  if (source === 'none' || pids.length === 0) return Number.NaN;
  try {
    return pids.reduce((sum, pid) => sum + (source === '/proc/PID/stat' ? statMicros(pid) : schedstatMicros(pid)), 0);
  } catch {
    return Number.NaN;
  }
}

/** Microseconds these processes were ready to run but had no core; NaN where only ticks are known. */
function waitMicros(pids: readonly number[], source: CpuSource): number {
  if (source !== '/proc/PID/task/*/schedstat' || pids.length === 0) return Number.NaN;
  try {
    return pids.reduce((sum, pid) => sum + schedstatMicros(pid, 1), 0);
  } catch {
    return Number.NaN;
  }
}

/** CPU time used between `begin` and `read`, and how much of what was wanted went to others on the same core. */
export class UsageMeter {
  readonly #pids: readonly number[];
  readonly #source: CpuSource;
  #cpuUs = Number.NaN;
  #waitUs = Number.NaN;

  constructor(pids: readonly number[], source: CpuSource) {
    this.#pids = pids;
    this.#source = source;
  }

  begin(): this {
    this.#cpuUs = cpuMicros(this.#pids, this.#source);
    this.#waitUs = waitMicros(this.#pids, this.#source);
    return this;
  }

  /** `waitShare` is 0 on a quiet machine; where it is not, delays and rates say as much about the neighbours. */
  read(): { readonly cpuUs: number; readonly waitShare: number } {
    const cpuUs = cpuMicros(this.#pids, this.#source) - this.#cpuUs;
    const waitUs = waitMicros(this.#pids, this.#source) - this.#waitUs;
    return { cpuUs, waitShare: waitUs / (waitUs + cpuUs) };
  }
}

/** Resident memory of these processes together, in bytes; NaN where it cannot be read. */
export function residentBytes(pids: readonly number[]): number {
  if (pids.length === 0) return Number.NaN;
  try {
    return pids.reduce((sum, pid) => {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
      return sum + Number(kib ?? Number.NaN) * 1024;
    }, 0);
  } catch {
    return Number.NaN;
  }
}

/** The processes whose parent is `pid`, so that a peer's workers are counted with their master. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
