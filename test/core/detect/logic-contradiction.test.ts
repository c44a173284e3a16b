import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { logicContradiction } from '../../../src/core/detect/logic-contradiction.js';
import { uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { CONTEXT, contradictions } from './contradiction-run.js';

interface Case {
  readonly name: string;
  readonly text: string;
  /** The later statement; null: none is contradicted. */
  readonly later: string | null;
}

const between = 'Many tools of this sort exist.';
const hit = (name: string, earlier: string, later: string): Case => ({ name, text: `${earlier} ${between}\n\n${later}\n`, later });
const miss = (name: string, earlier: string, later: string): Case => ({ name, text: `${earlier} ${between}\n\n${later}\n`, later: null });

const CASES: readonly Case[] = [
  hit('negation: is not', 'The parser is written in Rust by a small team.', 'The parser is not written in Rust by a small team.'),
  hit('negation: the denial comes first', 'The parser does not support nested comments.', 'The parser supports nested comments.'),
  hit('negation: contraction', 'The cache can hold a thousand compiled queries.', "The cache can't hold a thousand compiled queries."),
  hit('negation: typographic apostrophe', 'The scheduler runs the oldest job first.', 'The scheduler doesn’t run the oldest job first.'),
  hit('negation: no', 'There are gaps between the slices of the circle.', 'There are no gaps between the slices of the circle.'),
  hit('negation: irregular verb', 'Norway won the bronze medal in curling.', 'Norway did not win the bronze medal in curling.'),
  hit('negation: behind an introduction', 'The compiler removes dead branches of the graph.', 'In summary, the compiler does not remove dead branches of the graph.'),
  hit('negation: emphasis', 'The **broker** keeps messages on disk for replay.', 'The broker does **not** keep messages on disk for replay.'),
  miss('negation: not only', 'The broker keeps messages on disk for replay.', 'The broker not only keeps messages on disk for replay.'),
  miss('negation: may not', 'The patch may break older plugins of the editor.', 'The patch may not break older plugins of the editor.'),
  miss('negation: not always', 'The patch breaks older plugins of the editor.', 'The patch does not necessarily break older plugins of the editor.'),
  miss('negation: twice', 'The patch is compatible with older plugins.', 'The patch is not incompatible with older plugins.'),
  miss('negation: some do, some do not', 'Some users like the dark theme of the editor.', 'Some users do not like the dark theme of the editor.'),
  miss('negation: another subject', 'MySQL supports nested transactions in this mode.', 'SQLite does not support nested transactions in this mode.'),
  miss('negation: another condition', 'When the flag is set, the server compresses replies.', 'When the flag is not set, the server compresses replies.'),
  miss('negation: another time', 'The parser supported nested comments.', 'The parser now does not support nested comments.'),
  miss('negation: no longer', 'The parser supports nested comments well.', 'The parser no longer supports nested comments well.'),
  miss('negation: a question', 'The parser supports nested comments.', 'Does the parser not support nested comments?'),
  miss('negation: a quotation', 'The parser supports nested comments.', '"The parser does not support nested comments."'),
  miss('negation: a correction', 'The parser supports nested comments.', 'Wait, that was a mistake. The parser does not support nested comments.'),
  miss('negation: taken back', 'The parser supports nested comments.', 'Actually, the parser does not support nested comments.'),
  miss('negation: a myth', 'The parser supports nested comments.', 'Myth: The parser does not support nested comments.'),
  miss('negation: a table', 'The parser supports nested comments.', '| a | The parser does not support nested comments. |'),
  miss('negation: another says so', 'The parser supports nested comments.', '> The parser does not support nested comments.'),
  miss('negation: a side', 'The parser supports nested comments.', '### Cons\n\n- The parser does not support nested comments.'),
  miss('negation: an option', 'The parser supports nested comments.', 'B) The parser does not support nested comments.'),
  miss('negation: a pronoun elsewhere', '# Rust\n\nIt supports nested comments.', '# C\n\nIt does not support nested comments.'),

  hit('always, never', 'There will always be gaps between the slices of the pie.', 'There will never be gaps between the slices of the pie.'),
  hit('never, always', 'An asset of this kind is never depreciated by the firm.', 'An asset of this kind is always depreciated by the firm.'),
  hit('all, no', 'All reptiles in the park lay eggs in warm sand.', 'No reptiles in the park lay eggs in warm sand.'),
  miss('always, often', 'There will always be gaps between the slices of the pie.', 'There will often be gaps between the slices of the pie.'),
  miss('never twice', 'An asset of this kind is never depreciated by the firm.', 'An asset of this kind is never depreciated by the firm.'),
  miss('all, not all', 'All reptiles in the park lay eggs in warm sand.', 'Reptiles in the park lay eggs, but not all in warm sand.'),

  hit('antonym: verb', 'Exercise increases the density of bones in adults.', 'Exercise decreases the density of bones in adults.'),
  hit('antonym: adjective', 'The tax on imported wine is higher than on beer.', 'The tax on imported wine is lower than on beer.'),
  hit('antonym: required', 'The second argument of the call is required by the API.', 'The second argument of the call is optional by the API.'),
  hit('antonym: prefix', 'The new driver is stable under heavy network load.', 'The new driver is unstable under heavy network load.'),
  hit('antonym: hyphen', 'The partners in the study know their HIV-positive status.', 'The partners in the study know their HIV-negative status.'),
  hit('antonym: a claim that is quoted', 'The claim "Omnivores produce less of this acid than vegans" is accurate.', 'The claim "Omnivores produce more of this acid than vegans" is accurate.'),
  miss('antonym: two differences', 'The left key increases the volume of the speaker.', 'The right key decreases the volume of the speaker.'),
  miss('antonym: with a negation', 'The new driver is stable under heavy network load.', 'The new driver is not unstable under heavy network load.'),
  miss('antonym: in the condition', 'If the pressure is higher, the valve opens by itself.', 'If the pressure is lower, the valve opens by itself.'),
  miss('antonym: of the subject', 'Active users see the banner on every page.', 'Inactive users see the banner on every page.'),
  miss('antonym: both can be', 'You can enable the cache in the settings.', 'You can disable the cache in the settings.'),
  miss('antonym: what a step is for', 'Click the switch to enable the cache.', 'Click the switch to disable the cache.'),
  miss('antonym: parallel items', '- Cats sleep long in winter and hunt early.', '- Cats sleep long in winter and hunt late.'),
  miss('antonym: labels', 'Kafka: The throughput of the queue is high under load.', 'Redis: The throughput of the queue is low under load.'),
  miss('antonym: the following', 'The following call creates a public topic in the new project.', 'The following call creates a private topic in the new project.'),
  miss('antonym: no subject', 'Returns the maximum of the values in the given list.', 'Returns the minimum of the values in the given list.'),

  hit('number: share', 'The tax applies to about 40% of small firms in the region.', 'The tax applies to about 46% of small firms in the region.'),
  hit('number: year', 'A study published in a medical journal in 2011 found no link between coffee and stroke.', 'A study published in a medical journal in 2019 found no link between coffee and stroke.'),
  hit('number: words', 'The standard describes seven layers of network protocols.', 'The standard describes five layers of network protocols.'),
  hit('number: money', 'The maximum loan from the pension plan is $50,000 a year.', 'The maximum loan from the pension plan is $60,000 a year.'),
  hit('number: month', 'The harvest festival of the valley takes place in October each year.', 'The harvest festival of the valley takes place in August each year.'),
  miss('number: written otherwise', 'The maximum loan from the pension plan is $50,000 a year.', 'The maximum loan from the pension plan is $50000 a year.'),
  miss('number: rounded', 'The constant of the growth curve is 2.718 in this model.', 'The constant of the growth curve is 2.7 in this model.'),
  miss('number: of a version', 'The library works with Python 3 on every platform.', 'The library works with Python 2 on every platform.'),
  miss('number: of a step', 'The result of step 3 goes into the table of totals.', 'The result of step 4 goes into the table of totals.'),
  miss('number: another time', 'In 2011, the firm sold most of its shares to a fund.', 'In 2012, the firm sold most of its shares to a fund.'),
  miss('number: another condition', 'If the load is 5 tons, the crane lifts it in a minute.', 'If the load is 6 tons, the crane lifts it in a minute.'),
  miss('number: two of them', 'The train left at 9 with 40 passengers on board.', 'The train left at 11 with 60 passengers on board.'),
  miss('number: a URL', 'See https://example.org/issues/100 for the report of the bug.', 'See https://example.org/issues/200 for the report of the bug.'),
  miss('number: a short tale', 'John has 5 apples.', 'John has 8 apples.'),

  hit('value: year of founding', 'Acme Corporation was founded in 1998 by two students.', 'The company grew fast. Acme Corporation was founded in 1989 in a garage.'),
  hit('value: date of birth', 'William Grey was born on August 15, 1955.', 'William Grey was born on August 17, 1955 in Leeds.'),
  hit('value: he', 'William Grey is a painter. He was born in 1955.', 'William Grey was born in Leeds in 1957.'),
  hit('value: who did it', 'The novel Blue Harbour was written by Anna Holm.', 'Blue Harbour was written by Peter Lind in the same year.'),
  hit('value: won by', 'The 1994 final was won by Brazil.', 'The 1994 final was won by Italy.'),
  hit('value: capital', 'The capital of Australia is Canberra.', 'The capital of Australia is Sydney.'),
  hit('value: yes, then no', 'Yes, 91 is prime.', 'Therefore, the answer is no.'),
  miss('value: a fuller date', 'William Grey was born in 1955.', 'William Grey was born on August 15, 1955.'),
  miss('value: another person', 'William Grey was born in 1955.', 'Walter Grey was born in 1957.'),
  miss('value: his father', 'William Grey is a painter. He was born in 1955.', 'His father was a miner. He was born in 1922.'),
  miss('value: two authors', 'The novel Blue Harbour was written by Anna Holm.', 'Blue Harbour was written by Anna Holm and Peter Lind.'),
  miss('value: surname', 'The novel Blue Harbour was written by Anna Holm.', 'Blue Harbour was written by Holm.'),
  miss('value: another final', 'The 1994 final was won by Brazil.', 'The 1998 final was won by France.'),
  miss('value: in another country', 'The Matrix was released in 1999.', 'The Matrix was released in 2000 in Japan.'),
  miss('value: yes twice', 'Yes, 97 is prime.', 'Therefore, the answer is yes.'),
  miss('value: another capital', 'The capital of Australia is Canberra.', 'The capital of Austria is Vienna.'),

  { name: 'count: more items than announced', text: 'It takes two steps:\n\n1. Open it.\n2. Read it.\n3. Close it.\n', later: '3. Close it.' },
  { name: 'count: as announced', text: 'It takes three steps:\n\n1. Open it.\n2. Read it.\n3. Close it.\n', later: null },
  { name: 'count: at least', text: 'It takes at least two steps:\n\n1. Open it.\n2. Read it.\n3. Close it.\n', later: null },
  { name: 'count: another list', text: 'It takes two steps:\n\n1. Open it.\n2. Read it.\n\nThen come these:\n\n3. Close it.\n', later: null },
  { name: 'count: nested', text: 'It takes two steps:\n\n1. Open it:\n   1. a b.\n   2. c d.\n   3. e f.\n2. Read it.\n', later: null },
  { name: 'count: bullets in the items', text: 'It takes two steps:\n1. Open it.\n- a\n- b\n2. Read it.\n', later: null },

  { name: 'code: comments', text: '```js\n// The parser supports nested comments.\n```\n\n```js\n// The parser does not support nested comments.\n```\n', later: null },
  { name: 'code: what a JSON answer says', text: '{"a": "x"} The parser supports nested comments. The parser does not support nested comments. Yes.', later: null },
  { name: 'a word that is a property of every object', text: 'The constructor is a method of the base class. A valueOf and a toString exist, hasOwnProperty too.\n', later: null },
  hit('order: the other way round', 'Insertion sort is slower than merge sort on large inputs.', 'Merge sort is slower than insertion sort on large inputs.'),
  hit('order: the opposite of the same two', 'Alice is older than Bob.', 'Alice is younger than Bob.'),
  hit('order: more of a quality', 'The red alloy is more expensive than the blue alloy.', 'The blue alloy is more expensive than the red alloy.'),
  hit('order: in time', 'The migration runs before the seed step.', 'The seed step runs before the migration.'),
  hit('order: before, after', 'The migration runs before the seed step.', 'The migration runs after the seed step.'),
  miss('order: told from the other side', 'Alice is older than Bob.', 'Bob is younger than Alice.'),
  miss('order: at something else', 'Postgres is faster than SQLite for writes.', 'SQLite is faster than Postgres for reads.'),
  miss('order: sometimes', 'Postgres is sometimes faster than SQLite.', 'SQLite is sometimes faster than Postgres.'),
  miss('order: in some cases', 'In some cases the cache is larger than the queue.', 'The queue is larger than the cache.'),
  miss('order: a denial that agrees', 'Alice is older than Bob.', 'Bob is not older than Alice.'),
  miss('order: below another heading', '## Reads\n\nPostgres is faster than SQLite.', '## Writes\n\nSQLite is faster than Postgres.'),
  miss('order: two dimensions', 'The train is faster than the bus.', 'The bus is cheaper than the train.'),
  miss('order: both are so of a third', 'The bus is faster than the tram.', 'The tram is faster than the boat.'),

  hit('share: none, some', 'None of the tests in the suite pass.', 'Some of the tests in the suite pass.'),
  hit('share: all, some fail', 'All of the tests in the suite pass.', 'Some of the tests in the suite fail.'),
  hit('share: every, some are not', 'Every request is logged to disk.', 'Some requests are not logged to disk.'),
  miss('share: some do, some do not', 'Some of the tests pass.', 'Some of the tests fail.'),
  miss('share: not all, some', 'Not all of the tests pass.', 'Some of the tests pass.'),
  miss('share: of other things', 'None of the unit tests pass.', 'Some of the integration tests pass.'),
  miss('share: under a condition', 'All of the tests pass.', 'Without the flag, some of the tests fail.'),

  hit('setting: a port', 'The default port is 8080.', 'The default port is 9090.'),
  hit('setting: told in another way', 'The timeout defaults to 30 seconds.', 'By default, the timeout is 60 seconds.'),
  hit('setting: a name', 'The default branch is `main`.', 'The default branch is `master`.'),
  hit('setting: the largest', 'The largest planet of the system is Jupiter.', 'The largest planet of the system is Saturn.'),
  hit('setting: complexity', 'The time complexity of the search is O(log n).', 'The time complexity of the search is O(n).'),
  hit('setting: a licence', 'The project is licensed under MIT.', 'The project is licensed under the Apache 2.0 license.'),
  miss('setting: another unit', 'The timeout defaults to 60 seconds.', 'By default, the timeout is 1 minute.'),
  miss('setting: of something else', 'The default port is 8080.', 'The default port for TLS is 9090.'),
  miss('setting: whose value is not said', 'The default value is 10.', 'The default value is 20.'),
  miss('setting: formerly', 'The default branch is `main`.', 'Previously, the default branch was `master`.'),
  miss('setting: the licence written out', 'The project is licensed under MIT.', 'The project is licensed under the MIT license.'),
  miss('setting: what it is said to be', 'The default mode is safe.', 'The default mode is recommended.'),

  hit('property: public, private', 'The repository is public.', 'The repository is private.'),
  hit('property: not mutable', 'Tuples in Python are mutable.', 'Tuples in Python are immutable.'),
  hit('property: a number', 'The number 17 is odd.', 'The number 17 is even.'),
  miss('property: of another thing', 'The repository is public.', 'The registry is private.'),
  miss('property: of a pronoun', 'This method is public.', 'It is private.'),
  miss('property: can be either', 'The repository is public.', 'The repository can be private.'),
  miss('property: both are denied', 'The call is not synchronous.', 'The call is asynchronous.'),

  hit('won: by another', 'The Falcons won the 1998 final.', 'The 1998 final was won by the Hornets.'),
  miss('won: another year', 'The Falcons won the 1998 final.', 'The Hornets won the 1999 final.'),

  hit('variable: a comparison that its value denies', 'Let x = 5 in the loop below.', 'Because x > 10, the branch is taken.'),
  hit('variable: in words', 'Here n is 3.', 'The loop runs again since n is greater than 7.'),
  miss('variable: a comparison that holds', 'Let x = 15 in the loop below.', 'Because x > 10, the branch is taken.'),
  miss('variable: another case', 'If x = 5, the loop ends.', 'Because x > 10, the loop goes on.'),
  miss('variable: it has changed', 'Let x = 5 at first.', 'Then x is doubled twice. Because x > 10, the branch is taken.'),
  miss('variable: two values', 'Let x = 5 here. Let x = 12 there.', 'Because x > 10, the branch is taken.'),
  miss('variable: another variable', 'Let x = 5 in the loop below.', 'Because y > 10, the branch is taken.'),
  miss('variable: an expression', 'Let x = 5 in the loop below.', 'Because x > 10 - 8, the branch is taken.'),
  miss('variable: below another heading', '## One\n\nLet x = 5 in the loop.', '## Two\n\nBecause x > 10, the branch is taken.'),

  hit('duty: need not', 'Every client must renew the token of the session daily.', 'Every client does not need to renew the token of the session daily.'),
  hit('negation: behind "unfortunately"', 'The library supports streaming replies.', 'Unfortunately, the library does not support streaming replies.'),
  hit('antonym: what is done is the subject', 'Increasing the batch size reduces memory usage.', 'Increasing the batch size increases memory usage.'),
];

/** A sentence that announces a count and itself lists another number of things. */
const INLINE: readonly (readonly [string, boolean])[] = [
  ['There are three options: Redis, Memcached, Hazelcast, and Ignite.', true],
  ['The package has two dependencies: `lodash`, `chalk` and `semver`.', true],
  ['The app uses four services, namely Auth, Billing, and Search.', true],
  ['There are three options: Redis, Memcached, and Hazelcast.', false],
  ['There are three options: Redis (fast, simple), Memcached, Hazelcast and Ignite.', false],
  ['There are two ways: with a map, a filter and a reduce, or with a loop.', false],
  ['There are at least three options: Redis, Memcached, Hazelcast, and Ignite.', false],
  ['There are two options, such as Redis, Memcached, and Ignite.', false],
  ['It takes two arguments: the name, first and last, and the age.', false],
  ['The two options are simple, cheap and fast.', false],
  ['There are three tools: the compiler, the linker, the debugger, etc.', false],
  ['The three steps are described in detail in the guide, the manual and the wiki below, and in the talk.', false],
  ['There are two groups: cats and dogs, and birds and bees.', false],
];

for (const [text, counted] of INLINE) {
  test(`contradiction: a list within a sentence: ${text}`, () => {
    for (const pieces of [[`${text}\n`], [...`${text}\n`]]) assert.equal(contradictions(pieces).found.length, counted ? 1 : 0);
  });
}

for (const { name, text, later } of CASES) {
  test(`logic_contradiction, ${name}`, () => {
    const expected = later === null ? [] : [later.split(/(?<=\.) /).filter((part) => part !== '').at(-1)];
    everySplit(text, (pieces) => {
      const { found } = contradictions(pieces);
      if (name.startsWith('count: more')) assert.deepEqual(found.map(({ verdict }) => verdict.detected), [later]);
      else assert.deepEqual(found.map(({ verdict }) => verdict.detected), expected);
      for (const { verdict, start, end } of found) {
        assert.equal(verdict.strategy, 'insert');
        assert.equal(verdict.expected, null);
        assert.equal(verdict.detected, text.slice(start, end));
        assert.ok(verdict.reason.length > 0 && text.slice(0, start).replace(/[*"]/g, '').includes(verdict.reason.replaceAll("'", '').slice(0, 12)), verdict.reason);
        assert.ok(text.slice(0, end).endsWith((expected[0] ?? '').slice(-8)));
      }
    });
  });
}

test('logic_contradiction: the names of the cases are unique', () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  const hits = CASES.filter(({ later }) => later !== null).length;
  assert.ok(CASES.length - hits >= hits, 'as many near misses as hits');
});

test('logic_contradiction: the last item of a list, and the end of a text, need no full stop', () => {
  const text = 'The parser keeps every nested comment of a file in main memory while it runs.\n\n- The parser does not keep every nested comment of a file in main memory while it runs';
  for (const whole of [text, `${text}\n`, `${text}\nNext.\n`]) {
    everySplit(whole, (pieces) => assert.deepEqual(contradictions(pieces).found.map(({ start, end }) => [start, end]), [[text.indexOf('- The'), text.length]]));
  }
});

test('logic_contradiction: where it applies', () => {
  assert.equal(logicContradiction.start(CONTEXT, 'arguments'), null);
  assert.equal(logicContradiction.start(CONTEXT, 'sealed'), null);
  assert.equal(logicContradiction.start({ ...CONTEXT, modes: uniformModes('off') }, 'prose'), null);
  const text = 'The cat sleeps on the old red sofa. The cat does not sleep on the old red sofa. Yes.';
  assert.equal(contradictions([text]).found[0]?.verdict.strategy, 'insert');
  assert.equal(contradictions([text], CONTEXT, 'reasoning').found.length, 1);
  assert.equal(contradictions([text], { ...CONTEXT, request: { ...CONTEXT.request, structured: true } }).found[0]?.verdict.strategy, 'report');
});

test('logic_contradiction: the span is the later sentence, and nothing is ever held for it', () => {
  const later = 'The cat sleeps on the new red sofa of my aunt.';
  const text = `The cat sleeps on the old red sofa of my aunt. ${later} Yes.`;
  everySplit(text, (pieces) => {
    const { found, heldPieces } = contradictions(pieces);
    assert.deepEqual(found.map(({ start, end }) => text.slice(start, end)), [later]);
    assert.equal(found[0]?.verdict.reason, 'The cat sleeps on the old red sofa of my aunt.');
    assert.equal(heldPieces, 0);
  });
});

test('logic_contradiction: any cut gives the same findings', () => {
  const words = ['The cat', 'A dog', 'sleeps', 'is', 'not', 'never', 'on the old sofa', '5 times', '7 times', 'higher', 'lower', '. ', '.\n', '\n- ', ', ', '"', ': ', '```\n', "isn't", '1. ', 'two steps:\n'];
  const texts = fc.array(fc.constantFrom(...words), { minLength: 4, maxLength: 40 }).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), fc.constantFrom(3, 16, 4_096), (text, sizes, holdChars) => {
      const pieces: string[] = [];
      for (let at = 0, k = 0; at < text.length; k += 1) {
        const size = sizes[k % sizes.length] as number;
        pieces.push(text.slice(at, at + size));
        at += size;
      }
      const context = { ...CONTEXT, holdChars };
      assert.deepEqual(contradictions(pieces, context).found, contradictions([...text], context).found);
    }),
    { seed: 20_260_101, numRuns: 400 },
  );
});

