/**
 * What reading one event costs, in microseconds: cutting it off, finding its text behind a template, and finding it by
 * parsing. Run: node --import tsx bench/core/codec.bench.ts
 */
import { cpus } from 'node:os';
import { codecFor, routeOf, type Codec, type WireEvent } from '../../src/core/codec/codec.js';
import { EMPTY_REQUEST } from '../../src/core/truth/request-context.js';

const EVENTS = 20_000;
const ROUNDS = 25;
const WORDS = [' the', ' import', '.', ' of', 'ing', ' src', '/', 'main', ' a', ' token'];

const FILL = '"created":1795370595,"id":"chatcmpl-LAwZiuPtwxPnD1geAoPJugUsNQEQb8lD","model":"/models/scripted.gguf","system_fingerprint":"b1-de3ff81","object":"chat.completion.chunk"';

interface Subject {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  line(word: string, index: number): string;
}

const subjects: readonly Subject[] = [
  {
    name: 'ndjson (Ollama chat)',
    path: '/api/chat',
    contentType: 'application/x-ndjson',
    line: (word, index) => `{"model":"llama3:8b-instruct","created_at":"2026-11-22T17:34:18.${String(index % 1_000).padStart(3, '0')}Z","message":{"role":"assistant","content":"${word}"},"done":false}\n`,
  },
  {
    name: 'sse (OpenAI chat)',
    path: '/v1/chat/completions',
    contentType: 'text/event-stream',
    line: (word) => `data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"${word}"}}],${FILL}}\n\n`,
  },
];

function codecOf(subject: Subject): Codec {
  const route = routeOf('POST', subject.path);
  const codec = route === null ? null : codecFor(route, subject.contentType);
  if (codec === null) throw new Error(`no codec for ${subject.path}`);
  return codec;
}

/** Microseconds an event, the best round of `step`, which reads all chunks and returns a number to verify: what else runs here only adds. */
function best(expect: number, step: () => number): string {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = process.hrtime.bigint();
    const got = step();
    times.push(Number(process.hrtime.bigint() - started) / 1_000 / EVENTS);
    if (got !== expect) throw new Error(`read ${got} characters, not ${expect}`);
  }
  return Math.min(...times).toFixed(3);
}

function measure(subject: Subject): void {
  const codec = codecOf(subject);
  const chunks = Array.from({ length: EVENTS }, (_, index) => Buffer.from(subject.line(WORDS[index % WORDS.length] as string, index)));
  const chars = chunks.reduce((sum, _, index) => sum + (WORDS[index % WORDS.length] as string).length, 0);
  const cut = (sink: (event: WireEvent) => void): void => {
    const splitter = codec.envelope.open(sink, 65_536);
    for (const chunk of chunks) splitter.write(chunk);
  };
  const events: WireEvent[] = [];
  cut((event) => events.push(event));

  const split = best(EVENTS, () => {
    let count = 0;
    cut(() => (count += 1));
    return count;
  });
  const scan = best(chars, () => {
    const run = codec.dialect.open(EMPTY_REQUEST);
    let length = 0;
    for (const event of events) for (const span of run.parts(event)?.spans ?? []) length += span.text.length;
    return length;
  });
  const read = best(chars, () => {
    const run = codec.dialect.open(EMPTY_REQUEST);
    let length = 0;
    for (const { body, bodyStart, bodyEnd } of events) {
      for (const part of run.read(JSON.parse(body.toString('utf8', bodyStart, bodyEnd))).parts) length += part.text.length;
    }
    return length;
  });
  const bytes = Math.round(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / EVENTS);
  console.log(`${subject.name}, ${bytes} bytes an event: split ${split}  scan ${scan}  parse and read ${read} us`);
}

console.log(`${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}, Node ${process.version}`);
for (const subject of subjects) measure(subject);
