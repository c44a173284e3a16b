import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_REQUEST, readRequest } from '../../../src/core/truth/request-context.js';
import { statedFolder, usesBackslashes } from '../../../src/core/truth/request-paths.js';
import { MOST_TEXT, readTexts, type RequestText } from '../../../src/core/truth/request-texts.js';

const said = (body: Record<string, unknown>): readonly string[] => readTexts(body).map(({ role, text }) => `${role}: ${text}`);

test('the texts of a request are read in the shapes of every protocol', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
    ['ollama generate', { model: 'm', system: 's', prompt: 'p' }, ['system: s', 'user: p']],
    ['ollama chat', { messages: [{ role: 'system', content: 's' }, { role: 'user', content: 'u' }, { role: 'assistant', content: 'a' }, { role: 'tool', content: 't' }] }, ['system: s', 'user: u', 'assistant: a', 'tool: t']],
    ['openai parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'u1' }, { type: 'image_url', image_url: { url: 'x' } }, { type: 'text', text: 'u2' }] }] }, ['user: u1', 'user: u2']],
    ['openai developer', { messages: [{ role: 'developer', content: 'd' }] }, ['system: d']],
    ['responses', { instructions: 'i', input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'u' }] }, { type: 'function_call_output', output: 'o' }] }, ['system: i', 'user: u', 'tool: o']],
    ['responses text', { input: 'u' }, ['user: u']],
    ['anthropic', { system: [{ type: 'text', text: 's' }], messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'r' }] }, { type: 'text', text: 'u' }] }] }, ['system: s', 'tool: r', 'user: u']],
    ['a failed tool', { messages: [{ role: 'user', content: [{ type: 'tool_result', is_error: true, content: 'src/x.ts' }] }] }, []],
    ['responses history', { input: [{ role: 'user', content: 'u' }, { type: 'reasoning', summary: [{ type: 'summary_text', text: 'h' }] }, { type: 'function_call', name: 'f', arguments: '{"path":"x"}' }, { type: 'custom_tool_call_output', output: [{ type: 'input_text', text: 'o' }] }, { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] }] }, ['user: u', 'tool: o', 'assistant: a']],
    ['anthropic history', { messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'h', signature: 's' }, { type: 'text', text: 'a' }, { type: 'tool_use', name: 'f', input: { path: 'x' } }] }, { role: 'user', content: [{ type: 'tool_result', content: 'r' }] }] }, ['assistant: a', 'tool: r']],
    ['completions', { prompt: ['p', 'q'], suffix: 's' }, ['user: s', 'user: p', 'user: q']],
    ['infill', { input_prefix: 'p', input_suffix: 's', input_extra: [{ filename: 'f', text: 'x' }] }, ['user: x', 'user: p', 'user: s']],
    ['tokens', { prompt: [1, 2, 3] }, []],
    ['nonsense', { messages: 7, input: null, system: true, prompt: { a: { b: 1 } } }, []],
    ['a role from a prototype', { messages: [{ role: 'constructor', content: 'x' }] }, ['user: x']],
  ];
  for (const [name, body, expected] of cases) assert.deepEqual(said(body), expected, name);
});

test('of a long request the newest texts are kept, within bounds', () => {
  const messages = Array.from({ length: 20 }, (_, at) => ({ role: 'user', content: String(at).padEnd(MOST_TEXT / 8, '.') }));
  const texts = readTexts({ messages });
  assert.equal(texts.reduce((sum, { text }) => sum + text.length, 0), MOST_TEXT);
  assert.deepEqual(texts.map(({ text }) => parseInt(text, 10)), [12, 13, 14, 15, 16, 17, 18, 19]);
  let deep: unknown = 'x';
  for (let depth = 0; depth < 5_000; depth += 1) deep = { content: deep };
  assert.deepEqual(said({ messages: [deep] }), []);
});

