/** One answer as the pieces a model would have produced, in order: thinking, text, tool calls. */
import type { Answer, AnswerToolCall } from './answer.js';
import { argumentsText, type Finished, type Piece } from './protocols/protocol.js';
import { splitTokens, type SplitOptions } from './tokens.js';

/** Tokens of one answer. An endless script ends here, as a model at its context's end does. */
const ANSWER_TOKENS = 1_000_000;

export interface PieceOptions {
  readonly choice: number;
  readonly seed: number;
  readonly maxTokens: number | null;
  readonly thinking: boolean;
  readonly toolFragments: boolean;
}

/** Hands out the pieces of one choice and remembers what they make together. */
export class ChoicePieces {
  readonly #answer: Answer;
  readonly #pieces: Iterator<Piece, void, undefined>;
  readonly #limit: number;
  readonly #toolCalls: AnswerToolCall[] = [];
  #text = '';
  #thinking = '';
  #taken = 0;
  #cut = false;
  #ended = false;

  constructor(answer: Answer, options: PieceOptions) {
    this.#answer = answer;
    this.#pieces = piecesOf(answer, options);
    this.#limit = Math.min(options.maxTokens ?? ANSWER_TOKENS, answer.limitTokens ?? ANSWER_TOKENS, ANSWER_TOKENS);
  }

  /** The next piece; null when the choice is complete, and from then on. */
  next(): Piece | null {
    if (this.#ended) return null;
    const { value, done } = this.#pieces.next();
    if (done === true || this.#taken === this.#limit) {
      this.#cut = done !== true;
      this.#ended = true;
      // An endless script's generator may hold something.
      this.#pieces.return?.();
      return null;
    }
    this.#taken += 1;
    this.#remember(value);
    return value;
  }

  finished(): Finished {
    return {
      text: this.#text, thinking: this.#thinking, toolCalls: this.#toolCalls, doneReason: this.#answer.doneReason ?? null, cut: this.#cut,
    };
  }

  #remember(piece: Piece): void {
    if (piece.kind === 'text') this.#text += piece.text;
    else if (piece.kind === 'thinking') this.#thinking += piece.text;
    else if (piece.kind === 'tool') this.#toolCalls.push(piece.call);
    else if (piece.kind === 'tool-start') this.#toolCalls.push({ ...named(piece), arguments: '' });
    else this.#toolCalls.push(extended(this.#toolCalls.pop(), piece.text));
  }
}

function extended(call: AnswerToolCall | undefined, text: string): AnswerToolCall {
  return { ...named(call ?? { name: '' }), arguments: `${call === undefined ? '' : argumentsText(call)}${text}` };
}

function named({ name, namespace }: Pick<AnswerToolCall, 'name' | 'namespace'>): Pick<AnswerToolCall, 'name' | 'namespace'> {
  return namespace === undefined ? { name } : { name, namespace };
}

function* piecesOf(answer: Answer, options: PieceOptions): Generator<Piece, void, undefined> {
  const { choice } = options;
  const split: SplitOptions = { seed: answer.seed ?? options.seed, unitTokens: answer.unitTokens ?? false };
  if (options.thinking && answer.thinking !== undefined) {
    for (const text of splitTokens(answer.thinking, split)) yield { choice, kind: 'thinking', text };
  }
  for (const text of answer.tokens ?? splitTokens(answer.text ?? '', split)) yield { choice, kind: 'text', text };
  for (const [index, call] of (answer.toolCalls ?? []).entries()) {
    if (!options.toolFragments) {
      yield { choice, kind: 'tool', index, call };
      continue;
    }
    yield { choice, kind: 'tool-start', index, ...named(call) };
    for (const text of splitTokens(argumentsText(call), split)) yield { choice, kind: 'tool-arguments', index, text };
  }
}
