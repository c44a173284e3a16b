import assert from 'node:assert/strict';
import type { Observation } from '../core/observe.js';
import { HALLUCINATION_TYPES, type HallucinationType, isHallucinationType, isMode, type Mode, MODES, type Modes, uniformModes } from '../core/types.js';
import { formatAddress, isLoop, parseListen, parseUpstream } from './config-address.js';
import { ConfigError, isLoopbackHost, type ListenAddress, type Upstream } from './config.js';
import { ProxyEmitter } from './events.js';
import { type Options, readOptions } from './library-options.js';
import { createLogger } from './log.js';
import { HotpatchProxy } from './proxy.js';
import { isNavigationFix, type Statistics } from './statistics.js';

/**
 * A proxy in this process, as `hotpatch serve` is one, with everything changeable while streams run: an exchange under way goes
 * on as it began, the next one follows the change.
 */
export interface Proxy extends ProxyEmitter {
  /**
   * Listens, opens database, logs and workspace. A second call gives the same address.
   * @returns the real port where 0 was asked for
   * @throws the system's error where the address is taken or not allowed, RuleStoreError for a database that cannot be used
   */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /** Accepts no more, lets streams finish for `graceMs` (default: the limit of that name), writes what is queued. It cannot be started again. */
  stop(graceMs?: number): Promise<void>;
  /** The workspace was read once; before that no path is corrected. Never rejects. */
  ready(): Promise<void>;
  /** Counts since it was made; a copy. */
  statistics(): Statistics;
  /** False: bytes pass unread. */
  setEnabled(enabled: boolean): void;
  /** @throws RangeError for a type or mode that is none */
  setMode(type: HallucinationType | 'all', mode: Mode): void;
  /** Keep-alive clients stay connected; their next request goes to the new backend. @throws ConfigError */
  setUpstream(url: string): void;
  /** The new listener opens before the old one closes; connections stay. @throws ConfigError, or the system's error, and then nothing has changed */
  setListen(address: string): Promise<{ readonly host: string; readonly port: number }>;
  /**
   * Changes any of these options, all or nothing; what is left out stays as it is. Rules, facts and limits are replaced by those given.
   * Sizes of heads count for connections that come later.
   * @throws ConfigError, RangeError, RuleInputError, RuleStoreError or the system's error, and then nothing has changed
   */
  update(change: Changes): Promise<void>;
  /** Looks at the rules now instead of within a second. */
  reload(): Promise<void>;
  /** A correction is not to be made again; with `undo` it may be. @throws RuleStoreError or RangeError for one that is not known */
  rejectCorrection(id: string, undo?: boolean): void;
  /** Where it listens; null: it does not. */
  readonly address: { readonly host: string; readonly port: number } | null;
  /** The backend's address. */
  readonly endpoint: string;
}

/** The options that can be changed while it runs. */
export type Changes = Partial<Omit<Options, 'logDir'>>;

/**
 * Makes a proxy; nothing happens before `start`.
 * @throws ConfigError, RangeError or RuleInputError for an option that cannot be, in words for its author
 */
export function createProxy(options: Options = {}): Proxy {
  return new LibraryProxy(options);
}

/** A proxy that knows of paths what another one knows, so that a workspace is read once for both. @throws as `createProxy` */
export function createProxyBeside(first: Proxy, options: Options): Proxy {
  assert(first instanceof LibraryProxy);
  return new LibraryProxy({ ...options, workspace: [], files: undefined }, first);
}

