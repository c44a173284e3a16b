import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { createRewriteStream, type Format } from '../../src/index.js';
import { linesOf } from '../core/rewrite/answer-places.js';
import { cut, dice } from '../core/rewrite/bodies.js';
import { check, WORD } from '../core/rewrite/plant.js';
import { plantedCases } from '../core/rewrite/planted-cases.js';
import { FILES } from '../core/rewrite/tool-calls.js';

const rules = [{ match: 'literal', value: WORD.wrong, replace: WORD.right, scopes: ['prose', 'code', 'reasoning', 'arguments'] }] as const;
/** Many of these answers were cut off on request, and say so. */
const modes = { incomplete_reasoning: 'off', logic_contradiction: 'off', incorrect_fact: 'off' } as const;

test('recorded answers with paths and words planted, through createRewriteStream: right in every text and copy, all else byte for byte', async () => {
  for (const { name, codec, planted } of plantedCases()) {
    const bytes = Buffer.from(planted.body);
    for (const format of [codec.dialect.name as Format, 'auto' as const]) {
      const faults: string[] = [];
      const stream = createRewriteStream({ format, files: FILES, rules, modes, onFault: (message) => faults.push(message) });
      const out = await buffer(Readable.from(cut(bytes, 40, dice(bytes.length))).pipe(stream));
      assert.deepEqual(faults, [], name);
      try {
        check(planted, linesOf(out.toString(), codec.envelope.name === 'json'));
      } catch (error) {
        if (error instanceof Error) error.message = `${name}, ${format}: ${error.message}`;
        throw error;
      }
    }
  }
});
