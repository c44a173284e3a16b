/** Which protocol answers which method and path. */
import { PROTOCOLS } from './protocols/index.js';
import type { DocumentRoute, GenerationRoute, Protocol } from './protocols/protocol.js';

export type Match = { readonly protocol: Protocol; readonly path: string } & (
  | { readonly kind: 'document'; readonly route: DocumentRoute }
  | { readonly kind: 'generation'; readonly route: GenerationRoute }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-allowed'; readonly allow: string }
);

interface Entry {
  readonly protocol: Protocol;
  readonly documents: ReadonlyMap<string, DocumentRoute>;
  readonly generation: GenerationRoute | null;
  readonly allow: string;
}

const ENTRIES: ReadonlyMap<string, Entry> = new Map(PROTOCOLS.flatMap((protocol) => entriesOf(protocol).map((entry) => [entry.path, entry] as const)));

/** The route of a request target, its query left aside. HEAD is answered wherever GET is (RFC 9110, section 9.3.2). */
export function findRoute(method: string, target: string): Match {
  const path = target.split('?', 1)[0] ?? '';
  const entry = ENTRIES.get(path);
  if (entry === undefined) return { kind: 'not-found', protocol: ownerOf(path), path };
  const { protocol, generation } = entry;
  if (method === 'POST' && generation !== null) return { kind: 'generation', protocol, path, route: generation };
  const document = entry.documents.get(method === 'HEAD' ? 'GET' : method);
  if (document !== undefined) return { kind: 'document', protocol, path, route: document };
  return { kind: 'not-allowed', protocol, path, allow: entry.allow };
}

/** The protocol in whose shape an unknown path is answered; the last in the table owns all. */
function ownerOf(path: string): Protocol {
  const owner = PROTOCOLS.find((protocol) => protocol.owns(path)) ?? PROTOCOLS.at(-1);
  if (owner === undefined) throw new Error('the table of protocols is empty');
  return owner;
}

function entriesOf(protocol: Protocol): (Entry & { readonly path: string })[] {
  const paths = new Set([...protocol.documents, ...protocol.generations].map((route) => route.path));
  return [...paths].map((path) => {
    const documents = new Map(protocol.documents.filter((route) => route.path === path).map((route) => [route.method, route] as const));
    const generation = protocol.generations.find((route) => route.path === path) ?? null;
    const methods = [...documents.keys(), ...(generation === null ? [] : ['POST'])].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    return { path, protocol, documents, generation, allow: [...new Set(methods)].join(', ') };
  });
}
