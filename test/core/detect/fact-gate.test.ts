import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DetectorRun, Finding } from '../../../src/core/detect/detector.js';
import { incorrectFact, startWaitingRun } from '../../../src/core/detect/incorrect-fact.js';
import { CASES } from './fact-cases.js';
import { contextOf, feed, type Given } from './fact-run.js';

/** The detector, and the same waiting for every number, one unit at a time: they find the same at every place, and the detector waits for less. */
function compare(text: string, given: Given): void {
  const context = contextOf(given);
  const run = incorrectFact.start(context, 'prose');
  assert.ok(run);
  const [own, waiting]: [Finding[], Finding[]] = [[], []];
  const oracle = startWaitingRun(context);
  const step = (one: DetectorRun, fresh: string, to: Finding[]): number => one.advance({ text: '', base: 0, fresh, ended: fresh === '', finish: null }, (finding) => to.push(finding));
  for (const unit of [...text.split(''), '']) {
    const [frontier, late] = [step(run, unit, own), step(oracle, unit, waiting)];
    // What is found sooner is what is found.
    assert.deepEqual(own.slice(0, waiting.length), waiting, text);
    assert.ok(frontier >= late, `${frontier} behind ${late}: ${text}`);
  }
  assert.deepEqual(own, waiting, text);
}

/** What a run finds that waits for every number, in a text that ends here. */
function expected(text: string, given: Given): readonly Finding[] {
  const findings: Finding[] = [];
  startWaitingRun(contextOf(given)).advance({ text, base: 0, fresh: text, ended: true, finish: 'stop' }, (finding) => findings.push(finding));
  return findings;
}

test('what is waited for less is found all the same, at every prefix', () => {
  for (const { text, facts, asked } of CASES) {
    const given = { ...(facts === undefined ? {} : { facts }), ...(asked === undefined ? {} : { asked }) };
    compare(text, given);
    for (let end = 1; end <= text.length; end += 1) {
      const prefix = text.slice(0, end);
      assert.deepEqual(feed([...prefix], given).findings, expected(prefix, given), prefix);
    }
  }
});

const NUMBERS = ['1', '2', '3', '7', '12', '22', '29', '30', '31', '62', '80', '120', '200', '302', '403', '404', '413', '500', '999', '1900', '1995', '2000', '2023', '2.5', '3.8', '3,200', '1.18', '0', '5433', '7519', '65536', '1913', '842'];
const BEFORE = ['', ' ', '\n', '. ', 'in ', 'of ', 'the ', 'The ', 'a ', 'by ', 'HTTP ', 'status ', 'returned ', 'error ', '(', '`', '**', '- ', '| ', '# ', '$', '-', ':', '= ', ' + ', ' x ', ' is ', ' are ', 'equals ', '60 + 2 = ', '12 x 7 is ', 'half of ', 'twelve times seven is ', '1 km = ', 'There are ', ' boxes x ', ' cm X ', ' 20% of ', ' ⅓ of ',
  'June ', 'on February ', 'Monday, 4 March ', 'from 1990 to 2005 is ', 'April has ', 'port ', 'HTTPS uses port ', 'SSH (port ', 'Ports: HTTP (', 'RFC ', 'TLS 1.3 is defined in RFC ', 'Python was first released in ', 'First released in ', 'f-strings came in Python ', 'Go ', 'C++', 'SIGKILL (', 'signal ', 'exit code ', 'INT_MAX is ',
  'ASCII code of "A" is ', 'So the answer is ', 'Not Found (', 'Forbidden (HTTP ', 'The bridge spans ', 'The gateway port is ', 'opened in ', 'The default branch is `master`. The `', 'The default branch is ', 'The gateway runs on ', 'licensed under the MIT', '٣', 'é', '\u200f'];
const BEHIND = ['', ' ', '.', ',', ', ', ')', '`', '**', ' Not Found', ' OK', ' (Bad Gateway)', ': Forbidden', ' is a leap year', " isn't a leap year", ' February', 'st of April', ' days', ' days in June', ' years', ' metres', ' m', ' minutes in an hour', ' by default', ' (HTTPS)', ' for SSH', ' introduced lambdas', ' (command not found)', '%', '\n', ' and ', '-', '/'];
const FACTS = [{ subject: 'gateway', attribute: 'port', value: '9443' }, { subject: 'repository', attribute: 'default branch', value: 'main' }, { subject: 'gateway', attribute: 'database', value: 'PostgreSQL' }];
const PASSAGE = 'According to the following passage, answer. The Halvorsen bridge opened in 1931 and spans 824 metres across the northern strait. Its two towers carry 12400 tonnes of cable, and the gateway port is 9443 there.';

test('nor is anything lost in texts that are put together', () => {
  const piece = fc.tuple(fc.constantFrom(...BEFORE), fc.constantFrom(...NUMBERS), fc.constantFrom(...BEHIND)).map((parts) => parts.join(''));
  const given: fc.Arbitrary<Given> = fc.constantFrom({}, {}, { facts: FACTS }, { asked: PASSAGE });
  fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), given, (pieces, one) => {
    const text = pieces.join('');
    compare(text, one);
    assert.deepEqual(feed([text], one).findings, expected(text, one), text);
  }), { numRuns: 3_000 });
});

const RELEASED = ['It opened in 1931 and', 'about 300 people', 'chapter 4 of 12', 'CCL2 and', 'on June 21, 1910 we', 'at least 150 minutes', 'grew to 9,000 by', 'a total of 6 ways', 'was 80 years', 'the 2011 edition', 'over 65 million', 'costs $45 now', 'the U.S. ranks 87th', '(see [9])', 'W-2 forms', '7 + a', '8. Next'];
const KEPT = ['a 40', 'HTTP 4', 'RFC 75', 'Is 190', 'on 30', 'February 2', '60 + 2 = 12', '1 km = 10', 'HTTPS uses port 8', 'Python was first released in 199', 'f-strings came in Python 3', 'SIGKILL (1'];

test('a number that can be no fact leaves at once; one that can waits', () => {
  for (const text of RELEASED) assert.equal(feedOpen(text), 0, text);
  for (const text of KEPT) assert.ok(feedOpen(text) > 0, text);
});

/** The most that is held up to each end of a number in a text that does not end. */
function feedOpen(text: string): number {
  const run = incorrectFact.start(contextOf({}), 'prose');
  assert.ok(run);
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const frontier = run.advance({ text: '', base: 0, fresh: text.charAt(at), ended: false, finish: null }, () => undefined);
    if (/\d/.test(text.charAt(at)) && !/\d/.test(text.charAt(at + 1))) most = Math.max(most, at + 1 - frontier);
  }
  return most;
}
