// Cases of our own for incorrect_fact: node --import tsx bench/quality/facts.ts --out DIR [--seed N]. Score them with hotpatch eval --cases DIR.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanDocuments, configuredDocuments, pairedDocuments } from './facts-documents.js';
import { freshCases } from './facts-fresh.js';
import { namedCases } from './facts-named.js';
import { paragraphCases } from './facts-paragraphs.js';
import { passageCases } from './facts-passages.js';
import { retoldCases } from './facts-retold.js';
import { type Case, caseOf, cleanCase, type Rng, rngOf } from './facts-shared.js';

const { values } = parseArgs({ options: { out: { type: 'string' }, seed: { type: 'string', default: '1' } } });
const folder = values.out ?? '/tmp/fact-cases';
const rng = rngOf(Number(values.seed));

/** `{}` stands for the wrong value. */
interface Template {
  readonly text: string;
  readonly wrong: string;
  readonly right: string;
}

const number = (least: number, most: number): number => least + Math.floor(rng() * (most - least + 1));
const pick = <T>(items: readonly T[]): T => items[Math.floor(rng() * items.length)] as T;
const group = (value: number): string => value.toLocaleString('en-US');

function arithmetic(): Template {
  const [a, b] = [number(3, 40), number(3, 30)];
  const big = number(1_200, 9_000);
  const slip = (value: number): number => value + pick([-2, -1, 1, 2, 3, 10, 9]) || value + 11;
  const of = (text: string, value: number): Template => ({ text, wrong: String(slip(value)), right: String(value) });
  const tail = pick(['', '.', '\n', ' in all.', ', so we go on.', '\n\nNext we look at the rest.']);
  return pick<() => Template>([
    () => of(`${a} × ${b} = {}${tail}`, a * b),
    () => of(`Multiply them: ${a} * ${b} = {}${tail}`, a * b),
    () => of(`That makes ${a} x ${b} = {} boxes.`, a * b),
    () => of(`We get $${a} \\times ${b} = {}$${tail}`, a * b),
    () => of(`\\[ ${a} + ${b} = {} \\]`, a + b),
    () => of(`The sum of ${a} and ${b} is {}${tail}`, a + b),
    () => of(`Adding ${a} and ${b} gives {}.`, a + b),
    () => of(`${a} plus ${b} equals {}.`, a + b),
    () => of(`First, ${a + b} - ${b} = {} apples remain.`, a),
    () => of(`${a * b} divided by ${b} is {}.`, a),
    () => of(`${a * b} ÷ ${b} = **{}**`, a),
    () => of(`20% of ${a * 5} is {}.`, a),
    () => of(`So 15% of ${b * 20} = {}${tail}`, b * 3),
    () => of(`Half of ${a * 2} is {}.`, a),
    () => of(`3/4 of ${b * 4} is {}.`, b * 3),
    () => of(`${a} squared is {}.`, a * a),
    () => of(`${number(2, 9)}^2 + ${a} = {}`.replace(/^(\d)/, '7'), 49 + a),
    () => of(`(${a} + ${b}) × 2 = {}${tail}`, (a + b) * 2),
    () => of(`The average of ${a}, ${a + 6} and ${a + 3} is {}.`, a + 3),
    () => of(`Total: ${a} * ${b} + ${b} = {}${tail}`, a * b + b),
    () => of(`= ${a} × ${b} = {}`, a * b),
    () => of(`${a} × ${b} = ${a * b} = {}`, a * b),
    () => of(`Each of the ${a} boxes holds ${b} pens, so there are ${a} × ${b} = {} pens.`, a * b),
    () => ({ text: `${group(big)} + ${group(big)} = {}`, wrong: group(2 * big + 100), right: group(2 * big) }),
    () => ({ text: `$${a}.50 × 2 = ${'$'}{}`, wrong: `${2 * a + 2}.00`, right: `${2 * a + 1}.00` }),
    () => of(`\\frac{${a * b}}{${b}} = {}`, a),
    () => of(`${a * b} \\div ${b} = \\boxed{{}}`, a),
    () => of(`Natalia sold ${a * b}/${b} = <<${a * b}/${b}={}>>`, a),
    () => of(`If you subtract ${a} from ${a + b} you get {}.`, b),
    () => of(`An increase of 10% on ${a * 10} gives {}.`, a * 11),
    () => of(`The remainder when ${a * 7 + 3} is divided by 7 is {}.`, 3),
    () => of(`2^${number(5, 9)} = {}`.replace(/\d(?= =)/, '8'), 256),
    () => of('The square root of 169 is {}.', 13),
    () => of('There are {} seconds in a minute.', 60),
    () => of('1 km = {} m', 1000),
    () => of('One week is {} days.', 7),
  ])();
}

