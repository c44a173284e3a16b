import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RuleInputError } from '../../../src/core/rules/fields.js';
import type { RuleInput } from '../../../src/core/rules/rule-forms.js';
import { CSV_HEADER, RULE_FORMATS } from '../../../src/node/rules/rule-export.js';
import type { RuleFormat } from '../../../src/node/rules/rule-export.js';
import { readImport } from '../../../src/node/rules/rule-import.js';
import type { ImportItem } from '../../../src/node/rules/rule-import.js';
import { openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { seedRules } from '../../../src/core/rules/seed-rules.js';
import type { RuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { foreign, NAMED_ONLY, scratch } from './helpers.js';

async function readAll(pieces: readonly Buffer[], format: RuleFormat): Promise<ImportItem[]> {
  const items: ImportItem[] = [];
  for await (const item of readImport(Readable.from(pieces), format)) items.push(item);
  return items;
}

/** Short forms: a draft by its pattern, a fault by its place. */
function brief(items: readonly ImportItem[]): string[] {
  return items.map((item) => ('fault' in item ? `${item.fault.unit} ${item.fault.at}: ${item.fault.message}` : item.draft.kind === 'pattern' ? item.draft.pattern : item.draft.kind));
}

const header = CSV_HEADER.join(',');
const cases: readonly { name: string; format: RuleFormat; text: string; expect: readonly (string | RegExp)[] }[] = [
  { name: 'lines, blank ones and carriage returns counted', format: 'ndjson', text: '\n{"pattern":"é"}\r\n\n  \n{"pattern":""}\n{oops\n{"pattern":"b"}', expect: ['é', /^line 5: pattern must be text that is not empty/, /^line 6: the line is no JSON: /, 'b'] },
  { name: 'lines behind a byte order mark', format: 'ndjson', text: '\ufeff{"pattern":"a"}\n', expect: ['a'] },
  { name: 'nothing at all as lines', format: 'ndjson', text: '', expect: [] },
  { name: 'an array', format: 'json', text: ' [{"pattern":"é"},5,{"match":"fact","subject":"s","attribute":"a","value":"v"}]\n', expect: ['é', /^value 2: a rule must be a JSON object; it is 5$/, 'fact'] },
  { name: 'an empty array', format: 'json', text: '[]', expect: [] },
  { name: 'one object, over several lines', format: 'json', text: '{\n "pattern": "a"\n}\n{"pattern":"b"}', expect: ['a', 'b'] },
  { name: 'nothing at all as JSON', format: 'json', text: '', expect: [] },
  { name: 'CSV of all kinds', format: 'csv', text: `${header}\npattern,,regex,"é+","b",gi,1,0.5,1,r1\npatch,validator,,"{""rules"":[{""check"":""json""}]}",d,,,,,\nfact,,,"{""subject"":""s"",""attribute"":""a"",""value"":""v""}",,,,,0,\n`, expect: ['{"match":"regex","value":"é+","word":true}', 'patch', 'fact'] },
  { name: 'CSV with few columns, in another order, and CRLF', format: 'csv', text: 'pattern,replacement\r\na,b\r\n\r\n"x\r\ny",\r\n', expect: ['a', 'x\r\ny'] },
  { name: 'CSV faults name their lines', format: 'csv', text: 'pattern,confidence_threshold,word\na,high,\nb,0.5,perhaps\nc,0.5\nd,,\n"e"x,,\n,,\nf,,\n', expect: [/^line 2: confidence_threshold must be a number; it is "high"$/, /^line 3: word must be 1, 0, true or false; it is "perhaps"$/, /^line 4: the line must have 3 fields, as the header has; it has 2$/, 'd', '"e"x', /^line 7: pattern must be text; it is nothing$/, 'f'] },
];

describe('readImport: whole, byte by byte, and split at every position', () => {
  for (const { name, format, text, expect } of cases) {
    test(name, async () => {
      const bytes = Buffer.from(text, 'utf8');
      const whole = brief(await readAll([bytes], format));
      assert.equal(whole.length, expect.length, JSON.stringify(whole));
      expect.forEach((wanted, index) => (typeof wanted === 'string' ? assert.equal(whole[index], wanted) : assert.match(whole[index] ?? '', wanted)));
      const bytewise = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
      assert.deepEqual(brief(await readAll(bytewise, format)).map(place), whole.map(place));
      for (let at = 1; at < bytes.length; at += 1) {
        assert.deepEqual(brief(await readAll([bytes.subarray(0, at), bytes.subarray(at)], format)).map(place), whole.map(place), `split at ${at}`);
      }
    });
  }

  test('an unknown column, a line that never ends and a source that fails end the import', async () => {
    await assert.rejects(readAll([Buffer.from('pattern,colour\na,b\n')], 'csv'), (error) => error instanceof RuleInputError && /made of kind, type, .*; it is "colour"/.test(error.message));
    await assert.rejects(readAll([Buffer.from('type\na\n')], 'csv'), /with the column pattern/);
    for (const text of ['[{"pattern":"a"},{"pat', '[{"pattern":"a"},{"pattern" "b"}]', '{"pattern":"a"} x', '[1']) {
      for (let at = 0; at < text.length; at += 1) {
        await assert.rejects(readAll([Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at))], 'json'), (error) => error instanceof RuleInputError && /^the document must be JSON/.test(error.message), `${text} at ${at}`);
      }
    }
    await assert.rejects(readAll(Array.from({ length: 20 }, () => Buffer.alloc(65_536, 'x')), 'ndjson'), /line 1 is longer than 1048576 bytes/);
    const failing = new Readable({ read() { this.destroy(Object.assign(new Error('no such file'), { code: 'ENOENT' })); } });
    for (const format of RULE_FORMATS) await assert.rejects(async () => { for await (const item of readImport(failing, format)) assert.fail(JSON.stringify(item)); }, format);
  });
});

