import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everySplit } from '../../helpers/every-split.js';
import { feed, type Given, told } from './fact-run.js';

interface Case extends Given {
  readonly text: string;
  /** `detected -> expected`; none: silence. */
  readonly expect: readonly string[];
}

const PASSAGE = 'Answer from the following passage. The Halvorsen bridge opened in 1931 and spans 824 metres across the northern strait. Its two towers carry 12400 tonnes of cable. '
  + 'The bridge was designed by a regional office and cost 42 million crowns to build. Ferries crossed the strait before the bridge opened, and they carried freight until the railway line was finished.';

const CASES: readonly Case[] = [
  // Arithmetic.
  { text: '60 + 2 = 120', expect: ['120 -> 62'] },
  { text: 'So 12 x 7 = 94 eggs.', expect: ['94 -> 84'] },
  { text: '3/4 of 200 is 160.', expect: ['160 -> 150'] },
  { text: '20% of 50 = 12\n', expect: ['12 -> 10'] },
  { text: '1,234 + 1,000 = 2,334 people', expect: ['2,334 -> 2,234'] },
  { text: '$3.40 - $0.20*2 = $2.00, which', expect: ['2.00 -> 3.00'] },
  { text: '\\(3 \\times 4 = 15\\)', expect: ['15 -> 12'] },
  { text: '36 ÷ 3 = 3 ft.', expect: ['3 -> 12'] },
  { text: '**12 × 7 = 94**', expect: ['94 -> 84'] },
  { text: '12 × 7 = **94**.', expect: ['94 -> 84'] },
  { text: '2 + 3 = 5 and 5 * (2 + 1) = 16.', expect: ['16 -> 15'] },
  { text: '12 plus 30 equals 43.', expect: ['43 -> 42'] },
  { text: '12 divided by 4 gives 4.', expect: ['4 -> 3'] },
  { text: '2^5 = 64', expect: ['64 -> 32'] },
  { text: '\\frac{3}{4} \\times 8 = 7', expect: ['7 -> 6'] },
  { text: '24*15=360\n360-323=27\n', expect: ['27 -> 37'] },
  { text: 'x = 3 * 4 = 13', expect: ['13 -> 12'] },
  { text: '```\n60 + 2 = 120\n```\n', expect: ['120 -> 62 (report)'] },
  { text: 'Write `60 + 2 = 120` there.', expect: ['120 -> 62 (report)'] },
  { text: '60 + 2 = 62', expect: [] },
  { text: '10 / 3 = 3.33 and 2/3 = 0.67 or 0.66', expect: [] },
  { text: '225 ÷ 7 = 32 R 1', expect: [] },
  { text: '100/70 x 42 ≈ 59', expect: [] },
  { text: '225 / 7 = 31 remainder 8', expect: [] },
  { text: 'x + 2 + 3 = 10', expect: [] },
  { text: '2x + 3 = 10 and 3y * 2 = 9', expect: [] },
  { text: 'f(3 + 4) = 9', expect: [] },
  { text: 'sqrt(3 + 6) = 3', expect: [] },
  { text: 'Pages 5-10 = 6 pages', expect: [] },
  { text: '1-5 = 1 point, 6-10 = 2 points', expect: [] },
  { text: '2 hours + 30 minutes = 150 minutes', expect: [] },
  { text: '5 km * 2 = 10000 m', expect: [] },
  { text: '3600/60 = 1 hour', expect: [] },
  { text: '1920x1080 = 2 megapixels', expect: [] },
  { text: '17 % 5 = 2', expect: [] },
  { text: 'Suppose 2 + 2 = 5.', expect: [] },
  { text: 'It is wrong that 2 + 2 = 5.', expect: [] },
  { text: '2 + 2 = 5 is wrong.', expect: [] },
  { text: '2 + 2 = 5?', expect: [] },
  { text: '10 + 5 = 3 (mod 12)', expect: [] },
  { text: '1 + 1 = 10 in binary', expect: [] },
  { text: 'if (a + 2 == 5) { b = 3 + 4; }', expect: [] },
  { text: '2 + 2 != 5, 2 + 2 <= 5, 2 + 2 => 5', expect: [] },
  { text: '40 + 70 = 100 + 10 = 110', expect: [] },
  { text: "The unit's digit of 9^3 = 9", expect: [] },
  { text: '1:2 + 3 = 4', expect: [] },
  { text: '105/3=35,105/5=21', expect: [] },
  { text: '1.05*1.05 = 1.1025 = 10.25%', expect: [] },
  { text: '36/40*100 = 90%', expect: [] },
  { text: '5! = 120', expect: [] },
  { text: '10 + 20 / 2 = 15', expect: [] },
  { text: 'On 2024-01-05 = 3 items', expect: [] },
  { text: '16.67% of 600 = 100', expect: [] },
  { text: '3 feet + 4 inches = 40 inches', expect: [] },
  { text: '4 + 4 = 2³ and 2 ** 10 = 1024', expect: [] },
  { text: '5 people * $12 = $65 in all.', expect: ['65 -> 60'] },
  // Status codes.
  { text: 'It returned 413 Forbidden, so', expect: ['413 Forbidden -> 403 Forbidden'] },
  { text: 'a status of 500 (Bad Gateway)', expect: ['500 (Bad Gateway -> 500 (Internal Server Error'] },
  { text: '**Response**: `205 OK` (returns', expect: ['205 OK -> 200 OK'] },
  { text: 'The 404 code means Not Found (403).', expect: ['403 -> 404'] },
  { text: '| 402 | Not Found |', expect: ['402 | Not Found -> 404 | Not Found'] },
  { text: 'It returned 403 Forbidden and 404 (Not Found).', expect: [] },
  { text: 'We found 300 accepted papers; 500 found', expect: [] },
  { text: 'HTTP 413 Payload Too Large, 422 Unprocessable Entity, 302 Moved Temporarily', expect: [] },
  { text: 'localhost:403 Not Found', expect: [] },
  { text: 'return 403 instead of 404 Not Found', expect: [] },
  { text: 'never answer 200 Not Found: not 403 Not Found', expect: [] },
  // Registered numbers.
  { text: 'HTTPS uses port 80 by default.', expect: ['80 -> 443'] },
  { text: 'The default port for PostgreSQL is 3306.', expect: ['3306 -> 5432'] },
  { text: 'SSH (port 23) is', expect: ['23 -> 22'] },
  { text: 'TLS 1.3 is defined in RFC 5246.', expect: ['5246 -> 8446'] },
  { text: 'RFC 2616 defines JSON Web Tokens.', expect: ['2616 -> 7519'] },
  { text: 'Python was first released in 1995.', expect: ['1995 -> 1991'] },
  { text: 'The MIME type for .json files is `text/html`.', expect: ['text/html -> application/json'] },
  { text: 'HTTPS uses port 443. HTTP uses port 8080 here. PostgreSQL runs on port 5433 on my machine.', expect: [] },
  { text: 'TLS 1.3 is defined in RFC 8446; HTTP/1.1 in RFC 2616.', expect: [] },
  { text: 'Python was first released in 1991. Python 3.9 was released in 2020.', expect: [] },
  { text: 'Forward port 80 to HTTPS, not port 22. RFC 3339 timestamps in JSON', expect: [] },
  { text: 'The MIME type for .json files is application/json.', expect: [] },
  { text: 'PNG images have the MIME type image/jpeg.', expect: ['image/jpeg -> image/png'] },
  { text: '- `.css` → `text/html`', expect: ['text/html -> text/css'] },
  { text: 'UUIDs, as defined by RFC 4123.', expect: ['4123 -> 4122'] },
  { text: 'Open port 80 for HTTPS traffic.', expect: ['80 -> 443'] },
  { text: '.md is a text/markdown file; a .json file is a text file.', expect: [] },
  { text: 'Python (1995) and Redis (port 6380) are names here.', expect: [] },
  { text: 'RFC 7807 was replaced; RFC 2119 words; RFC 5322 headers for JSON.', expect: [] },
  // The operator's facts.
  { text: 'The gateway port is 8080.', facts: [{ subject: 'gateway', attribute: 'port', value: '9443' }], expect: ['8080 -> 9443'] },
  { text: 'The gateway port is 8080.', facts: [{ subject: 'gateway', attribute: 'port', value: '9443', threshold: 0.95 }], expect: ['8080 -> 9443'] },
  { text: 'The gateway port is 8080.', facts: [{ subject: 'gateway', attribute: 'port', value: '9443', threshold: 0.96 }], expect: [] },
  { text: 'Acme CLI is at version 2.4.1 now.', facts: [{ subject: 'Acme CLI', attribute: 'version', value: '3.0.2' }], expect: ['2.4.1 -> 3.0.2'] },
  { text: 'The gateway port is 9443. The mail port is 8080. The gateway has 3 replicas.', facts: [{ subject: 'gateway', attribute: 'port', value: '9443' }], expect: [] },
  { text: 'The gateway port is not 8080.', facts: [{ subject: 'gateway', attribute: 'port', value: '9443' }], expect: [] },
  // A passage in the request.
  { text: 'The Halvorsen bridge spans 842 metres across the strait.', asked: PASSAGE, expect: ['842 -> 824'] },
  { text: 'The Halvorsen bridge opened in 1913 and', asked: PASSAGE, expect: ['1913 -> 1931'] },
  { text: 'The Halvorsen bridge spans 824 metres across the strait; the ferry took 55 minutes.', asked: PASSAGE, expect: [] },
  { text: 'The Halvorsen bridge spans about 820 metres across the strait.', asked: PASSAGE, expect: [] },
  { text: 'A total of 12442 tonnes of cable and bridge.', asked: PASSAGE, expect: [] },
  // Phrases, words, powers, roots, chains, fractions.
  { text: 'The sum of 12 and 30 is 43.', expect: ['43 -> 42'] },
  { text: 'twelve times seven is ninety-four.', expect: ['ninety-four -> eighty-four'] },
  { text: 'The average of 4, 8 and 12 is 9.', expect: ['9 -> 8'] },
  { text: '- Half of 50 is 30.', expect: ['30 -> 25'] },
  { text: '50 increased by 20% is 65.', expect: ['65 -> 60'] },
  { text: 'The square root of 144 is 13.', expect: ['13 -> 12'] },
  { text: 'The remainder when 17 is divided by 5 is 3.', expect: ['3 -> 2'] },
  { text: '12 x 7 = 84 = 90', expect: ['90 -> 84'] },
  { text: '1/2 + 1/3 = 2/5', expect: ['2/5 -> 5/6'] },
  { text: '48/2 = <<48/2=27>>27 clips', expect: ['27 -> 24', '27 -> 24'] },
  { text: '12 x 7 = 94. So the answer is 94.', expect: ['94 -> 84', '94 -> 84'] },
  { text: '5! = 125', expect: ['125 -> 120'] },
  { text: '1 km = 100 m', expect: ['100 -> 1000'] },
  { text: 'There are 50 minutes in an hour.', expect: ['50 -> 60'] },
  { text: '\\sqrt[3]{8} = 2, 2\\sqrt{4} = 4, 5 m² × 2 = 10 m²', expect: [] },
  { text: '\\frac{1}{2} + \\frac{1}{4} = \\frac{3}{4}', expect: [] },
  { text: 'The average of the 3 tests is 85. The product of 2 and 3 digit numbers is 5.', expect: [] },
  { text: '1 hour and 30 minutes = 90 minutes; one working day is 8 hours; 1 inch = 10 miles on the map', expect: [] },
  { text: '1 KB = 1024 bytes and 1 KB = 1000 bytes', expect: [] },
  { text: '12 x 7 = 94, and 94 + 6 = 100.', expect: ['94 -> 84'] },
  // Dates.
  { text: 'March 3, 2025 was a Tuesday.', expect: ['Tuesday -> Monday'] },
  { text: 'On Monday, 4 March 2025, we met.', expect: ['Monday -> Tuesday (insert)'] },
  { text: 'on February 30 we met', expect: ['30 -> ? (insert)'] },
  { text: 'April has 31 days.', expect: ['31 -> 30'] },
  { text: '1900 was a leap year.', expect: ['1900 was a leap year -> 1900 was not a leap year'] },
  { text: 'from 1990 to 2005 is 25 years', expect: ['25 -> 15'] },
  { text: 'Monday, 3 March 2025; February 29, 2024; 2000 was a leap year; February 30 does not exist', expect: [] },
  // Versions, signals, codes.
  { text: 'f-strings were added in Python 3.5.', expect: ['3.5 -> 3.6'] },
  { text: 'Java 7 introduced lambdas.', expect: ['7 -> 8'] },
  { text: 'C++14 introduced structured bindings.', expect: ['14 -> 17'] },
  { text: 'SIGKILL (signal 15) ends it; exit code 126 (command not found)', expect: ['15 -> 9', '126 -> 127'] },
  { text: 'Python 3.12 improved f-strings. Our project requires Python 3.9 and uses f-strings.', expect: [] },
  { text: 'SIGKILL (9), exit code 127 (command not found), exit code 1 (out of memory)', expect: [] },
  { text: 'Redis listens on 6380 by default.', expect: ['6380 -> 6379'] },
  { text: 'It runs on port 3307, the default MySQL port.', expect: ['3307 -> 3306'] },
  { text: 'Common ports: HTTP (80), HTTPS (444), SSH (22).', expect: ['444 -> 443'] },
  { text: 'Connect to the gateway on port 5433.', facts: [{ subject: 'gateway', attribute: 'default port', value: '5432' }], expect: ['5433 -> 5432'] },
  { text: 'RFC 2661 defines the Zed protocol.', facts: [{ subject: 'Zed protocol', attribute: 'RFC', value: 'RFC 2616' }], expect: ['2661 -> 2616'] },
];

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
