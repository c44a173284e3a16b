/** The embedded backend's public names. */
export { createBackend, type Backend, type BackendOptions } from './backend.js';
export type { Answer, AnswerScript, AnswerToolCall, BackendRequest, ChatMessage, Faults, Replay } from './answer.js';
export { createDemoScript, DEMO_TYPO } from './demo-script.js';
export type { RecordedScript } from './exchange-handler.js';
export type { BackendExchange } from './exchange-log.js';
export type { JsonStyle } from './json-style.js';
export { splitTokens } from './tokens.js';
