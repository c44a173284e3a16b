/** The embedded backend: a model server without a model, in process, for the demo, the tests and the bench. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { AnswerScript } from './answer.js';
import { createDemoScript } from './demo-script.js';
import { ExchangeLog, type BackendExchange } from './exchange-log.js';
import { ExchangeHandler, type RecordedScript } from './exchange-handler.js';

export interface BackendOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 11434; the next free one if it is taken. 0: any. */
  readonly port?: number;
  /** Default: the demo's answers. */
  readonly answers?: AnswerScript;
  /** Asked before `answers` and on every route: recorded bytes to answer with, or null. Default: none. */
  readonly recorded?: RecordedScript;
  /** Default 50; 0 and Infinity mean as fast as the client reads. */
  readonly tokensPerSecond?: number;
  /** Names that are listed; any other name is served as well. */
  readonly models?: readonly string[];
  /** Seed of the cut into tokens. Default 1. */
  readonly seed?: number;
  /** Bytes of a request body. Default 32 MiB; larger: 413. */
  readonly requestBytes?: number;
  /** An idle connection is closed after this long. Default 0: never. */
  readonly keepAliveMs?: number;
  /** Exchanges kept on record. Default 1000. */
  readonly keepExchanges?: number;
}

export interface Backend {
  /** Listens. A second call gives the same address. @throws Error with a code, if no port is free. */
  start(): Promise<{ host: string; port: number }>;
  /** Ends every answer and connection and stops listening, within a second. */
  stop(): Promise<void>;
  /** What was asked, oldest first. */
  readonly exchanges: readonly BackendExchange[];
  /**
   * The first exchange on record, or yet to come, for which the predicate (default: it is done) holds. It is asked at each
   * change: head, body, token, end. @throws Error after `timeoutMs` (default 5000), and when the backend stops.
   */
  next(predicate?: (exchange: BackendExchange) => boolean, timeoutMs?: number): Promise<BackendExchange>;
  /** Empties the record. */
  forget(): void;
  /** Changes the script for requests whose answer has not begun. */
  setAnswers(answers: AnswerScript): void;
}

const DEFAULT_PORT = 11434;
const PORTS_TRIED = 100;
const VERSION = '0.12.0';

/** Makes a backend; nothing happens before `start`. */
export function createBackend(options: BackendOptions = {}): Backend {
  return new EmbeddedBackend(options);
}

class EmbeddedBackend implements Backend {
  readonly #options: BackendOptions;
  readonly #log: ExchangeLog;
  readonly #handler: ExchangeHandler;
  readonly #sockets = new Map<Socket, number>();
  #connections = 0;
  #listening: Promise<Server> | null = null;

  constructor(options: BackendOptions) {
    this.#options = options;
    this.#log = new ExchangeLog(options.keepExchanges ?? 1000);
    this.#handler = new ExchangeHandler(this.#log, {
      answers: options.answers ?? createDemoScript(),
      recorded: options.recorded ?? (() => null),
      tokensPerSecond: options.tokensPerSecond ?? 50,
      seed: options.seed ?? 1,
      requestBytes: options.requestBytes ?? 32 * 1024 * 1024,
      facts: { models: options.models ?? ['demo:latest'], version: VERSION, sinceMs: performance.timeOrigin },
    });
  }

  get exchanges(): readonly BackendExchange[] {
    return this.#log.exchanges;
  }

  next(predicate = (exchange: BackendExchange): boolean => exchange.done, timeoutMs = 5000): Promise<BackendExchange> {
    return this.#log.next(predicate, timeoutMs);
  }

  forget(): void {
    this.#log.clear();
  }

  setAnswers(answers: AnswerScript): void {
    this.#handler.setAnswers(answers);
  }

  async start(): Promise<{ host: string; port: number }> {
    this.#listening ??= this.#listen();
    try {
      const { address, port } = (await this.#listening).address() as AddressInfo;
      return { host: address, port };
    } catch (error) {
      // The next call may find a free port.
      this.#listening = null;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    if (listening === null) return;
    const server = await listening.catch(() => null);
    this.#handler.stop();
    this.#log.stop();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      // Those whose answer was written raw are unknown to the HTTP server.
      for (const socket of this.#sockets.keys()) socket.destroy();
    });
  }

  async #listen(): Promise<Server> {
    const first = this.#options.port ?? DEFAULT_PORT;
    const last = first === 0 ? 0 : Math.min(first + PORTS_TRIED - 1, 65_535);
    for (let port = first; ; port += 1) {
      try {
        return await listenOn(this.#server(), this.#options.host ?? '127.0.0.1', port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port >= last) throw error;
      }
    }
  }

  #server(): Server {
    // Tokens are small and must not wait for each other; answers may take longer than any fixed time.
    const server = createServer({ noDelay: true, keepAliveTimeout: this.#options.keepAliveMs ?? 0, requestTimeout: 0 });
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handler.serve(request, response, this.#sockets.get(request.socket) ?? 0);
    };
    server.on('connection', (socket) => this.#accepted(socket));
    server.on('request', serve);
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.#handler.refusesLength(request)) response.writeContinue();
      serve(request, response);
    });
    return server;
  }

  #accepted(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.set(socket, this.#connections);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function listenOn(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve(server);
    });
  });
}
