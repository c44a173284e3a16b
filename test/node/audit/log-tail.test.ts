import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { LineSplitter } from '../../../src/node/audit/line-splitter.js';
import { LogTail } from '../../../src/node/audit/log-tail.js';
import { appendRotating } from '../../../src/node/audit/rotation.js';

describe('LineSplitter', () => {
  const text = 'one\r\n\ntwo \u{1F600} \u00e9\nthree\nfour';
  const expected = ['one', '', 'two \u{1F600} \u00e9', 'three', 'four'];
  const bytes = Buffer.from(text);
  const split = (pieces: readonly Buffer[]): string[] => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => void lines.push(line));
    for (const piece of pieces) splitter.write(piece);
    splitter.end();
    return lines;
  };

  test('whole, byte by byte and split at every position', () => {
    assert.deepEqual(split([bytes]), expected);
    assert.deepEqual(split([...bytes].map((byte) => Buffer.of(byte))), expected);
    for (let at = 0; at <= bytes.length; at += 1) assert.deepEqual(split([bytes.subarray(0, at), bytes.subarray(at)]), expected, `split at ${at}`);
  });

  test('a line without an end does not fill the memory, and the next one is whole', () => {
    const lines = split([...Array.from({ length: 40 }, () => Buffer.alloc(100_000, 'x')), Buffer.from('\nnext\n')]);
    assert.deepEqual([lines.length, lines[0]?.length, lines[1]], [2, 1_048_576, 'next']);
  });
});

function setUp(t: TestContext, sinceMs = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-tail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'logs', 'corrections.log');
  const lines: string[] = [];
  const tail = new LogTail({ file, sinceMs, onLine: (line) => void lines.push(line) });
  t.after(() => tail.end());
  /** What came since the last call. */
  const next = async (): Promise<string[]> => {
    await tail.advance();
    return lines.splice(0);
  };
  return { folder, file, tail, next, lines };
}

describe('LogTail', () => {
  test('a file, and a folder, that do not exist yet', async (t) => {
    const { file, next } = setUp(t);
    assert.deepEqual(await next(), []);
    mkdirSync(join(file, '..'));
    assert.deepEqual(await next(), []);
    writeFileSync(file, 'a\nb');
    assert.deepEqual(await next(), ['a']);
    appendFileSync(file, 'c\n');
    assert.deepEqual(await next(), ['bc']);
    assert.deepEqual(await next(), []);
  });

  test('rotated files come first, oldest first, each line once', async (t) => {
    const { file, next } = setUp(t);
    mkdirSync(join(file, '..'));
    // The writer itself puts files aside here, two lines to a file.
    const limits = { maxBytes: 16, retentionMs: 0 };
    for (let count = 0; count < 9; count += 1) await appendRotating(file, `line ${count}\n`, { ...limits, nowMs: 1_700_000_000_000 + count });
    writeFileSync(join(file, '..', 'corrections.other.log'), 'not ours\n');
    assert.deepEqual(await next(), Array.from({ length: 9 }, (_, count) => `line ${count}`));
    for (let count = 9; count < 20; count += 1) await appendRotating(file, `line ${count}\n`, { ...limits, nowMs: 1_700_000_000_000 + count });
    // Several rotations between two looks.
    assert.deepEqual(await next(), Array.from({ length: 11 }, (_, count) => `line ${count + 9}`));
  });

  test('of twelve rotations within one millisecond the tenth comes behind the second', async (t) => {
    const { file, next } = setUp(t);
    mkdirSync(join(file, '..'));
    for (let index = 0; index < 13; index += 1) await appendRotating(file, `line ${index}\n`, { maxBytes: 1, retentionMs: 0, nowMs: Date.UTC(2026, 0, 20) });
    assert.deepEqual(await next(), Array.from({ length: 13 }, (_, index) => `line ${index}`));
  });

  test('rotation at every moment of a long log loses and repeats nothing', async (t) => {
    const { file, next, tail, lines } = setUp(t);
    mkdirSync(join(file, '..'));
    const seen: string[] = [];
    let written = 0;
    const writing = (async () => {
      for (; written < 400; written += 1) await appendRotating(file, `line ${written}\n`, { maxBytes: 40, retentionMs: 0, nowMs: 1_700_000_000_000 + written });
    })();
    while (written < 400) seen.push(...(await next()));
    await writing;
    seen.push(...(await next()));
    await tail.end();
    assert.deepEqual([...seen, ...lines], Array.from({ length: 400 }, (_, count) => `line ${count}`));
  });

  test('what is written between a look and the rename is read under the new name', async (t) => {
    const { file, next } = setUp(t);
    mkdirSync(join(file, '..'));
    writeFileSync(file, 'a\n');
    assert.deepEqual(await next(), ['a']);
    appendFileSync(file, 'b\n');
    renameSync(file, join(file, '..', 'corrections.2026-01-20T14-32-45-120Z.0.log'));
    assert.deepEqual(await next(), ['b']);
    writeFileSync(file, 'c\n');
    assert.deepEqual(await next(), ['c']);
  });

  test('a file that was cut is read from its beginning, one that was removed and made again too', async (t) => {
    const { file, next } = setUp(t);
    mkdirSync(join(file, '..'));
    writeFileSync(file, 'a long line\nunfinis');
    assert.deepEqual(await next(), ['a long line']);
    truncateSync(file, 0);
    appendFileSync(file, 'b\n');
    assert.deepEqual(await next(), ['b']);
    unlinkSync(file);
    assert.deepEqual(await next(), []);
    writeFileSync(file, 'c\n');
    assert.deepEqual(await next(), ['c']);
  });

  test('predecessors last written before `sinceMs` are not read', async (t) => {
    const { file, next } = setUp(t, 1_700_000_000_000);
    mkdirSync(join(file, '..'));
    const old = join(file, '..', 'corrections.2020-01-20T14-32-45-120Z.0.log');
    writeFileSync(old, 'old\n');
    utimesSync(old, 1_600_000_000, 1_600_000_000);
    writeFileSync(join(file, '..', 'corrections.2026-01-20T14-32-45-120Z.0.log'), 'new\n');
    assert.deepEqual(await next(), ['new']);
  });

  test('the unfinished last line comes at the end', async (t) => {
    const { file, next, tail, lines } = setUp(t);
    mkdirSync(join(file, '..'));
    writeFileSync(file, 'a\nb');
    assert.deepEqual(await next(), ['a']);
    await tail.end();
    assert.deepEqual(lines, ['b']);
  });

  test('a folder in the place of the file is an error', async (t) => {
    const { file, tail } = setUp(t);
    mkdirSync(file, { recursive: true });
    await assert.rejects(tail.advance(), { code: 'EISDIR' });
  });
});
