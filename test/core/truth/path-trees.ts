import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The recorded development set, which stands beside the repository where it is present. */
const FOLDER = resolve(import.meta.dirname, '../../../../shared/data/dev');

export const DATA_MISSING: string | false = existsSync(FOLDER) ? false : 'the recorded development set is not beside the repository';

export interface Case {
  readonly id: string;
  readonly tier: string;
  readonly context: { readonly files_ref?: string; readonly files_add?: readonly string[] };
  readonly spans: readonly { readonly detected: string; readonly expected: string | null; readonly expected_any?: readonly string[] }[];
  readonly clean_mentions?: readonly { readonly text: string; readonly kind: string }[];
}

export function casesOf(file: string): readonly Case[] {
  return readFileSync(`${FOLDER}/${file}`, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);
}

const trees = new Map<string, readonly string[]>();

/** The files of a case's workspace: the same array for the same workspace. */
export function treeOf(of: Case): readonly string[] {
  const key = `${of.context.files_ref}|${(of.context.files_add ?? []).join('|')}`;
  let tree = trees.get(key);
  if (tree === undefined) {
    tree = [...readFileSync(`${FOLDER}/${of.context.files_ref}`, 'utf8').trim().split('\n'), ...(of.context.files_add ?? [])];
    trees.set(key, tree);
  }
  return tree;
}

/** Listings of real repositories, the larger ones. */
export function realTrees(): readonly (readonly string[])[] {
  return readdirSync(`${FOLDER}/trees`)
    .map((name) => readFileSync(`${FOLDER}/trees/${name}`, 'utf8').trim().split('\n'))
    .filter((tree) => tree.length > 200);
}
