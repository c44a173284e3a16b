import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiReference, unexplained } from '../scripts/api-reference.js';
import * as hotpatch from '../src/index.js';

const ROOT = join(import.meta.dirname, '..');
const reference = apiReference();

test('docs/API.md is up to date (npm run docs), and the README leads there', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/API.md'), 'utf8'), reference, 'run npm run docs');
  assert.ok(readFileSync(join(ROOT, 'README.md'), 'utf8').includes('(docs/API.md)'));
});

test('every export is in it, and of each of its names and members something is said', () => {
  for (const name of Object.keys(hotpatch)) assert.ok(reference.includes(`\n### ${name}\n`), name);
  for (const name of ['Options', 'Correction', 'Limits', 'RewriteOptions', 'Statistics', 'PatchForm']) assert.ok(reference.includes(`\n### ${name}\n`), name);
  assert.deepEqual(unexplained(reference), []);
});

test('its links lead somewhere, and nothing private is shown', () => {
  const headings = new Set([...reference.matchAll(/^### (.+)$/gm)].map(([, name = '']) => `#${name.toLowerCase()}`));
  for (const [, link = ''] of reference.matchAll(/\]\((#[^)]+)\)/g)) assert.ok(headings.has(link), link);
  assert.doesNotMatch(reference, /`#\w|\bprotected\b|#### tell\b/);
});

test('what has no word said of it is found', () => {
  const bare = '### Bare\n\n```ts\ntype Bare = string\n```\n\n### Half\n\n```ts\ninterface Half\n```\n\nSaid.\n\n| name | type | what it is |\n|---|---|---|\n| `a` | `string` |  |\n| `b` | `string` | Said. |\n\n#### go\n\n```ts\ngo(): void\n```\n\n';
  assert.deepEqual(unexplained(`${bare}\n## Types that these speak of\n\n### Other\n`), ['Bare Bare', 'Half `a`', 'Half go']);
});
