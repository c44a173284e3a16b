import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError, parseModeFlag, resolveConfig, type Config, type ConfigFlags, type Environment } from '../../src/app/config.js';
import { parseConfigFile } from '../../src/app/config-file.js';
import { configJsonSchema } from '../../src/app/config-schema.js';
import { joinModeFlags, resolveModes } from '../../src/app/config-mode.js';
import { DEFAULT_LIMITS } from '../../src/core/limits.js';
import { DEFAULT_NOTES } from '../../src/core/text/policy.js';
import { HALLUCINATION_TYPES, MODES, type HallucinationType, type Mode } from '../../src/core/types.js';

const CWD = resolve('/home/me/project');
const FILE = join(CWD, 'hot_patching_config.json');
const IN_CONFIG = join(CWD, 'config', 'hot_patching_config.json');

interface Given {
  readonly flags?: ConfigFlags;
  readonly env?: Environment;
  readonly file?: unknown;
  readonly files?: Readonly<Record<string, string>>;
}

function config({ flags = {}, env = {}, file, files = {} }: Given): Config {
  const all: Record<string, string> = { ...(file === undefined ? {} : { [FILE]: JSON.stringify(file) }), ...files };
  return resolveConfig({ flags, env, cwd: CWD, readFile: (path) => all[path] ?? null });
}

function refused(given: Given): string {
  try {
    config(given);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.exitCode, 2);
    assert.equal(error.message, error.problems.join('\n'));
    return error.message;
  }
  assert.fail('it was accepted');
}

test('defaults', () => {
  const { modes, ...rest } = config({});
  assert.deepEqual(Object.values(modes), Array(6).fill('correct'));
  assert.deepEqual(rest, {
    listen: { host: '127.0.0.1', port: 11435 }, upstream: { protocol: 'http:', host: '127.0.0.1', port: 11434, loopback: true, url: 'http://127.0.0.1:11434' },
    explicitUpstream: false, workspaces: [CWD], db: join(CWD, 'data/hotpatch.db'), patchesDb: join(CWD, 'data/hotpatch.db'), globalMode: 'correct', enabled: true,
    admin: { host: '127.0.0.1', port: 11436 }, explicitAdmin: false, adminToken: null, tls: null, workers: 1, logDir: join(CWD, 'logs'), correctionsFile: join(CWD, 'logs/corrections.log'),
    navigationFile: join(CWD, 'logs/navigation_fixes.log'), maxFileSizeMb: 100, retentionDays: 30, logFormat: 'pretty', logLevel: 'info', limits: DEFAULT_LIMITS,
    connectTimeoutMs: 5000, responseTimeoutMs: 0, poolSize: 0, allowRemote: false, allowOrigins: [], allowHosts: [], notes: DEFAULT_NOTES, continueWay: 'off', configFile: null, warnings: [],
  });
});

const SEED = {
  hot_patching: { enabled: true, proxy_port: 11435, gguf_endpoint: 'localhost:11434', connection_pool_size: 0, connection_timeout_ms: 5000, debug_logging: false, mode: 'correct', modes: { fabricated_path: 'annotate' }, workspace: ['.'], admin: '127.0.0.1:11436' },
  databases: { correction_patterns: 'data/hotpatch.db', behavior_patches: 'data/hotpatch.db' },
  logging: { directory: 'logs', corrections_file: 'corrections.log', navigation_fixes_file: 'navigation_fixes.log', max_file_size_mb: 100, retention_days: 30 },
};

test('the file every documentation shows is taken as it is', () => {
  const result = config({ file: SEED });
  const plain = config({});
  assert.deepEqual(result, { ...plain, upstream: { ...plain.upstream, host: 'localhost', url: 'http://localhost:11434' }, explicitUpstream: true, explicitAdmin: true, modes: { ...plain.modes, fabricated_path: 'annotate' }, configFile: FILE });
});

