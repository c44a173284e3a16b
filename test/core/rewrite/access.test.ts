import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostOf, isLoopbackName, refusal, type AccessRule } from '../../../src/core/rewrite/access.js';

const LOCAL: AccessRule = { loopbackListener: true, origins: [], hosts: [] };
const REMOTE: AccessRule = { loopbackListener: false, origins: [], hosts: [] };

const HOSTS: Readonly<Record<string, boolean>> = {
  'localhost': true, 'localhost:11435': true, 'LOCALHOST:1': true, 'localhost.': true, 'localhost.:80': true, 'LocalHost.': true,
  'api.localhost': true, 'a.b.localhost:80': true, '.localhost': false, 'notlocalhost': false, 'localhost.evil.example': false, 'localhost..': false,
  '127.0.0.1': true, '127.0.0.1:11435': true, '127.0.0.1.': true, '127.255.255.254': true, '127.1.2.3:8': true, '127.0.0.256': false, '127.0.0': false,
  '127.0.0.1.evil.example': false, '127.0.0.1.nip.io:80': false, '128.0.0.1': false, '0.0.0.0': false, '10.0.0.1': false, '192.168.1.2': false, '2130706433': false,
  '[::1]': true, '[::1]:11435': true, '[0:0:0:0:0:0:0:1]': true, '[0000:0000:0000:0000:0000:0000:0000:0001]:1': true, '[0::1]': true, '[::0:1]': true, '::1': true, '::1:80': false,
  '[::ffff:127.0.0.1]': true, '[::FFFF:127.9.9.9]:80': true, '[::ffff:7f00:1]': true, '[::ffff:7F12:3456]:5': true, '[0:0:0:0:0:ffff:7f00:1]': true, '[::ffff:8000:1]': false,
  '[::ffff:10.0.0.1]': false, '[::127.0.0.1]': false, '[::2]': false, '[::]': false, '[fe80::1]': false, '[1::1]': false, '[::1::]': false, '[::1].evil.example': false,
  '[::1]evil.example:80': false, '[::1': false, '[]': false,
  'host.docker.internal': true, 'HOST.docker.INTERNAL:11435': true, 'host.docker.internal.': true, 'x.host.docker.internal': false,
  '': true, ':11435': true, 'evil.example': false, 'evil.example:11435': false, 'my-machine': false, 'ollama.local': false,
};

const ORIGINS: Readonly<Record<string, boolean>> = {
  'http://localhost': true, 'http://localhost:3000': true, 'https://localhost': true, 'HTTP://LOCALHOST:3000': true, 'http://127.0.0.1:8080': true, 'http://[::1]:5173': true,
  'http://[::ffff:7f00:1]:80': true, 'http://app.localhost:4000': true, 'http://localhost.:80': true,
  'app://obsidian.md': true, 'app://.': true, 'file://': true, 'tauri://localhost': true, 'vscode-webview://0b2c': true, 'vscode-file://vscode-app': true, 'capacitor://localhost': true,
  'TAURI://localhost': true,
  'null': false, 'https://evil.example': false, 'http://localhost.evil.example': false, 'http://127.0.0.1.evil.example': false, 'http://evil.example:80': false, 'http://evil-localhost': false,
  'https://evil.example, x.localhost': false, 'http://localhost, https://evil.example': false, 'http://localhost:80:evil.example': false, 'http://[::1].evil.example': false,
  'app:evil': false, 'apps://x': false, 'xapp://x': false, '': false, 'localhost': false, 'http:localhost': false, '//localhost': false, 'http://localhost@evil.example': false,
  'chrome-extension://abc': false,
};

