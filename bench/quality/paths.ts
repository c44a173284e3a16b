/**
 * How well paths are told from what only looks like one, on cases made from what is installed: real trees and documents, wrong
 * paths made from right ones in known ways, names of other projects, and answers written by hand.
 * Run: node --import tsx bench/quality/paths.ts [--out DIR] [--seed N] [--source DIR]... [--worst N]
 * `--out` writes the cases for `hotpatch eval --cases DIR`; `--source` adds a folder as one more project.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCases, type PathCase } from './path-cases.js';
import { PathScore } from './path-score.js';

const { values } = parseArgs({ options: { out: { type: 'string' }, seed: { type: 'string', default: '1' }, source: { type: 'string', multiple: true, default: [] }, worst: { type: 'string', default: '0' }, tier: { type: 'string' } } });
const root = join(import.meta.dirname, '..', '..');
const { cases, trees } = makeCases(Number(values.seed), join(root, 'node_modules'), [root, ...values.source]);
const score = new PathScore(Number(values.worst), values.tier);
for (const one of cases) score.add(one, trees);
console.log(score.report());
if (values.out !== undefined) write(values.out, cases);

function write(folder: string, written: readonly PathCase[]): void {
  mkdirSync(join(folder, 'trees'), { recursive: true });
  for (const [name, files] of trees) writeFileSync(join(folder, 'trees', `${name}.txt`), `${files.join('\n')}\n`);
  const byType = new Map<string, string[]>();
  for (const { tree, tied, ...line } of written) {
    // The eval counts every case as tied.
    if (!tied) continue;
    const lines = byType.get(line.type) ?? [];
    byType.set(line.type, lines);
    lines.push(JSON.stringify({ ...line, context: { files_ref: `trees/${tree}.txt`, done_reason: 'stop' } }));
  }
  for (const [type, lines] of byType) writeFileSync(join(folder, `own_${type}.jsonl`), `${lines.join('\n')}\n`);
}
