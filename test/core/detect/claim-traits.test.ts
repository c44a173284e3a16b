import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { contradictions } from './contradiction-run.js';

interface Row {
  readonly name: string;
  readonly hit: string;
  readonly later: string;
  readonly near: string;
}

const ROWS: readonly Row[] = [
  { name: 'a property', hit: 'Bubble sort is a stable sort. Bubble sort is unstable.', later: 'Bubble sort is unstable.', near: 'Bubble sort is stable. Shell sort is unstable.' },
  { name: 'a property behind an article', hit: 'Otter is an open-source tool made by Ann Ray. It is proprietary software.', later: 'It is proprietary software.', near: 'Otter is an open-source tool. Its server is proprietary software.' },
  { name: 'a property denied', hit: 'The tent is waterproof. It has two doors. The tent is not waterproof.', later: 'The tent is not waterproof.', near: 'The tent is waterproof. The bag is not waterproof.' },
  { name: 'a kind', hit: 'Dolphins are mammals. Dolphins are fish.', later: 'Dolphins are fish.', near: 'Dolphins are mammals. Dolphins are fish eaters. Sharks are fish.' },
  { name: 'a price', hit: 'The small plan costs $5 per month. The small plan costs $8 per month.', later: 'The small plan costs $8 per month.', near: 'The small plan costs $5 per month. The small plan costs $50 per year.' },
  { name: 'what is free', hit: 'The tool is free to use. It runs on phones. The tool costs nothing to learn. The tool is not free.', later: 'The tool is not free.', near: 'The tool is free for students. The tool is not free for firms.' },
  { name: 'a weight', hit: 'The drone weighs 900 grams. It folds. The drone weighs 400 grams.', later: 'The drone weighs 400 grams.', near: 'The drone weighs 900 grams. The drone weighs 400 grams without its battery.' },
  { name: 'a limit', hit: 'The lamp lasts up to 20 hours. The lamp lasts up to 8 hours.', later: 'The lamp lasts up to 8 hours.', near: 'The lamp lasts up to 20 hours. The lamp lasts 8 hours.' },
  { name: 'a material', hit: 'The gate is made of oak. The gate is made of steel.', later: 'The gate is made of steel.', near: 'The gate is made of steel. The gate is made of metal.' },
  { name: 'what is returned', hit: '`load()` returns a list of names. `load()` returns a string.', later: '`load()` returns a string.', near: '`load()` returns a list. `load()` returns null if the file is empty. `read()` returns a string.' },
  { name: 'a cost in steps', hit: 'Heap sort runs in O(n log n) time. The time complexity of heap sort is O(n).', later: 'The time complexity of heap sort is O(n).', near: 'Heap sort runs in O(n log n) time. The space complexity of heap sort is O(1). Heap sort runs in O(n) time when all keys are the same.' },
  { name: 'arguments', hit: 'The hook takes two arguments. The hook takes four arguments.', later: 'The hook takes four arguments.', near: 'The hook takes two arguments. The old hook takes four arguments.' },
  { name: 'the only one of its rank', hit: 'Lima is the largest city in Peru. Cusco is the largest city in Peru.', later: 'Cusco is the largest city in Peru.', near: 'Lima is the largest city in Peru. Cusco is the oldest city in Peru.' },
  { name: 'a rank', hit: 'Ada Moss was the first woman to cross the strait. Moss was the third woman to cross the strait.', later: 'Moss was the third woman to cross the strait.', near: 'Ada Moss was the first woman to cross the strait. Moss was the third woman to cross the lake.' },
  { name: 'an ability', hit: 'The router supports wired backups. It has four ports. The router does not support wired backups.', later: 'The router does not support wired backups.', near: 'The router supports wired backups. The router does not support wired printers.' },
  { name: 'an ability in the passive', hit: 'Kestrel supports cold starts. Cold starts are not supported by Kestrel.', later: 'Cold starts are not supported by Kestrel.', near: 'Kestrel supports cold starts. Cold starts are not supported by Falcon.' },
  { name: 'a part', hit: 'The phone has no headphone jack. The phone has a headphone jack.', later: 'The phone has a headphone jack.', near: 'The phone has no headphone jack. The phone has a charging port.' },
  { name: 'a warranty', hit: 'The oven comes with a two-year warranty. The oven comes with a five-year warranty.', later: 'The oven comes with a five-year warranty.', near: 'The oven comes with a two-year warranty. The door comes with a five-year warranty.' },
  { name: 'a duty', hit: 'You need to reload the page after a login. You do not need to reload the page after a login.', later: 'You do not need to reload the page after a login.', near: 'You need to reload the page after a login. You do not need to reload the page after a logout.' },
  { name: 'what can be done', hit: 'You can freeze fresh bread. Fresh bread cannot be frozen.', later: 'Fresh bread cannot be frozen.', near: 'You can freeze fresh bread. Fresh salad cannot be frozen.' },
  { name: 'a treaty', hit: 'The treaty was signed in 1801. The treaty was signed in 1805.', later: 'The treaty was signed in 1805.', near: 'The treaty was signed in 1801. The player signed with Ajax in 1999. The treaty was ratified in 1805.' },
  { name: 'a beginning', hit: 'The siege began in 1420. The siege began in 1431.', later: 'The siege began in 1431.', near: 'The siege began in 1420. Hus began his studies in 1431. The second siege began in 1431.' },
  { name: 'this, in one paragraph', hit: 'This type has a key. It is short. This type has no key.', later: 'This type has no key.', near: 'This type has a key.\n\nThis type has no key.' },
];

test('claim traits: names are unique', () => {
  assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
});

for (const { name, hit, later, near } of ROWS) {
  test(`claim traits: however it is cut, ${name}`, () => {
    everySplit(hit, (cut) => assert.deepEqual(contradictions(cut).found.map(({ verdict }) => verdict.detected), [later]));
    everySplit(near, (cut) => assert.deepEqual(contradictions(cut).found.map(({ verdict }) => verdict.detected), []));
  });
}
