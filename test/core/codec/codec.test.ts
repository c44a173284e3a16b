import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFor, formatCodec, routeOf, sniffEnvelope, type RouteName } from '../../../src/core/codec/codec.js';

const routes: readonly (readonly [method: string, target: string, expect: string])[] = [
  ['POST', '/api/generate', 'ollama-generate ollama'],
  ['POST', '/api/chat', 'ollama-chat ollama'],
  ['POST', '/v1/chat/completions', 'openai-chat openai'],
  ['POST', '/openai/v1/chat/completions', 'openai-chat openai'],
  ['POST', '/chat/completions', 'openai-chat openai'],
  ['POST', '/api/chat/completions', 'openai-chat openai'],
  ['POST', '/some/prefix/api/chat?x=/v1/messages', 'ollama-chat ollama'],
  ['POST', '/api/chat/', 'ollama-chat ollama'],
  ['POST', 'http://localhost:11434/api/chat', 'ollama-chat ollama'],
  ['POST', 'http://api/chat', 'none'],
  ['POST', '/api/%63hat', '- ollama'],
  ['POST', '/API/CHAT', 'none'],
  ['POST', '/myapi/chat', 'none'],
  ['POST', '/api/chatter', '- ollama'],
  ['POST', '/v1/chat/completions/7', '- openai'],
  ['GET', '/api/chat', '- ollama'],
  ['HEAD', '/v1/chat/completions', '- openai'],
  ['GET', '/api/tags', '- ollama'],
  ['GET', '/v1/models', '- openai'],
  ['GET', '/models', '- openai'],
  ['POST', '/v1/messages', 'anthropic anthropic'],
  ['POST', '/anthropic/v1/messages?beta=true', 'anthropic anthropic'],
  ['GET', '/v1/messages', '- anthropic'],
  ['POST', '/v1/messages/batches', '- anthropic'],
  ['POST', '/v1/threads/t/messages', '- openai'],
  ['POST', '/v1/responses', 'openai-responses openai'],
  ['POST', '/backend-api/codex/responses', 'openai-responses openai'],
  ['GET', '/v1/responses/resp_1', '- openai'],
  ['POST', '/v1/responses/resp_1/cancel', '- openai'],
  ['POST', '/v1/completions', 'openai-completions openai'],
  ['POST', '/beta/completions', 'openai-completions openai'],
  ['POST', '/completions', 'llama-cpp openai'],
  ['POST', '/infill', 'llama-cpp openai'],
  ['POST', '/slot/1/completion', 'llama-cpp openai'],
  ['GET', '/infill', '- openai'],
  ['POST', '/anthropic/v1/messages/count_tokens?beta=true', '- anthropic'],
  ['POST', '/completion', 'llama-cpp openai'],
  ['OPTIONS', '*', 'none'],
  ['GET', '/', 'none'],
  ['GET', '/?x=/v1/models', 'none'],
  ['CONNECT', 'example.com:443', 'none'],
];
for (const [method, target, expect] of routes) {
  test(`route: ${method} ${target}`, () => {
    const route = routeOf(method, target);
    assert.equal(route === null ? 'none' : `${route.name ?? '-'} ${route.family}`, expect);
    if (route !== null) assert.equal(route.inspected, route.name !== null);
  });
}

const types: readonly (readonly [target: string, contentType: string, expect: string | null])[] = [
  ['/api/chat', 'application/x-ndjson', 'ollama-chat ndjson'],
  ['/api/generate', 'application/json; charset=utf-8', 'ollama-generate json'],
  ['/api/chat', 'text/event-stream', null],
  ['/v1/chat/completions', 'text/event-stream', 'openai-chat sse'],
  ['/v1/chat/completions', ' Text/Event-Stream ;charset=UTF-8', 'openai-chat sse'],
  ['/v1/chat/completions', 'application/json', 'openai-chat json'],
  ['/v1/chat/completions', 'application/x-ndjson', null],
  ['/v1/chat/completions', 'text/html', null],
  ['/v1/chat/completions', '', null],
  ['/v1/chat/completions', 'constructor', null],
  ['/v1/models', 'application/json', null],
  ['/v1/completions', 'text/event-stream', 'openai-completions sse'],
  ['/v1/responses', 'text/event-stream', 'openai-responses sse'],
  ['/v1/responses', 'application/json', 'openai-responses json'],
  ['/v1/messages', 'text/event-stream; charset=utf-8', 'anthropic sse'],
  ['/v1/messages', 'application/x-ndjson', null],
  ['/completion', 'text/event-stream', 'llama-cpp sse'],
  ['/infill', 'application/json; charset=utf-8', 'llama-cpp json'],
];
for (const [target, contentType, expect] of types) {
  test(`codec: ${target} ${contentType}`, () => {
    const route = routeOf('POST', target);
    assert.ok(route);
    const codec = codecFor(route, contentType);
    assert.equal(codec === null ? null : `${codec.dialect.name} ${codec.envelope.name}`, expect);
  });
}

