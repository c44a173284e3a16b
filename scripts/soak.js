// npm run soak: eight processes write corrections to one log folder and one database for a minute, or for as many seconds as it is told.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, root } from './ensure-install.js';

ensureInstalled();
const seconds = process.argv[2] ?? '60';
const run = spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=spec', 'test/node/audit/eight-writers.test.ts'], {
  cwd: root, stdio: 'inherit', env: { ...process.env, SOAK_SECONDS: seconds },
});
process.exit(run.status ?? 1);
