import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleRules, measurePromptness, type Promptness, pseudoTokens } from '../../../bench/core/promptness.js';
import { fabricatedPath } from '../../../src/core/detect/fabricated-path.js';
import { invalidPath } from '../../../src/core/detect/invalid-path.js';
import { patternMatch } from '../../../src/core/detect/pattern-match.js';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { FILES, scan } from './path-helpers.js';

const TRUTH = truthOfFiles(FILES);
const RULES = idleRules(1_000);

const PROSE = [
  `A queue that is never full hides a slow consumer for weeks. When memory finally runs out, the crash points at whoever happened to ask last, and nobody looks at the reader that fell
behind. Put a bound on it, refuse what does not fit, and the problem shows itself on the first busy afternoon. It isn't elegant; it's honest. Most teams I've worked with (three of four, say)
raised the bound once and then fixed the consumer, since "just make it larger" stops being an answer when you can see the line grow.`,
  `Tides follow the moon, but not at once: the water has to travel, and the shape of the coast decides how long that takes. In a narrow bay the wave piles up on itself. That's why two harbours
only a few miles apart may keep hours that differ by half a day's turn, and why sailors trusted tables made by their grandparents more than any formula.\n\n## What to remember\n
1. High water comes twice a day, mostly.\n2. The range grows with the full and the new moon.\n3. Wind and pressure can beat both; don't anchor by the table alone.\n\nAsk locally and/or wait a tide.`,
  `Thank you for the draft. The argument is sound, yet the second section takes the reader's agreement for granted. I'd begin with the objection you answer last: it is the strongest one, and
people who hold it won't read that far. **Shorten the summary**, drop the quotation, and let the figures speak. You might also say what it costs; a plan without a price is a wish.`,
];

/** As an agent writes about a repository: paths, code, commands, settings. Every path is right. */
const MARKDOWN = [
  `## What I found\n\nThe listener starts in \`src/server/listener.ts:18\` and hands each request to \`createRouter()\` from \`src/server/router.ts\`. The prices come from
\`src/data/prices.json\`, which is read once at the start. When \`NODE_ENV\` is \`production\`, the router keeps them for an hour, so a change needs a restart (see [the guide](docs/guide/getting-started.md)).\n
### How to check it\n\n\`\`\`bash\nnpm run build\nnode src/main.ts --port 8080 &\ncurl -s http://localhost:8080/prices | head -n 5\n\`\`\`\n
You should see the list at once. If you don't, the build is stale: remove the output and try again.\n`,
  `I've read the tests. \`tests/router.test.ts\` covers the happy path only:\n\n\`\`\`ts\nimport { createRouter } from '../src/server/router.js';\n\nconst router = createRouter({ cache: false });
const reply = await router.handle({ method: 'GET', path: '/prices' });\nassert.equal(reply.status, 200);\n\`\`\`\n
- **Missing**: an unknown route, a body that's too large, a slow client.\n- **Wrong**: nothing that I can see; the names are clear and each test does one thing.\n- **Next**: a table of requests and replies, as the other suites have it.\n
The fixture in \`tests/conftest.py\` isn't used by any of this; it belongs to the deploy script, \`scripts/deploy_all.sh\`.\n`,
  `| Setting | Default | Meaning |\n|---|---|---|\n| \`cacheSeconds\` | \`3600\` | how long prices are kept |\n| \`maxBodyBytes\` | \`65536\` | larger requests get a 413 |\n| \`logLevel\` | \`"info"\` | \`debug\` shows each request |\n
All of them live in \`package.json\` under \`config\`. The engine doesn't read them: \`crates/engine/src/lexer.rs\` has constants of its own, and \`docs/architecture.md\` says why. In short, the
engine is built once and shipped, while the server may be configured by whoever runs it. Use \`git log --oneline -- crates\` to see how it came to be.\n`,
  `**Plan**\n\n1. Read the prices once and hand them to whoever asks, so that no two parts of the server disagree about them.\n2. Let the router refuse what it doesn't know before it looks at the body.
3. Write down in \`docs/architecture.md\` what may be configured and what may not.\n\nThe first step is the largest. It touches \`src/server/listener.ts\`, since that is where the list is kept today:\n
\`\`\`ts\nexport class Listener {\n  readonly #prices: Prices;\n\n  constructor(prices: Prices) {\n    this.#prices = prices;\n  }\n\n  // Called for each request; never waits.\n  priceOf(name: string): number | null {
    return this.#prices.get(name) ?? null;\n  }\n}\n\`\`\`\n\nNothing else has to change, and the tests that are there will tell if it does. I'd leave the cache for later: it's a guess until somebody has measured it.\n`,
];

