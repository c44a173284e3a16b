import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { contextOf, FILES, scan, told } from './path-helpers.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';

const HITS: readonly (readonly [string, string])[] = [
  ['See `src/mian.ts` for it.', 'replace src/mian.ts -> src/main.ts'],
  ['See src/mian.ts for it.', 'replace src/mian.ts -> src/main.ts'],
  ['See "src/mian.ts".', 'replace src/mian.ts -> src/main.ts'],
  ["Look at 'src/server/ruoter.ts'.", 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['The [guide](docs/guide/geting-started.md#install) says so.', 'replace docs/guide/geting-started.md -> docs/guide/getting-started.md'],
  ['![Overview](docs/img/overveiw.png)', 'replace docs/img/overveiw.png -> docs/img/overview.png'],
  ['Edit `SRC/main.ts`.', 'replace SRC/main.ts -> src/main.ts'],
  ['Edit `src//main.ts`.', 'replace src//main.ts -> src/main.ts'],
  ['Edit `src\\server\\router.ts`.', 'replace src\\server\\router.ts -> src/server/router.ts'],
  ['It is in `/workspace/src/server/router.ts`.', 'replace /workspace/src/server/router.ts -> src/server/router.ts'],
  ['It is in `../src/server/router.ts`.', 'replace ../src/server/router.ts -> src/server/router.ts'],
  ['Line `src/server/ruoter.ts:42` throws.', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['Line `src/server/ruoter.ts:10:5`.', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['See src/server/ruoter.ts#L10-L20 now', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['src/server/ruoter.ts(10,5): error', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['`src/server/ruoter.ts:route` is the function.', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['It is `tests/router.test.js`, I think.', 'replace tests/router.test.js -> tests/router.test.ts'],
  ['Its home is `src/router.ts`.', 'replace src/router.ts -> src/server/router.ts'],
  ["The file src/server/ruoter.ts's exports", 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['Finally, **src/server/ruoter.ts**:', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['| `src/server/ruoter.ts` | routes |', 'replace src/server/ruoter.ts -> src/server/router.ts'],
  ['```sh\ncat src/mian.ts\n```\n', 'replace src/mian.ts -> src/main.ts'],
  ['```python\n# Tests/conftest.py\nimport pytest\n```\n', 'replace Tests/conftest.py -> tests/conftest.py'],
  ['File: Docs/architecture.md\n', 'replace Docs/architecture.md -> docs/architecture.md'],
  ['```ts\nrun src/mian.ts\n```\n', 'report src/mian.ts -> src/main.ts'],
  ['```diff\n- see src/mian.ts\n```\n', 'report src/mian.ts -> src/main.ts'],
  ['<file>../src/server/router.ts</file>', 'replace ../src/server/router.ts -> src/server/router.ts'],
  ['It is in `src/widgets/tab-panel.tsx`.', 'replace src/widgets/tab-panel.tsx -> src/widgets/TabPanel.tsx'],
  ['It is in `src/widgets/side-abr.tsx`.', 'replace src/widgets/side-abr.tsx -> src/widgets/side-bar.tsx'],
  ['It is in `model//user.py`.', 'replace model//user.py -> model/user.py'],
  ['It is in `example/loop.tsx`.', 'replace example/loop.tsx -> example/loop.ts'],
  ['Its home is `example/router.ts`.', 'replace example/router.ts -> src/server/router.ts'],
  ['Its home is `/workspace/assets/raw/sample.tar`.', 'replace /workspace/assets/raw/sample.tar -> assets/raw/sample.tar'],
  ['Then run `node ../src/main.ts`.', 'replace ../src/main.ts -> src/main.ts'],
  ['Its home is `tests/router.etset.ts`.', 'report tests/router.etset.ts'],
  ['```sh\n$ grep -n x Docs/architecture.md\n```\n', 'replace Docs/architecture.md -> docs/architecture.md'],
  ['```sh\n$ frob -n x Docs/architecture.md\n```\n', 'report Docs/architecture.md -> docs/architecture.md'],
  ['Its home is `src/min.ts`.', 'report src/min.ts'],
  ['Its home is `assets/sample.tar`.', 'replace assets/sample.tar -> assets/raw/sample.tar'],
  ['Read `Docs/日本語/手引き.md`.', 'replace Docs/日本語/手引き.md -> docs/日本語/手引き.md'],
];

const NEAR_MISSES: readonly string[] = [
  'See `src/main.ts` and src/server/router.ts:10:5, or "docs/architecture.md".',
  'The `router.ts` and `TabPanel.tsx` files, as package.json says.',
  'Open `my notes/release plan.md` or "my notes/release plan.md" now.',
  'In `src/widgets/[slug]/page.tsx` the slug is read.',
  'https://example.com/src/mian.ts and http://x.io/a,src/mian.ts?b=src/mian.ts',
  'Use `@scope/src` or `@/server/ruoter`, and node:fs/promises.',
  'The globs `src/**/*.tsx`, `src/{mian,x}.ts` and *.ts match.',
  'A placeholder: `path/to/mian.ts`, `src/<mian>.ts`, `your-app/mian.ts`.',
  'On 2024/01/15, 3/4 of and/or 10.0.0.0/8 at 1/2-inch.',
  'Look in /etc/hosts, /usr/bin/env, `C:\\Windows\\System32\\drivers.ini` and ~/src/mian.ts.',
  'It is `\\\\server\\share\\mian.ts`.',
  'Create `src/mian.ts` with this content.',
  'I added a new file `src/server/ruoter.ts`.',
  'Rename it to `src/mains.ts`.',
  'There is no `src/mian.ts` here.',
  '`src/mian.ts` does not exist.',
  'Use src/main.ts instead of `src/mian.ts`.',
  'The file `src/mian.ts` will be created.',
  '```sh\ntouch src/mian.ts\nmkdir -p src/srever/x.ts\n```\n',
  '```sh\necho hi > src/mian.ts\n```\n',
  '```\nsrc/\n├── mian.ts\n└── server/ruoter.ts\n```\n',
  "```ts\nimport { x } from './server/router.ts';\n```\n",
  'obj.prop.mian and foo.bar.baz(1) or Node.js, e.g. this, i.e. that.',
  '$HOME/src/mian.ts ${ROOT}/src/mian.ts $(pwd)/src/mian.ts %APPDATA%\\src\\mian.ts',
  'text/html, application/json; image/png and ghcr.io/owner/src:latest',
  'git push origin src/mian and git checkout feat/server/ruoter',
  'src/... and src/… and .../mian.ts',
  '<div>src</div></span> and <br/>',
  'See `src/mian.ts` (new file).',
  'Its home is `foo/router.ts`, or `build/router.ts`, or /deploy/kubernetes.tar.',
  'The SDK (`shop@4.1.0` `src/server/ruoter.ts`) throws it.',
  '```\n--- a/index.ts\n+++ b/index.ts\n```\n',
  '<your-repo>/src/mian.ts and <b>/src/mian.ts</b>',
  'The type `model/vnd.mtl`, `text/x.markdown` or `application/vnd.api+json`.',
  'In Next.js/React/Vue.js apps; `origin/feature/mian.ts` is a branch.',
];

test('wrong paths are corrected, in whatever form, however the text is cut', () => {
  for (const [text, expected] of HITS) {
    everySplit(text, (pieces) => assert.deepEqual(told(scan(pieces).findings), [expected], text));
  }
});

test('what is right, or only looks like a path, is left alone', () => {
  for (const text of NEAR_MISSES) everySplit(text, (pieces) => assert.deepEqual(told(scan(pieces).findings), [], text));
});

test('a finding covers the path without its quotes and line suffix', () => {
  const text = 'At `src/server/ruoter.ts:42`.';
  const [finding] = scan([text]).findings;
  assert.equal(text.slice(finding?.start, finding?.end), 'src/server/ruoter.ts');
});

test('letters that have left are kept where they are right, and only then', () => {
  const [kept] = scan([...'See src/mian.ts for it.']).findings;
  assert.deepEqual([kept?.start, (kept as { from?: number } | undefined)?.from, kept?.verdict.strategy], [4, 7, 'replace']);
  const [lost] = scan([...'See Src/main.ts for it.']).findings;
  assert.equal(lost?.verdict.strategy, 'report');
});

test('what the request or the answer names as its own is known', () => {
  const request = { ...EMPTY_REQUEST, tied: true, texts: () => [{ role: 'user' as const, text: 'I have src/mian.ts here' }, { role: 'tool' as const, text: 'ENOENT: no such file src/server/ruoter.ts' }] };
  const context = contextOf(truthOfFiles(FILES), request);
  assert.deepEqual(told(scan(['See `src/mian.ts` and `src/server/ruoter.ts`.'], context).findings), ['replace src/server/ruoter.ts -> src/server/router.ts']);
  assert.deepEqual(told(scan(['I will create `src/mian.ts` now.\n\nThen open `src/mian.ts`.']).findings), []);
});

test('untied, only spelling and one slip are believed', () => {
  const untied = contextOf(truthOfFiles(FILES), { ...EMPTY_REQUEST, tied: false });
  assert.deepEqual(told(scan(['Its home is `src/router.ts`.'], untied).findings), []);
  assert.deepEqual(told(scan(['See `src/mian.ts`.'], untied).findings), ['replace src/mian.ts -> src/main.ts']);
  assert.deepEqual(told(scan(['See `test/conftest.py`.'], untied).findings), []);
  assert.deepEqual(told(scan(['See `test/conftest.py`.']).findings), ['replace test/conftest.py -> tests/conftest.py']);
  // Two files of the answer that exist tie it from there on.
  assert.deepEqual(told(scan(['See `src/main.ts`, `docs/architecture.md` and `src/router.ts`.'], untied).findings), ['replace src/router.ts -> src/server/router.ts']);
});

test('an edit is asked for once more before it is made', () => {
  const asked: string[] = [];
  const truth = truthOfFiles(FILES);
  const stale = { path: truth.path.bind(truth), namesRoot: () => false, beginsTop: truth.beginsTop.bind(truth), fact: () => null, confirm: (wrong: string, right: string) => asked.push(`${wrong} ${right}`) < 0 };
  assert.deepEqual(scan(['See `src/mian.ts` and `src/main.ts`.'], contextOf(stale)).findings, []);
  assert.deepEqual(asked, ['src/mian.ts src/main.ts']);
});

test('no truth, no verdict, no work', async () => {
  const { nothingKnown } = await import('../../../src/core/truth/ground-truth.js');
  const { invalidPath } = await import('../../../src/core/detect/invalid-path.js');
  assert.equal(invalidPath.start(contextOf(nothingKnown), 'prose'), null);
});

for (const { text, finds } of [
  { text: "```js\nimport x from './src/server/ruoter.ts';\n```\n", finds: 1 },
  { text: 'The router is in `src/server/ruoter.ts` now.\n', finds: 1 },
]) {
  test(`validate_imports: ${JSON.stringify(text)}`, () => {
    const context = contextOf();
    const off = { ...context, rules: { ...context.rules, switches: new Map([['validate_imports', { enabled: false, threshold: 0 }]] as const) } };
    assert.equal(scan([text], context).findings.length, finds);
    assert.equal(scan([text], off).findings.length, /^```/.test(text) ? 0 : finds);
  });
}

test('invalid_path: the path in a tag of a tool that writes is another file\'s, unless it only differs in spelling', () => {
  const found = (tag: string, path: string): readonly string[] => told(scan([`<${tag}>\n<path>${path}</path>\n</${tag}>\n`]).findings);
  assert.deepEqual(found('write_to_file', 'src/mian.ts'), []);
  assert.deepEqual(found('read_file', 'src/mian.ts'), ['replace src/mian.ts -> src/main.ts']);
  assert.deepEqual(found('write_to_file', 'SRC/main.ts'), ['replace SRC/main.ts -> src/main.ts']);
});
