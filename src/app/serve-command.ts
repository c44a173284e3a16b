import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CertificateError } from '../node/net/certificate.js';
import type { PatternRule } from '../core/rules/rule-set.js';
import { changedConfig, type ConfigChange, mergeChanges } from './admin/target.js';
import { type Backend, createBackend, DEMO_TYPO } from './backend/index.js';
import { type Config, formatAddress, isLoopbackHost } from './config.js';
import { LiveConfig } from './live-config.js';
import { createLogger, type Logger } from './log.js';
import { HotpatchProxy } from './proxy.js';
import { same } from './proxy-settings.js';
import { GroupAdmin, serveAdmin, type ServeAdmin } from './serve-admin.js';
import { startFailure } from './start-failure.js';
import { serveWorkers, workerRole } from './workers.js';

/** Somebody answers on a local port within milliseconds or not at all; a remote backend is always named, so never probed. */
const PROBE_MS = 250;

/** The ready line waits this long for the index; until that is complete, no path is corrected. */
const READY_MS = 800;

/** The rule behind the demo: it exists only while the embedded backend does, so it can spoil no real answer. */
const DEMO_RULE: PatternRule = {
  id: 'demo',
  match: 'literal',
  value: DEMO_TYPO,
  flags: '',
  word: false,
  replacement: DEMO_TYPO.replace('teh', 'the'),
  expand: false,
  type: 'pattern_match',
  confidenceThreshold: 0,
  scopes: ['prose', 'reasoning'],
  models: null,
};

/** What `serve` uses of the process. */
export interface ServeProcess {
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): void;
  /** Takes the ready line; absent: it goes to stderr. */
  readonly ready?: (line: string) => void;
  /** Takes why it could not start; absent: that goes to stderr. */
  readonly failed?: (message: string, code: number) => void;
}

/**
 * Runs the proxy until a signal stops it, in this process or in `--workers` of them. While it runs, a saved configuration file and
 * SIGHUP change what it does.
 * @param resolve flags, environment and file as they are at the time of the call
 * @returns the exit code if it could not start; else it never returns, and the process ends by signal.
 * @throws ConfigError for settings that cannot be
 */
export async function serve(resolve: () => Config, host: ServeProcess): Promise<number | null> {
  let changed: ConfigChange = {};
  const read = (): Config => changedConfig(withWarnings(resolve()), changed);
  const config = read();
  const worker = workerRole();
  let { logFormat } = config;
  const logger = createLogger({ format: () => logFormat, level: config.logLevel, stream: host.stderr });
  // What the first process said is not said by each worker again.
  if (worker === null) for (const warning of config.warnings) logger.warn(warning);
  if (config.workers > 1 && worker === null) return serveAsGroup(config, host, logger);
  const backend = worker === null ? await demoFor(config) : worker.demo;
  const actual = behind(config, backend);
  const admin = serveAdmin(worker, config, logger);
  const proxy = new HotpatchProxy({
    config: actual, logger, extraRules: rulesFor(config, backend), family: worker?.family ?? null, observer: admin.observer, ...(worker === null ? {} : { acceptor: worker.acceptor() }),
  });
  let live: LiveConfig | null = null;
  // From the first moment: a stop while the index is built is a stop like any other.
  handleSignals(proxy, backend?.backend ?? null, host, () => live, admin);
  try {
    await proxy.start();
    live = new LiveConfig({
      logger, resolve: read, cwd: process.cwd(), renewCertificate: () => proxy.renewCertificate(),
      apply: async (next) => {
        const before = proxy.address;
        await proxy.apply(behind(next, backend));
        proxy.give({ rules: rulesFor(next, backend), facts: [] });
        logFormat = next.logFormat;
        logger.level = next.logLevel;
        if (next.workers !== config.workers) logger.warn(`workers: ${next.workers} takes effect at the next start; until then there are ${config.workers}`);
        if (!same(next, config, 'admin', 'adminToken')) logger.warn('the admin address changes at the next start');
        if (proxy.address?.port !== before?.port || proxy.address?.host !== before?.host) logger.info(`listening on ${urlOf(proxy)}`);
      },
    }, config);
    await admin.open(proxy, async (change) => {
      const next = changedConfig(proxy.config, change);
      await proxy.apply(next);
      proxy.give({ rules: rulesFor(next, backend), facts: [] });
      changed = mergeChanges(changed, change);
      if (worker === null) logger.info(`changed at the admin address until the next start: ${Object.keys(change).join(', ')}`);
    });
    await announce(proxy, host, backend !== null && worker === null);
  } catch (error) {
    admin.close();
    await backend?.backend?.stop();
    await proxy.stop(0);
    const message = `hotpatch: ${startFailure(error, config)}\n`;
    const code = error instanceof CertificateError ? 2 : 1;
    if (host.failed === undefined) host.stderr.write(message);
    else host.failed(message, code);
    return code;
  }
  return null;
}

