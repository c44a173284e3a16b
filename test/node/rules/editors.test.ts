import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { RuleInput } from '../../../src/core/rules/rule-forms.js';
import type { RuleFormat } from '../../../src/node/rules/rule-export.js';
import { openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { scratch } from './helpers.js';

const EDITS = 60;

/** Adds, disables and removes rules of its own, and imports some, as fast as it can. */
const EDITOR = (store: string): string => `
  import { openRuleStore } from ${JSON.stringify(store)};
  const [file, who] = process.argv.slice(2);
  process.stdin.once('data', async () => {
    for (let n = 0; n < ${EDITS}; n += 1) {
      const s = openRuleStore(file);
      const id = s.add({ match: 'literal', value: who + ' adds ' + n, replace: 'x' });
      if (n % 3 === 1) s.disable(id);
      if (n % 3 === 2) s.remove(id);
      if (n % 10 === 0) await s.import(JSON.stringify({ subject: who, attribute: 'fact', value: String(n) }) + '\\n' + JSON.stringify({ description: who + n, patch_type: 'validator', payload_json: { rules: [{ check: 'json', action: 'report' }] } }), 'ndjson');
      s.close();
    }
    process.exit(0);
  });
  process.stdout.write('ready');`;

describe('two editors at once', () => {
  test('nothing is lost: every addition, switch and removal of both is there', async (t) => {
    const at = scratch(t);
    const file = at('a.db');
    writeFileSync(at('editor.mjs'), EDITOR(new URL('../../../src/node/rules/sqlite-rule-store.ts', import.meta.url).href));
    const children = ['left', 'right'].map((who) => spawn(process.execPath, [...process.execArgv, at('editor.mjs'), file, who], { stdio: ['pipe', 'pipe', 'inherit'] }));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    const ends = await Promise.all(children.map((child) => { const exit = once(child, 'exit'); child.stdin.end('go'); return exit; }));
    assert.deepEqual(ends.map(([code]) => code as unknown), [0, 0]);
    const store = openRuleStore(file, { readonly: true });
    t.after(() => store.close());
    const rules = store.list();
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length, 'a number means one rule');
    for (const who of ['left', 'right']) {
      const own = rules.filter(({ row }) => String(row['pattern']).startsWith(`${who} adds `));
      const expected = Array.from({ length: EDITS }, (_, n) => n).filter((n) => n % 3 !== 2);
      assert.deepEqual(own.map(({ row, enabled }) => [row['pattern'], enabled]), expected.map((n) => [`${who} adds ${n}`, n % 3 === 0]));
      assert.equal(rules.filter(({ kind, row }) => kind === 'fact' && row['subject'] === who).length, EDITS / 10);
      assert.equal(rules.filter(({ kind, row }) => kind === 'patch' && String(row['description']).startsWith(who)).length, EDITS / 10);
    }
  });
});

/** One of every form, with what each can say. */
const ALL: readonly RuleInput[] = [
  { match: 'literal', value: ' teh,"\n', replace: '', flags: 'i', word: true, name: 'typo', scopes: ['prose', 'code'], models: ['llama3*'], confidence_threshold: 0.5 },
  { match: 'regex', value: '(a+)b', replace: '$1', expand: true, type: 'incorrect_fact' },
  { match: 'literal', value: 'reported only' },
  { match: 'path', value: 'src/mian.ts', replace: 'src/main.ts' },
  { rule: 'check_facts', enabled: false },
  { pattern: 'off', replacement: 'x', enabled: false },
  { description: 'be "brief", please', patch_type: 'prompt_modifier', name: 'brief', enabled: false, payload_json: { models: ['*'], when: { route: 'chat', after: 'always' }, rules: [{ system: { mode: 'append', text: 'Line 1\nLine 2' } }] } },
  { description: null, patch_type: 'output_filter', payload_json: { rules: [{ match: 'literal', value: 'x', replace: '' }, { drop: 'thinking' }] } },
  { subject: 'Our API', attribute: 'port', value: '8443', source: 'wiki, page "ports"' },
  { subject: 'Größe', attribute: 'in m', value: '1', enabled: false },
];

describe('export and import', () => {
  for (const format of ['json', 'ndjson', 'csv'] as const satisfies readonly RuleFormat[]) {
    test(`all kinds and forms come back the same through ${format}, and a second import changes nothing`, async (t) => {
      const at = scratch(t);
      const from = openRuleStore(at('from.db'));
      const to = openRuleStore(at('to.db'));
      t.after(() => [from, to].forEach((store) => store.close()));
      for (const input of ALL) from.add(input);
      const text = from.export(format);
      assert.deepEqual((await to.import(text, format, { replaceAll: true })).faults, []);
      assert.deepEqual(meaning(to.read()), meaning(from.read()));
      assert.deepEqual(to.list().map(identity), from.list().map(identity));
      assert.equal(to.export(format), text);
      assert.deepEqual(await to.import(text, format).then(({ imported, unchanged }) => [imported, unchanged]), [0, from.list().length]);
    });
  }
});

function meaning({ patterns, facts, patches, switches }: ReturnType<ReturnType<typeof openRuleStore>['read']>): unknown {
  return { patterns, facts, patches, switches: [...switches] };
}

function identity({ kind, id, shownId, enabled, fault }: ReturnType<ReturnType<typeof openRuleStore>['list']>[number]): unknown {
  return { kind, id, shownId, enabled, fault };
}
