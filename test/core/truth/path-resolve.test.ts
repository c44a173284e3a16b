import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PathAnswer, PathStep } from '../../../src/core/truth/ground-truth.js';
import { PathIndex } from '../../../src/core/truth/path-index.js';
import { resolvePath } from '../../../src/core/truth/path-resolve.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { casesOf, DATA_MISSING, realTrees, treeOf } from './path-trees.js';

const FILES = [
  'README.md', 'package.json', 'LICENSE', 'CHANGELOG.md',
  'src/main.ts', 'src/index.ts', 'src/server/handler.ts', 'src/server/router.ts', 'src/server/index.ts', 'src/utils/strings.ts',
  'src/components/ListView.tsx', 'src/components/common/Button.tsx', 'src/components/common/index.ts', 'src/theme.css', 'src/theme.ts', 'src/style.css',
  'src/schema/v1.json', 'src/schema/v2.json', 'src/schema/user.json', 'src/Café.ts', 'src/Case.ts', 'src/case.ts',
  'docs/getting-started.md', 'docs/api.md', 'docs/my file.md', 'docs/[slug].md', 'docs/zh-TW/guide.md',
  'dup/a/shared.ts', 'dup/b/shared.ts', 'tests/handler.test.ts', 'config/app.yaml',
  'packages/core/package.json', 'packages/core/lib/engine.ts', 'packages/core/lib/wheel.ts', 'tools/deep/scripts/deploy.sh', 'data/users.csv', 'data/usage.csv', 'src/codecs/decoder.ts', 'docs/styled/two-words.md', 'docs/styled/twoWords.md', 'data/tests/x.ts',
];
const WORKSPACE = { roots: ['/home/kim/shop'], name: 'shop' };

function ask(path: string, backslashes = false, base = ''): PathAnswer {
  return resolvePath(INDEX, { path, backslashes }, { ...WORKSPACE, base });
}

const INDEX = new PathIndex();
for (const file of FILES) INDEX.add(file);
INDEX.add('.env.local', 'file', true);
INDEX.add('generated', 'folder', true);

interface Row {
  readonly path: string;
  readonly nearest: string | null;
  readonly step: PathStep | null;
  readonly tie?: boolean;
  readonly backslashes?: boolean;
}