const FACTS: readonly (readonly [string, string, string, string])[] = [
  ['port', '{} ', 'HTTPS', '443'], ['port', '', 'SSH', '22'], ['port', '', 'PostgreSQL', '5432'], ['port', '', 'MySQL', '3306'], ['port', '', 'Redis', '6379'], ['port', '', 'MongoDB', '27017'], ['port', '', 'DNS', '53'], ['port', '', 'LDAP', '389'], ['port', '', 'Elasticsearch', '9200'], ['port', '', 'RDP', '3389'], ['port', '', 'Memcached', '11211'], ['port', '', 'MQTT', '1883'],
  ['rfc', '', 'TLS 1.3', '8446'], ['rfc', '', 'JSON Web Tokens', '7519'], ['rfc', '', 'WebSocket', '6455'], ['rfc', '', 'OAuth 2.0', '6749'], ['rfc', '', 'JSON', '8259'], ['rfc', '', 'UDP', '768'], ['rfc', '', 'DEFLATE', '1951'], ['rfc', '', 'Brotli', '7932'], ['rfc', '', 'HTTP/2', '9113'], ['rfc', '', 'CBOR', '8949'],
  ['year', '', 'Python', '1991'], ['year', '', 'Java', '1995'], ['year', '', 'Git', '2005'], ['year', '', 'TypeScript', '2012'], ['year', '', 'Node.js', '2009'], ['year', '', 'PHP', '1995'], ['year', '', 'Docker', '2013'], ['year', '', 'SQLite', '2000'], ['year', '', 'Kotlin', '2011'], ['year', '', 'Elixir', '2012'],
  ['mime', '', 'json', 'application/json'], ['mime', '', 'css', 'text/css'], ['mime', '', 'png', 'image/png'], ['mime', '', 'svg', 'image/svg+xml'], ['mime', '', 'pdf', 'application/pdf'], ['mime', '', 'csv', 'text/csv'],
  ['status', '', 'Not Found', '404'], ['status', '', 'Forbidden', '403'], ['status', '', 'Bad Gateway', '502'], ['status', '', 'No Content', '204'], ['status', '', 'Too Many Requests', '429'], ['status', '', 'Internal Server Error', '500'],
  ['version', '', 'f-strings|Python ', '3.6'], ['version', '', 'the walrus operator|Python ', '3.8'], ['version', '', 'generics|Go ', '1.18'], ['version', '', 'records|Java ', '16'], ['version', '', 'optional chaining|ES', '2020'], ['version', '', 'structured bindings|C++', '17'], ['version', '', 'enums|PHP ', '8.1'],
];

const PHRASES: Readonly<Record<string, readonly string[]>> = {
  port: ['By default, X uses port {}.', 'X listens on port {} by default.', 'The default port for X is {}.', "X's default port is {}.", 'The default X port is {}.', 'Port {} is the default port for X.', 'It connects on port {}, the default X port.', 'The standard port for X is `{}`, which you can change.', 'By default X runs on port **{}**.', 'X (default port {}) must be reachable.', 'Make sure the default X port ({}) is open.'],
  rfc: ['X is defined in RFC {}.', 'X (RFC {}) is widely used.', 'X is specified in RFC {}, which', 'RFC {} defines X.', 'RFC {} (X) is the reference.', 'X, as defined in RFC {}, is', 'The X standard (RFC {}) says', 'X was standardized as RFC {}.', 'The specification of X is RFC {}.', 'X is described by [RFC {}](https://example.org).'],
  year: ['X was first released in {}.', 'X was released in {} and', 'X first appeared in {}.', 'X, first released in {}, is', 'X was created in {}.', 'X was introduced in {} as', 'First released in {}, X is', 'X (released in {}) is', 'X has been around since its release in {}.', 'X was launched in {}.'],
  mime: ['The MIME type for .X files is {}.', 'The MIME type of X is `{}`.', '- `.X` → `{}`', '`.X` files are served as `{}`.', '| .X | {} |', 'X files have the MIME type {}.', 'The correct media type for X is {}.', 'The content type of .X files is {}.'],
  status: ['The server returns {} X.', 'HTTP {} X means', '- `{}` X', '| {} | X |', 'a {} (X) response', 'It answers with status {} X.', 'status code {}: X', 'HTTP/1.1 {} X', 'A {} "X" error'],
  version: ['X were added in Y{}.', 'Y{} introduced X.', 'X (introduced in Y{}) let you', 'X, added in Y{}, help.', 'In Y{}, X was introduced.', 'X arrived in Y{}.', 'X are available since Y{}.', 'Y{} added X.'],
};

