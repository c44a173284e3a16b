import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTools } from '../../../src/core/truth/request-tools.js';
import type { RequestContext } from '../../../src/core/truth/request-context.js';
import { deliveries } from '../../helpers/every-split.js';
import { literal } from '../detect/stub-matcher.js';
import { chunk, cut, dice, DONE, finish, literalOf } from './bodies.js';
import { Drive, type DriveOptions } from './drive.js';
import { argumentRules, type Call, CALL_SHAPES, type CallShape, DOCUMENT_CALLS, FILES, FRAGMENTS, FUNCTION, PIECEWISE, RESPONSE_DOCUMENT, RESPONSES, SLIPS, type Told, TRUTH, WHOLE } from './tool-calls.js';

const READ: Call = { name: 'read_file', json: '{"path":"src/mian.ts","limit":20}' };
const RIGHT = '{"path":"src/main.ts","limit":20}';

function through(shape: CallShape, calls: readonly Call[], pieces: readonly (readonly string[])[] = calls.map(({ json }) => [json]), options: DriveOptions = TRUTH): { drive: Drive; body: string; told: Told[] } {
  const body = shape.body(calls, pieces);
  const drive = new Drive(shape.codec, options).read(body).end();
  assert.deepEqual([drive.bailouts, drive.faults], [[], []]);
  return { drive, body, told: shape.read(drive.text) };
}

for (const shape of CALL_SHAPES) {
  test(`arguments: ${shape.name}: a reader's wrong path is mended, and the channel says where`, () => {
    const { drive, told } = through(shape, [READ]);
    assert.deepEqual(told, [{ name: 'read_file', json: RIGHT }]);
    assert.deepEqual(drive.corrections, [`${shape.channel(0, 'path')} 0-11 invalid_path replace`]);
  });

  test(`arguments: ${shape.name}: what is right passes byte for byte, in whatever tool`, () => {
    for (const name of ['read_file', 'write_file', 'bash', 'anything']) {
      const { drive, body } = through(shape, [{ name, json: '{"path":"src/main.ts","content":"import \\"./mian\\"; // src/mian.ts","command":"cat src/mian.ts","n":[1,{"a":null}]}' }]);
      assert.equal(drive.text, body, name);
    }
  });

  if (shape === FUNCTION) continue;

  test(`arguments: ${shape.name}: parallel calls are each their own`, () => {
    const calls: Call[] = [READ, { name: 'write_file', json: '{"path":"src/mian.ts","content":"x"}' }, { name: 'list_dir', json: '{"dir":"src/servre"}' }, READ];
    // The new file of the second is known to the fourth, whose path is therefore meant.
    const { drive, told } = through(shape, shape.text ? [calls[0]!, calls[2]!, READ] : [calls[0]!, calls[2]!, READ], undefined);
    assert.deepEqual(told.map(({ json }) => json), [RIGHT, '{"dir":"src/server"}', RIGHT]);
    assert.deepEqual(drive.corrections.map((line) => line.split(' ')[0]), [shape.channel(0, 'path'), shape.channel(1, 'dir'), shape.channel(2, 'path')]);
    assert.deepEqual(through(shape, calls.slice(1)).told.map(({ json }) => json), [calls[1]!.json, '{"dir":"src/server"}', READ.json]);
  });

  test(`arguments: ${shape.name}: lists and objects of paths`, () => {
    const { drive, told } = through(shape, [{ name: 'read_many_files', json: '{"paths":["src/mian.ts","src/main.ts","src/server/ruoter.ts"],"files":[{"path":"src/mian.ts","note":"src/mian.ts"}]}' }]);
    assert.deepEqual(told[0]?.json, '{"paths":["src/main.ts","src/main.ts","src/server/router.ts"],"files":[{"path":"src/main.ts","note":"src/mian.ts"}]}');
    assert.deepEqual(drive.corrections.map((line) => line.split(' ')[0]), ['paths/0', 'paths/2', 'files/0/path'].map((value) => shape.channel(0, value)));
  });
}

test('arguments: every cut of the text, inside escapes and pairs, gives the same values', () => {
  const json = String.raw`{"a":"\ud83e\udd8a🦊","path":"src\\server\\li\u0073tener.ts","b":"src/mian.ts"}`;
  const right = String.raw`{"a":"\ud83e\udd8a🦊","path":"src/server/listener.ts","b":"src/mian.ts"}`;
  for (const shape of PIECEWISE) {
    for (const { name, pieces } of deliveries(json)) {
      const { drive, told } = through(shape, [{ name: 'read_file', json }], [pieces]);
      assert.deepEqual(told, [{ name: 'read_file', json: right }], name);
      assert.equal(drive.corrections.length, 1, name);
    }
  }
});

