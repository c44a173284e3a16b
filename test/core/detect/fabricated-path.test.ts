import assert from 'node:assert/strict';
import { test } from 'node:test';
import { truthOfFiles } from '../../../src/core/truth/path-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { everySplit } from '../../helpers/every-split.js';
import { contextOf, FILES, scan, told } from './path-helpers.js';

const HITS: readonly (readonly [string, string])[] = [
  ['It lives in `src/billing/invoices.ts`.', 'insert src/billing/invoices.ts'],
  ['See [the notes](docs/quantum.md).', 'insert docs/quantum.md'],
  ['It lives in src/billing/invoices.ts today', 'insert src/billing/invoices.ts'],
  ['- `lib/kernel/scheduler.go` is the core', 'insert lib/kernel/scheduler.go'],
  ['File: packages/hydra/boot.rs\n', 'insert packages/hydra/boot.rs'],
  ['```sh\ngrep -n x src/billing/invoices.ts\n```\n', 'report src/billing/invoices.ts'],
];

const NEAR_MISSES: readonly string[] = [
  'It lives in `src/server/router.ts`.',
  'Create `src/billing/invoices.ts`:',
  "I'll add `src/billing/invoices.ts` and `src/billing/taxes.ts`.",
  'New files:\n\n- `src/billing/invoices.ts`\n- `src/billing/taxes.ts`\n',
  'It would live in `src/billing/invoices.ts`.',
  'For example, `src/billing/invoices.ts`.',
  'Save this as `src/billing/invoices.ts`.',
  'A file such as `src/billing/invoices.ts`',
  '`src/billing/invoices.ts` is not there.',
  'There is no `src/billing/invoices.ts`.',
  '```sh\ncat > src/billing/invoices.ts <<EOF\nx\nEOF\n```\nNow `src/billing/invoices.ts` holds it.',
  'The build writes `dist/billing/invoices.js` and `node_modules/zod/lib/types.js`.',
  'Set it in `.github/workflows/zebra.yml`.',
  'Use `path/to/invoices.ts` or `my-app/invoices.ts` or `foo/invoices.ts`.',
  'See github.com/owner/billing/invoices.go and JavaScript/Node.js.',
  'Use `openai/gpt-4o-mini`, `billing/invoices` or CI/CD.',
  'The bare `invoices.ts` says little.',
  '`../billing/invoices.ts` and `/billing/invoices.ts` and `./billing/invoices.ts`',
  "```ts\nimport { a } from 'billing/lib/invoices.js';\n```\n",
  '```diff\n+++ b/src/billing/invoices.ts\n```\n',
];

test('inventions are told, however the text is cut', () => {
  for (const [text, expected] of HITS) everySplit(text, (pieces) => assert.deepEqual(told(scan(pieces).findings), [expected], text));
});

test('what is to be made, denied, built, or of others is no invention', () => {
  for (const text of NEAR_MISSES) everySplit(text, (pieces) => assert.deepEqual(told(scan(pieces).findings), [], text));
});

test('only an exchange that is tied is annotated, and no structured answer', () => {
  const text = 'It lives in `src/billing/invoices.ts`.';
  const findings = (request: object, answer = text): readonly string[] => told(scan([answer], contextOf(truthOfFiles(FILES), { ...EMPTY_REQUEST, ...request })).findings);
  assert.deepEqual(findings({ tied: false }), ['report src/billing/invoices.ts']);
  assert.deepEqual(findings({ tied: true, structured: true }), ['report src/billing/invoices.ts']);
  assert.deepEqual(findings({ tied: true }, '{"at": "see src/billing/invoices.ts"}'), ['report src/billing/invoices.ts']);
  const texts = () => [{ role: 'user' as const, text: 'I look at src/main.ts and docs/architecture.md' }];
  assert.deepEqual(findings({ texts }), ['insert src/billing/invoices.ts']);
  assert.deepEqual(findings({ texts: () => [{ role: 'assistant', text: 'src/main.ts docs/architecture.md' }] }), ['report src/billing/invoices.ts']);
});
