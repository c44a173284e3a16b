import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ValuePiece, ValueTokenizer } from '../../../src/core/codec/value-channel.js';
import { everySplit } from '../../helpers/every-split.js';

interface Value {
  readonly path: string;
  text: string;
  ends: string | null;
}

/** What a text says of wanted values, one line a value: its path, its escaped text, and how it ended (`-`: not at all). */
function values(pieces: readonly string[], wanted?: (path: readonly (string | number)[]) => boolean): string[] {
  return valuesOf(pieces, wanted).map(({ path, text, ends }) => `${path}=${text} ${ends ?? '-'}`);
}

function valuesOf(pieces: readonly string[], wanted: (path: readonly (string | number)[]) => boolean = () => true): readonly Value[] {
  const tokenizer = new ValueTokenizer<true>(({ path }) => (wanted(path) ? true : null));
  const lines: Value[] = [];
  for (const piece of pieces) {
    for (const { path, first, start, end, ends } of tokenizer.push(piece)) {
      if (first) lines.push({ path: path.join('/'), text: '', ends: null });
      const line = lines.at(-1)!;
      assert.equal(line.ends, null, 'a value goes on only until it ends');
      assert.equal(line.path, path.join('/'));
      line.text += piece.slice(start, end);
      line.ends = ends;
    }
  }
  return lines;
}

const TABLE: readonly { readonly name: string; readonly json: string; readonly expect: readonly string[] }[] = [
  { name: 'nothing', json: '', expect: [] },
  { name: 'an empty object', json: ' { } ', expect: [] },
  { name: 'one value', json: '{"path":"src/a.ts"}', expect: ['path=src/a.ts whole'] },
  { name: 'spaces everywhere', json: '\n{ "path" :\t"a" , "b":"c" }\r\n', expect: ['path=a whole', 'b=c whole'] },
  { name: 'an empty value', json: '{"path":""}', expect: ['path= whole'] },
  { name: 'escapes stay', json: String.raw`{"path":"a\\b\"c\u00e9\ud83e\udd8a\/\n"}`, expect: [String.raw`path=a\\b\"c\u00e9\ud83e\udd8a\/\n whole`] },
  { name: 'an escaped name', json: String.raw`{"p\u0061th":"x"}`, expect: ['path=x whole'] },
  { name: 'lists', json: '{"paths":["a",["b"],{"c":"d"},"e"]}', expect: ['paths/0=a whole', 'paths/1/0=b whole', 'paths/2/c=d whole', 'paths/3=e whole'] },
  { name: 'numbers and words', json: '{"a":-1.5e+3,"b":true,"c":null,"d":[0,false],"e":"x"}', expect: ['e=x whole'] },
  { name: 'a repeated name', json: '{"a":"x","a":"y"}', expect: ['a=x whole', 'a=y whole'] },
  { name: 'a list at the top', json: '["x"]', expect: ['0=x whole'] },
  { name: 'a string at the top', json: '"x"', expect: ['=x whole'] },
  { name: 'cut off in a value', json: '{"path":"src/ma', expect: ['path=src/ma -'] },
  { name: 'cut off in an escape', json: '{"path":"src\\', expect: ['path=src\\ -'] },
  { name: 'a wrong escape', json: '{"path":"a\\x","b":"c"}', expect: ['path=a\\ broken'] },
  { name: 'a wrong digit', json: '{"path":"a\\u00g0","b":"c"}', expect: ['path=a\\u00 broken'] },
  { name: 'a raw line end in a value', json: '{"path":"a\nb","b":"c"}', expect: ['path=a broken'] },
  { name: 'a missing comma', json: '{"a":"x" "b":"y"}', expect: ['a=x whole'] },
  { name: 'a comma too many', json: '{"a":"x",}', expect: ['a=x whole'] },
  { name: 'a comma too many in a list', json: '["a",]', expect: ['0=a whole'] },
  { name: 'two commas', json: '{"a":"x",,"b":"y"}', expect: ['a=x whole'] },
  { name: 'single quotes', json: "{'a':'x'}", expect: [] },
  { name: 'a name without quotes', json: '{a:"x"}', expect: [] },
  { name: 'a wrong bracket', json: '["a"}', expect: ['0=a whole'] },
  { name: 'a wrong word', json: '{"a":nul,"b":"x"}', expect: [] },
  { name: 'a wrong number', json: '{"a":01,"b":"x"}', expect: [] },
  { name: 'a second text behind the first', json: '{"a":"x"}{"a":"y"}', expect: ['a=x whole'] },
  { name: 'no JSON at all', json: 'path=src/a.ts', expect: [] },
];