test('every key of the file arrives, and its relative paths start at its folder', () => {
  const file = {
    $schema: '../config.schema.json',
    hot_patching: {
      enabled: false, listen: '[::1]:9', upstream: 'https://api.example', connection_pool_size: 3, connection_timeout_ms: 7, response_timeout_ms: 8, log_level: 'warn', log_format: 'json', mode: 'observe',
      modes: { incorrect_fact: 'off' }, workspace: ['..', '/abs'], admin: 'off', admin_token: 'sixteen-letters-', allow_remote: true, allow_origin: ['https://App.example'], allow_host: 'Models.example:80', tls_cert: 'c.pem', tls_key: 'k.pem', workers: 2,
      limits: { holdChars: 5, stallMs: 6, continuations: 2 }, notes: { incorrect_fact: ' (no: …)' }, continue: 'prefill',
    },
    databases: { correction_patterns: 'p.db', behavior_patches: 'none' },
    logging: { directory: 'l', corrections_file: 'c.log', navigation_fixes_file: '/n.log', max_file_size_mb: 0.5, retention_days: 2 },
  };
  const folder = join(CWD, 'config');
  const { modes, ...rest } = config({ files: { [IN_CONFIG]: JSON.stringify(file) } });
  assert.deepEqual(modes, { ...resolveModes([], 'observe').modes, incorrect_fact: 'off' });
  assert.deepEqual(rest, {
    listen: { host: '::1', port: 9 }, upstream: { protocol: 'https:', host: 'api.example', port: 443, loopback: false, url: 'https://api.example' }, explicitUpstream: true, workspaces: [CWD, resolve('/abs')],
    db: join(folder, 'p.db'), patchesDb: 'none', globalMode: 'observe', enabled: false, admin: 'off', explicitAdmin: true, adminToken: 'sixteen-letters-', tls: { certFile: join(folder, 'c.pem'), keyFile: join(folder, 'k.pem') }, workers: 2,
    logDir: join(folder, 'l'), correctionsFile: join(folder, 'l/c.log'), navigationFile: resolve('/n.log'), maxFileSizeMb: 0.5, retentionDays: 2, logFormat: 'json', logLevel: 'warn',
    limits: { ...DEFAULT_LIMITS, holdChars: 5, stallMs: 6, continuations: 2 }, connectTimeoutMs: 7, responseTimeoutMs: 8, poolSize: 3, allowRemote: true, allowOrigins: ['https://app.example'], allowHosts: ['models.example'],
    notes: { ...DEFAULT_NOTES, incorrect_fact: ' (no: …)' }, continueWay: 'prefill', configFile: IN_CONFIG, warnings: [],
  });
});

