/** Attacks that succeeded once. Each was seen to work before it was mended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { literalRules, Stage } from '../helpers/stage.js';
import { refusal, type AccessRule } from '../../src/core/rewrite/access.js';
import { compileRuleSet } from '../../src/core/rules/compile.js';
import { RULE_SCOPES, type PatternRule } from '../../src/core/rules/rule-set.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { readRequest } from '../../src/core/truth/request-context.js';
import { statedFolder } from '../../src/core/truth/request-paths.js';

const HEAD = 'Host: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}';
const LOOPBACK: AccessRule = { loopbackListener: true, origins: [], hosts: [] };

/** What a side was sent, as Latin-1. */
function sent(stage: Stage, lane: 'client' | 'upstream'): string {
  return Buffer.concat(stage.happened.flatMap(({ lane: of, what }) => (of === lane && typeof what !== 'string' ? [what] : []))).toString('latin1');
}

/** Milliseconds of the calling thread; the machine may be busy, so bounds are generous and what they bound was far beyond. */
function took(step: () => void): number {
  const before = process.cpuUsage();
  step();
  return process.cpuUsage(before).user / 1_000;
}

test('chunk framing does not leak into the body of a client that cannot read chunks', () => {
  const line = '{"message":{"role":"assistant","content":"hello "},"done":false}\n';
  for (const [client, server] of [['1.0', '1.1'], ['1.1', '1.0'], ['1.0', '1.0']]) {
    const stage = new Stage({});
    stage.fromClient(Buffer.from(`POST /api/chat HTTP/${client}\r\n${HEAD}`));
    stage.fromUpstream(Buffer.from(`HTTP/${server} 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n`));
    stage.fromUpstream(Buffer.from(`${line.length.toString(16)}\r\n${line}\r\n`));
    stage.fromUpstream(Buffer.from('0\r\n\r\n'));
    const answer = sent(stage, 'client');
    assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), line, `client ${client}, backend ${server}`);
  }
});

