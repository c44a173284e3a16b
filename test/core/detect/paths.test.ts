import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMention } from '../../../src/core/detect/path-mention.js';
import { PathNames } from '../../../src/core/detect/path-names.js';
import type { GroundTruth } from '../../../src/core/truth/ground-truth.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { contextOf, FILES, scan } from './path-helpers.js';

test('a word is read as a path, or as one of the many things that look like one', () => {
  const paths: readonly (readonly [string, string])[] = [
    ['src/main.ts', 'src/main.ts'], ['src/main.ts,', 'src/main.ts'], ['**src/main.ts**:', 'src/main.ts'], ['_src/main.ts_', 'src/main.ts'], ['src/main.ts:42:7.', 'src/main.ts'],
    ['src/main.ts#L10-L20', 'src/main.ts'], ['src/main.ts(10,5)', 'src/main.ts'], ['src/main.ts::test_it', 'src/main.ts'], ['a/b.png?raw', 'a/b.png'], ['C:\\repo\\src\\main.ts:4', 'C:\\repo\\src\\main.ts'],
    ['./a/b.ts', './a/b.ts'], ['../a/b.ts', '../a/b.ts'], ['src/__init__.py', 'src/__init__.py'], ['__init__.py', '__init__.py'], ['.env.json', '.env.json'], ['docs/', 'docs/'], ['src/a.ts</code>', 'src/a.ts'],
  ];
  for (const [word, path] of paths) assert.equal(readMention(word, ' ')?.path, path, word);
  const none = [
    'and', 'e.g.', 'i.e.', 'Node.js', 'Next.js.', 'obj.prop', 'foo.bar.baz', '3.14', 'v1.2.3', '2024/01/15', '1/2', '10.0.0.0/8', '@scope/pkg', 'pkg@1.2/x.js', 'src/*.ts', '*.ts', 'a/{b}.ts',
    'a/<b>.ts', 'src/...', 'text/html', 'origin/main', 'feat/x', '~/a.ts', '//a.ts', '\\\\host\\a.ts', '/etc/hosts', '/usr/lib/a.conf', '/users/me', 'C:\\Windows\\a.ini', 'node:fs/promises',
    'localhost:80/a.js', 'example.com/a.html', '$HOME/a.ts', '-o/a.ts', '^a/b.ts$', 'JavaScript/Node.js', '.ts', '/', '///', '',
  ];
  for (const word of none) assert.equal(readMention(word, ' '), null, word);
  for (const before of ['}', ')', '$', '%', 'é']) assert.equal(readMention('/src/main.ts', before), null, before);
});

test('names that were told are known with fewer folders or more', () => {
  const names = new PathNames(4);
  for (const path of ['src/a/new.ts', './b.ts', 'x\\y\\z.ts']) names.add(path);
  for (const path of ['src/a/new.ts', 'a/new.ts', 'new.ts', 'repo/src/a/new.ts', './src/a/new.ts', 'b.ts', 'x/y/z.ts']) assert.ok(names.has(path), path);
  for (const path of ['src/b/new.ts', 'new.tsx', 'w.ts', 'renew.ts']) assert.ok(!names.has(path), path);
  names.add('c.ts');
  names.add('d.ts');
  assert.deepEqual([names.size, names.has('d.ts')], [4, false]);
});

const WORDS = fc.constantFrom('`', '``', '"', ' ', '\n', '\n\n', '```\n', '```sh\n', '(', ')', '](', '**', '.', ',', ':', '/', '\\', 'src/mian.ts', 'src/main.ts', 'SRC/', 'src', 'docs/quantum.md', 'router.ts',
  'create ', 'no ', 'File: ', 'is missing', 'https://', 'in ', '└── ', 'é', '{"name": "', '{"path": "', '[', '},', '(which ', '2026', '1/2', ' / ', '.5', ').', '".', 'GET', 'Docs/', 'TESTS/', 'console.log("', '😀', '_', 'server', '/ruoter.ts:10', '~', '#', '- ', 'tests/conftest.py', 'a');

test('findings and frontier depend on the text, not on how it was cut, and no edit begins in what was let go', () => {
  fc.assert(fc.property(fc.array(WORDS, { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }), (words, cuts) => {
    const text = words.join('');
    const pieces: string[] = [];
    for (let at = 0, turn = 0; at < text.length; turn += 1) {
      const next = at + (cuts[turn % cuts.length] as number);
      pieces.push(text.slice(at, next));
      at = next;
    }
    const units = scan([...Array.from({ length: text.length }, (_, at) => text[at] as string)]);
    const cut = scan(pieces);
    assert.deepEqual(cut.findings, units.findings);
    let end = 0;
    for (const [index, piece] of pieces.entries()) {
      end += piece.length;
      assert.equal(cut.frontiers[index], units.frontiers[end - 1]);
    }
    for (let at = 1; at < units.frontiers.length; at += 1) assert.ok((units.frontiers[at] as number) >= (units.frontiers[at - 1] as number));
    assert.deepEqual([...units.late, ...cut.late], []);
  }), { seed: 20, numRuns: 400 });
});

