import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openAdmin } from '../../../src/app/admin/admin.js';
import { AdminHub } from '../../../src/app/admin/hub.js';
import { createBackend } from '../../../src/app/backend/index.js';
import { parseListen, resolveConfig } from '../../../src/app/config.js';
import { createLogger } from '../../../src/app/log.js';
import { openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { serveProcess, startCli } from '../../helpers/processes.js';
import { call, type Reply } from './call.js';

async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hotpatch-admin-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const db = join(folder, 'rules.db');
  const store = openRuleStore(db);
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => ({ text: 'teh end of teh day' }) });
  const upstream = `http://127.0.0.1:${(await backend.start()).port}`;
  t.after(() => backend.stop());
  const args = ['--upstream', upstream, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs')];
  const serving = async (more: readonly string[] = [], env: Record<string, string> = {}) => {
    const proxy = await serveProcess([...args, '--admin', '127.0.0.1:0', ...more], { cwd: folder, timeoutMs: 120_000, env });
    t.after(() => void proxy.child.kill('SIGKILL'));
    const [, admin = ''] = await proxy.said(/admin address: (http:\/\/\S+)\//);
    return { proxy, admin };
  };
  const ask = async (url: string): Promise<string> => {
    const response = await fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }), headers: { connection: 'close' } });
    await response.text();
    return response.headers.get('x-hotpatch-exchange') ?? '';
  };
  return { folder, db, upstream, args, serving, ask };
}

