import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.js';
import type { Mode } from '../../src/core/types.js';
import { Canonical } from './deframe.js';
import { literalRules, Stage, type Happening, type Lane, type Scene } from './stage.js';

export { literalRules, Stage } from './stage.js';

/** What happens to a connection. Strings are Latin-1. */
export type Input =
  | { readonly fromClient: string | Buffer }
  | { readonly fromUpstream: string | Buffer }
  | { readonly event: 'clientEnded' | 'upstreamEnded' | 'clientFailed' | 'drain' }
  | { readonly upstreamFailed: ErrorCode }
  | { readonly at: number };

/** What it is to do about it. `told` is an observation in short, as `Stage` writes it. */
export type Output =
  | { readonly toClient: string | Buffer }
  | { readonly toUpstream: string | Buffer }
  | { readonly does: 'dial' | 'endUpstream' | 'dropUpstream' | 'destroyUpstream' | 'endClient' | 'destroyClient' | 'resetClient' | 'pause' | 'ready' }
  | { readonly told: string };

export type Step = Input | Output;

export const fromClient = (bytes: string | Buffer): Input => ({ fromClient: bytes });
export const fromUpstream = (bytes: string | Buffer): Input => ({ fromUpstream: bytes });
export const clientEnded: Input = { event: 'clientEnded' };
export const upstreamEnded: Input = { event: 'upstreamEnded' };
export const clientFailed: Input = { event: 'clientFailed' };
export const drain: Input = { event: 'drain' };
export const upstreamFailed = (code: ErrorCode = 'E_UPSTREAM_LOST'): Input => ({ upstreamFailed: code });
/** The clock moves on to this time, in milliseconds, and ticks. */
export const at = (ms: number): Input => ({ at: ms });

export const toClient = (bytes: string | Buffer): Output => ({ toClient: bytes });
export const toUpstream = (bytes: string | Buffer): Output => ({ toUpstream: bytes });
export const told = (what: string): Output => ({ told: what });
export const dial: Output = { does: 'dial' };
export const endUpstream: Output = { does: 'endUpstream' };
export const dropUpstream: Output = { does: 'dropUpstream' };
export const destroyUpstream: Output = { does: 'destroyUpstream' };
export const endClient: Output = { does: 'endClient' };
export const destroyClient: Output = { does: 'destroyClient' };
export const resetClient: Output = { does: 'resetClient' };
/** `fromClient` asked to be given no more, and took it back. */
export const pause: Output = { does: 'pause' };
export const ready: Output = { does: 'ready' };

export interface Playbook extends Scene {
  readonly name: string;
  /** Literals and what replaces them. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Chunks to the client are compared by what they carry: where a body is re-framed, they depend on the reads. */
  readonly deframed?: boolean;
  /** Observations are not compared. */
  readonly untold?: boolean;
  /** How many places it is cut at, where there are more; 200 unless told. */
  readonly cuts?: number;
  readonly steps: readonly Step[];
}

function laneOf(output: Output): Happening {
  if ('toClient' in output) return { lane: 'client', what: bytesOf(output.toClient) };
  if ('toUpstream' in output) return { lane: 'upstream', what: bytesOf(output.toUpstream) };
  if ('told' in output) return { lane: 'told', what: output.told };
  const upstream = ['dial', 'endUpstream', 'dropUpstream', 'destroyUpstream'].includes(output.does);
  return { lane: upstream ? 'upstream' : 'client', what: `(${output.does})` };
}

function bytesOf(bytes: string | Buffer): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
}

/** How the bytes of a playbook's inputs are handed over: each step's bytes in pieces. */
type Cutting = (bytes: Buffer, from: number) => readonly Buffer[];

function input(stage: Stage, step: Input, from: number, cut: Cutting): void {
  if ('at' in step) {
    stage.nowMs = step.at;
    stage.connection.tick(step.at);
  } else if ('upstreamFailed' in step) {
    stage.upstreamFailed(step.upstreamFailed);
  } else if ('fromClient' in step) {
    for (const piece of cut(bytesOf(step.fromClient), from)) stage.fromClient(piece);
  } else if ('fromUpstream' in step) {
    const socket = stage.dialled;
    assert.ok(stage.upstreamOpen, 'the playbook has a backend speak that is not connected');
    for (const piece of cut(bytesOf(step.fromUpstream), from)) stage.fromUpstream(piece, socket);
  } else {
    happen(stage, step.event);
  }
}

function happen(stage: Stage, event: 'clientEnded' | 'upstreamEnded' | 'clientFailed' | 'drain'): void {
  switch (event) {
    case 'clientEnded':
      stage.clientEnded();
      break;
    case 'upstreamEnded':
      stage.connection.upstreamEnded(stage.nowMs);
      break;
    case 'clientFailed':
      stage.connection.clientFailed(new Error('reset'));
      break;
    case 'drain':
      stage.connection.drain(stage.nowMs);
  }
}

/** One lane of what happened, neighbouring bytes joined, in a form that reads well in a diff. */
function readable(happenings: readonly Happening[], lane: Lane, bytes: (bytes: Buffer) => string): string[] {
  const lines: string[] = [];
  let joined: Buffer[] = [];
  const flush = (): void => {
    if (joined.length > 0) lines.push(...bytes(Buffer.concat(joined)).split(/(?<=\n)/).map((line) => JSON.stringify(line)));
    joined = [];
  };
  for (const { lane: of, what } of happenings) {
    if (of !== lane) continue;
    if (typeof what !== 'string') {
      joined.push(what);
      continue;
    }
    flush();
    lines.push(what);
  }
  flush();
  return lines;
}

