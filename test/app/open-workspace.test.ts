import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { type TestContext, test } from 'node:test';
import { createRewriteStream, createRewriteTransformStream, HotPatcher, openWorkspace, type Workspace, type WorkspaceOptions } from '../../src/index.js';

const FILES = ['src/main.ts', 'src/server.ts', 'config/defaults.json'];
const WRONG = 'It starts in `src/srever.ts`.';
const RIGHT = 'It starts in `src/server.ts`.';

function folder(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'hotpatch-open-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function put(root: string, file: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), '');
}

async function opened(t: TestContext, options: Partial<WorkspaceOptions> = {}): Promise<{ readonly root: string; readonly workspace: Workspace }> {
  const root = folder(t);
  for (const file of FILES) put(root, file);
  const workspace = await openWorkspace({ workspace: root, ...options });
  t.after(() => workspace.close());
  return { root, workspace };
}

const rewritten = (workspace: Workspace, answer = WRONG): Promise<string> => text(Readable.from([Buffer.from(answer)]).pipe(createRewriteStream({ format: 'text', workspace })));

test('the very first answer has its paths corrected, as a Node stream, a Web stream and a text', async (t) => {
  const { workspace } = await opened(t);
  assert.deepEqual([workspace.files, workspace.folders.map(({ state, files }) => [state, files])], [3, [['ready', 3]]]);
  assert.equal(await rewritten(workspace), RIGHT);
  const web = (Readable.toWeb(Readable.from([Buffer.from(WRONG)])) as ReadableStream<Uint8Array>).pipeThrough(createRewriteTransformStream({ format: 'text', workspace }));
  assert.equal(await text(web), RIGHT);
  const patcher = new HotPatcher({ workspace });
  assert.equal(patcher.intercept(WRONG).modified, RIGHT);
});

test('what changes on the disk is followed; a patcher that closes leaves the workspace open', async (t) => {
  const { workspace, root } = await opened(t);
  const patcher = new HotPatcher({ workspace });
  patcher.close();
  assert.equal(await rewritten(workspace), RIGHT);
  rmSync(join(root, 'src/server.ts'));
  assert.equal(await rewritten(workspace), WRONG);
});

test('a list of files goes before it, and rules beside it apply', async (t) => {
  const { workspace } = await opened(t);
  const rules = [{ match: 'literal', value: 'starts', replace: 'begins' }] as const;
  const made = (files?: readonly string[]): Promise<string> =>
    text(Readable.from([Buffer.from(WRONG)]).pipe(createRewriteStream({ format: 'text', workspace, rules, ...(files === undefined ? {} : { files }) })));
  assert.equal(await made(), 'It begins in `src/server.ts`.');
  assert.equal(await made(['src/srever.ts']), 'It begins in `src/srever.ts`.');
});

test('a closed workspace, or another object, is refused in words; streams under way go on', async (t) => {
  const { workspace } = await opened(t);
  const stream = createRewriteStream({ format: 'text', workspace });
  workspace.close();
  workspace.close();
  assert.equal(await text(Readable.from([Buffer.from(WRONG)]).pipe(stream)), WRONG);
  for (const none of [workspace, { files: 1, folders: [], close: () => undefined }]) {
    assert.throws(() => createRewriteStream({ format: 'text', workspace: none }), { name: 'RangeError', message: /what openWorkspace gave, not yet closed/ });
    assert.throws(() => new HotPatcher({ workspace: none }), RangeError);
  }
});

test('several folders, what is left out of them, one that is missing, and none at all', async (t) => {
  const [one, other] = [folder(t), folder(t)];
  put(one, 'src/server.ts');
  put(one, 'data/rules.db');
  put(other, 'lib/tool.ts');
  const faults: string[] = [];
  const gone = join(other, 'not-there');
  const workspace = await openWorkspace({ workspace: [one, other, gone], exclude: [join(one, 'data')], onFault: (message) => faults.push(message) });
  t.after(() => workspace.close());
  assert.equal(workspace.files, 2);
  assert.deepEqual(workspace.folders.map(({ state }) => state), ['ready', 'ready', 'gone']);
  assert.equal(faults.length, 1);
  assert.ok(faults[0]?.includes(gone), faults[0]);
  assert.equal(await rewritten(workspace, 'Open `lib/tol.ts` in it.'), 'Open `lib/tol.ts` in it.', 'of several folders none is meant before the answer or its request says so');
  await assert.rejects(openWorkspace({ workspace: [] }), RangeError);
  await assert.rejects(openWorkspace({ workspace: '' }), RangeError);
});