/** Without what is present but undefined, which would hide what is in force. */
function given(change: Changes): Changes {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

class LibraryProxy extends ProxyEmitter implements Proxy {
  readonly #proxy: HotpatchProxy;
  #options: Options;
  #updating: Promise<void> = Promise.resolve();
  #starting: Promise<{ readonly host: string; readonly port: number }> | null = null;
  #stopped = false;
  #modes: Modes;
  #telling = false;

  constructor(options: Options, lender?: LibraryProxy) {
    super();
    this.#options = options;
    const { config, rules, facts } = readOptions(options);
    this.#modes = config.modes;
    this.#proxy = new HotpatchProxy({
      config,
      // What an operator would read in a log, a host hears as an event.
      logger: createLogger({ format: 'json', level: 'warn', colours: false, stream: { write: (line) => this.#fault(line) } }),
      extraRules: rules,
      extraFacts: facts,
      ...(options.files === undefined ? {} : { files: options.files }),
      ...(lender === undefined ? {} : { truth: (request, workspace) => lender.#proxy.truth(request, workspace) }),
      audit: options.logDir !== undefined,
      observer: { observe: (observation) => this.#observe(observation) },
    });
  }

  get address(): { readonly host: string; readonly port: number } | null {
    return this.#proxy.address;
  }

  get endpoint(): string {
    return this.#proxy.config.upstream.url;
  }

  start(): Promise<{ readonly host: string; readonly port: number }> {
    if (this.#stopped) return Promise.reject(new Error('this proxy was stopped; make another one'));
    this.#starting ??= this.#proxy.start().then(
      (address) => {
        this.tell('serverStarted', address);
        return address;
      },
      async (error: unknown) => {
        this.#starting = null;
        await this.#proxy.stop(0);
        throw error;
      },
    );
    return this.#starting;
  }

  async stop(graceMs?: number): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const started = this.#starting !== null;
    await this.#starting?.catch(() => undefined);
    await this.#proxy.stop(graceMs);
    if (started) this.tell('serverStopped');
  }

  ready(): Promise<void> {
    return this.#proxy.files.complete;
  }

  statistics(): Statistics {
    return this.#proxy.statistics();
  }

  setEnabled(enabled: boolean): void {
    this.#proxy.set({ enabled });
  }

  setMode(type: HallucinationType | 'all', mode: Mode): void {
    if (type !== 'all' && !isHallucinationType(type)) throw new RangeError(`a type must be "all" or one of ${HALLUCINATION_TYPES.join(', ')}; it is ${String(type)}`);
    if (!isMode(mode)) throw new RangeError(`a mode must be one of ${MODES.join(', ')}; it is ${String(mode)}`);
    this.#modes = type === 'all' ? uniformModes(mode) : { ...this.#modes, [type]: mode };
    this.#options = { ...this.#options, ...(type === 'all' ? { mode } : {}), modes: this.#modes };
    this.#proxy.set(type === 'all' ? { modes: this.#modes, globalMode: mode } : { modes: this.#modes });
  }

  setUpstream(url: string): void {
    const upstream = parseUpstream(url, 'setUpstream');
    this.#assertNoLoop(this.address ?? this.#proxy.config.listen, upstream);
    const from = this.endpoint;
    this.#proxy.set({ upstream });
    this.#options = { ...this.#options, upstream: upstream.url };
    if (from !== upstream.url) this.tell('endpointChanged', { from, to: upstream.url });
  }

  async setListen(address: string): Promise<{ readonly host: string; readonly port: number }> {
    const listen = parseListen(address, 'setListen');
    if (!isLoopbackHost(listen.host)) throw new ConfigError(`setListen: ${JSON.stringify(address)} is not allowed; expected a loopback address: anyone who reaches another one could use the model behind it`);
    this.#assertNoLoop(listen, this.#proxy.config.upstream);
    const before = this.address;
    if (before === null) throw new Error('setListen: the proxy does not listen; start it first');
    if (before.port === listen.port && before.host === listen.host) return before;
    const now = await this.#proxy.listen(listen);
    this.#options = { ...this.#options, listen: address };
    this.tell('proxyPortChanged', { from: before.port, to: now.port });
    return now;
  }

  update(change: Changes): Promise<void> {
    const updated = this.#updating.then(() => this.#update(change));
    this.#updating = updated.catch(() => undefined);
    return updated;
  }

  async #update(change: Changes): Promise<void> {
    // A global mode is the last word on all types, as in `setMode`.
    const options = { ...this.#options, ...(change.mode === undefined ? {} : { modes: {} }), ...given(change) };
    const { config, rules, facts } = readOptions(options);
    const [endpoint, address] = [this.endpoint, this.address];
    await this.#proxy.apply({ ...config, enabled: this.#proxy.config.enabled });
    this.#options = options;
    this.#modes = config.modes;
    if (change.rules !== undefined || change.facts !== undefined) this.#proxy.give({ rules, facts });
    if (change.files !== undefined) this.#proxy.list(change.files);
    if (endpoint !== this.endpoint) this.tell('endpointChanged', { from: endpoint, to: this.endpoint });
    const port = this.address?.port;
    if (address !== null && port !== undefined && port !== address.port) this.tell('proxyPortChanged', { from: address.port, to: port });
  }

  reload(): Promise<void> {
    this.#proxy.reload();
    return Promise.resolve();
  }

  rejectCorrection(id: string, undo = false): void {
    this.#proxy.reject(id, undo);
  }

  #assertNoLoop(listen: ListenAddress, upstream: Upstream): void {
    if (isLoop(listen, upstream)) throw new ConfigError(`${upstream.url} leads to the proxy itself, which listens on ${formatAddress(listen)}: requests would go in a circle`);
  }

  #fault(line: string): void {
    const { msg } = JSON.parse(line) as { readonly msg?: string };
    this.tell('error', new Error(msg ?? line));
  }

  #observe(observation: Observation): void {
    if (observation.kind === 'correction') {
      const { correction } = observation;
      this.tell('hallucinationDetected', correction);
      if (correction.action !== 'report') this.tell('hallucinationCorrected', correction);
      if (isNavigationFix(correction)) {
        const { detected, expected, confidence, reason } = correction;
        this.tell('navigationErrorFixed', { incorrectPath: detected, correctPath: expected as string, effectiveness: confidence, reasoning: reason, correction });
      }
    } else if (observation.kind === 'exchange') {
      this.tell('exchange', observation.summary);
      this.#statisticsSoon();
    } else if (observation.kind === 'patch') {
      this.tell('behaviorPatchApplied', { id: observation.patch, exchange: observation.exchange });
    }
  }

  /** A burst of exchanges is told once. */
  #statisticsSoon(): void {
    if (this.#telling || !this.listens('statisticsUpdated')) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      this.tell('statisticsUpdated', this.statistics());
    });
  }
}
