import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { distance as levenshtein } from 'fastest-levenshtein';
import { difference, editDistance, isTransposition } from '../../../src/core/truth/path-distance.js';
import { NONE, PathIndex } from '../../../src/core/truth/path-index.js';
import { foldName } from '../../../src/core/truth/path-words.js';

const name = fc.stringMatching(/^[ab_.é]{1,4}$/).filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

describe('PathIndex', () => {
  it('holds what a plain set of paths holds, through any adding and removing', () => {
    const command = fc.record({ remove: fc.boolean(), path, ignored: fc.boolean() });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const index = new PathIndex();
        const model = new Map<string, 'file' | 'folder' | 'ignored'>();
        const removeBelow = (top: string): void => {
          for (const known of [...model.keys()]) if (known === top || known.startsWith(`${top}/`)) model.delete(known);
        };
        for (const { remove, path, ignored } of commands) {
          if (remove) {
            assert.equal(index.remove(path), model.has(path));
            removeBelow(path);
            continue;
          }
          const parts = path.split('/');
          for (let i = 1; i < parts.length; i += 1) {
            const above = parts.slice(0, i).join('/');
            if (model.get(above) !== 'folder') removeBelow(above);
            model.set(above, 'folder');
          }
          if (model.get(path) === 'folder') removeBelow(path);
          model.set(path, ignored ? 'ignored' : 'file');
          index.add(path, 'file', ignored);
        }
        assert.equal(index.entries, model.size);
        assert.equal(index.files, [...model.values()].filter((kind) => kind === 'file').length);
        for (const [known, kind] of model) {
          const node = index.find(known);
          assert.notEqual(node, NONE, known);
          assert.equal(index.path(node), known);
          assert.equal(index.isFolder(node), kind === 'folder');
          assert.equal(index.isIgnored(node), kind === 'ignored');
        }
        for (const { path } of commands) assert.equal(index.find(path) !== NONE, model.has(path), path);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it('finds every folded name and stem it holds, and none it gave up', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[aAbBéÉ-]{1,5}(\.[jt]s)?$/), { maxLength: 40 }), fc.nat(), (names, cut) => {
        const index = new PathIndex();
        for (const each of names) index.add(each);
        const gone = names.slice(0, cut % (names.length + 1));
        for (const each of gone) index.remove(each);
        const left = names.slice(gone.length);
        for (const each of names) {
          const found: string[] = [];
          for (let id = index.names.firstFolded(foldName(each)); id !== NONE; id = index.names.nextFolded(id)) found.push(index.names.text(id));
          assert.deepEqual(found.sort(), left.filter((other) => foldName(other) === foldName(each)).sort());
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('offers every name within two edits', () => {
    const word = fc.stringMatching(/^[abc._-]{1,7}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 50 }), word, fc.constantFrom(1, 2), (names, wrong, most) => {
        const index = new PathIndex();
        for (const each of names) index.add(each);
        const offered = new Set<string>();
        index.names.near(wrong, most, (id) => offered.add(index.names.text(id)));
        for (const each of names) if (each !== '.' && each !== '..' && editDistance(wrong, each, most) <= most) assert.ok(offered.has(each), `${wrong} ${each}`);
      }),
      { seed: 13, numRuns: 300 },
    );
  });
});

/** The textbook table, all of it. */
function alignment(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, table[i - 2]![j - 2]! + 1);
      table[i]![j] = cost;
    }
  }
  return table[a.length]![b.length]!;
}

describe('editDistance', () => {
  const word = fc.stringMatching(/^[abc]{0,9}$/);

  it('agrees with the whole table as far as it looks', () => {
    fc.assert(
      fc.property(word, word, fc.constantFrom(1, 2), (a, b, most) => {
        assert.equal(editDistance(a, b, most), Math.min(alignment(a, b), most + 1));
      }),
      { seed: 14, numRuns: 20_000 },
    );
  });

  it('is never more than Levenshtein’s, which knows no swaps', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        assert.ok(editDistance(a, b, 2) <= Math.min(levenshtein(a, b), 3));
      }),
      { seed: 15, numRuns: 3_000 },
    );
  });

  it('tells swaps, digits and whole words', () => {
    assert.ok(isTransposition('mian', 'main') && !isTransposition('main', 'main') && !isTransposition('naim', 'main'));
    assert.deepEqual(difference('zh-cn', 'zh-tw'), { digits: false, letters: 2, atStart: true, apart: false });
    assert.deepEqual(difference('page1.ts', 'page2.ts'), { digits: true, letters: 5, atStart: false, apart: false });
    assert.deepEqual(difference('themse-dark', 'theme-dark'), { digits: false, letters: 5, atStart: false, apart: false });
  });
});
