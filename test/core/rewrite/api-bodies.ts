/** Answers of the APIs whose events bear a type, put together and taken apart by plain means. */

type Json = Record<string, unknown>;

const event = (json: Json): string => `event: ${String(json['type'])}\ndata: ${JSON.stringify(json)}\n\n`;

export interface Ending {
  /** `length`: a limit was reached. */
  readonly finish?: 'stop' | 'length';
  /** Another item follows the text. */
  readonly then?: 'call';
  /** Events bear no numbers, items no places, as llama.cpp has it. */
  readonly bare?: boolean;
}

const CALL = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'f', arguments: '{"a":"teh"}' };

/** A stream of `/v1/responses`: reasoning summary, one text, perhaps a call, and every copy of the text. */
export function responsesStream(tokens: readonly string[], { finish = 'stop', then, bare = false }: Ending = {}): string {
  const text = tokens.join('');
  let number = 0;
  const at = bare ? {} : { output_index: 1, content_index: 0 };
  const say = (json: Json): string => event(bare ? json : { type: json['type'], sequence_number: number++, ...json });
  const part = { type: 'output_text', annotations: [], logprobs: [], text };
  const reasoning = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm teh' }] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
  const response = { id: 'resp_1', object: 'response', status: finish === 'stop' ? 'completed' : 'incomplete', incomplete_details: finish === 'stop' ? null : { reason: 'max_output_tokens' }, instructions: 'teh', output: [reasoning, item, ...(then === undefined ? [] : [CALL])], usage: { output_tokens: 9 } };
  return [
    say({ type: 'response.created', response: { id: 'resp_1', object: 'response', status: 'in_progress', instructions: 'teh', output: [] } }),
    say({ type: 'response.output_item.added', ...(bare ? {} : { output_index: 0 }), item: { id: 'rs_1', type: 'reasoning', summary: [] } }),
    say({ type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', ...(bare ? {} : { output_index: 0 }), summary_index: 0, delta: 'hm teh' }),
    say({ type: 'response.reasoning_summary_text.done', item_id: 'rs_1', ...(bare ? {} : { output_index: 0 }), summary_index: 0, text: 'hm teh' }),
    say({ type: 'response.output_item.done', ...(bare ? {} : { output_index: 0 }), item: reasoning }),
    say({ type: 'response.output_item.added', ...(bare ? {} : { output_index: 1 }), item: { ...item, content: [], status: 'in_progress' } }),
    say({ type: 'response.content_part.added', item_id: 'msg_1', ...at, part: { ...part, text: '' } }),
    ...tokens.map((delta) => say({ type: 'response.output_text.delta', item_id: 'msg_1', ...at, delta, logprobs: [{ token: delta, logprob: -1 }], obfuscation: 'x' })),
    say({ type: 'response.output_text.done', item_id: 'msg_1', ...at, text, logprobs: [{ token: 'teh' }] }),
    say({ type: 'response.content_part.done', item_id: 'msg_1', ...at, part }),
    say({ type: 'response.output_item.done', ...(bare ? {} : { output_index: 1 }), item }),
    ...(then === undefined ? [] : [
      say({ type: 'response.output_item.added', output_index: 2, item: { ...CALL, arguments: '' } }),
      say({ type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 2, delta: CALL.arguments }),
      say({ type: 'response.output_item.done', output_index: 2, item: CALL }),
    ]),
    say({ type: finish === 'stop' ? 'response.completed' : 'response.incomplete', response }),
  ].join('');
}

/** A stream of `/v1/messages`: signed thinking, one text, perhaps a call. */
export function anthropicStream(tokens: readonly string[], { finish = 'stop', then }: Ending = {}): string {
  const call = then !== undefined;
  return [
    event({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], stop_reason: null, usage: { output_tokens: 1 } } }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm teh' } }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'teh' } }),
    event({ type: 'content_block_stop', index: 0 }),
    event({ type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }),
    event({ type: 'ping' }),
    ...tokens.map((text) => event({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text } })),
    event({ type: 'content_block_stop', index: 1 }),
    ...(call ? [
      event({ type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } }),
      event({ type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":"teh"}' } }),
      event({ type: 'content_block_stop', index: 2 }),
    ] : []),
    event({ type: 'message_delta', delta: { stop_reason: finish === 'length' ? 'max_tokens' : call ? 'tool_use' : 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } }),
    event({ type: 'message_stop' }),
  ].join('');
}

/** The JSON of each event. */
export function eventsOf(body: string): Json[] {
  return body.split('\n').filter((line) => line.startsWith('data: {')).map((line) => JSON.parse(line.slice(6)) as Json);
}

/** Every string at these keys anywhere in a value, in order. */
function stringsAt(value: unknown, key: string, type: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => stringsAt(one, key, type));
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Json;
  const here = object['type'] === type && typeof object[key] === 'string' ? [object[key]] : [];
  return [...here, ...Object.values(object).flatMap((one) => stringsAt(one, key, type))];
}

/** What is told of a text: its deltas joined, then each whole copy. */
export function responsesCopies(body: string): { readonly text: string; readonly copies: readonly string[]; readonly summaries: readonly string[] } {
  const events = eventsOf(body);
  const joined = (type: string): string => events.filter((one) => one['type'] === type).map((one) => one['delta'] as string).join('');
  const wholes = (type: string, part: string): string[] => events.flatMap((one) => [...(one['type'] === type ? [one['text'] as string] : []), ...stringsAt(one, 'text', part)]);
  return {
    text: joined('response.output_text.delta'),
    copies: wholes('response.output_text.done', 'output_text').filter((text) => text !== ''),
    summaries: [joined('response.reasoning_summary_text.delta'), ...wholes('response.reasoning_summary_text.done', 'summary_text')],
  };
}

export function anthropicText(body: string): string {
  return eventsOf(body).map((one) => (one['type'] === 'content_block_delta' ? ((one['delta'] as Json)['text'] as string | undefined) ?? '' : '')).join('');
}