test('arguments: every cut of the bytes gives the same bytes', () => {
  for (const shape of CALL_SHAPES) {
    const body = Buffer.from(shape.body([{ name: 'read_file', json: '{"path":"docs/日本語/手引き.mdx","n":1}' }], [['{"path":"docs/日', '本語/手引き.mdx', '"', ',"n":1}']]));
    const whole = new Drive(shape.codec, TRUTH).read(body).end().out;
    assert.deepEqual(shape.read(whole.toString())[0]?.json, '{"path":"docs/日本語/手引き.md","n":1}');
    for (const { name, pieces } of deliveries(body)) assert.ok(new Drive(shape.codec, TRUTH).reads(pieces).end().out.equals(whole), `${shape.name} ${name}`);
  }
});

test('arguments: only the value is held: what stands before it has left, and what follows its end leaves at once', () => {
  const drive = new Drive(FRAGMENTS.codec, TRUTH);
  const piece = (text: string): string => chunk(`{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(text)}}}]}`);
  const leaves = (text: string): boolean => {
    const before = drive.out.length;
    drive.read(piece(text));
    return drive.out.length > before;
  };
  drive.read(chunk('{"tool_calls":[{"index":0,"id":"a","function":{"name":"read_file","arguments":""}}]}'));
  assert.equal(drive.rewriter.heldBytes, 0);
  for (const text of ['{', '"content"', ':"', 'src/mian.ts \\', '" and more', '","pa', 'th":', '"']) assert.ok(leaves(text), text);
  for (const text of ['src', '/mi', 'an.', 'ts']) assert.ok(!leaves(text), text);
  assert.ok(leaves('"'), 'its end');
  assert.equal(drive.rewriter.heldBytes, 0);
  for (const text of [',"', 'limit":', '20', '}']) assert.ok(leaves(text), text);
  drive.read(finish(0, 'tool_calls') + DONE).end();
  assert.equal(FRAGMENTS.read(drive.text)[0]?.json, '{"content":"src/mian.ts \\" and more","path":"src/main.ts","limit":20}');
  assert.equal(drive.text.split('\n\n').length, 21, 'one event in, one event out');
});

test('arguments: a stream that ends inside a value, or says no more, changes nothing of it', () => {
  for (const end of ['', finish(0, 'length') + DONE, finish(0, 'tool_calls') + DONE]) {
    const body = chunk('{"tool_calls":[{"index":0,"id":"a","function":{"name":"read_file","arguments":"{\\"path\\":\\"src/mian.ts"}}]}') + end;
    assert.equal(new Drive(FRAGMENTS.codec, TRUTH).read(body).end().text, body, end);
  }
});

test('arguments: a value that comes too slowly is let go', () => {
  const drive = new Drive(FRAGMENTS.codec, TRUTH);
  drive.read(chunk('{"tool_calls":[{"index":0,"id":"a","function":{"name":"read_file","arguments":"{\\"path\\":\\"src/mi"}}]}'), 0);
  assert.equal(drive.text, '');
  drive.rewriter.tick(10_000);
  assert.notEqual(drive.text, '');
  drive.read(chunk('{"tool_calls":[{"index":0,"function":{"arguments":"an.ts\\"}"}}]}') + finish(0, 'tool_calls') + DONE, 10_001).end();
  assert.equal(FRAGMENTS.read(drive.text)[0]?.json, '{"path":"src/mian.ts"}');
});

