import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * Writes `bench/NAME.ts`, which imports nothing of ours, as plain JavaScript into `folder` and returns its path. What
 * is measured must not carry a TypeScript loader: that costs some 20 MB and a thread.
 */
export function plainScript(name: string, folder: string): string {
  const source = readFileSync(join(import.meta.dirname, '..', `${name}.ts`), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext } });
  const file = join(folder, `${name}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, outputText);
  return file;
}
