import assert from 'node:assert/strict';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, isLoop, isLoopbackHost, parseListen, parseUpstream } from '../../src/app/config-address.js';
import { ConfigError } from '../../src/app/config-error.js';

const LISTEN: readonly (readonly [string, string, number])[] = [
  ['127.0.0.1:11435', '127.0.0.1', 11435],
  ['127.0.0.1:0', '127.0.0.1', 0],
  [':0', '127.0.0.1', 0],
  [':8080', '127.0.0.1', 8080],
  ['8080', '127.0.0.1', 8080],
  ['localhost', 'localhost', 11435],
  ['LOCALHOST:65535', 'localhost', 65535],
  ['[::1]:11435', '::1', 11435],
  ['[::1]', '::1', 11435],
  ['[2001:DB8::1]:1', '2001:db8::1', 1],
  ['0.0.0.0:80', '0.0.0.0', 80],
  ['my-host.example:1', 'my-host.example', 1],
  [' 127.0.0.1:1 ', '127.0.0.1', 1],
];
for (const [text, host, port] of LISTEN) test(`listen ${JSON.stringify(text)}`, () => assert.deepEqual(parseListen(text), { host, port }));

const BAD_LISTEN = ['', ' ', 'http://127.0.0.1:1', '127.0.0.1:65536', '127.0.0.1:99999', ':123456', '127.0.0.1:-1', '127.0.0.1:1.5', '127.0.0.1:x', '127.0.0.1:', '::1', '::1:11435',
  '[::1', '[::1]x', '[127.0.0.1]:1', '[]:1', '*:1', '*', 'a b:1', 'a/b:1', '127.1:1', '256.0.0.1:1', '1.2.3.4.5:1', 'host:1:2', '-x:1', 'a..b:1', 'x'.repeat(64), '70000'];
for (const text of BAD_LISTEN) {
  test(`listen refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseListen(text, 'HOTPATCH_LISTEN'), (error) => error instanceof ConfigError && error.exitCode === 2
    && error.message.startsWith(`HOTPATCH_LISTEN: ${JSON.stringify(text)}`.slice(0, 40)) && error.message.includes('expected')));
}

const UPSTREAM: readonly (readonly [string, object])[] = [
  ['http://127.0.0.1:11434', { protocol: 'http:', host: '127.0.0.1', port: 11434, loopback: true, url: 'http://127.0.0.1:11434' }],
  ['http://127.0.0.1:11434/', { protocol: 'http:', host: '127.0.0.1', port: 11434, loopback: true, url: 'http://127.0.0.1:11434' }],
  ['localhost:11434', { protocol: 'http:', host: 'localhost', port: 11434, loopback: true, url: 'http://localhost:11434' }],
  ['[::1]:11434', { protocol: 'http:', host: '::1', port: 11434, loopback: true, url: 'http://[::1]:11434' }],
  ['HTTPS://API.Example', { protocol: 'https:', host: 'api.example', port: 443, loopback: false, url: 'https://api.example' }],
  ['http://api.example', { protocol: 'http:', host: 'api.example', port: 80, loopback: false, url: 'http://api.example' }],
  ['https://api.example:8443', { protocol: 'https:', host: 'api.example', port: 8443, loopback: false, url: 'https://api.example:8443' }],
  ['http://0.0.0.0:1', { protocol: 'http:', host: '0.0.0.0', port: 1, loopback: true, url: 'http://0.0.0.0:1' }],
];
for (const [text, expected] of UPSTREAM) test(`upstream ${text}`, () => assert.deepEqual(parseUpstream(text), expected));

const BAD_UPSTREAM: readonly (readonly [string, RegExp])[] = [
  ['http://127.0.0.1:11434/v1', /without a path/],
  ['http://127.0.0.1:11434//', /without a path/],
  ['http://127.0.0.1:11434?x=1', /without a query/],
  ['http://127.0.0.1:11434/?', /without a query/],
  ['http://127.0.0.1:11434#x', /without a query/],
  ['http://me:hunter2@127.0.0.1:11434', /without credentials/],
  ['http://hunter2@127.0.0.1', /without credentials/],
  ['http://@127.0.0.1', /without credentials/],
  ['me:hunter2@127.0.0.1:11434', /without credentials/],
  ['ftp://127.0.0.1:11434', /http:\/\/ or https:\/\//],
  ['localhost', /HOST:PORT/],
  ['', /HOST:PORT/],
  ['http://', /http:\/\/ or https:\/\//],
  ['http://h:0', /1 to 65535/],
  ['http://h:65536', /1 to 65535/],
  ['http://h h:1', /1 to 65535/],
  ['http:\\\\h:1', /1 to 65535/],
];
for (const [text, expected] of BAD_UPSTREAM) {
  test(`upstream refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseUpstream(text), (error) => error instanceof ConfigError && expected.test(error.message) && !error.message.includes('hunter2')));
}

