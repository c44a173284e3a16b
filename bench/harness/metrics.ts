/** One measured quantity, as people read it. */
export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly digits: number;
  readonly better: 'low' | 'high';
  /** Shown as a difference to raw splice as well, because a ratio of small delays misleads. */
  readonly added: boolean;
  /** Whether a ratio means anything: shares near zero have none. */
  readonly compared: boolean;
}

const low = (key: string, label: string, digits: number, added = false): Metric => ({ key, label, digits, better: 'low', added, compared: true });
const high = (key: string, label: string, digits: number): Metric => ({ key, label, digits, better: 'high', added: false, compared: true });

/** Every metric, in the order of its column. A scenario shows those it measured. */
export const METRICS: readonly Metric[] = [
  low('cpuUsPerToken', 'CPU us/token', 2),
  low('delayP50Us', 'delay p50 us', 0, true),
  low('delayP99Us', 'delay p99 us', 0, true),
  low('promptP99Us', 'delay p99 us, held tokens apart', 0, true),
  { ...low('heldShare', 'share held', 4), compared: false },
  low('gapP50Us', 'gap p50 us', 0, true),
  low('gapP99Us', 'gap p99 us', 0, true),
  low('ttftUs', 'TTFT us', 0, true),
  low('streamMs', 'stream ms', 1),
  high('tokensPerS', 'tokens/s', 0),
  high('requestsPerS', 'requests/s', 0),
  low('latencyP99Ms', 'p99 ms', 2),
  low('cpuUsPerRequest', 'CPU us/request', 1),
  high('mbPerS', 'MB/s', 0),
  low('cpuUsPerMb', 'CPU us/MB', 0),
  high('connectionsPerS', 'connections/s', 0),
  low('cpuUsPerConnection', 'CPU us/connection', 1),
  low('idleCpuMsPerS', 'idle CPU ms/s', 2),
  low('rssMb', 'RSS MB', 1, true),
  { ...low('waitShare', 'waited for core', 3), compared: false },
];
