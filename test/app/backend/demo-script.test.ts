import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDemoScript, DEMO_TYPO, type Answer, type BackendRequest } from '../../../src/app/backend/index.js';

function ask(prompt: string): Answer {
  const request: BackendRequest = {
    protocol: 'ollama', path: '/api/chat', headers: {}, model: 'demo', messages: [{ role: 'user', content: prompt }], prompt, stream: true, tools: [], choice: 0, body: {},
  };
  return createDemoScript()(request) as Answer;
}

const ECHOES: readonly { readonly name: string; readonly prompt: string; readonly text: string }[] = [
  { name: 'say', prompt: 'say: The port is 8080.', text: 'The port is 8080.' },
  { name: 'repeat', prompt: 'repeat: once more', text: 'once more' },
  { name: 'any case and no space', prompt: 'SAY:x', text: 'x' },
  { name: 'lines, inner and trailing space kept', prompt: 'say: a\n\n  b \n', text: 'a\n\n  b \n' },
  { name: 'only one space is the command\'s', prompt: 'say:  x', text: ' x' },
  { name: 'nothing', prompt: 'say:', text: '' },
  { name: 'a command inside the text', prompt: 'say: say: x', text: 'say: x' },
];

for (const { name, prompt, text } of ECHOES) {
  test(`echo: ${name}`, () => assert.deepEqual(ask(prompt), { text }));
}

for (const prompt of ['', 'What is hotpatch?', 'essay: x', 'I say: x']) {
  test(`the main answer, with the slip once, to ${JSON.stringify(prompt)}`, () => {
    const { text } = ask(prompt);
    assert.match(text ?? '', /hotpatch is a proxy/);
    assert.equal((text ?? '').split(DEMO_TYPO).length, 2);
  });
}

test('samples have no slip', () => {
  for (const prompt of ['Show me code', 'List the steps']) {
    const { text } = ask(prompt);
    assert.ok((text ?? '').length > 40);
    assert.ok(!(text ?? '').includes('teh'));
  }
});

test('a tool call on demand', () => {
  assert.deepEqual(ask('call: read_file {"path":"src/mian.ts"}'), { toolCalls: [{ name: 'read_file', arguments: '{"path":"src/mian.ts"}' }] });
  assert.deepEqual(ask('call: now'), { toolCalls: [{ name: 'now', arguments: '{}' }] });
  assert.deepEqual(ask('call: f {broken}'), { text: 'The arguments of that call are no JSON object.' });
});
