/** Runs the real proxy in this process, on any port, in front of a backend of the test's choice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observer } from '../../src/core/observe.js';
import { type Limits, resolveLimits } from '../../src/core/limits.js';
import type { PatternRule } from '../../src/core/rules/rule-set.js';
import { type Config, resolveConfig } from '../../src/app/config.js';
import { createLogger } from '../../src/app/log.js';
import { HotpatchProxy } from '../../src/app/proxy.js';
import { RawClient } from '../app/backend/raw-http.js';
import { Journal } from './proxy-journal.js';

export interface ProxyChoices {
  /** The backend's port on this machine, or its whole URL. */
  readonly upstream: number | string;
  readonly rules?: readonly PatternRule[];
  readonly mode?: string;
  /** Default: none. */
  readonly db?: string;
  readonly limits?: Partial<Limits>;
  /** What else differs from the defaults. */
  readonly config?: Partial<Config>;
  readonly observer?: Observer;
}

export interface RunningProxy {
  readonly proxy: HotpatchProxy;
  /** It is gone after `stop`. */
  readonly logDir: string;
  readonly port: number;
  readonly url: string;
  /** What the proxy logged, as objects. */
  readonly log: Journal<LogLine>;
  /** A plain socket to the proxy; destroyed with it. */
  readonly raw: () => Promise<RawClient>;
  readonly stop: () => Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A literal rule, or a regex where `more` says so. */
export function rule(value: string, replacement: string | null, more: Partial<PatternRule> = {}): PatternRule {
  return {
    id: `rule-${value}`, match: 'literal', value, flags: '', word: false, replacement, expand: false, type: 'pattern_match',
    confidenceThreshold: 0, scopes: ['prose', 'reasoning', 'code'], models: null, ...more,
  };
}

/** Starts a proxy without workspace or configuration file. */
export async function startProxy({ upstream, rules = [], mode = 'correct', db = 'none', limits = {}, config = {}, observer }: ProxyChoices): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-proxy-'));
  const url = typeof upstream === 'number' ? `http://127.0.0.1:${upstream}` : upstream;
  const flags = { listen: '127.0.0.1:0', upstream: url, db, workspace: ['none'], logDir: join(folder, 'logs'), mode: [mode] };
  const resolved = resolveConfig({ flags, env: {}, cwd: folder, readFile: () => null });
  const log = new Journal<LogLine>();
  const logger = createLogger({ format: 'json', level: 'debug', stream: { write: (line) => log.add(JSON.parse(line) as LogLine) } });
  const proxy = new HotpatchProxy({ config: { ...resolved, limits: resolveLimits(limits), ...config }, logger, extraRules: rules, ...(observer === undefined ? {} : { observer }) });
  const { port } = await proxy.start();
  const clients: RawClient[] = [];
  return {
    proxy, port, log,
    logDir: join(folder, 'logs'),
    url: `http://127.0.0.1:${port}`,
    raw: async () => {
      const client = await RawClient.open(port);
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const { socket } of clients) socket.destroy();
      await proxy.stop(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A proxy for the length of `use`. */
export async function withProxy(choices: ProxyChoices, use: (running: RunningProxy) => Promise<void>): Promise<void> {
  const running = await startProxy(choices);
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}
