import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialect, DialectRun, Parts } from '../../../../src/core/codec/dialect.js';
import { MAX_CHANNELS } from '../../../../src/core/codec/dialects/channels.js';
import { ollamaChat, ollamaGenerate } from '../../../../src/core/codec/dialects/ollama.js';
import { openaiChat } from '../../../../src/core/codec/dialects/openai-chat.js';
import { literalText } from '../../../../src/core/codec/json-literal.js';
import { EMPTY_REQUEST } from '../../../../src/core/truth/request-context.js';
import { eventOf } from './events.js';

/** A part as `number name "text"`, with a full stop where the channel ends, and the terminal in angle brackets. */
function told(run: DialectRun, json: unknown): string[] {
  const event = eventOf(json);
  const parts = run.parts(event) as Parts;
  for (const span of parts.spans) {
    if (span.start < 0) assert.deepEqual([span.text, span.path, span.last], ['', [], true]);
    else assert.equal(literalText((event.data as Buffer).subarray(span.start, span.end)), span.text);
  }
  const lines = parts.spans.map((span) => `${span.channel} ${run.channelName(span.channel)} ${JSON.stringify(span.text)}${span.last ? '.' : ''}`);
  return parts.terminal === null ? lines : [...lines, `<${parts.terminal}>`];
}

interface Case {
  readonly name: string;
  readonly dialect: Dialect;
  readonly events: readonly (readonly [json: unknown, expect: readonly string[]])[];
}

const delta = (content: unknown, more: object = {}): object => ({ choices: [{ index: 0, delta: content, finish_reason: null, ...more }] });

