import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyCheck, expectedBody } from '../../bench/harness/body-check.js';
import { answerTokens, correctedText, HIT_WORDS, MENTIONED_FILES, ruleLines, tokenize, workspacePath, type TextKind } from '../../bench/harness/corpus.js';
import { readOptions } from '../../bench/harness/options.js';
import { haproxyConfig, nginxConfig } from '../../bench/harness/peers.js';
import { cpuMicros, cpuSource, residentBytes, UsageMeter } from '../../bench/harness/process-usage.js';
import { summarize, type BenchRecord } from '../../bench/harness/record.js';
import { ResponseReader } from '../../bench/harness/response-reader.js';
import { chooseScenarios, SCENARIOS } from '../../bench/harness/scenario.js';
import { bootstrapMedian, compare, median, quantile, seededRandom, shuffled } from '../../bench/harness/statistics.js';
import type { Sample } from '../../bench/harness/protocol.js';
import { chart } from '../../bench/harness/chart.js';
import { busyWarning, recordTables, replaceGenerated } from '../../bench/harness/tables.js';
import { judge, judgeTargets } from '../../bench/harness/targets.js';
import {
  answerEvents, answerText, asChunk, elapsedStamp, eventEnd, LAST_CHUNK, nowStamp, stampInChunk, takeStamp, textOfBody, writeStamp, type StreamPlan,
} from '../../bench/harness/wire.js';

const PLANS: readonly StreamPlan[] = (['ndjson', 'sse'] as const).flatMap((envelope) =>
  (['prose', 'refrain', 'paths', 'code'] as const).map((text) => ({ envelope, text, tokens: 120, hits: 10, rate: 200 })));

test('quantiles and medians agree with values worked out by hand', () => {
  for (const { values, q, expect } of [
    { values: [1], q: 0.99, expect: 1 }, { values: [1, 2, 3, 4], q: 0.5, expect: 2.5 }, { values: [0, 10], q: 0.25, expect: 2.5 },
    { values: [1, 2, 3, 4, 5], q: 1, expect: 5 }, { values: [1, 2, 3], q: 0, expect: 1 },
  ]) assert.equal(quantile(values, q), expect);
  assert.equal(median([3, 1, 2]), 2);
  assert.ok(Number.isNaN(median([])));
});

test('a bootstrap interval covers the true median about as often as it says', () => {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let covered = 0;
  for (let trial = 0; trial < 60; trial++) {
    const { low, middle, high } = bootstrapMedian(Array.from({ length: 15 }, normal), trial);
    assert.ok(low <= middle && middle <= high);
    if (low <= 0 && high >= 0) covered += 1;
  }
  assert.ok(covered >= 51, `${covered} of 60`);
});

test('few values give their whole range', () => {
  assert.deepEqual(bootstrapMedian([3, 1, 2]), { middle: 2, low: 1, high: 3 });
});

test('pairs cancel a drift of the machine and leave out rounds that lack a side', () => {
  const reference = new Map([[1, 10], [2, 20], [3, 40], [4, 80], [5, 160], [6, 0]]);
  const values = new Map([...reference].map(([round, value]) => [round, value * 1.1]));
  values.delete(4);
  const compared = compare(values, reference);
  assert.ok(compared !== null);
  assert.ok(Math.abs(compared.ratio.low - 1.1) < 1e-9 && Math.abs(compared.ratio.high - 1.1) < 1e-9);
  assert.equal(compare(new Map(), reference), null);
});

test('a shuffle keeps every item and depends on its seed alone', () => {
  const items = [1, 2, 3, 4, 5, 6];
  assert.deepEqual(shuffled(items, seededRandom(1)), shuffled(items, seededRandom(1)));
  assert.deepEqual(shuffled(items, seededRandom(3)).sort(), items);
});

test('tokens join to the text, and text and hits are as planned', () => {
  const sample = 'Two words, `src/a-b/c.ts`\n\nand 12345 naïve… ends.';
  assert.equal(tokenize(sample).join(''), sample);
  for (const text of ['prose', 'refrain', 'paths', 'code'] satisfies TextKind[]) {
    for (const hits of [0, 1, 10]) {
      const tokens = answerTokens({ text, tokens: 1000, hits });
      const whole = tokens.join('');
      const found = HIT_WORDS.reduce((sum, [wrong]) => sum + whole.split(wrong).length - 1, 0);
      assert.ok(Math.abs(found - (tokens.length * hits) / 100) <= 1, `${text} ${hits}: ${found}`);
      assert.equal(HIT_WORDS.some(([wrong]) => correctedText(whole).includes(wrong)), false);
      assert.deepEqual(answerTokens({ text, tokens: 1000, hits }), tokens);
    }
  }
});