const LOOPBACK = ['127.0.0.1', '127.255.255.254', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '[::ffff:7f00:1]', '::FFFF:127.9.9.9', 'localhost', 'LocalHost', 'localhost.', '127.0.0.1.', '::1%lo', 'app.localhost', 'a.b.localhost'];
const ELSEWHERE = ['', '128.0.0.1', '0.0.0.0', '::', '10.0.0.1', '::2', '::ffff:128.0.0.1', '::ffff:7f:1', '::127.0.0.1', 'localhost.example', 'notlocalhost', '.localhost', '127.0.0.1.example', '127.1', '2130706433', 'fe80::1', 'example', 'localhost%x', '127.0.0.1%x', '[localhost]', '[127.0.0.1]', 'localhost..', 'evil.example#.localhost'];
test('loopback hosts', () => {
  for (const host of LOOPBACK) assert.ok(isLoopbackHost(host), host);
  for (const host of ELSEWHERE) assert.ok(!isLoopbackHost(host), host);
});

test('loopback addresses agree with the block list of Node', () => {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4().map((ip) => ip.replace(/^\d+/, '127')), fc.ipV4().map((ip) => `::ffff:${ip.replace(/^\d+/, '127')}`), fc.ipV4().map((ip) => `::ffff:${ip}`));
  fc.assert(
    fc.property(address, (ip) => {
      fc.pre(isIPv4(ip) || isIPv6(ip));
      assert.equal(isLoopbackHost(ip), list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6'));
    }),
    { seed: 5, numRuns: 1000 },
  );
});

test('what is formatted is read back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65_535), (host, port) => {
      assert.deepEqual(parseListen(formatAddress({ host, port })), { host: host.toLowerCase(), port });
    }),
    { seed: 6, numRuns: 500 },
  );
});

const LOOPS: readonly (readonly [string, string, boolean])[] = [
  ['127.0.0.1:1', 'http://127.0.0.1:1', true],
  ['127.0.0.1:1', 'https://127.0.0.1:1', true],
  ['127.0.0.1:1', 'localhost:1', true],
  ['localhost:1', 'http://[::1]:1', true],
  ['0.0.0.0:1', 'http://127.0.0.1:1', true],
  ['[::]:1', 'http://localhost:1', true],
  ['127.0.0.1:1', 'http://0.0.0.0:1', true],
  ['models.example:1', 'http://MODELS.example:1', true],
  ['127.0.0.1:1', 'http://127.0.0.1:2', false],
  ['127.0.0.1:1', 'http://127.0.0.2:1', false],
  ['127.0.0.1:1', 'http://[::1]:1', false],
  ['127.0.0.1:1', 'http://models.example:1', false],
  ['0.0.0.0:1', 'http://models.example:1', false],
  ['127.0.0.1:0', 'http://127.0.0.1:1', false],
];
for (const [listen, upstream, expected] of LOOPS) test(`${listen} -> ${upstream} is ${expected ? 'a' : 'no'} loop`, () => assert.equal(isLoop(parseListen(listen), parseUpstream(upstream)), expected));
