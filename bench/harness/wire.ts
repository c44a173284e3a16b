import { answerTokens, correctedText, type AnswerPlan } from './corpus.js';

export type EnvelopeName = 'ndjson' | 'sse';

/** One answer as it goes over the wire. */
export interface StreamPlan extends AnswerPlan {
  readonly envelope: EnvelopeName;
  /** Tokens a second for each stream; 0: as fast as the reader takes them. */
  readonly rate: number;
}

/** Digits of a time stamp: microseconds of the monotonic clock, which all processes share, modulo 1,000 s. */
export const STAMP_DIGITS = 9;
const STAMP_MODULUS = 10 ** STAMP_DIGITS;
const ZEROS = '0'.repeat(STAMP_DIGITS);

/**
 * Where the stamp stands: in Ollama's `created_at` fraction before the text, in the `obfuscation` field OpenAI puts
 * behind it. Both vary from event to event in real streams, so the shape a proxy sees is the usual one.
 */
const STAMP_AT: Readonly<Record<EnvelopeName, (eventBytes: number) => number>> = {
  ndjson: () => '{"model":"bench","created_at":"2026-01-20T14:32:45.'.length,
  sse: (eventBytes) => eventBytes - '"}\n\n'.length - STAMP_DIGITS,
};

/** Microseconds of the monotonic clock modulo 1,000 s. */
export function nowStamp(): number {
  const [seconds, nanos] = process.hrtime();
  return (seconds % 1000) * 1e6 + Math.floor(nanos / 1000);
}

/** Microseconds from one stamp to a later one, across the wrap. */
export function elapsedStamp(from: number, to: number): number {
  return (to - from + STAMP_MODULUS) % STAMP_MODULUS;
}

/** Writes a stamp as digits over `bytes[at..]`. */
export function writeStamp(bytes: Buffer, at: number, stamp: number): void {
  let rest = stamp;
  for (let i = at + STAMP_DIGITS - 1; i >= at; i--) {
    bytes[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Reads the stamp of one whole event and puts zeros in its place, so that the event can be compared with the prepared one. Null when there is none. */
export function takeStamp(envelope: EnvelopeName, event: Buffer): number | null {
  const at = STAMP_AT[envelope](event.length);
  if (at < 0 || at + STAMP_DIGITS > event.length) return null;
  let stamp = 0;
  for (let i = at; i < at + STAMP_DIGITS; i++) {
    const digit = (event[i] as number) - 48;
    if (digit < 0 || digit > 9) return null;
    stamp = stamp * 10 + digit;
  }
  event.fill(48, at, at + STAMP_DIGITS);
  return stamp;
}

/** The end of the first event in `body` at or after `from`, or -1 when it is not all there. */
export function eventEnd(envelope: EnvelopeName, body: Buffer, from: number): number {
  for (let at = body.indexOf(10, from); at >= 0; at = body.indexOf(10, at + 1)) {
    if (envelope === 'ndjson') return at + 1;
    if (at > from && body[at - 1] === 10) return at + 1;
  }
  return -1;
}

function ndjsonEvent(text: string): string {
  return `{"model":"bench","created_at":"2026-01-20T14:32:45.${ZEROS}Z","message":{"role":"assistant","content":${JSON.stringify(text)}},"done":false}\n`;
}

const NDJSON_LAST = `{"model":"bench","created_at":"2026-01-20T14:32:45.${ZEROS}Z","message":{"role":"assistant","content":""},"done":true,` +
  `"done_reason":"stop","total_duration":1000000,"load_duration":1000,"prompt_eval_count":12,"eval_count":12,"eval_duration":1000}\n`;

function sseEvent(delta: object, finish: 'stop' | null): string {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finish };
  const data = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1768919565, model: 'bench', system_fingerprint: 'fp_bench', choices: [choice], obfuscation: ZEROS };
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The events of one answer, stamps zero. The tokens are those with text; framing events come on top. */
export function answerEvents(plan: StreamPlan): Buffer[] {
  const tokens = answerTokens(plan);
  const events = plan.envelope === 'ndjson'
    ? [...tokens.map(ndjsonEvent), NDJSON_LAST]
    : [sseEvent({ role: 'assistant', content: '' }, null), ...tokens.map((content) => sseEvent({ content }, null)), sseEvent({}, 'stop'), 'data: [DONE]\n\n'];
  return events.map((event) => Buffer.from(event));
}

/** The answer's text: as the backend sends it, or as it reads once the hit rules are applied. */
export function answerText(plan: AnswerPlan, corrected: boolean): string {
  const text = answerTokens(plan).join('');
  return corrected ? correctedText(text) : text;
}

interface Delta { readonly content?: string }
interface AnyEvent { readonly message?: Delta; readonly choices?: readonly { readonly delta?: Delta }[] }

/** The text a client would put together from a whole body. Throws where an event is no JSON. */
export function textOfBody(envelope: EnvelopeName, body: Buffer): string {
  const parts: string[] = [];
  for (const line of body.toString('utf8').split('\n')) {
    const data = envelope === 'sse' ? line.slice('data: '.length) : line;
    if (line === '' || data === '[DONE]') continue;
    const event = JSON.parse(data) as AnyEvent;
    parts.push(event.message?.content ?? event.choices?.[0]?.delta?.content ?? '');
  }
  return parts.join('');
}

/** One event in HTTP chunked coding (RFC 9112, 7.1). */
export function asChunk(event: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]);
}

export const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Where the stamp stands inside `asChunk(event)`; -1 for an event without one. */
export function stampInChunk(envelope: EnvelopeName, event: Buffer): number {
  const probe = Buffer.from(event);
  if (takeStamp(envelope, probe) === null) return -1;
  return event.length.toString(16).length + 2 + STAMP_AT[envelope](event.length);
}