const WRONG: readonly Row[] = [
  { path: 'src/Cafe\u0301.ts', nearest: 'src/Café.ts', step: 'unicode_form', tie: false },
  { path: 'docs/getting\u2011started.md', nearest: 'docs/getting-started.md', step: 'unicode_form', tie: false },
  { path: 'src//main.ts', nearest: 'src/main.ts', step: 'separators', tie: false },
  { path: './src//main.ts', nearest: './src/main.ts', step: 'separators', tie: false },
  { path: 'src\\server\\handler.ts', nearest: 'src/server/handler.ts', step: 'separators', tie: false },
  { path: 'src/server\\handlre.ts', nearest: 'src/server/handler.ts', step: 'transposed_letters', tie: false },
  { path: 'src\\server\\handlre.ts', nearest: 'src\\server\\handler.ts', step: 'transposed_letters', tie: false, backslashes: true },
  { path: 'src/components/listview.tsx', nearest: 'src/components/ListView.tsx', step: 'letter_case', tie: false },
  { path: 'SRC/Server/handler.ts', nearest: 'src/server/handler.ts', step: 'letter_case', tie: false },
  { path: 'Src/Server/', nearest: 'src/server/', step: 'letter_case', tie: false },
  { path: 'src/CASE.ts', nearest: null, step: null },
  { path: 'readme.md', nearest: 'README.md', step: 'letter_case', tie: true },
  { path: '/workspace/src/server/router.ts', nearest: 'src/server/router.ts', step: 'foreign_root', tie: true },
  { path: '/testbed/package.json', nearest: 'package.json', step: 'foreign_root', tie: true },
  { path: 'C:\\Users\\x\\repo\\src\\main.ts', nearest: 'src\\main.ts', step: 'foreign_root', tie: true, backslashes: true },
  // The separators go with the drive that called for them: alone, `src\main.ts` would be corrected once more.
  { path: 'C:\\Users\\x\\repo\\src\\main.ts', nearest: 'src/main.ts', step: 'foreign_root', tie: true },
  { path: 'src/components/list-view.tsx', nearest: 'src/components/ListView.tsx', step: 'name_style', tie: true },
  { path: 'src/components/list_view.tsx', nearest: 'src/components/ListView.tsx', step: 'name_style', tie: true },
  { path: 'docs/gettingStarted.md', nearest: 'docs/getting-started.md', step: 'name_style', tie: true },
  { path: 'docs/GettingStarted.txt', nearest: null, step: null },
  { path: 'docs/styled/two_words.md', nearest: null, step: null },
  { path: 'tests/handler.spec.ts', nearest: 'tests/handler.test.ts', step: 'extension', tie: true },
  { path: 'docs/egtting-strated.md', nearest: 'docs/getting-started.md', step: 'two_edits', tie: true },
  { path: 'data/test.ts', nearest: null, step: null },
  { path: '/home/other/shop/src/main.ts', nearest: 'src/main.ts', step: 'foreign_root', tie: true },
  { path: 'shop/src/main.ts', nearest: 'src/main.ts', step: 'foreign_root', tie: true },
  { path: '../src/main.ts', nearest: 'src/main.ts', step: 'relative_prefix', tie: true },
  { path: '../../docs/api.md', nearest: 'docs/api.md', step: 'relative_prefix', tie: true },
  { path: 'src/server/handler.js', nearest: 'src/server/handler.ts', step: 'extension', tie: true },
  { path: 'config/app.yml', nearest: 'config/app.yaml', step: 'extension', tie: true },
  { path: 'src/theme.tsx', nearest: 'src/theme.ts', step: 'extension', tie: true },
  { path: 'src/theme.less', nearest: 'src/theme.css', step: 'extension', tie: true },
  { path: 'src/theme.png', nearest: null, step: null },
  { path: 'scripts/deploy.ts', nearest: null, step: null },
  { path: 'src/strings.ts', nearest: 'src/utils/strings.ts', step: 'unique_name', tie: true },
  { path: 'app/common/Button.tsx', nearest: 'src/components/common/Button.tsx', step: 'unique_name', tie: true },
  { path: 'elsewhere/main.ts', nearest: null, step: null },
  { path: 'elsewhere/index.ts', nearest: null, step: null },
  { path: 'src/mian.ts', nearest: 'src/main.ts', step: 'transposed_letters', tie: false },
  { path: 'src/sever/handler.ts', nearest: 'src/server/handler.ts', step: 'one_edit', tie: false },
  { path: './src/server/handlr.ts', nearest: './src/server/handler.ts', step: 'one_edit', tie: false },
  { path: '/home/kim/shop/src/server/handlr.ts', nearest: '/home/kim/shop/src/server/handler.ts', step: 'one_edit', tie: false },
  { path: '~/shop/src/server/handlr.ts', nearest: '~/shop/src/server/handler.ts', step: 'one_edit', tie: false },
  { path: 'docs/geting-startd.md', nearest: 'docs/getting-started.md', step: 'two_edits', tie: true },
  { path: 'src/componets/', nearest: 'src/components/', step: 'one_edit', tie: false },
  { path: 'handlr.ts', nearest: 'handler.ts', step: 'one_edit', tie: true },
  { path: 'dup/shared.ts', nearest: null, step: null },
  { path: 'dup/c/shared.ts', nearest: null, step: null },
  { path: 'src/schema/v3.json', nearest: null, step: null },
  { path: 'docs/zh-CN/guide.md', nearest: 'docs/zh-TW/guide.md', step: 'unique_name', tie: true },
  { path: 'src/lib/server/index.ts', nearest: 'src/server/index.ts', step: 'directory', tie: true },
  { path: 'src/extra/index.ts', nearest: null, step: null },
  { path: 'server/handler.ts', nearest: 'src/server/handler.ts', step: 'unique_name', tie: true },
  { path: 'a/shared.ts', nearest: 'dup/a/shared.ts', step: 'directory', tie: true },
  { path: 'lib/engnie.ts', nearest: 'lib/engine.ts', step: 'transposed_letters', tie: true },
  { path: '.env.locl', nearest: null, step: null },
  { path: 'data/usrs.csv', nearest: 'data/users.csv', step: 'one_edit', tie: false },
  { path: 'data/user.csv', nearest: 'data/users.csv', step: 'one_edit', tie: false },
  { path: 'billing/invoices/ledger.py', nearest: null, step: null },
];

const KNOWN: readonly (readonly [string, 'file' | 'folder' | 'ignored'])[] = [
  ['src/main.ts', 'file'], ['./src/main.ts', 'file'], ['src/./server/../main.ts', 'file'], ['src', 'folder'], ['src/', 'folder'], ['.', 'folder'],
  ['/home/kim/shop', 'folder'], ['/home/kim/shop/src/main.ts', 'file'], ['~/shop/src/main.ts', 'file'], ['/src/main.ts', 'file'],
  ['handler.ts', 'file'], ['ListView.tsx', 'file'], ['.env.local', 'ignored'], ['generated', 'ignored'], ['LICENSE', 'file'],
  ['docs/my%20file.md', 'file'], ['docs/my\\ file.md', 'file'], ['docs/my file.md', 'file'], ['docs/[slug].md', 'file'],
  ['lib/engine.ts', 'file'], ['components/common', 'folder'], ['scripts/deploy.sh', 'file'], ['common/index.ts', 'file'],
];

