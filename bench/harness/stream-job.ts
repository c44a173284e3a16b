import { connect, type Socket } from 'node:net';
import { BodyCheck, expectedBody } from './body-check.js';
import { residentBytes, UsageMeter } from './process-usage.js';
import type { RunSpec, Sample } from './protocol.js';
import { ResponseReader } from './response-reader.js';
import { quantile } from './statistics.js';
import { answerEvents, elapsedStamp, eventEnd, nowStamp, takeStamp } from './wire.js';

/** Streams begin one after the other within this time, as clients do; a thundering herd would time the herd. */
const STAGGER_MS = 500;
/** A measuring window with fewer tokens than this says nothing, and the whole run stands in for it. */
const WINDOW_TOKENS = 200;

const ROUTES = { ndjson: '/api/chat', sse: '/v1/chat/completions' } as const;

/** A chat request of the protocol the plan's envelope belongs to. */
export function chatRequest(spec: Pick<RunSpec, 'port' | 'plan'>): string {
  const body = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'Describe the parts.' }], stream: true });
  return `POST ${ROUTES[spec.plan.envelope]} HTTP/1.1\r\nHost: 127.0.0.1:${spec.port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Growable list of numbers that can be sorted without boxing. */
class Numbers {
  #values = new Float64Array(4096);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).sort();
  }
}

interface OneStream {
  sentAt: number;
  firstAt: number;
  lastAt: number;
  readonly check: BodyCheck;
  /** Begin of an event whose end has not arrived. */
  carry: Buffer | null;
}

/** Runs one set of streams and resolves with what was measured; rejects when a byte is wrong, missing or late. */
export class StreamJob {
  readonly #spec: RunSpec;
  readonly #expected: Buffer | null;
  readonly #events: number;
  readonly #delays = new Numbers();
  readonly #gaps = new Numbers();
  readonly #streams: OneStream[] = [];
  readonly #sockets: Socket[] = [];
  readonly #usage: UsageMeter;
  #tokens = 0;
  #begun = 0;
  #done = 0;
  #settle: { resolve(sample: Sample): void; reject(error: Error): void } | null = null;
  #window: { readonly usage: UsageMeter; readonly tokens: number } | null = null;
  #windowCost = Number.NaN;
  #rss = Number.NaN;
  #startedAt = 0;

  constructor(spec: RunSpec) {
    this.#spec = spec;
    this.#events = answerEvents(spec.plan).length;
    this.#expected = spec.corrected ? null : expectedBody(spec.plan);
    this.#usage = new UsageMeter(spec.pids, spec.cpu);
  }

  run(): Promise<Sample> {
    const spec = this.#spec;
    const timers: NodeJS.Timeout[] = [];
    return new Promise<Sample>((resolve, reject) => {
      this.#settle = { resolve, reject };
      timers.push(setTimeout(() => this.#fail(new Error(`not finished after ${spec.timeoutMs} ms: ${this.#done} of ${spec.streams} streams`)), spec.timeoutMs));
      this.#usage.begin();
      this.#startedAt = nowStamp();
      const stepMs = Math.min(2, STAGGER_MS / spec.streams);
      for (let i = 0; i < spec.streams; i++) timers.push(setTimeout(() => this.#start(), Math.floor(i * stepMs)));
    }).finally(() => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #start(): void {
    const stream: OneStream = { sentAt: 0, firstAt: -1, lastAt: -1, carry: null, check: new BodyCheck(this.#spec.plan, this.#expected) };
    this.#streams.push(stream);
    let arrivedAt = 0;
    const reader = new ResponseReader({
      head: (status) => { if (status !== 200) this.#fail(new Error(`status ${status}`)); },
      body: (piece) => this.#body(stream, piece, arrivedAt),
      end: () => this.#streamEnded(stream, arrivedAt),
    });
    const socket = connect({ port: this.#spec.port, host: '127.0.0.1', noDelay: true });
    this.#sockets.push(socket);
    socket.on('connect', () => {
      stream.sentAt = nowStamp();
      socket.write(chatRequest(this.#spec));
    });
    socket.on('data', (bytes: Buffer) => {
      arrivedAt = nowStamp();
      try {
        reader.write(bytes);
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    socket.on('error', (error) => { if (!reader.done) this.#fail(error); });
    socket.on('close', () => { if (!reader.done && !reader.finish()) this.#fail(new Error('the answer was cut off')); });
  }

  #body(stream: OneStream, piece: Buffer, arrivedAt: number): void {
    if (stream.firstAt < 0) {
      stream.firstAt = arrivedAt;
      this.#begun += 1;
      if (this.#begun === this.#spec.streams) {
        this.#window = { usage: new UsageMeter(this.#spec.pids, this.#spec.cpu).begin(), tokens: this.#tokens };
      }
    }
    if (this.#spec.plan.rate === 0) {
      stream.check.write(piece);
      return;
    }
    // Node gives every read a buffer of its own, so the stamps may be zeroed in place.
    const bytes = stream.carry === null ? piece : Buffer.concat([stream.carry, piece]);
    let at = 0;
    for (let end = eventEnd(this.#spec.plan.envelope, bytes, 0); end >= 0; end = eventEnd(this.#spec.plan.envelope, bytes, at)) {
      this.#event(stream, bytes.subarray(at, end), arrivedAt);
      at = end;
    }
    stream.carry = at < bytes.length ? bytes.subarray(at) : null;
  }

  #event(stream: OneStream, event: Buffer, arrivedAt: number): void {
    const sentAt = takeStamp(this.#spec.plan.envelope, event);
    stream.check.write(event);
    if (sentAt === null) return;
    this.#tokens += 1;
    this.#delays.push(elapsedStamp(sentAt, arrivedAt));
    if (stream.lastAt >= 0) this.#gaps.push(elapsedStamp(stream.lastAt, arrivedAt));
    stream.lastAt = arrivedAt;
  }

  #streamEnded(stream: OneStream, arrivedAt: number): void {
    if (stream.carry !== null) stream.check.write(stream.carry);
    stream.check.end();
    stream.lastAt = arrivedAt;
    this.#done += 1;
    if (this.#done === 1) this.#closeWindow();
    if (this.#done === this.#spec.streams) this.#finish();
  }

  #closeWindow(): void {
    this.#rss = residentBytes(this.#spec.pids);
    if (this.#window === null || this.#tokens - this.#window.tokens < WINDOW_TOKENS) return;
    this.#windowCost = this.#window.usage.read().cpuUs / (this.#tokens - this.#window.tokens);
  }

  #finish(): void {
    const spec = this.#spec;
    const { cpuUs, waitShare } = this.#usage.read();
    const wallUs = elapsedStamp(this.#startedAt, nowStamp());
    try {
      for (const stream of this.#streams) stream.check.settle();
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    const tokens = this.#events * spec.streams;
    const ttft = this.#streams.map((stream) => elapsedStamp(stream.sentAt, stream.firstAt)).sort((a, b) => a - b);
    const times = this.#streams.map((stream) => elapsedStamp(stream.sentAt, stream.lastAt)).sort((a, b) => a - b);
    const shared = {
      ttftUs: quantile(ttft, 0.5), streamMs: quantile(times, 0.5) / 1000, rssMb: this.#rss / 1e6, waitShare,
      cpuUsPerToken: Number.isNaN(this.#windowCost) ? cpuUs / tokens : this.#windowCost,
    };
    this.#settle?.resolve(spec.plan.rate === 0 ? { ...shared, tokensPerS: (tokens / wallUs) * 1e6 } : { ...shared, ...this.#paced() });
  }

  #paced(): Sample {
    const delays = this.#delays.sorted();
    const gaps = this.#gaps.sorted();
    // A token that took more than half a token's time was held (or met a stall); prompt ones are judged apart.
    const limitUs = 0.5e6 / this.#spec.plan.rate;
    const firstHeld = delays.findIndex((delay) => delay > limitUs);
    const prompt = firstHeld < 0 ? delays : delays.subarray(0, firstHeld);
    return {
      delayP50Us: quantile(delays, 0.5), delayP99Us: quantile(delays, 0.99), promptP99Us: quantile(prompt, 0.99),
      heldShare: 1 - prompt.length / delays.length, gapP50Us: quantile(gaps, 0.5), gapP99Us: quantile(gaps, 0.99),
    };
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
  }
}
