import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFor, routeOf } from '../../../src/core/codec/codec.js';
import { noRecordings, recordedAnswers } from '../codec/recorded.js';
import { cut, dice } from './bodies.js';
import { Drive } from './drive.js';
import { TRUTH } from './tool-calls.js';

/** Recorded answers with calls, as they were and with one word of the model's made a wrong path and the tool one that reads. */

const calls = recordedAnswers().flatMap((answer) => {
  const route = routeOf('POST', answer.target);
  const codec = route === null ? null : codecFor(route, answer.contentType);
  return codec === null || !/tool_calls|function_call|tool_use/.test(answer.body.toString()) ? [] : [{ ...answer, codec }];
});

test('recorded calls: without a wrong path every byte passes', { skip: noRecordings }, (t) => {
  assert.ok(calls.length > 10);
  for (const { name, body, codec } of calls) {
    for (const parts of [1, 7, body.length]) {
      const drive = new Drive(codec, TRUTH).reads(cut(body, parts, dice(parts))).end();
      assert.ok(drive.out.equals(body), name);
      assert.deepEqual([drive.corrections, drive.bailouts, drive.faults], [[], [], []], name);
    }
  }
  t.diagnostic(`${calls.length} answers with calls`);
});

test('recorded calls: a city becomes a wrong path in every copy, and a right one again', { skip: noRecordings }, (t) => {
  let planted = 0;
  for (const { name, body, codec } of calls) {
    const text = body.toString();
    if (!text.includes('get_weather') || !text.includes('Par')) continue;
    const asked = (path: string): string =>
      text.replaceAll('get_weather', 'read_file').replaceAll('city', 'path').replaceAll('"\\"ci"', '"\\"pa"').replaceAll('"ty\\": \\""', '"th\\": \\""').replaceAll('Paris', path).replaceAll('"Par"', JSON.stringify(path.slice(0, 6))).replaceAll('"is\\"}"', JSON.stringify(`${path.slice(6)}"}`));
    const wrong = asked('src/mian.ts');
    for (const parts of [1, 30, 300]) {
      const drive = new Drive(codec, TRUTH).reads(cut(Buffer.from(wrong), parts, dice(parts))).end();
      const { text: out } = drive;
      assert.ok(!out.includes('mian') && !out.includes('"an.ts'), `${name}: ${out}`);
      assert.equal(drive.corrections.length, 1, name);
      assert.equal(out.split('\n').length, wrong.split('\n').length, name);
    }
    planted += 1;
  }
  t.diagnostic(`${planted} answers planted`);
  assert.ok(planted >= 3);
});