/** One setting in all three sources: the value in each, and what of the result shows it. */
const SOURCES: readonly { readonly name: string; readonly flags: ConfigFlags; readonly env: Environment; readonly file: object; readonly read: (result: Config) => unknown; readonly expect: readonly [unknown, unknown, unknown] }[] = [
  { name: 'listen', flags: { listen: ':1' }, env: { HOTPATCH_LISTEN: ':2' }, file: { hot_patching: { listen: ':3' } }, read: (c) => c.listen.port, expect: [1, 2, 3] },
  { name: 'upstream', flags: { upstream: 'http://a:1' }, env: { HOTPATCH_UPSTREAM: 'http://b:1' }, file: { hot_patching: { gguf_endpoint: 'c:1' } }, read: (c) => c.upstream.host, expect: ['a', 'b', 'c'] },
  { name: 'workspace', flags: { workspace: ['a', 'b'] }, env: { HOTPATCH_WORKSPACE: `c${delimiter}d` }, file: { hot_patching: { workspace: 'e' } }, read: (c) => c.workspaces, expect: [[join(CWD, 'a'), join(CWD, 'b')], [join(CWD, 'c'), join(CWD, 'd')], [join(CWD, 'e')]] },
  { name: 'no workspace', flags: { workspace: 'none' }, env: { HOTPATCH_WORKSPACE: 'none' }, file: { hot_patching: { workspace: ['none'] } }, read: (c) => c.workspaces, expect: ['none', 'none', 'none'] },
  { name: 'db', flags: { db: 'a' }, env: { HOTPATCH_DB: 'b' }, file: { databases: { correction_patterns: 'c', behavior_patches: 'd' } }, read: (c) => [c.db, c.patchesDb], expect: [[join(CWD, 'a'), join(CWD, 'a')], [join(CWD, 'b'), join(CWD, 'b')], [join(CWD, 'c'), join(CWD, 'd')]] },
  { name: 'no db', flags: { db: 'none' }, env: { HOTPATCH_DB: 'none' }, file: { databases: { correction_patterns: 'none' } }, read: (c) => [c.db, c.patchesDb], expect: [['none', 'none'], ['none', 'none'], ['none', 'none']] },
  { name: 'mode', flags: { mode: 'off' }, env: { HOTPATCH_MODE: 'observe' }, file: { hot_patching: { mode: 'annotate' } }, read: (c) => [c.globalMode, c.modes.incorrect_fact], expect: [['off', 'off'], ['observe', 'observe'], ['annotate', 'annotate']] },
  { name: 'mode of one type', flags: { mode: ['invalid_path=off'] }, env: { HOTPATCH_MODE: 'correct, invalid_path=observe' }, file: { hot_patching: { modes: { invalid_path: 'annotate' } } }, read: (c) => [c.globalMode, c.modes.invalid_path], expect: [['correct', 'off'], ['correct', 'observe'], ['correct', 'annotate']] },
  { name: 'admin', flags: { admin: 'off' }, env: { HOTPATCH_ADMIN: ':5' }, file: { hot_patching: { admin: '[::1]:6' } }, read: (c) => c.admin, expect: ['off', { host: '127.0.0.1', port: 5 }, { host: '::1', port: 6 }] },
  { name: 'log-dir', flags: { logDir: 'a' }, env: { HOTPATCH_LOG_DIR: 'b' }, file: { logging: { directory: 'c', corrections_file: 'x' } }, read: (c) => [c.logDir, c.correctionsFile], expect: [[join(CWD, 'a'), join(CWD, 'a/x')], [join(CWD, 'b'), join(CWD, 'b/x')], [join(CWD, 'c'), join(CWD, 'c/x')]] },
  { name: 'log-format', flags: { logFormat: 'json' }, env: { HOTPATCH_LOG_FORMAT: 'pretty' }, file: { hot_patching: { log_format: 'json' } }, read: (c) => c.logFormat, expect: ['json', 'pretty', 'json'] },
  { name: 'log-level', flags: { logLevel: 'error' }, env: { HOTPATCH_LOG_LEVEL: 'warn' }, file: { hot_patching: { debug_logging: true } }, read: (c) => c.logLevel, expect: ['error', 'warn', 'debug'] },
  { name: 'allow-remote', flags: { allowRemote: true }, env: { HOTPATCH_ALLOW_REMOTE: '0' }, file: { hot_patching: { allow_remote: true } }, read: (c) => c.allowRemote, expect: [true, false, true] },
  { name: 'allow-origin', flags: { allowOrigin: 'a://x' }, env: { HOTPATCH_ALLOW_ORIGIN: 'b://x,b://y' }, file: { hot_patching: { allow_origin: ['c://x'] } }, read: (c) => c.allowOrigins, expect: [['a://x'], ['b://x', 'b://y'], ['c://x']] },
  { name: 'allow-host', flags: { allowHost: ['a'] }, env: { HOTPATCH_ALLOW_HOST: 'b, c' }, file: { hot_patching: { allow_host: 'd' } }, read: (c) => c.allowHosts, expect: [['a'], ['b', 'c'], ['d']] },
  { name: 'workers', flags: { workers: '2' }, env: { HOTPATCH_WORKERS: '3' }, file: { hot_patching: { workers: 4 } }, read: (c) => c.workers, expect: [2, 3, 4] },
  { name: 'tls', flags: { tlsCert: 'a', tlsKey: 'a' }, env: { HOTPATCH_TLS_CERT: 'b', HOTPATCH_TLS_KEY: 'b' }, file: { hot_patching: { tls_cert: 'c', tls_key: 'c' } }, read: (c) => c.tls?.certFile, expect: [join(CWD, 'a'), join(CWD, 'b'), join(CWD, 'c')] },
];
for (const { name, flags, env, file, read, expect } of SOURCES) {
  test(`flag beats environment beats file: ${name}`, () => {
    assert.deepEqual(read(config({ flags, env, file })), expect[0]);
    assert.deepEqual(read(config({ env, file })), expect[1]);
    assert.deepEqual(read(config({ file })), expect[2]);
  });
}

