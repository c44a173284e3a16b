import { accessSync, constants, existsSync, readdirSync, readFileSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RULE_KINDS, type RuleKind } from '../../core/rules/rule-forms.js';
import { lookAtDatabase } from '../../node/rules/database-look.js';
import { RuleStoreError, SqliteUnavailableError } from '../../node/rules/sqlite.js';
import { openWorkspaces } from '../../node/truth/workspace-index.js';
import type { Config } from '../config.js';
import { ownFiles } from '../proxy-settings.js';
import { type Finding, finding } from './finding.js';

/** A folder of work has one of these at its top. */
const PROJECT = /^(?:\.git|\.hg|\.svn|package\.json|pyproject\.toml|setup\.py|requirements\.txt|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|Gemfile|mix\.exs|deno\.jsonc?|CMakeLists\.txt|Makefile|.*\.(?:sln|csproj|cabal))$/;
/** The index of a slow disk is not waited for longer; what was seen until then is told. */
const INDEX_MS = 20_000;
/** Below this a day of logs may not fit. */
const LITTLE_SPACE = 100 * 2 ** 20;
const MALFORMED_SHOWN = 5;
/** What `npm start` in a clone takes for the workspace, unless another is named. */
const OWN_FOLDER = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** The folders whose files are true. */
export async function checkWorkspaces(config: Config): Promise<readonly Finding[]> {
  const { workspaces } = config;
  if (workspaces === 'none') return [finding('workspace', 'note', 'no workspace: paths are not checked', 'name your project with --workspace DIR')];
  const doubts = workspaces.flatMap(doubtsOf);
  const heard: string[] = [];
  const index = openWorkspaces(workspaces, { exclude: ownFiles(config, workspaces), onMessage: (message) => heard.push(message) });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => { timer = setTimeout(resolve, INDEX_MS, true); });
  const slow = await Promise.race([index.ready.then(() => false), late]);
  clearTimeout(timer);
  const counted = index.folders.filter(({ state }) => state === 'ready' || state === 'building').map(({ root, files }) => countOf(root, files, slow));
  index.close();
  // A folder that is not there is told of once.
  const said = heard.filter((message) => !message.includes(' is not there:')).map((message) => finding('workspace', 'warning', message, remedyOf(message)));
  return [...counted, ...doubts, ...said];
}

function countOf(root: string, files: number, slow: boolean): Finding {
  if (slow) return finding('workspace', 'warning', `${root}: ${files} files so far, and its index is not complete after ${INDEX_MS / 1_000} s`, 'until it is complete no path is corrected; a smaller folder, or more lines in .gitignore, make it quicker');
  if (files === 0) return finding('workspace', 'warning', `${root} has no file that could be suggested: it is empty, or git ignores everything in it`, 'is this the folder your model works in? name it with --workspace DIR');
  return finding('workspace', 'ok', `${root}: ${files} files`);
}

function doubtsOf(root: string): readonly Finding[] {
  const stat = existsSync(root) ? statSync(root) : undefined;
  if (stat === undefined) return [finding('workspace', 'warning', `${root} does not exist, so nothing is known of its paths until it does`, 'check --workspace for a slip')];
  if (!stat.isDirectory()) return [finding('workspace', 'warning', `${root} is no folder, so nothing is known of its paths`, 'name the folder it is in')];
  let names: string[];
  try {
    names = readdirSync(root);
  } catch (error) {
    return [finding('workspace', 'warning', `${root} cannot be read: ${(error as Error).message}`, 'give this user the right to read it, or name another folder')];
  }
  if (root === parse(root).root || root === homedir()) return [finding('workspace', 'warning', `${root} is ${root === homedir() ? 'your home folder' : 'the whole disk'}: what lies anywhere in it counts as a file of your project`, 'name the project itself with --workspace DIR')];
  if (realpathSync(root) === OWN_FOLDER && names.includes('src')) return [finding('workspace', 'warning', `${root} is hotpatch's own folder: paths of your project are unknown in it`, 'name your project with --workspace DIR')];
  if (names.length > 0 && !names.some((name) => PROJECT.test(name))) return [finding('workspace', 'note', `${root} does not look like the top of a project (no .git, package.json, pyproject.toml or the like)`, 'if your project is another folder, name it with --workspace DIR')];
  return [];
}

function remedyOf(message: string): string {
  if (/\b(?:ENOSPC|EMFILE)\b/.test(message)) {
    const limit = watchLimit();
    return `the system's limit of watches is reached${limit === null ? '' : ` (fs.inotify.max_user_watches = ${limit})`}: sudo sysctl fs.inotify.max_user_watches=524288`;
  }
  return 'changes are then seen a little later, or not at all where nothing is known of the folder';
}

