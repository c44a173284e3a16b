// npm test: installs what is missing, then types, lint and every test file by name (Node 20's runner takes no globs).
// Arguments are parts of file names: `npm test -- framer chunked` runs those files only.
// With --agents first (npm run test:agents): the tests in test/agents alone, which install real coding agents from npm.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ensureInstalled, root } from './ensure-install.js';

ensureInstalled();

function step(name, args) {
  const started = Date.now();
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test' } });
  console.error(`${run.status === 0 ? 'ok' : 'FAILED'}: ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (run.status !== 0) process.exit(run.status ?? 1);
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [relative(root, path)] : [];
  }).sort();
}

const agents = process.argv[2] === '--agents';
const wanted = process.argv.slice(agents ? 3 : 2);
if (wanted.length === 0 && !agents) {
  step('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  step('lint', ['node_modules/eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.']);
}
const inAgents = (file) => dirname(file) === join('test', 'agents');
const files = testFiles(join(root, 'test')).filter((file) => inAgents(file) === agents && (wanted.length === 0 || wanted.some((part) => file.includes(part))));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(', ')}`);
  process.exit(1);
}
step('tests', ['--import', 'tsx', '--test', `--test-concurrency=${agents ? 1 : 2}`, '--test-reporter=spec', ...files]);