function measure(texts: readonly string[]): Promptness {
  return measurePromptness(texts.map((text) => ({ text, truth: TRUTH })), RULES, [invalidPath, fabricatedPath, patternMatch]);
}

function shown({ spans }: Promptness): string {
  return spans.map(({ text, start, end }) => JSON.stringify(text.slice(start, end))).join(' ');
}

test('of clean prose at most one token in twenty is delayed', () => {
  const measured = measure(PROSE);
  assert.equal(measured.changed, 0);
  assert.ok(measured.share <= 0.05, `${measured.share}: ${shown(measured)}`);
});

test('of Markdown full of paths at most one token in five is delayed, and seldom for long', () => {
  const measured = measure(MARKDOWN);
  assert.equal(measured.changed, 0);
  assert.ok(measured.share <= 0.2, `${measured.share}: ${shown(measured)}`);
  assert.ok((measured.delays[Math.floor(measured.delays.length / 2)] ?? 0) <= 3, String(measured.delays));
});

test('tokens are cut as a model cuts them, and what is held is counted', () => {
  const text = PROSE.join('\n') + MARKDOWN.join('\n');
  const tokens = pseudoTokens(text);
  assert.equal(tokens.join(''), text);
  assert.ok(text.length / tokens.length > 3 && text.length / tokens.length < 5, String(text.length / tokens.length));
  // The path waits for its end, the space behind it does not.
  const { held, delays } = measure(['See `src/main.ts` now.']);
  assert.deepEqual([held, delays], [5, [1, 2, 3, 4, 5]]);
});

