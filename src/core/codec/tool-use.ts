import type { Tool, ToolParameter } from '../truth/request-tools.js';
import type { ChannelKind } from '../types.js';
import type { ValuePlace } from './value-channel.js';

/** Which values of a tool call name a file, and whether the tool looks at it or changes it. */

/** `edit`: what it does stands in its argument `command`. */
export type ToolUse = 'read' | 'write' | 'edit';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const WRITING = words(
  'write create edit edits multiedit update modify change append insert apply patch replace delete remove unlink rm move mv rename copy cp save mkdir touch put set add make ' +
    'generate overwrite upload download restore revert undo redo commit format fix refactor rewrite scaffold store export import init rollback truncate chmod link symlink',
);
/** What runs, asks the net, or works on something else than the files here. */
const FOREIGN = words(
  'bash shell sh zsh powershell execute exec run command cmd terminal process python node eval script subprocess task agent delegate web http https url browser page screenshot navigate ' +
    'click sql query database db api github gitlab bitbucket gist jira slack notion s3 bucket cloud drive gcs azure docker kubernetes k8s container registry npm pypi memory email mail calendar issue issues ' +
    'git diff blame log commit commits branch pr pull request webhook prompt resource resources',
);
const READING = words('read view open cat ls stat head tail tree grep rg ripgrep glob list outline peek inspect less');
/** These read much else, too: only with a word for files beside them, or a key that says it. */
const ASKING = words('get show find fetch load display lookup check exists exist info describe summarize analyze parse search');
const NOUNS = words('file files dir dirs directory directories folder folders path paths content contents source code tree symbol symbols definition definitions lines document codebase workspace project');
/** Verbs written without a seam: `readfile`, `listdir`. */
const JOINED = /^(read|view|open|list|get|find|search|show|stat|write|create|edit|delete|remove|move|rename|copy)(?:text)?(?:file|dir|folder|director|path)/;
/** Tools of one name and many commands. */
const EDITORS = /str_?replace_(?:based_)?edit|^text_?editor|^editor$/i;
const EDITOR_READS = words('view read open show cat list ls');
/** A file of somewhere else: what has these arguments reads no workspace. */
const ELSEWHERE = words('owner repo repository bucket url uri host hostname endpoint server project_id projectid server_name tool_name container database');

/** Names of arguments, in lower case without `_` and `-`. */
const KEYS = words(
  'path paths file files filename filenames filepath filepaths targetfile targetfiles oldpath sourcepath sourcefile sourcefiles source src notebookpath imagepath cwd workdir workingdirectory ' +
    'dir dirs dirpath directory directories directorypath folder folders folderpath relativepath relativepaths relativeworkspacepath absolutepath absolutepaths abspath ' +
    'targetdirectory targetdirectories basepath searchpath searchdirectory rootpath projectpath inputpath inputfile documentpath configpath filespath',
);
/** Of these no tool has anything but files. */
const PLAIN_KEYS = words('file files filename filenames filepath filepaths targetfile targetfiles dir dirs directory directories dirpath directorypath folder folders folderpath notebookpath relativeworkspacepath absolutepath searchdirectory targetdirectories');
/** Whatever a schema says of them: bodies, patches, searches, commands, addresses, and places yet to be made. */
const NEVER = words(
  'content contents text body data patch diff oldstring newstring oldstr newstr oldtext newtext search replace replacement command cmd script code query pattern patterns regex regexp glob globs include ' +
    'includes exclude excludes url uri message prompt input instruction instructions description explanation edits newpath newname newfile destination dest destinationpath targetpath target to outputpath outputfile',
);
/** What may stand around such a name: `files[].path`. */
const CONTAINERS = words('files file paths reads items targets requests operations args params arguments input edits changes documents filepaths');

const OF_FILES = /\b(?:files?|director(?:y|ies)|folders?)\b/i;
const NAMES_FILE = /\b(?:files?|director(?:y|ies)|folders?)[- ]?(?:paths?|names?)\b|\bpaths? (?:to|of|for) (?:the |a |an |which )?(?:\w+ ){0,2}(?:files?|director(?:y|ies)|folders?)\b|\b(?:absolute|relative) (?:file ?)?paths?\b|\bnames? of (?:the |a )?files?\b/i;
const NAMES_ELSE = /\b(?:urls?|uris?|globs?|regex(?:es)?|regular expressions?|patterns?|xpath|json ?path|endpoints?|routes?|queries|query|commands?|patch(?:es)?|diffs?)\b/i;
const FILE_FORMAT = /^(?:file-?)?path$|^(?:directory|folder)-?path$/i;
const DOES_READ = /^\W*(?:this tool |use this (?:tool )?to |used to |a tool (?:to|that|for) )?(?:reads?|reading|views?|opens?|lists?|listing|shows?|displays?|gets?|returns?|retrieves?|prints?|searche?s?|finds?|loads?|inspects?|looks? at)\b/i;
const DOES_WRITE = /\b(?:writes?|writing|creates?|creating|edits?|editing|modif(?:y|ies)|deletes?|removes?|renames?|moves?|replaces?|overwrites?|appends?|inserts?|execut\w+|runs?|commands?)\b/i;

