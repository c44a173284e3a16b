import { literalBytes } from '../codec/json-literal.js';
import { valueSpans } from '../codec/json-spans.js';
import type { RequestContext } from '../truth/request-context.js';
import { applySplices, setMembers, type Splice } from './request-patch.js';

/**
 * The same request with the answer so far as its last message, for the model to go on with. Every other byte stays.
 * @param fields further members that make the backend go on with that message, and not begin another
 * @returns null where the request has no messages, or ends in one that cannot be gone on with
 */
export function continuedBody(body: Buffer, text: string, fields: Readonly<Record<string, unknown>>): Buffer | null {
  const request = readObject(body);
  const messages: unknown = request?.['messages'];
  if (!Array.isArray(messages) || messages.length === 0) return null;
  const last: unknown = messages.at(-1);
  if (!isObject(last)) return null;
  const splice = last['role'] === 'assistant' ? ownBeginning(body, last, messages.length - 1, text) : newMessage(body, text);
  return splice === null ? null : applySplices(body, [splice, ...setMembers(body, [], Object.entries(fields))]);
}

/** The answer is another message behind all there are. */
function newMessage(body: Buffer, text: string): Splice | null {
  const [array] = valueSpans(body, [['messages']]);
  if (array === null || array === undefined) return null;
  const at = array.end - 1;
  return { at: { start: at, end: at }, text: `,{"role":"assistant","content":"${literalBytes(text).toString('utf8')}"}` };
}

/** The client began the answer itself: what was said goes behind that. */
function ownBeginning(body: Buffer, message: Record<string, unknown>, index: number, text: string): Splice | null {
  if (typeof message['content'] !== 'string' || message['tool_calls'] !== undefined) return null;
  const [content] = valueSpans(body, [['messages', index, 'content']]);
  if (content === null || content === undefined) return null;
  return { at: { start: content.end - 1, end: content.end - 1 }, text: literalBytes(text).toString('utf8') };
}

/** What of a request bounds its continuation. */
export interface RequestBounds {
  /** It asks for several answers side by side. */
  readonly several: boolean;
  /** The size of the context, in tokens, where it says so. */
  readonly contextTokens: number | null;
}

/** Ollama's contexts are a multiple of this, or one token less fits. */
const CONTEXT_STEP = 1_024;

/**
 * Whether the context is full, as far as can be known: then there is no room for more, and a backend that makes room would
 * forget the question.
 * @param prompt tokens of the request, as the backend counted them
 * @param answer tokens of the answer so far
 * @param last of them, those of the response that ended
 */
export function isContextFull(bounds: RequestBounds, request: RequestContext, tokens: { readonly prompt: number; readonly answer: number; readonly last: number }): boolean {
  const used = tokens.prompt + tokens.answer;
  if (bounds.contextTokens !== null) return used >= bounds.contextTokens - 1;
  // Less than was allowed: it was not the request's limit that ended it.
  if (request.tokenLimit !== undefined) return tokens.last < request.tokenLimit;
  return used >= CONTEXT_STEP - 1 && (used % CONTEXT_STEP === 0 || (used + 1) % CONTEXT_STEP === 0);
}

/** @returns null where the body is no JSON object */
export function boundsOf(body: Buffer): RequestBounds | null {
  const request = readObject(body);
  if (request === null) return null;
  const { n, options } = request;
  const context = isObject(options) ? options['num_ctx'] : undefined;
  return { several: typeof n === 'number' && n > 1, contextTokens: typeof context === 'number' && context > 0 ? context : null };
}

function readObject(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    // The backend will say so.
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
