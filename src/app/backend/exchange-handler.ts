/** One request from its head to the end of its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Answer, AnswerScript, Replay } from './answer.js';
import type { ExchangeLog, OpenExchange } from './exchange-log.js';
import { generate, replay } from './generation.js';
import { Outlet } from './outlet.js';
import { Presence } from './presence.js';
import { isObject, Refusal, type BackendFacts, type JsonObject, type Prompt, type WholeReply } from './protocols/protocol.js';
import { readBody } from './request-body.js';
import { findRoute, type Match } from './routes.js';

/** Recorded bytes for any route, also one this backend does not know; null: answer as usual. */
export type RecordedScript = (request: { readonly method: string; readonly path: string; readonly body: Buffer }) => Replay | Buffer | null;

export interface HandlerOptions {
  readonly recorded: RecordedScript;
  readonly answers: AnswerScript;
  readonly tokensPerSecond: number;
  readonly seed: number;
  readonly requestBytes: number;
  readonly facts: BackendFacts;
}

/** What one exchange is handled with. */
interface Hand {
  readonly request: IncomingMessage;
  readonly exchange: OpenExchange;
  readonly presence: Presence;
  readonly outlet: Outlet;
  readonly match: Match;
}

export class ExchangeHandler {
  readonly #log: ExchangeLog;
  readonly #options: HandlerOptions;
  readonly #present = new Set<Presence>();
  #answers: AnswerScript;

  constructor(log: ExchangeLog, options: HandlerOptions) {
    this.#log = log;
    this.#options = options;
    this.#answers = options.answers;
  }

  setAnswers(answers: AnswerScript): void {
    this.#answers = answers;
  }

  /** Ends every wait. */
  stop(): void {
    for (const presence of this.#present) presence.leave('stopped');
  }

  /** Whether the announced length alone is too much. */
  refusesLength(request: IncomingMessage): boolean {
    return Number(request.headers['content-length'] ?? 0) > this.#options.requestBytes;
  }

  /** Answers one request. Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const exchange = this.#log.open(request, connection);
    const presence = new Presence();
    const match = findRoute(exchange.method, exchange.target);
    exchange.protocol = match.protocol.name;
    const hand: Hand = { request, exchange, presence, match, outlet: new Outlet(response, request.socket, presence) };
    const unwatch = watch(request, response, presence);
    const startedMs = performance.now();
    this.#present.add(presence);
    try {
      await this.#answer(hand);
    } catch (error) {
      await this.#refuse(hand, response, error);
    }
    this.#present.delete(presence);
    unwatch();
    exchange.status = response.headersSent ? response.statusCode : null;
    exchange.leftBy = presence.left;
    exchange.aborted = presence.left === 'fin' || presence.left === 'reset';
    exchange.abortedAtMs = exchange.aborted ? performance.now() - startedMs : null;
    exchange.done = true;
    this.#log.changed(exchange);
  }

  async #answer(hand: Hand): Promise<void> {
    const { request, match, outlet, exchange, presence } = hand;
    if (request.headers.expect !== undefined && this.refusesLength(request)) throw tooLarge();
    const body = await readBody(request, this.#options.requestBytes);
    if (body === 'gone') return presence.leave('fin');
    if (body === 'too-large') throw tooLarge();
    this.#log.received(exchange, body);
    const { protocol, path } = match;
    const recorded = this.#options.recorded({ method: exchange.method, path, body });
    if (recorded !== null) return replay(asReplay(recorded), request.socket, presence);
    switch (match.kind) {
      case 'not-found':
        return send(outlet, 404, protocol.notFound(exchange.method, path));
      case 'not-allowed':
        return send(outlet, 405, protocol.notAllowed(exchange.method, path), { allow: match.allow });
      case 'document':
        return send(outlet, 200, match.route.serve(body, this.#options.facts));
      case 'generation':
        return this.#generate(hand, match, parseBody(body, protocol.bodyMissing));
    }
  }

  async #generate(hand: Hand, match: Extract<Match, { kind: 'generation' }>, body: JsonObject): Promise<void> {
    const { exchange, presence, outlet, request } = hand;
    const { protocol, route } = match;
    const prompt = route.read(body);
    const answers = await this.#ask(hand, prompt);
    if (answers === null) return;
    const recorded = answers[0].replay;
    if (recorded !== undefined) return replay(asReplay(recorded), request.socket, presence);
    await generate({
      protocol, route, prompt, answers, presence, outlet,
      exchange: exchange.id,
      tokensPerSecond: this.#options.tokensPerSecond,
      seed: this.#options.seed,
      sent: () => {
        exchange.tokensSent += 1;
        this.#log.changed(exchange);
      },
    });
  }

  /** The script's answers, one a choice; null if the client left while the script thought. */
  async #ask(hand: Hand, prompt: Prompt): Promise<readonly [Answer, ...Answer[]] | null> {
    if (prompt.ready !== null) return [prompt.ready];
    const script = this.#answers;
    const shared = { ...prompt.asked, protocol: hand.match.protocol.name, path: hand.match.path, headers: hand.request.headers };
    const choices = Array.from({ length: prompt.choices }, async (_none, choice) => continued(await script({ ...shared, choice }), prompt));
    const asked = Promise.all(choices);
    if (!(await hand.presence.for(asked))) return null;
    const [first, ...others] = await asked;
    if (first === undefined) throw new Error('a request has at least one choice');
    return [first, ...others];
  }

  /** Says what went wrong in the protocol's shape; behind a head that has left, only the connection's loss can say it. */
  async #refuse(hand: Hand, response: ServerResponse, error: unknown): Promise<void> {
    const refusal = error instanceof Refusal ? error : new Refusal(500, error instanceof Error ? error.message : String(error));
    if (response.headersSent) return hand.outlet.cut('fin');
    const reply = hand.match.protocol.refuse(refusal.status, refusal.message, refusal.param);
    // What is left of a body that was not read would be taken for the next request.
    send(hand.outlet, refusal.status, reply, refusal.status === 413 ? { connection: 'close' } : {});
  }
}

/** What is left of an answer that the request's last message has begun, as backends with assistant prefill go on with it. */
function continued(answer: Answer, { asked: { messages } }: Prompt): Answer {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || last.content === '' || answer.continues === false) return answer;
  return answer.text?.startsWith(last.content) === true ? { ...answer, thinking: '', text: answer.text.slice(last.content.length) } : answer;
}

/** Tells `presence` when the client leaves; returns what ends that. */
function watch(request: IncomingMessage, response: ServerResponse, presence: Presence): () => void {
  const { socket } = request;
  const onEnd = (): void => presence.leave('fin');
  const onError = (): void => presence.leave('reset');
  socket.once('end', onEnd);
  socket.once('error', onError);
  socket.once('close', onEnd);
  // A write behind the client's leaving fails here; it must not end the process.
  response.on('error', onError);
  return () => {
    socket.removeListener('end', onEnd);
    socket.removeListener('error', onError);
    socket.removeListener('close', onEnd);
  };
}

function send(outlet: Outlet, status: number, reply: WholeReply, headers: Readonly<Record<string, string>> = {}): void {
  outlet.document(status, reply.contentType, reply.text, { headers });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'http: request body too large');
}

function asReplay(recorded: Replay | Buffer): Replay {
  return Buffer.isBuffer(recorded) ? { bytes: recorded } : recorded;
}

function parseBody(body: Buffer, missing: string): JsonObject {
  if (body.length === 0) throw new Refusal(400, missing);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : missing);
  }
  if (!isObject(value)) throw new Refusal(400, missing);
  return value;
}
