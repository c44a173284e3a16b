import type { Dialect, TextSpan } from './dialect.js';
import { anthropic } from './dialects/anthropic.js';
import { llamaCpp, openaiCompletions } from './dialects/completions.js';
import { ollamaChat, ollamaGenerate } from './dialects/ollama.js';
import { openaiChat } from './dialects/openai-chat.js';
import { openaiResponses } from './dialects/openai-responses.js';
import type { Envelope, WireEvent } from './envelope.js';
import { jsonDocument } from './json-document.js';
import { editLiteral, type TextEdit } from './json-literal.js';
import { type Span, valueSpans } from './json-spans.js';
import { ndjson } from './ndjson.js';
import { rewriteEvent, type Replacement } from './rewrite-event.js';
import type { Route, RouteName } from './routes.js';
import { sse } from './sse.js';

export type { Dialect, DialectRun, Parts, Reading, Terminal, TextPart, TextSpan } from './dialect.js';
export type { Envelope, EventKind, Splitter } from './envelope.js';
export { WireEvent } from './envelope.js';
export type { TextEdit } from './json-literal.js';
export { routeOf, type Family, type Route, type RouteName } from './routes.js';

/** Edits of one part of an event; their offsets are UTF-16 units of that part's text. */
export interface PartChange {
  readonly span: TextSpan;
  readonly edits: readonly TextEdit[];
}

/** An envelope says where events end, a dialect where their text is. */
export interface Codec {
  readonly envelope: Envelope;
  readonly dialect: Dialect;
  /**
   * The event with edits made: only the edited letters differ, and what described the old ones token by token is gone.
   * @param number another number for an event that is numbered
   */
  rewrite(event: WireEvent, changes: readonly PartChange[], number?: number | null): Buffer;
  /** The event's number; null where events bear none. */
  numberOf(event: WireEvent): number | null;
}

function codec(envelope: Envelope, dialect: Dialect): Codec {
  return {
    envelope,
    dialect,
    rewrite: (event, changes, number = null) => rewrite(dialect, event, changes, number),
    numberOf: (event) => numberOf(dialect, event),
  };
}

const NULL = Buffer.from('null');
const NO_ITEMS = Buffer.from('[]');
const LETTER_N = 0x6e;

function rewrite(dialect: Dialect, event: WireEvent, changes: readonly PartChange[], number: number | null): Buffer {
  const { data } = event;
  if (data === null || (changes.length === 0 && number === null)) return event.raw;
  const replacements = literalEdits(changes).map(({ span: { start, end }, edits }): Replacement => ({ start, end, bytes: editLiteral(data.subarray(start, end), edits) }));
  // Parts of one choice name the same companions.
  const companions = [...new Map(changes.flatMap(({ span }) => dialect.dropOnEdit(span.path)).map((path) => [path.join('/'), path])).values()];
  valueSpans(data, companions).forEach((span, index) => {
    if (span === null || data[span.start] === LETTER_N) return;
    const isList = dialect.emptyLists?.includes(String(companions[index]?.at(-1))) === true;
    replacements.push({ ...span, bytes: isList ? NO_ITEMS : NULL });
  });
  const place = number === null ? null : numberSpan(dialect, data);
  if (place !== null) replacements.push({ ...place, bytes: Buffer.from(String(number)) });
  return rewriteEvent(event, replacements);
}

function numberSpan({ numberAt }: Dialect, data: Buffer): Span | null {
  return numberAt === undefined ? null : (valueSpans(data, [numberAt])[0] ?? null);
}

function numberOf(dialect: Dialect, { data }: WireEvent): number | null {
  const span = data === null ? null : numberSpan(dialect, data);
  if (span === null) return null;
  const number = Number((data as Buffer).toString('latin1', span.start, span.end));
  return Number.isSafeInteger(number) ? number : null;
}

/** One change for each literal: values that share one stand in it where their parts say. */
function literalEdits(changes: readonly PartChange[]): readonly PartChange[] {
  if (changes.every(({ span }) => span.at === undefined)) return changes;
  const byLiteral = new Map<number, { readonly span: TextSpan; readonly edits: TextEdit[] }>();
  for (const { span, edits } of changes) {
    const shift = span.at ?? 0;
    const change = byLiteral.get(span.start) ?? { span, edits: [] };
    byLiteral.set(span.start, change);
    for (const { start, end, text } of edits) change.edits.push({ start: start + shift, end: end + shift, text });
  }
  return [...byLiteral.values()].map(({ span, edits }) => ({ span, edits: edits.toSorted((a, b) => a.start - b.start) }));
}