const sniffs: readonly (readonly [first: string, ended: boolean, expect: string | null])[] = [
  ['', false, null],
  ['', true, null],
  ['  \n', true, null],
  ['{"a":1}', false, null],
  ['{"a":1}', true, 'json'],
  ['{"a":1}\n', false, 'ndjson'],
  ['{\n"a":1}\n', false, 'json'],
  ['\n[1]\n', false, 'ndjson'],
  ['data: {}', false, 'sse'],
  ['\uFEFFdata: {}', false, 'sse'],
  [': ping\n\n', false, 'sse'],
  ['event: x\n', false, 'sse'],
  ['da', false, null],
  ['dataset', true, null],
  ['plain text', true, null],
];
for (const [first, ended, expect] of sniffs) {
  test(`sniff: ${JSON.stringify(first)} ${ended ? 'ended' : 'goes on'}`, () => assert.equal(sniffEnvelope(Buffer.from(first), ended)?.name ?? null, expect));
}

const formats: readonly (readonly [format: RouteName | 'auto', first: string, ended: boolean, expect: string | null])[] = [
  ['ollama-chat', '{"message":{}}\n', false, 'ollama-chat ndjson'],
  ['openai-chat', 'data: {}\n\n', false, 'openai-chat sse'],
  ['openai-chat', '{\n}', true, 'openai-chat json'],
  ['auto', '{"model":"m","response":"x"}\n', false, 'ollama-generate ndjson'],
  ['auto', '{"model":"m","message":{"content":"x"}}', true, 'ollama-chat json'],
  ['auto', ': ping\n\ndata: {"choices":[]}\n\n', false, 'openai-chat sse'],
  ['auto', ': ping\n\ndata: {"choices":[]}\n', false, null],
  ['auto', '{\n"choices":[]}', true, 'openai-chat json'],
  ['auto', '{\n"choices":[', false, null],
  ['auto', '{"unknown":1}', true, null],
  ['auto', 'data: {"choices":[{"text":"a","index":0}]}\n\n', false, 'openai-completions sse'],
  ['auto', 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', false, 'openai-chat sse'],
  ['auto', '{"object":"text_completion","choices":[{"text":"a"}]}', true, 'openai-completions json'],
  ['auto', 'event: response.created\ndata: {"type":"response.created","response":{}}\n\n', false, 'openai-responses sse'],
  ['auto', '{"object":"response","output":[]}', true, 'openai-responses json'],
  ['auto', 'event: message_start\ndata: {"type":"message_start","message":{}}\n\n', false, 'anthropic sse'],
  ['auto', 'event: ping\ndata: {"type":"ping"}\n\n', false, 'anthropic sse'],
  ['auto', '{"type":"message","content":[]}', true, 'anthropic json'],
  ['auto', 'data: {"index":0,"content":"a","tokens":[],"stop":false}\n\n', false, 'llama-cpp sse'],
  ['auto', '[{"content":"a","stop":true}]', true, 'llama-cpp json'],
  ['auto', '{"content":"a"}', true, null],
  ['auto', '{"type":"other"}', true, null],
];
for (const [format, first, ended, expect] of formats) {
  test(`format: ${format} ${JSON.stringify(first)}`, () => {
    const codec = formatCodec(format, Buffer.from(first), ended);
    assert.equal(codec === null ? null : `${codec.dialect.name} ${codec.envelope.name}`, expect);
  });
}
