import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ollama, type ChatResponse } from 'ollama';
import OpenAI from 'openai';
import type { Answer, BackendRequest } from '../../src/app/backend/index.js';
import { rule, type RunningProxy, withProxy } from '../helpers/proxy.js';
import { withBackend, type Running } from './backend/with-backend.js';

/** Long enough to be cut several times, and misspelt so that corrections lie before, behind and on the seams. */
const TEXT = `The build has four steps, and teh order matters. First run \`npm run biuld\`, then look at the log.
Naïve users 🦊 forget teh second step, which copies the files into place and then runs the checks again.
After that, teh third step packs everything, and the last one uploads the package to the server for review.`;
const RIGHT = TEXT.replaceAll('teh', 'the').replaceAll('biuld', 'build');
const RULES = [rule('\\bteh\\b', 'the', { match: 'regex' }), rule('npm run biuld', 'npm run build')];
const NOTE = '\n\n[The answer was cut off here.]';
const model = 'm';
const messages = [{ role: 'user', content: 'How is it built?' }];

interface Both {
  readonly backend: Running;
  readonly proxy: RunningProxy;
}

/** Answers with `answer` and what `limitTokens` allows; the proxy continues it. */
async function withBoth(answer: Answer | ((request: BackendRequest, count: number) => Answer), use: (both: Both) => Promise<void>, more: Parameters<typeof withProxy>[0] | object = {}): Promise<void> {
  let count = 0;
  const answers = (request: BackendRequest): Answer => (typeof answer === 'function' ? answer(request, (count += 1)) : answer);
  await withBackend({ answers }, async (backend) => {
    const { config = {}, ...rest } = more as { config?: object };
    await withProxy({ upstream: backend.port, rules: RULES, config: { continueWay: 'auto', ...config }, ...rest }, (proxy) => use({ backend, proxy }));
  });
}

interface Told {
  readonly text: string;
  readonly last: ChatResponse;
  readonly lines: number;
}

async function ollamaStream(url: string, request: object = {}): Promise<Told> {
  let text = '';
  let last: ChatResponse | null = null;
  let lines = 0;
  for await (const part of await new Ollama({ host: url }).chat({ model, messages, stream: true, ...request })) {
    assert.ok(last?.done !== true, 'something follows the end');
    text += part.message.content;
    last = part;
    lines += 1;
  }
  return { text, last: last as unknown as ChatResponse, lines };
}

const corrections = (proxy: RunningProxy): Record<string, unknown>[] => proxy.log.entries.filter(({ msg }) => msg === 'correction').map(({ correction }) => correction as Record<string, unknown>);

describe('Ollama chat, streamed', () => {
  test('an answer that the backend cut off twice is one answer', async () => {
    await withBoth({ text: TEXT, limitTokens: 40 }, async ({ backend, proxy }) => {
      const told = await ollamaStream(proxy.url);
      assert.equal(told.text, RIGHT);
      assert.equal(told.last.done_reason, 'stop');
      const { exchanges } = backend.backend;
      assert.ok(exchanges.length > 2);
      assert.equal(told.last.eval_count, exchanges.reduce((sum, { tokensSent }) => sum + tokensSent, 0));
      assert.deepEqual(corrections(proxy).filter(({ action }) => action === 'continue').map(({ type }) => type), Array(exchanges.length - 1).fill('incomplete_reasoning'));
    });
  });

  test('an answer that is whole is asked for once, and its body is what it would be without', async () => {
    await withBoth({ text: 'All four steps are done.' }, async ({ backend, proxy }) => {
      assert.equal((await ollamaStream(proxy.url)).text, 'All four steps are done.');
      assert.equal(backend.backend.exchanges.length, 1);
    });
  });

  test('it is asked for three times and no more, and then says that it was cut off', async () => {
    await withBoth({ text: TEXT, limitTokens: 4 }, async ({ backend, proxy }) => {
      const { text, last } = await ollamaStream(proxy.url);
      assert.equal(backend.backend.exchanges.length, 4);
      assert.ok(text.endsWith(NOTE));
      assert.ok(RIGHT.startsWith(text.slice(0, -NOTE.length)));
      assert.deepEqual([last.done_reason, last.eval_count], ['length', 16]);
    });
  });

  test('off, which is the default, nothing is asked for', async () => {
    await withBoth({ text: TEXT, limitTokens: 30 }, async ({ backend, proxy }) => {
      const { text } = await ollamaStream(proxy.url);
      assert.ok(text.endsWith(NOTE));
      assert.equal(backend.backend.exchanges.length, 1);
    }, { config: { continueWay: 'off' } });
  });

  const never: readonly { name: string; answer: Answer; request?: object; more?: object }[] = [
    { name: 'with a tool call', answer: { text: 'I look into', toolCalls: [{ name: 'read_file', arguments: { path: 'a' } }], doneReason: 'length' } },
    { name: 'where the client allows a few tokens only', answer: { text: TEXT }, request: { options: { num_predict: 30 } } },
    { name: 'where it asks for JSON', answer: { text: '{"a":"one two three four five six seven"}', limitTokens: 5 }, request: { format: 'json' } },
    { name: 'with a full context', answer: { text: TEXT, limitTokens: 30 }, request: { options: { num_ctx: 32 } } },
    { name: 'in a mode that adds notes only', answer: { text: TEXT, limitTokens: 30 }, more: { mode: 'annotate' } },
  ];
  for (const { name, answer, request, more } of never) {
    test(`an answer is not continued ${name}`, async () => {
      await withBoth(answer, async ({ backend, proxy }) => {
        await ollamaStream(proxy.url, request);
        assert.equal(backend.backend.exchanges.length, 1);
      }, more);
    });
  }
});

