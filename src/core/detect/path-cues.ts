/** What the words around a path say of it: that it is to be made, that it is absent, that it is only an example. */
import { tongueIntent } from './path-tongues.js';

/** Where a mention stands. */
export interface Surroundings {
  /** Up to `LOOK_BACK` units before the mention, across lines. */
  readonly before: string;
  /** The rest of its line, or as much as was waited for. */
  readonly after: string;
  /** Inside a fenced block: its info string; null: prose. */
  readonly fence: string | null;
  /** What stood before the fence that holds the mention; empty in prose. */
  readonly lead: string;
  /** The mention stands in the first line of its fence. */
  readonly header: boolean;
  /** Straight behind a quote, backtick or bracket. */
  readonly delimited: boolean;
}

export const LOOK_BACK = 240;
export const LOOK_AHEAD = 96;

/** Of the words around a path: nothing, that it is being made or unmade or denied somewhere near, or in so many words. */
export type Intent = 'none' | 'near' | 'plain';

const MAKING = 'creat(?:e|es|ed|ing)|generat(?:e|es|ed|ing)|scaffold(?:s|ed|ing)?|renam(?:e|es|ed|ing)|mov(?:e|es|ed|ing)|delet(?:e|es|ed|ing)|remov(?:e|es|ed|ing)'
  + '|touch|mkdir|writ(?:e|es|ing)|wrote|written|sav(?:e|es|ed|ing)|add(?:s|ed|ing)?|introduc(?:e|es|ed|ing)|extract(?:s|ed|ing)?|split(?:s|ting)?|output(?:s|ted)?|export(?:s|ed|ing)?'
  + '|cop(?:y|ies|ied|ying)|emit(?:s|ted)?|produc(?:e|es|ed|ing)|migrat(?:e|es|ed|ing)|consolidat(?:e|es|ed|ing)|merg(?:e|es|ed|ing)|convert(?:s|ed|ing)?|put|plac(?:e|ed|ing)|stor(?:e|es|ed)|drop(?:s|ped)?|initiali[sz]e[sd]?';
const NAMING = 'called|named|new|proposed|suggested|planned|future|upcoming';
const DENYING = 'no|not|never|without|missing|absent|lacks?|nonexistent|non-existent|unlike|instead of|rather than|formerly|previously|used to|legacy|old|obsolete|deprecated|wrong|incorrect|typo|isn\'t|doesn\'t|don\'t have|didn\'t|couldn\'t|cannot find|can\'t find|fails? to find|hypothetical|imagine|suppose|assum(?:e|es|ing)';
const EXEMPLARY = 'e\\.g\\.?|for example|for instance|such as|example|sample|like|similar(?: to)?|would|could|might|should be|will be|will|may|if you|if your|your|you can|you could|let\'s|optional(?:ly)?'
  + '|implement(?:s|ing)?|build(?:s|ing)?|set(?:ting)? up|bootstrap\\p{L}*|stub\\p{L}*|paste[sd]?|symlink\\p{L}*|replac(?:e|es|ed|ing)|needs?|want|plan(?:s|ned)?|typically|usually|by convention|start with|own (?:file|module|folder)|separate (?:file|module|folder)|refactor(?:ed|ing)? (?:it|this|that|them)';

/** What an agent says it has just done: it knows its own files better than an index that may be behind. */
const DOING = 'updated|linked|modified|refactored|implemented|wired|registered|rewrote|rewritten|fixed|committed|untracked|staged|unstaged|uncommitted';

