/**
 * Where clients keep their endpoint: `openai` and `@anthropic-ai/sdk` in `baseURL`, `ollama` in `config.host`, others in `endpoint`.
 * Each is a path of property names, the most particular first.
 */
const PLACES: readonly (readonly string[])[] = [['config', 'host'], ['baseURL'], ['endpoint']];

/** How a client was redirected, so that it can be put back. */
export interface Redirected {
  /** The endpoint the client believes in: its own, or what was assigned to it since. */
  readonly own: string;
  /** The backend has moved: what `restore` will put back, without telling the host. */
  rebase(own: string): void;
  restore(): void;
}

export interface RedirectHost {
  /** The address to use in place of `own`, asked each time the client reads its endpoint. */
  through(own: string): string;
  /** The client's endpoint was changed behind our back. */
  moved(own: string): void;
}

type Holder = Record<string, unknown>;

/** @returns whether `value` has an endpoint that can be redirected. */
export function hasEndpoint(value: unknown): value is object {
  return typeof value === 'object' && value !== null && placeOf(value) !== null;
}

/**
 * Makes the client's endpoint an accessor that leads through the proxy: whoever reads it is redirected, whoever assigns it changes
 * where the proxy leads, and the proxy is not left.
 * @throws TypeError where the client has no endpoint that is known, or does not let it be changed
 */
export function redirect(client: object, host: RedirectHost): Redirected {
  const place = placeOf(client);
  if (place === null) throw new TypeError('the client has none of baseURL, config.host and endpoint: it cannot be redirected');
  const state = { own: '' };
  const wrap = (endpoint: unknown): unknown => {
    state.own = String(endpoint);
    return endpoint;
  };
  const undo = place.length === 1 ? guard(client as Holder, place[0] as string, wrap, host, state) : guardNested(client as Holder, place as readonly [string, string], wrap, host, state);
  return {
    get own() {
      return state.own;
    },
    rebase: (own) => {
      state.own = own;
    },
    restore: undo,
  };
}

function placeOf(client: object): readonly string[] | null {
  return PLACES.find((place) => isEndpoint(read(client, place))) ?? null;
}

function read(client: object, place: readonly string[]): unknown {
  let value: unknown = client;
  for (const name of place) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Holder)[name];
  }
  return value;
}

function isEndpoint(value: unknown): boolean {
  return value instanceof URL || (typeof value === 'string' && URL.canParse(value) && /^https?:/i.test(value));
}

type Wrap = (endpoint: unknown) => unknown;

/** The property becomes an accessor; its undoing leaves a plain property with the client's own endpoint. */
function guard(holder: Holder, name: string, wrap: Wrap, host: RedirectHost, state: { own: string }): () => void {
  const before = Object.getOwnPropertyDescriptor(holder, name);
  if (before?.configurable === false || (before === undefined && !Object.isExtensible(holder))) {
    throw new TypeError(`the client's ${name} cannot be redefined: it is frozen or sealed`);
  }
  const isUrl = wrap(holder[name]) instanceof URL;
  const descriptor: PropertyDescriptor = {
    configurable: true,
    enumerable: before?.enumerable ?? true,
    get: () => (isUrl ? new URL(host.through(state.own)) : host.through(state.own)),
    set: (endpoint: unknown) => {
      // What was read here is written back by some clients: that is no change.
      if (String(endpoint) === host.through(state.own)) return;
      wrap(endpoint);
      if (isEndpoint(endpoint)) host.moved(state.own);
    },
  };
  Object.defineProperty(holder, name, descriptor);
  return () => {
    if (Object.getOwnPropertyDescriptor(holder, name)?.get !== descriptor.get) return;
    const own = isUrl ? new URL(state.own) : state.own;
    Object.defineProperty(holder, name, { configurable: true, enumerable: descriptor.enumerable ?? true, writable: true, value: own });
  };
}

/** The object that holds the endpoint may itself be replaced: then the new one is guarded as well. */
function guardNested(client: Holder, [outer, inner]: readonly [string, string], wrap: Wrap, host: RedirectHost, state: { own: string }): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(client, outer);
  let held = client[outer] as Holder;
  let undo = guard(held, inner, wrap, host, state);
  if (descriptor?.configurable === false) return () => undo();
  const get = (): unknown => held;
  Object.defineProperty(client, outer, {
    configurable: true,
    enumerable: descriptor?.enumerable ?? true,
    get,
    set: (next: unknown) => {
      undo();
      held = next as Holder;
      undo = (): void => undefined;
      if (typeof next !== 'object' || next === null || !isEndpoint((next as Holder)[inner])) return;
      const endpoint = String((next as Holder)[inner]);
      const same = endpoint === host.through(state.own) || endpoint === state.own;
      if (endpoint === host.through(state.own)) (next as Holder)[inner] = state.own;
      undo = guard(held, inner, wrap, host, state);
      if (!same) host.moved(state.own);
    },
  });
  return () => {
    undo();
    if (Object.getOwnPropertyDescriptor(client, outer)?.get === get) Object.defineProperty(client, outer, { configurable: true, enumerable: descriptor?.enumerable ?? true, writable: true, value: held });
  };
}