interface Chunks {
  readonly text: string;
  readonly chunks: readonly OpenAI.ChatCompletionChunk[];
}

const openai = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'test', maxRetries: 0 });

async function openaiStream(url: string): Promise<Chunks> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const part of await openai(url).chat.completions.create({ model, messages: [{ role: 'user', content: 'How?' }], stream: true, stream_options: { include_usage: true } })) chunks.push(part);
  return { text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), chunks };
}

const tokensSent = ({ backend }: Both): number => backend.backend.exchanges.reduce((sum, exchange) => sum + exchange.tokensSent, 0);

describe('OpenAI chat, streamed', () => {
  test('one answer, one name, one role, one end, and counters for all', async () => {
    await withBoth({ text: TEXT, limitTokens: 40 }, async (both) => {
      const { text, chunks } = await openaiStream(both.proxy.url);
      assert.equal(text, RIGHT);
      assert.equal(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size, 1);
      assert.equal(chunks.filter(({ choices }) => choices[0]?.delta.role !== undefined).length, 1);
      assert.deepEqual(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []), ['stop']);
      assert.equal(chunks.at(-1)?.usage?.completion_tokens, tokensSent(both));
      assert.ok(both.backend.backend.exchanges.length > 2);
    });
  });

  test('the stream says its end once', async () => {
    await withBoth({ text: TEXT, limitTokens: 60 }, async ({ proxy }) => {
      const response = await fetch(`${proxy.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model, messages, stream: true }) });
      const body = await response.text();
      assert.equal(body.split('data: [DONE]').length, 2);
      assert.ok(body.endsWith('data: [DONE]\n\n'));
    });
  });

  test('vLLM is told to go on; a backend that nothing is known of is not asked', async () => {
    await withBoth({ text: TEXT, limitTokens: 60 }, async ({ backend, proxy }) => {
      assert.equal((await openaiStream(proxy.url)).text, RIGHT);
      const body = JSON.parse(backend.backend.exchanges[1]?.body.toString('utf8') ?? '') as Record<string, unknown>;
      assert.deepEqual([body['continue_final_message'], body['add_generation_prompt']], [true, false]);
    }, { config: { continueWay: 'continue_final_message' } });
  });
});

describe('documents', () => {
  test('of Ollama', async () => {
    await withBoth({ text: TEXT, limitTokens: 40 }, async (both) => {
      const whole = await new Ollama({ host: both.proxy.url }).chat({ model, messages, stream: false });
      assert.deepEqual([whole.message.content, whole.done_reason, whole.eval_count], [RIGHT, 'stop', tokensSent(both)]);
    });
  });

  test('of OpenAI', async () => {
    await withBoth({ text: TEXT, limitTokens: 40 }, async (both) => {
      const whole = await openai(both.proxy.url).chat.completions.create({ model, messages: [{ role: 'user', content: 'How?' }] });
      assert.deepEqual([whole.choices[0]?.message.content, whole.choices[0]?.finish_reason, whole.usage?.completion_tokens], [RIGHT, 'stop', tokensSent(both)]);
      assert.equal(whole.id, 'chatcmpl-1');
    });
  });
});

describe('a continuation that fails leaves what would be without, on a connection that goes on', () => {
  const later: readonly { name: string; rest: Answer; more?: object }[] = [
    { name: 'refused', rest: { statusCode: 500, errorMessage: 'no' } },
    { name: 'lost at once', rest: { text: TEXT, cutAfterTokens: 0 } },
    { name: 'lost half-way', rest: { text: TEXT, cutAfterTokens: 12 } },
    { name: 'reset half-way', rest: { text: TEXT, cutAfterTokens: 12, cutWith: 'reset' } },
    { name: 'an error half-way', rest: { text: TEXT, errorAfterTokens: 12 } },
    { name: 'a tool call', rest: { toolCalls: [{ name: 'now', arguments: {} }] } },
    { name: 'silence', rest: { text: TEXT, stallAfterTokens: 12 }, more: { limits: { continueMs: 300 } } },
    { name: 'no answer', rest: { text: TEXT, delayMs: Infinity }, more: { limits: { continueMs: 300 } } },
  ];
  for (const { name, rest, more } of later) {
    test(name, async () => {
      await withBoth((_request, count) => (count % 2 === 1 ? { text: TEXT, limitTokens: 40 } : rest), async ({ proxy }) => {
        for (let round = 0; round < 2; round += 1) {
          const { text, last } = await ollamaStream(proxy.url);
          assert.ok(text.endsWith(NOTE), text);
          assert.ok(RIGHT.startsWith(text.slice(0, -NOTE.length)), text);
          assert.equal(last.done_reason, 'length');
        }
        const stream = await openaiStream(proxy.url);
        assert.ok(stream.text.endsWith(NOTE));
        assert.deepEqual(stream.chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []), ['length']);
        const whole = await new Ollama({ host: proxy.url }).chat({ model, messages, stream: false });
        assert.ok(whole.message.content.endsWith(NOTE));
      }, more);
    });
  }
});

test('a client that leaves during a continuation takes the backend along', async () => {
  await withBoth((_request, count) => (count === 1 ? { text: TEXT, limitTokens: 40 } : { text: TEXT, stallAfterTokens: 3 }), async ({ backend, proxy }) => {
    const ollama = new Ollama({ host: proxy.url });
    const stream = await ollama.chat({ model, messages, stream: true });
    const reading = (async () => {
      for await (const _part of stream) void _part;
    })();
    await backend.backend.next((exchange) => exchange.id === 2 && exchange.tokensSent === 3);
    ollama.abort();
    await assert.rejects(reading);
    await backend.backend.next((exchange) => exchange.id === 2 && exchange.aborted);
    assert.equal(backend.backend.exchanges.length, 2);
  });
});
