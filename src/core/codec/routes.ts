/** Which requests have an answer to read, and whose manners a path has. */

export type RouteName = 'ollama-generate' | 'ollama-chat' | 'openai-chat' | 'openai-completions' | 'openai-responses' | 'anthropic' | 'llama-cpp';
/** Whose error objects a client of this path understands. */
export type Family = 'ollama' | 'openai' | 'anthropic';

export interface Route {
  /** Null where the route is known only by its family. */
  readonly name: RouteName | null;
  readonly family: Family;
  /** Its answers are read, where a codec fits their media type. */
  readonly inspected: boolean;
}

interface InspectedRow {
  readonly suffix: string;
  readonly route: Route;
}

/** A route is its path's end, under any prefix; the first that fits. */
const INSPECTED: readonly InspectedRow[] = [
  { suffix: '/api/generate', route: { name: 'ollama-generate', family: 'ollama', inspected: true } },
  { suffix: '/api/chat', route: { name: 'ollama-chat', family: 'ollama', inspected: true } },
  { suffix: '/chat/completions', route: { name: 'openai-chat', family: 'openai', inspected: true } },
  { suffix: '/completions', route: { name: 'openai-completions', family: 'openai', inspected: true } },
  { suffix: '/responses', route: { name: 'openai-responses', family: 'openai', inspected: true } },
  { suffix: '/v1/messages', route: { name: 'anthropic', family: 'anthropic', inspected: true } },
  { suffix: '/completion', route: { name: 'llama-cpp', family: 'openai', inspected: true } },
  { suffix: '/infill', route: { name: 'llama-cpp', family: 'openai', inspected: true } },
];

/** llama.cpp's own route, where nothing stands before it. */
const BARE_COMPLETIONS: Route = { name: 'llama-cpp', family: 'openai', inspected: true };

/** The first that fits. Anthropic's paths also begin with `/v1`. */
const FAMILIES: readonly { readonly path: RegExp; readonly route: Route }[] = [
  { path: /\/v1\/messages(?:\/|$)/, route: { name: null, family: 'anthropic', inspected: false } },
  { path: /\/v1(?:\/|$)/, route: { name: null, family: 'openai', inspected: false } },
  { path: /\/api(?:\/|$)/, route: { name: null, family: 'ollama', inspected: false } },
  { path: /\/(?:chat\/completions|completions|completion|infill|responses|embeddings|models)$/, route: { name: null, family: 'openai', inspected: false } },
];

/** The path of a request target in origin or absolute form (RFC 9112, section 3.2), without query and one trailing slash. Percent-encoding stays. */
function pathOf(target: string): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The route of a request, or null where nothing is known of its path. */
export function routeOf(method: string, target: string): Route | null {
  const path = pathOf(target);
  if (method === 'POST' && path === '/completions') return BARE_COMPLETIONS;
  const row = method === 'POST' ? INSPECTED.find(({ suffix }) => path.endsWith(suffix)) : undefined;
  return row?.route ?? FAMILIES.find((family) => family.path.test(path))?.route ?? null;
}
