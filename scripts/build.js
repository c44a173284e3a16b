// npm run build: TypeScript to dist/. A stamp tells whether dist/ still matches src/.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'dist', '.stamp');

/** Name, size and time of every source file: cheap to compute, different after any edit. */
export function sourceStamp() {
  const lines = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else {
        const { size, mtimeMs } = statSync(path);
        lines.push(`${path.slice(root.length)} ${size} ${mtimeMs}`);
      }
    }
  };
  walk(join(root, 'src'));
  return lines.sort().join('\n');
}

export function distIsFresh() {
  if (!existsSync(join(root, 'src'))) return existsSync(join(root, 'dist', 'cli.js'));
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourceStamp();
}

export function build() {
  const stamp = sourceStamp();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) return false;
  writeFileSync(stampFile, stamp);
  return true;
}

/** A failed build is no reason not to start: the bin file then runs the sources through tsx. */
export function buildIfStale() {
  if (!distIsFresh() && existsSync(join(root, 'node_modules', 'typescript'))) build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(build() ? 0 : 1);