/** A fault's words may tell where a parser stood; its place may not differ. */
function place(item: string): string {
  return item.replace(/^((?:line|value) \d+: the (?:line|document) is no JSON).*/s, '$1');
}

const HOSTILE: readonly RuleInput[] = [
  { type: 'literal', pattern: 'a\nb\r\n"c", | d\0e', replacement: '' },
  { type: 'literal', pattern: '  {"not":"a rule"} ', replacement: '\n' },
  { type: 'regex', pattern: '^\\s*"x,y"$', flags: 'gimsu', replacement: '$1', word: true },
  { type: 'regex', pattern: '(a)(?<n>b)', replacement: '$<n>', expand: true, id: 'named' },
  { type: 'literal', pattern: 'x'.repeat(100_000), replacement: '😀' },
  { pattern: 'with models', models: ['llama3*', 'a,b'], scopes: ['code', 'arguments'], confidence_threshold: 0.123456789 },
  { pattern: ' {"match":"regex","value":"a","replace":"in json","models":["m"]}', replacement: 'in column', type: 'incorrect_fact', enabled: false },
  { match: 'path', value: 'a/b', replace: 'c/d' },
  { rule: 'check_logic', enabled: false },
  { pattern: 'no replacement', type: 'something else' },
  { match: 'literal', value: '(', type: 'regex' },
  { description: 'with "quotes",\nand lines', patch_type: 'prompt_modifier', payload_json: { rules: [{ system: { mode: 'set', text: ',\n"' } }] }, id: 'patch name' },
  { patch_type: 'validator', payload_json: '{ "rules": [ {"check":"json"} ] }', enabled: false },
  { subject: 'a "b"', attribute: ',', value: '', source: 'the\nmanual' },
];

function emptyStore(t: Parameters<typeof scratch>[0], name: string): RuleStore {
  const store = openRuleStore(scratch(t)(name));
  t.after(() => store.close());
  for (const seed of store.list()) store.remove(seed.id);
  return store;
}

