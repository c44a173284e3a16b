import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { type Answer, type Backend, createBackend } from '../../../src/app/backend/index.js';
import { CertificateError, readCertificate } from '../../../src/node/net/certificate.js';
import { openRuleStore } from '../../../src/node/rules/sqlite-rule-store.js';
import { hasOpenssl, makeCertificate, type MadeCertificate } from '../../helpers/certificates.js';
import { withSockets } from '../../helpers/proxy-backend.js';
import { rule, type RunningProxy, startProxy } from '../../helpers/proxy.js';
import { type Finished, runCli, serveProcess } from '../../helpers/processes.js';

const skip = hasOpenssl ? false : 'there is no openssl here to make a certificate with';
const folder = mkdtempSync(join(tmpdir(), 'hotpatch-tls-'));
const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });

let backend: Backend;
let upstream = 0;
let answer: Answer = { text: 'teh end' };
let first: MadeCertificate;
let second: MadeCertificate;

before(async () => {
  backend = createBackend({ port: 0, tokensPerSecond: 0, answers: () => answer });
  upstream = (await backend.start()).port;
  if (!hasOpenssl) return;
  first = makeCertificate(folder, 'first');
  second = makeCertificate(folder, 'second');
});
after(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A proxy with TLS, whose files can be replaced. */
async function withTls(use: (running: RunningProxy, files: { readonly certFile: string; readonly keyFile: string }) => Promise<void>): Promise<void> {
  const files = { certFile: join(folder, 'used.cert.pem'), keyFile: join(folder, 'used.key.pem') };
  copyFileSync(first.certFile, files.certFile);
  copyFileSync(first.keyFile, files.keyFile);
  const running = await startProxy({ upstream, rules: [rule('teh', 'the')], config: { tls: files } });
  try {
    await use(running, files);
  } finally {
    await running.stop();
  }
}

/** A TLS client that trusts both certificates. */
async function shake(port: number, more: object = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: [first.cert, second.cert], ...more });
  await once(socket, 'secureConnect');
  return socket;
}

const post = (body: string): string => `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** What comes until the text has come, or the end. */
async function read(socket: TLSSocket, until: string): Promise<string> {
  let got = '';
  for await (const bytes of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    got += bytes.toString('latin1');
    if (got.includes(until)) break;
  }
  return got;
}

test('clients with TLS are corrected; the certificate is the one of the file, and h2 is not offered', { skip }, async () => {
  await withTls(async ({ port }) => {
    const socket = await shake(port, { ALPNProtocols: ['h2', 'http/1.1'] });
    assert.deepEqual([socket.getPeerCertificate().subject.CN, socket.alpnProtocol], ['first', 'http/1.1']);
    socket.write(post(CHAT));
    const answered = await read(socket, '\r\n0\r\n\r\n');
    assert.equal([...answered.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join(''), 'the end');
    // The client's end is its own; the proxy closes behind it.
    socket.end();
    await once(socket, 'close');
    const old = await shake(port, { maxVersion: 'TLSv1.2' });
    old.destroy();
  });
});

test('a renewed certificate counts for new connections, and streams go on under the old one', { skip }, async () => {
  await withTls(async ({ proxy, port }, files) => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answer = { tokens: ['teh ', 'long ', 'end'], beforeToken: (sent) => (sent === 2 ? gate : undefined) };
    const streaming = await shake(port);
    streaming.write(post(CHAT));
    await read(streaming, 'long');
    answer = { text: 'teh end' };
    renameSync(second.certFile, files.certFile);
    // Half of a renewal: the key is still the old one's.
    assert.throws(() => proxy.renewCertificate(), (error) => error instanceof CertificateError && error.message.includes('is not the key of the certificate'));
    const between = await shake(port);
    assert.equal(between.getPeerCertificate().subject.CN, 'first');
    renameSync(second.keyFile, files.keyFile);
    proxy.renewCertificate();
    const later = await shake(port);
    assert.equal(later.getPeerCertificate().subject.CN, 'second');
    open();
    assert.match(await read(streaming, '\r\n0\r\n\r\n'), /end/);
    for (const socket of [streaming, between, later]) socket.destroy();
    second = makeCertificate(folder, 'second');
  });
});

test('TLS can be switched on and off on the same address while streams run', { skip }, async () => {
  const { certFile, keyFile } = first;
  const running = await startProxy({ upstream, rules: [rule('teh', 'the')] });
  const { proxy, port } = running;
  const plain = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/api/version`)).status;
  assert.equal(await plain(), 200);
  await proxy.apply({ ...proxy.config, tls: { certFile, keyFile } });
  await assert.rejects(plain());
  (await shake(port)).destroy();
  await assert.rejects(proxy.apply({ ...proxy.config, tls: { certFile, keyFile: second.keyFile } }), CertificateError);
  (await shake(port)).destroy();
  await proxy.apply({ ...proxy.config, tls: null });
  assert.equal(await plain(), 200);
  await running.stop();
});