test('in every mode a foreign Host or Origin is refused, however the head is spoiled', () => {
  const heads = [
    'POST /api/delete HTTP/1.1\r\nHost: evil.example\r\ncontent_length: 5\r\nContent-Length: 2\r\n\r\n{}',
    `GET /api/tags HTTP/1.1\r\nHost: evil.example\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`,
    'GET /api/tags HTTP/1.1\r\nHost: evil.example\r\nHost: evil.example\r\n\r\n',
    `GET /api/tags HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`,
    'GET /api/tags HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /api/tags HTTP/1.1\r\nHost: evil.example\r\ncontent_length: 5\r\n\r\n',
  ];
  for (const mode of ['correct', 'annotate', 'observe', 'off'] as const) {
    for (const head of heads) {
      const stage = new Stage({ mode });
      stage.fromClient(Buffer.from(head));
      if (stage.upstreamOpen) stage.fromUpstream(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
      assert.doesNotMatch(sent(stage, 'upstream'), /evil/, `${mode}: ${head.slice(0, 90)}`);
    }
  }
});

test('the authority of an absolute target is judged like a Host', () => {
  for (const head of ['GET http://evil.example/api/tags HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 'GET http://evil.example/api/tags HTTP/1.0\r\n\r\n']) {
    const stage = new Stage({});
    stage.fromClient(Buffer.from(head));
    assert.match(sent(stage, 'client'), /^HTTP\/1\.1 403 /, head);
    assert.equal(sent(stage, 'upstream'), '', head);
  }
});

test('what is no host and port, and what are two origins, is not taken for a loopback one', () => {
  for (const host of ['localhost:evil.example', 'localhost:1@evil.example', '127.0.0.1:x']) assert.notEqual(refusal(LOOPBACK, host, null), null, host);
  for (const origin of ['http://localhost:80@evil.example', 'app://x, http://evil.example', 'http://localhost:evil.example']) assert.notEqual(refusal(LOOPBACK, '127.0.0.1', origin), null, origin);
});

test('looking for a stated folder takes linear time', () => {
  for (const blank of [' ', '\n', '\t ']) {
    const ms = took(() => statedFolder([{ role: 'user', text: `working directory${blank.repeat(15_000)}` }]));
    assert.ok(ms < 250, `${JSON.stringify(blank)}: ${ms} ms`);
  }
});

test('a request nested in arrays alone is read as far as any other', () => {
  const body = Buffer.from(`{"messages":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  assert.deepEqual(readRequest('ollama-chat', body).texts?.(), []);
});

test('names that a shell, a terminal or Markdown would act on are never suggested', () => {
  const base = ['src/main.ts', 'README.md', 'src/util.ts'];
  const attacks = [
    ['$(id)/config_loader.ts', 'lib/config_loader.ts'],
    ['`id`/config_loader.ts', 'lib/config_loader.ts'],
    ['x; rm -rf ~/config_loader.ts', 'lib/config_loader.ts'],
    ['a\nb/config_loader.ts', 'lib/config_loader.ts'],
    ['\u001b]0;x\u0007/config_loader.ts', 'lib/config_loader.ts'],
    ['\u202e/config_loader.ts', 'lib/config_loader.ts'],
    ['src/parser.ts;id', 'src/parser.ts'],
    ['src/par|ser_x.ts', 'src/parser_x.ts'],
    ['src/par\nser_x.ts', 'src/parser_x.ts'],
  ] as const;
  for (const [file, path] of attacks) {
    const answer = truthOfFiles([...base, file]).path({ path, backslashes: false });
    assert.equal(typeof answer === 'object' && !answer.known ? answer.nearest : null, null, JSON.stringify(file));
  }
});

function regex(value: string): PatternRule {
  return { id: 'evil', match: 'regex', value, flags: '', word: false, replacement: 'x', expand: false, type: 'pattern_match', confidenceThreshold: 0, scopes: RULE_SCOPES, models: null };
}

test('a pattern nested too deeply is refused by itself, and the others load', () => {
  for (const value of [`${'('.repeat(1_500)}a${')*'.repeat(1_500)}`, `${'(?:'.repeat(3_000)}a${')?'.repeat(3_000)}`]) {
    const { patterns, faults } = compileRuleSet([regex(value), { ...regex('teh'), id: 'good', match: 'literal' }], [], new Set(), [], { holdChars: 4_096 });
    assert.deepEqual([patterns.map(({ id }) => id), faults.map(({ id }) => id)], [['good'], ['evil']]);
  }
});

test('a pattern of many characters is refused before it costs anything', () => {
  const ms = took(() => {
    const { faults } = compileRuleSet([regex('a'.repeat(20_000))], [], new Set(), [], { holdChars: 4_096 });
    assert.equal(faults.length, 1);
  });
  assert.ok(ms < 500, `${ms} ms`);
});

test('errors told again and again in an answer of many choices cost little', () => {
  const stage = new Stage({ rules: literalRules({ teh: 'the' }) });
  stage.fromClient(Buffer.from(`POST /v1/chat/completions HTTP/1.1\r\n${HEAD}`));
  stage.fromUpstream(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'));
  const body = Array.from({ length: 1_500 }, (_, index) => `data: {"error":1,"choices":[{"index":${index},"delta":{"content":"a b"}}]}\n\n`).join('');
  const ms = took(() => stage.fromUpstream(Buffer.from(body)));
  assert.ok(ms < 500, `${ms} ms`);
  assert.ok(sent(stage, 'client').endsWith(body), 'nothing was lost');
});

test('a request body that trickles in is kept at about its own size', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const stage = new Stage({});
  stage.fromClient(Buffer.from('POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\n\r\n'));
  const used = (): number => (collect(), process.memoryUsage().heapUsed / 1e6);
  const before = used();
  for (let bytes = 0; bytes < 200_000; bytes += 1) {
    stage.fromClient(Buffer.from(new ArrayBuffer(1)));
    if (bytes % 10_000 === 0) stage.happened = [];
  }
  stage.happened = [];
  const grown = used() - before;
  assert.ok(grown < 10, `${grown.toFixed(0)} MB for 0.2 MB`);
  stage.connection.clientFailed(new Error('over'));
});
