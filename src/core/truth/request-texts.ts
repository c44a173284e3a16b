/** Who said a text of the request. `tool`: what a tool answered. */
export type RequestRole = 'system' | 'user' | 'assistant' | 'tool';

export interface RequestText {
  readonly role: RequestRole;
  readonly text: string;
}

/** UTF-16 units of a request's texts that are read; of more, the newest. */
export const MOST_TEXT = 262_144;
/** Parts of messages that are looked at. */
const MOST_PARTS = 4_096;
/** What a message may be nested in: content, parts, a tool result and its parts. */
const MOST_DEPTH = 4;

const ROLES: Readonly<Record<string, RequestRole>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
  function_call_output: 'tool',
  tool_result: 'tool',
  local_shell_call_output: 'tool',
  custom_tool_call_output: 'tool',
};

/**
 * The texts of a request in the shapes of Ollama (`messages`, `prompt`, `system`), OpenAI chat, completions and Responses
 * (`messages`, `prompt`, `suffix`, `input`, `instructions`), Anthropic (`system`, `messages` with parts) and llama.cpp
 * (`prompt`, `input_prefix`, `input_suffix`, `input_extra`). Oldest first.
 */
export function readTexts(body: Record<string, unknown>): readonly RequestText[] {
  const reader = new Reader();
  reader.add(body['input'], 'user', 0);
  reader.add(body['prompt'], 'user', 0);
  for (const name of ['input_suffix', 'suffix', 'input_prefix', 'input_extra']) reader.add(body[name], 'user', 0);
  reader.add(body['messages'], 'user', 0);
  for (const name of ['instructions', 'system']) reader.add(body[name], 'system', 0);
  return reader.texts.reverse();
}

/** Walks from the newest to the oldest, so that what is left out is old. */
class Reader {
  readonly texts: RequestText[] = [];
  #left = MOST_TEXT;
  #parts = MOST_PARTS;

  add(value: unknown, role: RequestRole, depth: number): void {
    if (typeof value === 'string') this.#keep(value, role);
    else if (Array.isArray(value) && depth < MOST_DEPTH * 2) {
      for (let at = value.length - 1; at >= 0 && this.#left > 0 && this.#parts > 0; at -= 1) this.add(value[at], role, depth + 1);
    } else if (typeof value === 'object' && value !== null && depth < MOST_DEPTH * 2) this.#part(value as Record<string, unknown>, role, depth);
  }

  #part(part: Record<string, unknown>, above: RequestRole, depth: number): void {
    this.#parts -= 1;
    if (this.#parts < 0) return;
    const named = (name: unknown): RequestRole | undefined => (typeof name === 'string' && Object.hasOwn(ROLES, name) ? ROLES[name] : undefined);
    const role = named(part['type']) ?? named(part['role']) ?? above;
    // A tool that says itself that it failed makes nothing known.
    if (part['is_error'] === true) return;
    for (const name of ['output', 'text', 'content']) if (part[name] !== undefined) this.add(part[name], role, depth + 1);
  }

  #keep(text: string, role: RequestRole): void {
    if (text === '' || this.#left <= 0) return;
    const kept = text.length <= this.#left ? text : text.slice(0, this.#left);
    this.#left -= kept.length;
    this.texts.push({ role, text: kept });
  }
}