for (const { name, json, expect } of TABLE) {
  test(`values: ${name}`, () => everySplit(json, (pieces) => assert.deepEqual(values(pieces), expect)));
}

test('values: what is not wanted is passed over', () => {
  everySplit('{"content":"a \\"path\\": \\"b\\"","path":"c","more":{"path":"d"}}', (pieces) => {
    assert.deepEqual(values(pieces, (path) => path.at(-1) === 'path'), ['path=c whole', 'more/path=d whole']);
  });
});

test('values: the place tells the names before it and a short command', () => {
  const places: string[] = [];
  everySplit('{"command":"view","n":1,"path":"a","command":"a command that is longer than any word","end":"b"}', (pieces) => {
    const tokenizer = new ValueTokenizer<true>(({ path, names, command }) => {
      places.push(`${path.join('/')} ${names.join()} ${String(command)}`);
      return null;
    });
    for (const piece of pieces) assert.deepEqual(tokenizer.push(piece), []);
    assert.ok(tokenizer.over);
  });
  assert.deepEqual([...new Set(places)], ['command command null', 'path command,n,path view', 'command command,n,path,command view', 'end command,n,path,command,end view']);
});

test('values: nesting, names and numbers have limits, and a text beyond them is not read on', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}"x"${']'.repeat(depth)}`;
  assert.equal(values([deep(32)]).length, 1);
  assert.deepEqual(values([deep(33)]), []);
  assert.deepEqual(values([`{"${'n'.repeat(300)}":"x"}`]), ['=x whole'], 'a name that is too long is no name that anyone asks for');
  assert.deepEqual(values([`{"a":${'1'.repeat(65)},"b":"x"}`]), []);
});

test('values: of any JSON, cut anywhere, each string is as JSON.parse has it; and what is no JSON does not depend on the cutting', () => {
  const json = fc.json({ maxDepth: 5 });
  const broken = fc.tuple(json, fc.nat(), fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '\u0001', 'x', '0')).map(([text, at, extra]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + extra + text.slice(place + (extra === '' ? 1 : 0));
  });
  fc.assert(fc.property(fc.oneof(json, broken), fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
    const places = [...new Set([0, ...cuts.map((at) => at % (text.length + 1)), text.length])].sort((a, b) => a - b);
    const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
    const found = valuesOf(pieces);
    assert.deepEqual(found, valuesOf([text]), 'the cutting');
    let expected: string[];
    try {
      expected = strings(text);
    } catch {
      // No JSON, or not all of it: the table says where it ends to be read.
      return;
    }
    assert.deepEqual(found.map((value) => JSON.parse(`"${value.text}"`) as string).sort(), expected.sort());
  }), { seed: 5, numRuns: 3_000 });
});

/** Every string value, by `JSON.parse` alone. */
function strings(text: string): string[] {
  const found: string[] = [];
  JSON.parse(text, (_key, item: unknown) => {
    if (typeof item === 'string') found.push(item);
    return item;
  });
  return found;
}

test('values: the pieces of a value lie within its fragment and adjoin', () => {
  const tokenizer = new ValueTokenizer<true>(() => true);
  const all: ValuePiece<true>[] = [];
  for (const piece of ['{"a":"', 'x', '', 'y"', ',"b":"z"}']) {
    for (const one of tokenizer.push(piece)) {
      assert.ok(one.start <= one.end && one.end <= piece.length);
      all.push(one);
    }
  }
  assert.deepEqual(all.map(({ start, end, first, ends }) => [start, end, first, ends]), [[0, 1, true, null], [0, 1, false, 'whole'], [6, 7, true, 'whole']]);
});
