import assert from 'node:assert/strict';
import { pipeline, Transform } from 'node:stream';
import type { Duplex, Readable, TransformCallback } from 'node:stream';
import { parse } from 'csv-parse';
import type { CsvError } from 'csv-parse';
import JsonlParser from 'stream-json/jsonl/Parser.js';
import StreamArray from 'stream-json/streamers/StreamArray.js';
import StreamValues from 'stream-json/streamers/StreamValues.js';
import { absent, parseJson, refuse, RuleInputError, isFields } from '../../core/rules/fields.js';
import { readRuleInput } from '../../core/rules/rule-forms.js';
import type { RuleDraft } from '../../core/rules/rule-forms.js';
import { CSV_HEADER } from './rule-export.js';
import type { RuleFormat } from './rule-export.js';

/** A place in the import that held no rule. */
export interface ImportFault {
  /** Counted from 1. */
  readonly at: number;
  /** What `at` counts: lines, or values of a JSON document. */
  readonly unit: 'line' | 'value';
  readonly message: string;
}

export type ImportItem = { readonly draft: RuleDraft } | { readonly fault: ImportFault };

/** Bytes of one line or value: a rule is far smaller, a file without line ends must not fill the memory. */
const LINE_BYTES = 1_048_576;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const MARK = Buffer.of(0xef, 0xbb, 0xbf);
const OPEN_BRACKET = 0x5b;
/** Many values in one document; the option is the parser's, which the streamer's types do not know. */
const STREAMING: object = { jsonStreaming: true };

/** Reads rules from a stream of any length, one at a time. What cannot be read is told and passed over. */
export async function* readImport(source: Readable, format: RuleFormat): AsyncGenerator<ImportItem> {
  if (format === 'csv') yield* readCsv(source);
  else if (format === 'ndjson') yield* readLines(source);
  else yield* readDocument(source);
}

function read(input: () => unknown, at: number, unit: ImportFault['unit']): ImportItem {
  try {
    return { draft: readRuleInput(input()) };
  } catch (error) {
    if (!(error instanceof RuleInputError)) throw error;
    return { fault: { at, unit, message: error.message } };
  }
}

/** Stands for a line that is no JSON. */
class BadLine {
  readonly message: string;
  readonly blank: boolean;

  constructor(error: unknown, line: string) {
    this.message = error instanceof Error ? error.message : 'not JSON';
    this.blank = line.trim() === '';
  }
}

interface Item {
  readonly key: number;
  readonly value: unknown;
}

async function* readLines(source: Readable): AsyncGenerator<ImportItem> {
  // The option is missing from the package's types.
  const options: object = { errorIndicator: (error: unknown, line: string) => new BadLine(error, line) };
  const lines = joined(withoutMark(source), new BlankFiller(), new JsonlParser(options)) as AsyncIterable<Item>;
  for await (const { key, value } of lines) {
    if (!(value instanceof BadLine)) yield read(() => value, key + 1, 'line');
    else if (!value.blank) yield { fault: { at: key + 1, unit: 'line', message: `the line is no JSON: ${value.message}` } };
  }
}

/**
 * The line parser passes over empty lines without counting them. A space in each keeps its count the line number. Also stops
 * at a line that never ends.
 */
class BlankFiller extends Transform {
  #line = 0;
  #bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let at = chunk.indexOf(LF, from); at !== -1; at = chunk.indexOf(LF, from)) {
      this.#line += 1;
      if (this.#bytes + at - from > LINE_BYTES) return done(this.#tooLong());
      if (this.#bytes === 0 && at === from) this.push(Buffer.of(SPACE));
      this.push(chunk.subarray(from, at + 1));
      this.#bytes = 0;
      from = at + 1;
    }
    this.#bytes += chunk.length - from;
    if (this.#bytes > LINE_BYTES) return done(this.#tooLong());
    done(null, from < chunk.length ? chunk.subarray(from) : null);
  }

  #tooLong(): RuleInputError {
    return new RuleInputError(`line ${this.#line + 1} is longer than ${LINE_BYTES} bytes`);
  }
}

/**
 * A JSON array of rules, or rules one behind the other.
 * @throws RuleInputError at a syntax error: of a document that is no JSON, nothing is sure, least of all its end.
 */
async function* readDocument(source: Readable): AsyncGenerator<ImportItem> {
  const { first, whole } = await peek(withoutMark(source));
  const streamer = first === OPEN_BRACKET ? StreamArray.withParser() : StreamValues.withParser(STREAMING);
  let count = 0;
  try {
    for await (const { value } of joined(whole, streamer) as AsyncIterable<Item>) {
      count += 1;
      yield read(() => value, count, 'value');
    }
  } catch (error) {
    // stream-json says where a document breaks by a plain Error; anything with a code is the file system's.
    if (!(error instanceof Error) || 'code' in error) throw error;
    throw new RuleInputError(`the document must be JSON, and nothing of it was imported: ${error.message}`);
  }
}