function isInput(step: Step): step is Input {
  return 'fromClient' in step || 'fromUpstream' in step || 'event' in step || 'upstreamFailed' in step || 'at' in step;
}

/** The inputs of a playbook, each with the outputs that are to follow it. */
function rounds(steps: readonly Step[]): { input: Input; outputs: Happening[] }[] {
  const all: { input: Input; outputs: Happening[] }[] = [];
  for (const step of steps) {
    if (isInput(step)) all.push({ input: step, outputs: [] });
    else (all.at(-1) as { outputs: Happening[] }).outputs.push(laneOf(step));
  }
  return all;
}

const asText = (bytes: Buffer): string => bytes.toString('latin1');

/** Plays it once. @throws AssertionError that names the step and shows both sides */
function play(book: Playbook, cut: Cutting): void {
  const stage = new Stage(book);
  const [actual, expected] = [new Canonical(), new Canonical()];
  let from = 0;
  for (const [index, { input: step, outputs }] of rounds(book.steps).entries()) {
    const where = `step ${index + 1}, ${JSON.stringify(step).slice(0, 120)}`;
    const due = stage.connection.deadlineMs();
    if ('at' in step && outputs.length > 0) assert.ok(due !== null && due <= step.at, `${where}: the deadline is ${due}`);
    stage.happened = [];
    input(stage, step, from, cut);
    from += stepBytes(step);
    const view = (happened: readonly Happening[], lanes: Canonical): object => ({
      client: readable(happened, 'client', book.deframed === true ? (bytes) => lanes.read(bytes) : asText),
      upstream: readable(happened, 'upstream', asText),
      told: book.untold === true ? [] : readable(happened, 'told', asText),
    });
    assert.deepEqual(view(stage.happened, actual), view(outputs, expected), where);
  }
  finale(stage);
}

/** Whatever happened before, a client that goes leaves nothing behind, and every exchange has been told once. */
function finale(stage: Stage): void {
  stage.connection.clientFailed(new Error('the play is over'));
  assert.equal(stage.connection.deadlineMs(), null, 'something is still due');
  assert.equal(stage.upstreamOpen, false, 'the socket to the backend is still there');
  const exchanges = stage.observations.filter((observation) => observation.kind === 'exchange').map(({ summary }) => summary.exchange);
  assert.deepEqual(exchanges, Array.from({ length: stage.ids }, (_, index) => `x${index + 1}`), 'each exchange is told once');
}

function stepBytes(step: Input): number {
  return 'fromClient' in step ? step.fromClient.length : 'fromUpstream' in step ? step.fromUpstream.length : 0;
}

/** Where a playbook has more bytes than `places`, it is cut at that many places, drawn at random from a fixed seed. */
function cuttings({ steps, cuts: places = 200 }: Playbook): { name: string; cut: Cutting }[] {
  const total = steps.reduce((sum, step) => sum + (isInput(step) ? stepBytes(step) : 0), 0);
  const all: { name: string; cut: Cutting }[] = [
    { name: 'whole', cut: (bytes) => [bytes] },
    { name: 'byte by byte', cut: (bytes) => Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)) },
  ];
  let seed = total;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % total;
  for (let index = 0; index < Math.min(total, places); index += 1) {
    const place = total <= places ? index : random();
    all.push({ name: `cut at ${place}`, cut: (bytes, from) => cutAt(bytes, place - from) });
  }
  return all;
}

function cutAt(bytes: Buffer, place: number): readonly Buffer[] {
  return place > 0 && place < bytes.length ? [bytes.subarray(0, place), bytes.subarray(place)] : [bytes];
}

/** Plays it whole, byte by byte and cut at every position. */
export function playEveryCut(book: Playbook): void {
  const prepared = book.replace === undefined ? book : { ...book, rules: literalRules(book.replace, book.limits?.holdChars) };
  const { stackTraceLimit } = Error;
  // Half of the time would go into the stack traces of expected errors.
  Error.stackTraceLimit = 0;
  try {
    for (const { name, cut } of cuttings(book)) {
      try {
        play(prepared, cut);
      } catch (error) {
        if (error instanceof Error) error.message = `[${name}] ${error.message}`;
        throw error;
      }
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** One test a playbook. */
export function playAll(books: readonly Playbook[]): void {
  assert.equal(new Set(books.map(({ name }) => name)).size, books.length, 'two playbooks have one name');
  for (const book of books) test(book.name, () => playEveryCut(book));
}

/** Beyond the first mode a playbook is cut less: on the wire `annotate` is what `correct` is, `off` what `observe` is. */
const FURTHER_CUTS: Readonly<Record<Mode, number>> = { correct: 100, annotate: 20, observe: 100, off: 20 };

/** The same playbook in several modes, its name saying which. */
export function inModes(modes: readonly Mode[], book: Playbook): Playbook[] {
  return modes.map((mode, index) => ({ ...book, mode, name: `${mode}: ${book.name}`, ...(index > 0 ? { cuts: Math.min(book.cuts ?? Infinity, FURTHER_CUTS[mode]) } : {}) }));
}
