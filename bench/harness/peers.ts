import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findProgram } from './child.js';
import { plainScript } from './plain-script.js';

/** How a peer is started; `port` is where it will listen, null when it says so itself over IPC. */
export interface PeerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number | null;
}

/** Another proxy to stand beside ours. `prepare` gives a reason in words where this machine does not have it. */
export interface Peer {
  readonly name: string;
  prepare(folder: string, backendPort: number): Promise<PeerLaunch | string>;
}

const root = join(import.meta.dirname, '..', '..');

/** A port that is free now. Another process may take it before the peer does; the peer then fails to start and is skipped. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

/** Resolves once something listens there; rejects after `timeoutMs`. */
export async function listening(port: number, timeoutMs: number): Promise<void> {
  for (const until = Date.now() + timeoutMs; !(await accepts(port));) {
    if (Date.now() > until) throw new Error(`nothing listens on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Words that no answer of the benchmark holds: searching for them is what `sub_filter` then costs. */
const SOUGHT = Array.from({ length: 10 }, (_, n) => `zq${n}xv`);

/**
 * One worker, no logs, nothing buffered: the settings under which nginx passes tokens on at once. With `filtered` it searches the
 * body for ten words to replace, byte by byte and blind to what a JSON string is: the nearest thing to a rewriting proxy it has.
 */
export function nginxConfig(folder: string, port: number, backendPort: number, filtered = false): string {
  const filters = filtered ? [...SOUGHT.map((word) => `sub_filter "${word}" "never";`), 'sub_filter_once off;', 'sub_filter_types application/x-ndjson text/event-stream application/json;'] : [];
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`).join('\n');
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
${temp}
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_buffering off;
      proxy_read_timeout 120s;
${filters.map((line) => `      ${line}\n`).join('')}    }
  }
}
`;
}

/** One thread, HTTP mode, parts forwarded without delay. */
export function haproxyConfig(port: number, backendPort: number): string {
  return `global
  nbthread 1
  maxconn 8192
defaults
  mode http
  option http-no-delay
  timeout connect 5s
  timeout client 120s
  timeout server 120s
frontend in
  bind 127.0.0.1:${port} backlog 4096
  default_backend out
backend out
  server bench 127.0.0.1:${backendPort}
`;
}

function program(name: string, launch: (path: string, folder: string, port: number, backendPort: number) => PeerLaunch, variant = name): Peer {
  return {
    name: variant,
    async prepare(folder, backendPort) {
      const path = findProgram(name);
      return path === null ? 'not installed' : launch(path, folder, await freePort(), backendPort);
    },
  };
}

function nodePeer(name: string): Peer {
  return {
    name,
    prepare: async (folder, backendPort) => (existsSync(join(root, 'node_modules', name, 'package.json'))
      ? { command: process.execPath, args: [plainScript('node-peer', folder), import.meta.resolve(name), String(backendPort)], port: null }
      : 'not in node_modules'),
  };
}

const nginx = (variant: string, filtered: boolean): Peer => program('nginx', (path, folder, port, backendPort) => {
  const place = join(folder, variant);
  mkdirSync(place, { recursive: true });
  const file = join(place, 'nginx.conf');
  writeFileSync(file, nginxConfig(place, port, backendPort, filtered));
  return { command: path, args: ['-p', place, '-c', file], port };
}, variant);

export const PEERS: readonly Peer[] = [
  nginx('nginx', false),
  nginx('nginx-sub-filter', true),
  program('haproxy', (path, folder, port, backendPort) => {
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, haproxyConfig(port, backendPort));
    return { command: path, args: ['-db', '-f', file], port };
  }),
  nodePeer('http-proxy'),
  nodePeer('httpxy'),
];
