import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fabricatedPath } from '../../../src/core/detect/fabricated-path.js';
import type { ExchangeContext, Finding } from '../../../src/core/detect/detector.js';
import { invalidPath } from '../../../src/core/detect/invalid-path.js';
import { PathIndex } from '../../../src/core/truth/path-index.js';
import { IndexTruth, truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { EMPTY_REQUEST, readRequest } from '../../../src/core/truth/request-context.js';
import type { ChannelKind } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { contextOf, FILES, told } from './path-helpers.js';

const ROOT = '/home/dev/shop';
const truth = truthOfFiles(FILES, { roots: [ROOT] });
/** Anew for each answer: what its calls write is remembered with it. */
const tied = (): ExchangeContext => contextOf(truth);
const untied = contextOf(truth, { ...EMPTY_REQUEST, tied: false });

interface Judged {
  readonly findings: readonly Finding[];
  readonly frontiers: readonly number[];
}

function judge(pieces: readonly string[], kind: ChannelKind = 'read_path', context: ExchangeContext = tied(), finish: string | null = 'value'): Judged {
  const findings: Finding[] = [];
  const runs = [invalidPath, fabricatedPath].flatMap((detector) => detector.start(context, kind) ?? []);
  const view = { text: '', base: 0, fresh: '', ended: false, finish: null as string | null };
  const advance = (): number => Math.min(view.text.length, ...runs.map((run) => run.advance(view, (finding) => findings.push(finding))));
  const frontiers = pieces.map((piece) => {
    view.text += piece;
    view.fresh = piece;
    return advance();
  });
  Object.assign(view, { fresh: '', ended: true, finish });
  frontiers.push(advance());
  return { findings, frontiers };
}

const TABLE: readonly { readonly value: string; readonly read?: string; readonly written?: string }[] = [
  // What is there.
  { value: 'src/main.ts' }, { value: './src/main.ts' }, { value: `${ROOT}/src/main.ts` }, { value: 'src' }, { value: 'src/' }, { value: '.' }, { value: './' }, { value: '/' }, { value: '' }, { value: ROOT },
  { value: 'my notes/release plan.md' }, { value: 'src/main.ts:42' }, { value: 'src/widgets/[slug]/page.tsx' }, { value: 'docs/日本語/手引き.md' },
  // Slips of a reader.
  { value: 'src/mian.ts', read: 'replace src/mian.ts -> src/main.ts' },
  { value: './src/mian.ts', read: 'replace ./src/mian.ts -> ./src/main.ts' },
  { value: `${ROOT}/src/mian.ts`, read: `replace ${ROOT}/src/mian.ts -> ${ROOT}/src/main.ts` },
  { value: 'src/mian.ts:42', read: 'replace src/mian.ts -> src/main.ts' },
  { value: 'src/mian.ts#L10-L20', read: 'replace src/mian.ts -> src/main.ts' },
  { value: 'scr/server/router.ts', read: 'replace scr/server/router.ts -> src/server/router.ts' },
  { value: 'server/router.ts', read: 'replace server/router.ts -> src/server/router.ts' },
  { value: 'src/routes/listener.ts', read: 'replace src/routes/listener.ts -> src/server/listener.ts' },
  { value: 'src/server/listener.js', read: 'replace src/server/listener.js -> src/server/listener.ts' },
  { value: '/workspace/src/server/router.ts', read: 'replace /workspace/src/server/router.ts -> src/server/router.ts' },
  { value: 'my notes/relaese plan.md', read: 'replace my notes/relaese plan.md -> my notes/release plan.md' },
  { value: `${ROOT}/server/router.ts`, read: `replace ${ROOT}/server/router.ts -> ${ROOT}/src/server/router.ts` },
  { value: `${ROOT}/router.ts` }, { value: `${ROOT}/dist/server/router.js` }, { value: '/path/to/src/server/router.ts' },
  { value: 'src/servre', read: 'replace src/servre -> src/server' },
  { value: 'src/servre/', read: 'replace src/servre/ -> src/server/' },
  // Spelling: wrong whatever the tool does.
  { value: 'SRC/Main.ts', read: 'replace SRC/Main.ts -> src/main.ts', written: 'replace SRC/Main.ts -> src/main.ts' },
  { value: 'src\\server\\router.ts', read: 'replace src\\server\\router.ts -> src/server/router.ts', written: 'replace src\\server\\router.ts -> src/server/router.ts' },
  { value: 'src//main.ts', read: 'replace src//main.ts -> src/main.ts', written: 'replace src//main.ts -> src/main.ts' },
  // Nothing is meant for sure.
  { value: 'lib/payments/stripe.ts', read: 'report lib/payments/stripe.ts' },
  // No path, or another's.
  ...['src/**/*.ts', 'src/*.ts', '*.ts', '{src,lib}/mian.ts', 'https://example.org/src/mian.ts', 'file:///src/mian.ts', '$HOME/src/mian.ts', '`pwd`/src/mian.ts', 'src/mian.ts\nsrc/other.ts', ' src/mian.ts', 'src/mian.ts ', 'src/mian.ts; ls',
    '@scope/pkg', '/etc/hosts', '/usr/lib/x.so', 'C:\\Windows\\system.ini', '~', 'path/to/file.ts', 'node_modules/x/index.js', 'dist/mian.js', 'refs/heads/main', '--help', 'src/... /main.ts', 'a?b', 'x'].map((value) => ({ value })),
];

for (const { value, read, written } of TABLE) {
  test(`path argument: ${JSON.stringify(value)}`, () => {
    const results = (kind: ChannelKind): void => {
      everySplit(value, (pieces) => {
        const { findings, frontiers } = judge(pieces, kind);
        const expect = kind === 'read_path' ? read : written;
        assert.deepEqual(told(findings), expect === undefined ? [] : [expect]);
        if (value.length <= 1_024) assert.ok(frontiers.slice(0, -1).every((frontier) => frontier === 0), 'held whole');
        assert.equal(frontiers.at(-1), value.length);
      });
    };
    results('read_path');
    results('written_path');
  });
}

test('path argument: where the workspace lies says nothing of its files: a folder below /tmp or build is not built', () => {
  for (const root of ['/tmp/session-1/shop', '/home/dev/build/shop', 'D:\\out\\shop']) {
    const context = contextOf(truthOfFiles(FILES, { roots: [root] }));
    const separator = root.includes('\\') ? '\\' : '/';
    const at = (path: string): string => `${root}/${path}`.replaceAll('/', separator);
    const found = (path: string): readonly string[] => told(judge([at(path)], 'read_path', context).findings);
    assert.deepEqual(found('src/routes/listener.ts'), [`replace ${at('src/routes/listener.ts')} -> ${at('src/server/listener.ts')}`]);
    assert.deepEqual(found('src/server/listener.js'), [`replace ${at('src/server/listener.js')} -> ${at('src/server/listener.ts')}`]);
    assert.deepEqual(found('dist/server/listener.ts'), []);
  }
  const foreign = told(judge(['/tmp/session-2/src/server/router.ts']).findings);
  assert.deepEqual(foreign, ['replace /tmp/session-2/src/server/router.ts -> src/server/router.ts']);
});

test('path argument: untied, only spelling and one slip', () => {
  const found = (value: string): readonly string[] => told(judge([value], 'read_path', untied).findings);
  assert.deepEqual(found('src/mian.ts'), ['replace src/mian.ts -> src/main.ts']);
  assert.deepEqual(found('SRC/main.ts'), ['replace SRC/main.ts -> src/main.ts']);
  for (const value of ['src/routes/listener.ts', 'lib/payments/stripe.ts', 'lib/listener.ts', 'Main.ts']) assert.deepEqual(found(value), [], value);
});

test('path argument: a value that was cut off, is too long or has left is left alone', () => {
  for (const finish of [null, 'stop', 'length', 'tool_calls', 'next']) assert.deepEqual(judge(['src/mian.ts'], 'read_path', tied(), finish).findings, [], String(finish));
  const long = `${'x/'.repeat(520)}mian.ts`;
  const { findings, frontiers } = judge([long.slice(0, 1_000), long.slice(1_000)]);
  assert.deepEqual(findings, []);
  assert.deepEqual(frontiers, [0, long.length, long.length]);
  const run = invalidPath.start(tied(), 'read_path')!;
  const view = { text: 'src/mi', base: 0, fresh: 'src/mi', ended: false, finish: null };
  assert.equal(run.advance(view, () => assert.fail()), 0);
  run.letGo(6);
  assert.equal(run.advance({ ...view, text: 'src/mian.ts', fresh: 'an.ts', ended: true, finish: 'value' }, () => assert.fail()), 11);
});

test('path argument: what the request names is known; what an assistant said before is not', () => {
  const request = (role: string, content: string, more: Readonly<Record<string, unknown>> = {}): ExchangeContext =>
    contextOf(truth, { ...readRequest('ollama-chat', Buffer.from(JSON.stringify({ messages: [{ role, content, ...more }] }))), tied: true });
  const found = (context: ExchangeContext): number => judge(['src/mian.ts'], 'read_path', context).findings.length;
  assert.equal(found(request('user', 'Read src/mian.ts, please.')), 0);
  assert.equal(found(request('tool', 'src/mian.ts\nsrc/main.ts')), 0);
  assert.equal(found(request('tool', 'ENOENT: no such file or directory, open \'src/mian.ts\'')), 1);
  assert.equal(found(request('assistant', 'I shall read src/mian.ts')), 1);
  assert.equal(found(request('user', 'Read the main file.')), 1);
});

test('path argument: a stated working directory makes the paths below it known, and others are mended from there', () => {
  const index = new PathIndex();
  for (const file of FILES) index.add(file);
  const below = new IndexTruth(index, { roots: [ROOT], name: 'shop', base: 'src' });
  const found = (value: string): readonly string[] => told(judge([value], 'read_path', contextOf(below)).findings);
  assert.deepEqual(found('server/router.ts'), []);
  assert.deepEqual(found('../docs/architecture.md'), []);
  assert.deepEqual(found('server/ruoter.ts'), ['replace server/ruoter.ts -> server/router.ts']);
});

test('path argument: an absolute path stays one where the request states the folder', () => {
  const stating = (folder: string): ExchangeContext => contextOf(truth, { ...EMPTY_REQUEST, tied: true, workingDirectory: () => folder });
  const found = (folder: string): readonly string[] => told(judge(['/workspace/src/main.ts'], 'read_path', stating(folder)).findings);
  assert.deepEqual(found(ROOT), [`replace /workspace/src/main.ts -> ${ROOT}/src/main.ts`]);
  assert.deepEqual(found('/somewhere/else'), ['replace /workspace/src/main.ts -> src/main.ts']);
});

test('path argument: what a call of this answer writes, another may read', () => {
  const context = contextOf(truth);
  assert.deepEqual(told(judge(['src/mian.ts'], 'written_path', context).findings), []);
  assert.deepEqual(told(judge(['src/mian.ts'], 'read_path', context).findings), []);
  assert.deepEqual(told(judge(['src/mian.ts'], 'read_path', contextOf(truth)).findings), ['replace src/mian.ts -> src/main.ts']);
});

test('path argument: the disk has the last word', () => {
  const index = new PathIndex();
  for (const file of FILES) index.add(file);
  const doubtful = contextOf(new IndexTruth(index, { roots: [], name: '' }, () => null, () => false));
  assert.deepEqual(judge(['src/mian.ts'], 'read_path', doubtful).findings, []);
});
