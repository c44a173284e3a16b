import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PatternRule } from '../core/rules/rule-set.js';
import { type Backend, createBackend, DEMO_TYPO } from './backend/index.js';
import { type Config, ConfigError, formatAddress } from './config.js';
import { createLogger } from './log.js';
import { HotpatchProxy } from './proxy.js';

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
}

/**
 * Runs the proxy until a signal stops it.
 * @returns the exit code if it could not start; else it never returns, and the process ends by signal.
 * @throws ConfigError for settings this version cannot honour
 */
export async function serve(config: Config, host: ServeProcess): Promise<number | null> {
  refuseUnsupported(config);
  const logger = createLogger({ format: config.logFormat, level: config.logLevel, stream: host.stderr });
  for (const warning of config.warnings) logger.warn(warning);
  if (config.patchesDb !== config.db) logger.warn(`databases.behavior_patches (${config.patchesDb}) is not used: behavior patches are read from the database of patterns, ${config.db}`);
  const backend = config.explicitUpstream || (await answers(config.upstream)) ? null : await startDemo();
  const actual = backend === null ? config : { ...config, upstream: { ...config.upstream, host: '127.0.0.1', port: backend.port, loopback: true, url: backend.url } };
  const proxy = new HotpatchProxy({ config: actual, logger, extraRules: backend === null ? [] : [DEMO_RULE] });
  // From the first moment: a stop while the index is built is a stop like any other.
  handleSignals(proxy, backend?.backend ?? null, host);
  try {
    const address = await proxy.start();
    const shown = formatAddress(address);
    if (backend !== null) host.stderr.write(demoNotice(actual, shown));
    await Promise.race([proxy.files.complete, sleep(READY_MS, undefined, { ref: false })]);
    host.stderr.write(`hotpatch listening on http://${shown} -> ${actual.upstream.url} (files: ${proxy.files.count}, rules: ${proxy.rules().patterns.length}, mode: ${config.globalMode})\n`);
  } catch (error) {
    await backend?.backend.stop();
    await proxy.stop(0);
    host.stderr.write(`hotpatch: ${startFailure(error, config)}\n`);
    return 1;
  }
  return null;
}

function refuseUnsupported(config: Config): void {
  if (config.tls !== null) throw new ConfigError('--tls-cert, --tls-key: this version does not listen with TLS; put a TLS server in front of it, or leave them out');
  if (config.workers > 1) throw new ConfigError(`--workers ${config.workers}: this version runs one worker; leave the flag out, or set 1`);
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

async function startDemo(): Promise<{ readonly backend: Backend; readonly port: number; readonly url: string }> {
  const backend = createBackend();
  const { host, port } = await backend.start();
  return { backend, port, url: `http://${formatAddress({ host, port })}` };
}

function demoNotice(config: Config, listen: string): string {
  return [
    '',
    '  *** No model server answers on 127.0.0.1:11434, so hotpatch started its own EMBEDDED DEMO BACKEND. ***',
    `  It runs on ${config.upstream.url}, has no model inside and gives the same few answers to everyone.`,
    '  See a correction happen: the backend says "teh", the proxy makes it "the".',
    '',
    `    curl -sN http://${listen}/api/generate -d '{"model":"demo","prompt":"say: ${DEMO_TYPO} jumps"}'`,
    '',
    '  To use a real model, start Ollama (or another server), or name one: --upstream http://HOST:PORT',
    '',
    '',
  ].join('\n');
}

function startFailure(error: unknown, config: Config): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const address = formatAddress(config.listen);
  if (code === 'EADDRINUSE') return `port ${config.listen.port} on ${config.listen.host} is taken; stop what listens there, or choose another with --listen ${config.listen.host}:PORT`;
  if (code === 'EACCES') return `listening on ${address} is not permitted; choose a port above 1023 with --listen`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `this machine has no address ${config.listen.host}; choose one with --listen`;
  return `could not start on ${address}: ${message}`;
}

function handleSignals(proxy: HotpatchProxy, backend: Backend | null, host: ServeProcess): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      host.exit(1);
      return;
    }
    stopping = true;
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
  host.on('SIGHUP', () => proxy.reload());
}