test('no idle rule begins a word of any answer, and rule lines are objects', () => {
  const rules = ruleLines(200, false).trim().split('\n').map((line) => JSON.parse(line) as { pattern: string });
  assert.equal(new Set(rules.map((rule) => rule.pattern)).size, 200);
  assert.equal(ruleLines(200, true).trim().split('\n').length, 200);
  const text = PLANS.map((plan) => answerText(plan, false)).join(' ');
  for (const { pattern } of rules) assert.equal(text.includes(pattern.slice(0, 2)), false, pattern);
});

test('workspace paths differ', () => {
  assert.equal(new Set(Array.from({ length: 5000 }, (_, n) => workspacePath(n))).size, 5000);
  assert.match(workspacePath(MENTIONED_FILES - 1), /^src\/[a-z]+\/[a-z]+\/[a-z]+\.ts$/);
});

test('events carry their text, and a stamp goes in and out without a trace', () => {
  for (const plan of PLANS) {
    const events = answerEvents(plan);
    assert.equal(textOfBody(plan.envelope, Buffer.concat(events)), answerText(plan, false));
    for (const event of events) {
      const chunk = asChunk(event);
      const at = stampInChunk(plan.envelope, event);
      if (at < 0) {
        assert.equal(event.toString(), 'data: [DONE]\n\n');
        continue;
      }
      writeStamp(chunk, at, 123_456_789);
      const body = chunk.subarray(chunk.indexOf(10) + 1, -2);
      assert.doesNotThrow(() => textOfBody(plan.envelope, body));
      assert.equal(eventEnd(plan.envelope, body, 0), body.length);
      assert.equal(takeStamp(plan.envelope, body), 123_456_789);
      assert.deepEqual(body, event);
    }
  }
});

test('a body check notices any wrong, missing or surplus byte, and an uncorrected or damaged text', () => {
  const run = (plan: StreamPlan, corrected: boolean, pieces: readonly Buffer[]) => () => {
    const check = new BodyCheck(plan, corrected ? null : expectedBody(plan));
    for (const piece of pieces) check.write(piece);
    check.end();
    check.settle();
  };
  for (const plan of PLANS) {
    const body = expectedBody(plan);
    for (let cut = 0; cut <= body.length; cut += 97) assert.doesNotThrow(run(plan, false, [body.subarray(0, cut), body.subarray(cut)]));
    for (let at = 0; at < body.length; at += 97) {
      const wrong = Buffer.from(body);
      wrong[at] = (wrong[at] as number) ^ 1;
      assert.throws(run(plan, false, [wrong.subarray(0, 50), wrong.subarray(50)]), /differ/);
    }
    assert.throws(run(plan, false, [body.subarray(0, -1)]), /the body has \d+ of \d+ bytes/);
    assert.throws(run(plan, false, [body, Buffer.from('\n')]), /differ/);
    // The same text in one event: other bytes, and right all the same.
    const content = JSON.stringify(answerText(plan, true));
    const shape = plan.envelope === 'ndjson' ? `{"message":{"content":${content}}}\n` : `data: {"choices":[{"delta":{"content":${content}}}]}\n\n`;
    assert.doesNotThrow(run(plan, true, [Buffer.from(shape)]));
    assert.throws(run(plan, true, [body]), /corrected text differs at unit \d+/);
    assert.throws(run(plan, true, [Buffer.from(shape).subarray(0, 40)]));
  }
});

test('stamps grow with time, also across their wrap', () => {
  const before = nowStamp();
  assert.ok(elapsedStamp(before, nowStamp()) < 1e6);
  assert.equal(elapsedStamp(999_999_990, 15), 25);
});

interface Read { readonly status: number; readonly body: string; readonly ended: boolean }

function readPieces(pieces: readonly Buffer[]): Read {
  const seen = { status: 0, body: '', ended: false };
  const reader = new ResponseReader({
    head: (status) => { seen.status = status; }, body: (piece) => { seen.body += piece.toString('latin1'); }, end: () => { seen.ended = true; },
  });
  for (const piece of pieces) reader.write(piece);
  reader.finish();
  return seen;
}

