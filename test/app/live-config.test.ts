import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type Config, ConfigError, type ConfigFlags, resolveConfig } from '../../src/app/config.js';
import { LiveConfig } from '../../src/app/live-config.js';
import { createLogger } from '../../src/app/log.js';

const CWD = resolve('/home/me/project');
const FILE = resolve(CWD, 'hot_patching_config.json');

interface Stage {
  /** The file's text; null: there is none. */
  text: string | null;
  readonly applied: Config[];
  readonly said: string[];
  /** What applying, and renewing, fails with. */
  fault: Error | null;
  renewed: number;
  readonly live: LiveConfig;
  /** The watch tells of a change, and what follows is over. */
  readonly changed: (...files: string[]) => Promise<void>;
  readonly files: () => readonly string[];
}

function stage(text: string | null, flags: ConfigFlags = {}): Stage {
  let told: (changed: readonly string[]) => void = () => undefined;
  let files: () => readonly string[] = () => [];
  const said: string[] = [];
  const logger = createLogger({ format: 'json', level: 'info', stream: { write: (line) => {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    said.push(`${level}: ${msg}`);
  } } });
  const read = (): Config => resolveConfig({ flags, env: {}, cwd: CWD, readFile: (path) => (path === FILE ? self.text : null) });
  const base = { text, applied: [] as Config[], said, fault: null as Error | null, renewed: 0 };
  const self: Stage = Object.assign(base, {
    live: new LiveConfig({
      logger, resolve: read, cwd: CWD,
      apply: async (next) => {
        await Promise.resolve();
        if (self.fault !== null) throw self.fault;
        self.applied.push(next);
      },
      renewCertificate: () => {
        if (self.fault !== null) throw self.fault;
        self.renewed += 1;
      },
      watch: (options) => {
        told = options.onChange;
        files = options.files;
        return { settle: () => undefined, close: () => undefined };
      },
    }, resolveConfig({ flags, env: {}, cwd: CWD, readFile: (path) => (path === FILE ? text : null) })),
    changed: async (...changed: string[]) => {
      told(changed);
      // Work is done in turn; this is behind it.
      await new Promise((done) => setImmediate(done));
    },
    files: () => files(),
  });
  return self;
}

const json = (hotPatching: object): string => JSON.stringify({ hot_patching: hotPatching });

test('a saved file is applied, and what it changes is named', async () => {
  const self = stage(json({ mode: 'observe' }));
  self.text = json({ mode: 'correct', listen: '127.0.0.1:9', upstream: 'http://h:1', limits: { stallMs: 5 } });
  await self.changed(FILE);
  assert.deepEqual(self.applied.map(({ globalMode, listen, limits }) => [globalMode, listen.port, limits.stallMs]), [['correct', 9, 5]]);
  assert.deepEqual(self.said, ['info: configuration changed: listen (127.0.0.1:9), upstream (http://h:1), modes, globalMode, limits']);
  await self.changed(FILE);
  assert.equal(self.applied.length, 1);
  assert.equal(self.said.at(-1), 'info: configuration read again: nothing has changed');
});

test('an invalid file is told with file, key and what is allowed; nothing is applied until it is right again', async () => {
  const self = stage(json({ mode: 'observe' }));
  for (const [text, told] of [
    [json({ mode: 'obsrve', nope: 1 }), [/hot_patching\.mode: "obsrve" is not allowed; expected one of correct, annotate, observe, off; /, /hot_patching\.nope \(1\) is not a known key/]],
    ['{"hot_patching": {', [/:1:\d+: not JSON/]],
    [json({ listen: '0.0.0.0:1' }), [/hot_patching\.listen: "0\.0\.0\.0:1" is not allowed; expected a loopback address, or --allow-remote/]],
  ] as const) {
    self.text = text;
    self.said.length = 0;
    await self.changed(FILE);
    assert.equal(self.said.length, told.length);
    for (const [index, pattern] of told.entries()) {
      assert.match(self.said[index] ?? '', pattern);
      assert.match(self.said[index] ?? '', /^error: .*hot_patching_config\.json.*; the configuration before stays in force$/);
    }
  }
  assert.deepEqual(self.applied, []);
  self.text = json({ mode: 'off' });
  await self.changed(FILE);
  assert.deepEqual(self.applied.map(({ globalMode }) => globalMode), ['off']);
});

test('what cannot be had leaves everything as it was, and is tried again when asked', async () => {
  const self = stage(json({}));
  self.text = json({ listen: '127.0.0.1:80', mode: 'off' });
  self.fault = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
  await self.changed(FILE);
  assert.deepEqual(self.said, ['error: port 80 on 127.0.0.1 is taken; stop what listens there, or choose another with --listen 127.0.0.1:PORT; the configuration before stays in force']);
  self.fault = null;
  await self.live.reload();
  assert.equal(self.applied[0]?.listen.port, 80);
});

test('a file that is gone is not the wish to have none, unless someone asks', async () => {
  const self = stage(json({ mode: 'observe' }));
  self.text = null;
  await self.changed(FILE);
  assert.deepEqual(self.applied, []);
  assert.match(self.said[0] ?? '', /the file is gone; put it back, or send SIGHUP to go on without it; the configuration before stays in force$/);
  await self.live.reload();
  assert.deepEqual(self.applied.map(({ globalMode }) => globalMode), ['correct']);
});

test('flags stay above the file; a file that was not there may come', async () => {
  const self = stage(null, { mode: 'annotate' });
  assert.deepEqual(self.files(), [FILE, resolve(CWD, 'config/hot_patching_config.json')]);
  self.text = json({ mode: 'off', limits: { pingMs: 7 } });
  await self.changed(FILE);
  assert.deepEqual(self.applied.map(({ globalMode, limits }) => [globalMode, limits.pingMs]), [['annotate', 7]]);
});

test('a renewed certificate is read again without the file; a broken one is told and the old one stays', async () => {
  const [cert, key] = [resolve(CWD, 'c.pem'), resolve(CWD, 'k.pem')];
  const self = stage(json({ tls_cert: 'c.pem', tls_key: 'k.pem' }));
  assert.deepEqual(self.files().slice(-2), [cert, key]);
  await self.changed(cert, key);
  assert.deepEqual([self.renewed, self.applied.length, self.said.pop()], [1, 0, `info: certificate read again from ${cert}`]);
  self.fault = new Error('k.pem is not the key of c.pem');
  await self.changed(key);
  assert.deepEqual([self.renewed, self.said.pop()], [1, 'error: k.pem is not the key of c.pem; the certificate before stays in use']);
});

test('after its end nothing is applied any more', async () => {
  const self = stage(json({}));
  self.text = json({ mode: 'off' });
  const changing = self.changed(FILE);
  self.live.close();
  await changing;
  await self.live.reload();
  assert.deepEqual(self.applied, []);
});

test('a configuration that cannot be resolved says all of its problems', () => {
  assert.throws(() => stage(json({ mode: 1, workers: 0 })), (error) => error instanceof ConfigError && error.problems.length === 2);
});
