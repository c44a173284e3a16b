// One answer of a `fetch`, corrected while it streams: the body goes through a Web TransformStream, nothing else changes.
//   npx tsx examples/fetch.ts "Which file starts the server?"
import { createRewriteTransformStream } from 'hotpatch';

const { MODEL_URL = 'http://127.0.0.1:11434', MODEL = 'llama3.2', WORKSPACE = '.' } = process.env;

const request = { model: MODEL, messages: [{ role: 'user', content: process.argv[2] ?? 'Which file starts the server?' }] };

// Made before the question is sent: the workspace is read while the model thinks. The request tells what the user named
// himself, which is never corrected.
const correct = createRewriteTransformStream({
  format: 'ollama-chat',
  request,
  workspace: WORKSPACE,
  onCorrection: ({ type, detected, expected }) => console.error(`${type}: ${detected} -> ${expected ?? '(noted)'}`),
});

const response = await fetch(`${MODEL_URL}/api/chat`, { method: 'POST', body: JSON.stringify(request) });
if (!response.ok || response.body === null) throw new Error(`the model server says ${response.status}`);

const lines = response.body.pipeThrough(correct).pipeThrough(new TextDecoderStream());
let rest = '';
for await (const piece of lines) {
  const whole = (rest + piece).split('\n');
  rest = whole.pop() ?? '';
  for (const line of whole) process.stdout.write((JSON.parse(line) as { message: { content: string } }).message.content);
}
process.stdout.write('\n');
