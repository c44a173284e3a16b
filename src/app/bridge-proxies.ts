import { isLoopbackHost, parseListen } from './config-address.js';
import type { Options } from './library-options.js';
import { createProxy, createProxyBeside, type Proxy } from './library-proxy.js';

/** Beyond so many backends at a time, proxies that nobody uses any more are given to new ones. */
const MOST_KEPT = 16;

export interface BridgeProxiesHost {
  /** A proxy comes into use; what it tells is the bridge's. */
  taken(proxy: Proxy): void;
  /** Whether a client is led through it. */
  inUse(proxy: Proxy): boolean;
  failed(error: Error): void;
}

/**
 * The proxies of a bridge: the main one on the address its host named, and one on a port of its own for each further backend that clients have.
 * They share the main one's index of the workspace.
 */
export class BridgeProxies {
  readonly main: Proxy;
  readonly #options: Options;
  readonly #host: BridgeProxiesHost;
  /** By the address of their backend. */
  readonly #others = new Map<string, Proxy>();
  /** Listens already, and leads nowhere yet: a client of another backend that comes at once is not to wait, and not to go unread. */
  #spare: Proxy | null = null;
  #reserving = false;
  #stopped = false;
  #enabled = true;

  /** @throws ConfigError, RangeError or RuleInputError for an option that cannot be */
  constructor(options: Options, host: BridgeProxiesHost) {
    this.#options = options;
    this.#host = host;
    this.main = createProxy(options);
    host.taken(this.main);
  }

  /** Those that are or were in use. */
  get all(): readonly Proxy[] {
    return [this.main, ...this.#others.values()];
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    for (const proxy of this.all) proxy.setEnabled(enabled);
  }

  /** The proxy of another backend than the main one's. Where none is spare it has yet to listen. */
  of(url: string): Proxy {
    const proxy = this.#others.get(url) ?? this.#takeSpare(url) ?? this.#takeIdle(url) ?? this.#open(url);
    this.reserve();
    return proxy;
  }

  /** Sees to it that a proxy is spare before the next backend is heard of. */
  reserve(): void {
    if (this.#spare !== null || this.#reserving || this.#stopped || this.main.address === null) return;
    this.#reserving = true;
    const proxy = this.#beside(this.main.endpoint);
    proxy.start().then(
      () => {
        this.#reserving = false;
        if (this.#stopped) void proxy.stop(0);
        else this.#spare = proxy;
      },
      () => {
        // The next backend gets a proxy of its own, which tells what is wrong.
        this.#reserving = false;
      },
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#spare?.stop(0), ...this.all.map((proxy) => proxy.stop())]);
  }

  #takeSpare(url: string): Proxy | null {
    const proxy = this.#spare;
    if (proxy === null) return null;
    this.#spare = null;
    proxy.setUpstream(url);
    return this.#take(url, proxy);
  }

  #takeIdle(url: string): Proxy | null {
    if (this.#others.size < MOST_KEPT) return null;
    for (const [before, proxy] of this.#others) {
      if (this.#host.inUse(proxy) || proxy.statistics().activeConnections > 0) continue;
      this.#others.delete(before);
      this.#others.set(url, proxy);
      proxy.setUpstream(url);
      return proxy;
    }
    return null;
  }

  /** Until it listens, its clients still speak to their backend themselves. */
  #open(url: string): Proxy {
    const proxy = this.#take(url, this.#beside(url));
    proxy.start().catch((error: unknown) => this.#host.failed(error instanceof Error ? error : new Error(String(error))));
    return proxy;
  }

  #take(url: string, proxy: Proxy): Proxy {
    if (!this.#enabled) proxy.setEnabled(false);
    this.#others.set(url, proxy);
    this.#host.taken(proxy);
    return proxy;
  }

  #beside(upstream: string): Proxy {
    const { host } = parseListen(this.#options.listen ?? '127.0.0.1:11435');
    return createProxyBeside(this.main, { ...this.#options, upstream, listen: `${isLoopbackHost(host) && host.includes(':') ? `[${host}]` : host}:0` });
  }
}
