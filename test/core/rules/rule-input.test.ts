import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RuleInputError } from '../../../src/core/rules/fields.js';
import { isUnconditional, readPatch } from '../../../src/core/rules/patch-input.js';
import { readRuleInput } from '../../../src/core/rules/rule-forms.js';
import { encodePattern, readFlags, readPatternRow } from '../../../src/core/rules/rule-input.js';

const pattern = { id: '7', match: 'literal', flags: '', word: false, replacement: null, expand: false, type: 'pattern_match', confidenceThreshold: 0, scopes: ['prose', 'reasoning'], models: null };

describe('readPatternRow: a row of correction_patterns', () => {
  const rows: readonly { name: string; row: Record<string, unknown>; expect: unknown }[] = [
    { name: 'a plain literal of a database with only the named columns', row: { id: 7, pattern: 'foo', type: null, confidence_threshold: null }, expect: { ...pattern, value: 'foo' } },
    { name: 'an unknown type means pattern_match', row: { pattern: 'foo', type: 'regex' }, expect: { ...pattern, value: 'foo' } },
    { name: 'one of the six types', row: { pattern: 'foo', type: 'incorrect_fact' }, expect: { ...pattern, value: 'foo', type: 'incorrect_fact' } },
    { name: 'a regex as JSON', row: { pattern: ' {"match":"regex","value":"fo+","replace":"x","flags":"gi","word":true}' }, expect: { ...pattern, match: 'regex', value: 'fo+', flags: 'i', word: true, replacement: 'x' } },
    { name: 'replace in the JSON beats the column', row: { pattern: '{"match":"literal","value":"a","replace":"json"}', replacement: 'column' }, expect: { ...pattern, value: 'a', replacement: 'json' } },
    { name: 'an empty replace in the JSON beats the column', row: { pattern: '{"match":"literal","value":"a","replace":""}', replacement: 'column' }, expect: { ...pattern, value: 'a', replacement: '' } },
    { name: 'null in the JSON leaves the column', row: { pattern: '{"match":"literal","value":"a","replace":null}', replacement: 'column' }, expect: { ...pattern, value: 'a', replacement: 'column' } },
    { name: 'an empty column is a replacement', row: { pattern: 'a', replacement: '' }, expect: { ...pattern, value: 'a', replacement: '' } },
    { name: 'columns say flags, models and scopes', row: { pattern: 'a', flags: 'i', models: '["llama3*"]', scopes: '["code","code"]', confidence_threshold: 0.5 }, expect: { ...pattern, value: 'a', flags: 'i', models: ['llama3*'], scopes: ['code'], confidenceThreshold: 0.5 } },
    { name: 'a literal that looks like a regex', row: { pattern: '(a|b' }, expect: { ...pattern, value: '(a|b' } },
    { name: 'white space is part of a literal', row: { pattern: '\n a ' }, expect: { ...pattern, value: '\n a ' } },
  ];
  for (const { name, row, expect } of rows) {
    test(name, () => assert.deepEqual(readPatternRow(row, '7'), { form: 'pattern', rule: expect }));
  }

  test('a fact', () => assert.deepEqual(readPatternRow({ pattern: '{"match":"fact","subject":"s","attribute":"a","value":"v"}' }, '7'), { form: 'fact', fact: { subject: 's', attribute: 'a', value: 'v' } }));
  test('a switch', () => assert.deepEqual(readPatternRow({ pattern: '{"rule":"check_path_exists","enabled":false}' }, '7'), { form: 'switch', name: 'check_path_exists', state: { enabled: false, threshold: 0 } }));
  test('a fact with a threshold', () => assert.deepEqual(readPatternRow({ pattern: '{"match":"fact","subject":"s","attribute":"a","value":"v"}', confidence_threshold: 0.9 }, '7'), { form: 'fact', fact: { subject: 's', attribute: 'a', value: 'v', threshold: 0.9 } }));
  test('a fact with a wrong threshold', () => assert.throws(() => readPatternRow({ pattern: '{"match":"fact","subject":"s","attribute":"a","value":"v"}', confidence_threshold: 2 }, '7'), /confidence_threshold/));
  test('a switch with a threshold', () => assert.deepEqual(readPatternRow({ pattern: '{"rule":"check_facts"}', confidence_threshold: 0.9 }, '7'), { form: 'switch', name: 'check_facts', state: { enabled: true, threshold: 0.9 } }));

  test('a path is found as a whole and not inside a longer one', () => {
    const meaning = readPatternRow({ pattern: '{"match":"path","value":"src/a.ts","replace":"src/b.ts"}' }, '7');
    assert.ok(meaning.form === 'path');
    assert.equal(meaning.rule.type, 'invalid_path');
    const regex = new RegExp(meaning.rule.value, 'u');
    for (const hit of ['src/a.ts', '`src/a.ts`', 'in src/a.ts.', '(src/a.ts:12)', 'src/a.ts\n']) assert.ok(regex.test(hit), hit);
    for (const miss of ['lib/src/a.ts', 'src/a.tsx', 'src/a.ts.bak', 'src/axts', './src/a.ts', 'src/a.ts/x', 'src/a.ts-old']) assert.ok(!regex.test(miss), miss);
  });

  const faults: readonly { name: string; row: Record<string, unknown>; says: RegExp }[] = [
    { name: 'no pattern', row: { id: 1 }, says: /^pattern must be text; it is nothing$/ },
    { name: 'an empty pattern', row: { pattern: '' }, says: /^pattern must be text that is not empty; it is ""$/ },
    { name: 'bytes', row: { pattern: Buffer.from('x') }, says: /^pattern must be text; it is / },
    { name: 'broken JSON', row: { pattern: '{foo' }, says: /^a pattern that begins with { must be JSON: / },
    { name: 'an unknown key', row: { pattern: '{"match":"literal","value":"a","replce":"b"}' }, says: /unknown key "replce"; allowed are match, value, replace/ },
    { name: 'an unknown match', row: { pattern: '{"match":"glob","value":"a"}' }, says: /^match must be one of literal, regex, fact, path; it is "glob"$/ },
    { name: 'an unknown switch', row: { pattern: '{"rule":"check_everything"}' }, says: /^rule must be one of check_path_exists, validate_imports, .*; it is "check_everything"$/ },
    { name: 'a wrong type', row: { pattern: '{"match":"literal","value":5}' }, says: /^value must be text; it is 5$/ },
    { name: 'an empty value', row: { pattern: '{"match":"regex","value":""}' }, says: /^value must be text that is not empty/ },
    { name: 'a bad regex', row: { pattern: '{"match":"regex","value":"(a"}' }, says: /^value must be a JavaScript regular expression under the flag u: .*Unterminated group/ },
    { name: 'a regex that is good only without u', row: { pattern: '{"match":"regex","value":"\\\\-"}' }, says: /under the flag u/ },
    { name: 'an unknown flag', row: { pattern: '{"match":"regex","value":"a","flags":"v"}' }, says: /^flags must be letters of imsu/ },
    { name: 'a regex flag on a literal', row: { pattern: 'a', flags: 's' }, says: /^flags must be letters of i \(a literal\); it is "s"$/ },
    { name: 'a threshold above one', row: { pattern: 'a', confidence_threshold: 1.5 }, says: /^confidence_threshold must be a number from 0 to 1, or nothing; it is 1.5$/ },
    { name: 'a threshold in words', row: { pattern: 'a', confidence_threshold: 'high' }, says: /^confidence_threshold .* it is "high"$/ },
    { name: 'a fact without value', row: { pattern: '{"match":"fact","subject":"s","attribute":"a"}' }, says: /^value must be text; it is nothing$/ },
    { name: 'an unknown scope', row: { pattern: 'a', scopes: '["everywhere"]' }, says: /^an element of scopes must be one of prose, code, reasoning, arguments/ },
    { name: 'models that are no list', row: { pattern: 'a', models: 'llama' }, says: /^models must be JSON/ },
    { name: 'half a surrogate pair', row: { pattern: 'a\ud800' }, says: /half a surrogate pair/ },
    { name: 'expand on a literal', row: { pattern: '{"match":"literal","value":"a","expand":true}' }, says: /^expand must be false for a literal/ },
  ];
  for (const { name, row, says } of faults) {
    test(`fault: ${name}`, () => assert.throws(() => readPatternRow(row, '7'), (error) => error instanceof RuleInputError && says.test(error.message)));
  }

  test('flags that mean nothing here are dropped, others sorted', () => {
    assert.equal(readFlags('regex', 'ysgmi'), 'ims');
    assert.equal(readFlags('literal', 'gui'), 'i');
  });
});

describe('readRuleInput: the forms of an import', () => {
  const plain = { kind: 'pattern', id: null, name: null, type: null, confidence_threshold: null, replacement: null, flags: null, enabled: true, models: null, scopes: null };
  const forms: readonly { name: string; input: unknown; expect: unknown }[] = [
    { name: 'case form, literal', input: { id: 'r1', type: 'literal', pattern: 'a', flags: '', replacement: 'b' }, expect: { ...plain, name: 'r1', pattern: 'a', flags: '', replacement: 'b' } },
    { name: 'case form, a literal with a brace', input: { id: 'r1', type: 'literal', pattern: '{"rule":"x"}' }, expect: { ...plain, name: 'r1', pattern: '{"match":"literal","value":"{\\"rule\\":\\"x\\"}"}' } },
    { name: 'case form, regex', input: { id: 'r2', type: 'regex', pattern: '\\bx\\b', flags: 'gi', replacement: '' }, expect: { ...plain, name: 'r2', pattern: '{"match":"regex","value":"\\\\bx\\\\b"}', flags: 'gi', replacement: '' } },
    { name: 'row form', input: { pattern: 'a', type: 'incorrect_fact', confidence_threshold: 0.5, replacement: 'b' }, expect: { ...plain, pattern: 'a', type: 'incorrect_fact', confidence_threshold: 0.5, replacement: 'b' } },
    { name: 'row form with JSON stays as written', input: { pattern: ' {"match":"regex","value":"a"}', id: 5 }, expect: { ...plain, id: 5, pattern: ' {"match":"regex","value":"a"}' } },
    { name: 'a dumped row: its history stays behind', input: { id: 5, pattern: 'a', type: null, hits: 3, last_hit: null, rejected: 0, created_at: 'x', enabled: 0 }, expect: { ...plain, id: 5, pattern: 'a', enabled: false } },
    { name: 'the JSON form itself', input: { match: 'literal', value: 'a', replace: 'b', word: true }, expect: { ...plain, pattern: '{"match":"literal","value":"a","word":true}', replacement: 'b' } },
    { name: 'a path', input: { match: 'path', value: 'a/b', replace: 'c/d' }, expect: { ...plain, pattern: '{"match":"path","value":"a/b"}', replacement: 'c/d' } },
    { name: 'a switch with a threshold', input: { rule: 'check_logic', confidence_threshold: 0.8 }, expect: { ...plain, confidence_threshold: 0.8, pattern: '{"rule":"check_logic"}' } },
    { name: 'a switch: enabled is its value', input: { rule: 'validate_imports', enabled: false }, expect: { ...plain, pattern: '{"rule":"validate_imports","enabled":false}' } },
    { name: 'a fact', input: { match: 'fact', subject: 's', attribute: 'a', value: '' }, expect: { kind: 'fact', id: null, subject: 's', attribute: 'a', value: '', source: null, enabled: true } },
    { name: 'a patch with its payload as an object', input: { description: 'd', patch_type: 'validator', payload_json: { rules: [{ check: 'json' }] } }, expect: { kind: 'patch', id: null, name: null, description: 'd', patch_type: 'validator', payload_json: '{"rules":[{"check":"json"}]}', enabled: true } },
  ];
  for (const { name, input, expect } of forms) test(name, () => assert.deepEqual(readRuleInput(input), expect));

  const faults: readonly { name: string; input: unknown; says: RegExp }[] = [
    { name: 'no object', input: ['a'], says: /^a rule must be a JSON object; it is \["a"\]$/ },
    { name: 'nothing known', input: { foo: 1 }, says: /^a rule must have pattern, match and value/ },
    { name: 'an unknown kind', input: { kind: 'pat', pattern: 'a' }, says: /^kind must be one of pattern, patch, fact; it is "pat"$/ },
    { name: 'an unknown key', input: { pattern: 'a', replace: 'b' }, says: /unknown key "replace"; allowed are match, pattern, replacement/ },
    { name: 'an id below one', input: { pattern: 'a', id: 0 }, says: /^id must be a whole number above 0, or a name; it is 0$/ },
    { name: 'a value without match', input: { value: 'a' }, says: /^match must be one of literal, regex; it is nothing$/ },
    { name: 'a payload that would not load', input: { patch_type: 'validator', payload_json: '{"rules":[{"check":"luck"}]}' }, says: /^check must be one of paths, json, reasoning_present; it is "luck"$/ },
    { name: 'a threshold that is no number', input: { pattern: 'a', confidence_threshold: '0.5' }, says: /^confidence_threshold/ },
    { name: 'a cycle', input: { pattern: cyclic() }, says: /^pattern must be text; it is object$/ },
  ];
  for (const { name, input, says } of faults) {
    test(`fault: ${name}`, () => assert.throws(() => readRuleInput(input), (error) => error instanceof RuleInputError && says.test(error.message)));
  }

  test('whatever JSON comes in, a draft that loads comes out, or a fault in words', () => {
    const keys = fc.constantFrom('kind', 'id', 'pattern', 'type', 'match', 'value', 'replace', 'replacement', 'flags', 'word', 'rule', 'enabled', 'subject', 'attribute', 'patch_type', 'payload_json', 'scopes', 'models', 'expand');
    const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('literal', 'regex', 'path', 'fact', 'i', 'gu', '(', '{"match":"regex","value":"a"}', 'validator', 'check_facts', true, 1));
    fc.assert(
      fc.property(fc.dictionary(keys, values), (input) => {
        try {
          const draft = readRuleInput(input);
          if (draft.kind === 'pattern') readPatternRow({ ...draft }, 'x');
        } catch (error) {
          assert.ok(error instanceof RuleInputError, String(error));
        }
      }),
      { seed: 7, numRuns: 1_500 },
    );
  });

  test('any text survives being stored as a literal or a regex', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.boolean(), (value, word) => {
        const meaning = readPatternRow({ pattern: encodePattern('literal', value, { word }) }, 'x');
        assert.ok(meaning.form === 'pattern' && meaning.rule.value === value && meaning.rule.match === 'literal' && meaning.rule.word === word);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('readPatch: a row of behavior_patches', () => {
  const read = (patch_type: string, payload: unknown) => readPatch({ patch_type, payload_json: JSON.stringify(payload), description: 'd' }, 'patch:1');

  test('an output filter', () => {
    const patch = read('output_filter', { models: ['llama3*'], rules: [{ match: 'literal', value: 'a', replace: 'b', flags: 'i' }, { drop: 'thinking' }] });
    assert.ok(patch.type === 'output_filter' && isUnconditional(patch));
    assert.deepEqual(patch.rules, [{ form: 'match', rule: { ...pattern, id: 'patch:1/0', value: 'a', flags: 'i', replacement: 'b', models: ['llama3*'] } }, { form: 'drop', drop: 'thinking' }]);
  });
  test('a prompt modifier with a condition', () => {
    const patch = read('prompt_modifier', { when: { route: 'chat', after: 'navigation_error' }, rules: [{ system: { mode: 'append', text: 't' } }, { options: { temperature: 0 } }] });
    assert.ok(!isUnconditional(patch));
    assert.deepEqual(patch, { id: 'patch:1', description: 'd', models: null, route: 'chat', after: 'navigation_error', type: 'prompt_modifier', rules: [{ form: 'system', mode: 'append', text: 't' }, { form: 'options', options: { temperature: 0 } }] });
  });
  const faults: readonly { name: string; type: string; payload: unknown; says: RegExp }[] = [
    { name: 'an unknown type', type: 'magic', payload: {}, says: /^patch_type must be one of output_filter, prompt_modifier, validator; it is "magic"$/ },
    { name: 'no rules', type: 'validator', payload: {}, says: /^rules must be a list with at least one element/ },
    { name: 'a list as payload', type: 'validator', payload: [], says: /^payload_json must be one JSON object/ },
    { name: 'an unknown occasion', type: 'validator', payload: { when: { after: 'lunch' }, rules: [{ check: 'json' }] }, says: /^when.after must be one of hallucination, / },
    { name: 'a rule of another type', type: 'validator', payload: { rules: [{ drop: 'thinking' }] }, says: /^a validator has the unknown key "drop"/ },
    { name: 'no options', type: 'prompt_modifier', payload: { rules: [{ options: {} }] }, says: /^options must be/ },
  ];
  for (const { name, type, payload, says } of faults) test(`fault: ${name}`, () => assert.throws(() => read(type, payload), (error) => error instanceof RuleInputError && says.test(error.message)));
});

function cyclic(): unknown {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  return cycle;
}
