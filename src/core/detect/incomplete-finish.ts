/**
 * What a backend's word for the end of an answer says: `cut`, a limit was reached; `whole`, the model ended it; `handed`,
 * somebody else goes on or asked for the end (a tool, the client's stop word, a filter); `unknown`, nothing.
 */
export type Ending = 'cut' | 'whole' | 'handed' | 'unknown';

const WORDS: Readonly<Record<Exclude<Ending, 'unknown'>, readonly string[]>> = {
  cut: ['length', 'max_tokens', 'max_output_tokens', 'max_completion_tokens', 'max_length', 'model_length', 'model_context_window_exceeded', 'token_limit', 'limit'],
  whole: ['stop', 'end_turn', 'eos', 'eos_token', 'complete', 'completed', 'done'],
  // A stop word of the client's, say "```", ends an answer exactly where the client wants it.
  handed: ['next', 'tool_calls', 'tool_call', 'tool_use', 'function_call', 'pause_turn', 'stop_sequence', 'word', 'content_filter', 'refusal', 'safety', 'load', 'unload', 'abort', 'cancelled'],
};

const ENDINGS: ReadonlyMap<string, Ending> = new Map(Object.entries(WORDS).flatMap(([ending, words]) => words.map((word) => [word, ending as Ending] as const)));

/** Reads a `finish_reason`, `done_reason` or `stop_reason`; letter case does not matter. */
export function endingOf(finish: string | null): Ending {
  return finish === null ? 'unknown' : (ENDINGS.get(finish.toLowerCase()) ?? 'unknown');
}
