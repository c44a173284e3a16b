import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../config.js';
import type { Logger } from '../log.js';
import { ApiError, asApiError } from './api-error.js';
import { guard, type GuardOptions } from './guard.js';

/** One request, read. */
export interface ApiRequest {
  /** What stands at the `:names` of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body as JSON. @throws ApiError 400, 413, 415 */
  readonly body: () => Promise<unknown>;
  readonly raw: IncomingMessage;
}

/** What is sent: JSON, or another text with its type; a function writes the answer itself. */
export type ApiReply =
  | { readonly status?: number; readonly json: unknown }
  | { readonly text: string; readonly type: string }
  | ((response: ServerResponse) => void);

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments; one that begins with a colon stands for any. */
  readonly path: string;
  handle(request: ApiRequest): ApiReply | Promise<ApiReply>;
}

export interface AdminServerOptions extends GuardOptions {
  readonly routes: readonly Route[];
  readonly logger: Logger;
}

const BODY_BYTES = 1_048_576;
/** People and scrapers, not clients of the model. */
const MOST_CONNECTIONS = 64;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** No page may frame it, guess its types or keep its answers, and the dashboard loads nothing from elsewhere. */
const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Serves a table of routes on an address of its own. It shares nothing with the proxy's listener. */
export class AdminServer {
  readonly #options: AdminServerOptions;
  readonly #server: Server;

  constructor(options: AdminServerOptions) {
    this.#options = options;
    this.#server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** @returns where it listens. @throws the system's error (`EADDRINUSE`, …) */
  async listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', reject).on('error', () => undefined);
        resolve();
      });
    });
    const { address, port: actual } = this.#server.address() as AddressInfo;
    return { host: address, port: actual };
  }

  /** Cuts what is open: those who watch would never go. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    try {
      guard(this.#options, request);
      send(response, await this.#handle(request));
    } catch (error) {
      const known = asApiError(error);
      if (known === null) this.#options.logger.error({ err: error }, 'the admin address failed');
      fail(response, known ?? new ApiError(500, 'internal', 'hotpatch failed at this; its log says how'));
    }
  }

  #handle(request: IncomingMessage): ApiReply | Promise<ApiReply> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://admin');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const here = this.#options.routes.flatMap((route) => {
      const params = paramsOf(route.path, pathname);
      return params === null ? [] : [{ route, params }];
    });
    const found = here.find(({ route }) => route.method === method);
    if (found !== undefined) return found.route.handle({ params: found.params, query: searchParams, raw: request, body: () => readJson(request) });
    if (here.length === 0) throw new ApiError(404, 'not_found', `there is nothing at ${pathname}`);
    throw new ApiError(405, 'method', `${pathname} knows ${here.map(({ route }) => route.method).join(', ')}`, { allow: here.map(({ route }) => route.method).join(', ') });
  }
}

/** What stands at the colons of a route's path; null: another path. */
function paramsOf(path: string, given: string): Readonly<Record<string, string>> | null {
  const [wanted, parts] = [path.split('/'), given.split('/')];
  if (wanted.length !== parts.length) return null;
  const params: [string, string][] = [];
  for (const [index, segment] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== part) return null;
      continue;
    }
    try {
      params.push([segment.slice(1), decodeURIComponent(part)]);
    } catch {
      throw new ApiError(400, 'bad_path', 'the path is not properly encoded');
    }
  }
  return Object.fromEntries(params);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // What a form of another site can send is none of these.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) throw new ApiError(415, 'media_type', 'send JSON, with content-type: application/json');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES) throw new ApiError(413, 'too_large', `a body may have ${BODY_BYTES} bytes`, { connection: 'close' });
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw new ApiError(400, 'not_json', error instanceof Error ? error.message : String(error));
  }
}

function send(response: ServerResponse, reply: ApiReply): void {
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  if ('text' in reply) {
    response.writeHead(200, { 'content-type': reply.type }).end(reply.text);
    return;
  }
  const { status = 200, json } = reply;
  if (json === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(json)}\n`);
}

function fail(response: ServerResponse, { status, code, message, headers }: ApiError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(withHeaders(response, headers), { status, json: { error: code, detail: message } });
}

function withHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): ServerResponse {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  return response;
}
