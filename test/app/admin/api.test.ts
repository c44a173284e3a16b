import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openAdmin } from '../../../src/app/admin/admin.js';
import { AdminHub } from '../../../src/app/admin/hub.js';
import { changedConfig, mergeChanges, stateOf } from '../../../src/app/admin/target.js';
import { createBackend } from '../../../src/app/backend/index.js';
import { type Config, parseListen } from '../../../src/app/config.js';
import { createLogger } from '../../../src/app/log.js';
import { startProxy } from '../../helpers/proxy.js';
import { call, type Reply } from './call.js';

/** A proxy in this process with an admin address, as `serve` joins them. */
async function setUp(t: TestContext, { db }: { db?: 'none' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-api-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const backends = await Promise.all(['teh one', 'teh two'].map(async (text) => {
    const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text }) });
    t.after(() => backend.stop());
    return (await backend.start()).port;
  }));
  const hub = new AdminHub();
  const running = await startProxy({ upstream: backends[0] as number, db: db ?? join(folder, 'a.db'), observer: hub });
  t.after(() => running.stop());
  const { proxy } = running;
  let admin = '';
  const logger = createLogger({ format: 'json', level: 'info', stream: { write: (line) => { admin = /http:\/\/[^/]+/.exec(line)?.[0] ?? admin; } } });
  const config = (): Config => ({ ...proxy.config, admin: parseListen('127.0.0.1:0'), explicitAdmin: true });
  const server = await openAdmin({ hub, logger, config, target: { state: () => stateOf(proxy), change: async (change) => proxy.apply(changedConfig(proxy.config, change)), reload: () => proxy.reload() } });
  t.after(() => server?.close());
  const api = (method: string, path: string, json?: unknown): Promise<Reply> => call(`${admin}${path}`, json === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) });
  const ask = async (): Promise<string> => {
    const response = await fetch(`${running.url}/api/generate`, { method: 'POST', body: '{"model":"m","prompt":"hi","stream":false}', headers: { connection: 'close' } });
    return ((await response.json()) as { response: string }).response;
  };
  return { admin, api, ask, proxy, backends };
}