const MODE_ROWS: readonly { readonly name: string; readonly given: Given; readonly expect: readonly [Mode, Mode, Mode] }[] = [
  { name: "a flag's global mode beats the file's mode of a type", given: { flags: { mode: 'observe' }, file: SEED }, expect: ['observe', 'observe', 'observe'] },
  { name: "a type's own mode beats the global one of its source", given: { flags: { mode: ['fabricated_path=off', 'observe'] }, file: SEED }, expect: ['observe', 'off', 'observe'] },
  { name: 'a flag for one type leaves the others to the file', given: { flags: { mode: 'invalid_path=off' }, file: SEED }, expect: ['correct', 'annotate', 'off'] },
  { name: 'the environment stands between', given: { flags: { mode: 'invalid_path=off' }, env: { HOTPATCH_MODE: 'observe' }, file: SEED }, expect: ['observe', 'observe', 'off'] },
  { name: 'of two the later counts', given: { flags: { mode: ['observe', 'correct'] } }, expect: ['correct', 'correct', 'correct'] },
];
for (const { name, given, expect } of MODE_ROWS) {
  test(`modes: ${name}`, () => {
    const { globalMode, modes } = config(given);
    assert.deepEqual([globalMode, modes.fabricated_path, modes.invalid_path], expect);
  });
}

