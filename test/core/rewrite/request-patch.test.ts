import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptModifier } from '../../../src/core/rules/patch-input.js';
import { patchRequest } from '../../../src/core/rewrite/request-patch.js';

const system = (text: string, mode: 'append' | 'prepend' | 'set' = 'append'): PromptModifier => ({ form: 'system', mode, text });
const options = (given: Record<string, unknown>): PromptModifier => ({ form: 'options', options: given });

const CASES: readonly { readonly name: string; readonly route: string; readonly body: string; readonly by: readonly PromptModifier[]; readonly expect: string | null }[] = [
  { name: 'generate: system text added', route: 'ollama-generate', body: '{"model":"m","prompt":"p"}', by: [system('Be brief.')], expect: '{"system":"Be brief.","model":"m","prompt":"p"}' },
  { name: 'generate: appended to what is there', route: 'ollama-generate', body: '{"system":"You \\u00fcber.","prompt":"p"}', by: [system('Be "brief".')], expect: '{"system":"You \\u00fcber.\\n\\nBe \\"brief\\".","prompt":"p"}' },
  { name: 'generate: prepended', route: 'ollama-generate', body: '{"system":"B"}', by: [system('A', 'prepend')], expect: '{"system":"A\\n\\nB"}' },
  { name: 'generate: set', route: 'ollama-generate', body: '{"system":"B"}', by: [system('A', 'set')], expect: '{"system":"A"}' },
  { name: 'chat: a message of its own', route: 'ollama-chat', body: '{"messages": [ {"role":"user","content":"u"}]}', by: [system('A')], expect: '{"messages": [{"role":"system","content":"A"}, {"role":"user","content":"u"}]}' },
  { name: 'chat: no message at all', route: 'openai-chat', body: '{"messages":[]}', by: [system('A')], expect: '{"messages":[{"role":"system","content":"A"}]}' },
  { name: 'chat: the message that is there', route: 'openai-chat', body: '{"messages":[{"role":"user","content":"u"},{"content":"S","role":"developer"}]}', by: [system('A')], expect: '{"messages":[{"role":"user","content":"u"},{"content":"S\\n\\nA","role":"developer"}]}' },
  { name: 'chat: parts', route: 'openai-chat', body: '{"messages":[{"role":"system","content":[{"type":"text","text":"S"}]}]}', by: [system('A', 'prepend')], expect: '{"messages":[{"role":"system","content":[{"type":"text","text":"A"},{"type":"text","text":"S"}]}]}' },
  { name: 'anthropic: parts', route: 'anthropic', body: '{"system":[],"messages":[]}', by: [system('A')], expect: '{"system":[{"type":"text","text":"A"}],"messages":[]}' },
  { name: 'responses: instructions', route: 'openai-responses', body: '{"instructions":null,"input":"x"}', by: [system('A')], expect: '{"instructions":"A","input":"x"}' },
  { name: 'options beside', route: 'openai-chat', body: '{"temperature":0.7,"big":12345678901234567890}', by: [options({ temperature: 0, seed: 1 })], expect: '{"seed":1,"temperature":0,"big":12345678901234567890}' },
  { name: 'options within', route: 'ollama-chat', body: '{"options":{"temperature":1.0,"top_k":5}}', by: [options({ temperature: 0, num_ctx: 8 })], expect: '{"options":{"num_ctx":8,"temperature":0,"top_k":5}}' },
  { name: 'options where there are none', route: 'ollama-chat', body: '{"model":"m"}', by: [options({ temperature: 0, think: false })], expect: '{"think":false,"options":{"temperature":0},"model":"m"}' },
  { name: 'options of an empty body', route: 'openai-chat', body: '{ }', by: [options({ temperature: 0, seed: 1 })], expect: '{"temperature":0,"seed":1 }' },
  { name: 'options that would change what is asked', route: 'openai-chat', body: '{"model":"m"}', by: [options({ model: 'other', stream: false })], expect: null },
  { name: 'both, one after the other', route: 'ollama-generate', body: '{"prompt":"p"}', by: [system('A'), system('B'), options({ seed: 1 })], expect: '{"options":{"seed":1},"system":"A\\n\\nB","prompt":"p"}' },
  { name: 'raw completions have no system text', route: 'openai-completions', body: '{"prompt":"p"}', by: [system('A')], expect: null },
  { name: 'no JSON', route: 'openai-chat', body: '{"messages":', by: [system('A')], expect: null },
  { name: 'no object', route: 'openai-chat', body: '[1]', by: [system('A')], expect: null },
  { name: 'a route that is not known', route: 'embeddings', body: '{}', by: [options({ a: 1 })], expect: null },
  { name: 'a repeated key: the last one counts', route: 'ollama-generate', body: '{"system":"A","system":"B"}', by: [system('C')], expect: '{"system":"A","system":"B\\n\\nC"}' },
];

for (const { name, route, body, by, expect } of CASES) {
  test(`request patch: ${name}`, () => {
    const patched = patchRequest(Buffer.from(body), route, by);
    assert.equal(patched === null ? null : patched.toString(), expect);
    if (patched !== null) assert.doesNotThrow(() => JSON.parse(patched.toString()) as unknown);
  });
}