describe('/api/rules', () => {
  test('a rule is added, read, changed, switched off and removed, and each time the next answer follows', async (t) => {
    const { api, ask } = await setUp(t);
    const added = await api('POST', '/api/rules', { match: 'literal', value: 'teh', replace: 'the' });
    assert.equal(added.status, 201);
    const id = String(added.json['id']);
    assert.deepEqual([added.json['pattern'], added.json['replacement'], added.json['enabled'], added.json['fault']], ['teh', 'the', true, null]);
    assert.equal(await ask(), 'the one');
    const patterns = (await api('GET', '/api/rules?kind=pattern')).json['rules'] as { id: number }[];
    assert.ok(patterns.some((rule) => String(rule.id) === id));
    assert.equal((await api('PUT', `/api/rules/${id}`, { match: 'literal', value: 'teh', replace: 'THE' })).json['replacement'], 'THE');
    assert.equal(await ask(), 'THE one');
    assert.equal((await api('PATCH', `/api/rules/pattern:${id}`, { enabled: false })).json['enabled'], false);
    assert.equal(await ask(), 'teh one');
    assert.deepEqual((await api('POST', '/api/rules/test', { text: 'teh' })).json['output'], 'teh');
    assert.equal((await api('PATCH', `/api/rules/${id}`, { enabled: true })).status, 200);
    assert.deepEqual((await api('POST', '/api/rules/test', { text: 'teh' })).json['output'], 'THE');
    const removed = await api('DELETE', `/api/rules/${id}`);
    assert.deepEqual([removed.status, removed.text, (await api('GET', `/api/rules/${id}`)).status, await ask()], [204, '', 404, 'teh one']);
  });

  test('a correction is taken back, and taken back again', async (t) => {
    const { api, ask } = await setUp(t);
    await api('POST', '/api/rules', { match: 'literal', value: 'teh', replace: 'the' });
    assert.equal(await ask(), 'the one');
    const stored = async (): Promise<{ id: string; rejected?: number }> => {
      for (let tries = 0; ; tries += 1) {
        const [only] = (await api('GET', '/api/corrections')).json['corrections'] as { id: string; rejected?: number }[];
        // The table is written within a moment; until then the correction is only remembered.
        if (only?.rejected !== undefined) return only;
        assert.ok(tries < 600);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const { id } = await stored();
    assert.deepEqual((await api('POST', `/api/corrections/${id}/reject`, {})).json, { id, rejected: true });
    assert.equal(await ask(), 'teh one');
    assert.equal((await stored()).rejected, 1);
    assert.equal((await api('POST', `/api/corrections/${id}/reject`, { undo: true })).status, 200);
    assert.equal(await ask(), 'the one');
    assert.equal((await api('POST', '/api/corrections/nobody/reject', {})).status, 404);
  });

  test('what is wrong is refused in words, and the database hears nothing of it', async (t) => {
    const { api, admin } = await setUp(t);
    const before = (await api('GET', '/api/rules')).text;
    const cases: readonly (readonly [string, string, unknown, number, RegExp])[] = [
      ['POST', '/api/rules', { match: 'regex', value: '(a)\\1' }, 400, /backreference/i],
      ['POST', '/api/rules', { match: 'regexp', value: 'a' }, 400, /match/],
      ['POST', '/api/rules', [], 400, /one JSON object/],
      ['POST', '/api/rules', {}, 400, /./],
      ['PUT', '/api/rules/999', { match: 'literal', value: 'a' }, 404, /999/],
      ['PATCH', '/api/rules/999', { enabled: true }, 404, /999/],
      ['PATCH', '/api/rules/1', { enabled: 1 }, 400, /enabled/],
      ['DELETE', '/api/rules/999', undefined, 404, /999/],
      ['GET', '/api/rules?kind=pattrn', undefined, 400, /pattern, patch, fact/],
      ['POST', '/api/rules/test', { text: 1 }, 400, /text/],
    ];
    for (const [method, path, json, status, says] of cases) {
      const reply = await api(method, path, json);
      assert.equal(reply.status, status, `${method} ${path} ${JSON.stringify(json)}: ${reply.text}`);
      assert.match(String(reply.json['detail']), says);
    }
    const send = (body: string, type: string): Promise<Reply> => call(`${admin}/api/rules`, { method: 'POST', headers: { 'content-type': type }, body });
    assert.deepEqual([(await send('{', 'application/json')).status, (await send('{"match":"literal","value":"a"}', 'text/plain')).status, (await send(`"${'x'.repeat(1_100_000)}"`, 'application/json')).status], [400, 415, 413]);
    assert.equal((await api('GET', '/api/rules')).text, before);
  });

  test('without a database there are none', async (t) => {
    const { api } = await setUp(t, { db: 'none' });
    assert.deepEqual([(await api('GET', '/api/rules')).status, (await api('POST', '/api/rules', { match: 'literal', value: 'a' })).status, (await api('GET', '/api/statistics')).json['allTime']], [409, 409, null]);
  });
});

describe('/api/config', () => {
  test('modes, the backend and on and off change for the next answer', async (t) => {
    const { api, ask, backends } = await setUp(t);
    await api('POST', '/api/rules', { match: 'literal', value: 'teh', replace: 'the' });
    assert.equal((await api('GET', '/api/config')).json['mode'], 'correct');
    assert.equal((await api('PATCH', '/api/config', { modes: { pattern_match: 'observe' } })).status, 200);
    assert.equal(await ask(), 'teh one');
    const changed = (await api('PATCH', '/api/config', { mode: 'correct', upstream: `http://127.0.0.1:${backends[1] ?? 0}` })).json;
    assert.deepEqual([changed['mode'], (changed['modes'] as Record<string, string>)['pattern_match'], changed['upstream']], ['correct', 'correct', `http://127.0.0.1:${backends[1] ?? 0}`]);
    assert.equal(await ask(), 'the two');
    assert.deepEqual((await api('POST', '/api/enabled', { enabled: false })).json['enabled'], false);
    assert.equal(await ask(), 'teh two');
    await api('POST', '/api/enabled', { enabled: true });
    assert.equal(await ask(), 'the two');
  });

  test('what cannot be changed so is refused, and nothing changes', async (t) => {
    const { api, proxy } = await setUp(t);
    const before = (await api('GET', '/api/config')).text;
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [{ mode: 'corect' }, /did you mean "correct"/], [{ modes: { invalid_pth: 'off' } }, /did you mean "invalid_path"/], [{ modes: { invalid_path: 1 } }, /modes\.invalid_path/], [{ listen: ':1' }, /"listen"/],
      [{ enabled: 'yes' }, /true or false/], [{ upstream: 'http://a/b' }, /path/], [{ mode: 'off', upstream: `http://127.0.0.1:${proxy.address?.port ?? 0}` }, /circle/], ['off', /object/],
    ];
    for (const [json, says] of cases) {
      const reply = await api('PATCH', '/api/config', json);
      assert.equal(reply.status, 400, JSON.stringify(json));
      assert.match(String(reply.json['detail']), says);
    }
    assert.equal((await api('POST', '/api/enabled', { mode: 'off' })).status, 400);
    assert.equal((await api('GET', '/api/config')).text, before);
  });

  test('changes add up; a mode for all is the last word on all types', () => {
    const first = mergeChanges({}, { modes: { invalid_path: 'off' }, enabled: false });
    assert.deepEqual(mergeChanges(first, { modes: { pattern_match: 'observe' } }), { enabled: false, modes: { invalid_path: 'off', pattern_match: 'observe' } });
    assert.deepEqual(mergeChanges(first, { mode: 'annotate' }), { enabled: false, mode: 'annotate', modes: {} });
  });
});

test('/metrics is the text format of Prometheus: every sample has its type, and counts what happened', async (t) => {
  const { api, ask, admin } = await setUp(t);
  await api('POST', '/api/rules', { match: 'literal', value: 'teh', replace: 'the' });
  await ask();
  await ask();
  const { text, headers } = await call(`${admin}/metrics`);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.ok(text.endsWith('\n'));
  const typed = new Set<string>();
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    const comment = /^# (?:HELP (\w+) \S.*|TYPE (\w+) (?:counter|gauge))$/.exec(line);
    const sample = /^([a-z_:][\w:]*)((?:\{\w+="(?:[^"\\]|\\.)*"\})?) (\d+(?:\.\d+)?)$/.exec(line);
    assert.ok(comment !== null || sample !== null, line);
    if (comment?.[2] !== undefined) {
      assert.ok(!typed.has(comment[2]), `${comment[2]} once`);
      typed.add(comment[2]);
    }
    if (sample === null) continue;
    assert.ok(typed.has(sample[1] ?? ''), line);
    samples.set(`${sample[1] ?? ''}${sample[2] ?? ''}`, Number(sample[3]));
  }
  const of = (name: string): number | undefined => samples.get(name);
  assert.deepEqual([of('hotpatch_requests_total'), of('hotpatch_corrected_total{type="pattern_match"}'), of('hotpatch_detected_total{type="invalid_path"}'), of('hotpatch_listening'), of('hotpatch_enabled')], [2, 2, 0, 1, 1]);
  await api('POST', '/api/enabled', { enabled: false });
  await ask();
  assert.match((await call(`${admin}/metrics`)).text, /^hotpatch_not_inspected_total\{reason="mode_off"\} 1$/m);
});

describe('the dashboard', () => {
  test('is served whole, and loads nothing that its policy forbids', async (t) => {
    const { api } = await setUp(t);
    const page = await api('GET', '/');
    assert.match(String(page.headers['content-type']), /^text\/html/);
    const policy = String(page.headers['content-security-policy']);
    assert.ok(!policy.includes('unsafe') && policy.includes("default-src 'none'"));
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
    assert.deepEqual(loaded, ['dashboard.css', 'dashboard.js']);
    assert.ok(!/<script(?![^>]*src=)|style=|\son\w+=/i.test(page.text), 'nothing inline');
    for (const [path, type] of [['/dashboard.js', 'text/javascript'], ['/dashboard.css', 'text/css']] as const) assert.ok(String((await api('GET', path)).headers['content-type']).startsWith(type));
  });

  test('asks only for what the API has, and makes no text into markup', async (t) => {
    const { api } = await setUp(t);
    const script = readFileSync(join(import.meta.dirname, '../../../dashboard/dashboard.js'), 'utf8');
    assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:/.test(script));
    const asked = new Set([...script.matchAll(/['`](api\/[\w/]*)/g)].map(([, path = '']) => path.replace(/\/$/, '')));
    assert.deepEqual([...asked].sort(), ['api/config', 'api/corrections', 'api/enabled', 'api/events', 'api/rules', 'api/statistics']);
    for (const path of asked) if (path !== 'api/events') assert.notEqual((await api('GET', `/${path}`)).status, 404, path);
    const ids = [...script.matchAll(/(?:byId|body)\('(\w+)'\)/g)].map(([, id]) => id);
    const page = readFileSync(join(import.meta.dirname, '../../../dashboard/index.html'), 'utf8');
    for (const id of ids) assert.ok(page.includes(`id="${String(id)}"`), id);
  });
});
