import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FileWatch } from '../../../src/node/config/file-watch.js';

const folder = mkdtempSync(join(tmpdir(), 'hotpatch-watch-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A watch whose looks are called by hand, over states or over the disk. */
function watching(files: readonly string[], states?: Record<string, string>): { look: () => readonly string[]; watch: FileWatch; stopped: () => boolean } {
  let tick = (): void => undefined;
  let stopped = false;
  let told: readonly string[] = [];
  const watch = new FileWatch({
    files: () => files,
    onChange: (changed) => (told = [...told, ...changed]),
    every: (_ms, run) => {
      tick = run;
      return () => (stopped = true);
    },
    ...(states === undefined ? {} : { stateOf: (file: string) => states[file] ?? '' }),
  });
  const look = (): readonly string[] => {
    told = [];
    tick();
    return told;
  };
  return { look, watch, stopped: () => stopped };
}

test('a change is told once, when two looks agree', () => {
  const states: Record<string, string> = { a: '1', b: '1' };
  const { look, watch, stopped } = watching(['a', 'b'], states);
  assert.deepEqual(look(), []);
  states['a'] = '2';
  assert.deepEqual(look(), []);
  assert.deepEqual(look(), ['a']);
  assert.deepEqual(look(), []);
  // Still being written.
  for (const state of ['3', '4', '5']) {
    states['b'] = state;
    assert.deepEqual(look(), []);
  }
  assert.deepEqual(look(), ['b']);
  watch.close();
  assert.ok(stopped());
});

test('what was there and is there again is no change, nor is what someone has looked at himself', () => {
  const states: Record<string, string> = { a: '1' };
  const { look, watch } = watching(['a'], states);
  states['a'] = '2';
  assert.deepEqual(look(), []);
  states['a'] = '1';
  assert.deepEqual([look(), look()], [[], []]);
  states['a'] = '3';
  watch.settle();
  assert.deepEqual([look(), look()], [[], []]);
});

test('a file that is looked at anew is no change; one that goes and comes is', () => {
  const states: Record<string, string> = { a: '1' };
  const files = ['a'];
  const { look } = watching(files, states);
  files.push('c');
  states['c'] = '1';
  assert.deepEqual([look(), look()], [[], []]);
  states['c'] = '';
  look();
  assert.deepEqual(look(), ['c']);
  states['c'] = '1';
  look();
  assert.deepEqual(look(), ['c']);
});

test('on the disk: written, replaced, behind a link, gone, come', () => {
  const [file, other, link] = [join(folder, 'file'), join(folder, 'other'), join(folder, 'link')];
  writeFileSync(file, 'one');
  symlinkSync(file, link);
  const { look } = watching([file, link, join(folder, 'later/file')]);
  const after = (change: () => void): readonly string[] => {
    change();
    look();
    return look();
  };
  assert.deepEqual(after(() => writeFileSync(file, 'three')), [file, link]);
  // The same length and the same time, as a careful copy has them.
  assert.deepEqual(after(() => {
    writeFileSync(other, 'seven');
    utimesSync(other, 1, 1);
    utimesSync(file, 1, 1);
  }), [file, link]);
  assert.deepEqual(after(() => renameSync(other, file)), [file, link]);
  assert.deepEqual(after(() => unlinkSync(file)), [file, link]);
  assert.deepEqual(after(() => {
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'later/file'), '');
  }), [join(folder, 'later/file')]);
});