describe('export and import', () => {
  for (const format of RULE_FORMATS) {
    test(`${format}: what comes back means the same, hostile values included`, async (t) => {
      const first = emptyStore(t, 'a.db');
      for (const input of HOSTILE) first.add(input);
      const text = first.export(format);
      const second = emptyStore(t, 'b.db');
      const report = await second.import(text, format);
      assert.deepEqual(report, { imported: HOSTILE.length, unchanged: 0, faults: [], faultsLeftOut: 0 });
      const before = first.read();
      const after = second.read();
      for (const part of ['patterns', 'facts', 'switches', 'faults'] as const) assert.deepEqual(after[part], before[part]);
      const nameless = (store: RuleStore) => store.list().map(({ kind, shownId, enabled }) => [kind, /^\d|:/.test(shownId) ? '' : shownId, enabled]);
      if (format !== 'csv') {
        assert.equal(second.export(format), text);
        assert.deepEqual(second.list().map(({ id }) => id), first.list().map(({ id }) => id));
      }
      assert.deepEqual(nameless(second), nameless(first));
      assert.deepEqual(await second.import(text, format).then(({ imported }) => imported), 0, 'a second time adds nothing');
    });
  }

  test('any literal, replacement and flags survive each format', async (t) => {
    const first = emptyStore(t, 'a.db');
    const text = fc.string({ minLength: 1, unit: 'grapheme', maxLength: 12 });
    for (const [pattern, replacement, flags] of fc.sample(fc.tuple(text, fc.option(fc.string({ unit: 'grapheme' })), fc.constantFrom(null, '', 'i')), { seed: 7, numRuns: 60 })) {
      first.add({ type: 'literal', pattern, replacement, flags });
    }
    for (const format of RULE_FORMATS) {
      const second = emptyStore(t, `${format}.db`);
      const report = await second.import(first.export(format), format);
      assert.equal(report.faults.length, 0);
      const meaning = (store: RuleStore) => new Set(store.read().patterns.map((rule) => JSON.stringify({ ...rule, id: '' })));
      assert.deepEqual(meaning(second), meaning(first));
    }
  });

  test('a database with only the named columns, malformed rows included, exports', (t) => {
    const file = scratch(t)('a.db');
    const other = foreign(t, file);
    other.exec(NAMED_ONLY);
    other.exec("INSERT INTO correction_patterns (pattern, type, confidence_threshold) VALUES ('{oops', 'x', 7), (NULL, NULL, NULL)");
    const store = openRuleStore(file, { readonly: true });
    t.after(() => store.close());
    assert.deepEqual(JSON.parse(store.export('json')), [{ kind: 'pattern', id: 1, pattern: '{oops', type: 'x', confidence_threshold: 7 }, { kind: 'pattern', id: 2 }]);
    assert.equal(store.export('csv'), `${header}\npattern,x,,{oops,,,,7,1,1\npattern,,,,,,,,1,2\n`);
  });

  test('good rules are imported beside bad lines, ids that are taken are given anew, all in one transaction', async (t) => {
    const store = emptyStore(t, 'a.db');
    store.add({ pattern: 'mine', id: 1 });
    const report = await store.import('{"pattern":"theirs","id":1}\n{"pattern":5}\n{"pattern":"mine","id":77}\n', 'ndjson');
    assert.deepEqual({ ...report, faults: report.faults.map((fault) => fault.at) }, { imported: 1, unchanged: 1, faults: [2], faultsLeftOut: 0 });
    assert.deepEqual(store.list().map(({ id, row }) => [id, row.pattern]), [[1, 'mine'], [2, 'theirs']]);
    await store.import('pattern\nonly\n', 'csv', { replaceAll: true });
    assert.deepEqual(store.read().patterns.map((rule) => rule.value), ['only']);
    await assert.rejects(store.import('colour\nred\n', 'csv', { replaceAll: true }));
    assert.deepEqual(store.read().patterns.map((rule) => rule.value), ['only'], 'a failed import changes nothing');
  });

  test('four thousand rules go in and out, and no writer is locked out while they are read', async (t) => {
    const at = scratch(t);
    const store = openRuleStore(at('a.db'));
    t.after(() => store.close());
    const other = openRuleStore(at('a.db'), { busyMs: 0 });
    t.after(() => other.close());
    let added = 0;
    const source = Readable.from((function* () {
      for (let index = 0; index < 4_000; index += 1) {
        if (index % 1_000 === 0) added += other.add({ pattern: `other ${index}` }) > 0 ? 1 : 0;
        yield Buffer.from(`{"pattern":"rule ${index}"}\n`);
      }
    })());
    const report = await store.importFrom(source, 'ndjson');
    assert.equal(report.imported, 4_000);
    assert.equal(added, 4);
    assert.equal(store.read().patterns.length, 4_000 + 4 + seedRules().length);
  });
});
