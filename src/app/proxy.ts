import { sep } from 'node:path';
import { monotonicFactory } from 'ulid';
import type { Observation, Observer } from '../core/observe.js';
import { detectorsFor } from '../core/detect/index.js';
import { BackendHabits } from '../core/rewrite/backend-habits.js';
import { openConnection } from '../core/rewrite/connection.js';
import type { ConnectionContext, Settings } from '../core/rewrite/settings.js';
import { compileRuleSet, EMPTY_RULES } from '../core/rules/compile.js';
import type { PatternRule, RuleSet, RuleSource } from '../core/rules/rule-set.js';
import { seedRules } from '../core/rules/seed-rules.js';
import { nothingKnown } from '../core/truth/ground-truth.js';
import { type HallucinationType, uniformModes } from '../core/types.js';
import { SWITCHES } from '../core/rules/rule-input.js';
import { AuditLog } from '../node/audit/audit-log.js';
import { CorrectionsTable } from '../node/audit/corrections-table.js';
import { type Endpoint, SparePool } from '../node/net/dialer.js';
import { ProxyServer } from '../node/net/server.js';
import { migrate } from '../node/rules/schema.js';
import { type Database, openDatabase, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';
import { type RuleSnapshot, SqliteRuleSource } from '../node/rules/sqlite-rule-source.js';
import { type Config, isLoopbackHost } from './config.js';
import { exchangeLine, type Logger } from './log.js';

export interface ProxyOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Rules that are in no database, as the demo's. */
  readonly extraRules?: readonly PatternRule[];
}

/** Rules, audit, listener and backend joined: one running proxy. */
export class HotpatchProxy {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #extraRules: readonly PatternRule[];
  readonly #settings: Settings;
  readonly #server: ProxyServer;
  readonly #observers: Observer[] = [];
  readonly #closers: (() => Promise<void> | void)[] = [];
  #rules: RuleSource = { current: () => EMPTY_RULES };
  #extended: { readonly base: RuleSet; readonly rules: RuleSet } | null = null;
  #pool: SparePool;
  #workspaces: Workspaces | null = null;
  #switchedFor: RuleSnapshot | null = null;
  #switchedSettings: Settings;