test('modes: resolution equals its rule written out, for any three sources', () => {
  const mode = fc.constantFrom(...MODES);
  const wish = fc.record({ global: fc.option(mode), types: fc.dictionary(fc.constantFrom(...HALLUCINATION_TYPES), mode) });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 3 }), (wishes) => {
      const { modes, globalMode } = resolveModes(wishes);
      for (const type of HALLUCINATION_TYPES) {
        const said = wishes.flatMap((each): Mode[] => [each.types[type], each.global].filter((word): word is Mode => word !== undefined && word !== null));
        assert.equal(modes[type], said[0] ?? 'correct');
      }
      assert.equal(globalMode, wishes.map((each) => each.global).find((word) => word !== null) ?? 'correct');
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('mode flags', () => {
  assert.deepEqual(parseModeFlag('observe'), { type: null, mode: 'observe' });
  assert.deepEqual(parseModeFlag(' invalid_path = off '), { type: 'invalid_path', mode: 'off' });
  for (const type of HALLUCINATION_TYPES) for (const mode of MODES) assert.deepEqual(parseModeFlag(`${type}=${mode}`), { type: type satisfies HallucinationType, mode });
  assert.deepEqual(joinModeFlags([]), { global: null, types: {} });
  for (const [bad, hint] of [['', ''], ['=off', ''], ['corect', 'did you mean "correct"'], ['invalid-path=off', 'did you mean "invalid_path"'], ['invalid_path=', ''], ['invalid_path=of', 'did you mean "off"'], ['a=b=c', ''], ['constructor', '']] as const) {
    assert.throws(() => parseModeFlag(bad), (error) => error instanceof ConfigError && error.message.includes(hint) && error.message.includes('--mode'), bad);
  }
});

const REFUSED: readonly { readonly name: string; readonly given: Given; readonly says: readonly string[] }[] = [
  { name: 'listening beyond this machine', given: { flags: { listen: '0.0.0.0:1' } }, says: ['--listen: "0.0.0.0:1"', '--allow-remote'] },
  { name: 'listening on a foreign name', given: { env: { HOTPATCH_LISTEN: 'box.example:1' } }, says: ['HOTPATCH_LISTEN', '--allow-remote'] },
  { name: 'an admin address beyond this machine', given: { flags: { admin: '[::]:1' } }, says: ['--admin: "[::]:1"', '--allow-remote'] },
  { name: 'an admin address beyond this machine without a token', given: { flags: { admin: '[::]:1', allowRemote: true } }, says: ['--admin: "[::]:1"', 'HOTPATCH_ADMIN_TOKEN'] },
  { name: 'the admin address is the listener', given: { flags: { listen: ':5', admin: '127.0.0.1:5' } }, says: ['--admin: "127.0.0.1:5"', 'or off'] },
  { name: 'a loop', given: { flags: { listen: ':11434' } }, says: ['--upstream: "http://127.0.0.1:11434"', '127.0.0.1:11434'] },
  { name: 'a loop from the file', given: { file: { hot_patching: { proxy_port: 5, gguf_endpoint: 'localhost:5' } } }, says: [`${FILE}: hot_patching.gguf_endpoint`, 'circle'] },
  { name: 'an upstream with a path', given: { flags: { upstream: 'http://h:1/v1' } }, says: ['--upstream: "http://h:1/v1"', 'without a path'] },
  { name: 'an upstream with a path, in the file', given: { file: { hot_patching: { upstream: 'http://h:1/v1' } } }, says: [`${FILE}: hot_patching.upstream: "http://h:1/v1"`] },
  { name: 'an unknown mode', given: { env: { HOTPATCH_MODE: 'correct,invalid_path=watch' } }, says: ['HOTPATCH_MODE: "invalid_path=watch"', 'observe'] },
  { name: 'an unknown log format', given: { flags: { logFormat: 'xml' } }, says: ['--log-format: "xml"', 'pretty, json'] },
  { name: 'an unknown log level', given: { env: { HOTPATCH_LOG_LEVEL: 'loud' } }, says: ['HOTPATCH_LOG_LEVEL: "loud"', 'trace'] },
  { name: 'a half-hearted yes', given: { env: { HOTPATCH_ALLOW_REMOTE: 'maybe' } }, says: ['HOTPATCH_ALLOW_REMOTE: "maybe"', 'true'] },
  { name: 'workspace none beside others', given: { flags: { workspace: ['none', 'a'] } }, says: ['--workspace', '"none" alone'] },
  { name: 'an empty workspace', given: { flags: { workspace: '' } }, says: ['--workspace', 'one folder or more'] },
  { name: 'an empty database name', given: { flags: { db: '' } }, says: ['--db', 'a path'] },
  { name: 'workers that are none', given: { flags: { workers: '0' } }, says: ['--workers: "0"', '1 to 256'] },
  { name: 'a certificate without its key', given: { flags: { tlsCert: 'c' } }, says: ['--tls-cert', '--tls-key'] },
  { name: 'an origin with a path', given: { flags: { allowOrigin: 'https://a/b' } }, says: ['--allow-origin: "https://a/b"'] },
  { name: 'a host with a path', given: { flags: { allowHost: 'a/b' } }, says: ['--allow-host: "a/b"'] },
  { name: 'a named file that is not there', given: { flags: { config: 'x.json' } }, says: ['--config: "x.json" does not exist', join(CWD, 'x.json')] },
  { name: 'a named file that is not there, by environment', given: { env: { HOTPATCH_CONFIG: 'x.json' }, file: SEED }, says: ['HOTPATCH_CONFIG'] },
  { name: 'no JSON', given: { files: { [FILE]: '{\n  "hot_patching": {\n    "mode" "correct"\n  }\n}' } }, says: [`${FILE}:3:12: not JSON`] },
  { name: 'JSON cut short', given: { files: { [FILE]: '{\n "a": [1,\n' } }, says: [`${FILE}:3:1: not JSON`] },
  { name: 'a stray comma', given: { files: { [FILE]: '{\n "a": [1, 2],\n "b": [3,,]\n}' } }, says: [`${FILE}:3:10: not JSON`] },
  { name: 'a bare word', given: { files: { [FILE]: '{\n\n  "a": yes }' } }, says: [`${FILE}:3:8: not JSON`] },
  { name: 'an empty file', given: { files: { [FILE]: '' } }, says: [`${FILE}:1:1: not JSON`] },
  { name: 'no object', given: { file: [1] }, says: [`${FILE}: the whole file: [1]`, 'an object'] },
  { name: 'a section that is no object', given: { file: { logging: 'logs' } }, says: [`${FILE}: logging: "logs" is not allowed; expected an object`] },
  { name: 'a misspelt key', given: { file: { hot_patching: { proxy_prot: 1 } } }, says: [`${FILE}: hot_patching.proxy_prot (1)`, 'did you mean "proxy_port"?', 'gguf_endpoint'] },
  { name: 'a key in camel case', given: { file: { hot_patching: { responseTimeoutMs: 1 } } }, says: ['did you mean "response_timeout_ms"?'] },
  { name: 'a key in the wrong section', given: { file: { proxy_port: 1 } }, says: ['did you mean "hot_patching.proxy_port"?'] },
  { name: 'a limit outside of limits', given: { file: { hot_patching: { holdChars: 1 } } }, says: ['did you mean "hot_patching.limits.holdChars"?'] },
  { name: 'a key like nothing', given: { file: { banana_bread: null } }, says: [`${FILE}: banana_bread (null) is not a known key; expected one of $schema, hot_patching, databases, logging`] },
  { name: 'a key named like a member of objects', given: { files: { [FILE]: '{"hot_patching":{"__proto__":1,"constructor":2}}' } }, says: ['hot_patching.constructor (2)'] },
  { name: 'a port as text', given: { file: { hot_patching: { proxy_port: '80' } } }, says: [`${FILE}: hot_patching.proxy_port: "80" is not allowed; expected a whole number from 0 to 65535`] },
  { name: 'a port too high', given: { file: { hot_patching: { proxy_port: 65536 } } }, says: ['65536 is not allowed; expected a whole number from 0 to 65535'] },
  { name: 'a broken port', given: { file: { hot_patching: { proxy_port: 1.5 } } }, says: ['1.5 is not allowed; expected a whole number from 0 to 65535'] },
  { name: 'a timeout beyond timers', given: { file: { hot_patching: { connection_timeout_ms: 2 ** 31 } } }, says: ['from 1 to 2147483647'] },
  { name: 'a mode in the file', given: { file: { hot_patching: { modes: { invalid_path: 'on' } } } }, says: ['hot_patching.modes.invalid_path: "on" is not allowed; expected one of correct, annotate, observe, off'] },
  { name: 'a type in the file', given: { file: { hot_patching: { modes: { invalid_paths: 'off' } } } }, says: ['hot_patching.modes.invalid_paths ("off")', 'did you mean "invalid_path"?'] },
  { name: 'a list with a number', given: { file: { hot_patching: { workspace: ['a', 1] } } }, says: ['hot_patching.workspace: ["a",1]', 'a list of folders'] },
  { name: 'a way to continue that is none', given: { file: { hot_patching: { continue: 'yes' } } }, says: ['hot_patching.continue: "yes"', 'one of off, auto, prefill, continue_final_message'] },
  { name: 'a limit too small', given: { file: { hot_patching: { limits: { headBytes: 3 } } } }, says: [`${FILE}: hot_patching.limits.headBytes: limit headBytes must be at least 64`, 'it is 3'] },
  { name: 'a limit that is no number', given: { file: { hot_patching: { limits: { holdChars: null } } } }, says: ['hot_patching.limits.holdChars: null'] },
  { name: 'a note that is an answer', given: { file: { hot_patching: { notes: { incorrect_fact: 'x'.repeat(1001) } } } }, says: ['hot_patching.notes.incorrect_fact', 'at most 1000'] },
  { name: 'two ports', given: { file: { hot_patching: { proxy_port: 1, listen: ':2' } } }, says: [FILE, 'hot_patching.listen', 'hot_patching.proxy_port'] },
  { name: 'two upstreams', given: { file: { hot_patching: { upstream: 'http://a:1', gguf_endpoint: 'b:1' } } }, says: [FILE, 'hot_patching.upstream', 'hot_patching.gguf_endpoint'] },
  { name: 'one log for two', given: { file: { logging: { corrections_file: 'a', navigation_fixes_file: './a' } } }, says: [`${FILE}: logging.navigation_fixes_file`] },
];
for (const { name, given, says } of REFUSED) {
  test(`refused: ${name}`, () => {
    const message = refused(given);
    for (const part of says) assert.ok(message.includes(part), `${message}\nlacks ${part}`);
  });
}

test('all problems of a file are told at once, one a line', () => {
  const message = refused({ file: { hot_patching: { proxy_port: -1, mode: 'x', nope: 1 }, loging: {} } });
  assert.equal(message.split('\n').length, 4, message);
  assert.ok(message.split('\n').every((line) => line.startsWith(FILE)), message);
});

test('accepted: remote where it is allowed, the same address said twice, an own file by name', () => {
  assert.equal(config({ flags: { listen: '0.0.0.0:1', allowRemote: true } }).listen.host, '0.0.0.0');
  assert.equal(config({ env: { HOTPATCH_ALLOW_REMOTE: 'YES', HOTPATCH_LISTEN: '[::]:1' } }).listen.host, '::');
  assert.equal(config({ file: { hot_patching: { proxy_port: 5, listen: '[::1]:5', upstream: 'http://h:1', gguf_endpoint: 'h:1' } } }).listen.host, '::1');
  const named = config({ flags: { config: 'sub/x.json' }, file: SEED, files: { [join(CWD, 'sub/x.json')]: '\uFEFF{"databases":{"correction_patterns":"d.db"}}' } });
  assert.deepEqual([named.configFile, named.db], [join(CWD, 'sub/x.json'), join(CWD, 'sub/d.db')]);
  assert.equal(config({ flags: { listen: ':11436' } }).admin, 'off');
  assert.equal(config({ flags: { listen: ':0', admin: ':0' } }).explicitAdmin, true);
  assert.deepEqual(config({ flags: { workspace: ['a', './a', 'a/'] } }).workspaces, [join(CWD, 'a')]);
});

test('the file in . is found before the one in config/', () => {
  const files = { [IN_CONFIG]: '{"hot_patching":{"proxy_port":2}}' };
  assert.equal(config({ files }).configFile, IN_CONFIG);
  assert.equal(config({ files, file: {} }).configFile, FILE);
  assert.equal(config({ files, file: {} }).listen.port, 11435);
});

test('variables set to nothing do not count, unknown ones are warned of', () => {
  const result = config({ env: { HOTPATCH_LISTEN: '', HOTPATCH_MODE: ' ', HOTPATCH_UPSTEAM: 'http://h:1', PATH: '/bin', HOTPATCH_XYZZYPLUGH: '1' }, file: { hot_patching: { proxy_port: 4 } } });
  assert.equal(result.listen.port, 4);
  assert.equal(result.explicitUpstream, false);
  assert.deepEqual(result.warnings, ['HOTPATCH_UPSTEAM is not a setting of hotpatch and has no effect; did you mean HOTPATCH_UPSTREAM?', 'HOTPATCH_XYZZYPLUGH is not a setting of hotpatch and has no effect']);
});

test('files are read from the disk where nothing else is given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-config-'));
  try {
    const read = () => resolveConfig({ flags: {}, env: {}, cwd: folder });
    assert.equal(read().configFile, null);
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config', 'hot_patching_config.json'), '{"hot_patching":{"proxy_port":3}}');
    assert.equal(read().listen.port, 3);
    mkdirSync(join(folder, 'hot_patching_config.json'));
    assert.throws(read, (error) => error instanceof ConfigError && /cannot be read/.test(error.message));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('any JSON gives a result or the named error', () => {
  const keys = fc.constantFrom('hot_patching', 'databases', 'logging', 'limits', 'notes', 'modes', 'listen', 'upstream', 'workspace', 'proxy_port', 'holdChars', 'x');
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4, depthSize: 'large' }, fc.constantFrom<unknown>(null, true, -1, 0, 1e99, '', 'none', ':1', 'http://h:1', []), fc.array(tie('tree'), { maxLength: 2 }), fc.dictionary(keys, tie('tree'), { maxKeys: 4 })),
  }));
  let accepted = 0;
  fc.assert(
    fc.property(tree, (value) => {
      try {
        parseConfigFile(FILE, JSON.stringify(value));
        accepted += 1;
      } catch (error) {
        assert.ok(error instanceof ConfigError && error.problems.length > 0 && error.problems.every((line) => line.startsWith(FILE)));
      }
    }),
    { seed: 9, numRuns: 500 },
  );
  assert.ok(accepted > 0);
});

test('config.schema.json is up to date (node --import tsx scripts/make-config-schema.ts)', () => {
  assert.equal(readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8'), configJsonSchema());
});

test('the schema for editors names every key, with a description', () => {
  interface Node { readonly properties?: Readonly<Record<string, Node>>; readonly description?: string; readonly additionalProperties?: boolean }
  const walk = (node: Node, at: string): number => {
    assert.ok(typeof node.description === 'string', at);
    if (node.properties === undefined) return 1;
    assert.equal(node.additionalProperties, false, at);
    return Object.entries(node.properties).reduce((sum, [key, child]) => sum + walk(child, `${at}.${key}`), 1);
  };
  assert.ok(walk(JSON.parse(configJsonSchema()) as Node, '') > 60);
});
