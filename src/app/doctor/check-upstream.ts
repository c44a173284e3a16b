import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Config, formatAddress, type Upstream } from '../config.js';
import { type Finding, finding } from './finding.js';
import { describeHolder, holderOf, isHotpatch } from './port-holder.js';

/** A model server that is idle answers a list of its models at once. */
const ANSWER_MS = 3_000;
/** More than any list of models. */
const MAX_BYTES = 1 << 20;

interface Reply {
  readonly status: number;
  readonly json: unknown;
}

class Silent extends Error {}

/** Asks one route. @throws Silent after `ANSWER_MS`, or what the socket says */
function ask({ protocol, host, port }: Upstream, path: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send({ host, port, path, agent: false, headers: { accept: 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > MAX_BYTES) request.destroy(new Error('its answer does not end'));
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, json: jsonOf(text) })).once('error', reject);
    });
    const timer = setTimeout(() => request.destroy(new Silent()), ANSWER_MS);
    request.once('close', () => clearTimeout(timer)).once('error', reject).end();
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const field = (json: unknown, key: string): unknown => (typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : undefined);

/** What kinds of servers say of themselves, asked in this order. */
const KINDS: readonly { readonly path: string; readonly name: (json: unknown) => string | null; readonly models: string; readonly list: string }[] = [
  { path: '/api/version', name: (json) => (typeof field(json, 'version') === 'string' ? `Ollama ${String(field(json, 'version'))}` : null), models: '/api/tags', list: 'models' },
  { path: '/props', name: (json) => (field(json, 'default_generation_settings') === undefined ? null : 'llama.cpp'), models: '/v1/models', list: 'data' },
  { path: '/v1/models', name: (json) => (Array.isArray(field(json, 'data')) ? 'an OpenAI-compatible server' : null), models: '/v1/models', list: 'data' },
];

/** Whether a model server is behind, which kind, and whether it has a model. */
export async function checkUpstream(config: Config): Promise<readonly Finding[]> {
  const { upstream } = config;
  try {
    for (const { path, name, models, list } of KINDS) {
      const { status, json } = await ask(upstream, path);
      if (status === 401 || status === 403) return [finding('upstream', 'ok', `${upstream.url} answers and asks for a key, which clients send`)];
      const server = status === 200 ? name(json) : null;
      if (server !== null) return [await described(upstream, server, models, list)];
    }
    return [finding('upstream', 'warning', `${upstream.url} answers, but not as a model server does (neither /api/version, /props nor /v1/models)`, 'name the model server with --upstream; its routes are looked for without a prefix here, so one behind a gateway may still be right')];
  } catch (error) {
    return [unreachable(config, error as NodeJS.ErrnoException)];
  }
}

async function described(upstream: Upstream, server: string, path: string, list: string): Promise<Finding> {
  const holder = upstream.loopback ? holderOf(upstream.port) : null;
  if (holder !== null && isHotpatch(holder)) return finding('upstream', 'warning', `${upstream.url} is the embedded demo backend of a running hotpatch, process ${holder.pid}: it has no model inside`, 'start a model server and that hotpatch again, or name one with --upstream');
  const entries = field((await ask(upstream, path)).json, list);
  const models = Array.isArray(entries) ? entries.length : null;
  if (models === 0) return finding('upstream', 'warning', `${upstream.url} answers: ${server}, without any model`, server.startsWith('Ollama') ? 'ollama pull MODEL' : 'load a model in that server');
  return finding('upstream', 'ok', `${upstream.url} answers: ${server}${models === null ? '' : `, ${models} model${models === 1 ? '' : 's'}`}`);
}

function unreachable({ upstream, explicitUpstream }: Config, error: NodeJS.ErrnoException): Finding {
  const { url, protocol, host, port } = upstream;
  const holder = upstream.loopback ? holderOf(port) : null;
  const whose = holder === null ? '' : ` (${describeHolder(holder)})`;
  if (error instanceof Silent) return finding('upstream', 'warning', `${url}${whose} takes connections and has not answered for ${ANSWER_MS / 1_000} s`, 'it may be loading a model; ask again, or look at its own log');
  const code = error.code ?? '';
  if (code === 'ECONNREFUSED' && !explicitUpstream) return finding('upstream', 'warning', `nothing answers at ${url}, so hotpatch would start its embedded demo backend`, 'start Ollama or another server, or name one with --upstream');
  if (code === 'ECONNREFUSED') return finding('upstream', 'error', `nothing listens at ${formatAddress({ host, port })}`, 'start the model server, or name another with --upstream');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return finding('upstream', 'error', `the name ${host} is not known`, 'check --upstream for a slip');
  if (/^(?:HPE_|ECONNRESET|EPROTO|ERR_SSL)/.test(code)) {
    const other = protocol === 'https:' ? 'http' : 'https';
    return finding('upstream', 'error', `${url}${whose} does not speak ${protocol.slice(0, -1).toUpperCase()} (${code})`, `try --upstream ${other}://${formatAddress({ host, port })}`);
  }
  if (/CERT|SIGNED|ISSUER|ALTNAME/.test(code)) return finding('upstream', 'error', `the certificate of ${url} is not trusted (${code})`, 'name your authority\'s file in NODE_EXTRA_CA_CERTS');
  return finding('upstream', 'error', `${url} cannot be reached: ${error.message}`, 'check --upstream and the network between');
}
