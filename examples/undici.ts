// The same as a pipeline of Node streams, with undici: the answer's bytes leave as the server sent them, but for what was wrong.
//   npx tsx examples/undici.ts > answer.sse
import { pipeline } from 'node:stream/promises';
import { createRewriteStream } from 'hotpatch';
import { request } from 'undici';

const { MODEL_URL = 'http://127.0.0.1:11434', MODEL = 'llama3.2', WORKSPACE = '.' } = process.env;

const question = { model: MODEL, stream: true, messages: [{ role: 'user', content: process.argv[2] ?? 'Which file starts the server?' }] };
const correct = createRewriteStream({ format: 'openai-chat', request: question, workspace: WORKSPACE });

const { statusCode, body } = await request(`${MODEL_URL}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(question),
});
if (statusCode !== 200) throw new Error(`the model server says ${statusCode}: ${await body.text()}`);
await pipeline(body, correct, process.stdout, { end: false });
