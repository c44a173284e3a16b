import { FORMAT_NAMES, MIME_TYPES } from '../truth/facts-mime.js';
import type { Claim, FactWindow } from './fact-window.js';

const EXTENSION = String.raw`[\x60"'*]{0,3}(?:\*?\.)?(?<ext>JavaScript|WebAssembly|Markdown|[Pp]lain text|[A-Za-z0-9]{2,5})[\x60"'*]{0,3}`;
const TYPE = String.raw`(?:(?:MIME|media|Internet media)[ -]?type|content[ -]?type(?: header)?)`;
const NOUNS = '(?:files?|documents?|data|images?|fonts?|content|format|archives?|modules?|text|extension)';
const KIND = String.raw`(?: ${NOUNS})?`;
const SERVED = '(?:served|sent|delivered|returned|transferred)';
const ADJECTIVE = '(?:(?:correct|official|standard|registered|proper|right) )?';
/** How a sentence gives an extension its media type; the value follows. */
const LINKS: readonly RegExp[] = [
  new RegExp(String.raw`\b${TYPE}s? (?:for|of)(?: an?| the)? ${EXTENSION}${KIND} (?:is|are|=|:|should be|must be|has to be)(?: the)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION}(?:['’]s)?${KIND}['’]?s? ${TYPE},? ?(?:is|=|:)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION}${KIND} (?:have|has|uses?|are served (?:as|with)|is served (?:as|with)|should be served (?:as|with)|must be served (?:as|with)|with)(?: the| a)?(?: (?:correct|official|standard|registered|proper))? ${TYPE}:?(?: of)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])[\x60"'*]{0,3}\.(?<ext>[A-Za-z0-9]{2,5})[\x60"'*]{0,3}${KIND} with [\x60"'*]{0,3}Content-Type[\x60"'*]{0,3}:? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION} (?:files?|documents?|data|images?|fonts?|archives?|modules?) (?:use|are|should be|must be|have to be)(?: ${SERVED} (?:as|with)| labell?ed)?(?: the| an?)?(?: ${TYPE})?(?: of)? [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])[\x60"'*]{0,3}\.(?<ext>[A-Za-z0-9]{2,5})[\x60"'*]{0,3}${KIND} ?(?:→|->|=>|:|\||=|(?:are|is|should be|must be) (?:served|sent|delivered) (?:as|with)|are|is) ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`\bFor ${EXTENSION}${KIND},? (?:the )?${ADJECTIVE}${TYPE} (?:is|should be|must be) [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`\b[Ww]hen (?:serving|sending|returning|delivering) ${EXTENSION}${KIND}, (?:set|use) the [\x60"'*]{0,3}${TYPE}[\x60"'*]{0,3}(?: header)?(?: to| as)? [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])[\x60"'*]{0,3}\.(?<ext>[A-Za-z0-9]{2,5})[\x60"'*]{0,3}${KIND} (?:maps|corresponds|is mapped) to (?:the )?(?:${TYPE} )?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION} ${NOUNS} (?:has|have) to be ${SERVED} (?:as|with) [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION}${KIND}(?::| ?\() ?${TYPE}:? [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`^\s*(?:[-*•]|\|) ?[\x60"'*]{0,3}(?:\.)?(?<ext>[A-Z][A-Z0-9]{1,4})[\x60"'*]{0,3}(?: files?)? ?(?:→|->|:|\||=) ?[\x60"'*]{0,3}$`),
];
/** What may stand before a type whose extension follows: `Use text/css for .css files`. */
const USED = /(?:^|[\s(])(?:[Uu]se|[Ee]xpects?)(?: the)?(?: (?:MIME|media|content) type)? [`"'*]{0,3}$/;
const NAME = String.raw`[\x60"'*]{0,3}(?:\*?\.)?(?<ext>JavaScript|WebAssembly|Markdown|[A-Za-z0-9]{2,5})[\x60"'*]{0,3}`;
const ENDS = String.raw`(?=[.,;:)]|$)`;
/** How a sentence gives a media type its extension behind it. */
const TYPE_FIRST = new RegExp(String.raw`^[\x60"'*]{0,3}(?: (?:is|=|–|—|-)|:) (?:the )?${ADJECTIVE}${TYPE} (?:for|of)(?: an?| the)? ${NAME}${KIND}${ENDS}`, 'i');
const USED_FOR = new RegExp(String.raw`^[\x60"'*]{0,3} for(?: the)? (?:(?=[\x60"'*]{0,3}\*?\.)${NAME.replace('<ext>', '<dotted>')}${KIND}|${NAME} (?:files?|documents?|images?|fonts?))${ENDS}`, 'i');
/** `the MIME type text/html is used for JSON files`, `image/png: the MIME type for GIF images`. */
const NAMED = new RegExp(String.raw`\b${TYPE} [\x60"'*]{0,3}$`, 'i');
const IS_USED = new RegExp(String.raw`^[\x60"'*]{0,3} is (?:used|registered|meant) (?:for|by)(?: the)? ${NAME}${KIND}${ENDS}`, 'i');
const MEDIA_TYPE = /^(?:application|text|image|audio|video|font)\/[a-z0-9][a-z0-9.+-]{0,80}/;
const TOP = ['application/', 'text/', 'image/', 'audio/', 'video/', 'font/'] as const;
const DENIED = /\b(?:not|never|n['’]t|instead|wrong|incorrect|rather|unlike|custom|if|no longer|convert\w*|previously|formerly)\b/i;
/** Served where nothing better is known, so naming one is no error. */
const GENERIC: ReadonlySet<string> = new Set(['application/octet-stream', 'text/plain']);
const NEAR = /type|files?\b|modules?\b|archives?\b|images?\b|documents?\b|fonts?\b|data\b|\.[A-Za-z0-9]{2,5}[`"'*]{0,3}[^.]{0,40}$/i;

/** The media type of an extension: `the MIME type of .json files is text/html`, `text/html is the MIME type of JSON`. */
export function checkMime(window: FactWindow): Claim | null {
  const { left, at } = window;
  const tail = left.slice(-120);
  if (DENIED.test(tail)) return null;
  const ext = NEAR.test(tail) || /^\s*(?:[-*•]|\|) /.test(left) ? LINKS.map((link) => extensionOf(link.exec(tail)?.groups?.['ext'])).find((one) => one !== null) ?? null : null;
  const [opens, named] = [opensSentence(tail), NAMED.test(tail)];
  if (ext === null && !opens && !named && !USED.test(tail)) return null;
  const value = readType(window);
  if (window.short || value === '') return null;
  const end = at + value.length;
  if (ext !== null) return judged(window, end, value, ext);
  return GENERIC.has(value) ? null : extensionBehind(window, end, value, named ? IS_USED : opens ? TYPE_FIRST : USED_FOR);
}

function opensSentence(tail: string): boolean {
  return /(?:^|[.!?:;]["'”’)]? )(?:- |\* )?[`"'*]{0,3}$/.test(tail);
}

/** The media type at hand; empty: none, or it has not come yet. */
function readType(window: FactWindow): string {
  const { text, at, limit } = window;
  const head = text.slice(at, Math.min(at + 12, limit));
  if (!TOP.some((top) => head.startsWith(top))) {
    if (TOP.some((top) => top.startsWith(head))) window.ahead(at, 12);
    return '';
  }
  const found = MEDIA_TYPE.exec(window.ahead(at, 96).split(/[\s`"'*,;|()<>]/, 1)[0] ?? '');
  // The type is complete as soon as something else follows it.
  const value = found?.[0].replace(/[.]+$/, '') ?? '';
  if (value !== '' && at + value.length + 1 < limit) window.settle();
  return value;
}

function extensionBehind(window: FactWindow, end: number, value: string, pattern: RegExp): Claim | null {
  // What cannot go on to name an extension leaves at once.
  if (!/^[`"'*]{0,3}(?: (?:is |= |for |[–—-] )|: )/.test(window.ahead(end, 8)) || window.short) return null;
  const behind = window.ahead(end, MOST_BEHIND);
  if (DENIED.test(behind) || /\?/.test(behind)) return null;
  const groups = pattern.exec(behind)?.groups;
  const ext = extensionOf(groups?.['ext'] ?? groups?.['dotted']);
  return ext === null ? null : judged(window, end, value, ext);
}

/** Units behind a type in which the extension is told. */
const MOST_BEHIND = 64;

function judged(window: FactWindow, end: number, value: string, ext: string): Claim | null {
  const types = MIME_TYPES[ext] as readonly string[];
  if (types.includes(value) || /[/+]/.test(window.text.charAt(end))) return null;
  return { start: window.at, end, expected: types[0] ?? null, confidence: 0.9, strategy: window.fenced ? 'report' : 'replace', reason: 'mime' };
}

/** The extension that a name stands for, where its media type is known. */
function extensionOf(name: string | undefined): string | null {
  const lower = name?.toLowerCase() ?? '';
  const ext = Object.hasOwn(FORMAT_NAMES, lower) ? (FORMAT_NAMES[lower] as string) : lower;
  return Object.hasOwn(MIME_TYPES, ext) ? ext : null;
}