test('arguments: several choices, calls of one place, calls without a place', () => {
  const call = (choice: number, part: string): string => chunk(`{"tool_calls":[${part}]}`, '', choice);
  const args = (json: string): string => `"arguments":${JSON.stringify(json)}`;
  const cases: readonly (readonly [name: string, body: string, channels: readonly string[]])[] = [
    [
      'choices in turn',
      call(0, `{"index":0,"id":"a","function":{"name":"read_file",${args('{"path":"src/')}}}`) + call(1, `{"index":0,"id":"b","function":{"name":"read_file",${args('{"path":"src/mi')}}}`) + call(0, `{"index":0,"function":{${args('mian.ts"}')}}}`) + call(1, `{"index":0,"function":{${args('an.ts"}')}}}`),
      ['choices/0/tool_calls/0/arguments/path', 'choices/1/tool_calls/0/arguments/path'],
    ],
    ['one place, another id', call(0, `{"index":0,"id":"a","function":{"name":"read_file",${args(READ.json)}}}`) + call(0, `{"index":0,"id":"b","function":{"name":"read_file",${args(READ.json)}}}`), ['choices/0/tool_calls/0/arguments/path', 'choices/0/tool_calls/0/arguments/path']],
    ['one place, another name', call(0, `{"index":0,"function":{"name":"read_file",${args(READ.json)}}}`) + call(0, `{"index":0,"function":{"name":"bash",${args(READ.json)}}}`), ['choices/0/tool_calls/0/arguments/path']],
    ['no place', call(0, `{"id":"a","function":{"name":"bash",${args(READ.json)}}},{"id":"b","function":{"name":"read_file",${args(READ.json)}}}`), ['choices/0/tool_calls/1/arguments/path']],
    ['arguments as an object', call(0, `{"index":0,"id":"a","function":{"name":"read_file","arguments":${READ.json}}}`), ['choices/0/tool_calls/0/arguments/path']],
    ['a name in pieces', call(0, '{"index":0,"id":"a","function":{"name":"read_"}}') + call(0, `{"index":0,"function":{"name":"file",${args(READ.json)}}}`), ['choices/0/tool_calls/0/arguments/path']],
  ];
  for (const [name, body, channels] of cases) {
    const drive = new Drive(FRAGMENTS.codec, TRUTH).read(body + finish(0, 'tool_calls') + finish(1, 'tool_calls') + DONE).end();
    assert.deepEqual(drive.corrections.map((line) => line.split(' ')[0]), channels, name);
    assert.equal(drive.text.split('src/main.ts').length - 1, channels.length, name);
  }
});

test('arguments: text, then calls, then text: each keeps its place', () => {
  const body = chunk('{"content":"See `src/mian.ts`"}') + chunk(`{"content":".","tool_calls":[{"index":0,"id":"a","function":{"name":"read_file","arguments":${JSON.stringify(READ.json)}}}]}`) + chunk('{"content":" And `src/mian.ts`."}') + finish() + DONE;
  const drive = new Drive(FRAGMENTS.codec, TRUTH).read(body).end();
  assert.equal(drive.text, body.replaceAll('mian', 'main'));
});

test('arguments: more values than any honest answer has pass as they came', () => {
  const paths = JSON.stringify({ paths: Array.from({ length: 200 }, () => 'src/mian.ts') });
  for (const shape of [FRAGMENTS, WHOLE]) {
    const { drive, told } = through(shape, [{ name: 'read_files', json: paths }]);
    assert.equal(drive.corrections.length, 128);
    assert.equal((JSON.parse(told[0]!.json) as { paths: string[] }).paths.filter((path) => path === 'src/main.ts').length, 128);
  }
});

test('arguments: the namespace of a call, as Codex has one for each server of tools, says what its tool looks at', () => {
  const properties = { path: { type: 'string' } };
  const offer = (namespace: string, name: string, description = ''): Partial<RequestContext> => {
    const tools = [{ type: 'namespace', name: namespace, tools: [{ type: 'function', name, description, parameters: { type: 'object', properties } }] }];
    return { tied: true, tools: () => readTools({ tools }) };
  };
  const cases: readonly (readonly [namespace: string | null, name: string, request: Partial<RequestContext>, mended: boolean])[] = [
    ['mcp__files', 'read_text_file', { tied: true }, true],
    ['mcp__files', 'read_text_file', offer('mcp__files', 'read_text_file'), true],
    ['mcp__files', 'peruse', offer('mcp__files', 'peruse', 'Reads a file from disk.'), true],
    ['mcp__files', 'peruse', offer('mcp__other', 'peruse', 'Reads a file from disk.'), false],
    [null, 'peruse', offer('mcp__files', 'peruse', 'Reads a file from disk.'), true],
    // These are files of somewhere else.
    ['mcp__github', 'get_file_contents', { tied: true }, false],
    ['mcp__github', 'get_file_contents', offer('mcp__github', 'get_file_contents'), false],
    [null, 'get_file_contents', offer('mcp__github', 'get_file_contents'), false],
  ];
  for (const shape of [RESPONSES, RESPONSE_DOCUMENT]) {
    for (const [namespace, name, request, mended] of cases) {
      for (const pieces of [['{"path":"src/mi', 'an.ts"}'], []]) {
        const plain = shape.body([{ name, json: '{"path":"src/mian.ts"}' }], [pieces]);
        const given = namespace === null ? plain : plain.replaceAll('"type":"function_call",', `"type":"function_call","namespace":"${namespace}",`);
        const drive = new Drive(shape.codec, { ...TRUTH, request }).read(given).end();
        assert.equal(drive.text.includes('src/main.ts'), mended, `${shape.name}: ${namespace ?? 'none'} ${name}`);
        assert.equal(drive.text.includes('mian'), !mended, `${shape.name}: ${namespace ?? 'none'} ${name}`);
      }
    }
  }
});

