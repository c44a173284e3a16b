import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opposition } from '../../../src/core/detect/claim-antonyms.js';
import { compare, type Conflict, type Distance } from '../../../src/core/detect/claim-compare.js';
import { parseStatement, spellOut } from '../../../src/core/detect/claim-parse.js';
import { stem } from '../../../src/core/detect/claim-stem.js';
import { ClaimBook } from '../../../src/core/detect/claims.js';

const OPPOSED: readonly (readonly [string, string, 'strong' | 'weak' | null])[] = [
  ['increases', 'decreased', 'strong'], ['required', 'optional', 'strong'], ['stable', 'unstable', 'strong'], ['certain', 'uncertain', 'strong'],
  ['north', 'south', 'weak'], ['before', 'after', 'weak'], ['form', 'inform', null], ['press', 'impress', null], ['cat', 'dog', null],
  ['big', 'large', null], ['increase', 'increases', null], ['port', 'import', null],
];

for (const [one, other, expect] of OPPOSED) {
  test(`claims: ${one} and ${other} are ${expect ?? 'not'} opposed, both ways round`, () => {
    assert.equal(opposition(stem(one), stem(other)), expect);
    assert.equal(opposition(stem(other), stem(one)), expect);
  });
}

const WORDS: readonly (readonly [string, readonly string[]])[] = [
  ["isn't", ['is', 'not']], ["It's", ['it', 'is']], ['can’t', ['can', 'not']], ["dog's", ['dog']], ["they've", ['they', 'have']], ['cannot', ['can', 'not']], ['constructor', ['constructor']], ['Cat', ['cat']],
];

for (const [written, expect] of WORDS) test(`claims: ${written} is ${expect.join(' ')}`, () => assert.deepEqual(spellOut(written), expect));

const FAR: readonly { readonly earlier: string; readonly later: string; readonly distance: Distance; readonly expect: Conflict | null }[] = [
  { earlier: 'The sky is blue.', later: 'The sky is not blue.', distance: 'near', expect: 'negation' },
  { earlier: 'The sky is blue.', later: 'The sky is not blue.', distance: 'far', expect: null },
  { earlier: 'The tax is high on wine.', later: 'The tax is low on wine.', distance: 'far', expect: null },
  { earlier: 'Everest is the highest mountain in the world.', later: 'Everest is not the highest mountain in the world, because K2 is higher.', distance: 'near', expect: 'negation' },
  { earlier: 'Everest is the highest mountain in the world.', later: 'Everest is not the highest mountain in the world, when seen from its foot.', distance: 'near', expect: null },
  { earlier: 'The tax on wine is high.', later: 'The tax on beer is low.', distance: 'near', expect: null },
  { earlier: 'The tax on red wine is high.', later: 'The tax on red wine is low.', distance: 'near', expect: 'antonym' },
  { earlier: 'The tax on red wine is high.', later: 'The tax on red wine is low.', distance: 'parallel', expect: null },
  { earlier: 'This tax on imported red wine is high.', later: 'This tax on imported red wine is low.', distance: 'far', expect: null },
];

for (const { earlier, later, distance, expect } of FAR) {
  test(`claims: "${earlier}" and "${later}", ${distance}`, () => {
    assert.equal(compare(parseStatement(earlier, true), parseStatement(later, true), distance), expect);
    assert.equal(compare(parseStatement(later, true), parseStatement(earlier, true), distance), expect);
    assert.equal(compare(parseStatement(later, true), parseStatement(later, true), distance), null);
  });
}

test('claims: the book forgets its oldest statements', () => {
  const book = new ClaimBook();
  const place = { skip: false, item: false, heading: false, section: 0, part: 0, paragraph: 0, corrects: false };
  for (let k = 0; k < 5_000; k += 1) book.add(parseStatement(`Word${k} meets the other${k} at place${k}.`, true), place);
  assert.ok(book.size <= 2_048);
  assert.equal(book.contradicted(parseStatement('Word7 does not meet the other7 at place7.', true), place), null);
  assert.equal(book.contradicted(parseStatement('Word4900 does not meet the other4900 at place4900.', true), place)?.conflict, 'negation');
});
