import { finishOf, isObject, type Dialect, type JsonObject, type Reading } from '../dialect.js';
import type { RequestContext } from '../../truth/request-context.js';
import { TemplatedRun, type EventReader } from '../templated-run.js';
import { ToolCalls } from '../tool-calls.js';
import { Channels, type TextField } from './channels.js';

const TEXT: TextField = { key: 'text', lane: 'text', kind: 'prose' };
/** Thinking is signed, and its signature comes behind it: a changed letter would make it worthless. */
const THINKING: TextField = { key: 'thinking', lane: 'thinking', kind: 'sealed' };

/** Anthropic's words, where others have one that means the same. */
const FINISHES: Readonly<Record<string, string>> = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool_calls' };

function finishWord(word: unknown): string | null {
  const finish = finishOf(word);
  return finish !== null && Object.hasOwn(FINISHES, finish) ? (FINISHES[finish] as string) : finish;
}

/** Blocks that are a call of a tool, whoever runs it. */
function isCall(block: unknown): boolean {
  return isObject(block) && typeof block['type'] === 'string' && block['type'].endsWith('tool_use');
}

class AnthropicReader implements EventReader {
  readonly channels = new Channels();
  readonly volatile = [];
  /** The text block that has ended, while it is not known why. */
  #ended: number | null = null;
  readonly #calls: ToolCalls;

  constructor(request: RequestContext, everyValue: boolean) {
    this.#calls = new ToolCalls(this.channels, request, everyValue);
  }

  read(json: unknown): Reading {
    if (!isObject(json)) return { parts: [], terminal: null };
    switch (json['type']) {
      case 'content_block_start':
        this.#release(isCall(json['content_block']) ? 'tool_calls' : 'next');
        this.#call(blockIndex(json), json['content_block'], ['content_block', 'input']);
        break;
      case 'content_block_delta':
        this.#delta(blockIndex(json), json['delta']);
        break;
      case 'content_block_stop':
        this.#stop(blockIndex(json));
        break;
      case 'message_delta':
        this.#ended = null;
        if (isObject(json['delta'])) this.channels.closeAll(finishWord(json['delta']['stop_reason']));
        break;
      case 'message_stop':
        return { parts: this.channels.take(), terminal: 'done' };
      case 'message':
        this.#document(json);
        return { parts: this.channels.take(), terminal: 'done' };
      case 'error':
        return { parts: this.channels.take(), terminal: 'error' };
      case 'ping':
        return { parts: [], terminal: null, ping: true };
    }
    return { parts: this.channels.take(), terminal: null };
  }

  /** Something follows the block that ended last. */
  #release(finish: string): void {
    if (this.#ended !== null) this.channels.close(this.#ended, finish);
    this.#ended = null;
  }

  #delta(block: number, delta: unknown): void {
    if (!isObject(delta)) return;
    if (delta['type'] === 'text_delta') this.#say(block, TEXT, delta, ['delta']);
    else if (delta['type'] === 'thinking_delta') this.#say(block, THINKING, delta, ['delta']);
    else if (delta['type'] === 'input_json_delta') this.#calls.say({ place: inputOf(block), id: null, name: null, arguments: delta['partial_json'], path: ['delta', 'partial_json'] });
  }

  /** Calls of the client's tools; those that the server runs itself are told of when they are over. */
  #call(block: number, content: unknown, path: readonly (string | number)[]): void {
    if (isObject(content) && content['type'] === 'tool_use') this.#calls.say({ place: inputOf(block), id: null, name: content['name'], arguments: content['input'], path });
  }

  #say(block: number, field: TextField, within: JsonObject, path: readonly (string | number)[]): void {
    this.channels.say(block, `content/${block}/`, field, within[field.key], [...path, field.key]);
  }

  /** Whether the answer was cut off is said behind this event only, and what is then added goes before it: so it waits. */
  #stop(block: number): void {
    this.#calls.end(inputOf(block), null);
    const channel = this.channels.openIn(block, TEXT);
    if (channel === null) {
      this.channels.close(block, 'next');
      return;
    }
    this.#release('next');
    this.#ended = block;
    this.channels.repeat(channel);
  }

  #document(message: JsonObject): void {
    const content = Array.isArray(message['content']) ? (message['content'] as readonly unknown[]) : [];
    content.forEach((block, index) => {
      if (index > 0) this.channels.close(index - 1, isCall(block) ? 'tool_calls' : 'next');
      if (!isObject(block)) return;
      if (block['type'] === 'text') this.#say(index, TEXT, block, ['content', index]);
      else if (block['type'] === 'thinking') this.#say(index, THINKING, block, ['content', index]);
      else this.#call(index, block, ['content', index, 'input']);
    });
    this.channels.closeAll(finishWord(message['stop_reason']));
  }
}

function inputOf(block: number): string {
  return `content/${block}/input`;
}

function blockIndex(event: JsonObject): number {
  const index = event['index'];
  return typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : 0;
}

const EVENT_TYPE = /^(?:message|message_start|message_delta|message_stop|content_block_(?:start|delta|stop)|ping)$/;

/** `/v1/messages`: `text_delta` and `thinking_delta` of content blocks in a stream, blocks in a document. */
export const anthropic: Dialect = {
  name: 'anthropic',
  open: (request, everyValue = false) => new TemplatedRun(new AnthropicReader(request, everyValue)),
  dropOnEdit: () => [],
  recognises: (json) => isObject(json) && typeof json['type'] === 'string' && EVENT_TYPE.test(json['type']),
};
