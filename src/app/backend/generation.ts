/** Produces one answer token by token: at its rate, with its faults, for as long as the client is there. */
import { performance } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import type { Answer, Replay } from './answer.js';
import type { Outlet } from './outlet.js';
import { ChoicePieces } from './pieces.js';
import type { Presence } from './presence.js';
import { Refusal, type AnswerWriter, type GenerationRoute, type Piece, type Prompt, type Protocol, type Totals } from './protocols/protocol.js';

/** Unpaced tokens between two turns of the event loop: often enough to see at once that a client left. */
const TOKENS_PER_TURN = 32;
/** A token is about four characters of English. */
const PROMPT_CHARS_PER_TOKEN = 4;

export interface Job {
  readonly protocol: Protocol;
  readonly route: GenerationRoute;
  readonly prompt: Prompt;
  /** One for each choice. The first decides on rate, faults and shapes. */
  readonly answers: readonly [Answer, ...Answer[]];
  readonly exchange: number;
  readonly presence: Presence;
  readonly outlet: Outlet;
  readonly tokensPerSecond: number;
  readonly seed: number;
  /** Told of each token that was handed over. */
  sent(): void;
}

/**
 * Runs one answer to its end, or to the client's.
 * @throws Refusal where the script asks for a status, and what `beforeToken` throws.
 */
export async function generate(job: Job): Promise<void> {
  const [answer] = job.answers;
  if (answer.delayMs !== undefined && !(await job.presence.sleep(answer.delayMs))) return;
  if (answer.statusCode !== undefined) throw new Refusal(answer.statusCode, answer.errorMessage ?? 'the script refuses this request');
  await new Generation(job).run();
}

/** Writes recorded bytes to the socket, cut and timed as recorded. */
export async function replay(recorded: Replay, socket: Socket, presence: Presence): Promise<void> {
  const startedMs = performance.now();
  let at = 0;
  for (const [dueMs, bytes] of recorded.segments ?? [[0, recorded.bytes.length]]) {
    const waitMs = dueMs - (performance.now() - startedMs);
    if (!(await (waitMs > 0 ? presence.sleep(waitMs) : presence.turn()))) return;
    if (socket.write(recorded.bytes.subarray(at, at + bytes))) {
      at += bytes;
      continue;
    }
    at += bytes;
    const drained = await presence.until((done) => {
      socket.once('drain', done);
      return () => socket.removeListener('drain', done);
    });
    if (!drained) return;
  }
  if (recorded.then === 'keep') return;
  if (recorded.then === 'reset') socket.write('', () => socket.resetAndDestroy());
  else socket.end();
}

/** What became of the loop over tokens. */
type Outcome = 'complete' | 'gone' | 'cut' | 'failed';

class Generation {
  readonly #job: Job;
  readonly #answer: Answer;
  readonly #stream: boolean;
  readonly #writer: AnswerWriter;
  readonly #choices: readonly ChoicePieces[];
  readonly #startedMs = performance.now();
  #firstTokenMs: number | null = null;
  #sent = 0;
  /** The number of tokens at which faults were last looked for: several choices may pass the same one. */
  #examined = -1;

