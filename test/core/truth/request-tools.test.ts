import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from '../../../src/core/truth/request-context.js';
import { readTools } from '../../../src/core/truth/request-tools.js';

const schema = { type: 'object', properties: { path: { type: 'string', description: 'Where.' }, lines: { type: 'number' } } };

const SHAPES: readonly { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[] = [
  { name: 'OpenAI chat and Ollama', body: { tools: [{ type: 'function', function: { name: 'read', description: 'Reads.', parameters: schema } }] } },
  { name: 'Responses', body: { tools: [{ type: 'function', name: 'read', description: 'Reads.', parameters: schema }, { type: 'web_search' }] } },
  { name: 'Anthropic', body: { tools: [{ name: 'read', description: 'Reads.', input_schema: schema }] } },
  { name: 'functions', body: { functions: [{ name: 'read', description: 'Reads.', parameters: schema }] } },
];

for (const { name, body } of SHAPES) {
  test(`request tools: ${name}`, () => {
    const tools = readTools(body);
    assert.deepEqual([...tools.keys()], ['read']);
    assert.equal(tools.get('read')?.description, 'Reads.');
    assert.deepEqual([...(tools.get('read')?.parameters ?? [])], [
      ['path', { description: 'Where.', format: '', isText: true }],
      ['lines', { description: '', format: '', isText: false }],
    ]);
    assert.ok(readRequest(null, Buffer.from(JSON.stringify(body))).tools?.().has('read'));
  });
}

test('request tools: a namespace is part of the name, and may be left out where one name is meant', () => {
  const one = (name: string): object => ({ type: 'function', name, description: name, parameters: schema });
  const tools = readTools({ tools: [
    one('read'),
    { type: 'namespace', name: 'mcp__files', description: 'x', tools: [one('read'), one('list_directory'), one('search'), { type: 'custom' }, null] },
    { type: 'namespace', name: 'mcp__github', tools: [one('search')] },
    { type: 'namespace', name: 'mcp__none' }, { type: 'namespace', tools: [one('lost')] },
  ] });
  assert.deepEqual([...tools].map(([name, tool]) => `${name} ${tool.name}`), [
    'read read', 'mcp__files__read mcp__files__read', 'mcp__files__list_directory mcp__files__list_directory', 'mcp__files__search mcp__files__search',
    'mcp__github__search mcp__github__search', 'list_directory mcp__files__list_directory',
  ]);
  assert.equal(tools.get('list_directory')?.parameters.get('path')?.description, 'Where.');
});

test('request tools: what is no tool says nothing', () => {
  for (const tools of [null, 'read', {}, [null, 1, 'x', [], {}, { function: null }, { function: { name: 7 } }, { name: '' }]]) assert.equal(readTools({ tools }).size, 0);
  const odd = readTools({ tools: [{ name: 'read', description: 7, parameters: { properties: [] } }, { name: 'list', input_schema: { properties: { path: null, dir: { type: 'array', items: 7 } } } }] });
  assert.deepEqual([...(odd.get('read')?.parameters ?? [])], []);
  assert.deepEqual([...(odd.get('list')?.parameters ?? [])], [['dir', { description: '', format: '', isText: false }]]);
});

test('request tools: of very many the first count', () => {
  const many = readTools({ tools: Array.from({ length: 2_000 }, (_, at) => ({ name: `t${at}` })) });
  assert.equal(many.size, 512);
});
