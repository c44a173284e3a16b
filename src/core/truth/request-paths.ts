import type { RequestText } from './request-texts.js';

/** Two names joined by a backslash, the last with an extension, or a drive: not an escape in a string, not a formula. */
const BACKSLASHED = /(?:^|[\s"'`(=])(?:[A-Za-z]:\\(?!\\?n\b)[\w.$ -]+|\.{0,2}\\?[\w.-]{2,}(?:\\{1,2}[\w.-]{2,})*\\{1,2}[\w-]+\.[A-Za-z]\w{0,7}\b)/;

/** Whether the user or a tool writes paths the Windows way. */
export function usesBackslashes(texts: readonly RequestText[]): boolean {
  return texts.some(({ role, text }) => role !== 'assistant' && text.includes('\\') && BACKSLASHED.test(text));
}

const FOLDER = String.raw`((?:[A-Za-z]:[\\/]|\/|\\\\)[^\s"'<>|*?\x60,;]*)`;
/** How agents state where they work; the folder is the last group that matched. */
const STATEMENTS: readonly RegExp[] = [
  new RegExp(String.raw`<(?:cwd|working_directory|workingDirectory|workdir|workspace_root|project_root)>\s*${FOLDER}\s*<`, 'i'),
  new RegExp(String.raw`(?:\b(?:current |primary )?working dir(?:ectory)?|\bcurrent (?:folder|directory)|\bworkspace (?:root|path|folder|directory)|\bproject (?:root|path|directory)|\broot (?:directory|folder))\s*(?:(?:is|:|=|\))\s*)*["'\x60(]?${FOLDER}`, 'i'),
  new RegExp(String.raw`(?:^|[\s{,"'])(?:cwd|PWD|workdir|workspaceFolder|workspace_root|rootPath)["']?\s*[:=]\s*["'\x60]?${FOLDER}`, 'm'),
];

/**
 * The working directory a request states. The newest statement counts, since folders change; what assistants said does not.
 * @returns an absolute path without a trailing separator, or null.
 */
export function statedFolder(texts: readonly RequestText[]): string | null {
  // System texts state the session's folder; they come first in the order of asking, though oldest.
  const order = [...texts.filter(({ role }) => role === 'system'), ...texts.filter(({ role }) => role === 'user').reverse()];
  for (const { text } of order) {
    for (const statement of STATEMENTS) {
      const folder = statement.exec(text)?.[1]?.replace(/[).:\\/]+$/, '');
      if (folder !== undefined && folder.length > 1) return folder;
    }
  }
  return null;
}
