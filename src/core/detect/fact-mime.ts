import { FORMAT_NAMES, MIME_TYPES } from '../truth/facts-mime.js';
import type { Claim, FactWindow } from './fact-window.js';

const EXTENSION = String.raw`[\x60"'*]{0,3}(?:\*?\.)?(?<ext>JavaScript|WebAssembly|Markdown|[Pp]lain text|[A-Za-z0-9]{2,5})[\x60"'*]{0,3}`;
const TYPE = String.raw`(?:MIME|media|content|Internet media)[ -]?type`;
const KIND = String.raw`(?: (?:files?|documents?|data|images?|fonts?|content|format|archives?))?`;
/** How a sentence gives an extension its media type; the value follows. */
const LINKS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:${TYPE})s? (?:for|of)(?: an?| the)? ${EXTENSION}${KIND} (?:is|are|=|:)(?: the)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION}(?:['’]s)?${KIND}['’]?s? ${TYPE},? ?(?:is|=|:)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION}${KIND} (?:have|has|uses?|are served (?:as|with)|is served (?:as|with)|should be served (?:as|with))(?: the| a)?(?: (?:correct|official|standard|registered|proper))? ${TYPE}(?: of)? ?[\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])${EXTENSION} (?:files?|documents?|data|images?|fonts?|archives?) (?:use|are|should be|must be|have to be)(?: (?:served|sent|delivered|returned|transferred) (?:as|with)| labell?ed)?(?: the)?(?: ${TYPE})? [\x60"'*]{0,3}$`, 'i'),
  new RegExp(String.raw`(?:^|[\s(|])[\x60"'*]{0,3}\.(?<ext>[A-Za-z0-9]{2,5})[\x60"'*]{0,3}${KIND} ?(?:→|->|=>|:|\||=|(?:are|is|should be|must be) (?:served|sent|delivered) (?:as|with)|are|is) ?[\x60"'*]{0,3}$`, 'i'),
];
const MEDIA_TYPE = /^(?:application|text|image|audio|video|font)\/[a-z0-9][a-z0-9.+-]{0,80}/;
const TOP = ['application/', 'text/', 'image/', 'audio/', 'video/', 'font/'] as const;
const DENIED = /\b(?:not|never|n['’]t|instead|wrong|incorrect|rather|unlike|custom|if)\b/i;

/** The media type of an extension: `the MIME type of .json files is text/html`. */
export function checkMime(window: FactWindow): Claim | null {
  const { text, at, left, limit } = window;
  const tail = left.slice(-120);
  if (!/type|files?\b|images?\b|documents?\b|fonts?\b|data\b|\.[A-Za-z0-9]{2,5}[`"'*]{0,3}[^.]{0,40}$/i.test(tail) || DENIED.test(tail)) return null;
  const ext = LINKS.map((link) => extensionOf(link.exec(tail)?.groups?.['ext'])).find((one) => one !== null);
  if (ext === undefined || ext === null) return null;
  const head = text.slice(at, Math.min(at + 12, limit));
  if (!TOP.some((top) => head.startsWith(top))) {
    if (TOP.some((top) => top.startsWith(head))) window.ahead(at, 12);
    return null;
  }
  const found = MEDIA_TYPE.exec(window.ahead(at, 96).split(/[\s`"'*,;|()<>]/, 1)[0] ?? '');
  // The type is complete as soon as something else follows it.
  const value = found?.[0].replace(/[.]+$/, '') ?? '';
  if (value !== '' && at + value.length + 1 < limit) window.settle();
  const types = MIME_TYPES[ext] as readonly string[];
  if (window.short || value === '' || types.includes(value) || /[/+]/.test(text.charAt(at + value.length))) return null;
  return { start: at, end: at + value.length, expected: types[0] ?? null, confidence: 0.9, strategy: window.fenced ? 'report' : 'replace', reason: 'mime' };
}

/** The extension that a name stands for, where its media type is known. */
function extensionOf(name: string | undefined): string | null {
  const lower = name?.toLowerCase() ?? '';
  const ext = Object.hasOwn(FORMAT_NAMES, lower) ? (FORMAT_NAMES[lower] as string) : lower;
  return Object.hasOwn(MIME_TYPES, ext) ? ext : null;
}
