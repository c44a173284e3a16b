import type { AnswerScript } from '../../src/app/backend/index.js';
import type { Call } from './agent.js';

type Fields = Readonly<Record<string, unknown>>;

/** What an agent told its model of one call: the call as the agent keeps it, and what the tool said. */
export interface Told {
  readonly tool: string;
  readonly arguments: unknown;
  readonly result: string;
}

/** A model without a mind: it makes one call, says what came back, and keeps what it was told. */
export interface ScriptedModel {
  readonly answers: AnswerScript;
  readonly told: readonly Told[];
  /** Names of the tools it was offered. */
  readonly offered: readonly string[];
}

/** Requests without the tool are the agent's own errands, such as a title for the session. */
export function createScriptedModel(call: Call): ScriptedModel {
  const told: Told[] = [];
  const offered = new Set<string>();
  const name = wholeName(call.namespace, call.tool);
  const answers: AnswerScript = ({ body, tools }) => {
    for (const tool of tools) offered.add(tool);
    if (!tools.includes(name)) return { text: 'Looking at a file' };
    const back = readTold(body);
    if (back === null) return { text: 'I will look at it.', toolCalls: [{ name: call.tool, ...(call.namespace === undefined ? {} : { namespace: call.namespace }), arguments: call.arguments }] };
    told.push(back);
    return { text: `The tool said: ${back.result}` };
  };
  return { answers, told, get offered() { return [...offered]; } };
}

/** The last call and its result, in the shape of chat completions (`messages`) or of Responses (`input`). */
function readTold(body: Fields): Told | null {
  const items = fieldsOf(body['messages'] ?? body['input']);
  const result = items.findLast((item) => item['role'] === 'tool' || item['type'] === 'function_call_output');
  if (result === undefined) return null;
  const calls = items.flatMap((item) => (item['type'] === 'function_call' ? [item] : fieldsOf(item['tool_calls']).flatMap((one) => fieldsOf([one['function']]))));
  const last = calls.at(-1) ?? {};
  return { tool: wholeName(last['namespace'], String(last['name'])), arguments: JSON.parse(String(last['arguments'])) as unknown, result: textOf(result['content'] ?? result['output']) };
}

export function wholeName(namespace: unknown, tool: string): string {
  return typeof namespace === 'string' ? `${namespace}__${tool}` : tool;
}

/** Text as it is; of an image its type and the beginning of its bytes. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return fieldsOf(content).map((part) => (typeof part['text'] === 'string' ? part['text'] : `[image ${String(part['image_url']).slice(0, 40)}...]`)).join('');
}

function fieldsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter((one): one is Fields => typeof one === 'object' && one !== null) : [];
}
