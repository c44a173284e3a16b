import { isObject, type JsonObject } from '../dialect.js';
import type { JsonPath } from '../json-spans.js';
import type { Channels } from './channels.js';

const PATH: JsonPath = ['__verbose', 'content'];

/**
 * A llama.cpp server that was started verbose adds its native answer to each event of OpenAI's. Where that says what the event
 * itself says, it is a copy. Raw text with thinking or tool calls in it is not, and passes.
 */
export function repeatVerbose(channels: Channels, event: JsonObject): void {
  const { __verbose: verbose } = event;
  if (!isObject(verbose) || typeof verbose['content'] !== 'string' || verbose['content'] === '') return;
  const said = channels.saying.find((part) => part.text === verbose['content'] && part.path.length > 0 && part.at === undefined);
  if (said !== undefined) channels.repeat(said.channel, said.text, PATH);
}