test('a client that says something else, nothing, or goes harms nobody; at the end nothing is left', { skip }, async () => {
  await withTls(async ({ proxy, port, log }) => {
    const strangers = await Promise.all(['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '', '\x16\x03\x01'].map(async (text) => {
      const socket = connectPlain({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(text);
      return socket;
    }));
    const { msg } = await log.next(({ msg }) => msg.startsWith('a TLS handshake failed: '));
    assert.doesNotMatch(msg, /error:[0-9A-F]{8}/);
    strangers[2]?.destroy();
    (await shake(port)).destroy();
    const silent = once(strangers[1] as NodeJS.EventEmitter, 'close');
    await proxy.stop(0);
    await silent;
  });
});

test('a handshake that does not end is cut after headMs', { skip }, async () => {
  const { certFile, keyFile } = first;
  const running = await startProxy({ upstream, limits: { headMs: 60 }, config: { tls: { certFile, keyFile } } });
  const socket = connectPlain({ port: running.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  await running.log.next(({ msg }) => msg === 'a TLS handshake failed: not over after 60 ms');
  await running.stop();
});

test('an answer that is cut off behind TLS ends as a reset, not as an end', { skip }, async () => {
  await withSockets(async (wire) => {
    await wire.request();
    // Only the connection's end says that it is over.
    wire.send('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n{"message":{"content":"one "}}\n');
  }, async (sockets) => {
    const { certFile, keyFile } = first;
    const running = await startProxy({ upstream: sockets.port, rules: [rule('teh', 'the')], config: { tls: { certFile, keyFile } } });
    const socket = await shake(running.port);
    socket.write(post(CHAT));
    await read(socket, 'one');
    const ended = new Promise<string>((resolve) => {
      socket.resume().once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).once('end', () => resolve('end'));
    });
    (await sockets.connection(0)).socket.resetAndDestroy();
    assert.equal(await ended, 'ECONNRESET');
    await running.stop();
  });
});

const PAIRS: readonly { readonly name: string; readonly make: () => { readonly certFile: string; readonly keyFile: string }; readonly says: readonly string[] }[] = [
  { name: 'a certificate that is not there', make: () => ({ ...first, certFile: join(folder, 'none.pem') }), says: ['--tls-cert: ', 'none.pem cannot be read (there is no such file)', 'expected a PEM file'] },
  { name: 'a key that is a folder', make: () => ({ ...first, keyFile: folder }), says: ['--tls-key: ', 'it is a folder'] },
  { name: 'a key in the place of a certificate', make: () => ({ ...first, certFile: first.keyFile }), says: ['--tls-cert: ', 'holds no certificate', '-----BEGIN CERTIFICATE-----'] },
  { name: 'a certificate in the place of a key', make: () => ({ ...first, keyFile: first.certFile }), says: ['--tls-key: ', 'holds no private key', '-----BEGIN PRIVATE KEY-----'] },
  { name: 'a pair that does not belong together', make: () => ({ certFile: first.certFile, keyFile: second.keyFile }), says: ['--tls-key: ', 'is not the key of the certificate in'] },
  { name: 'a broken certificate', make: () => ({ ...first, certFile: written('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') }), says: ['--tls-cert: ', 'is no readable certificate'] },
  { name: 'a broken key', make: () => ({ ...first, keyFile: written('broken.key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n') }), says: ['--tls-key: ', 'is no readable private key'] },
  { name: 'a key with a passphrase', make: () => ({ ...first, keyFile: locked() }), says: ['--tls-key: ', 'protected by a passphrase', 'openssl pkey'] },
];

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function locked(): string {
  const file = join(folder, 'locked.key');
  execFileSync('openssl', ['pkey', '-in', first.keyFile, '-aes256', '-passout', 'pass:secret', '-out', file], { stdio: 'ignore' });
  return file;
}

for (const { name, make, says } of PAIRS) {
  test(`refused: ${name}`, { skip }, () => {
    assert.throws(() => readCertificate(make()), (error) => {
      assert.ok(error instanceof CertificateError);
      assert.doesNotMatch(error.message, /\n/);
      for (const part of says) assert.ok(error.message.includes(part), error.message);
      return true;
    });
  });
}

test('a key nobody may read is told so', { skip: skip !== false ? skip : process.getuid?.() === 0 ? 'root reads everything' : false }, () => {
  const keyFile = written('closed.key', first.key);
  chmodSync(keyFile, 0);
  assert.throws(() => readCertificate({ ...first, keyFile }), /--tls-key: .*reading it is not permitted/);
});

test('serve: https in the ready line, curl and a JavaScript client over it, and a renewal by its files alone', { skip }, async () => {
  const files = { certFile: join(folder, 'served.cert.pem'), keyFile: join(folder, 'served.key.pem') };
  copyFileSync(first.certFile, files.certFile);
  copyFileSync(first.keyFile, files.keyFile);
  const db = join(folder, 'tls.db');
  const store = openRuleStore(db);
  store.add({ match: 'literal', value: 'teh', replace: 'the' });
  store.close();
  const proxy = await serveProcess(['--upstream', `http://127.0.0.1:${upstream}`, '--workspace', 'none', '--db', db, '--log-dir', join(folder, 'logs'), '--tls-cert', files.certFile, '--tls-key', files.keyFile], { cwd: folder });
  assert.match(proxy.readyLine, /^hotpatch listening on https:\/\/127\.0\.0\.1:\d+ -> /);
  const { stdout } = await promisify(execFile)('curl', ['-sN', '--cacert', first.certFile, `${proxy.url}/api/chat`, '-d', CHAT]);
  assert.equal(stdout.trim().split('\n').map((line) => (JSON.parse(line) as { message: { content: string } }).message.content).join(''), 'the end');
  const seen = (): Promise<string> => new Promise((resolve, reject) => {
    request(`${proxy.url}/api/version`, { agent: new Agent({ ca: [first.cert, second.cert] }) }, (response) => {
      resolve((response.socket as TLSSocket).getPeerCertificate().subject.CN as string);
      response.resume();
    }).on('error', reject).end();
  });
  assert.equal(await seen(), 'first');
  copyFileSync(second.certFile, files.certFile);
  copyFileSync(second.keyFile, files.keyFile);
  await proxy.said(/certificate read again from/);
  assert.equal(await seen(), 'second');
  assert.equal((await proxy.stop()).code, 0);
});

test('serve: a pair that cannot be used ends it with code 2 and one line', { skip }, async () => {
  const args = ['serve', '--listen', '127.0.0.1:0', '--upstream', 'http://127.0.0.1:1', '--workspace', 'none', '--db', 'none', '--log-dir', join(folder, 'logs'), '--tls-cert', first.certFile, '--tls-key', second.keyFile];
  const { code, stderr }: Finished = await runCli(args, { cwd: folder });
  assert.equal(code, 2);
  assert.match(stderr, /^hotpatch: --tls-key: \S+ is not the key of the certificate in \S+; expected .*\n$/);
});