describe('a loopback listener', () => {
  for (const [host, allowed] of Object.entries(HOSTS)) test(`${allowed ? 'allows' : 'refuses'} Host ${JSON.stringify(host)}`, () => assert.equal(refusal(LOCAL, host, null) === null, allowed));
  for (const [origin, allowed] of Object.entries(ORIGINS)) {
    test(`${allowed ? 'allows' : 'refuses'} Origin ${JSON.stringify(origin)}`, () => assert.equal(refusal(LOCAL, 'localhost', origin) === null, allowed));
  }
  test('neither Host nor Origin', () => assert.equal(refusal(LOCAL, null, null), null));
  test('a Host that is the same as its Origin is no excuse', () => assert.notEqual(refusal(LOCAL, 'evil.example', 'http://evil.example'), null));
  test('says what is wrong and what to do', () => {
    assert.match(refusal(LOCAL, 'a.example:1', null) ?? '', /Host "a\.example:1" .*--allow-host/);
    assert.match(refusal(LOCAL, 'localhost', 'https://a.example') ?? '', /Origin "https:\/\/a\.example" .*--allow-origin/);
  });
});

describe('what an operator allows', () => {
  const cases: readonly [Partial<AccessRule>, string | null, string | null, boolean][] = [
    [{ hosts: ['my-machine'] }, 'my-machine:11435', null, true],
    [{ hosts: ['My-Machine'] }, 'MY-MACHINE.', null, true],
    [{ hosts: ['my-machine:11435'] }, 'my-machine:1', null, true],
    [{ hosts: ['my-machine'] }, 'other', null, false],
    [{ hosts: ['my-machine'] }, 'x.my-machine', null, false],
    [{ hosts: ['[fd00::5]'] }, '[fd00::5]:11435', null, true],
    [{ hosts: ['fd00::5'] }, '[fd00::5]:11435', null, true],
    [{ hosts: ['*'] }, 'anything.example', null, true],
    [{ hosts: ['*'] }, 'anything.example', 'https://anything.example', false],
    [{ origins: ['https://chat.example'] }, 'localhost', 'https://chat.example', true],
    [{ origins: ['https://chat.example/'] }, 'localhost', 'HTTPS://chat.example', true],
    [{ origins: ['https://chat.example'] }, 'localhost', 'https://chat.example:444', false],
    [{ origins: ['https://chat.example'] }, 'localhost', 'http://chat.example', false],
    [{ origins: ['https://chat.example'] }, 'chat.example', 'https://chat.example', false],
    [{ origins: ['null'] }, 'localhost', 'null', true],
    [{ origins: ['*'] }, 'localhost', 'https://evil.example', true],
    [{ origins: ['*'] }, 'localhost', 'null', true],
    [{ origins: ['*'] }, 'evil.example', 'https://evil.example', false],
  ];
  for (const [rule, host, origin, allowed] of cases) {
    test(`${JSON.stringify(rule)}: ${host}, ${origin}`, () => assert.equal(refusal({ ...LOCAL, ...rule }, host, origin) === null, allowed));
  }
});

describe('a listener that others can reach', () => {
  const cases: readonly [string, string | null, boolean][] = [
    ['llm.example', null, true],
    ['llm.example:11435', 'http://llm.example:11435', true],
    ['LLM.example', 'https://llm.EXAMPLE', true],
    ['llm.example', 'https://evil.example', false],
    ['llm.example', 'http://llm.example:81', false],
    ['llm.example', 'http://localhost:3000', true],
    ['llm.example', 'tauri://localhost', true],
    ['llm.example', 'null', false],
  ];
  for (const [host, origin, allowed] of cases) test(`${host}, ${origin}`, () => assert.equal(refusal(REMOTE, host, origin) === null, allowed));
});

test('addresses of sockets are loopback names too', () => {
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopbackName(address), true, address);
  for (const address of ['10.0.0.1', 'fe80::1', '::ffff:10.0.0.1', '']) assert.equal(isLoopbackName(address), false, address);
});

test('the host of an authority', () => {
  const cases: Readonly<Record<string, string>> = { 'a:1': 'a', 'a': 'a', '[::1]:80': '[::1]', '[::1]': '[::1]', '::1': '::1', 'fd00::5': 'fd00::5', ':80': '', 'a:1:2': 'a:1:2', '[::1]x:80': '[::1]x:80' };
  for (const [authority, host] of Object.entries(cases)) assert.equal(hostOf(authority), host, authority);
});
