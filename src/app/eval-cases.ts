import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pipeline, Transform } from 'node:stream';
import JsonlParser from 'stream-json/jsonl/Parser.js';
import { z } from 'zod';
import { HALLUCINATION_TYPES, type HallucinationType } from '../core/types.js';
import type { Fact } from '../core/rules/rule-set.js';
import { ConfigError, shown } from './config-error.js';

/** A case longer than this is no case: one answer is held whole, and its line with it. */
const LINE_BYTES = 67_108_864;

/** A rule that applies to one case only. */
export interface EvalRule {
  readonly id: string;
  readonly type: 'literal' | 'regex';
  readonly pattern: string;
  readonly flags: string;
  /** null: report only. */
  readonly replacement: string | null;
}

/** A place in a case's text. Offsets are UTF-16 units; `end` is exclusive. */
export interface EvalSpan {
  readonly start: number;
  readonly end: number;
}

export interface LabelledSpan extends EvalSpan {
  readonly detected: string | null;
  /** What would be right there; empty where only detection is asked. */
  readonly expected: readonly string[];
}

export interface EvalContext {
  /** The workspace of the case; null: path truth is unknown. Cases of one tree have the very same array, so that they can share an index. */
  readonly files: readonly string[] | null;
  readonly prompt: string | null;
  readonly doneReason: string;
  readonly facts: readonly Fact[];
  readonly rules: readonly EvalRule[];
}

/** One labelled case. */
export interface EvalCase {
  readonly id: string;
  readonly type: HallucinationType | 'clean';
  readonly level: 'main' | 'hard' | 'report-only';
  readonly tier: string | null;
  readonly context: EvalContext;
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
  /** Types that count as the case's own beside `type`. */
  readonly acceptTypes: readonly HallucinationType[];
  readonly cleanFor: readonly HallucinationType[];
  /** Nobody vouches for the text outside `spans`: what is found there is neither right nor wrong. */
  readonly collateralOk: boolean;
  readonly cleanMentions: readonly EvalSpan[];
  /** The exact whole output, for pattern cases. */
  readonly expectedText: string | null;
  /** `FILE:LINE` */
  readonly where: string;
}

const type = z.enum(HALLUCINATION_TYPES);
const offset = z.int().min(0);
const optionalText = z.string().nullish();
const textList = z.array(z.string()).nullish();
const caseLine = z.object({
  id: z.string().min(1),
  type: z.enum([...HALLUCINATION_TYPES, 'clean']),
  level: z.enum(['main', 'hard', 'report-only']).nullish(),
  tier: optionalText,
  context: z.object({
    files: textList, files_ref: optionalText, files_add: textList, prompt: optionalText, done_reason: optionalText,
    facts: z.array(z.object({ subject: z.string(), attribute: z.string(), value: z.union([z.string(), z.number()]) })).nullish(),
    rules: z.array(z.object({ id: z.union([z.string(), z.number()]), type: z.enum(['literal', 'regex']), pattern: z.string(), flags: optionalText, replacement: optionalText })).nullish(),
  }).nullish(),
  text: z.string(),
  spans: z.array(z.object({ start: offset, end: offset, detected: optionalText, expected: optionalText, expected_any: textList })).nullish(),
  accept_types: z.array(type).nullish(),
  clean_for: z.array(type).nullish(),
  collateral_ok: z.boolean().nullish(),
  clean_mentions: z.array(z.object({ start: offset, end: offset })).nullish(),
  expected_text: optionalText,
});
type CaseLine = z.infer<typeof caseLine>;

/**
 * The case files behind `--cases`: a file as it is, a folder's `*.jsonl` in order of name, each once.
 * @throws ConfigError where a path names nothing or a folder has no cases.
 */
export function findCaseFiles(paths: readonly string[], cwd: string): readonly string[] {
  if (paths.length === 0) throw new ConfigError('--cases: nothing is not allowed; expected a file of cases or a folder of *.jsonl files');
  const files = paths.flatMap((given) => {
    const path = resolve(cwd, given);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new ConfigError(`--cases: ${shown(given)} does not exist; expected a file of cases or a folder of *.jsonl files (looked for ${path})`);
    if (!stat.isDirectory()) return [path];
    const found = readdirSync(path).filter((name) => name.endsWith('.jsonl')).sort().map((name) => join(path, name));
    if (found.length === 0) throw new ConfigError(`--cases: ${shown(given)} holds no *.jsonl file; expected a file of cases or a folder of such files`);
    return found;
  });
  return [...new Set(files)];
}

/** Bytes of all files, for a progress bar. */
export function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** What one line of a case file came to. `bytes` is how far into the file that line reaches. */
export type CaseRead = { readonly bytes: number } & ({ readonly case: EvalCase } | { readonly problem: string });

/** A line that is no JSON. */
class LineFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

interface LinePlace {
  readonly line: number;
  readonly bytes: number;
}

