import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createLogger, exchangeLine, type LogStream } from '../../src/app/log.js';
import type { LogFormat, LogLevel } from '../../src/app/config-schema.js';
import type { ExchangeSummary } from '../../src/core/observe.js';

function recorder(isTTY = false): LogStream & { readonly lines: string[] } {
  const lines: string[] = [];
  return { isTTY, lines, write: (text) => lines.push(text) };
}

function logger(format: LogFormat, level: LogLevel = 'info', isTTY = false) {
  const stream = recorder(isTTY);
  return { log: createLogger({ format, level, stream }), lines: stream.lines };
}

const SUMMARY: ExchangeSummary = {
  exchange: '01JABC', method: 'POST', target: '/v1/chat/completions?api_key=hunter2', route: 'openai-chat', model: 'llama3', status: 200, inspected: true,
  reason: null, outcome: 'complete', corrections: { invalid_path: 2, pattern_match: 1 }, heldTokens: 4, tokens: 210, ms: 1234.5,
};

test('an exchange leaves its line with the agreed fields first and in order', () => {
  const { log, lines } = logger('json');
  log.info(exchangeLine(SUMMARY), 'exchange');
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  const names = Object.keys(line);
  assert.deepEqual(names.slice(0, 2), ['level', 'time']);
  assert.deepEqual(names.slice(2, 10), ['exchange', 'route', 'model', 'inspected', 'reason', 'corrections', 'heldTokens', 'ms']);
  assert.equal(line['msg'], 'exchange');
  assert.deepEqual(line['corrections'], { invalid_path: 2, pattern_match: 1 });
  assert.equal(line['heldTokens'], 4);
  assert.equal(line['path'], '/v1/chat/completions');
  assert.ok(!(lines[0] ?? '').includes('hunter2'));
});

test('a line is out when the call returns, one for each call, ended by a newline', () => {
  for (const format of ['json', 'pretty'] as const) {
    const { log, lines } = logger(format);
    for (let i = 1; i <= 3; i += 1) {
      log.info({ i }, 'number %d', i);
      assert.equal(lines.length, i);
      assert.match(lines[i - 1] ?? '', /^[^\n]*\n$/);
    }
  }
});

test('levels below the chosen one are silent', () => {
  const { log, lines } = logger('json', 'warn');
  log.debug('no');
  log.info('no');
  log.warn('yes');
  log.error('yes');
  assert.deepEqual(lines.map((line) => (JSON.parse(line) as { level: string }).level), ['warn', 'error']);
  const quiet = logger('json', 'silent');
  quiet.log.fatal('no');
  assert.deepEqual(quiet.lines, []);
});

test('colours appear on a terminal only', () => {
  const before = process.env['NO_COLOR'];
  delete process.env['NO_COLOR'];
  try {
    for (const [isTTY, expected] of [[false, false], [true, true]] as const) {
      const { log, lines } = logger('pretty', 'info', isTTY);
      log.info('hello');
      assert.equal((lines[0] ?? '').includes('\u001B['), expected);
      assert.ok((lines[0] ?? '').includes('hello'));
    }
    process.env['NO_COLOR'] = '1';
    const { log, lines } = logger('pretty', 'info', true);
    log.info('plain');
    assert.ok(!(lines[0] ?? '').includes('\u001B['));
  } finally {
    if (before === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = before;
  }
});

const SECRET = 'abcdefghij0123456789';
const LEAKS: readonly { readonly name: string; readonly fields: object; readonly text?: string }[] = [
  { name: 'header', fields: { headers: { Authorization: `Bearer ${SECRET}` } } },
  { name: 'bare authorization', fields: { authorization: SECRET } },
  { name: 'proxy authorization', fields: { 'Proxy-Authorization': SECRET } },
  { name: 'cookie', fields: { headers: { cookie: `session=${SECRET}` } } },
  { name: 'set-cookie list', fields: { 'set-cookie': [SECRET] } },
  { name: 'api key', fields: { request: { 'x-api-key': SECRET } } },
  { name: 'camel case key', fields: { options: { apiKey: SECRET } } },
  { name: 'token', fields: { access_token: SECRET } },
  { name: 'in the message', fields: {}, text: `sent Authorization: Bearer ${SECRET}` },
  { name: 'in a URL', fields: { url: `https://me:${SECRET}@host.example/` } },
  { name: 'in a query', fields: { target: `/v1/models?key=${SECRET}` } },
  { name: 'in an array', fields: { raw: [`Basic ${SECRET}==`] } },
  { name: 'OpenAI key', fields: {}, text: `key sk-${SECRET} was refused` },
  { name: 'error message', fields: { err: new Error(`Bearer ${SECRET} refused`) } },
  { name: 'bare error', fields: new Error(`https://me:${SECRET}@host.example refused`) },
  { name: 'field of an error', fields: Object.assign(new Error('x'), { config: { headers: { authorization: SECRET } } }) },
  { name: 'deeply nested', fields: { a: { b: { c: { d: { e: { f: { g: { authorization: SECRET } } } } } } } } },
];

test('secrets never reach a line, and JSON stays JSON', () => {
  for (const format of ['json', 'pretty'] as const) {
    for (const { name, fields, text } of LEAKS) {
      const { log, lines } = logger(format, 'trace');
      if (text === undefined) log.error(fields);
      else log.error(fields, text);
      const written = lines.join('');
      assert.ok(written.length > 0, name);
      assert.ok(!written.includes(SECRET), `${format}, ${name}: ${written}`);
      if (format === 'json') assert.doesNotThrow(() => JSON.parse(written) as unknown, name);
    }
  }
});

test('counters and texts that only look like secrets pass', () => {
  const { log, lines } = logger('json');
  const fields = { heldTokens: 4, tokens: 9, key: 'a', note: 'mail me@host or see http://h/a@b, basic idea', list: ['http://', 'x@y'] };
  log.info(fields, 'the bearer of news');
  const { msg, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  delete rest['level'];
  delete rest['time'];
  assert.deepEqual(rest, fields);
  assert.equal(msg, 'the bearer of news');
});

test('the default stream is stderr, written whole before an immediate exit', () => {
  // What a pipe holds is out at once; beyond, a reader that lags can lose the end of a log.
  const script = "import { createLogger } from './src/app/log.ts'; const log = createLogger({ format: 'json', level: 'info' }); for (let i = 0; i < 500; i += 1) log.info({ i }, 'x'); process.exit(0);";
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: new URL('../..', import.meta.url), encoding: 'utf8' });
  assert.equal(run.status, 0);
  assert.equal(run.stdout, '');
  const numbers = run.stderr.trim().split('\n').map((line) => (JSON.parse(line) as { i: number }).i);
  assert.deepEqual(numbers, Array.from({ length: 500 }, (_, i) => i));
});