describe('the admin address', () => {
  test('health, statistics, corrections, exchanges and live events', async (t) => {
    const { serving, ask, upstream } = await setUp(t);
    const { proxy, admin } = await serving();
    assert.deepEqual([(await call(`${admin}/healthz`)).json, (await call(`${admin}/readyz`)).json], [{ status: 'ok' }, { status: 'ready' }]);
    const events = await fetch(`${admin}/api/events`);
    assert.match(events.headers.get('content-type') ?? '', /^text\/event-stream/);
    const exchange = await ask(proxy.url);
    let seen = '';
    const decoder = new TextDecoder();
    for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) {
      seen += decoder.decode(chunk, { stream: true });
      if (seen.includes('event: exchange\n')) break;
    }
    const told = seen.split('\n\n').filter((event) => event.startsWith('event:')).map((event) => /^event: (\w+)\ndata: (.*)$/.exec(event));
    assert.deepEqual(told.map((event) => event?.[1]), ['correction', 'correction', 'exchange']);
    assert.equal((JSON.parse(told[2]?.[2] ?? '') as { exchange: string }).exchange, exchange);

    const statistics = (await call(`${admin}/api/statistics`)).json;
    assert.deepEqual([statistics['requestsProcessed'], statistics['hallucinationsCorrected'], statistics['endpoint'], statistics['url'], statistics['listenPort'], statistics['serverListening'], statistics['mode']],
      [1, 2, upstream, proxy.url, proxy.port, true, 'correct']);
    assert.ok(typeof statistics['allTime'] === 'object');
    const all = (await call(`${admin}/api/corrections`)).json['corrections'] as { id: string; detected: string; exchange: string; type: string }[];
    assert.deepEqual(all.map(({ detected, type }) => [detected, type]), [['teh', 'pattern_match'], ['teh', 'pattern_match']]);
    const limited = async (query: string): Promise<unknown> => ((await call(`${admin}/api/corrections?${query}`)).json['corrections'] as unknown[] | undefined)?.length;
    assert.deepEqual([await limited('limit=1'), await limited('type=invalid_path'), await limited(`exchange=${exchange}`), await limited('exchange=other')], [1, 0, 2, 0]);
    const one = (await call(`${admin}/api/exchanges/${exchange}`)).json;
    assert.deepEqual([(one['exchange'] as { model: string }).model, (one['corrections'] as unknown[]).length], ['m', 2]);
    const wrong = [await call(`${admin}/api/exchanges/nobody`), await call(`${admin}/nowhere`), await call(`${admin}/api/corrections?type=invalid_pth`), await call(`${admin}/api/corrections?limit=0`), await call(`${admin}/healthz`, { method: 'DELETE' }), await call(`${admin}/api/exchanges/%E0`)];
    assert.deepEqual(wrong.map(({ status }) => status), [404, 404, 400, 400, 405, 400]);
    assert.match(String(wrong[2]?.json['detail']), /did you mean "invalid_path"/);
    assert.equal(wrong[4]?.headers['allow'], 'GET');
    assert.equal((await proxy.stop()).code, 0, 'a watcher holds nothing up');
  });

  test('is for no page of another site, under no foreign name', async (t) => {
    const { serving } = await setUp(t);
    const { proxy, admin } = await serving();
    const host = admin.replace('http://', '');
    const status = async (headers: Record<string, string>): Promise<number> => (await call(`${admin}/api/statistics`, { headers })).status;
    const cases: readonly (readonly [Record<string, string>, number])[] = [
      [{}, 200], [{ host: 'localhost:1' }, 200], [{ origin: admin }, 200], [{ host, origin: `HTTP://${host}` }, 200],
      [{ host: 'evil.example' }, 403], [{ host: `127.0.0.1.evil.example` }, 403], [{ origin: 'https://evil.example' }, 403], [{ origin: 'http://localhost:3000' }, 403], [{ origin: 'null' }, 403],
      [{ origin: `https://${host}` }, 403], [{ origin: 'app://obsidian.md' }, 403], [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403], [{ 'sec-fetch-site': 'same-origin' }, 200],
    ];
    for (const [headers, expected] of cases) assert.equal(await status(headers), expected, JSON.stringify(headers));
    const { headers } = await call(`${admin}/healthz`);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    await proxy.stop();
  });

  test('asks for its token where there is one, in any of the ways it can be said, and never repeats it', async (t) => {
    const { serving } = await setUp(t);
    const token = 'correct-horse-battery';
    const { proxy, admin } = await serving([], { HOTPATCH_ADMIN_TOKEN: token });
    const status = async (authorization?: string): Promise<number> => (await call(`${admin}/healthz`, { headers: authorization === undefined ? {} : { authorization } })).status;
    const basic = (password: string): string => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;
    assert.deepEqual([await status(), await status('Bearer wrong-wrong-wrong-wrong'), await status(`Bearer ${token}`), await status(basic('x')), await status(basic(token)), await status(token)], [401, 401, 200, 401, 200, 401]);
    assert.match(String((await call(`${admin}/`)).headers['www-authenticate']), /^Basic /);
    const { stdout, stderr } = await proxy.stop();
    assert.ok(!`${stdout}${stderr}`.includes(token));
  });

  test('without a token only on this machine; a bad token is not repeated', async (t) => {
    const { folder, args } = await setUp(t);
    const refused = async (more: readonly string[], env: Record<string, string> = {}) => startCli(['serve', '--listen', '127.0.0.1:0', ...args, ...more], { cwd: folder, env }).finished;
    const open = await refused(['--admin', '0.0.0.0:0', '--allow-remote']);
    assert.equal(open.code, 2);
    assert.match(open.stderr, /--admin: "0\.0\.0\.0:0" is not allowed.*HOTPATCH_ADMIN_TOKEN/);
    const short = await refused([], { HOTPATCH_ADMIN_TOKEN: 'tooshort' });
    assert.deepEqual([short.code, short.stderr.includes('tooshort')], [2, false]);
    assert.match(short.stderr, /HOTPATCH_ADMIN_TOKEN/);
  });

  test('beyond this machine, with a token from the configuration file', { skip: ipv4() === null ? 'no address but loopback' : false }, async (t) => {
    const { folder, serving } = await setUp(t);
    const token = 'a-token-of-a-file-0123';
    writeFileSync(join(folder, 'hot_patching_config.json'), JSON.stringify({ hot_patching: { admin_token: token } }));
    const { proxy, admin } = await serving(['--admin', '0.0.0.0:0', '--allow-remote']);
    const there = `http://${String(ipv4())}:${new URL(admin).port}/healthz`;
    const authorization = `Bearer ${token}`;
    assert.deepEqual([(await call(there)).status, (await call(there, { headers: { authorization } })).status, (await call(there, { headers: { authorization, origin: 'https://evil.example' } })).status], [401, 200, 403]);
    assert.match(proxy.stderr(), /admin address .* is reached by other machines/);
    await proxy.stop();
  });

  test('a taken address: said and gone without where nobody asked for it, else exit code 1', async (t) => {
    const { folder, args } = await setUp(t);
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    t.after(() => void taken.close());
    const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    const asked = await startCli(['serve', '--listen', '127.0.0.1:0', ...args, '--admin', address], { cwd: folder }).finished;
    assert.equal(asked.code, 1);
    const lines: string[] = [];
    const logger = createLogger({ format: 'json', level: 'info', stream: { write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) } });
    const byDefault = { ...resolveConfig({ flags: {}, env: {}, cwd: folder }), admin: parseListen(address) };
    assert.equal(await openAdmin({ config: () => byDefault, hub: new AdminHub(), logger, target: { state: () => null, change: () => Promise.resolve(), reload: () => undefined } }), null);
    assert.deepEqual(lines, [`the admin address ${address} is taken, so there is no admin address; --admin names another, and --admin off asks for none`]);
    assert.ok(asked.stderr.includes(`hotpatch: the admin address ${address} is taken; name another with --admin, or --admin off\n`), asked.stderr);
  });

  test('workers: one admin address, which knows what all of them do, and survives one of them', async (t) => {
    const { serving, ask } = await setUp(t);
    const { proxy, admin } = await serving(['--workers', '2']);
    const exchanges = await Promise.all(Array.from({ length: 6 }, () => ask(proxy.url)));
    const statistics = async () => (await call(`${admin}/api/statistics`)).json;
    const until = async (done: (now: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> => {
      for (let tries = 0; ; tries += 1) {
        const now = await statistics();
        if (done(now)) return now;
        assert.ok(tries < 600, JSON.stringify(now));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const now = await until((each) => each['requestsProcessed'] === 6 && (each['pids'] as unknown[]).length === 2);
    assert.deepEqual([now['hallucinationsCorrected'], now['url']], [12, proxy.url]);
    assert.equal((await call(`${admin}/api/exchanges/${exchanges[3] ?? ''}`)).status, 200);
    assert.equal((await call(`${admin}/readyz`)).status, 200);
    process.kill((now['pids'] as number[])[0] as number, 'SIGKILL');
    await proxy.said(/another takes its place/);
    await until((each) => (each['pids'] as unknown[]).length === 2 && !(each['pids'] as number[]).includes((now['pids'] as number[])[0] as number));
    assert.equal((await statistics())['requestsProcessed'], 6);
    // A change reaches every worker, and one that starts later.
    const change = (body: string): Promise<Reply> => call(`${admin}/api/config`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });
    assert.equal((await change('{"mode":"observe"}')).json['mode'], 'observe');
    const observed = await until((each) => each['mode'] === 'observe');
    process.kill((observed['pids'] as number[])[0] as number, 'SIGKILL');
    await until((each) => each['mode'] === 'observe' && (each['pids'] as unknown[]).length === 2 && !(each['pids'] as number[]).includes((observed['pids'] as number[])[0] as number));
    assert.deepEqual([...new Set(await Promise.all(Array.from({ length: 6 }, () => ask(proxy.url))))], [''], 'nobody speaks of an exchange where nothing may change');
    assert.equal((await change(`{"upstream":"${proxy.url}"}`)).status, 400);
    assert.equal((await proxy.stop()).code, 0);
  });
});

function ipv4(): string | null {
  return Object.values(networkInterfaces()).flat().find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? null;
}