const words = (list: string): RegExp => new RegExp(`(?:^|[^\\p{L}-])(?:${list})(?=[^\\p{L}-]|$)`, 'giu');
const MAKES = words(`${MAKING}|${NAMING}|${EXEMPLARY}`);
const DENIES = words(`${DENYING}|${DOING}`);
const DOES = words(`(?:layout|structure)|${MAKING}|${NAMING}|${EXEMPLARY}|untracked|staged|unstaged|uncommitted`);
/** A denial further off than this is about something else. */
const DENIAL_REACH = 48;
const STRONG = words(`${MAKING}|${NAMING}|formerly|previously|wrong|incorrect|typo`);
/** Straight before the mention: it is not there, or not the one. */
const DENIED = /(?:^|[^\p{L}-])(?:no|not|without|missing|instead of|rather than|nonexistent|non-existent|isn't|isn’t)(?:\s+(?:an?|the|any|such|file|files|folder|directory|module|path|called|named|in|at|using|use|from|to|longer|have|with))*\s*[`"'*([_]*$/iu;
/** Straight before the mention: it is where something goes, and comes to be by that. */
const DESTINATION = /(?:^|[^\p{L}-])(?:renam|mov|copi|copy|sav|writ|wrote|extract|convert|export|output|emit|generat)\p{L}*(?:\s[^\s.;]+){0,5}?\s(?:to|into|as)[\s`"'*([_]*$/iu;
/** Straight before the mention: it is where something was before. */
const ORIGIN = /(?:^|[^\p{L}-])(?:renam|mov|migrat|port)(?:ed|ing)\s(?:[^\s.;]+\s){0,3}?from[\s`"'*([_]*$/iu;
/** Straight before the mention: one of its kind, an example, an arrow, or a task that is open. */
const LOOSELY = /(?:^|[^\p{L}-])an?[\s`"'*([_]*$|(?:^|[^\p{L}-])[ei]\.\s?[eg]\.,?[\s`"'*([_]*$|(?:→|->|=>|⇒|➜)[\s`"'*([_]*$|^\s*(?:[-*+]|\d+[.)])\s+\[ \]/iu;
/** A program says that what it was to open is not there. */
const REFUSED = /\bENOENT\b|no such file|file not found|module not found|cannot find module|could not find/i;
const LINK_TEXT = /!?\[[^\]\n]*\]\($/;
/** Straight before the mention: a place that something comes from, or is looked at. */
const FROM_THERE = /(?:^|[^\p{L}-])(?:from|of|via|under|see|edit|open|check|run|read|defined in|located (?:at|in)|lives in|implemented in|found in|specified in|declared in|configured in|stored in)[\s`"'*([_]*$/iu;
const IN_THERE = /(?:^|[^\p{L}-])(?:in|inside|within|at|to|into)[\s`"'*([_]*$/iu;
const COMES_INTO = words('creat(?:e|es|ed|ing)|add(?:s|ed|ing)?|generat(?:e|es|ed|ing)|writ(?:e|es|ing)|wrote|written|sav(?:e|es|ed|ing)|mov(?:e|es|ed|ing)|extract(?:s|ed|ing)?|put|plac(?:e|ed|ing)|stor(?:e|es)|scaffold(?:s|ed|ing)?'
  + '|introduc(?:e|es|ed|ing)|emit(?:s|ted)?|output(?:s|ted)?|export(?:s|ed|ing)?|cop(?:y|ies|ied|ying)|renam(?:e|es|ed|ing)|convert(?:s|ed|ing)?|split(?:s|ting)?|migrat(?:e|es|ed|ing)|linked|wired|registered|(?:would|will|should|could|to) (?:be|live|go|sit|reside)|should|goes|go|belongs?|paste[sd]?|previously|formerly|used to');
/** What is added to a file that is there. */
const PART_OF_FILE = /(?:^|[^\p{L}-])(?:entry|entries|import|imports|lines?|keys?|mappings?|fields?|rows?|comments?|flags?|options?|guard|checks?|links?|references?|dependency|dependencies|columns?|enum|array|list|table|property|properties|case|config|setting|settings|section|types?|names?|index|call|argument|parameter|variable|constant|value)(?=[^\p{L}-]|$)/iu;
/** A label that names the file it is about: what was done to it comes behind. */
const LABELLED = /^[\s#>*+-]*(?:\d+[.)]\s+)?\**(?:File|Path|Location|Filename|Source|Updated|Modified|Changed|Edited|Edit|Update|Where)\**:\**[\s`"'*([_]*$/i;
/** What is created in a place is named this near before it. */
const MAKING_REACH = 64;
const PREPOSITION = /(?:^|[^\p{L}-])(?:in|inside|into|within|from|using|via|with|by|see|per|under|against|of|on|and|then|to|at|edit|update|open|check|run|for|located)[\s`"'*([\]_]*$/iu;
const BEHIND = /^[`"'*_)\]]*(?:,?\s+(?:which|that|but it))?\s*(?:(?:[:—–-]\s*)?(?:created|added|deleted|removed|renamed)\b|\(?(?:[^.\n]{0,24}\s)?(?:new|to be created|will be|would be|would live|is missing|is absent|not found|no such)\b|(?:file |folder |directory |module |script )?(?:does not|doesn['’]t|did not|didn['’]t|do not|don['’]t|is not|isn['’]t|was not|wasn['’]t|no longer|never|was removed|was deleted|has been removed|were removed|cannot be found|can['’]t be found|can be created|can be added|could be|should be created|should be added|needs to be created|must be created|gets created|is created|are created|is generated|was created|were created|was added|has been created|has been added|were added|will|would|→ ?new)\b)/iu;

/** Straight before the mention: whether it is there is left open. */
const CONDITION = /(?:^|[^\p{L}-])(?:if|whether|unless|in case|once|when|wenn|falls|sobald|si|se|если|если есть)(?:\s+(?:an?|the|there is|there's|your|you have|it finds))*(?:\s+(?:file|files|folder|directory|datei|fichier|archivo|файл))*\s*[`"'*([_]*$/iu;
/** Another project's: named so before it, by a package with its version, or behind it. */
const OTHERS = /(?:^|[^\p{L}-])(?:(?:another|other|different|separate|upstream|external|third-party|sibling|sister)\s+(?:[\p{L}-]+\s+)?(?:repo|repository|project|package|codebase|library|monorepo)|in (?:upstream|Linux|the Linux kernel))(?=[^\p{L}-])|[\w-]@v?\d[\w.-]*[`"')*]*[\s:,(]*[`"'*]*$/iu;
const OTHERS_BEHIND = /^[`"'*_)\]]*(?::\d+)?[`"'*_)\]]*\s+(?:in|from|of|inside)\s+(?:the\s+)?(?:[A-Z][\w.-]*|@?[\w-]+\/[\w-]+|`[^`\n]+`)(?:\s+[A-Z][\w.-]*)?(?:'s)?\s+(?:repo|repository|sources?|source tree|codebase|SDK|package|library|kernel|project)\b/u;

function isElsewhere(own: string, after: string): boolean {
  return OTHERS.test(own) || OTHERS_BEHIND.test(after);
}

/** A shell command whose arguments come into being or go. */
const SHELL_MAKING = /(?:^|[\s;&|$>%#(])(?:touch|mkdir|cp|mv|rm|rmdir|unlink|tee|ln|install|scp|rsync|unzip|tar|curl|wget|git (?:clone|mv|rm|checkout -b|switch -c|worktree)|nano|vim?|code|echo|cat\s*(?:<<|>)|npx create-|new-item)\b|>{1,2}\s*["']?$|(?:\s|^)(?:-o|--out(?:put)?(?:-file|-dir|file)?|--dest|--target)[ =]["']?$/i;
const GIT_WORD = /(?:^|[\s`$])git\s+(?:push|checkout|switch|merge|rebase|branch|fetch|pull|reset|log|diff|cherry-pick|worktree|clone|show|add|mv|rm|stash|commit|status|restore)\b|\b(?:create|delete) mode \d{6}|^(?:\s*(?:new file|deleted|renamed|modified|both modified|rename from|rename to|copied):)|^ ?(?:[ADRC]{1,2}\d*|\?\?)[ \t]+$/i;
const IMPORT_LINE = /^\s*(?:[+>|*-]\s+)?(?:import\b|export\b.*\bfrom\b|from\s+["'\w.]+\s+import\b|#\s*include\b|#import\b|using\s|require\b|@(?:import|use|forward)\b|use\s|extern\s|mod\s|package\s|load\(|source\s|\}\s*from\b|(?:const|let|var)\b.*(?:require|import)\()|\b(?:require|import|vi\.mock|jest\.mock|include|require_once|include_once|require_relative|loadScript|importScripts)\s*\(?\s*["'`]$|\bfrom\s+["']$/;

const DIFF_HEAD = /^\s*(?:---|\+\+\+|diff --git|Index:|\*\*\*)\s/;

/** The sentence a mention ends, cut out of what stands before it. */
function sentence(before: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const stop = Math.max(line.lastIndexOf('. '), line.lastIndexOf('! '), line.lastIndexOf('? '), line.lastIndexOf('; '), line.lastIndexOf('| '));
  return stop < 0 ? line : line.slice(stop + 1);
}

export function lineBefore(before: string): string {
  return before.slice(before.lastIndexOf('\n') + 1);
}

function lastCue(text: string, cues: RegExp): number {
  cues.lastIndex = 0;
  let end = -1;
  for (let match = cues.exec(text); match !== null; match = cues.exec(text)) end = match.index + match[0].length;
  return end;
}

/** What the text says of a path in prose, or in the prose before its fence. */
export function intentOf(place: Surroundings): Intent {
  if (BEHIND.test(place.after)) return 'plain';
  const own = (place.fence === null || place.delimited || place.header ? sentence(place.before) : lineBefore(place.before)).replace(LINK_TEXT, '(');
  if (DENIED.test(own) || DESTINATION.test(own) || isElsewhere(own, place.after) || CONDITION.test(own) || ORIGIN.test(own) || REFUSED.test(own)) return 'plain';
  const tongue = tongueIntent(own, place.after);
  if (tongue === 'plain') return tongue;
  const strong = lastCue(own, STRONG);
  if (strong >= 0 && !PREPOSITION.test(own.slice(strong))) return 'plain';
  if (LOOSELY.test(own) || LOOSELY.test(lineBefore(place.before))) return 'near';
  if (FROM_THERE.test(own)) return 'none';
  if (IN_THERE.test(own)) {
    const reach = own.slice(-MAKING_REACH);
    const cue = lastCue(reach, COMES_INTO);
    return cue >= 0 && !PART_OF_FILE.test(reach.slice(cue)) ? 'near' : 'none';
  }
  if (LABELLED.test(own)) return 'none';
  if (lastCue(own, MAKES) >= 0 || lastCue(own.slice(-DENIAL_REACH), DENIES) >= 0) return 'near';
  if (tongue === 'near') return tongue;
  const listed = place.fence !== null && isShellFence(place.fence) && lineBefore(place.before).trim() === '';
  const around = place.header || listed ? lastLines(place.lead) : headed(place.before);
  const cue = lastCue(around, DOES);
  if (cue >= 0 && !/\s(?:to|in|into)\s/i.test(around.slice(cue))) return 'near';
  return 'none';
}

/** For an item of a list or a line of its own: the line above that introduces it. */
function headed(before: string): string {
  const own = lineBefore(before);
  if (!/^\s*(?:[-*+•]|\d+[.)]|#{1,6}|\||\*\*)?[\s\w*:`"'([|-]{0,24}$/.test(own)) return '';
  return lastLines(before.slice(0, before.length - own.length));
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  // The lines of the list above it introduce nothing; the line that ends in a colon or is a heading does.
  for (let at = lines.length - 1; at >= Math.max(0, lines.length - 6); at -= 1) {
    const line = (lines[at] as string).trim();
    if (line === '') continue;
    if (/:\**$|^#{1,6}\s|^\*\*/.test(line)) return line;
    if (!/^(?:[-*+•|]|\d+[.)])/.test(line)) return line;
  }
  return '';
}

export function isShellMaking(line: string): boolean {
  return SHELL_MAKING.test(line);
}

export function isGitLine(line: string): boolean {
  return GIT_WORD.test(line);
}

/** The head of a unified diff, where `a/` and `b/` stand for the two sides. */
export function isDiffHead(line: string): boolean {
  return DIFF_HEAD.test(line);
}

export function isImportLine(line: string): boolean {
  return IMPORT_LINE.test(line);
}

const SHELL_INFO = new Set(['', 'sh', 'bash', 'shell', 'zsh', 'console', 'terminal', 'shell-session', 'shellsession', 'cmd', 'powershell', 'ps1', 'fish', 'text', 'txt', 'plaintext', 'plain', 'log', 'output', 'bat']);
const EDIT_INFO = new Set(['diff', 'patch', 'udiff', 'git']);

export function isShellFence(info: string): boolean {
  return SHELL_INFO.has(language(info));
}

export function isEditFence(info: string): boolean {
  return EDIT_INFO.has(language(info));
}

function language(info: string): string {
  return (/^[^\s{:,]*/.exec(info.trim())?.[0] ?? '').toLowerCase();
}

/** A listing drawn with lines, whose names are relative to the folder above. */
export function isTreeLine(line: string): boolean {
  return /[├└│]|^\s*(?:\|\s*)*(?:\|--|\+--|`--|\\--)/.test(line);
}

/** What a program, not the answer, says: a stack trace, a log line, a compiler's message. */
export function isTrace(line: string): boolean {
  return /^\s*at\s|^\s*File\s"|^\s*from\s\S+:\d+|\bnpm ERR!|^\s*(?:Traceback|error|warning)\b|^>>>\s|^[-dl][rwx-]{9}/.test(line);
}
