import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StatedFacts } from '../../../src/core/detect/fact-stated.js';
import { FactWindow } from '../../../src/core/detect/fact-window.js';
import type { Fact } from '../../../src/core/rules/rule-set.js';

const SUBJECTS = ['gateway', 'The Gateway', 'node.js', 'Node', 'C++', '.net', 'Zed protocol', 'straße', 'STRASSE', 'ſet', 'kelvin K', 'İzmir', '→→', 'user_db', 'user', 'ÄÖ', 'cafe\u0301'];
const ATTRIBUTES = ['port', 'default port', 'RFC', 'max-connections', 'retries', 'retry', 'classes', 'c++', 'Straße', 'size', 'number of seats', 'released'];
const VALUES = ['9443', '5,000', '3.6', '20 ms', '$40', '1931', 'RFC 2616'];
const GAPS = [' ', ' is ', "'s ", ' of the ', ': ', ' = ', ' number ', ', ', '. ', ' has ', ' runs on ', '-', ' `', '** ', ' not ', 'S '];

const fact: fc.Arbitrary<Fact> = fc.record({ subject: fc.constantFrom(...SUBJECTS), attribute: fc.constantFrom(...ATTRIBUTES), value: fc.constantFrom(...VALUES) });
const word = fc.oneof(fc.constantFrom(...SUBJECTS, ...ATTRIBUTES), fc.constantFrom(...SUBJECTS, ...ATTRIBUTES).map((one) => one.toUpperCase()), fc.constantFrom('the', 'a', 'x'));
const sentence = fc.array(fc.tuple(word, fc.constantFrom(...GAPS)).map((parts) => parts.join('')), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));

test('the index of facts finds what asking every fact finds', () => {
  fc.assert(fc.property(fc.array(fact, { maxLength: 8 }), sentence, fc.constantFrom('5433', '22', '3.5', '1913', '4,000'), fc.constantFrom('', '.', ' ms', ' for the gateway.', ' is the default of node.js'), (facts, before, number, behind) => {
    const stated = new StatedFacts(facts);
    const text = before + number + behind;
    const window = (): FactWindow => new FactWindow(text, before.length, text.length, true, false);
    const asked = window();
    const all = stated.checkAll(window(), before.length + number.length);
    assert.deepEqual(stated.check(asked, before.length + number.length), all, text);
    // The gate may say yes to nothing, never no to something.
    assert.ok(all === null || stated.mayCheck(asked), text);
  }), { numRuns: 10_000 });
});

test('a thousand facts are asked by the words of the sentence, not one by one', (context) => {
  const facts = Array.from({ length: 1_000 }, (_, at): Fact => ({ subject: `service${at}`, attribute: 'port', value: String(9_000 + at) }));
  const stated = new StatedFacts(facts);
  const text = 'There were about 40 of them, and service17 has the port 5000.';
  const asked = context.mock.method(RegExp.prototype, 'test');
  for (const number of ['40', '5000']) stated.mayCheck(new FactWindow(text, text.indexOf(number), text.length, true, false));
  assert.ok(asked.mock.callCount() < 20, `${asked.mock.callCount()} expressions asked`);
});
