// npm start: installs what is missing, then runs `hotpatch serve` with the arguments given.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './ensure-install.js';
import { buildIfStale } from './build.js';

ensureInstalled();
buildIfStale();
const child = spawn(process.execPath, [join(root, 'bin', 'hotpatch.js'), 'serve', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
