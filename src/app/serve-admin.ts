import { type Observer, nobody } from '../core/observe.js';
import { isLoop } from './config-address.js';
import { openAdmin } from './admin/admin.js';
import { AdminHub } from './admin/hub.js';
import type { AdminServer } from './admin/server.js';
import { type AdminTarget, changedConfig, changedState, type ConfigChange, joinStates, mergeChanges, type ProxyState, stateOf } from './admin/target.js';
import { WorkerLink } from './admin/worker-link.js';
import { type Config, ConfigError, formatAddress } from './config.js';
import type { Logger } from './log.js';
import type { HotpatchProxy } from './proxy.js';
import type { WorkerRole } from './workers.js';

/** What `serve` has to do with an admin address: its own, or as a worker the first process's. */
export interface ServeAdmin {
  /** Takes what the proxy observes. */
  readonly observer: Observer;
  /** @param change changes what the proxy does. @throws Error where an address that was asked for cannot be had */
  open(proxy: HotpatchProxy, change: (change: ConfigChange) => Promise<void>): Promise<void>;
  close(): void;
}

export function serveAdmin(worker: WorkerRole | null, config: Config, logger: Logger): ServeAdmin {
  if (worker !== null) return worker.tells ? workerAdmin(logger) : NONE;
  return config.admin === 'off' ? NONE : ownAdmin(logger);
}

const NONE: ServeAdmin = { observer: nobody, open: () => Promise.resolve(), close: () => undefined };

function ownAdmin(logger: Logger): ServeAdmin {
  const hub = new AdminHub();
  let server: AdminServer | null = null;
  return {
    observer: hub,
    open: async (proxy, change) => {
      server = await openAdmin({ hub, logger, config: () => proxy.config, target: { state: () => stateOf(proxy), change, reload: () => proxy.reload() } });
    },
    close: () => server?.close(),
  };
}

function workerAdmin(logger: Logger): ServeAdmin {
  let link: WorkerLink | null = null;
  return {
    observer: { observe: (observation) => link?.observe(observation) },
    open: (proxy, change) => {
      link = new WorkerLink(() => stateOf(proxy), (news) => void (process.connected && process.send?.(news)));
      link.start();
      process.on('message', (asked: { readonly hotpatch?: unknown; readonly change?: ConfigChange }) => {
        if (asked.hotpatch === 'change' && asked.change !== undefined) change(asked.change).catch((error: unknown) => logger.error(`a change was not made: ${String(error)}`));
      });
      return Promise.resolve();
    },
    close: () => {
      link?.flush();
      link?.close();
    },
  };
}

/** The admin address of a group, in its first process: what the workers tell, as one proxy. */
export class GroupAdmin {
  readonly #hub = new AdminHub();
  readonly #states = new Map<number, ProxyState>();
  readonly #logger: Logger;
  #config: Config;
  #changes: ConfigChange = {};
  #server: AdminServer | null = null;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
  }

  /** What workers that start from now on have to be told; null: nothing. */
  get changes(): ConfigChange | null {
    return Object.keys(this.#changes).length === 0 ? null : this.#changes;
  }

  news(worker: number, { observations, state }: { readonly observations: readonly Parameters<AdminHub['observe']>[0][]; readonly state: ProxyState }): void {
    for (const observation of observations) this.#hub.observe(observation);
    this.#states.set(worker, state);
  }

  gone(worker: number): void {
    this.#states.delete(worker);
  }

  /** @param tell tells all workers. @throws Error where an address that was asked for cannot be had */
  async open(tell: (change: ConfigChange) => void): Promise<void> {
    const target: AdminTarget = {
      state: () => joinStates([...this.#states.values()]),
      change: (change) => {
        const next = changedConfig(this.#config, change);
        // Where they listen may differ from what was asked for, as with port 0.
        const listen = { ...next.listen, port: joinStates([...this.#states.values()])?.listenPort ?? next.listen.port };
        if (isLoop(listen, next.upstream)) throw new ConfigError(`${next.upstream.url} leads to the proxy itself, which listens on ${formatAddress(listen)}: requests would go in a circle`);
        this.#config = next;
        this.#changes = mergeChanges(this.#changes, change);
        tell(change);
        // What they say of it comes later than the answer.
        for (const [worker, state] of this.#states) this.#states.set(worker, changedState(state, change));
        return Promise.resolve();
      },
      // They look three times a second by themselves.
      reload: () => undefined,
    };
    this.#server = await openAdmin({ hub: this.#hub, target, logger: this.#logger, config: () => this.#config });
  }

  close(): void {
    this.#server?.close();
  }
}
