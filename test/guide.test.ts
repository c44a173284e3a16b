import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** The guide takes minutes, as it installs everything anew; what it saw is kept, and must be about the guide as it stands. */

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const RUN = readFileSync(join(ROOT, 'docs/guide-run.md'), 'utf8');

test('the kept run typed every command of the guide, in order, and all that is promised held', () => {
  const start = README.indexOf('## Two minutes');
  const section = README.slice(start, README.indexOf('\n## ', start + 1));
  const promised = [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, text = '']) => text.trim().split('\n'));
  const typed = [...RUN.matchAll(/^```console\n\$ (.*)$/gm)].map(([, command]) => command);
  assert.deepEqual(typed, promised, 'run `node scripts/guide.js` again');
  assert.ok(!RUN.includes('Does not hold') && (RUN.match(/^Holds: /gm)?.length ?? 0) >= promised.length);
  assert.ok(section.includes('](docs/guide-run.md)'));
});

test('the kept run names no place of the machine it was made on', () => {
  assert.doesNotMatch(RUN, /\/(?:home|Users|root|tmp|work|var)\//);
});
