import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Dialect, DialectRun, Parts, TextPart } from '../../../../src/core/codec/dialect.js';
import { anthropic } from '../../../../src/core/codec/dialects/anthropic.js';
import { llamaCpp, openaiCompletions } from '../../../../src/core/codec/dialects/completions.js';
import { openaiResponses } from '../../../../src/core/codec/dialects/openai-responses.js';
import { EMPTY_REQUEST, readRequest } from '../../../../src/core/truth/request-context.js';
import { eventOf } from './events.js';

/** A part as `name "text"`; a full stop and the reason where it ends, an equals sign before a copy. */
function told(run: DialectRun, json: unknown): string[] {
  const { spans, terminal, ping } = run.parts(eventOf(json)) as Parts;
  const lines = spans.map((span) => `${span.mirror ? '=' : ''}${run.channelName(span.channel)} ${JSON.stringify(span.text)}${span.last ? `. ${span.finish ?? ''}` : ''}`);
  return [...lines, ...(terminal === null ? [] : [`<${terminal}>`]), ...(ping === true ? ['<ping>'] : [])];
}

interface Case {
  readonly name: string;
  readonly dialect: Dialect;
  readonly events: readonly (readonly [json: unknown, expect: readonly string[]])[];
}

const textDelta = (text: string, index = 0): object => ({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } });
const stop = (index = 0): object => ({ type: 'content_block_stop', index });
const ends = (reason: string | null): object => ({ type: 'message_delta', delta: { stop_reason: reason } });
const outputDelta = (delta: string, item = 'm', more: object = { output_index: 0, content_index: 0 }): object => ({ type: 'response.output_text.delta', item_id: item, ...more, delta });
const outputDone = (text: string, item = 'm', more: object = { output_index: 0, content_index: 0 }): object => ({ type: 'response.output_text.done', item_id: item, ...more, text });
const completed = (output: unknown, more: object = { status: 'completed' }): object => ({ type: 'response.completed', response: { output, ...more } });
const message = (text: string, id = 'm'): object => ({ id, type: 'message', content: [{ type: 'output_text', text }] });

