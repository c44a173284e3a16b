import { isLoopbackHost, parseListen, parseUpstream } from './config-address.js';
import { BridgeProxies } from './bridge-proxies.js';
import { hasEndpoint, redirect, type Redirected } from './bridge-client.js';
import { ProxyEmitter, type ProxyEvents } from './events.js';
import type { Options } from './library-options.js';
import type { Proxy } from './library-proxy.js';
import type { Statistics } from './statistics.js';

/** What tells of a replacement client: an `EventEmitter`, or an `EventTarget` whose event has the client as `detail`. */
export type ClientSource =
  | { on(event: string, listener: (client: unknown) => void): unknown; off?(event: string, listener: (client: unknown) => void): unknown; removeListener?(event: string, listener: (client: unknown) => void): unknown }
  | EventTarget;

interface Attached {
  readonly client: object;
  redirected: Redirected | null;
  proxy: Proxy;
}

/** Told on by the bridge in its own name. */
const FORWARDED = ['hallucinationDetected', 'hallucinationCorrected', 'navigationErrorFixed', 'behaviorPatchApplied', 'exchange', 'error', 'serverStarted', 'serverStopped', 'proxyPortChanged', 'endpointChanged'] as const satisfies readonly (keyof ProxyEvents)[];

/**
 * Puts a host's clients behind a proxy in the same process. It listens before it redirects and restores before it closes, so that no
 * request meets a closed port. The clients of `ollama` (`config.host`), `openai` and `@anthropic-ai/sdk` (`baseURL`) and anything
 * with `endpoint` are understood. Without `upstream` each client's own endpoint is its backend; with it, that is everyone's, until a
 * client is given another endpoint.
 */
export class Bridge extends ProxyEmitter {
  readonly #options: Options;
  readonly #proxies: BridgeProxies;
  readonly #attached = new Map<object, Attached>();
  /** The backend has been chosen, by an option or by the first client. */
  #chosen: boolean;
  #enabled = true;
  /** Clients are to be replaced, perhaps by those of another backend. */
  #following = false;
  #state: 'new' | 'started' | 'stopped' = 'new';

