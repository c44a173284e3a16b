import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fabricatedPath } from '../../../src/core/detect/fabricated-path.js';
import { invalidPath } from '../../../src/core/detect/invalid-path.js';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import { deliveries } from '../../helpers/every-split.js';
import { noRecordings } from '../codec/recorded.js';
import { literal, stubRules } from '../detect/stub-matcher.js';
import { linesOf } from './answer-places.js';
import { cut, dice } from './bodies.js';
import { Drive, type DriveOptions } from './drive.js';
import { check, WORD } from './plant.js';
import { type PlantedCase, plantedCases } from './planted-cases.js';
import { TRUTH } from './tool-calls.js';

const detectors = [patternMatch, invalidPath, fabricatedPath];
const rules = stubRules([literal(WORD.wrong, WORD.right, { scopes: ['prose', 'code', 'reasoning', 'arguments'] })]);
const MENDING: DriveOptions = { ...TRUTH, rules, detectors };
const IDLE: DriveOptions = { rules: stubRules([literal('no such words here', 'x')]), detectors };

const SHAPES = [
  'anthropic json', 'anthropic sse', 'llama-cpp json', 'llama-cpp sse', 'ollama-chat json', 'ollama-chat ndjson', 'ollama-generate ndjson',
  'openai-chat json', 'openai-chat sse', 'openai-completions json', 'openai-completions sse', 'openai-responses json', 'openai-responses sse',
];
/** Bodies up to here are cut at each position. */
const SMALL_BYTES = 2_000;

/** One case in many cuts. What comes out is checked whole once for each output that differs. */
class Runner {
  readonly #case: PlantedCase;
  readonly #bytes: Buffer;
  readonly #checked = new Set<string>();
  cuts = 0;
  copies = 0;

  constructor(one: PlantedCase) {
    this.#case = one;
    this.#bytes = Buffer.from(one.planted.body);
  }

  #run(pieces: readonly Buffer[], how: string): void {
    const { name, codec, planted } = this.#case;
    this.cuts += 1;
    const drive = new Drive(codec, MENDING).reads(pieces).end();
    const { text } = drive;
    if (this.#checked.has(text)) return;
    this.#checked.add(text);
    try {
      assert.deepEqual([drive.bailouts, drive.faults], [[], []]);
      this.copies += check(planted, linesOf(text, codec.envelope.name === 'json'));
    } catch (error) {
      if (error instanceof Error) error.message = `${name}, ${how}: ${error.message}`;
      throw error;
    }
  }

  #random(count: number): void {
    for (let seed = 1; seed <= count; seed += 1) {
      const roll = dice(seed);
      this.#run(cut(this.#bytes, 1 + roll(80), roll), `random cuts ${seed}`);
    }
  }

  #everywhere(): void {
    for (const { name, pieces } of deliveries(this.#bytes)) this.#run(pieces, name);
  }

  /** Cut at each position where it is small, else 200 times at random. */
  many(): void {
    if (this.#bytes.length <= SMALL_BYTES) this.#everywhere();
    else this.#random(200);
  }

  few(): void {
    const bytes = this.#bytes;
    this.#run([bytes], 'whole');
    this.#run(Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1)), 'byte by byte');
    this.#random(6);
    const { name, codec } = this.#case;
    assert.ok(new Drive(codec, IDLE).reads(cut(bytes, 50, dice(1))).end().out.equals(bytes), `${name}: untouched`);
  }
}

test('recorded answers with paths and words planted into texts, arguments and copies: right in all of them, all else byte for byte, however they are cut', (t) => {
  const seen = new Map<string, number>();
  let [cuts, copies] = [0, 0];
  for (const one of plantedCases()) {
    const runner = new Runner(one);
    runner.few();
    if (one.first) runner.many();
    const { dialect, envelope } = one.codec;
    const shape = `${dialect.name} ${envelope.name}`;
    seen.set(shape, (seen.get(shape) ?? 0) + 1);
    cuts += runner.cuts;
    copies += runner.copies;
  }
  t.diagnostic(`${[...seen].map(([shape, count]) => `${shape} ${count}`).join(', ')}; ${cuts} cuts, ${copies} copies compared`);
  if (noRecordings !== false) {
    t.diagnostic(noRecordings);
    assert.ok(cuts > 1_000 && copies > 100);
    return;
  }
  assert.deepEqual([...seen.keys()].sort(), SHAPES);
  assert.ok(copies > 1_000);
});
