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

/** Runs npm; its own output goes to stderr, as stdout belongs to results. */
function npm(...args) {
  const windows = process.platform === 'win32';
  return spawnSync(windows ? 'npm.cmd' : 'npm', [...args, '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2], shell: windows }).status === 0;
}

/**
 * Installs what package-lock.json asks for, where it is not there yet. Ends the process with 1 where that fails.
 * @param {{ native?: boolean }} [options] `native: false`: where better-sqlite3 does not compile, the rest is installed without it
 */
export function ensureInstalled({ native = true } = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(`hotpatch needs Node.js 20 or newer; this is ${process.version}. Install a newer one and try again.`);
    process.exit(1);
  }
  if (installed()) return;
  console.error('hotpatch: installing packages (once) ...');
  if (npm('ci')) return;
  if (!native && npm('ci', '--ignore-scripts')) {
    console.error('hotpatch: better-sqlite3 has no prebuilt binary for this machine and did not compile (npm\'s message is above), so there is no database: hotpatch serves with its built-in rules, and `rules` does not work. With a C++ toolchain, `npm rebuild better-sqlite3` adds it.');
    return;
  }
  console.error('hotpatch: "npm ci" failed; its message is above. It needs the npm registry, and a C++ toolchain where better-sqlite3 has no prebuilt binary.');
  process.exit(1);
}