/** The ready line, behind the demo's notice where there is one. */
async function announce(proxy: HotpatchProxy, host: ServeProcess, demo: boolean): Promise<void> {
  const { config } = proxy;
  const url = urlOf(proxy);
  if (demo) host.stderr.write(demoNotice(config, url));
  await Promise.race([proxy.files.complete, sleep(READY_MS, undefined, { ref: false })]);
  const line = `hotpatch listening on ${url} -> ${config.upstream.url} (files: ${proxy.files.count}, rules: ${proxy.rules().patterns.length}, mode: ${config.globalMode})\n`;
  if (host.ready === undefined) host.stderr.write(line);
  else host.ready(line);
}

function urlOf({ address, config }: HotpatchProxy): string {
  return `${config.tls === null ? 'http' : 'https'}://${formatAddress(address ?? config.listen)}`;
}

/** The configuration with the embedded backend in the place of one that was not named. */
function behind(config: Config, demo: Demo | null): Config {
  if (demo === null || config.explicitUpstream) return config;
  return { ...config, upstream: { ...config.upstream, host: '127.0.0.1', port: demo.port, loopback: true, url: demo.url } };
}

function rulesFor(config: Config, demo: Demo | null): readonly PatternRule[] {
  return demo === null || config.explicitUpstream ? [] : [DEMO_RULE];
}

function withWarnings(config: Config): Config {
  const warnings = [...config.warnings];
  if (config.tls === null && !isLoopbackHost(config.listen.host)) warnings.push(`${formatAddress(config.listen)} is reached by other machines, and what they ask and are told crosses the network unencrypted; add --tls-cert and --tls-key`);
  if (config.admin !== 'off' && !isLoopbackHost(config.admin.host)) warnings.push(`the admin address ${formatAddress(config.admin)} is reached by other machines, and its token crosses the network unencrypted`);
  return { ...config, warnings };
}

function answers({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(done, PROBE_MS, false);
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

/** The embedded backend, here (`backend`) or in the first process. */
export interface Demo {
  readonly backend: Backend | null;
  readonly port: number;
  readonly url: string;
}

/** The embedded backend, where no real one was named and none answers. */
async function demoFor(config: Config): Promise<Demo | null> {
  return config.explicitUpstream || (await answers(config.upstream)) ? null : await startDemo();
}

async function serveAsGroup(config: Config, host: ServeProcess, logger: Logger): Promise<number | null> {
  const demo = await demoFor(config);
  const notice = (url: string): string => (demo === null ? '' : demoNotice(behind(config, demo), url));
  const admin = config.admin === 'off' ? null : new GroupAdmin(config, logger);
  return serveWorkers({ count: config.workers, admin, demo: demo?.url ?? null, notice, ended: () => demo?.backend?.stop() }, host);
}

async function startDemo(): Promise<Demo> {
  const backend = createBackend();
  const { host, port } = await backend.start();
  return { backend, port, url: `http://${formatAddress({ host, port })}` };
}

function demoNotice({ tls, upstream }: Config, url: string): string {
  return [
    '',
    '  *** No model server answers on 127.0.0.1:11434, so hotpatch started its own EMBEDDED DEMO BACKEND. ***',
    `  It runs on ${upstream.url}, has no model inside and gives the same few answers to everyone.`,
    '  See a correction happen: the backend says "teh", the proxy makes it "the".',
    '',
    `    curl -sN${tls === null ? '' : 'k'} ${url}/api/generate -d '{"model":"demo","prompt":"say: ${DEMO_TYPO} jumps"}'`,
    '',
    '  To use a real model, start Ollama (or another server), or name one: --upstream http://HOST:PORT',
    '',
    '',
  ].join('\n');
}

function handleSignals(proxy: HotpatchProxy, backend: Backend | null, host: ServeProcess, live: () => LiveConfig | null, admin: ServeAdmin): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      host.exit(1);
      return;
    }
    stopping = true;
    live()?.close();
    admin.close();
    proxy
      .stop()
      .then(() => backend?.stop())
      .then(
        () => host.exit(0),
        (error: unknown) => {
          host.stderr.write(`hotpatch: stopping failed: ${String(error)}\n`);
          host.exit(1);
        },
      );
  };
  host.on('SIGINT', stop);
  host.on('SIGTERM', stop);
  host.on('SIGHUP', () => {
    proxy.reload();
    void live()?.reload();
  });
}
