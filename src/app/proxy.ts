import { monotonicFactory } from 'ulid';
import { nobody, type Observation, type Observer } from '../core/observe.js';
import { BackendHabits } from '../core/rewrite/backend-habits.js';
import { ClientMemory } from '../core/rewrite/client-memory.js';
import { openConnection } from '../core/rewrite/connection.js';
import type { ConnectionContext, Settings } from '../core/rewrite/settings.js';
import type { Fact, PatternRule, RuleSet } from '../core/rules/rule-set.js';
import { type GroundTruth, nothingKnown } from '../core/truth/ground-truth.js';
import { truthOfFiles } from '../core/truth/path-truth.js';
import { modesUnder, type Switches } from '../core/rules/switches.js';
import { AuditLog } from '../node/audit/audit-log.js';
import { type Certificate, readCertificate } from '../node/net/certificate.js';
import { SparePool } from '../node/net/dialer.js';
import type { BoundAddress } from '../node/net/listener.js';
import type { MakeAcceptor } from '../node/net/acceptor.js';
import { ProxyServer } from '../node/net/server.js';
import type { ProxyFacts } from '../node/stats/statistics-table.js';
import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';
import { type Config, ConfigError, formatAddress, type ListenAddress } from './config.js';
import { isLoop } from './config-address.js';
import { exchangeLine, type Logger } from './log.js';
import { ProxyRecord } from './proxy-record.js';
import { type GivenRules, ProxyRules } from './proxy-rules.js';
import { endpointOf, ownFiles, same, settingsOf } from './proxy-settings.js';
import { flatCounts, type Statistics, StatisticsCounter } from './statistics.js';

/** What is known of paths for a request, in the workspace its header names. */
export type TruthSource = ConnectionContext['truth'];

export interface ProxyOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Rules that are in no database, as the demo's. */
  readonly extraRules?: readonly PatternRule[];
  /** Facts that are in no database. */
  readonly extraFacts?: readonly Fact[];
  /** The workspace in place of the disk: relative posix paths. */
  readonly files?: readonly string[];
  /** What is known of paths where it has no workspace of its own. Default: nothing. */
  readonly truth?: TruthSource;
  /** Told of everything that happens, after what hotpatch itself keeps. */
  readonly observer?: Observer;
  /** Whether log files are written. Default: yes. */
  readonly audit?: boolean;
  /** The proxy this is a worker of; default: it is alone. */
  readonly family?: string | null;
  /** Where clients come from; default: a listening socket of this process. */
  readonly acceptor?: MakeAcceptor;
}

/** A certificate that ends sooner is worth a word in the log. */
const EXPIRY_WARNING_MS = 14 * 86_400_000;

/** Rules, audit, listener and backend joined: one running proxy. */
export class HotpatchProxy {
  #config: Config;
  readonly #logger: Logger;
  #listed: GroundTruth | null = null;
  #files = 0;
  readonly #audits: boolean;
  readonly #observer: Observer;
  readonly #server: ProxyServer;
  readonly #rules: ProxyRules;
  #settings: Settings;
  #audit: AuditLog | null = null;
  readonly #counter = new StatisticsCounter();
  readonly #record: ProxyRecord;
  #habits = new BackendHabits();
  #pool: SparePool;
  #workspaces: Workspaces | null = null;
  #indexed = false;
  readonly #lent: TruthSource;
  #switchedFor: Switches | undefined;
  #switchedSettings: Settings;
  #started = false;
  /** What was replaced and still writes. */
  readonly #closing = new Set<Promise<void>>();