  constructor({ config, logger, extraRules = [] }: ProxyOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#extraRules = extraRules;
    this.#settings = settingsOf(config);
    this.#switchedSettings = this.#settings;
    this.#pool = new SparePool(endpointOf(config), config.poolSize);
    const id = monotonicFactory();
    const shared: Omit<ConnectionContext, 'loopbackClient'> = {
      settings: () => this.#switched(),
      rules: { current: () => this.rules() },
      truth: (request, workspace) => this.#workspaces?.truthFor({ workingDirectory: request.workingDirectory?.() ?? null, workspaceHeader: workspace }) ?? nothingKnown,
      observer: { observe: (observation) => this.#observe(observation) },
      newId: () => id(),
      habits: new BackendHabits(),
      detectors: detectorsFor(config.namedTypes),
    };
    this.#server = new ProxyServer({
      dial: () => this.#pool.take(),
      connectTimeoutMs: () => config.connectTimeoutMs,
      nowMs: Date.now,
      connect: (sink, loopbackClient, nowMs) => openConnection(sink, { ...shared, loopbackClient }, nowMs),
    });
  }

  /** The settings, less what rules of the form `{"rule":"check_…","enabled":false}` switch off. */
  #switched(): Settings {
    if (!(this.#rules instanceof SqliteRuleSource)) return this.#settings;
    const snapshot = this.#rules.snapshot();
    if (this.#switchedFor !== snapshot) {
      const off = [...snapshot.switches].filter(([, enabled]) => !enabled).flatMap(([name]) => SWITCHES[name] as readonly HallucinationType[]);
      this.#switchedFor = snapshot;
      this.#switchedSettings = off.length === 0 ? this.#settings : { ...this.#settings, modes: { ...this.#settings.modes, ...Object.fromEntries(off.map((type) => [type, 'off'])) } };
    }
    return this.#switchedSettings;
  }

  /** The rules the next exchange will have. */
  rules(): RuleSet {
    const base = this.#rules.current();
    if (this.#extraRules.length === 0) return base;
    if (this.#extended?.base !== base) {
      const rules = compileRuleSet([...base.patterns, ...this.#extraRules], base.facts, base.rejected, base.faults, this.#config.limits);
      this.#extended = { base, rules };
    }
    return (this.#extended as { rules: RuleSet }).rules;
  }

  get connections(): number {
    return this.#server.connections;
  }

  /**
   * Opens database, logs and listener.
   * @returns where it listens, the real port where 0 was asked for
   * @throws the system's error where the address is taken or not allowed
   */
  async start(): Promise<{ readonly host: string; readonly port: number }> {
    const { config } = this;
    const address = await this.#server.listen(config.listen.host, config.listen.port);
    this.#openRules();
    this.#openAudit();
    this.#openWorkspaces();
    return address;
  }

  /** Files known so far, and a promise of all of them. */
  get files(): { readonly count: number; readonly complete: Promise<void> } {
    return { count: this.#workspaces?.files ?? 0, complete: this.#workspaces?.ready ?? Promise.resolve() };
  }

  /** Looks at the rules now instead of within a second. */
  reload(): void {
    if (this.#rules instanceof SqliteRuleSource) this.#rules.check();
  }

  /** Accepts no more, lets streams finish for `graceMs`, writes what is queued and closes everything. */
  async stop(graceMs: number = this.#config.limits.graceMs): Promise<void> {
    await this.#server.stop(graceMs);
    this.#pool.close();
    for (const close of this.#closers.splice(0)) await close();
  }

  get config(): Config {
    return this.#config;
  }

  #openRules(): void {
    const { db, limits } = this.#config;
    if (db === 'none') return;
    try {
      const source = new SqliteRuleSource(db, {
        limits,
        create: true,
        onFault: (error) => this.#logger.error(`${error.message}; the rules read last stay in use`),
        onChange: ({ rules }) => {
          for (const fault of rules.faults) this.#logger.warn(`rule ${fault.id} in ${db} is skipped: ${fault.message}`);
          this.#logger.debug({ rules: rules.patterns.length }, 'rules loaded');
        },
      });
      this.#rules = source;
      this.#closers.push(() => source.close());
    } catch (error) {
      if (!(error instanceof SqliteUnavailableError)) throw error;
      this.#logger.warn(`${error.message}; serving with the built-in rules`);
      const builtIn = compileRuleSet(seedRules(), [], new Set(), [], limits);
      this.#rules = { current: () => builtIn };
    }
  }

  #openWorkspaces(): void {
    const { workspaces } = this.#config;
    if (workspaces === 'none' || !this.#config.enabled) return;
    const own = ownFiles(this.#config, workspaces);
    const opened = openWorkspaces(workspaces, { exclude: own, onMessage: (message) => this.#logger.warn(message) });
    this.#workspaces = opened;
    this.#closers.push(() => opened.close());
  }

  #openAudit(): void {
    const { config } = this;
    const told = (what: string) => (error: Error) => this.#logger.error(`${what}: ${error.message}`);
    const log = new AuditLog({
      directory: config.logDir,
      correctionsFile: config.correctionsFile,
      navigationFixesFile: config.navigationFile,
      maxFileSizeMb: config.maxFileSizeMb,
      retentionDays: config.retentionDays,
      onFault: told(`the audit log in ${config.logDir} cannot be written`),
    });
    this.#observers.push(log);
    this.#closers.push(() => log.close());
    if (!(this.#rules instanceof SqliteRuleSource)) return;
    const table = new CorrectionsTable({ open: () => openWhole(config.db), retentionDays: config.retentionDays, onFault: told(`corrections cannot be stored in ${config.db}`) });
    this.#observers.push(table);
    this.#closers.push(() => table.close());
  }

  #observe(observation: Observation): void {
    for (const observer of this.#observers) observer.observe(observation);
    switch (observation.kind) {
      case 'exchange':
        this.#logger.info(exchangeLine(observation.summary), 'exchange');
        break;
      case 'fault':
        this.#logger.warn({ exchange: observation.exchange }, observation.message);
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

/** A database that has only the columns operators wrote gets the rest of the schema before the first row is stored. */
function openWhole(file: string): Database {
  const db = openDatabase(file);
  try {
    migrate(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** What hotpatch writes itself is no file of anybody's project. A log folder that holds a workspace is not left out as a whole. */
function ownFiles({ db, logDir, correctionsFile, navigationFile }: Config, workspaces: readonly string[]): readonly string[] {
  const logs = [correctionsFile, navigationFile].flatMap((file) => [file, `${file}.lock`]);
  const databases = db === 'none' ? [] : [db, `${db}-wal`, `${db}-shm`, `${db}-journal`];
  const holds = workspaces.some((root) => root === logDir || root.startsWith(`${logDir}${sep}`));
  return [...databases, ...logs, ...(holds ? [] : [logDir])];
}

function endpointOf({ upstream }: Config): Endpoint {
  return { protocol: upstream.protocol, host: upstream.host, port: upstream.port };
}

function settingsOf(config: Config): Settings {
  const { upstream, limits, notes, listen } = config;
  const defaultPort = upstream.protocol === 'https:' ? 443 : 80;
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  return {
    modes: config.enabled ? config.modes : uniformModes('off'),
    limits,
    notes,
    responseTimeoutMs: config.responseTimeoutMs,
    upstreamHost: upstream.loopback ? null : upstream.port === defaultPort ? host : `${host}:${upstream.port}`,
    access: { loopbackListener: isLoopbackHost(listen.host), origins: config.allowOrigins, hosts: config.allowHosts },
  };
}
