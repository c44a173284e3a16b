import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from './agent.js';

/** Outside of the project: agents are large, and nobody needs them to work on it. */
function cacheFolder(): string {
  return process.env['HOTPATCH_AGENTS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hotpatch-agents');
}

/**
 * Installs an agent from the npm registry where it is not there yet.
 * @returns the `node_modules` it is in. @throws Error with npm's words, where that fails.
 */
export function installAgent({ package: packageName, version, bin, installScripts = false, beside = [] }: Agent): string {
  const folder = join(cacheFolder(), `${bin}-${version}`);
  const modules = join(folder, 'node_modules');
  const wanted = [`${packageName}@${version}`, ...beside];
  // Written last, so that an install that was broken off is done again.
  const done = join(folder, 'installed');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted.join('\n')) return modules;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-update-notifier', ...(installScripts ? [] : ['--ignore-scripts']), ...wanted];
  const { status, stderr, error } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 600_000 });
  if (status !== 0) throw new Error(`npm could not install ${wanted.join(', ')}: ${error?.message ?? stderr}`);
  writeFileSync(done, wanted.join('\n'));
  return modules;
}