interface Row {
  readonly dialect: Dialect;
  readonly envelopes: Readonly<Record<string, Envelope>>;
}

const OLLAMA_ENVELOPES = { 'application/x-ndjson': ndjson, 'application/ndjson': ndjson, 'application/json': jsonDocument };
const SSE_ENVELOPES = { 'text/event-stream': sse, 'application/json': jsonDocument };

/** Formats bear the names of routes. The first that recognises an event has it, so what is told by more comes first. */
const ROWS: Readonly<Record<RouteName, Row>> = {
  'anthropic': { dialect: anthropic, envelopes: SSE_ENVELOPES },
  'openai-responses': { dialect: openaiResponses, envelopes: SSE_ENVELOPES },
  'openai-completions': { dialect: openaiCompletions, envelopes: SSE_ENVELOPES },
  'openai-chat': { dialect: openaiChat, envelopes: SSE_ENVELOPES },
  'llama-cpp': { dialect: llamaCpp, envelopes: SSE_ENVELOPES },
  'ollama-chat': { dialect: ollamaChat, envelopes: OLLAMA_ENVELOPES },
  'ollama-generate': { dialect: ollamaGenerate, envelopes: OLLAMA_ENVELOPES },
};

/** Names of formats that have a codec. */
export const CODEC_FORMATS = Object.keys(ROWS) as readonly RouteName[];

/** The codec of a route's answer, or null where its media type is not one that is read. Parameters, case and spaces do not matter (RFC 9110, section 8.3.1). */
export function codecFor(route: Route, contentType: string): Codec | null {
  if (route.name === null) return null;
  const { dialect, envelopes } = ROWS[route.name];
  const mediaType = (contentType.split(';', 1)[0] as string).trim().toLowerCase();
  const envelope = Object.hasOwn(envelopes, mediaType) ? envelopes[mediaType] : undefined;
  return envelope === undefined ? null : codec(envelope, dialect);
}

const SSE_FIELD = /^(?:data|event|id|retry)?:/;

/** One line of JSON is NDJSON, and so is its document: only a value that goes on in the next line is no NDJSON. */
function sniffJson(text: string, ended: boolean): Envelope | null {
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return ended ? jsonDocument : null;
  return parse(text.slice(0, lineEnd)) === undefined ? jsonDocument : ndjson;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON, or not all of it: the caller decides what that means.
    return undefined;
  }
}

/**
 * The envelope of a body of unknown origin, by how it begins.
 * @param first its first bytes, at least one whole line of NDJSON
 * @param ended nothing follows
 * @returns null where more bytes are needed or, once `ended`, where it is none.
 */
export function sniffEnvelope(first: Buffer, ended: boolean): Envelope | null {
  const text = first.toString('utf8').replace(/^\uFEFF?[ \t\r\n]*/, '');
  if (text.startsWith('{') || text.startsWith('[')) return sniffJson(text, ended);
  return SSE_FIELD.test(text) ? sse : null;
}

/** The first event's JSON; undefined where it is not complete, or there is none. */
function firstJson(envelope: Envelope, first: Buffer, ended: boolean): unknown {
  let json: unknown;
  const splitter = envelope.open((event) => {
    if (json === undefined && event.data !== null) json = parse(event.data.toString('utf8'));
  }, first.length);
  splitter.write(first);
  if (ended) splitter.end();
  return json;
}

/**
 * The codec of a format, for bodies without HTTP. `auto` also finds the dialect out by the first event with data.
 * @returns null where `first` does not yet tell or, once `ended`, where no codec fits.
 */
export function formatCodec(format: RouteName | 'auto', first: Buffer, ended: boolean): Codec | null {
  const envelope = sniffEnvelope(first, ended);
  if (envelope === null) return null;
  if (format !== 'auto') return codec(envelope, ROWS[format].dialect);
  const json = firstJson(envelope, first, ended);
  const row = json === undefined ? undefined : Object.values(ROWS).find(({ dialect }) => dialect.recognises(json));
  return row === undefined ? null : codec(envelope, row.dialect);
}
