/** Requests and answers as clients and backends write them, for playbooks. */

export const CRLF = '\r\n';

export function request(line: string, fields: readonly string[] = [], body = ''): string {
  const [host, ...rest] = fields[0]?.startsWith('Host:') === true ? fields : ['Host: localhost', ...fields];
  const length = body === '' || rest.some((field) => /^(?:Transfer-Encoding|Content-Length):/.test(field)) ? [] : [`Content-Length: ${body.length}`];
  const lines = line.endsWith('HTTP/1.0') ? rest : [host, ...rest];
  return [line.includes(' HTTP/') ? line : `${line} HTTP/1.1`, ...lines, ...length, '', body].join(CRLF);
}

export function response(status: string, fields: readonly string[] = [], body: string | null = null): string {
  const length = body === null ? [] : [`Content-Length: ${body.length}`];
  return [`HTTP/1.1 ${status}`, ...fields, ...length, '', body ?? ''].join(CRLF);
}

export const CHAT_BODY = '{"model":"m","messages":[],"stream":true}';
export const CHAT = request('POST /v1/chat/completions', [], CHAT_BODY);
export const GET = request('GET /health');
export const OK = response('200 OK', [], 'fine');
/** A request that comes without a body. */
export const BARE = request('GET /v1/models');

export function delta(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}
export const DONE = 'data: [DONE]\n\n';

export function chunk(payload: string): string {
  return `${Buffer.byteLength(payload).toString(16)}${CRLF}${payload}${CRLF}`;
}
export const LAST = `0${CRLF}${CRLF}`;

export const SSE_HEAD = ['Content-Type: text/event-stream'];

/** Its head, and what becomes of it in `correct`. */
export function streamHead(...fields: readonly string[]): string {
  return response('200 OK', [...SSE_HEAD, 'Transfer-Encoding: chunked', ...fields]);
}
export function markedHead(id: string, ...fields: readonly string[]): string {
  return response('200 OK', [...SSE_HEAD, 'Transfer-Encoding: chunked', ...fields, `x-hotpatch-exchange: ${id}`]);
}

/** A reply of the proxy's own. */
export function reply(status: string, body: string, headOnly = false): string {
  return [`HTTP/1.1 ${status}`, 'Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close', '', headOnly ? '' : body].join(CRLF);
}

export function document(content: string): string {
  return JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content } }] });
}
