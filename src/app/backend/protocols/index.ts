/** The protocols the backend speaks. The first that owns a path answers for what nobody knows there. */
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import type { Protocol } from './protocol.js';

export const PROTOCOLS: readonly Protocol[] = [openaiChat, ollama];
