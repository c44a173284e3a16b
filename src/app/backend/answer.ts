/** What a script is asked, and what it answers. Nothing here knows a protocol. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonStyle } from './json-style.js';

export interface ChatMessage {
  readonly role: string;
  /** The text parts of the message, joined; images and the like are left out. */
  readonly content: string;
}

/** One request as a script sees it. */
export interface BackendRequest {
  readonly protocol: string;
  /** The path without its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** The text of the last user message, or the whole prompt where there are no messages. */
  readonly prompt: string;
  readonly stream: boolean;
  /** Names of the tools that are offered; of those in a namespace `namespace__name`. */
  readonly tools: readonly string[];
  /** Which of several answers to one request this is, from 0. */
  readonly choice: number;
  /** The request's JSON, for what is not named above. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AnswerToolCall {
  readonly name: string;
  /** Responses only: the namespace the tool was offered in. */
  readonly namespace?: string;
  /** A string is taken for the JSON text itself, so that a test can send what is no JSON. */
  readonly arguments: Readonly<Record<string, unknown>> | string;
}

/** Recorded bytes of a whole response, head and framing included, written to the socket as they are. */
export interface Replay {
  readonly bytes: Buffer;
  /** How the bytes were cut and when: pairs of milliseconds since the request and bytes. Default: one piece at once. */
  readonly segments?: readonly (readonly [atMs: number, bytes: number])[];
  /** What happens to the connection afterwards; `keep` leaves it open and silent. Default `fin`. */
  readonly then?: 'fin' | 'reset' | 'keep';
}

/** What is done wrong on purpose. Of several choices the first one's faults count. A token is one streamed piece. */
export interface Faults {
  /** The connection is lost after so many tokens; a whole document is cut in that proportion. */
  readonly cutAfterTokens?: number;
  /** Default `fin`: closed in order, but before the answer is complete. */
  readonly cutWith?: 'fin' | 'reset';
  /** An error in the protocol's mid-stream shape after so many tokens, then a normal end; a whole answer is a 500. */
  readonly errorAfterTokens?: number;
  readonly errorMessage?: string;
  /** Silence after so many tokens, for `stallMs` (default: until the client leaves). */
  readonly stallAfterTokens?: number;
  readonly stallMs?: number;
  /** Answer with this status and `errorMessage` in the protocol's error shape. */
  readonly statusCode?: number;
}

/** One answer of the script. Without text, tokens or tool calls it is empty, which is an answer too. */
export interface Answer extends Faults {
  readonly text?: string;
  /** The pieces themselves, instead of a split of `text`. May be endless when streamed. */
  readonly tokens?: Iterable<string>;
  readonly thinking?: string;
  readonly toolCalls?: readonly AnswerToolCall[];
  /** Default `stop`, or what the protocol says for tool calls and for a reached token limit. */
  readonly doneReason?: string;
  /** The backend's own limit, as a model file may have one: after so many tokens the answer ends for length. */
  readonly limitTokens?: number;
  /**
   * False: a last message of the assistant's begins no answer, and is answered. Default: where `text` begins with it, the answer
   * goes on behind it.
   */
  readonly continues?: boolean;
  /** Tokens a second; 0 and Infinity mean as fast as the client reads. Default: the backend's. */
  readonly tokensPerSecond?: number;
  /** Seed of the split of `text` into tokens. Default: the backend's. */
  readonly seed?: number;
  /** One token for each UTF-16 unit, surrogate pairs cut in two. */
  readonly unitTokens?: boolean;
  /** Silence before the head, as of a model that loads or reads a long prompt. Infinity: for ever. Default 0. */
  readonly delayMs?: number;
  /** Asked before each token with the number sent so far; a test can hold an answer here. */
  readonly beforeToken?: (sent: number) => Promise<void> | void;
  /** Pings (SSE comments): before these tokens, and every so many milliseconds of a stall. */
  readonly pings?: { readonly beforeTokens?: readonly number[]; readonly everyMs?: number };
  /** Compress the body, whatever the client accepts. */
  readonly gzip?: boolean;
  /** How text is escaped; default `go` on Ollama's routes and `plain` on OpenAI's. */
  readonly jsonStyle?: JsonStyle;
  /** OpenAI's key for thinking. Default `reasoning_content`. */
  readonly reasoningKey?: 'reasoning' | 'reasoning_content';
  /** OpenAI's tool calls come in pieces by default; false sends each call in one. */
  readonly toolFragments?: boolean;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Close the connection behind this answer without announcing it, as llama-server does. */
  readonly closeAfter?: boolean;
  /** Recorded bytes instead of all of the above. */
  readonly replay?: Replay | Buffer;
}

/** The script: asked once for each choice of each request. What it throws becomes a 500. */
export type AnswerScript = (request: BackendRequest) => Answer | Promise<Answer>;
