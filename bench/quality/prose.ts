/** Documentation of the installed packages, read at run time: real prose that nobody wrote for this project. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Document {
  /** Package and file. */
  readonly source: string;
  readonly text: string;
}

const MODULES = new URL('../../node_modules', import.meta.url).pathname;
const NAME = /^(?:readme|changelog|changes|history|migration|upgrading|contributing|guide|api|faq).*\.(?:md|markdown)$/i;
const MAX_DOCUMENT = 400_000;
const MIN_DOCUMENT = 400;

/** Every document, ordered by its path; the same text comes once. */
export function installedProse(): Document[] {
  const documents: Document[] = [];
  const seen = new Set<string>();
  const visit = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) visit(path, depth - 1);
      const wanted = NAME.test(entry.name) || (/[\\/](?:docs?|documentation)[\\/]/i.test(path) && entry.name.endsWith('.md'));
      if (!entry.isFile() || !wanted || statSync(path).size > MAX_DOCUMENT) continue;
      const text = readFileSync(path, 'utf8');
      if (text.length < MIN_DOCUMENT || seen.has(text)) continue;
      seen.add(text);
      documents.push({ source: path.slice(MODULES.length + 1), text });
    }
  };
  visit(MODULES, 4);
  return documents;
}
