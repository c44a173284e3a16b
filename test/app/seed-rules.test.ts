import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HotPatcher } from '../../src/app/hot-patcher.js';
import { createDatabase } from '../../src/node/rules/sqlite-rule-store.js';

interface Row {
  readonly name: string;
  readonly text: string;
  /** The text as it leaves; absent: unchanged. */
  readonly becomes?: string;
  /** How often a rule matches. Absent: once where the text changes, else never. */
  readonly matches?: number;
}

const ROWS: readonly Row[] = [
  { name: 'a frame option', text: 'Send X-Frame-Option: DENY with it.', becomes: 'Send X-Frame-Options: DENY with it.' },
  { name: 'a frame option, quoted', text: 'Send `X-Frame-Option: DENY` and see that it does nothing.' },
  { name: 'a frame option without a value', text: 'There is no header X-Frame-Option; it is X-Frame-Options: DENY.' },
  { name: 'allowed methods', text: 'Add Access-Control-Allow-Method: GET, POST to the reply.', becomes: 'Add Access-Control-Allow-Methods: GET, POST to the reply.' },
  { name: 'allowed headers', text: 'Add Access-Control-Allow-Header: Content-Type to the reply.', becomes: 'Add Access-Control-Allow-Headers: Content-Type to the reply.' },
  { name: 'allowed methods, right', text: 'Add Access-Control-Allow-Methods: GET to the reply.' },
  { name: 'requested methods', text: 'A browser sends Access-Control-Request-Method: PUT first.' },
  { name: 'allowed methods, quoted', text: 'It is not "Access-Control-Allow-Method: GET".' },
  { name: 'a token behind the last sentence', text: 'The port is 80.<|im_end|>', becomes: 'The port is 80.' },
  { name: 'a token and an empty line', text: 'That is all.<|eot_id|>\n', becomes: 'That is all.' },
  { name: 'a token in backticks', text: 'The token is `<|im_end|>`.', matches: 1 },
  { name: 'a token as the answer', text: 'It ends with <|im_end|>', matches: 1 },
  { name: 'a token in the middle', text: 'It said hi.<|im_end|> Then it went on.', matches: 1 },
  { name: 'a token in a fence', text: '```\nHello.<|im_end|>\n```\n' },
  { name: 'a package that is refused', text: 'Run pip install sklearn first.', matches: 1 },
  { name: 'a package of another name', text: 'Run pip install sklearn-pandas or pip install scikit-learn.' },
  { name: 'marks of a template', text: 'It wrote [INST] and <start_of_turn>.', matches: 2 },
  { name: 'marks of HTML', text: 'Use <s> and </s>, <start> and [instance].' },
];

test('the seed rules of a new database replace what is certain, report the rest and leave alone what only speaks of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-seeds-'));
  t.after(() => rmSync(folder, { recursive: true }));
  createDatabase(join(folder, 'new.db'));
  const patcher = new HotPatcher({ db: join(folder, 'new.db'), workspace: [] });
  assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
  for (const { name, text, becomes = text, matches = becomes === text ? 0 : 1 } of ROWS) {
    const { modified, corrections } = patcher.intercept(text);
    assert.equal(modified, becomes, name);
    assert.equal(corrections.filter(({ type }) => type === 'pattern_match').length, matches, name);
  }
});