/** The bytes of a stream without a byte order mark, however it is cut. */
async function* withoutMark(source: Readable): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (head === null) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < MARK.length) continue;
    yield head.subarray(0, MARK.length).equals(MARK) ? head.subarray(MARK.length) : head;
    head = null;
  }
  if (head !== null) yield head;
}

/** The first byte that is no white space, and the stream as it was. */
async function peek(source: AsyncGenerator<Buffer>): Promise<{ first: number | null; whole: AsyncGenerator<Buffer> }> {
  const seen: Buffer[] = [];
  let first: number | null = null;
  while (first === null) {
    const next = await source.next();
    if (next.done === true) break;
    seen.push(next.value);
    first = next.value.find((byte) => byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) ?? null;
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield* seen;
    yield* source;
  }
  return { first, whole: whole() };
}

interface CsvItem {
  readonly record: readonly (string | null)[];
  readonly info: { readonly lines: number };
}

async function* readCsv(source: Readable): AsyncGenerator<ImportItem> {
  const skipped: ImportItem[] = [];
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    // Without it one stray quote swallows every line behind it; so a field that is not wholly quoted is taken as it stands.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LINE_BYTES,
    cast: (value, context) => (value === '' && !context.quoting ? null : value),
  });
  parser.on('skip', (error: CsvError) => skipped.push({ fault: { at: Number(error.lines), unit: 'line', message: error.message } }));
  let header: readonly (string | null)[] | null = null;
  for await (const { record, info } of joined(source, parser) as AsyncIterable<CsvItem>) {
    yield* skipped.splice(0);
    if (header === null) {
      header = readHeader(record);
      continue;
    }
    const names = header;
    yield read(() => fromCsv(names, record), info.lines, 'line');
  }
  yield* skipped;
}

/** @throws RuleInputError: without a header nothing in the file has a meaning. */
function readHeader(record: readonly (string | null)[]): readonly (string | null)[] {
  const known: readonly unknown[] = CSV_HEADER;
  const names = record.map((name) => name?.trim().toLowerCase() ?? null);
  for (const name of names) if (!known.includes(name)) refuse('the header of the CSV', name, `made of ${CSV_HEADER.join(', ')}`);
  if (!names.includes('pattern')) refuse('the header of the CSV', names.join(','), 'one with the column pattern');
  return names;
}

function fromCsv(header: readonly (string | null)[], record: readonly (string | null)[]): unknown {
  if (record.length !== header.length) throw new RuleInputError(`the line must have ${header.length} fields, as the header has; it has ${record.length}`);
  const cells = Object.fromEntries(header.map((name, index) => [name ?? '', record[index] ?? null]));
  const { kind, type, match, pattern, replacement, flags, word, confidence_threshold, enabled, id } = cells;
  const reach = { id: absent(id) ? null : /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : id, enabled: flag('enabled', enabled) };
  switch (kind ?? 'pattern') {
    case 'patch':
      return { kind: 'patch', patch_type: type, description: replacement, payload_json: pattern, ...reach };
    case 'fact': {
      const fact = parseJson('pattern', pattern ?? '');
      if (!isFields(fact)) return refuse('pattern', pattern, 'a JSON object with subject, attribute and value');
      return { kind: 'fact', ...fact, ...reach };
    }
    default: {
      const threshold = absent(confidence_threshold) ? null : number('confidence_threshold', confidence_threshold);
      return { kind: kind ?? 'pattern', type, match, pattern, replacement, flags, word: flag('word', word), confidence_threshold: threshold, ...reach };
    }
  }
}

function flag(field: string, cell: string | null | undefined): boolean | null {
  if (absent(cell) || cell === '') return null;
  const word = cell.toLowerCase();
  if (word === '1' || word === 'true') return true;
  if (word === '0' || word === 'false') return false;
  return refuse(field, cell, '1, 0, true or false');
}

function number(field: string, cell: string): number {
  const value = Number(cell);
  return cell.trim() === '' || Number.isNaN(value) ? refuse(field, cell, 'a number') : value;
}

/** The last of a row of streams; it fails when any of them does, and they end when its reader stops. */
function joined(source: Readable | AsyncIterable<Buffer>, ...steps: Duplex[]): AsyncIterable<unknown> {
  const last = steps.at(-1);
  assert(last !== undefined);
  const streams: readonly NodeJS.ReadWriteStream[] = steps;
  // The reader of the last stream gets the error.
  pipeline([source as NodeJS.ReadableStream, ...streams], () => undefined);
  return last;
}
