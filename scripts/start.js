// npm start: installs what is missing, then runs `hotpatch serve` with the arguments given.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './ensure-install.js';
import { buildIfStale } from './build.js';

ensureInstalled({ native: false });
buildIfStale();
// A terminal's Ctrl-C goes to npm, to this process and to its group, and npm passes its own on: as several signals it would
// end the proxy at once instead of in order. So the proxy has a group of its own, and what comes in one burst counts once.
const BURST_MS = 200;
const child = spawn(process.execPath, [join(root, 'bin', 'hotpatch.js'), 'serve', ...process.argv.slice(2)], { stdio: 'inherit', detached: process.platform !== 'win32' });
let lastMs = -Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const nowMs = Date.now();
    if (nowMs - lastMs >= BURST_MS) child.kill(signal);
    lastMs = nowMs;
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