/** Whether the last letters are held when the text stops there. */
const PLACES: readonly { readonly name: string; readonly text: string; readonly held: boolean }[] = [
  { name: 'in backticks', text: 'see `serv', held: true },
  { name: 'in quotes', text: 'see "serv', held: true },
  { name: 'behind a bracket', text: 'see (serv', held: true },
  { name: 'a link target', text: 'see [this](serv', held: true },
  { name: 'a quotation in a word', text: "the server's co", held: false },
  { name: 'a single quote that opens', text: "see 'serv", held: true },
  { name: 'a call', text: 'then handle(serv', held: false },
  { name: 'a tag', text: 'a <serv', held: false },
  { name: 'a word', text: 'the serv', held: false },
  { name: 'behind a slash', text: 'the lib/serv', held: true },
  { name: 'an option', text: 'use `--serv', held: false },
  { name: 'a package', text: 'use `@scope/serv', held: false },
  { name: 'a variable', text: 'use `$HOME/serv', held: false },
  { name: 'the home folder', text: 'use `~/serv', held: false },
  { name: 'a template', text: 'use `lib/{name}/serv', held: false },
  { name: 'a comment mark', text: '```ts\n//serv', held: false },
  { name: 'an address', text: 'at https://docs.serv', held: false },
  { name: 'a product', text: 'with Node.serv', held: false },
  { name: 'an import specifier', text: "```ts\nimport { a } from './serv", held: false },
  { name: 'a quoted string in code', text: "```ts\nread('./serv", held: true },
  { name: 'an expression in code', text: '```ts\nconst a = lib/serv', held: false },
  { name: 'a comment in code', text: '```ts\nconst a = 1; // lib/serv', held: true },
  { name: 'an edit block', text: '```diff\n+lib/serv', held: false },
  { name: 'a shell line', text: '```bash\nnode lib/serv', held: true },
  { name: 'what a shell line makes', text: '```bash\nmkdir -p lib/serv', held: false },
  { name: 'a git command', text: 'run `git checkout lib/serv', held: false },
  { name: 'the comment that heads a block', text: '```ts\n// serv', held: true },
  { name: 'behind its label', text: '```ts\n// File: serv', held: true },
  { name: 'the language of a block', text: 'so:\n```serv', held: false },
  { name: 'behind three backticks in a line', text: 'so ```serv', held: true },
  { name: 'a top folder in prose', text: 'the src', held: false },
  { name: 'a plain word in brackets', text: 'see (which', held: false },
  { name: 'a plain word in quotes', text: 'the "with', held: false },
  { name: 'a plain word that goes on', text: 'see (withs', held: true },
  { name: 'a short word that folders begin with', text: 'see (to', held: true },
  { name: 'a name in quotes', text: 'the "Winn', held: false },
  { name: 'a capital that something at the top begins with', text: 'the "Read', held: true },
  { name: 'a top folder in capitals', text: 'in `SRC', held: true },
  { name: 'another word in capitals', text: 'in `POST', held: false },
  { name: 'a name in backticks', text: 'in `Winn', held: true },
  { name: 'a command in backticks', text: 'run `npm', held: false },
  { name: 'behind a command in backticks', text: 'run `npm serv', held: true },
  { name: 'a number in brackets', text: 'see [12', held: false },
  { name: 'a date in brackets', text: 'at [2026-03', held: false },
  { name: 'a folder that begins with a number', text: 'at [2026-03/a', held: true },
  { name: 'a fraction', text: 'about 1/2', held: false },
  { name: 'a version', text: 'over HTTP/1', held: false },
  { name: 'a number and a letter behind a slash', text: 'the lib/2to', held: false },
  { name: 'a quotient', text: 'so 12 / 4', held: false },
  { name: 'a decimal', text: 'of .9', held: false },
  { name: 'a hidden folder', text: 'of .git', held: true },
  { name: 'a full stop behind a bracket', text: '(for years).', held: false },
  { name: 'a full stop behind a quotation', text: 'called "long".', held: false },
  { name: 'a word behind a code span', text: 'all `long`ish', held: false },
  { name: 'a name with a colon', text: 'see `kind:serv', held: false },
  { name: 'a drive', text: 'see `C:', held: true },
  { name: 'a key of JSON', text: '{"serv', held: false },
  { name: 'another key of JSON', text: '{"a": {"b": 1}, "serv', held: false },
  { name: 'a value of JSON', text: '{"title": "serv', held: false },
  { name: 'a value of JSON behind a key for paths', text: '{"outputFile": "serv', held: true },
  { name: 'an element of an array in JSON', text: '{"any": ["a", "serv', held: true },
  { name: 'a key in fenced JSON', text: '```json\n{\n  "serv', held: false },
  { name: 'an element on a line of its own', text: '```json\n{\n  "files": [\n    "serv', held: true },
  { name: 'behind the array', text: '```json\n{\n  "files": [\n    "a"\n  ],\n  "serv', held: false },
  { name: 'a separator in a value that is no path', text: '{"title": "serv/', held: true },
  { name: 'what code prints', text: '```ts\nconsole.log("serv', held: false },
  { name: 'what code opens', text: '```ts\nopen("serv', held: true },
  { name: 'a variable for a path', text: '```py\nconfig_file = "serv', held: true },
  { name: 'another variable', text: '```py\ntitle = "serv', held: false },
  { name: 'a capital in a heading', text: '## Three', held: false },
  { name: 'a name in a heading', text: '## serv', held: true },
  { name: 'a command of a shell', text: '```sh\nnpm', held: false },
  { name: 'in the middle of it', text: '```ts\n// Starts the serv', held: false },
];

for (const { name, text, held } of PLACES) {
  test(`${held ? 'held' : 'let go'}: ${name}`, () => {
    const pieces = [...text];
    assert.equal((scan(pieces).frontiers[pieces.length - 1] as number) < text.length, held);
  });
}
