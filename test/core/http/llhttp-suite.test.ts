import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { everyCut, run, type Recorder } from './harness.js';
import { readSuite, type SuiteCase } from './llhttp-suite.js';

const SUITE = new URL('../../../../shared/data/suites/llhttp/', import.meta.url);
const skip = existsSync(SUITE) ? false : 'the conformance suite is not beside this checkout';

/** Where we refuse what llhttp accepts, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  'CONNECT with body': 'a CONNECT has no body, and its bytes would be the tunnel to one reader and a body to another',
  'SOURCE request with ICE': 'only HTTP is spoken here',
  'OPTIONS request with RTSP': 'only HTTP is spoken here',
  'ANNOUNCE request with RTSP': 'only HTTP is spoken here',
  'PRI request HTTP2': 'PRI is no method of HTTP/1.1; the real preface is a tunnel',
  'No HTTP version': 'HTTP/0.9 has no head to forward',
  'POST with `chunked` as last transfer-encoding': 'a request coded beneath its chunks is read differently by different servers',
  'POST with `chunked` as last transfer-encoding (multiple headers)': 'the same in two lines',
  'RTSP response': 'only HTTP is spoken here',
  'ICE response': 'only HTTP is spoken here',
  'HTTP version 0.9': 'HTTP/0.9 has no status line',
  '`chunked` before other transfer-encoding': 'chunked must come last; reading to the end of the stream would hide a truncation',
  'multiple transfer-encoding where chunked is not the last one': 'the same in two lines',
  '`chunkedchunked` transfer-encoding does not enable chunked enconding': 'an unknown coding',
};

/** Most cases have no Host, which we demand of HTTP/1.1: it is put behind each request line that lacks it. */
function withHost(one: SuiteCase): Buffer {
  if (one.kind === 'response') return one.input;
  const parts: Buffer[] = [];
  let from = 0;
  one.begins.forEach((begin, index) => {
    const next = one.begins[index + 1] ?? one.input.length;
    const message = one.input.subarray(begin, next).toString('latin1');
    const lineEnd = message.indexOf('HTTP/1.1\r\n');
    if (lineEnd < 0 || /\r\nhost:/i.test(message)) return;
    parts.push(one.input.subarray(from, begin + lineEnd + 10), Buffer.from('Host: a\r\n'));
    from = begin + lineEnd + 10;
  });
  return Buffer.concat([...parts, one.input.subarray(from)]);
}

function feed(one: SuiteCase, pieces: readonly Buffer[], finish: boolean): Recorder {
  return run(one.kind, pieces, { upgrades: true, finish, requests: [{ method: one.skipBody ? 'HEAD' : 'GET', upgrade: true }] });
}

function refuses(one: SuiteCase, input: Buffer): void {
  const whole = feed(one, [input], true);
  assert.notEqual(whole.error, null, 'the whole input is refused');
  for (const cut of everyCut(input)) assert.deepEqual(feed(one, cut, true).told(), whole.told());
  if (one.finish !== null) return;
  // A head that is only cut off must be refused for what it says, too.
  const onTheSpot = feed(one, [input], false);
  if (onTheSpot.error === null) assert.notEqual(feed(one, [input, Buffer.from('\r\n\r\n')], false).error, null, 'its completion is refused');
}

function accepts(one: SuiteCase, input: Buffer): void {
  const whole = feed(one, [input], false);
  assert.equal(whole.error, null, whole.error?.message);
  for (const cut of everyCut(input)) assert.deepEqual(feed(one, cut, false).told(), whole.told());
  assert.equal(whole.messages.length, one.headsCompleted);
  if (one.skipBody && one.kind === 'request') return;
  const heads = one.bodies.slice(0, one.headsCompleted).map((body) => body.toString('latin1'));
  assert.deepEqual(whole.messages.map((message) => message.body), heads);
  // A response that grants an upgrade has no end of its own: HTTP ends with it.
  const granted = one.kind === 'response' && one.upgradeAt !== null ? 1 : 0;
  assert.equal(whole.messages.filter((message) => message.ended).length + granted, one.completed);
  if (one.upgradeAt === null) assert.equal(whole.tunnelled, null);
  else assert.equal(whole.tunnelled, one.input.toString('latin1', one.upgradeAt));
}

describe('the conformance suite of llhttp', { skip }, () => {
  const unused = new Set(Object.keys(STRICTER));
  const counts = { refused: 0, accepted: 0, stricter: 0 };
  for (const folder of skip === false ? ['request', 'response'] : []) {
    for (const file of readdirSync(new URL(`${folder}/`, SUITE))) {
      for (const one of readSuite(new URL(`${folder}/${file}`, SUITE))) {
        test(`${folder}/${file}: ${one.name}`, () => {
          if (one.refusal !== null || one.finish === 2) {
            counts.refused += 1;
            refuses(one, one.input);
            refuses(one, withHost(one));
          } else if (one.name in STRICTER && !one.lenient) {
            counts.stricter += 1;
            unused.delete(one.name);
            refuses(one, withHost(one));
          } else if (!one.lenient && !(one.skipBody && one.kind === 'request')) {
            counts.accepted += 1;
            accepts(one, withHost(one));
          }
        });
      }
    }
  }
  test('every case was judged, and every exception is needed', () => {
    assert.deepEqual([...unused], []);
    assert.ok(counts.refused > 70 && counts.accepted > 100, JSON.stringify(counts));
  });
});
