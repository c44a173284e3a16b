import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { nodeDisk, type Disk } from '../../../src/node/truth/disk.js';
import { openWorkspaces } from '../../../src/node/truth/workspace-index.js';
import { folderWith, isKnown, nearestOf, opened, put } from './harness.js';

const SECOND = 1_000;

describe('a workspace on disk', () => {
  it('knows what is there, ignored files too, and nothing of what it may not enter', async (t) => {
    const root = folderWith(t, {
      '.gitignore': '*.log\n/generated/\nbuild/\n!keep.log\n',
      '.git/info/exclude': 'private.txt\n',
      '.git/HEAD': 'ref: refs/heads/main',
      'src/main.ts': '',
      'src/server/handler.ts': '',
      'src/debug.log': '',
      'src/keep.log': '',
      'src/deep/.gitignore': '!special.log\nsecret*\n',
      'src/deep/special.log': '',
      'src/deep/secret-plan.md': '',
      'generated/client.ts': '',
      'node_modules/left/index.js': '',
      'private.txt': '',
    });
    const { ask, workspaces } = await opened(t, root);
    const cases: readonly [string, unknown][] = [
      ['src/main.ts', { known: true, is: 'file' }],
      ['src/server', { known: true, is: 'folder' }],
      ['src/debug.log', { known: true, is: 'ignored' }],
      ['src/keep.log', { known: true, is: 'file' }],
      ['src/deep/special.log', { known: true, is: 'file' }],
      ['src/deep/secret-plan.md', { known: true, is: 'ignored' }],
      ['private.txt', { known: true, is: 'ignored' }],
      ['generated/', { known: true, is: 'ignored' }],
      ['generated/other.ts', 'unknown'],
      ['src/build/main.ts', 'unknown'],
      ['src/later.log', 'unknown'],
      ['node_modules/left/index.js', 'unknown'],
      ['.git/HEAD', 'unknown'],
    ];
    for (const [path, expected] of cases) assert.deepEqual(ask(path), expected, path);
    assert.equal(nearestOf(ask('src/mian.ts')), 'src/main.ts');
    assert.equal(nearestOf(ask('src/deep/secret-plam.md')), null, 'an ignored file is never suggested');
    assert.equal(workspaces.files, 6);
    assert.equal(nearestOf(ask(`${root}/src/mian.ts`)), `${root}/src/main.ts`);
  });

  it('sees files come, move and go within a second', async (t) => {
    const root = folderWith(t, { 'src/main.ts': '', 'lib/a/b/c.ts': '' });
    const { ask, until } = await opened(t, root);
    const within = async (what: string, holds: () => boolean): Promise<void> => assert.ok((await until(what, holds)) < SECOND, what);

    put(root, 'src/fresh.ts');
    await within('created', () => isKnown(ask('src/fresh.ts')));
    renameSync(join(root, 'src/fresh.ts'), join(root, 'src/renamed.ts'));
    await within('renamed', () => isKnown(ask('src/renamed.ts')) && !isKnown(ask('src/fresh.ts')));
    rmSync(join(root, 'src/renamed.ts'));
    await within('deleted', () => !isKnown(ask('src/renamed.ts')));
    put(root, 'one/two/three/four.ts');
    await within('a tree of new folders', () => isKnown(ask('one/two/three/four.ts')));
    put(root, 'one/two/three/five.ts');
    await within('a file in a new folder', () => isKnown(ask('one/two/three/five.ts')));
    renameSync(join(root, 'lib/a'), join(root, 'lib/z'));
    await within('a folder moved', () => isKnown(ask('lib/z/b/c.ts')) && !isKnown(ask('lib/a/b/c.ts')));
    put(root, 'lib/z/b/d.ts');
    await within('a file in the moved folder', () => isKnown(ask('lib/z/b/d.ts')));
    rmSync(join(root, 'lib'), { recursive: true });
    await within('a tree removed', () => !isKnown(ask('lib/z/b/c.ts')) && !isKnown(ask('lib')));
    writeFileSync(join(root, 'lib'), 'now a file');
    await within('a file in a folder’s place', () => isKnown(ask('lib')));
  });

  it('follows a switch between branches: folders removed and made again under the same names', async (t) => {
    const files = (branch: string): string[] => Array.from({ length: 120 }, (_, i) => `src/part${i % 12}/${branch}${i}.ts`);
    const root = folderWith(t, Object.fromEntries(files('main').map((path) => [path, ''])));
    const { ask, until } = await opened(t, root);
    for (const [from, to] of [['main', 'other'], ['other', 'main'], ['main', 'third']] as const) {
      for (let part = 0; part < 12; part += 1) {
        rmSync(join(root, `src/part${part}`), { recursive: true });
        for (const path of files(to)) if (path.startsWith(`src/part${part}/`)) put(root, path);
      }
      const took = await until(`the files of ${to}`, () => files(to).every((path) => isKnown(ask(path))) && !files(from).some((path) => isKnown(ask(path))));
      assert.ok(took < SECOND, `${to} after ${took} ms`);
    }
    // The folders made again are watched as the first ones were.
    put(root, 'src/part5/late.ts');
    await until('a file in a folder made again', () => isKnown(ask('src/part5/late.ts')));
  });

  it('applies rules that change', async (t) => {
    const root = folderWith(t, { 'src/a.ts': '', 'out/b.ts': '', 'out/sub/c.ts': '' });
    const { ask, until } = await opened(t, root);
    assert.equal(nearestOf(ask('out/sub/d.tsx')), null);
    put(root, '.gitignore', 'out/\n');
    await until('the folder ignored', () => ask('out/sub/c.ts') === 'unknown');
    put(root, '.gitignore', 'nothing\n');
    await until('the folder no longer ignored', () => isKnown(ask('out/sub/c.ts')));
    rmSync(join(root, '.gitignore'));
    put(root, 'out/sub/.gitignore', '*.ts');
    await until('a rule below', () => JSON.stringify(ask('out/sub/c.ts')) === '{"known":true,"is":"ignored"}');
  });

  it('follows no symbolic link, neither in circles nor out of the root', async (t) => {
    const outside = folderWith(t, { 'treasure.ts': '' });
    const root = folderWith(t, { 'src/main.ts': '' });
    symlinkSync('..', join(root, 'src/loop'));
    symlinkSync(outside, join(root, 'out'));
    symlinkSync('nowhere', join(root, 'broken'));
    const touched: string[] = [];
    const disk: Disk = { ...nodeDisk, list: (path, each) => (touched.push(path), nodeDisk.list(path, each)), look: (path) => (touched.push(path), nodeDisk.look(path)) };
    const { ask, workspaces, until } = await opened(t, root, { disk });
    assert.equal(workspaces.files, 1);
    assert.deepEqual(ask('src/loop'), { known: true, is: 'ignored' });
    for (const path of ['src/loop/src/main.ts', 'out/treasure.ts', 'out/tresaure.ts', 'broken/x.ts']) assert.equal(ask(path), 'unknown', path);
    assert.deepEqual(touched.filter((path) => !path.startsWith(root) || /loop\/|out\/|broken\//.test(path)), []);
    // A folder that gives way to a link is entered no more.
    rmSync(join(root, 'src'), { recursive: true });
    symlinkSync(outside, join(root, 'src'));
    await until('the folder gave way', () => ask('src/treasure.ts') === 'unknown' && ask('src/main.ts') === 'unknown');
    assert.equal(workspaces.files, 0);
  });

  it('leaves its own files out', async (t) => {
    const root = folderWith(t, { 'main.ts': '', 'data/hot.db': '', 'data/hot.db-wal': '', 'data/hot.db-shm': '', 'data/hot.dbx': '', 'logs/corrections.log': '' });
    const { ask, until } = await opened(t, root, { exclude: [join(root, 'data/hot.db'), join(root, 'logs')] });
    for (const path of ['data/hot.db', 'data/hot.db-wal', 'data/hot.db-shm', 'logs/corrections.log', 'logs']) assert.equal(isKnown(ask(path)), false, path);
    assert.ok(isKnown(ask('data/hot.dbx')));
    put(root, 'data/hot.db-journal');
    put(root, 'data/mark.txt');
    await until('the mark', () => isKnown(ask('data/mark.txt')));
    assert.equal(isKnown(ask('data/hot.db-journal')), false);
  });

  it('says nothing below a folder that it may not read', async (t) => {
    const root = folderWith(t, { 'src/main.ts': '', 'locked/a.ts': '' });
    if (process.getuid?.() !== 0) chmodSync(join(root, 'locked'), 0);
    const disk: Disk = { ...nodeDisk, list: (path, each) => (path.endsWith('/locked') ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) : nodeDisk.list(path, each)) };
    const { ask } = await opened(t, root, { disk });
    chmodSync(join(root, 'locked'), 0o700);
    assert.equal(ask('locked/b.ts'), 'unknown');
    assert.ok(isKnown(ask('locked')));
    assert.ok(isKnown(ask('src/main.ts')));
  });

  it('rescans where watching is impossible, and says so once', async (t) => {
    const root = folderWith(t, { 'a/one.ts': '', 'b/two.ts': '' });
    let watched = 0;
    const disk: Disk = {
      ...nodeDisk,
      watch: (path, changed, failed) => {
        watched += 1;
        if (watched > 2) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return nodeDisk.watch(path, changed, failed);
      },
    };
    const { ask, until, messages } = await opened(t, root, { disk, pollMs: 50 });
    assert.equal(messages.length, 1);
    assert.match(messages[0]!, /ENOSPC.*rescanned/);
    put(root, 'a/three.ts');
    put(root, 'b/c/four.ts');
    rmSync(join(root, 'b/two.ts'));
    assert.ok((await until('changes by rescan', () => isKnown(ask('a/three.ts')) && isKnown(ask('b/c/four.ts')) && !isKnown(ask('b/two.ts')))) < SECOND);
    put(root, 'a/.gitignore', 'three.ts');
    await until('a rule by rescan', () => JSON.stringify(ask('a/three.ts')) === '{"known":true,"is":"ignored"}');
    put(root, 'a/.gitignore', 'other.ts');
    await until('a changed rule by rescan', () => JSON.stringify(ask('a/three.ts')) === '{"known":true,"is":"file"}');
    assert.equal(messages.length, 1);
  });

  it('knows nothing while its root is gone, and again when it is back', async (t) => {
    const root = folderWith(t, { 'src/main.ts': '' });
    const { ask, until, messages } = await opened(t, root);
    renameSync(root, `${root}-away`);
    t.after(() => rmSync(`${root}-away`, { recursive: true, force: true }));
    await until('the root gone', () => ask('src/main.ts') === 'unknown');
    assert.match(messages[0]!, /is not there/);
    mkdirSync(join(root, 'lib'), { recursive: true });
    writeFileSync(join(root, 'lib/new.ts'), '');
    await until('another root', () => isKnown(ask('lib/new.ts')));
    assert.equal(isKnown(ask('src/main.ts')), false);
    assert.equal(messages.length, 2);
    put(root, 'lib/newer.ts');
    await until('watched again', () => isKnown(ask('lib/newer.ts')));
  });

  it('waits for a root that is not there yet, and knows nothing of an empty one', async (t) => {
    const parent = folderWith(t);
    mkdirSync(join(parent, 'empty'));
    const { ask, messages } = await opened(t, join(parent, 'missing'));
    assert.equal(ask('src/main.ts'), 'unknown');
    assert.equal(messages.length, 1);
    const empty = await opened(t, join(parent, 'empty'));
    assert.equal(empty.ask('src/main.ts'), 'unknown');
  });

  it('is silent of a tree that is too large', async (t) => {
    const root = folderWith(t, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}.ts`, ''])));
    const { ask, messages } = await opened(t, root, { mostEntries: 20 });
    assert.equal(ask('f1.ts'), 'unknown');
    assert.match(messages[0]!, /more than 20/);
  });
});

describe('several workspaces', () => {
  it('are chosen by header, then by directory; without either all of them answer together', async (t) => {
    const one = folderWith(t, { 'src/alpha.ts': '', 'docs/same.md': '', 'pkg/tool/run-all.ts': '' });
    const two = folderWith(t, { 'src/beta.ts': '', 'docs/same.md': '' });
    const { workspaces } = await opened(t, [one, two]);
    const truth = (workingDirectory: string | null, workspaceHeader: string | null = null) => workspaces.truthFor({ workingDirectory, workspaceHeader });
    const ask = (of: ReturnType<typeof truth>, path: string) => of.path({ path, backslashes: false });

    assert.ok(isKnown(ask(truth(null), 'src/alpha.ts')) && isKnown(ask(truth(null), 'src/beta.ts')));
    assert.equal(nearestOf(ask(truth(null), 'src/alhpa.ts')), 'src/alpha.ts');
    assert.equal(nearestOf(ask(truth(null), 'docs/smae.md')), null, 'as good in both');
    assert.equal(nearestOf(ask(truth(one), 'docs/smae.md')), 'docs/same.md');
    assert.equal(isKnown(ask(truth(`${two}/src`), 'src/alpha.ts')), false);
    assert.ok(isKnown(ask(truth(`${one}/pkg/tool`), 'run-all.ts')) && isKnown(ask(truth(`${one}/pkg/tool`), '../../src/alpha.ts')));
    assert.equal(nearestOf(ask(truth(`${one}/pkg`), 'tool/run-al.ts')), 'tool/run-all.ts');
    assert.ok(isKnown(ask(truth(one, two), 'src/beta.ts')), 'the header decides');
    assert.equal(ask(truth('/somewhere/else'), 'src/alpha.ts'), 'unknown');
    assert.equal(ask(truth(null, '/somewhere/else'), 'src/alpha.ts'), 'unknown');
    assert.equal(nearestOf(ask(truth(null), `${two}/src/btea.ts`)), `${two}/src/beta.ts`);
    assert.equal(workspaces.files, 5);
    assert.ok(truth(null).namesRoot(`look at ${one}/src`) && !truth(two).namesRoot(`look at ${one}/src`));
  });

  it('know nothing before they are complete', async (t) => {
    const root = folderWith(t, { 'src/main.ts': '' });
    const workspaces = openWorkspaces([root]);
    t.after(() => workspaces.close());
    const truth = workspaces.truthFor({ workingDirectory: null, workspaceHeader: null, facts: (subject) => (subject === 'x' ? '1' : null) });
    assert.equal(truth.path({ path: 'src/main.ts', backslashes: false }), 'unknown');
    assert.equal(truth.beginsTop('s'), false);
    await workspaces.ready;
    assert.ok(isKnown(truth.path({ path: 'src/main.ts', backslashes: false })));
    assert.ok(truth.beginsTop('sr') && !truth.beginsTop('main'));
    assert.equal(truth.fact('x', 'y'), '1');
  });
});

describe('confirm', () => {
  it('looks at the disk, not at the index', async (t) => {
    const root = folderWith(t, { 'src/main.ts': '', 'src/app/view.ts': '', 'packages/a/package.json': '{}', 'packages/a/lib/util.ts': '' });
    // Nothing is reported, so the index stays as it was.
    const disk: Disk = { ...nodeDisk, watch: () => ({ close: () => undefined }) };
    const { truth } = await opened(t, root, { disk, poll: false });
    const cases: readonly [string, string, boolean][] = [
      ['src/mian.ts', 'src/main.ts', true],
      [`${root}/src/mian.ts`, `${root}/src/main.ts`, true],
      ['src//main.ts', 'src/main.ts', true],
      ['src\\main.ts', 'src/main.ts', true],
      ['/workspace/src/main.ts', 'src/main.ts', true],
      ['../src/main.ts', 'src/main.ts', true],
      ['veiw.ts', 'view.ts', true],
      ['lib/utli.ts', 'lib/util.ts', true],
      ['src/mian.ts', 'src/other.ts', false],
      ['src/app/view.ts', 'src/main.ts', false],
      ['src/main.ts/deeper.ts', 'src/main.ts', true],
    ];
    for (const [wrong, right, expected] of cases) assert.equal(truth.confirm(wrong, right), expected, `${wrong} -> ${right}`);
    put(root, 'src/mian.ts');
    assert.equal(truth.confirm('src/mian.ts', 'src/main.ts'), false, 'the wrong one was made meanwhile');
    put(root, 'packages/a/lib/utli.ts');
    assert.equal(truth.confirm('lib/utli.ts', 'lib/util.ts'), false, 'and so was this one');
    rmSync(join(root, 'src/app/view.ts'));
    assert.equal(truth.confirm('src/app/veiw.ts', 'src/app/view.ts'), false, 'the right one went meanwhile');
  });
});

describe('building', () => {
  it('leaves the event loop free and tells its progress', async (t) => {
    const root = folderWith(t);
    for (let i = 0; i < 150; i += 1) {
      mkdirSync(join(root, `folder${i}`));
      for (let j = 0; j < 20; j += 1) writeFileSync(join(root, `folder${i}/file${j}.ts`), '');
    }
    mkdirSync(join(root, 'flat'));
    for (let j = 0; j < 3_000; j += 1) writeFileSync(join(root, `flat/entry-${j}.md`), '');
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const seen: boolean[] = [];
    delay.enable();
    const { workspaces } = await opened(t, root, { onProgress: ({ done }) => seen.push(done) });
    delay.disable();
    assert.equal(workspaces.files, 6_000);
    assert.deepEqual([seen.includes(false), seen.at(-1)], [true, true]);
    // Two cores are shared: the bound is generous, a build in one piece would take ten times as long.
    assert.ok(delay.percentile(90) / 1e6 < 40, `event loop held for ${delay.percentile(90) / 1e6} ms`);
  });
});