function watchLimit(): string | null {
  try {
    return readFileSync('/proc/sys/fs/inotify/max_user_watches', 'latin1').trim();
  } catch {
    return null;
  }
}

/** The database of rules, and that of behavior patches where it is another. They are looked at without a trace, and not made. */
export function checkDatabase({ db, patchesDb, limits }: Config): readonly Finding[] {
  return db === patchesDb ? lookAt(db, RULE_KINDS, limits) : [...lookAt(db, ['pattern', 'fact'], limits), ...lookAt(patchesDb, ['patch'], limits)];
}

function lookAt(db: string, kinds: readonly RuleKind[], limits: Config['limits']): readonly Finding[] {
  if (db === 'none') return [finding('database', 'note', kinds.includes('pattern') ? 'no database: there are no rules, and corrections go to the log files only' : 'no database of behavior patches: there are none')];
  try {
    const { patterns, facts, patches, faults } = lookAtDatabase(db, kinds, limits);
    const wrong = faults.slice(0, MALFORMED_SHOWN).map(({ id, message }) => finding('database', 'warning', `rule ${id} is left out: ${message}`, `hotpatch rules remove ${id}, or repair it`));
    const more = faults.length - wrong.length;
    return [
      finding('database', 'ok', `${db}: ${patterns} patterns, ${facts} facts, ${patches} patches`),
      ...wrong, ...(more > 0 ? [finding('database', 'warning', `${more} more rules are left out`, 'hotpatch rules list names them')] : []),
      ...(isWritable(db) && isWritable(dirname(db)) ? [] : [finding('database', 'warning', `${db} cannot be written by this user: rules are read, corrections are not recorded in it`, `give this user the right to write ${dirname(db)}`)]),
    ];
  } catch (error) {
    if (error instanceof SqliteUnavailableError) return [finding('database', 'warning', error.message.split('; ')[0] ?? error.message, 'npm rebuild better-sqlite3, with a C++ toolchain; until then only the built-in rules are in force')];
    if (!(error instanceof RuleStoreError)) throw error;
    if (error.code === 'E_DB_MISSING') return [missing(db, 'database', 'there is no database yet: the first start makes')];
    return [finding('database', 'error', error.message, 'no rule is in force until it can be read: move the file away, or name another with --db')];
  }
}

/** Where the audit trail goes. */
export function checkLogs({ logDir, correctionsFile, navigationFile }: Config): readonly Finding[] {
  const stat = existsSync(logDir) ? statSync(logDir) : undefined;
  if (stat === undefined) return [missing(logDir, 'logs', 'no logs yet: the first correction makes'), ...spaceAt(nearest(logDir))];
  if (!stat.isDirectory()) return [finding('logs', 'error', `${logDir} is no folder, so nothing is logged`, 'name another with --log-dir')];
  if (!isWritable(logDir)) return [finding('logs', 'error', `${logDir} cannot be written by this user, so nothing is logged`, 'give this user the right, or name another with --log-dir')];
  const odd = [correctionsFile, navigationFile].filter((file) => existsSync(file) && (!isWritable(file) || statSync(file).isDirectory()));
  if (odd.length > 0) return odd.map((file) => finding('logs', 'error', `${file} ${statSync(file).isDirectory() ? 'is a folder' : 'cannot be written by this user'}, so nothing is logged in it`, 'repair that, or name another folder with --log-dir'));
  return [finding('logs', 'ok', `${logDir} can be written`), ...spaceAt(logDir)];
}

/** What is not there yet, and whether it could be made. */
function missing(path: string, check: string, why: string): Finding {
  const remedy = `name another place with ${check === 'logs' ? '--log-dir' : '--db'}`;
  const above = nearest(path);
  const where = `${path} does not exist and cannot be made`;
  if (!statSync(above).isDirectory()) return finding(check, 'error', `${where}: ${above} is no folder`, remedy);
  if (isWritable(above)) return finding(check, 'ok', `${why} ${path}`);
  return finding(check, 'error', `${where}: ${above} cannot be written by this user`, `give this user the right, or ${remedy}`);
}

/** The lowest on the way to `path` that exists. */
function nearest(path: string): string {
  let at = dirname(path);
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at);
  return at;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function spaceAt(folder: string): readonly Finding[] {
  const { bavail, bsize } = statfsSync(join(folder));
  const free = bavail * bsize;
  return free >= LITTLE_SPACE ? [] : [finding('logs', 'warning', `the disk of ${folder} has only ${Math.floor(free / 2 ** 20)} MB left`, 'make room: what cannot be written is dropped and counted, answers go on')];
}
