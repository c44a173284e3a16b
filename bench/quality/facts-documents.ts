import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, cleanCase } from './facts-shared.js';

/** Characters of one document that make a case, and cases of one document. */
const MOST_PIECE = 6_000;
const MOST_PIECES = 8;

/** Each later piece of a document as the answer to a request that supplies the piece before it: other numbers, of the same things, and none retold. */
export function pairedDocuments(): Case[] {
  const pieces = cleanDocuments();
  return pieces.slice(1).flatMap((piece, index) => {
    const before = pieces[index] as Case;
    const stem = (one: Case): string => one.id.replace(/-\d+$/, '');
    return stem(before) === stem(piece) ? [cleanCase(piece.id.replace('doc-', 'pair-'), 'paired', piece.text, `Answer based on the following document.\n\n${before.text}\n\nQuestion: What else is there to say?`)] : [];
  });
}

/** The same documents as the answer to a request that supplies the package's own settings. */
export function configuredDocuments(): Case[] {
  return cleanDocuments().flatMap((piece) => {
    const folder = /^doc-((?:@[^/]+\/)?[^/]+?)-(?:docs\/)?[^/]*-\d+$/.exec(piece.id)?.[1] ?? '';
    const file = join('node_modules', folder.replace(/-(?:README|CHANGELOG|HISTORY|LICENSE).*$/i, ''), 'package.json');
    if (!existsSync(file)) return [];
    return [cleanCase(piece.id.replace('doc-', 'conf-'), 'configured', piece.text, `Answer based on the following files.\n\npackage.json\n${readFileSync(file, 'utf8').slice(0, MOST_PIECE)}\n\nQuestion: What is this?`)];
  });
}

/** READMEs, changelogs and guides of the packages installed here: people wrote them, full of numbers, and (nearly) all of them are right. */
export function cleanDocuments(): Case[] {
  const cases: Case[] = [];
  const root = 'node_modules';
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    const folders = name.startsWith('@') ? readdirSync(join(root, name)).map((inner) => join(name, inner)) : [name];
    for (const folder of folders) cases.push(...documentsOf(join(root, folder), folder));
  }
  return cases;
}

function documentsOf(folder: string, name: string): Case[] {
  let files: string[] = [];
  try {
    files = readdirSync(folder).filter((file) => /\.(?:md|markdown|txt)$/i.test(file) || /^(?:README|CHANGELOG|HISTORY)$/i.test(file));
    const docs = join(folder, 'docs');
    if (existsSync(docs)) files.push(...readdirSync(docs).filter((file) => /\.md$/i.test(file)).map((file) => join('docs', file)));
  } catch {
    return [];
  }
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const pieces: Case[] = [];
    for (let at = 0; at < text.length && pieces.length < MOST_PIECES; at += MOST_PIECE) pieces.push(cleanCase(`doc-${name}-${file}-${at}`, 'document', text.slice(at, at + MOST_PIECE)));
    return pieces;
  });
}