function registered(): Template | null {
  const [kind, , name, right] = pick(FACTS);
  const others = FACTS.filter((fact) => fact[0] === kind && fact[3] !== right);
  const near = kind === 'year' ? String(Number(right) + pick([3, 4, 5, 6])) : kind === 'port' ? String(Number(right) + pick([1, 10])) : kind === 'version' ? ({ '3.6': '3.5', '3.8': '3.7', '1.18': '1.17', '16': '12', '2020': '2019', '17': '14', '8.1': '7.4' }[right] ?? '') : '';
  const wrong = near !== '' && (rng() < 0.5 || kind === 'version' || kind === 'year') ? near : pick(others)[3];
  const phrase = pick(PHRASES[kind] ?? []);
  const [subject = '', product = ''] = name.split('|');
  if (kind === 'status') return { text: phrase.replace('X', name), wrong, right: '' };
  return { text: phrase.replaceAll('X', subject).replaceAll('Y', product).replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/^F-str/, 'f-str'), wrong, right };
}

function positives(): Case[] {
  const cases: Case[] = [];
  for (let at = 0; at < 400; at += 1) cases.push(caseOf(`own-arith-${at}`, 'arithmetic', arithmetic(), rng));
  for (let at = 0; at < 400; at += 1) {
    const template = registered();
    if (template !== null) cases.push(caseOf(`own-fact-${at}`, 'registered', template, rng));
  }
  return cases;
}