test('the response reader reads every framing, whole, byte by byte and cut anywhere', () => {
  const chunked = Buffer.concat([...['{"a":1}\n', '{"b":"\r\n0\r\n\r\n"}\n'].map((text) => asChunk(Buffer.from(text))), LAST_CHUNK]).toString();
  for (const { name, wire, expect } of [
    { name: 'chunked', wire: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`, expect: { status: 200, body: '{"a":1}\n{"b":"\r\n0\r\n\r\n"}\n', ended: true } },
    { name: 'extension and trailer', wire: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n', expect: { status: 200, body: 'abc', ended: true } },
    { name: 'chunked, cut off', wire: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n', expect: { status: 200, body: 'abc', ended: false } },
    { name: 'length', wire: 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nbody', expect: { status: 502, body: 'body', ended: true } },
    { name: 'length, cut off', wire: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody', expect: { status: 200, body: 'body', ended: false } },
    { name: 'length 0', wire: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', expect: { status: 200, body: '', ended: true } },
    { name: 'close', wire: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it', expect: { status: 200, body: 'all of it', ended: true } },
  ]) {
    const bytes = Buffer.from(wire);
    assert.deepEqual(readPieces([bytes]), expect, name);
    assert.deepEqual(readPieces([...bytes].map((byte) => Buffer.from([byte]))), expect, `${name}, byte by byte`);
    for (let cut = 1; cut < bytes.length; cut++) assert.deepEqual(readPieces([bytes.subarray(0, cut), bytes.subarray(cut)]), expect, `${name}, cut at ${cut}`);
  }
  assert.throws(() => readPieces([Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')]), /chunk size/);
});

test('CPU time and memory of this process are read and plausible', { skip: cpuSource() === 'none' ? 'no /proc here' : false }, () => {
  const source = cpuSource();
  const meter = new UsageMeter([process.pid], source).begin();
  const own = process.cpuUsage();
  for (const until = process.hrtime.bigint() + 60_000_000n; process.hrtime.bigint() < until;);
  const used = process.cpuUsage(own);
  const read = meter.read().cpuUs;
  const expected = used.user + used.system;
  assert.ok(Math.abs(read - expected) < Math.max(30_000, expected * 0.5), `${read} and ${expected}`);
  assert.ok(residentBytes([process.pid]) > 1e6);
  assert.ok(Number.isNaN(cpuMicros([], source)) && Number.isNaN(cpuMicros([2 ** 30], source)));
});

test('the command line is read, and what is wrong is named', () => {
  assert.deepEqual(readOptions(['--quick']).scenarios.map((each) => each.name), ['paced', 'unpaced', 'json', 'bulk']);
  assert.equal(readOptions([]).scenarios.length, SCENARIOS.length);
  assert.deepEqual(readOptions(['--scenario', 'idle,churn', '--peers', 'nginx']).peers.map((peer) => peer.name), ['nginx']);
  assert.deepEqual(readOptions(['--peers', 'none']).peers, []);
  assert.equal(readOptions(['--scenario', 'paced', '--quick']).name, 'paced-quick');
  assert.throws(() => readOptions(['--scenario', 'nothing']), /no scenario nothing; there are paced/);
  assert.throws(() => readOptions(['--peers', 'squid']), /no peer squid/);
  assert.throws(() => readOptions(['--nonsense']), /nonsense/);
  assert.equal(new Set(SCENARIOS.map((each) => each.name)).size, SCENARIOS.length);
});

test('prose says something new with every sentence, a refrain does not', () => {
  const distinct = (text: TextKind): number => {
    const sentences = answerTokens({ text, tokens: 4_000, hits: 0 }).join('').split('. ');
    return new Set(sentences).size / sentences.length;
  };
  assert.ok(distinct('prose') > 0.99);
  assert.ok(distinct('refrain') < 0.5);
});

test('of all scenarios one runs several workers, and two only differ in how long an answer is', () => {
  assert.deepEqual(SCENARIOS.filter(({ workers }) => workers).map(({ name }) => name), ['workers']);
  const [short, long] = chooseScenarios(['length-1000', 'length-100000'], false);
  assert.deepEqual([short?.plan.tokens, long?.plan.tokens], [1_000, 100_000]);
  assert.deepEqual({ ...short?.plan, tokens: 0 }, { ...long?.plan, tokens: 0 });
});

test('a scenario with a proxy that only reads compares the others to it, and judges that', () => {
  const scenario = chooseScenarios(['detectors'], false)[0];
  assert.ok(scenario?.parsed === true && scenario.rules === 0);
  const rounds = (cost: number): ReadonlyMap<number, Sample> => new Map([1, 2, 3].map((round) => [round, { cpuUsPerToken: cost }]));
  const variants = summarize(new Map([['splice', rounds(20)], ['correct', rounds(42)], ['parsed', rounds(40)]]));
  assert.equal(variants.find(({ name }) => name === 'parsed')?.summaries['cpuUsPerToken']?.toParsed, undefined);
  const record = { at: '2026-01-01', name: 'x', quick: false, machine: {}, results: [{ scenario, variants, skipped: [], faults: [] }] };
  assert.deepEqual(judgeTargets(record).map(({ where, interval, judgement }) => [where, interval.middle, judgement]), [['detectors, correct', 1.05, 'kept']]);
  const paths = summarize(new Map([['correct', rounds(42)], ['without-paths', rounds(35)]]));
  const results = [{ scenario, variants: paths, skipped: [], faults: [] }];
  assert.deepEqual(judgeTargets({ ...record, results }).map(({ promise, interval, judgement }) => [promise, interval.middle, judgement]), [['CPU per token, all six to the same without path types', 1.2, 'missed']]);
});

test('the machine is called busy by what the yardstick waited for in paced runs, not by threads of a proxy', () => {
  const [paced, unpaced] = chooseScenarios(['paced', 'unpaced'], false);
  assert.ok(paced !== undefined && unpaced !== undefined);
  const variants = (splice: number, correct: number): ReturnType<typeof summarize> => summarize(new Map([['splice', new Map([[1, { waitShare: splice }]])], ['correct', new Map([[1, { waitShare: correct }]])]]));
  const record = (scenario: typeof paced, splice: number, correct: number): Parameters<typeof busyWarning>[0] => ({ at: '2026-01-01', name: 'x', quick: false, machine: {}, results: [{ scenario, variants: variants(splice, correct), skipped: [], faults: [] }] });
  assert.equal(busyWarning(record(paced, 0.04, 0.45)), '');
  assert.match(busyWarning(record(paced, 0.3, 0.45)), /raw splice waited for its core for up to 30 %/);
  assert.equal(busyWarning(record(unpaced, 0.9, 0.9)), '');
});

test('configurations of peers name both ports and buffer nothing', () => {
  assert.doesNotMatch(nginxConfig('/scratch', 4001, 4002), /sub_filter/);
  assert.match(nginxConfig('/scratch', 4001, 4002, true), /sub_filter "zq9xv" "never";\n\s*sub_filter_once off;\n\s*sub_filter_types [^;]*x-ndjson/);
  assert.match(nginxConfig('/scratch', 4001, 4002), /server 127\.0\.0\.1:4002;[^]*listen 127\.0\.0\.1:4001[^]*proxy_buffering off/);
  assert.match(haproxyConfig(4001, 4002), /bind 127\.0\.0\.1:4001[^]*server bench 127\.0\.0\.1:4002/);
});

test('a target is kept or missed only when the whole interval says so', () => {
  const interval = { middle: 1, low: 0.9, high: 1.1 };
  for (const { bound, limit, expect } of [
    { bound: 'at most', limit: 1.1, expect: 'kept' }, { bound: 'at most', limit: 1, expect: 'undecided' }, { bound: 'at most', limit: 0.8, expect: 'missed' },
    { bound: 'at least', limit: 0.9, expect: 'kept' }, { bound: 'at least', limit: 1, expect: 'undecided' }, { bound: 'at least', limit: 1.2, expect: 'missed' },
  ] as const) assert.equal(judge(interval, bound, limit), expect);
});

test('a record becomes tables and a chart, and only what stands between the markers is replaced', () => {
  const rounds = (factor: number) => new Map([1, 2, 3, 4, 5].map((round) => [round, { cpuUsPerToken: round * factor, delayP50Us: 70 * factor }]));
  const variants = summarize(new Map([['splice', rounds(10)], ['correct', rounds(10.4)]]));
  const scenario = chooseScenarios(['paced'], false)[0];
  assert.ok(scenario !== undefined);
  const record: BenchRecord = {
    at: '2026-01-20T14:32:45.000Z', name: 'paced', quick: false, machine: { node: 'v20' },
    results: [{ scenario, variants, skipped: [{ variant: 'nginx', reason: 'not installed' }], faults: [{ variant: 'correct', round: 2, message: 'a < b' }] }],
  };
  const tables = recordTables(record);
  assert.match(tables, /\| hotpatch correct \| 31\.20 · 1\.04 \[1\.04, 1\.04\]x \| 728 · \+28 · 1\.04/);
  assert.match(tables, /CPU per token, paced, no hits \| paced, correct \| at most 1\.1x \| 1\.040 \[1\.040, 1\.040\] \| kept/);
  assert.match(tables, /Not measured: nginx \(not installed\)[^]*FAULT: correct, round 2/);
  assert.match(chart(record), /^<svg [^]*paced: CPU us\/token[^]*1\.040 \[1\.040, 1\.040\][^]*<\/svg>\n$/);
  const page = 'before\n<!-- generated: begin -->\nold\n<!-- generated: end -->\nafter\n';
  const once = replaceGenerated(page, tables);
  assert.ok(once.startsWith('before\n') && once.endsWith('\nafter\n') && !once.includes('old'));
  assert.equal(replaceGenerated(once, tables), once);
  assert.throws(() => replaceGenerated('no markers', tables), /generated: begin/);
});
