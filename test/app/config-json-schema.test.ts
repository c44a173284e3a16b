import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Schema, Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { ConfigError } from '../../src/app/config.js';
import { parseConfigFile } from '../../src/app/config-file.js';
import { CONFIG_KEYS } from '../../src/app/config-schema.js';
import { DEFAULT_LIMITS, LIMIT_NAMES } from '../../src/core/limits.js';

/*
 * config.schema.json, read by a validator that knows nothing of hotpatch, and the program's own check of a file say the same of every
 * file. (What one value means for another, such as two spellings of one address, no schema says: that is checked later.)
 */

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly description?: string;
}

const schema = JSON.parse(readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8')) as Schema & Node;
const validator = new Validator(schema, '2020-12');
const byEditors = (value: unknown): boolean => validator.validate(value).valid;

function byProgram(value: unknown): boolean {
  try {
    parseConfigFile('/x.json', JSON.stringify(value));
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

const proxy = (hot_patching: unknown): object => ({ hot_patching });
const limits = (values: object): object => proxy({ limits: values });

const FILES: readonly (readonly [name: string, value: unknown, good: boolean])[] = [
  ['nothing', {}, true],
  ['a schema for editors', { $schema: './config.schema.json' }, true],
  ['the seed\'s file', {
    hot_patching: { enabled: true, proxy_port: 11435, gguf_endpoint: 'localhost:11434', connection_pool_size: 0, connection_timeout_ms: 5000, debug_logging: false, mode: 'correct', modes: { fabricated_path: 'annotate' }, workspace: ['.'], admin: '127.0.0.1:11436' },
    databases: { correction_patterns: 'data/hotpatch.db', behavior_patches: 'data/hotpatch.db' },
    logging: { directory: 'logs', corrections_file: 'corrections.log', navigation_fixes_file: 'navigation_fixes.log', max_file_size_mb: 100, retention_days: 30 },
  }, true],
  ['all limits as they are', limits(DEFAULT_LIMITS), true],
  ['one workspace as text', proxy({ workspace: '.' }), true],
  ['a list', [], false],
  ['null', null, false],
  ['an unknown section', { hotpatching: {} }, false],
  ['an unknown key', proxy({ proxy_prot: 1 }), false],
  ['a key in the wrong section', { proxy_port: 1 }, false],
  ['a section that is none', { logging: 'logs' }, false],
  ['a port as text', proxy({ proxy_port: '11435' }), false],
  ['a port too high', proxy({ proxy_port: 65_536 }), false],
  ['a port below', proxy({ proxy_port: -1 }), false],
  ['a fraction', proxy({ connection_pool_size: 1.5 }), false],
  ['no time to connect', proxy({ connection_timeout_ms: 0 }), false],
  ['a misspelt mode', proxy({ mode: 'corect' }), false],
  ['a mode of no type', proxy({ modes: { invalid_pth: 'off' } }), false],
  ['an empty address', proxy({ listen: '' }), false],
  ['a list with an empty folder', proxy({ workspace: [''] }), false],
  ['yes in place of true', proxy({ enabled: 'yes' }), false],
  ['a limit as text', limits({ holdChars: 'many' }), false],
  ['a limit below nothing', limits({ holdChars: -1 }), false],
  ['an unknown limit', limits({ holdChar: 1 }), false],
  ['more milliseconds than a timer holds', limits({ stallMs: 2 ** 31 }), false],
  ['a log without size', { logging: { max_file_size_mb: 0 } }, false],
  ['no retention', { logging: { retention_days: 0 } }, false],
];

for (const [name, value, good] of FILES) {
  test(`schema and program agree: ${name}`, () => assert.deepEqual([byEditors(value), byProgram(value)], [good, good]));
}

test('every value of every key: both accept it, or neither does', () => {
  const scalars = [true, false, null, 0, 1, -1, 1.5, 30, 256, 257, 1_024, 1_025, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 1e15, '', 'x', 'off', 'none', 'correct', 'auto', 'json', 'debug', [], ['x'], [''], ['x', 'y'], [1], {}, { x: 1 }];
  let accepted = 0;
  for (const [section, keys] of Object.entries(CONFIG_KEYS)) {
    for (const key of keys) {
      for (const scalar of scalars) {
        const value = (section === '' ? [] : section.split('.')).reduceRight<unknown>((inner, name) => ({ [name]: inner }), { [key]: scalar });
        assert.equal(byEditors(value), byProgram(value), JSON.stringify(value));
        if (byProgram(value)) accepted += 1;
      }
    }
  }
  assert.ok(accepted > 300, String(accepted));
});

test('property: they agree on files of any keys together', () => {
  const words = [...new Set(Object.values(CONFIG_KEYS).flat())];
  const leaf = fc.oneof(fc.constantFrom<unknown>('correct', 'off', 'auto', 'a', '', true, 1, 0, 70_000, null), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(fc.string(), { maxLength: 2 }));
  const section = (keys: readonly string[]): fc.Arbitrary<unknown> => fc.dictionary(fc.constantFrom(...keys, 'other'), leaf, { maxKeys: 4 });
  const file = fc.record({
    hot_patching: fc.oneof(section(CONFIG_KEYS['hot_patching'] ?? words), fc.record({ limits: section(LIMIT_NAMES), modes: section(CONFIG_KEYS['hot_patching.modes'] ?? words) }, { requiredKeys: [] })),
    databases: section(CONFIG_KEYS['databases'] ?? words), logging: section(CONFIG_KEYS['logging'] ?? words),
  }, { requiredKeys: [] });
  fc.assert(fc.property(file, (value) => assert.equal(byEditors(value), byProgram(value), JSON.stringify(value))), { seed: 11, numRuns: 500 });
});

test('every documented key and every limit with its default stands in the schema', () => {
  const at = (...path: readonly string[]): Node | undefined => path.reduce<Node | undefined>((node, key) => node?.properties?.[key], schema);
  const documented: Readonly<Record<string, readonly string[]>> = {
    hot_patching: [
      'enabled', 'proxy_port', 'gguf_endpoint', 'connection_pool_size', 'connection_timeout_ms', 'response_timeout_ms', 'debug_logging', 'mode', 'modes', 'workspace', 'admin', 'limits',
      'listen', 'upstream', 'log_format', 'log_level', 'tls_cert', 'tls_key', 'allow_remote', 'allow_origin', 'allow_host', 'workers',
    ],
    databases: ['correction_patterns', 'behavior_patches'],
    logging: ['directory', 'corrections_file', 'navigation_fixes_file', 'max_file_size_mb', 'retention_days'],
  };
  for (const [section, keys] of Object.entries(documented)) for (const key of keys) assert.ok(at(section, key) !== undefined, `${section}.${key}`);
  for (const name of LIMIT_NAMES) assert.equal(at('hot_patching', 'limits', name)?.description, `Default ${DEFAULT_LIMITS[name]}`);
});