/** What a tool does to the files its arguments name; null: nothing is known. Of writing and reading, writing counts. */
export function toolUse(name: string, tool: Tool | undefined): ToolUse | null {
  if (EDITORS.test(name)) return 'edit';
  if (tool !== undefined && [...tool.parameters.keys()].some((key) => ELSEWHERE.has(key.toLowerCase()))) return null;
  const parts = partsOf(name);
  const joined = parts.map((part) => JOINED.exec(part)?.[1] ?? '');
  const verbs = [...parts, ...joined];
  if (verbs.some((part) => WRITING.has(part))) return 'write';
  if (parts.some((part) => FOREIGN.has(part))) return null;
  if (verbs.some((part) => READING.has(part))) return 'read';
  if (verbs.some((part) => ASKING.has(part)) && (joined.some((verb) => verb !== '') || parts.some((part) => NOUNS.has(part)))) return 'read';
  const description = tool?.description.split(/[.\n]/, 1)[0] ?? '';
  return DOES_READ.test(description) && OF_FILES.test(description) && !DOES_WRITE.test(description) ? 'read' : null;
}

/** Like `toolUse`, of verbs that read much else than files: only a key that cannot mean anything else makes them certain. */
function asks(name: string): boolean {
  const parts = partsOf(name);
  return parts.some((part) => ASKING.has(part)) && !parts.some((part) => FOREIGN.has(part) || WRITING.has(part));
}

function partsOf(name: string): string[] {
  return name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).map((part) => part.toLowerCase());
}

/** As what a value of a call is to be read; null: it is none of ours. */
export function argumentKind(name: string, tool: Tool | undefined, { path, names, command }: ValuePlace): ChannelKind | null {
  const key = lastName(path);
  if (key === null || !surroundingsFit(path)) return null;
  const plain = plainKey(key);
  if (NEVER.has(plain) || names.some((one) => ELSEWHERE.has(one.toLowerCase()))) return null;
  const parameter = tool?.parameters.get(typeof path[0] === 'string' ? path[0] : '');
  if (!(KEYS.has(plain) ? staysKey(path, parameter) : becomesKey(path, parameter))) return null;
  let use = toolUse(name, tool);
  if (use === null && PLAIN_KEYS.has(plain) && asks(name)) use = 'read';
  if (use === 'edit') use = command !== null && EDITOR_READS.has(command) ? 'read' : 'write';
  return use === null ? null : use === 'read' ? 'read_path' : 'written_path';
}

function plainKey(key: string): string {
  return key.replace(/[_-]/g, '').toLowerCase();
}

function lastName(path: ValuePlace['path']): string | null {
  const name = path.findLast((part) => typeof part === 'string');
  // A list in a list names no files.
  return name !== undefined && path.length - path.lastIndexOf(name) <= 2 ? name : null;
}

function surroundingsFit(path: ValuePlace['path']): boolean {
  const names = path.filter((part) => typeof part === 'string');
  return names.length <= 3 && names.slice(0, -1).every((name) => CONTAINERS.has(plainKey(name)));
}

/** A name from the table counts unless the schema says that it means something else. */
function staysKey(path: ValuePlace['path'], parameter: ToolParameter | undefined): boolean {
  if (parameter === undefined || path.length > 2) return true;
  return !NAMES_ELSE.test(parameter.description) || OF_FILES.test(parameter.description);
}

/** Another name counts where the schema says that it is a path of files. */
function becomesKey(path: ValuePlace['path'], parameter: ToolParameter | undefined): boolean {
  if (parameter === undefined || !parameter.isText || path.length > 2 || (path.length === 2 && typeof path[1] !== 'number')) return false;
  if (FILE_FORMAT.test(parameter.format)) return true;
  return NAMES_FILE.test(parameter.description) && !NAMES_ELSE.test(parameter.description);
}
