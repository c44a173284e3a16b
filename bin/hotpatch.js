#!/usr/bin/env node
// Runs dist/ when it matches the sources (always so in the packed tarball), else the sources through tsx.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const load = (...parts) => import(pathToFileURL(join(root, ...parts)).href);

async function fresh() {
  if (!existsSync(join(root, 'src'))) return true;
  const { distIsFresh } = await load('scripts', 'build.js');
  return distIsFresh();
}

if (await fresh()) {
  await (await load('dist', 'cli.js')).main(process.argv.slice(2));
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await (await load('src', 'cli.ts')).main(process.argv.slice(2));
}
