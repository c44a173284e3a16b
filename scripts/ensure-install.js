// Installs the packages a clone is missing, and says so. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm leaves its own lock file inside node_modules; it is as new as the last install. */
function installed() {
  const stamp = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(stamp)) return false;
  if (statSync(stamp).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return true;
  return sameVersions(join(root, 'package-lock.json'), stamp);
}

function sameVersions(wanted, present) {
  const versions = (file) => {
    const packages = JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
    return Object.entries(packages).filter(([name, entry]) => name !== '' && entry.optional !== true && entry.devOptional !== true)
      .map(([name, entry]) => `${name}@${entry.version}`).sort().join('\n');
  };
  try {
    return versions(wanted) === versions(present);
  } catch {
    return false;
  }
}

export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(`hotpatch needs Node.js 20 or newer; this is ${process.version}. Install a newer one and try again.`);
    process.exit(1);
  }
  if (installed()) return;
  console.error('hotpatch: installing packages (once) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm's own output goes to stderr: stdout belongs to results.
  const run = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (run.status !== 0) {
    console.error('hotpatch: "npm ci" failed; its message is above. A C++ toolchain is needed where better-sqlite3 has no prebuilt binary.');
    process.exit(1);
  }
}
