/** The protocols the backend speaks. The first that owns a path answers for what nobody knows there. */
import { anthropic } from './anthropic.js';
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import { completionsRoute } from './openai-completions.js';
import { responsesRoute } from './openai-responses.js';
import type { Protocol } from './protocol.js';

/** What OpenAI's other routes share with its chat: errors, models, tools in fragments. */
const openaiMore: Protocol = { ...openaiChat, documents: [] };

export const PROTOCOLS: readonly Protocol[] = [
  anthropic,
  openaiChat,
  { ...openaiMore, name: 'openai-completions', generations: [completionsRoute] },
  { ...openaiMore, name: 'openai-responses', generations: [responsesRoute] },
  ollama,
];
