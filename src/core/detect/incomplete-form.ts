import type { Line } from './incomplete-lines.js';

export type LineKind = 'blank' | 'prose' | 'item' | 'heading' | 'table' | 'code' | 'mark';

/** What a line of Markdown is, and its text without markers. */
export interface LineForm {
  readonly kind: LineKind;
  /** Units of white space before it, a tab as four. */
  readonly indent: number;
  /** Of an item: its number, or 0 for a bullet; of all others null. */
  readonly number: number | null;
  readonly body: string;
}

const ITEM = /^(?:#{1,6} +)?(?:\*\*|__)?(?:([-*+•‣·–])|\(?(\d{1,3})[.)])(?:[ \t]+|$)/;
const HEADING = /^#{1,6}(?:\s|$)/;
/** A rule, an underlined heading, the end of a front matter. */
const RULE = /^(?:[-=_*~⎯─━⋮. ]{3,}|[-–—]{2,})$/;
const EMPTY_QUOTE = /^[>\s]+$/;
const TAG = /^<[/!?A-Za-z]/;
/** What prose does not hold: code without a fence, told by how it begins or by what is in it. */
const CODE_START = /^(?:\$ |#!|\/\/|\/\*|[@{}[\]]|import\s|export\s|const\s|var\s|let \w+ ?[=:]|def \w+\(|class \w+[(:{]|function\s|return\b[^.]*[;(]|for \w+ in |(?:SELECT|INSERT|UPDATE|CREATE|DROP)\s|\s*[\w.-]+\s*[=]|[A-Za-z]:\\|[\w.+-]+:[\w/]|"[^"]*":)/;
const CODE_WITHIN = /[{};]$|=>|\w\(\)|\s[=+*/<>|]\s|[=&|]{2}|::|\\\w+\{|\\$/;
/** Without one of these there is no code within. */
const SIGNS = /[{};=(+*/<>|&:\\]/;

/** What kind of line this is. Lines inside a fenced block are not to be asked about. */
export function formOf(line: Line): LineForm {
  const head = line.whole ? line.tail : line.head;
  const trimmed = head.trimStart();
  const indent = widthOf(head.slice(0, head.length - trimmed.length));
  const text = line.tail.trim();
  const form = (kind: LineKind, body: string, number: number | null = null): LineForm => ({ kind, indent, number, body });
  if (text === '') return form('blank', '');
  if (text.startsWith('>') && EMPTY_QUOTE.test(text)) return form('blank', '');
  if (RULE.test(text)) return form('mark', text);
  const item = ITEM.exec(trimmed);
  if (item !== null) return form('item', line.whole ? text.slice(item[0].trimEnd().length).trim() : text, Number(item[2] ?? 0));
  if (HEADING.test(trimmed)) return form('heading', text.replace(/^#+\s*/, ''));
  if (trimmed.startsWith('|')) return form('table', text);
  if (TAG.test(trimmed) && text.endsWith('>')) return form('mark', text);
  const body = text.replace(/^(?:>\s*)+/, '');
  return body === '' ? form('blank', '') : form(isCode(body) ? 'code' : 'prose', body);
}

/** Whether text without a fence looks like code, an equation or data. */
export function isCode(text: string): boolean {
  let plain = text.includes('`') ? text.replace(/`[^`]*`/g, 'code') : text;
  if (plain.includes('**') || plain.includes('__')) plain = plain.replace(/\*\*|__/g, '');
  return CODE_START.test(plain) || (SIGNS.test(plain) && CODE_WITHIN.test(plain));
}

function widthOf(space: string): number {
  let width = 0;
  for (const unit of space) width += unit === '\t' ? 4 : 1;
  return width;
}