  /** @throws ConfigError, RangeError or RuleInputError for an option that cannot be */
  constructor(options: Options = {}) {
    super();
    this.#options = options;
    this.#chosen = options.upstream !== undefined;
    this.#proxies = new BridgeProxies(options, {
      taken: (proxy) => this.#forward(proxy),
      inUse: (proxy) => [...this.#attached.values()].some((attached) => attached.proxy === proxy),
      failed: (error) => this.tell('error', error),
    });
  }

  /** Listens, then redirects what was attached before. @throws what `Proxy.start` throws */
  async start(): Promise<void> {
    if (this.#state === 'stopped') throw new Error('this bridge was stopped; make another one');
    await this.#main.start();
    this.#state = 'started';
    for (const attached of this.#attached.values()) this.#redirect(attached);
    if (this.#following) this.#proxies.reserve();
  }

  /** Restores every client, then lets streams finish and closes. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    for (const { client } of [...this.#attached.values()]) this.#detach(client);
    await this.#proxies.stop();
  }

  /**
   * Points a client at the proxy, now or once it listens. An endpoint that is assigned to the client later moves the proxy's
   * backend, not the client. A second call for the same client changes nothing. Clients of several backends each get a proxy; the first client
   * of a second backend speaks to it directly for the moment until that listens, unless `follow` was called or an endpoint had changed before.
   * @returns restores the client's own endpoint
   * @throws TypeError where the client has no endpoint that is known, or it cannot be redefined
   */
  attach(client: object): () => void {
    if (!hasEndpoint(client)) throw new TypeError('the client has none of baseURL, config.host and endpoint with an http(s) address: it cannot be redirected');
    if (!this.#attached.has(client)) {
      const attached: Attached = { client, redirected: null, proxy: this.#main };
      this.#attached.set(client, attached);
      if (this.#state === 'started') {
        try {
          this.#redirect(attached);
        } catch (error) {
          this.#attached.delete(client);
          throw error;
        }
      }
    }
    return () => this.#detach(client);
  }

  /**
   * Attaches every client that `emitter` tells of under `event`, and restores the one before it.
   * @returns stops following and restores the last one
   */
  follow(emitter: ClientSource, event: string): () => void {
    let restore: () => void = () => undefined;
    const take = (client: unknown): void => {
      if (!hasEndpoint(client)) {
        this.tell('error', new TypeError(`"${event}" told of something that is no client: it has none of baseURL, config.host and endpoint`));
        return;
      }
      const last = restore;
      try {
        restore = this.attach(client);
        // The same client told of twice stays attached.
        if (this.#lastOf(emitter) !== client) last();
        this.#followed.set(emitter, client);
      } catch (error) {
        this.tell('error', error instanceof Error ? error : new Error(String(error)));
      }
    };
    const stop = subscribe(emitter, event, take);
    this.#following = true;
    this.#proxies.reserve();
    return () => {
      stop();
      restore();
    };
  }

  readonly #followed = new WeakMap<object, object>();

  /** Listens on another port of the same address; redirected clients follow at once. @throws as `Proxy.setListen` */
  async setProxyPort(port: number): Promise<void> {
    const { host } = this.#main.address ?? parseListen(this.#options.listen ?? '127.0.0.1:11435');
    await this.#main.setListen(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
  }

  /** The backend has moved: the clients of the old address follow. @throws ConfigError */
  setEndpoint(url: string): Promise<void> {
    const { url: next } = parseUpstream(url, 'setEndpoint');
    this.#main.setUpstream(next);
    this.#chosen = true;
    for (const { redirected, proxy } of this.#attached.values()) if (proxy === this.#main && redirected !== null) redirected.rebase(next + rest(redirected.own));
    return Promise.resolve();
  }

  /** False: the clients stay redirected and their bytes pass unread. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#proxies.setEnabled(enabled);
  }

  /** Whether answers are being corrected: it is started, not stopped, and enabled. */
  isActive(): boolean {
    return this.#enabled && this.#state === 'started' && this.#main.address !== null;
  }

  /** The workspace was read once. Never rejects. */
  ready(): Promise<void> {
    return this.#main.ready();
  }

  /** The counts of all its proxies; address and rules are those of the first. */
  statistics(): Statistics {
    const [main, ...others] = this.#proxies.all.map((proxy) => proxy.statistics());
    return others.reduce(added, main as Statistics);
  }

  #lastOf(emitter: object): object | undefined {
    return this.#followed.get(emitter);
  }

  #redirect(attached: Attached): void {
    if (attached.redirected !== null) return;
    const host = {
      through: (own: string): string => {
        const { address } = attached.proxy;
        if (address === null || isHere(own, address.port)) return own;
        return `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}${rest(own)}`;
      },
      moved: (own: string): void => {
        this.#place(attached, own);
        this.#proxies.reserve();
      },
    };
    attached.redirected = redirect(attached.client, host);
    if (this.#options.upstream === undefined) this.#place(attached, attached.redirected.own);
  }

  /** Chooses the proxy for the endpoint a client believes in. */
  #place(attached: Attached, own: string): void {
    const { url } = parseUpstream(new URL(own).origin);
    const { address } = this.#main;
    // It was pointed at the proxy by hand.
    if (address !== null && isHere(own, address.port)) return;
    if (sameBackend(url, this.#main.endpoint)) {
      attached.proxy = this.#main;
      return;
    }
    const alone = [...this.#attached.values()].every((other) => other === attached || other.redirected === null || other.proxy !== this.#main);
    if (alone || !this.#chosen) {
      this.#chosen = true;
      attached.proxy = this.#main;
      this.#main.setUpstream(url);
      return;
    }
    attached.proxy = this.#proxies.of(url);
  }

  #detach(client: object): void {
    const attached = this.#attached.get(client);
    if (attached === undefined) return;
    this.#attached.delete(client);
    attached.redirected?.restore();
  }

  #forward(proxy: Proxy): void {
    const forward = <Name extends (typeof FORWARDED)[number]>(name: Name): void => {
      proxy.on(name, (...args) => this.tell(name, ...args));
    };
    for (const name of FORWARDED) forward(name);
    proxy.on('statisticsUpdated', () => {
      if (this.listens('statisticsUpdated')) this.tell('statisticsUpdated', this.statistics());
    });
    // A spare one has listened for a while when it is taken.
    if (proxy.address !== null) this.tell('serverStarted', proxy.address);
  }

  get #main(): Proxy {
    return this.#proxies.main;
  }
}

/** Path and query of an endpoint, with or without the slash at its end as its owner wrote it. */
function rest(endpoint: string): string {
  const { pathname, search } = new URL(endpoint);
  return pathname === '/' && !endpoint.endsWith('/') ? search : pathname + search;
}

function isHere(endpoint: string, port: number): boolean {
  const url = new URL(endpoint);
  return Number(url.port) === port && isLoopbackHost(url.hostname);
}

/** `localhost` and `127.0.0.1` are one backend. */
function sameBackend(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [parseUpstream(one), parseUpstream(other)];
  return a.loopback && b.loopback && a.port === b.port && a.protocol === b.protocol;
}

function subscribe(emitter: ClientSource, event: string, take: (client: unknown) => void): () => void {
  if ('addEventListener' in emitter) {
    const listener = (event: object): void => take((event as { readonly detail?: unknown }).detail);
    emitter.addEventListener(event, listener);
    return () => void emitter.removeEventListener(event, listener);
  }
  emitter.on(event, take);
  return () => void (emitter.off ?? emitter.removeListener)?.call(emitter, event, take);
}

function added(one: Statistics, other: Statistics): Statistics {
  const sum = <Key extends keyof Statistics>(key: Key): number => (one[key] as number) + (other[key] as number);
  const byType = Object.fromEntries(Object.entries(one.byType).map(([type, { detected, corrected }]) => {
    const more = other.byType[type as keyof Statistics['byType']];
    return [type, { detected: detected + more.detected, corrected: corrected + more.corrected }];
  })) as Statistics['byType'];
  const reasons = new Set([...Object.keys(one.notInspected), ...Object.keys(other.notInspected)]);
  return {
    ...one,
    hallucinationsDetected: sum('hallucinationsDetected'),
    hallucinationsCorrected: sum('hallucinationsCorrected'),
    navigationErrorsFixed: sum('navigationErrorsFixed'),
    behaviorPatchesApplied: sum('behaviorPatchesApplied'),
    requestsProcessed: sum('requestsProcessed'),
    activeConnections: sum('activeConnections'),
    byType,
    notInspected: Object.fromEntries([...reasons].map((reason) => [reason, (one.notInspected[reason] ?? 0) + (other.notInspected[reason] ?? 0)])),
  };
}