const SLOW_TEXTS: readonly { readonly name: string; readonly make: () => string }[] = [
  { name: '100,000 sentences', make: () => Array.from({ length: 100_000 }, (_, k) => `Item ${k} was sold at ${k % 97}.`).join(' ') },
  { name: 'one sentence of 10 MB', make: () => 'not lower 5 '.repeat(870_000) },
  { name: '10 MB without a space', make: () => 'a'.repeat(10_000_000) },
  { name: '1 MB of full stops', make: () => 'a.'.repeat(500_000) },
  { name: 'the same long sentence again and again', make: () => 'The cat sleeps on the old red sofa of my aunt in the town by the sea. '.repeat(10_000) },
  { name: 'hyphens and quotes', make: () => `${'a-"'.repeat(300)} `.repeat(500) },
];

for (const { name, make } of SLOW_TEXTS) {
  test(`logic_contradiction: time and memory stay bounded, ${name}`, () => {
    const text = make();
    const run = logicContradiction.start(CONTEXT, 'prose');
    assert.ok(run !== null);
    const took: number[] = [];
    const half = text.length >> 1;
    let count = 0;
    for (const part of [text.slice(0, half), text.slice(half)]) {
      const began = performance.now();
      for (let at = 0; at < part.length; at += 4_096) run.advance({ text: '', base: 0, fresh: part.slice(at, at + 4_096), ended: false, finish: null }, () => (count += 1));
      took.push(performance.now() - began);
    }
    const [first = 0, second = 0] = took;
    assert.ok(second < 4 * first + 300, `the second half took ${second} ms, the first ${first} ms`);
    assert.ok(count <= 100_000);
  });
}