const UNKNOWN: readonly string[] = [
  '', '/', '//server/share', '\\\\server\\share\\x', 'https://a.b/src/main.ts', '/etc/hosts', '/usr/bin/env', 'C:\\Windows\\x.dll', '~/other/file.ts', '~kim/x', '/api/users',
  '/docs', '../other/file.ts', '../../..', '/home/kim', '/home/other/proj/notes/x.ts', 'node_modules/left/index.js', 'dist/bundle.js', 'packages/core/dist/x.js', 'generated/client.ts',
  'src/**/*.ts', 'src/<name>.ts', '${root}/x.ts', '@scope/pkg', '@/components/x', 'a\u0000b', 'x'.repeat(2_000), 'refs/heads/main/src/main.ts', `${'../'.repeat(80)}x`,
];

describe('resolvePath', () => {
  for (const row of WRONG) {
    it(`${row.path} ${row.nearest === null ? 'has no clear counterpart' : `becomes ${row.nearest}`}`, () => {
      const answer = ask(row.path, row.backslashes ?? false);
      assert.ok(answer !== 'unknown' && !answer.known, JSON.stringify(answer));
      assert.equal(answer.nearest, row.nearest);
      assert.equal(answer.step, row.step);
      assert.equal(answer.score > 0, row.nearest !== null);
      if (row.tie !== undefined) assert.equal(answer.needsTie, row.tie);
    });
  }

  it('believes two edits at the start of a word only where they lie apart', () => {
    const score = (path: string): number => {
      const answer = ask(path);
      return answer === 'unknown' || answer.known ? -1 : answer.score;
    };
    assert.ok(score('src/codecs/encoder.ts') < 0.75);
    assert.ok(score('docs/egtting-strated.md') > 0.85);
  });

  it('knows what exists, however it is written', () => {
    for (const [path, is] of KNOWN) assert.deepEqual(ask(path), { known: true, is }, path);
    assert.deepEqual(ask('src\\main.ts', true), { known: true, is: 'file' });
    assert.deepEqual(ask('src\\\\main.ts', true), { known: true, is: 'file' });
  });

  it('says nothing of what is not its own', () => {
    for (const path of UNKNOWN) assert.equal(ask(path), 'unknown', path);
    assert.equal(resolvePath(new PathIndex(), { path: 'src/main.ts', backslashes: false }, WORKSPACE), 'unknown');
    assert.equal(resolvePath(INDEX, { path: 'src/later.gen.ts', backslashes: false }, { ...WORKSPACE, ignores: (path) => path.endsWith('.gen.ts') }), 'unknown');
  });

  it('reads relative paths from a stated working directory too', () => {
    assert.deepEqual(ask('engine.ts', false, 'packages/core/lib'), { known: true, is: 'file' });
    assert.deepEqual(ask('../../../src/main.ts', false, 'packages/core/lib'), { known: true, is: 'file' });
    assert.equal(JSON.stringify(ask('server/handlr.ts', false, 'src')).includes('"nearest":"server/handler.ts"'), true);
  });

  it('tells what resembles something from what is made up', () => {
    const resembles = (path: string): boolean | null => {
      const answer = ask(path);
      return answer === 'unknown' || answer.known ? null : answer.resembles;
    };
    for (const path of ['x/main.ts', 'x/list_view.py', 'src/getting_started.py', 'dup/c/shared.ts']) assert.equal(resembles(path), true, path);
    for (const path of ['src/billing/ledger.ts', 'core/quantum.py', 'src/server/payments.ts']) assert.equal(resembles(path), false, path);
  });

  it('keeps answers only as long as the index stands', () => {
    const files = ['src/main.ts'];
    const truth = truthOfFiles(files, { roots: ['/r/shop'] });
    assert.equal(truth.path({ path: 'src/mian.ts', backslashes: false }), truth.path({ path: 'src/mian.ts', backslashes: false }));
    assert.ok(truth.beginsTop('sr') && !truth.beginsTop('x'));
    assert.ok(truth.namesRoot('in /r/shop/src') && truth.namesRoot('in /r/shop.') && !truth.namesRoot('in /r/shopping') && !truth.namesRoot('/x/r/shop'.replace('/x', 'x/')));
    assert.ok(truth.confirm('a', 'b'));
    assert.equal(truth.fact('a', 'b'), null);
  });
});

