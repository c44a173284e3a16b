import type { Mode, Modes } from '../../core/types.js';
import { uniformModes } from '../../core/types.js';
import { type Config, formatAddress, parseUpstream } from '../config.js';
import type { HotpatchProxy } from '../proxy.js';
import type { Statistics } from '../statistics.js';

/** How a proxy stands, beside what it counted. */
export interface ProxyState extends Pick<Statistics, 'activeConnections' | 'serverListening' | 'listenPort' | 'endpoint' | 'correctionPatterns' | 'behaviorPatches'> {
  /** Null: it does not listen. */
  readonly url: string | null;
  readonly enabled: boolean;
  readonly mode: Mode;
  readonly modes: Modes;
  /** Files of the workspace known so far, and whether those are all. */
  readonly files: number;
  readonly indexed: boolean;
  readonly pids: readonly number[];
}

/** What can be changed while it runs; what is left out stays. It counts until the next start. */
export interface ConfigChange {
  readonly enabled?: boolean;
  /** For all types, save those in `modes`. */
  readonly mode?: Mode;
  readonly modes?: Partial<Modes>;
  readonly upstream?: string;
}

/** The proxy behind an admin address: one in this process, or a group of workers. */
export interface AdminTarget {
  /** Null: no process of it is ready. */
  state(): ProxyState | null;
  /** @throws ConfigError, and then nothing has changed */
  change(change: ConfigChange): Promise<void>;
  /** Looks at the rules now instead of within a second. */
  reload(): void;
}

export function stateOf(proxy: HotpatchProxy): ProxyState {
  const { activeConnections, serverListening, listenPort, endpoint, correctionPatterns, behaviorPatches } = proxy.statistics();
  const { address, config, files } = proxy;
  return {
    activeConnections, serverListening, listenPort, endpoint, correctionPatterns, behaviorPatches,
    url: address === null ? null : `${config.tls === null ? 'http' : 'https'}://${formatAddress(address)}`,
    enabled: config.enabled, mode: config.globalMode, modes: config.modes, files: files.count, indexed: files.indexed, pids: [process.pid],
  };
}

/** Several workers as one proxy. */
export function joinStates(states: readonly ProxyState[]): ProxyState | null {
  const [first] = states;
  if (first === undefined) return null;
  return {
    ...first,
    activeConnections: states.reduce((sum, state) => sum + state.activeConnections, 0),
    indexed: states.every((state) => state.indexed),
    pids: states.flatMap((state) => state.pids),
  };
}

/** A configuration with a change in it. @throws ConfigError */
export function changedConfig(config: Config, { enabled, mode, modes, upstream }: ConfigChange): Config {
  return {
    ...config,
    ...(enabled === undefined ? {} : { enabled }),
    modes: { ...(mode === undefined ? config.modes : uniformModes(mode)), ...modes },
    globalMode: mode ?? config.globalMode,
    ...(upstream === undefined ? {} : { upstream: parseUpstream(upstream, 'upstream'), explicitUpstream: true }),
  };
}

/** How a proxy stands once it has made a change. */
export function changedState(state: ProxyState, { enabled, mode, modes, upstream }: ConfigChange): ProxyState {
  return {
    ...state,
    enabled: enabled ?? state.enabled,
    mode: mode ?? state.mode,
    modes: { ...(mode === undefined ? state.modes : uniformModes(mode)), ...modes },
    endpoint: upstream === undefined ? state.endpoint : parseUpstream(upstream, 'upstream').url,
  };
}

/** Two changes as one. */
export function mergeChanges(before: ConfigChange, change: ConfigChange): ConfigChange {
  // A mode for all is the last word on all types.
  const modes = change.mode === undefined ? { ...before.modes, ...change.modes } : change.modes;
  return { ...before, ...change, ...(modes === undefined ? { modes: {} } : { modes }) };
}
