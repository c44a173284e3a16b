// A proxy built on a package of the same ecosystem, with its usual settings and a pool that keeps connections.
// Runs as a child process, as plain JavaScript: `node-peer PACKAGE_URL BACKEND_PORT`.
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ProxyServer {
  web(request: IncomingMessage, response: ServerResponse): unknown;
  on(event: 'error', listener: (error: Error, request: IncomingMessage, response: ServerResponse) => void): unknown;
}
interface ProxyPackage {
  readonly createProxyServer?: (options: object) => ProxyServer;
  readonly default?: { readonly createProxyServer?: (options: object) => ProxyServer };
}

const [packageUrl = '', backendPort = ''] = process.argv.slice(2);
const loaded = (await import(packageUrl)) as ProxyPackage;
const create = loaded.createProxyServer ?? loaded.default?.createProxyServer;
if (create === undefined) throw new Error(`${packageUrl} has no createProxyServer`);
const proxy = create({ target: `http://127.0.0.1:${backendPort}`, agent: new Agent({ keepAlive: true }) });
proxy.on('error', (_error, _request, response) => response.destroy());
const server = createServer((request, response) => {
  // Some of these packages return a promise, whose failure is the `error` event again.
  void Promise.resolve(proxy.web(request, response)).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', 4096, () => process.send?.({ kind: 'ready', port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
