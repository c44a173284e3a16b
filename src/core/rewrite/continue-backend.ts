import type { RouteName } from '../codec/routes.js';
import type { MessageHead } from '../http/head.js';
import { isJson, type Json } from './continue-shapes.js';

/**
 * Whether answers that were cut off are continued, and how the backend is asked to: `prefill`, where a last message of the
 * assistant's is gone on with as it is (Ollama, llama.cpp); `continue_final_message`, where it must be told to (vLLM). `auto`
 * asks only a backend that is known by its answer to understand one of the two.
 */
export const CONTINUE_WAYS = ['off', 'auto', 'prefill', 'continue_final_message'] as const;
export type ContinueWay = (typeof CONTINUE_WAYS)[number];

/** What the request for the rest says besides. */
export type ContinueFields = Readonly<Record<string, unknown>>;

const PREFILL: ContinueFields = Object.freeze({});
const FINAL_MESSAGE: ContinueFields = Object.freeze({ add_generation_prompt: false, continue_final_message: true });

/** llama.cpp's builds (`b6123-3db4da56`), Ollama's OpenAI routes, and the backend that comes with hotpatch. */
const PREFILLING = /^(?:b\d+-[0-9a-f]+|fp_ollama|fp_hotpatch)$/;
/** Members that vLLM alone puts into an answer, and into a choice. */
const VLLM_MEMBERS = ['prompt_logprobs', 'prompt_token_ids', 'kv_transfer_params'];
const VLLM_CHOICE_MEMBERS = ['stop_reason', 'token_ids'];

/**
 * @param head the head of the answer that is to be continued
 * @param events some of its events
 * @returns null where this backend would not go on with the answer, but begin another
 */
export function continueFieldsFor(way: ContinueWay, route: RouteName | null, head: MessageHead, events: readonly Json[]): ContinueFields | null {
  if (way === 'off') return null;
  // Ollama's own route is Ollama's.
  if (route === 'ollama-chat') return PREFILL;
  if (route !== 'openai-chat') return null;
  if (way === 'prefill') return PREFILL;
  if (way === 'continue_final_message') return FINAL_MESSAGE;
  const fingerprints = events.map((event) => event['system_fingerprint']);
  if (head.get('server') === 'llama.cpp' || fingerprints.some((print) => typeof print === 'string' && PREFILLING.test(print))) return PREFILL;
  return events.some(isOfVllm) ? FINAL_MESSAGE : null;
}

function isOfVllm(event: Json): boolean {
  if (VLLM_MEMBERS.some((name) => name in event)) return true;
  const { choices } = event;
  const choice: unknown = Array.isArray(choices) ? choices[0] : null;
  return isJson(choice) && VLLM_CHOICE_MEMBERS.some((name) => name in choice);
}