test('arguments: rules apply there only where they ask, decoded, and what they write is escaped', () => {
  const rule = (scopes: readonly ('arguments' | 'prose')[]): DriveOptions => argumentRules(literal('a"b', 'say "x"\\\n', { scopes }));
  const json = '{"content":"1 a\\"b 2","path":"a\\u0022b","n":"a\\"","m":"b"}';
  for (const shape of CALL_SHAPES) {
    const { told, drive } = through(shape, [{ name: 'bash', json }], undefined, rule(['arguments']));
    assert.deepEqual(JSON.parse(told[0]!.json), { content: '1 say "x"\\\n 2', path: 'say "x"\\\n', n: 'a"', m: 'b' }, shape.name);
    assert.deepEqual(drive.corrections.map((line) => line.split(' ')[0]), [shape.channel(0, 'content'), shape.channel(0, 'path')]);
    const without = through(shape, [{ name: 'bash', json }], undefined, rule(['prose']));
    assert.equal(without.drive.text, without.body, shape.name);
  }
  for (const { name, pieces } of deliveries(json)) {
    const { told } = through(FRAGMENTS, [{ name: 'bash', json }], [pieces], rule(['arguments']));
    assert.deepEqual(JSON.parse(told[0]!.json), { content: '1 say "x"\\\n 2', path: 'say "x"\\\n', n: 'a"', m: 'b' }, name);
  }
});

/** JSON of which some names are paths, and the same with every wrong path right. */
interface Planted {
  readonly wrong: unknown;
  readonly right: unknown;
}

const slip = fc.constantFrom(...SLIPS).map(([wrong, right]): Planted => ({ wrong, right }));
const fine = fc.constantFrom(...FILES).map((path): Planted => ({ wrong: path, right: path }));
const body: fc.Arbitrary<Planted> = fc.oneof(fc.constantFrom(...SLIPS).map(([wrong]) => wrong), fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 })).map((value) => ({ wrong: value, right: value }));
const path = fc.oneof({ weight: 3, arbitrary: slip }, { weight: 1, arbitrary: fine });

/** An object of files: its path counts, its note and what else it holds does not. */
const file: fc.Arbitrary<Planted> = fc.tuple(path, body, fc.nat()).map(([where, note, n]) => ({ wrong: { path: where.wrong, note: note.wrong, n }, right: { path: where.right, note: note.right, n } }));
const listOf = (all: readonly Planted[]): Planted => ({ wrong: all.map(({ wrong }) => wrong), right: all.map(({ right }) => right) });

const planted: fc.Arbitrary<Planted> = fc
  .array(fc.oneof(fc.tuple(fc.constantFrom('path', 'file_path', 'target_file'), path), fc.tuple(fc.constantFrom('content', 'command', 'old_string', 'limit', 'x', 'é"\\'), body), fc.tuple(fc.constant('paths'), fc.array(path, { maxLength: 3 }).map(listOf)), fc.tuple(fc.constant('files'), fc.array(file, { maxLength: 3 }).map(listOf))), { maxLength: 6 })
  .map((entries) => ({ wrong: Object.fromEntries(entries.map(([name, { wrong }]) => [name, wrong])), right: Object.fromEntries(entries.map(([name, { right }]) => [name, right])) }));

/** JSON text in which any unit of a string may be escaped in any way. */
function written(value: unknown, roll: (below: number) => number): string {
  if (typeof value === 'string') return literalOf(value, roll);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, roll)).join(roll(2) === 0 ? ',' : ' , ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${literalOf(name, roll)}:${roll(3) === 0 ? '\t' : ''}${written(item, roll)}`).join(',')}}`;
}