  constructor(job: Job) {
    this.#job = job;
    [this.#answer] = job.answers;
    this.#stream = job.prompt.asked.stream;
    this.#writer = job.route.open({
      prompt: job.prompt,
      answer: this.#answer,
      exchange: job.exchange,
      now: () => performance.timeOrigin + performance.now(),
    });
    this.#choices = job.answers.map((answer, choice) => new ChoicePieces(answer, {
      choice,
      // Each choice is cut differently.
      seed: job.seed + choice,
      maxTokens: job.prompt.maxTokens,
      thinking: job.prompt.thinking,
      toolFragments: job.protocol.toolCalls === 'fragments' && answer.toolFragments !== false,
    }));
  }

  async run(): Promise<void> {
    const { outlet } = this.#job;
    if (this.#stream) {
      outlet.open(this.#writer.streamType, this.#answer);
      await this.#emit(this.#writer.start());
    }
    switch (await this.#tokens()) {
      case 'complete':
        return this.#complete();
      case 'cut':
        return this.#cut();
      case 'failed':
        return this.#fail();
      case 'gone':
        return undefined;
    }
  }

  /** One token of each unfinished choice in turn. */
  async #tokens(): Promise<Outcome> {
    let open = this.#choices.map((pieces, choice) => ({ pieces, choice }));
    while (open.length > 0) {
      const finished = new Set<number>();
      for (const { pieces, choice } of open) {
        const piece = pieces.next();
        const fault = await this.#faults();
        if (fault !== null) return fault;
        if (piece === null) {
          finished.add(choice);
          if (!(await this.#emit(this.#writer.finish(choice, pieces.finished(), this.#totals())))) return 'gone';
        } else if (!(await this.#token(piece))) {
          return 'gone';
        }
      }
      if (finished.size > 0) open = open.filter(({ choice }) => !finished.has(choice));
    }
    return 'complete';
  }

  async #token(piece: Piece): Promise<boolean> {
    const held = this.#answer.beforeToken?.(this.#sent);
    if (held !== undefined && !(await this.#job.presence.for(held))) return false;
    if (!(await this.#pace())) return false;
    this.#firstTokenMs ??= performance.now();
    if (!(await this.#emit([this.#writer.piece(piece)]))) return false;
    this.#sent += 1;
    this.#job.sent();
    return true;
  }

  /** What the script does wrong at this point. */
  async #faults(): Promise<Outcome | null> {
    if (this.#examined === this.#sent) return null;
    this.#examined = this.#sent;
    const { cutAfterTokens, errorAfterTokens, stallAfterTokens, stallMs, pings } = this.#answer;
    if (pings?.beforeTokens?.includes(this.#sent) === true && !(await this.#emit(this.#ping()))) return 'gone';
    if (this.#sent === stallAfterTokens && !(await this.#stall(stallMs ?? Infinity))) return 'gone';
    if (this.#sent === cutAfterTokens) return 'cut';
    if (this.#sent === errorAfterTokens) return 'failed';
    return this.#job.presence.left === null ? null : 'gone';
  }

  async #stall(ms: number): Promise<boolean> {
    const { everyMs } = this.#answer.pings ?? {};
    if (everyMs === undefined || !this.#stream) return this.#job.presence.sleep(ms);
    const pinging = setInterval(() => this.#ping().forEach((ping) => this.#job.outlet.interject(ping)), everyMs);
    try {
      return await this.#job.presence.sleep(ms);
    } finally {
      clearInterval(pinging);
    }
  }

  #ping(): readonly string[] {
    return this.#writer.ping === null ? [] : [this.#writer.ping];
  }

  /** Waits until the next token is due. Due times are counted from the start, so a late token does not delay the rest. */
  #pace(): Promise<boolean> {
    const { presence } = this.#job;
    const rate = this.#answer.tokensPerSecond ?? this.#job.tokensPerSecond;
    if (rate > 0 && rate < Infinity) {
      const waitMs = this.#startedMs + (this.#sent * 1000) / rate - performance.now();
      if (waitMs > 0) return presence.sleep(waitMs);
    }
    if (this.#sent % TOKENS_PER_TURN === TOKENS_PER_TURN - 1) return presence.turn();
    return Promise.resolve(presence.left === null);
  }

  async #complete(): Promise<void> {
    const { outlet } = this.#job;
    const totals = this.#totals();
    if (!this.#stream) {
      const finished = this.#choices.map((pieces) => pieces.finished());
      outlet.document(200, this.#writer.documentType, this.#writer.document(finished, totals), this.#answer);
    } else if (await this.#emit(this.#writer.end(totals))) {
      await outlet.end(this.#answer);
    }
  }

  async #cut(): Promise<void> {
    const { outlet } = this.#job;
    if (!this.#stream && this.#sent > 0) {
      const text = this.#writer.document(this.#choices.map((pieces) => pieces.finished()), this.#totals());
      outlet.document(200, this.#writer.documentType, text, this.#answer, Math.floor(text.length / 2));
    }
    await outlet.cut(this.#answer.cutWith ?? 'fin');
  }

  async #fail(): Promise<void> {
    const message = this.#answer.errorMessage ?? 'an error was encountered while running the model';
    if (!this.#stream) throw new Refusal(500, message);
    if (await this.#emit(this.#writer.fail(message))) await this.#job.outlet.end(this.#answer);
  }

  /** Sends events where the answer is streamed; a whole answer keeps them to its end. False: the client is gone. */
  async #emit(events: readonly string[]): Promise<boolean> {
    if (this.#stream) {
      for (const event of events) {
        if (!(await this.#job.outlet.write(event))) return false;
      }
    }
    return this.#job.presence.left === null;
  }

  #totals(): Totals {
    const nowMs = performance.now();
    const { messages, prompt } = this.#job.prompt.asked;
    const chars = messages.length === 0 ? prompt.length : messages.reduce((sum, message) => sum + message.content.length, 0);
    return {
      promptTokens: Math.ceil(chars / PROMPT_CHARS_PER_TOKEN),
      tokens: this.#sent,
      totalMs: nowMs - this.#startedMs,
      promptMs: (this.#firstTokenMs ?? nowMs) - this.#startedMs,
    };
  }
}
