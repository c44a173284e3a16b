import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { openWorkspaces, type Workspaces, type WorkspacesOptions } from '../../../src/node/truth/workspace-index.js';
import type { GroundTruth, PathAnswer } from '../../../src/core/truth/ground-truth.js';

/** A temporary folder with these files; a value is a file's text. Removed when the test ends. */
export function folderWith(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'hotpatch-tree-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) put(root, path, text);
  return root;
}

export function put(root: string, path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

export interface Opened {
  readonly workspaces: Workspaces;
  readonly truth: GroundTruth;
  readonly messages: string[];
  readonly ask: (path: string) => PathAnswer;
  /** Resolves as soon as the predicate holds, looked at whenever the index has settled; rejects after two seconds. */
  readonly until: (what: string, holds: () => boolean) => Promise<number>;
}

export async function opened(t: TestContext, roots: string | readonly string[], options: WorkspacesOptions = {}): Promise<Opened> {
  const messages: string[] = [];
  let settled = (): void => undefined;
  const workspaces = openWorkspaces(typeof roots === 'string' ? [roots] : roots, {
    ...options,
    onMessage: (message) => messages.push(message),
    onSettled: (root) => {
      options.onSettled?.(root);
      settled();
    },
  });
  t.after(() => workspaces.close());
  await workspaces.ready;
  const truth = workspaces.truthFor({ workingDirectory: null, workspaceHeader: null });
  const until = (what: string, holds: () => boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const limit = setTimeout(() => reject(new Error(`not seen within two seconds: ${what}`)), 2_000);
      settled = (): void => {
        if (!holds()) return;
        clearTimeout(limit);
        resolve(performance.now() - began);
      };
      settled();
    });
  return { workspaces, truth, messages, until, ask: (path) => truth.path({ path, backslashes: false }) };
}

export function isKnown(answer: PathAnswer): boolean {
  return answer !== 'unknown' && answer.known;
}

export function nearestOf(answer: PathAnswer): string | null {
  return answer !== 'unknown' && !answer.known ? answer.nearest : null;
}