test('plain prose is never held', () => {
  const word = fc.stringMatching(/^[b-ce-lnoq-rv-z][a-z]{0,11}$/);
  fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.constantFrom(' ', ', ', '. ', '; ', '! ', '\n', ' — '), (words, joint) => {
    let length = 0;
    const { frontiers } = scan([...`${words.join(joint)}.`]);
    for (const frontier of frontiers.slice(0, -1)) assert.equal(frontier, (length += 1));
  }), { seed: 22, numRuns: 200 });
});

test('a word is held from the first character that only paths have', () => {
  const heldAt = (text: string): readonly number[] => scan([...text]).frontiers.slice(0, -1).flatMap((frontier, at) => (frontier < at + 1 ? [frontier] : []));
  assert.deepEqual(heldAt('a source b'), []);
  assert.deepEqual(heldAt('xy/z.'), [2, 2, 2]);
  assert.deepEqual(heldAt('src '), []);
  assert.deepEqual(heldAt('src/'), [3]);
  assert.deepEqual(heldAt('`ab` c'), [1, 1]);
});

function counting(): { readonly truth: GroundTruth; calls: number } {
  const inner = truthOfFiles(FILES);
  const counter = {
    calls: 0,
    truth: {
      path: (question: Parameters<GroundTruth['path']>[0]) => {
        counter.calls += 1;
        return inner.path(question);
      },
      namesRoot: () => false,
      beginsTop: (prefix: string) => inner.beginsTop(prefix),
      fact: () => null,
      confirm: () => true,
    },
  };
  return counter;
}

test('of many findings in one piece each detector sees its own, and none is kept once all have', () => {
  const piece = '`src/mian.ts` and `docs/quantum.md` here\n'.repeat(700);
  const { findings } = scan([piece, piece, 'so\n', piece]);
  assert.equal(findings.filter(({ verdict }) => verdict.type === 'invalid_path').length, 2_100);
  assert.equal(findings.filter(({ verdict }) => verdict.type === 'fabricated_path').length, 2_100);
});

test('every script, and what has no width, is read in its length', () => {
  const scripts = ['الملف src/main.ts هنا ', 'הקובץ `src/main.ts` כאן ', 'ไฟล์นี้', '这个文件 src/main.ts 在这里，', 'この「src/main.ts」は', '파일 src/main.ts 은 ', 'Файл src/main.ts здесь ', 'Αρχείο ', 'फ़ाइल ', 'ፋይል ', 'ფაილი ', '\u200b\u200d\u2060src/\u200bmain.ts', '\u202esrc/main.ts\u202c ', 'e\u0301'.repeat(20), '👩‍👩‍👧', '\ud800', '\u0000', '(', '[', '{', '```\n', '> '];
  for (const unit of scripts) {
    const text = unit.repeat(Math.ceil(60_000 / unit.length));
    const counter = counting();
    const { findings } = scan([text.slice(0, 30_000), text.slice(30_000)], contextOf(counter.truth));
    assert.deepEqual(findings.filter(({ verdict }) => verdict.strategy === 'replace'), [], unit);
    assert.ok(counter.calls <= text.length / 2, `${unit}: ${counter.calls} questions`);
  }
});

test('hostile text costs no more than its length', () => {
  const texts = ['/'.repeat(100_000), 'a'.repeat(10_000_000), 'a/'.repeat(500_000), '`'.repeat(300_000), 'a/[(<{'.repeat(100_000), '\\'.repeat(100_000), '.'.repeat(100_000), '"x/'.repeat(100_000),
    '['.repeat(1_000_000), '('.repeat(1_000_000), '> ```\n'.repeat(20_000), '{"a": "'.repeat(50_000), '(which '.repeat(50_000), '`TO'.repeat(50_000), '1/'.repeat(100_000), "x=f'".repeat(50_000)];
  for (const text of texts) {
    const counter = counting();
    const { findings, frontiers } = scan([text.slice(0, 70_000), text.slice(70_000)], contextOf(counter.truth));
    assert.deepEqual(findings, []);
    assert.ok(counter.calls <= text.length / 2, `${counter.calls} questions for ${text.length} units`);
    assert.ok((frontiers[0] as number) >= Math.min(text.length, 70_000) - 4096);
  }
});

/** Documents that packages ship, against the files of the same packages: nothing in them is a wrong spelling of another. */
test('documents of packages name their own files rightly', (t) => {
  const root = 'node_modules';
  if (!existsSync(root)) return t.skip('no packages are installed');
  let documents = 0;
  const edits: string[] = [];
  for (const name of readdirSync(root).filter((entry) => !entry.startsWith('.') && !entry.startsWith('@')).slice(0, 150)) {
    const files = readdirSync(join(root, name), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + name.length + 2));
    const document = files.find((file) => /^readme\.md$/i.test(file));
    if (document === undefined || files.length < 3) continue;
    documents += 1;
    const { findings } = scan([readFileSync(join(root, name, document), 'utf8')], contextOf(truthOfFiles(files)));
    for (const { verdict } of findings) if (verdict.strategy === 'replace') edits.push(`${name}: ${verdict.detected} -> ${verdict.expected}`);
  }
  assert.deepEqual(edits, []);
  t.diagnostic(`${documents} documents, no edit`);
});