  constructor({ config, logger, extraRules = [], extraFacts = [], files, truth = () => nothingKnown, observer, audit = true, family = null, acceptor }: ProxyOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#rules = new ProxyRules(config, { rules: extraRules, facts: extraFacts }, logger);
    if (files !== undefined) this.list(files);
    this.#lent = truth;
    this.#audits = audit;
    this.#observer = observer ?? nobody;
    this.#settings = settingsOf(config);
    this.#switchedSettings = this.#settings;
    this.#pool = new SparePool(endpointOf(config), config.poolSize);
    this.#record = new ProxyRecord({ counts: () => flatCounts(this.#counter.counted()), facts: () => this.#facts(), logger, family });
    const shared = this.#context();
    this.#server = new ProxyServer({
      dial: () => this.#pool.take(),
      connectTimeoutMs: () => this.#config.connectTimeoutMs,
      nowMs: Date.now,
      connect: (sink, loopbackClient, nowMs) => openConnection(sink, { ...shared, loopbackClient }, nowMs),
      handshakeMs: () => this.#config.limits.headMs,
      onHandshakeFault: (message) => logger.debug(message),
      ...(acceptor === undefined ? {} : { acceptor }),
    });
  }

  /** What every connection is given. */
  #context(): Omit<ConnectionContext, 'loopbackClient'> {
    const id = monotonicFactory();
    return {
      settings: () => this.#switched(),
      rules: this.#rules,
      truth: (request, workspace) => this.truth(request, workspace),
      observer: { observe: (observation) => this.#observe(observation) },
      newId: () => id(),
      memory: new ClientMemory(),
      patches: () => this.#rules.patches,
      habits: {
        closed: (framing, idleMs) => this.#habits.closed(framing, idleMs),
        closesAfter: (framing) => this.#habits.closesAfter(framing),
      },
    };
  }

  /** The settings, less what rules of the form `{"rule":"check_…","enabled":false}` switch off: where all is off, no answer is read. */
  #switched(): Settings {
    const { switches } = this.#rules;
    if (this.#switchedFor !== switches) {
      this.#switchedFor = switches;
      this.#switchedSettings = { ...this.#settings, modes: modesUnder(this.#settings.modes, switches) };
    }
    return this.#switchedSettings;
  }

  /** The rules the next exchange will have. */
  rules(): RuleSet {
    return this.#rules.current();
  }

  get connections(): number {
    return this.#server.connections;
  }

  /** What it counted since it was made, and how it stands. */
  statistics(): Statistics {
    const { address } = this;
    return {
      ...this.#counter.counted(),
      activeConnections: this.#server.connections,
      serverListening: address !== null,
      listenPort: address?.port ?? 0,
      endpoint: this.#config.upstream.url,
      correctionPatterns: this.rules().patterns.length,
      behaviorPatches: this.#rules.patches.length,
    };
  }

  /**
   * Opens database, logs and listener.
   * @returns where it listens, the real port where 0 was asked for
   * @throws the system's error where the address is taken or not allowed, CertificateError
   */
  async start(): Promise<BoundAddress> {
    const { config } = this;
    const { host, port } = config.listen;
    const address = await this.#server.listen(host, port, this.#certificateOf(config));
    this.#started = true;
    this.#rules.open();
    this.#openAudit();
    this.#openWorkspaces();
    this.#record.open(config.db);
    return address;
  }

  /** What is known of paths for a request now. */
  truth(...[request, workspace]: Parameters<TruthSource>): GroundTruth {
    if (this.#listed !== null) return this.#listed;
    const standing = { workingDirectory: request.workingDirectory?.() ?? null, workspaceHeader: workspace };
    return this.#workspaces?.truthFor(standing) ?? this.#lent(request, workspace);
  }

  /** Files known so far, whether those are all, and a promise of all of them. */
  get files(): { readonly count: number; readonly indexed: boolean; readonly complete: Promise<void> } {
    return { count: this.#workspaces?.files ?? this.#files, indexed: this.#workspaces === null || this.#indexed, complete: this.#workspaces?.ready ?? Promise.resolve() };
  }

  /** Looks at the rules now instead of within a second. */
  reload(): void {
    this.#rules.check();
  }

  /** Where it listens; null: it does not. */
  get address(): BoundAddress | null {
    return this.#server.address;
  }

  /** Replaces the rules and facts that are in no database. */
  give(given: GivenRules): void {
    this.#rules.give(given);
  }

  /** Takes these relative posix paths for the workspace, in place of the disk. */
  list(files: readonly string[]): void {
    this.#listed = truthOfFiles([...files]);
    this.#files = files.length;
  }

  /** Changes what the next exchange is done with. What is under way goes on as it began. */
  set(change: Partial<Pick<Config, 'modes' | 'globalMode' | 'enabled' | 'upstream'>>): void {
    this.#take({ ...this.#config, ...change });
  }

  /**
   * Takes over another configuration while streams run: an exchange under way goes on as it began, the next one follows the
   * change. What could fail comes first, so that it is all or nothing.
   * @throws ConfigError for an upstream that is the proxy, CertificateError, RuleStoreError, the system's error where the new address
   * cannot be had; then nothing has changed
   */
  async apply(next: Config): Promise<void> {
    const before = this.#config;
    const listen = same(before, next, 'listen') ? (this.address ?? next.listen) : next.listen;
    if (isLoop(listen, next.upstream)) throw new ConfigError(`${next.upstream.url} leads to the proxy itself, which listens on ${formatAddress(listen)}: requests would go in a circle`);
    const certificate = same(before, next, 'tls') ? undefined : this.#certificateOf(next);
    const rules = this.#started ? this.#rules.prepare(next) : null;
    try {
      if (this.#started && !same(before, next, 'listen')) await this.#server.listen(next.listen.host, next.listen.port, certificate);
      else if (certificate !== undefined) this.#server.secure(certificate);
    } catch (error) {
      rules?.discard();
      throw error;
    }
    rules?.commit();
    this.#take(next);
    if (!this.#started) return;
    if (!same(before, next, 'logDir', 'correctionsFile', 'navigationFile', 'maxFileSizeMb', 'retentionDays')) this.#openAudit();
    if (!same(before, next, 'db')) this.#record.move(next.db);
    if (!same(before, next, 'workspaces', 'db', 'patchesDb', 'logDir', 'correctionsFile', 'navigationFile')) this.#openWorkspaces();
  }

  /** Reads certificate and key again, as after a renewal; connections go on with those they were shown. @throws CertificateError, and the ones before stay in use */
  renewCertificate(): void {
    this.#server.secure(this.#certificateOf(this.#config));
  }

  /**
   * Listens elsewhere; the listener before closes once the new one is open, and connections stay.
   * @throws the system's error, and then nothing has changed
   */
  async listen(listen: ListenAddress): Promise<BoundAddress> {
    const address = await this.#server.listen(listen.host, listen.port);
    this.#take({ ...this.#config, listen });
    return address;
  }

  /**
   * Teaches that a correction is not to be made again, from the next exchange on; with `undo` that it is.
   * @throws RuleStoreError where the database has no such correction, RangeError where there is no database and it is not among the last 1,000
   */
  reject(id: string, undo = false): void {
    this.#rules.reject(id, undo);
  }

  /** Accepts no more, lets streams finish for `graceMs`, writes what is queued and closes everything. */
  async stop(graceMs: number = this.#config.limits.graceMs): Promise<void> {
    await this.#server.stop(graceMs);
    this.#pool.close();
    this.#rules.close();
    await this.#record.close();
    await this.#audit?.close();
    await Promise.all(this.#closing);
    this.#workspaces?.close();
  }

  get config(): Config {
    return this.#config;
  }

  /** What cannot fail. */
  #take(next: Config): void {
    const before = this.#config;
    this.#config = next;
    this.#settings = settingsOf(next);
    this.#switchedFor = undefined;
    this.#switchedSettings = this.#settings;
    // Switched off from the start, it had no use for an index.
    if (this.#started && this.#workspaces === null && next.enabled && !before.enabled) this.#openWorkspaces();
    if (same(before, next, 'upstream', 'poolSize')) return;
    this.#pool.close();
    this.#pool = new SparePool(endpointOf(next), next.poolSize);
    if (before.upstream.url === next.upstream.url) return;
    this.#habits = new BackendHabits();
    this.#server.redial();
  }

  #certificateOf({ tls }: Config): Certificate | null {
    if (tls === null) return null;
    const certificate = readCertificate(tls);
    const leftMs = certificate.validToMs - Date.now();
    if (leftMs < 0) this.#logger.warn(`the certificate in ${tls.certFile} ended on ${new Date(certificate.validToMs).toISOString()}; clients will refuse it: renew it, and it is read again by itself`);
    else if (leftMs < EXPIRY_WARNING_MS) this.#logger.warn(`the certificate in ${tls.certFile} ends on ${new Date(certificate.validToMs).toISOString()}; renew it, and it is read again by itself`);
    return certificate;
  }

  /** What others read of it in the database. */
  #facts(): ProxyFacts {
    const { activeConnections, correctionPatterns, behaviorPatches, endpoint } = this.statistics();
    const { address, config } = this;
    return {
      host: address?.host ?? null, port: address?.port ?? null, tls: config.tls !== null, endpoint, mode: config.enabled ? config.globalMode : 'off',
      patterns: correctionPatterns, patches: behaviorPatches, connections: activeConnections,
    };
  }

  #openWorkspaces(): void {
    const { workspaces } = this.#config;
    this.#workspaces?.close();
    this.#workspaces = null;
    if (workspaces === 'none' || this.#listed !== null || !this.#config.enabled) return;
    const own = ownFiles(this.#config, workspaces);
    this.#indexed = false;
    const opened = (this.#workspaces = openWorkspaces(workspaces, { exclude: own, onMessage: (message) => this.#logger.warn(message) }));
    void opened.ready.then(() => {
      if (this.#workspaces === opened) this.#indexed = true;
    });
  }

  #openAudit(): void {
    if (this.#audit !== null) {
      const closing: Promise<void> = this.#audit.close().finally(() => this.#closing.delete(closing));
      this.#closing.add(closing);
    }
    if (!this.#audits) return;
    const { config } = this;
    this.#audit = new AuditLog({
      directory: config.logDir,
      correctionsFile: config.correctionsFile,
      navigationFixesFile: config.navigationFile,
      maxFileSizeMb: config.maxFileSizeMb,
      retentionDays: config.retentionDays,
      onFault: (error) => this.#logger.error(`the audit log in ${config.logDir} cannot be written: ${error.message}`),
    });
  }

  #observe(observation: Observation): void {
    this.#counter.observe(observation);
    this.#audit?.observe(observation);
    this.#rules.observe(observation);
    this.#observer.observe(observation);
    switch (observation.kind) {
      case 'exchange':
        this.#logger.info(exchangeLine(observation.summary), 'exchange');
        break;
      case 'fault':
        this.#logger.warn({ exchange: observation.exchange }, observation.message);
        break;
      case 'patch':
        this.#logger.debug({ exchange: observation.exchange, patch: observation.patch }, 'patch applied');
        break;
      case 'outcome':
        this.#logger.debug({ exchange: observation.exchange, patch: observation.patch, success: observation.success }, 'patch judged');
        break;
      case 'tunnel':
        this.#logger.info({ reason: observation.reason }, 'tunnel: a connection passes uninspected');
        break;
      case 'correction':
        this.#logger.debug({ correction: observation.correction }, 'correction');
        break;
    }
  }
}