const DEV = '../shared/data/dev';

test('logic_contradiction: the development set', { skip: existsSync(DEV) ? false : `${DEV} is not here` }, () => {
  const cases = (file: string): { text: string; id: string }[] => readFileSync(`${DEV}/${file}`, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as { text: string; id: string });
  const wrong = cases('logic_contradiction.jsonl');
  const caught = wrong.filter(({ text }) => contradictions(text.match(/.{1,5}/gsu) ?? []).found.length > 0).length;
  assert.ok(caught / wrong.length >= 0.95, `${caught} of ${wrong.length}`);
  for (const file of ['logic_clean.jsonl', 'fact_clean.jsonl', 'general_clean.jsonl', 'incomplete_clean.jsonl']) {
    for (const { id, text } of cases(file)) assert.deepEqual(contradictions([text]).found, [], id);
  }
});

test('a text that denies itself throughout gets so many notes as are allowed, however it is cut, and the rest is reported', () => {
  const text = ['cats', 'dogs', 'cows', 'pigs', 'owls'].map((kind) => `Grown ${kind} of the farm eat hay in winter. Grown ${kind} of the farm do not eat hay in winter.`).join(' ');
  for (const [contradictionNotes, notes] of [[3, 3], [1, 1], [0, 0], [undefined, 5]] as const) {
    const context = contradictionNotes === undefined ? CONTEXT : { ...CONTEXT, contradictionNotes };
    everySplit(text, (cut) => {
      const strategies = contradictions(cut, context).found.map(({ verdict }) => verdict.strategy);
      assert.deepEqual(strategies, Array.from({ length: 5 }, (_, at) => (at < notes ? 'insert' : 'report')));
    });
  }
});