describe('real trees', { skip: DATA_MISSING }, () => {
  it('know every path they hold, in every form', () => {
    for (const tree of realTrees()) {
      const truth = truthOfFiles(tree, { roots: ['/home/kim/work'] });
      for (const path of tree) {
        for (const form of [path, `./${path}`, `/home/kim/work/${path}`, path.slice(path.lastIndexOf('/') + 1)]) {
          const answer = truth.path({ path: form, backslashes: false });
          assert.ok(answer !== 'unknown' && answer.known, form);
        }
      }
    }
  });

  it('never take one mistyped component for another file and are sure of it', () => {
    const trees = realTrees().map((files) => ({ files, truth: truthOfFiles(files), set: new Set(files) }));
    let [asked, answered, sure, wrong] = [0, 0, 0, 0];
    const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(), letter, fc.nat(3), (which, file, part, at, other, how) => {
        const tree = trees[which % trees.length]!;
        const right = tree.files[file % tree.files.length]!;
        const parts = right.split('/');
        const k = part % parts.length;
        const text = parts[k]!;
        const stem = k === parts.length - 1 && text.lastIndexOf('.') > 0 ? text.slice(0, text.lastIndexOf('.')) : text;
        const i = at % stem.length;
        const next = stem[i + 1];
        const bent = [
          stem.slice(0, i) + stem.slice(i + 1),
          stem.slice(0, i) + other + stem.slice(i),
          stem.slice(0, i) + other + stem.slice(i + 1),
          next === undefined ? stem : stem.slice(0, i) + next + stem[i] + stem.slice(i + 2),
        ][how]!;
        parts[k] = bent + text.slice(stem.length);
        const path = parts.join('/');
        const answer = tree.truth.path({ path, backslashes: false });
        if (bent === '' || answer === 'unknown' || answer.known) return;
        asked += 1;
        if (answer.nearest === null) return;
        answered += 1;
        assert.ok(tree.set.has(answer.nearest), `${path} becomes ${answer.nearest}, which is not there`);
        if (answer.score < 0.9) return;
        sure += 1;
        if (answer.nearest !== right) wrong += 1;
      }),
      { seed: 16, numRuns: 12_000 },
    );
    // A mistyped name can be exactly as near to another, or be another's name: seldom, and no rule can tell.
    assert.ok(wrong / sure < 0.002, `${wrong} of ${sure} sure answers are another file`);
    assert.ok(answered / asked > 0.88, `${answered} of ${asked} answered`);
  });
});

describe('the development set', { skip: DATA_MISSING }, () => {
  const answerOf = (of: ReturnType<typeof casesOf>[number], path: string) => truthOfFiles(treeOf(of)).path({ path, backslashes: false });

  it('finds the right paths', () => {
    let [spans, answered, right] = [0, 0, 0];
    for (const each of casesOf('invalid_path.jsonl')) {
      for (const span of each.spans) {
        spans += 1;
        const answer = answerOf(each, span.detected);
        if (answer === 'unknown' || answer.known || answer.nearest === null) continue;
        answered += 1;
        if ([span.expected, ...(span.expected_any ?? [])].includes(answer.nearest)) right += 1;
      }
    }
    assert.ok(answered / spans >= 0.95, `${answered} of ${spans} answered`);
    assert.ok(right / answered >= 0.97, `${right} of ${answered} right`);
  });

  it('leaves right ones alone', () => {
    for (const each of [...casesOf('path_clean.jsonl'), ...casesOf('path_negatives.jsonl')]) {
      if (each.context.files_ref === undefined) continue;
      for (const { text, kind } of each.clean_mentions ?? []) {
        const answer = answerOf(each, text);
        if (['exists', 'dir', 'bare'].includes(kind) && !/:\d+$/.test(text)) assert.ok(answer !== 'unknown' && answer.known, `${kind} ${text}`);
        else if (kind !== 'future' && kind !== 'git-ref') assert.ok(answer === 'unknown' || answer.known || answer.score <= 0.6, `${kind} ${text}: ${JSON.stringify(answer)}`);
      }
    }
  });

  it('finds nothing like what was made up', () => {
    for (const each of casesOf('fabricated_path.jsonl')) {
      for (const span of each.spans) {
        const answer = answerOf(each, span.detected);
        assert.ok(answer !== 'unknown' && !answer.known && answer.nearest === null && !answer.resembles, `${span.detected}: ${JSON.stringify(answer)}`);
      }
    }
  });
});