const cases: readonly Case[] = [
  {
    name: 'generate: a stream',
    dialect: ollamaGenerate,
    events: [
      [{ model: 'm', created_at: '1', response: 'Hel', done: false }, ['0 response "Hel"']],
      [{ model: 'm', created_at: '22', response: 'lo\n', done: false }, ['0 response "lo\\n"']],
      [{ model: 'm', created_at: '3', response: '', done: true, done_reason: 'stop', context: [1] }, ['0 response "".', '<done>']],
    ],
  },
  { name: 'generate: text in the last line', dialect: ollamaGenerate, events: [[{ response: 'x', done: true }, ['0 response "x".', '<done>']]] },
  { name: 'generate: done with no text at all', dialect: ollamaGenerate, events: [[{ response: '', done: true }, ['<done>']]] },
  {
    name: 'generate: thinking, then an answer',
    dialect: ollamaGenerate,
    events: [
      [{ response: '', thinking: 'hm', done: false }, ['0 thinking "hm"']],
      [{ response: 'so', done: false }, ['0 thinking "".', '1 response "so"']],
    ],
  },
  { name: 'generate: a document with both', dialect: ollamaGenerate, events: [[{ response: 'so', thinking: 'hm', done: true }, ['0 thinking "hm".', '1 response "so".', '<done>']]] },
  { name: 'generate: an error line', dialect: ollamaGenerate, events: [[{ response: 'x', done: false }, ['0 response "x"']], [{ error: 'out of memory' }, ['<error>']]] },
  { name: 'generate: the chat field is not its text', dialect: ollamaGenerate, events: [[{ message: { content: 'x' }, done: false }, []]] },
  {
    name: 'chat: a stream',
    dialect: ollamaChat,
    events: [
      [{ message: { role: 'assistant', content: 'a' }, done: false }, ['0 message/content "a"']],
      [{ message: { role: 'assistant', content: 'b' }, done: false }, ['0 message/content "b"']],
      [{ message: { role: 'assistant', content: '' }, done_reason: 'stop', done: true }, ['0 message/content "".', '<done>']],
    ],
  },
  {
    name: 'chat: a tool call ends the text, more text is another channel',
    dialect: ollamaChat,
    events: [
      [{ message: { content: 'a' }, done: false }, ['0 message/content "a"']],
      [{ message: { content: '', tool_calls: [{ function: { name: 'f', arguments: { path: 'x' } } }] }, done: false }, ['0 message/content "".']],
      [{ message: { content: 'b' }, done: false }, ['1 message/content "b"']],
      [{ message: { content: 'c', tool_calls: [] }, done: false }, ['1 message/content "c"']],
    ],
  },
  { name: 'chat: text and a tool call at once', dialect: ollamaChat, events: [[{ message: { content: 'a', tool_calls: [{}] }, done: false }, ['0 message/content "a".']]] },
  { name: 'odd shapes', dialect: ollamaChat, events: [[[], []], ['1', []], ['null', []], [{ message: 'x' }, []], [{ message: { content: 7 } }, []], [{ message: [], done: 'true' }, []]] },
  {
    name: 'openai: role, text, finish, usage',
    dialect: openaiChat,
    events: [
      [delta({ role: 'assistant', content: null }), []],
      [delta({ role: 'assistant', content: '' }), []],
      [delta({ content: 'a' }), ['0 choices/0/content "a"']],
      [delta({}, { finish_reason: '' }), []],
      [delta({}, { finish_reason: 'stop' }), ['0 choices/0/content "".']],
      [{ choices: [], usage: { total_tokens: 3 } }, []],
    ],
  },
  { name: 'openai: text in the finishing chunk', dialect: openaiChat, events: [[delta({ content: 'a' }, { finish_reason: 'length' }), ['0 choices/0/content "a".']]] },
  { name: 'openai: finish before any text', dialect: openaiChat, events: [[delta({}, { finish_reason: 'stop' }), []]] },
  {
    name: 'openai: reasoning, text, refusal, text again',
    dialect: openaiChat,
    events: [
      [delta({ reasoning_content: 'r' }), ['0 choices/0/reasoning_content "r"']],
      [delta({ content: 'c', reasoning_content: null }), ['0 choices/0/reasoning_content "".', '1 choices/0/content "c"']],
      [delta({ refusal: 'no' }), ['1 choices/0/content "".', '2 choices/0/refusal "no"']],
      [delta({ content: 'd' }), ['2 choices/0/refusal "".', '3 choices/0/content "d"']],
    ],
  },
  {
    name: 'openai: both words for reasoning grow side by side',
    dialect: openaiChat,
    events: [
      [delta({ reasoning: 'r', reasoning_content: 'r' }), ['0 choices/0/reasoning_content "r"', '1 choices/0/reasoning "r"']],
      [delta({ reasoning: 's', reasoning_content: 's' }), ['0 choices/0/reasoning_content "s"', '1 choices/0/reasoning "s"']],
      [delta({ content: 'c' }), ['0 choices/0/reasoning_content "".', '1 choices/0/reasoning "".', '2 choices/0/content "c"']],
    ],
  },
  {
    name: 'openai: a tool call ends the text',
    dialect: openaiChat,
    events: [
      [delta({ content: 'a' }), ['0 choices/0/content "a"']],
      [delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }), ['0 choices/0/content "".']],
      [delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }), []],
      [delta({ content: 'b' }), ['1 choices/0/content "b"']],
      [delta({ function_call: { name: 'f' } }), ['1 choices/0/content "".']],
    ],
  },
  {
    name: 'openai: choices by their index, wherever they stand',
    dialect: openaiChat,
    events: [
      [{ choices: [{ index: 1, delta: { content: 'b' } }] }, ['0 choices/1/content "b"']],
      [{ choices: [{ index: 0, delta: { content: 'a' } }] }, ['1 choices/0/content "a"']],
      [{ choices: [{ index: 1, delta: { content: 'B' } }] }, ['0 choices/1/content "B"']],
      [{ choices: [{ index: 0, delta: { content: 'A' } }, { index: 1, delta: { content: '!' } }] }, ['1 choices/0/content "A"', '0 choices/1/content "!"']],
      [{ choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }, ['0 choices/1/content "".']],
      [{ choices: [{ index: 0, delta: { content: 'x' } }] }, ['1 choices/0/content "x"']],
    ],
  },
  {
    name: 'openai: a document ends all it says',
    dialect: openaiChat,
    events: [[
      { choices: [{ index: 0, message: { content: 'a', reasoning_content: 'r' } }, { message: { content: 'b', refusal: null }, finish_reason: 'stop' }] },
      ['0 choices/0/reasoning_content "r".', '1 choices/0/content "a".', '2 choices/1/content "b".', '<done>'],
    ]],
  },
  { name: 'openai: errors', dialect: openaiChat, events: [[delta({ content: 'a' }), ['0 choices/0/content "a"']], [{ error: { message: 'x' } }, ['<error>']], [{ error: null, choices: [] }, []]] },
  { name: 'openai: odd shapes', dialect: openaiChat, events: [[{ choices: {} }, []], [{ choices: [null, 1, []] }, []], [{ choices: [{ delta: [] }] }, []], [delta({ content: [{ type: 'text', text: 'x' }] }), []], ['{"choices":[{"index":-1,"delta":{"content":"x"}}]}', ['0 choices/0/content "x"']]] },
  { name: 'the last of two keys is the text', dialect: openaiChat, events: [['{"choices":[{"delta":{"content":"a","content":"b"}}]}', ['0 choices/0/content "b"']], ['{"choices":[{"delta":{"content":"a","content":"c"}}]}', ['0 choices/0/content "c"']]] },
];

for (const { name, dialect, events } of cases) {
  test(name, () => {
    const run = dialect.open(EMPTY_REQUEST);
    events.forEach(([json, expect], index) => assert.deepEqual(told(run, json), expect, `event ${index}`));
  });
}

test('data that is no JSON is null, and the run goes on', () => {
  const run = openaiChat.open(EMPTY_REQUEST);
  assert.equal(run.parts(eventOf('{"choices":')), null);
  assert.deepEqual(told(run, delta({ content: 'a' })), ['0 choices/0/content "a"']);
});

test('channels are bounded: text beyond the last is not read', () => {
  const run = openaiChat.open(EMPTY_REQUEST);
  let parts = 0;
  for (let i = 0; i < MAX_CHANNELS + 50; i += 1) {
    const { spans } = run.parts(eventOf(delta(i % 2 === 0 ? { content: 'c' } : { reasoning: 'r' }))) as Parts;
    parts += spans.filter((span) => span.start >= 0).length;
  }
  assert.equal(parts, MAX_CHANNELS);
});