/** Passes bytes on and notes where each line that is not blank stands: the parser counts values only. */
class LinePlaces extends Transform {
  readonly places = new Map<number, LinePlace>();
  #line = 1;
  #bytes = 0;
  #lineStart = 0;
  #blank = true;
  #key = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: Error | null, chunk?: Buffer) => void): void {
    for (const byte of chunk) {
      this.#bytes += 1;
      if (byte === 0x0a) this.#endLine();
      else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) this.#blank = false;
    }
    const long = this.#bytes - this.#lineStart > LINE_BYTES;
    done(long ? new Error(`line ${this.#line} is longer than ${LINE_BYTES} bytes`) : null, chunk);
  }

  override _flush(done: () => void): void {
    this.#endLine();
    done();
  }

  #endLine(): void {
    if (!this.#blank) this.places.set(this.#key++, { line: this.#line, bytes: this.#bytes });
    this.#blank = true;
    this.#line += 1;
    this.#lineStart = this.#bytes;
  }
}

function parseFault(error: Error, input: string): unknown {
  if (/^[ \t\r]*$/.test(input)) return undefined;
  if (input.startsWith('\uFEFF')) {
    try {
      return JSON.parse(input.slice(1));
    } catch {
      return new LineFault(error.message);
    }
  }
  return new LineFault(error.message);
}

/** Reads cases, one line at a time. A line that is no case is told as a problem, and the next is read. */
export async function* readCases(file: string, shownName: string, trees: TreeCache): AsyncGenerator<CaseRead> {
  const lines = new LinePlaces();
  const options: JsonlParser.JsonlParserOptions & { readonly errorIndicator: typeof parseFault } = { errorIndicator: parseFault };
  const parser = new JsonlParser(options);
  // A failure of any of the three destroys the last, whose reader below then throws it.
  pipeline(createReadStream(file), lines, parser, () => undefined);
  for await (const { key, value } of parser as AsyncIterable<{ key: number; value: unknown }>) {
    const { line, bytes } = lines.places.get(key) ?? { line: 0, bytes: 0 };
    lines.places.delete(key);
    const where = `${shownName}:${line}`;
    if (value instanceof LineFault) yield { bytes, problem: `${where}: not JSON (${value.message})` };
    else yield { bytes, ...toCase(value, where, dirname(file), trees) };
  }
}

function toCase(value: unknown, where: string, folder: string, trees: TreeCache): { readonly case: EvalCase } | { readonly problem: string } {
  const result = caseLine.safeParse(value);
  if (!result.success) {
    const told = result.error.issues.slice(0, 3).map((issue) => `${issue.path.length === 0 ? 'the line' : issue.path.join('.')}: ${issue.message}`);
    return { problem: `${where}: not a case (${told.join('; ')})` };
  }
  const line = result.data;
  for (const span of [...(line.spans ?? []), ...(line.clean_mentions ?? [])]) {
    if (span.start > span.end || span.end > line.text.length) return { problem: `${where}: not a case (offsets ${span.start}..${span.end} lie outside its text of ${line.text.length} units)` };
  }
  try {
    return { case: fromLine(line, where, trees.filesOf(line.context ?? {}, folder)) };
  } catch (error) {
    return { problem: `${where}: its workspace cannot be read (${(error as Error).message})` };
  }
}

function fromLine(line: CaseLine, where: string, files: readonly string[] | null): EvalCase {
  const context = line.context ?? {};
  const spans = (line.spans ?? []).map(({ start, end, detected, expected, expected_any: any }): LabelledSpan =>
    ({ start, end, detected: detected ?? null, expected: [...(typeof expected === 'string' ? [expected] : []), ...(any ?? [])] }));
  return {
    id: line.id, type: line.type, level: line.level ?? 'main', tier: line.tier ?? null, text: line.text, spans, where,
    context: {
      files, prompt: context.prompt ?? null, doneReason: context.done_reason ?? 'stop',
      facts: (context.facts ?? []).map((fact) => ({ ...fact, value: String(fact.value) })),
      rules: (context.rules ?? []).map((rule) => ({ ...rule, id: String(rule.id), flags: rule.flags ?? '', replacement: rule.replacement ?? null })),
    },
    acceptTypes: line.accept_types ?? [],
    cleanFor: line.clean_for ?? (line.type === 'clean' ? HALLUCINATION_TYPES : []),
    collateralOk: line.collateral_ok ?? false,
    cleanMentions: line.clean_mentions ?? [],
    expectedText: line.expected_text ?? null,
  };
}

/** File lists by what names them, so that cases of one workspace share one array. */
export class TreeCache {
  readonly #trees = new Map<string, readonly string[]>();

  /** @throws where `files_ref` cannot be read. */
  filesOf(context: { readonly files?: readonly string[] | null | undefined; readonly files_ref?: string | null | undefined; readonly files_add?: readonly string[] | null | undefined }, folder: string): readonly string[] | null {
    const { files, files_ref: ref, files_add: added } = context;
    const path = typeof ref === 'string' ? resolve(folder, ref) : '';
    if (path === '') return files === null || files === undefined || files.length === 0 ? null : Object.freeze([...new Set([...files, ...(added ?? [])])]);
    const key = JSON.stringify([path, files ?? [], added ?? []]);
    let tree = this.#trees.get(key);
    if (tree === undefined) {
      const listed = readFileSync(path, 'utf8').split(/\r?\n/).filter((name) => name !== '');
      tree = Object.freeze([...new Set([...(files ?? []), ...listed, ...(added ?? [])])]);
      this.#trees.set(key, tree);
    }
    return tree.length === 0 ? null : tree;
  }
}