test('a body is read as far as it can be', () => {
  const read = (body: unknown) => readRequest('ollama-chat', Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  assert.deepEqual(readRequest(null, null), EMPTY_REQUEST);
  for (const body of ['', 'not json', '[1]', 'null', '7']) assert.deepEqual(read(body), { ...EMPTY_REQUEST, route: 'ollama-chat' }, body);
  const request = read({ model: 'm', stream: false, messages: [{ role: 'user', content: 'hi' }] });
  assert.deepEqual([request.model, request.stream, request.structured, request.texts?.()], ['m', false, false, [{ role: 'user', text: 'hi' }]]);
  assert.equal(request.texts?.(), request.texts?.());
});

test('a request for data, a grammar or a middle is structured', () => {
  const structured = (body: object): boolean | undefined => readRequest(null, Buffer.from(JSON.stringify(body))).structured;
  for (const body of [{ format: 'json' }, { format: { type: 'object' } }, { response_format: { type: 'json_object' } }, { text: { format: { type: 'json_schema' } } }, { grammar: 'root ::= "a"' }, { suffix: '}' }, { json_schema: {} }, { raw: true }]) {
    assert.equal(structured(body), true, JSON.stringify(body));
  }
  for (const body of [{}, { format: '' }, { response_format: { type: 'text' } }, { text: { format: { type: 'text' } } }, { grammar: '' }, { suffix: null }, { raw: false }]) assert.equal(structured(body), false, JSON.stringify(body));
});

test('the stated working directory is found in the ways agents state it', () => {
  const folder = (text: string, role: RequestText['role'] = 'system'): string | null => statedFolder([{ role, text }]);
  const cases: readonly (readonly [string, string | null])[] = [
    ['<env>\nWorking directory: /home/a/repo\nIs git repo: Yes\n</env>', '/home/a/repo'], ['<cwd>/home/a/repo</cwd>', '/home/a/repo'], ['Current working directory: /w/r.', '/w/r'],
    ['# Current Working Directory (/home/a/my-repo) Files', '/home/a/my-repo'], ['"cwd": "/srv/app",', '/srv/app'], ['cwd=/srv/app', '/srv/app'], ['The current directory is `C:\\work\\repo`.', 'C:\\work\\repo'],
    ['Workspace root: D:/x/y', 'D:/x/y'], ['PWD=/a/b\nHOME=/c', '/a/b'], ['I like directories such as /usr/lib', null], ['cwd: src', null], ['the working directory matters', null], ['/home/a', null],
  ];
  for (const [text, expected] of cases) assert.equal(folder(text), expected, text);
  assert.equal(folder('cwd: /a/b', 'assistant'), null);
  assert.equal(statedFolder([{ role: 'user', text: 'cwd: /old/one' }, { role: 'user', text: 'cwd: /new/one' }]), '/new/one');
});

test('only paths make a writer of backslashes', () => {
  const uses = (text: string): boolean => usesBackslashes([{ role: 'user', text }]);
  for (const text of ['open src\\main.ts', 'in "src\\server\\router.ts"', 'C:\\Users\\me\\repo', '.\\src\\a.py']) assert.equal(uses(text), true, text);
  for (const text of ['a\\nb', 'line\\n\\tnext', '\\d+\\.\\w+', '$\\alpha$', 'src/main.ts', 'say \\"hi\\"']) assert.equal(uses(text), false, text);
});

test('where the stated folder begins with a slash, backslashes are examples', () => {
  const writes = (...messages: string[]): boolean | undefined =>
    readRequest('openai-chat', Buffer.from(JSON.stringify({ messages: messages.map((content, at) => ({ role: at === 0 ? 'system' : 'user', content })) }))).backslashes?.();
  const example = 'Name files as `src/app.ts`, `b/server/index.js#L10` or `C:\\repo\\project\\main.rs:12:5`.';
  assert.equal(writes(example), true);
  assert.equal(writes(example, '<cwd>/home/a/repo</cwd>'), false);
  assert.equal(writes(example, '<cwd>C:\\work\\repo</cwd>'), true);
});
