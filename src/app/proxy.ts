import { sep } from 'node:path';
import { monotonicFactory } from 'ulid';
import { nobody, type Observation, type Observer } from '../core/observe.js';
import { BackendHabits } from '../core/rewrite/backend-habits.js';
import { ClientMemory } from '../core/rewrite/client-memory.js';
import { openConnection } from '../core/rewrite/connection.js';
import type { ConnectionContext, Settings } from '../core/rewrite/settings.js';
import { compileRuleSet, EMPTY_RULES, rejectionKey, withSwitches } from '../core/rules/compile.js';
import type { Fact, PatternRule, RuleSet, RuleSource } from '../core/rules/rule-set.js';
import { seedRules } from '../core/rules/seed-rules.js';
import { type GroundTruth, nothingKnown } from '../core/truth/ground-truth.js';
import { truthOfFiles } from '../core/truth/path-truth.js';
import { type Correction, uniformModes } from '../core/types.js';
import { modesUnder, type Switches } from '../core/rules/switches.js';
import { AuditLog } from '../node/audit/audit-log.js';
import { CorrectionsTable } from '../node/audit/corrections-table.js';
import { type Endpoint, SparePool } from '../node/net/dialer.js';
import { ProxyServer } from '../node/net/server.js';
import { migrate } from '../node/rules/schema.js';
import { type Database, openDatabase, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { openRuleStore } from '../node/rules/sqlite-rule-store.js';
import { openWorkspaces, type Workspaces } from '../node/truth/workspace-index.js';
import { SqliteRuleSource } from '../node/rules/sqlite-rule-source.js';
import { type Config, isLoopbackHost, type ListenAddress } from './config.js';
import { exchangeLine, type Logger } from './log.js';

export interface ProxyOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Rules that are in no database, as the demo's. */
  readonly extraRules?: readonly PatternRule[];
  /** Facts that are in no database. */
  readonly extraFacts?: readonly Fact[];
  /** The workspace in place of the disk: relative posix paths. */
  readonly files?: readonly string[];
  /** Told of everything that happens, after what hotpatch itself keeps. */
  readonly observer?: Observer;
  /** Whether log files are written. Default: yes. */
  readonly audit?: boolean;
}

/** Corrections that can be rejected before, or without, a database row. */
const MOST_RECENT = 1_000;

/** Rules, audit, listener and backend joined: one running proxy. */
export class HotpatchProxy {
  #config: Config;
  readonly #logger: Logger;
  readonly #extraRules: readonly PatternRule[];
  readonly #extraFacts: readonly Fact[];
  readonly #listed: GroundTruth | null;
  readonly #audit: boolean;
  readonly #observer: Observer;
  readonly #files: number;
  /** What was corrected last, by id, and what of it is not to be made again. */
  readonly #recent = new Map<string, string>();
  readonly #rejected = new Set<string>();
  #settings: Settings;
  readonly #server: ProxyServer;
  readonly #observers: Observer[] = [];
  readonly #closers: (() => Promise<void> | void)[] = [];
  #rules: RuleSource = { current: () => EMPTY_RULES };
  #extended: { readonly base: RuleSet; readonly rules: RuleSet } | null = null;
  #table: CorrectionsTable | null = null;
  #habits = new BackendHabits();
  #pool: SparePool;
  #workspaces: Workspaces | null = null;
  #switchedFor: Switches | undefined;
  #switchedSettings: Settings;

  constructor({ config, logger, extraRules = [], extraFacts = [], files, observer, audit = true }: ProxyOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#extraRules = extraRules;
    this.#extraFacts = extraFacts;
    this.#listed = files === undefined ? null : truthOfFiles([...files]);
    this.#audit = audit;
    this.#observer = observer ?? nobody;
    this.#files = files?.length ?? 0;
    this.#settings = settingsOf(config);
    this.#switchedSettings = this.#settings;
    this.#pool = new SparePool(endpointOf(config), config.poolSize);
    const id = monotonicFactory();
    const shared: Omit<ConnectionContext, 'loopbackClient'> = {
      settings: () => this.#switched(),
      rules: { current: () => this.rules() },
      truth: (request, workspace) => this.#listed ?? this.#workspaces?.truthFor({ workingDirectory: request.workingDirectory?.() ?? null, workspaceHeader: workspace }) ?? nothingKnown,
      observer: { observe: (observation) => this.#observe(observation) },
      newId: () => id(),
      memory: new ClientMemory(),
      patches: () => (this.#rules instanceof SqliteRuleSource ? this.#rules.snapshot().patches : []),
      habits: {
        closed: (framing, idleMs) => this.#habits.closed(framing, idleMs),
        closesAfter: (framing) => this.#habits.closesAfter(framing),
      },
    };
    this.#server = new ProxyServer({
      dial: () => this.#pool.take(),
      connectTimeoutMs: () => this.#config.connectTimeoutMs,
      nowMs: Date.now,
      connect: (sink, loopbackClient, nowMs) => openConnection(sink, { ...shared, loopbackClient }, nowMs),
    });
  }