test('arguments: random JSON, random cuts, random planted path errors: it parses as before and differs only in those values', () => {
  fc.assert(fc.property(planted, fc.nat(), fc.constantFrom(...CALL_SHAPES), ({ wrong, right }, seed, shape) => {
    const roll = dice(seed);
    const json = written(wrong, roll);
    const { drive, body: given, told } = through(shape, [{ name: 'read_file', json }], [cut(json, 1 + roll(10), roll)]);
    assert.deepEqual(JSON.parse(told[0]!.json), JSON.parse(JSON.stringify(right)));
    if (JSON.stringify(wrong) === JSON.stringify(right)) assert.equal(drive.text, given);
    // What is right keeps its very letters.
    if (shape.text) assert.equal(unplanted(told[0]!.json, right), unplanted(json, wrong));
    const bytes = Buffer.from(given);
    assert.ok(new Drive(shape.codec, TRUTH).reads(cut(bytes, 1 + roll(30), roll)).end().out.equals(drive.out), 'the cutting of the bytes');
  }), { seed: 11, numRuns: 600, interruptAfterTimeLimit: 60_000 });
});

/** The text without its strings that are paths, right or wrong. */
function unplanted(json: string, value: unknown): string {
  assert.notEqual(value, undefined);
  const known = new Set([...FILES, ...SLIPS.flat()]);
  return json.replace(/"(?:[^"\\]|\\.)*"/gs, (literal_) => (known.has(JSON.parse(literal_) as string) ? '"…"' : literal_));
}

test('arguments: what is no JSON stays exactly so: parsing fails where it failed, and only whole values before the fault are mended', () => {
  fc.assert(fc.property(planted, fc.nat(), fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '\n', 'x'), ({ wrong }, seed, extra) => {
    const roll = dice(seed);
    const good = JSON.stringify(wrong);
    const at = roll(good.length + 1);
    const json = good.slice(0, at) + extra + good.slice(at + roll(2));
    const parses = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    for (const shape of [...PIECEWISE, DOCUMENT_CALLS]) {
      const { told } = through(shape, [{ name: 'read_file', json }], [cut(json, 1 + roll(10), roll)]);
      assert.equal(parses(told[0]?.json ?? ''), parses(json), shape.name);
    }
  }), { seed: 12, numRuns: 400 });
});

test('arguments: peers corrupted file bodies, patches and commands: none of them is touched', () => {
  const bodyText = 'import "./src/mian.ts";\n<<<<<<< SEARCH\nsrc/mian.ts\n=======\nSRC/Main.ts\n>>>>>>> REPLACE\n*** Update File: src/mian.ts\n';
  const keys = ['content', 'file_text', 'patch', 'diff', 'old_string', 'new_string', 'old_str', 'new_str', 'insert_text', 'search', 'replace', 'command', 'cmd', 'input', 'query', 'pattern', 'url', 'glob'];
  for (const name of ['write_file', 'read_file', 'edit', 'apply_patch', 'str_replace_based_edit_tool', 'bash', 'shell', 'grep', 'MultiEdit']) {
    const json = JSON.stringify({ ...Object.fromEntries(keys.map((key) => [key, bodyText])), edits: [{ old_string: 'src/mian.ts', new_string: 'SRC/Main.ts', content: 'src/mian.ts' }], cmdline: ['cat', 'src/mian.ts'], command_: 'src/mian.ts' });
    for (const shape of CALL_SHAPES) {
      const { drive, body: given } = through(shape, [{ name, json }], [cut(json, 20, dice(1))]);
      assert.equal(drive.text, given, `${name}, ${shape.name}`);
    }
  }
});

test('arguments: peers never looked into them: a wrong path does not pass, in any shape', () => {
  for (const shape of CALL_SHAPES) {
    for (const [wrong, right] of SLIPS) {
      const { told } = through(shape, [{ name: 'Read', json: JSON.stringify({ file_path: wrong }) }]);
      assert.deepEqual(told.map(({ json }) => JSON.parse(json) as unknown), [{ file_path: right }], `${shape.name}: ${wrong}`);
    }
  }
});

test('arguments: peers repaired them until they were no JSON: what is broken leaves as it came', () => {
  for (const json of ["{'path':'src/mian.ts'}", '{path:"src/mian.ts"}', '{"path":"src\\mian.ts"}', '{"a":1 "path":"src/mian.ts"}', '```json\n{"path":"src/mian.ts"}\n```', 'src/mian.ts', '{"path":"src/mian.ts', '{"path":src/mian.ts}', '{"n":NaN,"path":"src/mian.ts"}', '']) {
    for (const shape of [...PIECEWISE, DOCUMENT_CALLS]) {
      for (const parts of [1, 4, 99]) {
        const { drive, body: given } = through(shape, [{ name: 'read_file', json }], [cut(json, parts, dice(parts))]);
        assert.equal(drive.text, given, `${shape.name}: ${json}`);
      }
    }
  }
});