const NEAR_MISSES: readonly string[] = [
  'If x = 5 then 3x + 2 = 17.', 'Let 2a + 3 = 11, so a = 4.', 'The ratio is 3:4 = 0.75.', 'Version 1.2 + 3 patches = release 1.3.', 'In base 5, 3 + 4 = 12.', '7 + 8 = 3 (mod 12).', '10 in binary is 2; 1 + 1 = 10 in binary.', 'Call 555-0100 = the front desk.', 'The score was 3-2 = a win.',
  'v = [1, 2] + [3, 4] = [4, 6]', 'f(2) = 3 * 2 + 1 = 7', '100 / 3 = 33.3', '2/3 ≈ 0.67', 'About 22/7 = 3.14', 'Is 2 + 2 = 5? No.', 'Many think 2 + 2 = 5, which is wrong.', 'Pages 3-7 = five pages', '1-3 = low, 4-6 = medium', 'ISO 8601 + RFC 3339 = 2 standards', 'const a = 3 + 4 * b;', 'He ran 5 km + 3 km = 8 km.',
  '2 hours + 15 min = 135 min', '60 km/h * 2 = 120 km', 'The average of the 3 tests is 85.', 'A dozen = 12 eggs', '3 dozen = 36', 'The 2nd of 3 is 1 of 2.', '5 × 10^3 = 5000', '1e3 = 1000', '0.1 + 0.2 = 0.30000000000000004', '24/7 = always', '16:9 = 1.78', '9/11 is a date', '1 inch = 10 miles on this map', 'One working day is 8 hours.', 'A year is about 52 weeks.',
  'We map port 8080 to HTTPS.', 'Our PostgreSQL listens on port 5433.', 'Set the Redis port to 6380 in the config.', 'Use port 5433 instead of the default PostgreSQL port.', 'If port 5432 is taken, use 5433 for PostgreSQL.', 'HTTPS uses port 443, HTTP uses port 80.', 'ssh -p 2222 user@host', 'The proxy listens on port 3307 and forwards to MySQL.', 'PostgreSQL uses port 5432 by default.', 'The gateway returns 404 when a user is not found.',
  'HTTP/1.1 (RFC 2616, obsoleted by RFC 7230)', 'TLS 1.2 is defined in RFC 5246 and TLS 1.3 in RFC 8446.', 'See RFC 7231 for the semantics of JSON APIs.', 'RFC 7807 replaced by RFC 9457.', 'Python 3.9 was released in 2020.', 'Java was acquired by Oracle in 2010.', 'Git replaced BitKeeper in 2005.', 'He has used Python since 2015.', 'The Python book was released in 2019.', 'Docker was acquired in 2019 by Mirantis.',
  'Serve .json files as application/json.', 'Accept: text/html, application/json;q=0.9', 'A .txt file is text/plain.', 'The server answered 200 OK, then 404 Not Found.', 'It returns 200 or 404 depending on the user.', 'We saw 500 users and 404 pages.', 'Python 3.6 added f-strings.', 'f-strings need Python 3.6+.', 'Python 3.12 improved f-strings.', 'Walrus operators require Python 3.8 or later.', 'ES2017 added async functions.',
  'Java 8 introduced lambdas, Java 9 modules.', 'Our project requires Python 3.9 and uses f-strings.', 'SIGKILL (9) cannot be caught; SIGTERM (15) can.', 'kill -9 sends SIGKILL', 'exit code 127 (command not found)', 'exit code 1 (segmentation fault in the test)', 'Monday, 3 March 2025', 'February 29, 2024', '2024 is a leap year.', '1900 is not a leap year.', 'From 1990 to 2005 is 15 years.', 'April has 30 days.',
  'The sum of 2 and 3 digit numbers is large.', 'The product of 3 and x is 12.', 'The difference between 2 and 3 is small.', 'Half of 2023 is over.', 'Twice 2024 was in the news.', 'A third of 90 people are 30 or older.', '5 choose 2 is 10.', '5! = 120', 'She is 5 feet 10 = 70 inches', '10% off $50 is $45.', '10% off $50 is $5.', '50 increased by 10% is 55.', '√2 ≈ 1.414', '\\sqrt[3]{8} = 2', '2\\sqrt{4} = 4', '5 m² × 2 = 10 m²',
  '3 + 4 = seven', 'twelve times two is twenty-four', 'one plus one makes two', '$12 + $8 = $20', '1,000 × 3 = 3,000', '(-3) × (-4) = 12', '-3 - 4 = -7', '8 - 10 = -2', '1/2 + 1/3 = 5/6', '\\frac{1}{2} + \\frac{1}{4} = \\frac{3}{4}', '40 + 70 = 110 = 100 + 10', '12 × 7 = 84 = 84', '6 * 7 = 42, the answer.', '2 + 3 × 4 = 14', '2 + 3 × 4 = 20 from left to right',
];

function clean(): Case[] {
  const cases = NEAR_MISSES.map((text, at) => cleanCase(`own-near-${at}`, 'near-miss', text));
  for (let at = 0; at < 400; at += 1) {
    const template = rng() < 0.5 ? arithmetic() : registered();
    if (template !== null) cases.push(cleanCase(`own-right-${at}`, 'right', template.text.replace('{}', template.right)));
  }
  return cases;
}

function write(name: string, cases: readonly Case[]): void {
  writeFileSync(join(folder, name), cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
  console.log(`${name}: ${cases.length}`);
}

mkdirSync(folder, { recursive: true });
write('own_facts.jsonl', positives());
write('own_facts_clean.jsonl', clean());
const passages = passageCases(rng satisfies Rng);
write('own_passages.jsonl', passages.filter(({ type }) => type !== 'clean'));
write('own_passages_clean.jsonl', passages.filter(({ type }) => type === 'clean'));
const retold = retoldCases();
write('own_retold.jsonl', retold.filter(({ type }) => type !== 'clean'));
write('own_retold_clean.jsonl', retold.filter(({ type }) => type === 'clean'));
const named = namedCases();
write('own_named.jsonl', named.filter(({ type }) => type !== 'clean'));
write('own_named_clean.jsonl', named.filter(({ type }) => type === 'clean'));
const more = paragraphCases();
write('own_paragraphs.jsonl', more.filter(({ type }) => type !== 'clean'));
write('own_paragraphs_clean.jsonl', more.filter(({ type }) => type === 'clean'));
const fresh = freshCases(rng);
write('own_fresh.jsonl', fresh.filter(({ type }) => type !== 'clean'));
write('own_fresh_clean.jsonl', fresh.filter(({ type }) => type === 'clean'));
write('own_documents_clean.jsonl', cleanDocuments());
write('own_paired_clean.jsonl', pairedDocuments());
write('own_configured_clean.jsonl', configuredDocuments());
