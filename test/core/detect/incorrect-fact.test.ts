import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { CASES } from './fact-cases.js';
import { feed, told } from './fact-run.js';

for (const { text, expect, ...given } of CASES) {
  test(`facts: ${JSON.stringify(text)}`, () => {
    everySplit(text, (pieces) => assert.deepEqual(told(pieces, given), expect));
  });
}

test('plain prose is not held at all', () => {
  const text = 'The type of a value is what the reader makes of it; a text is a row of letters, and an image is not. Not found means gone. ';
  assert.equal(feed([...text]).held, 0);
});

test('a right equation and a bare number are held no longer than the number and what ends it', () => {
  assert.ok(feed([...'We have 60 + 2 = 62 apples and 12345 pears in 2024, of 3.5 kinds.']).held <= 6);
});

test('a wrong result waits for a bounded piece of text', () => {
  assert.ok(feed([...`60 + 2 = 120 ${'apples and pears '.repeat(20)}`]).held <= 64);
});

const LONG: readonly (readonly [string, string])[] = [
  ['digits', '1'.repeat(100_000)],
  ['operators', '1+'.repeat(50_000)],
  ['equations', '1+1=2='.repeat(17_000)],
  ['brackets', `${'('.repeat(50_000)}1${')'.repeat(50_000)}=2`],
  ['equal signs', '='.repeat(100_000)],
  ['commas', '1,234'.repeat(20_000)],
  ['backticks', '` 1 = '.repeat(17_000)],
  ['ports', 'port 80 HTTPS '.repeat(7_000)],
  ['years', 'In 1999, Sun Sun released Java 2 in '.repeat(2_600)],
  ['releases', 'the release of Git in Git released Git in 2010 '.repeat(2_100)],
  ['rfcs', 'RFC 1234 (JSON is a JSON RFC 9 '.repeat(3_200)],
  ['media types', '. text/html is the MIME type for text/html '.repeat(2_300)],
  ['phrases', 'status code for Not Found is 404 is the status code for '.repeat(1_800)],
  ['statuses', '404 Not '.repeat(12_000)],
  ['scripts', '١٢٣ + ४५ = ٦ 数字＝１２ ‏12‎ + \u200b3 = 9 '.repeat(3_000)],
];

for (const [name, text] of LONG) {
  // Quadratic reading does not come to its end in that time.
  test(`100,000 units of ${name} take linear time, whole and in pieces`, { timeout: 120_000 }, () => {
    feed([text]);
    const pieces = text.match(/[\s\S]{1,512}/g) ?? [];
    feed(pieces);
  });
}

const NAMED: readonly (readonly [string, string])[] = [
  ['clauses', 'the default branch is `a'.repeat(12_600)], ['backticks behind clauses', 'the default branch is `master` '.repeat(9_600)], ['pronouns', 'Heron is a. It is written in It is written in '.repeat(6_300)],
  ['names', `The maintainer is ${'Ab Cd '.repeat(50_000)}`], ['switches', ` uses ${'-'.repeat(300_000)}`], ['commas', 'the default branch is a, the default branch is '.repeat(6_300)],
];

for (const [name, text] of NAMED) {
  // One search that ran to the end of the text at each value took 25 s for a third of this.
  test(`300,000 units of ${name} take linear time where values in words are known`, { timeout: 60_000 }, () => {
    const given = { facts: [{ subject: 'repository', attribute: 'default branch', value: 'main' }], asked: `${text}\n\nThe maintainer is Ines Karvonen. Heron is written in Go.` };
    feed([text], given);
    feed(text.match(/[\s\S]{1,512}/g) ?? [], given);
  });
}