  /** The settings, less what rules of the form `{"rule":"check_…","enabled":false}` switch off: where all is off, no answer is read. */
  #switched(): Settings {
    const { switches } = this.#rules.current();
    if (this.#switchedFor !== switches) {
      this.#switchedFor = switches;
      this.#switchedSettings = { ...this.#settings, modes: modesUnder(this.#settings.modes, switches) };
    }
    return this.#switchedSettings;
  }

  /** The rules the next exchange will have. */
  rules(): RuleSet {
    const base = this.#rules.current();
    if (this.#extraRules.length === 0 && this.#extraFacts.length === 0 && this.#rejected.size === 0) return base;
    if (this.#extended?.base !== base) {
      const rejected = new Set([...base.rejected, ...this.#rejected]);
      const rules = withSwitches(compileRuleSet([...base.patterns, ...this.#extraRules], [...base.facts, ...this.#extraFacts], rejected, base.faults, this.#config.limits), base.switches);
      this.#extended = { base, rules };
    }
    return (this.#extended as { rules: RuleSet }).rules;
  }

  /** Behavior patches in force. */
  get patches(): number {
    return this.#rules instanceof SqliteRuleSource ? this.#rules.snapshot().patches.length : 0;
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
    if (this.#audit) this.#openAudit();
    this.#openTable();
    this.#openWorkspaces();
    return address;
  }

  /** Files known so far, and a promise of all of them. */
  get files(): { readonly count: number; readonly complete: Promise<void> } {
    return { count: this.#workspaces?.files ?? this.#files, complete: this.#workspaces?.ready ?? Promise.resolve() };
  }

  /** Looks at the rules now instead of within a second. */
  reload(): void {
    if (this.#rules instanceof SqliteRuleSource) this.#rules.check();
  }

  /** Where it listens; null: it does not. */
  get address(): { readonly host: string; readonly port: number } | null {
    return this.#server.address;
  }

  /** Changes what the next exchange is done with. What is under way goes on as it began. */
  set(change: Partial<Pick<Config, 'modes' | 'globalMode' | 'enabled' | 'upstream'>>): void {
    const before = this.#config;
    this.#config = { ...before, ...change };
    this.#settings = settingsOf(this.#config);
    this.#switchedFor = undefined;
    this.#switchedSettings = this.#settings;
    if (this.#config.upstream.url === before.upstream.url) return;
    this.#pool.close();
    this.#pool = new SparePool(endpointOf(this.#config), this.#config.poolSize);
    this.#habits = new BackendHabits();
    this.#server.redial();
  }

  /**
   * Listens elsewhere; the listener before closes once the new one is open, and connections stay.
   * @throws the system's error, and then nothing has changed
   */
  async listen(listen: ListenAddress): Promise<{ readonly host: string; readonly port: number }> {
    const address = await this.#server.listen(listen.host, listen.port);
    this.#config = { ...this.#config, listen };
    this.#settings = settingsOf(this.#config);
    this.#switchedFor = undefined;
    this.#switchedSettings = this.#settings;
    return address;
  }

  /**
   * Teaches that a correction is not to be made again, from the next exchange on; with `undo` that it is.
   * @throws RuleStoreError where the database has no such correction, RangeError where there is no database and it is not among the last 1,000
   */
  reject(id: string, undo = false): void {
    const key = this.#recent.get(id);
    if (this.#table !== null) {
      this.#table.flush();
      const store = openRuleStore(this.#config.db, {});
      try {
        store.reject(id, undo);
      } finally {
        store.close();
      }
      this.reload();
      return;
    }
    if (key === undefined) throw new RangeError(`there is no correction ${id} among the last ${MOST_RECENT}; without a database older ones are not known`);
    if (undo) this.#rejected.delete(key);
    else this.#rejected.add(key);
    this.#extended = null;
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
    if (workspaces === 'none' || this.#listed !== null || !this.#config.enabled) return;
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
  }

  #openTable(): void {
    if (!(this.#rules instanceof SqliteRuleSource)) return;
    const { db, retentionDays } = this.#config;
    const table = new CorrectionsTable({ open: () => openWhole(db), retentionDays, onFault: (error) => this.#logger.error(`corrections cannot be stored in ${db}: ${error.message}`) });
    this.#table = table;
    this.#observers.push(table);
    this.#closers.push(() => table.close());
  }

  #remember({ id, type, detected, expected }: Correction): void {
    this.#recent.set(id, rejectionKey(type, detected, expected));
    if (this.#recent.size <= MOST_RECENT) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      break;
    }
  }

  #observe(observation: Observation): void {
    for (const observer of this.#observers) observer.observe(observation);
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
      case 'tunnel':
        this.#logger.info({ reason: observation.reason }, 'tunnel: a connection passes uninspected');
        break;
      case 'correction':
        if (this.#table === null) this.#remember(observation.correction);
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
