import type { Action, Correction, HallucinationType } from '../../core/types.js';

/** UTF-16 units of one value in a line. A match is at most `holdChars` long; what is longer is cut and ends in `…`. */
const VALUE_CHARS = 8_192;
/** Stands where nothing was expected; a value that reads so itself is escaped. */
const NOTHING = '(none)';

/** One line of corrections.log, read back. Confidence has two decimals. */
export interface CorrectionLine {
  readonly at: Date;
  readonly type: string;
  readonly confidence: number;
  readonly detected: string;
  readonly corrected: string | null;
  readonly action: string;
  readonly exchange: string;
}

/** One line of navigation_fixes.log, read back. */
export interface NavigationLine {
  readonly at: Date;
  readonly from: string;
  readonly to: string;
  readonly effectiveness: number;
  readonly reasoning: string;
}

/** A record of corrections.log, with its line end. */
export function correctionLine(atMs: number, correction: Correction): string {
  const { type, confidence, detected, expected, action, exchange } = correction;
  return record(atMs, [
    ['Type', type satisfies HallucinationType],
    ['Confidence', confidence.toFixed(2)],
    ['Detected', escapeValue(detected)],
    ['Corrected', expected === null ? NOTHING : escapeValue(expected)],
    ['Action', action satisfies Action],
    ['Exchange', escapeValue(exchange)],
  ]);
}

/** A record of navigation_fixes.log, with its line end; null where the correction put no path right. */
export function navigationLine(atMs: number, correction: Correction): string | null {
  const { type, action, detected, expected, confidence, reason } = correction;
  if (type !== 'invalid_path' || action !== 'replace' || expected === null) return null;
  return record(atMs, [
    ['From', escapeValue(detected)],
    ['To', escapeValue(expected)],
    ['Effectiveness', confidence.toFixed(2)],
    ['Reasoning', escapeValue(reason)],
  ]);
}

/** @returns null for a line that is no record of corrections.log, such as a last one that is not whole. */
export function parseCorrectionLine(line: string): CorrectionLine | null {
  const parsed = parseRecord(line, ['Type', 'Confidence', 'Detected', 'Corrected', 'Action', 'Exchange']);
  if (parsed === null) return null;
  const [type = '', confidence = '', detected = '', corrected = '', action = '', exchange = ''] = parsed.values;
  return {
    at: parsed.at,
    type: unescapeValue(type),
    confidence: Number(confidence),
    detected: unescapeValue(detected),
    corrected: corrected === NOTHING ? null : unescapeValue(corrected),
    action: unescapeValue(action),
    exchange: unescapeValue(exchange),
  };
}

/** @returns null for a line that is no record of navigation_fixes.log. */
export function parseNavigationLine(line: string): NavigationLine | null {
  const parsed = parseRecord(line, ['From', 'To', 'Effectiveness', 'Reasoning']);
  if (parsed === null) return null;
  const [from = '', to = '', effectiveness = '', reasoning = ''] = parsed.values;
  return { at: parsed.at, from: unescapeValue(from), to: unescapeValue(to), effectiveness: Number(effectiveness), reasoning: unescapeValue(reasoning) };
}

/** The time a record begins with; null where the line is none. */
export function timeOfLine(line: string): Date | null {
  const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) \| /.exec(line)?.[1];
  if (stamp === undefined) return null;
  const at = new Date(stamp);
  return Number.isNaN(at.getTime()) ? null : at;
}

function record(atMs: number, fields: readonly (readonly [name: string, value: string])[]): string {
  return `${[new Date(atMs).toISOString(), ...fields.map(([name, value]) => `${name}: ${value}`)].join(' | ')}\n`;
}

function parseRecord(line: string, names: readonly string[]): { readonly at: Date; readonly values: readonly string[] } | null {
  const at = timeOfLine(line);
  if (at === null) return null;
  // Inside a value a bar always has a backslash before it, and a backslash always another: ` | ` stands only between fields.
  const [, ...fields] = line.replace(/\n$/, '').split(' | ');
  if (fields.length !== names.length) return null;
  const values = fields.map((field, index) => (field.startsWith(`${names[index] ?? ''}: `) ? field.slice((names[index] ?? '').length + 2) : null));
  return values.every((value) => value !== null) ? { at, values } : null;
}

/**
 * Bars, backslashes, line ends and control characters (which move a terminal's cursor) get a backslash form, and so do
 * the separators that some readers take for line ends, and halves of surrogate pairs, which UTF-8 cannot carry.
 */
export function escapeValue(value: string): string {
  const text = value.length > VALUE_CHARS ? `${value.slice(0, VALUE_CHARS)}…` : value;
  if (text === NOTHING) return `\\${text}`;
  return text.replace(/[\\|]|\p{Cc}|\p{Zl}|\p{Zp}|\p{Surrogate}/gu, (character) => {
    if (character === '\\' || character === '|') return `\\${character}`;
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The inverse of `escapeValue`, save for what was cut. */
export function unescapeValue(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, letter: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter === 't' ? '\t' : (letter ?? '');
  });
}