const cases: readonly Case[] = [
  { name: 'anthropic: text, its end, why', dialect: anthropic, events: [[textDelta('a'), ['content/0/text "a"']], [textDelta('b'), ['content/0/text "b"']], [stop(), ['=content/0/text ""']], [ends('max_tokens'), ['content/0/text "". length']], [{ type: 'message_stop' }, ['<done>']]] },
  ...(['end_turn stop', 'tool_use tool_calls', 'stop_sequence stop_sequence', 'refusal refusal'].map((pair) => pair.split(' ') as [string, string])).map(([word, finish]): Case => ({ name: `anthropic: ${word}`, dialect: anthropic, events: [[textDelta('a'), ['content/0/text "a"']], [ends(word), [`content/0/text "". ${finish}`]]] })),
  { name: 'anthropic: a block behind a block', dialect: anthropic, events: [[textDelta('a'), ['content/0/text "a"']], [stop(), ['=content/0/text ""']], [{ type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }, ['content/0/text "". next']], [textDelta('b', 1), ['content/1/text "b"']]] },
  { name: 'anthropic: a call behind a block', dialect: anthropic, events: [[textDelta('a'), ['content/0/text "a"']], [stop(), ['=content/0/text ""']], [{ type: 'content_block_start', index: 1, content_block: { type: 'server_tool_use' } }, ['content/0/text "". tool_calls']], [{ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } }, []], [stop(1), []]] },
  { name: 'anthropic: thinking is no text, and ends at once', dialect: anthropic, events: [[{ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'h' } }, ['content/0/thinking "h"']], [{ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } }, []], [stop(), ['content/0/thinking "". next']]] },
  { name: 'anthropic: signs of life and errors', dialect: anthropic, events: [[{ type: 'ping' }, ['<ping>']], [{ type: 'error', error: {} }, ['<error>']]] },
  { name: 'anthropic: odd shapes', dialect: anthropic, events: [[[], []], ['7', []], [{ type: 7 }, []], [{ type: 'content_block_delta', delta: 'x' }, []], [{ type: 'content_block_delta', index: -1, delta: { type: 'text_delta', text: 7 } }, []], [stop(9), []], [{ type: 'message', content: 'x' }, ['<done>']], [{ choices: [{ text: 'x' }] }, []]] },
  { name: 'responses: deltas, copies, end', dialect: openaiResponses, events: [[outputDelta('a'), ['output/0/0/text "a"']], [outputDone('a'), ['=output/0/0/text "a"']], [{ type: 'response.output_item.done', output_index: 0, item: message('a') }, ['=output/0/0/text "a"']], [completed([message('a')]), ['output/0/0/text "". stop', '=output/0/0/text "a"', '<done>']]] },
  { name: 'responses: cut off', dialect: openaiResponses, events: [[outputDelta('a'), ['output/0/0/text "a"']], [{ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } }, ['output/0/0/text "". length', '<done>']]] },
  { name: 'responses: filtered, failed', dialect: openaiResponses, events: [[outputDelta('a'), ['output/0/0/text "a"']], [{ type: 'response.failed', response: { status: 'failed' } }, ['output/0/0/text "". abort', '<error>']], [{ type: 'error', message: 'x' }, ['<error>']]] },
  { name: 'responses: without places, as llama.cpp; another id in the copy does not match', dialect: openaiResponses, events: [[outputDelta('a', 'm', {}), ['output/m/0/text "a"']], [outputDone('a', 'm', {}), ['=output/m/0/text "a"']], [completed([message('a')]), ['output/m/0/text "". stop', '=output/m/0/text "a"', '<done>']]] },
  { name: 'responses: a new id for the same place', dialect: openaiResponses, events: [[outputDelta('a'), ['output/0/0/text "a"']], [completed([message('a', 'other')]), ['output/0/0/text "". stop', '=output/0/0/text "a"', '<done>']]] },
  { name: 'responses: an item follows', dialect: openaiResponses, events: [[outputDelta('a'), ['output/0/0/text "a"']], [outputDone('a'), ['=output/0/0/text "a"']], [{ type: 'response.output_item.added', item: { type: 'function_call' } }, ['output/0/0/text "". tool_calls']], [{ type: 'response.function_call_arguments.delta', delta: 'x' }, []]] },
  { name: 'responses: refusal and reasoning', dialect: openaiResponses, events: [[{ type: 'response.reasoning_text.delta', item_id: 'r', content_index: 0, delta: 'h' }, ['output/r/0/reasoning "h"']], [{ type: 'response.reasoning_text.done', item_id: 'r', content_index: 0, text: 'h' }, ['output/r/0/reasoning "". next', '=output/r/0/reasoning "h"']], [{ type: 'response.refusal.delta', item_id: 'm', delta: 'n' }, ['output/m/0/refusal "n"']], [{ type: 'response.refusal.done', item_id: 'm', refusal: 'n' }, ['=output/m/0/refusal "n"']]] },
  { name: 'responses: odd shapes', dialect: openaiResponses, events: [[[], []], [{ type: 'response.output_text.delta', delta: 7 }, []], [{ type: 'response.output_item.done', item: { content: 'x', summary: [1] } }, []], [{ object: 'response', output: 'x' }, ['<done>']], [completed(null, {}), ['<done>']], [{ type: 'response.created', response: { output: [message('x')] } }, []]] },
  { name: 'completions: text, finish, usage', dialect: openaiCompletions, events: [[{ choices: [{ index: 0, text: 'a', finish_reason: null }] }, ['choices/0/text "a"']], [{ choices: [{ index: 1, text: 'b' }, { index: 0, text: 'c' }] }, ['choices/1/text "b"', 'choices/0/text "c"']], [{ choices: [{ index: 0, text: '', finish_reason: 'length' }] }, ['choices/0/text "". length']], [{ choices: [], usage: {} }, []], [{ error: { message: 'x' } }, ['<error>']]] },
  { name: 'llama.cpp: content, never the prompt', dialect: llamaCpp, events: [[{ index: 0, content: 'a', tokens: [1], stop: false }, ['content "a"']], [{ index: 0, content: '', stop: true, stop_type: 'limit', prompt: 'a' }, ['content "". length']]] },
  { name: 'llama.cpp: older flags, stop words, lists', dialect: llamaCpp, events: [[[{ content: 'a', stop: true, stopped_eos: true }, { index: 1, content: 'b', stop: true, stop_type: 'word' }], ['content "a". stop', '1/content "b". word']]] },
];

