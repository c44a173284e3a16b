// A route of your own web server that asks the model and hands its answer on, corrected token by token.
//   PORT=3000 npx tsx examples/express.ts
//   curl -sN http://127.0.0.1:3000/ask -H 'content-type: application/json' -d '{"question":"Which file starts the server?"}'
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import express from 'express';
import { createRewriteStream, openWorkspace } from 'hotpatch';

const { MODEL_URL = 'http://127.0.0.1:11434', MODEL = 'llama3.2', WORKSPACE = '.', PORT = '3000' } = process.env;

// Read to its end before the first question, and followed from then on: all answers share it.
const workspace = await openWorkspace({ workspace: WORKSPACE, onFault: console.error });
const app = express();

app.post('/ask', express.json(), async (asked, answer) => {
  const { question } = asked.body as { question: string };
  const request = { model: MODEL, messages: [{ role: 'user', content: question }] };
  // A reader who leaves stops the model too.
  const gone = new AbortController();
  answer.on('close', () => gone.abort());
  const response = await fetch(`${MODEL_URL}/api/chat`, { method: 'POST', body: JSON.stringify(request), signal: gone.signal });
  answer.status(response.status).type(response.headers.get('content-type') ?? 'application/x-ndjson');
  // A refusal has no text to correct; it passes as it is.
  const correct = createRewriteStream({ format: 'ollama-chat', request, workspace });
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(body, correct, answer).catch((error: unknown) => {
    if (!gone.signal.aborted) console.error(error);
  });
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.error(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