for (const { name, dialect, events } of cases) {
  test(name, () => {
    const run = dialect.open(EMPTY_REQUEST);
    events.forEach(([json, expect], index) => assert.deepEqual(told(run, json), expect, `event ${index}`));
  });
}

test('a completion that echoes its prompt is sealed, and raw answers are structured', () => {
  const body = Buffer.from('{"prompt":"p","echo":true}');
  const echo = readRequest('openai-completions', body);
  const kinds = (run: DialectRun): string[] => (run.parts(eventOf({ choices: [{ text: 'a' }] })) as Parts).spans.map(({ kind }) => kind);
  assert.deepEqual(kinds(openaiCompletions.open(echo)), ['sealed']);
  assert.deepEqual(kinds(openaiCompletions.open(readRequest('openai-completions', Buffer.from('{"prompt":"p"}')))), ['prose']);
  for (const route of ['openai-completions', 'llama-cpp']) assert.deepEqual([readRequest(route, body).structured, readRequest(route, null).structured, readRequest(route, Buffer.from('[')).structured], [true, true, true]);
  assert.notEqual(readRequest('anthropic', null).structured, true);
  assert.equal(readRequest('anthropic', Buffer.from('{"output_config":{"format":{"type":"json_schema"}}}')).structured, true);
});

const EVENTS: ReadonlyMap<Dialect, readonly object[]> = new Map<Dialect, readonly object[]>([
  [anthropic, [textDelta('a'), textDelta('b "c"'), textDelta('d', 1), stop(), stop(1), ends('end_turn'), { type: 'ping' }, { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }, { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 't' } }]],
  [openaiResponses, [outputDelta('a'), outputDelta('é'), outputDelta('x', 'n', { output_index: 1, content_index: 0 }), outputDone('aé'), outputDone('x', 'n'), completed([message('aé')]), { type: 'response.output_item.added', item: {} }, { sequence_number: 7, ...outputDelta('y') }, { sequence_number: 8, ...outputDelta('z') }]],
  [openaiCompletions, [{ choices: [{ index: 0, text: 'a' }] }, { choices: [{ index: 0, text: 'b' }] }, { choices: [{ index: 1, text: 'c' }] }, { choices: [{ index: 0, text: '', finish_reason: 'stop' }] }]],
  [llamaCpp, [{ content: 'a', tokens: [1], stop: false, tokens_predicted: 1 }, { content: 'b', tokens: [22], stop: false, tokens_predicted: 2 }, { content: 'c', tokens: [1, 2], stop: false }, { content: '', tokens: [], stop: true }]],
]);

const bare = ({ channel, kind, text, path, last, finish, mirror }: TextPart): object => ({ channel, kind, text, path, last, finish, mirror });

for (const [dialect, events] of EVENTS) {
  test(`property: ${dialect.name}: events in any order are read as if every one were parsed`, () => {
    let scanned = 0;
    fc.assert(fc.property(fc.array(fc.nat({ max: events.length - 1 }), { minLength: 2, maxLength: 30 }), (order) => {
      const [fast, exact] = [dialect.open(EMPTY_REQUEST), dialect.open(EMPTY_REQUEST)];
      for (const index of order) {
        const event = eventOf(events[index]);
        if (fast.scan(event) !== null) scanned += 1;
        const parts = fast.parts(event) as Parts;
        const want = exact.read(events[index]);
        assert.deepEqual([parts.spans.map(bare), parts.terminal], [want.parts.map(bare), want.terminal]);
      }
    }), { seed: 23, numRuns: 400 });
    assert.ok(scanned > 50, String(scanned));
  });
}
