/**
 * JSON as different servers write it. `go` escapes what could hurt in HTML, as Go's encoder does; `ascii` escapes all
 * that is not ASCII, as Python's does; `plain` escapes only what RFC 8259 (section 7) demands.
 */
export type JsonStyle = 'go' | 'ascii' | 'plain';

const ESCAPED: Readonly<Record<Exclude<JsonStyle, 'plain'>, RegExp>> = {
  go: /[<>&\u2028\u2029]/g,
  ascii: /[\u007f-\uffff]/g,
};

/** One line of JSON. Lone surrogates leave as escapes in every style, so nothing is lost in UTF-8. */
export function stringify(value: unknown, style: JsonStyle): string {
  const text = JSON.stringify(value);
  return style === 'plain' ? text : text.replace(ESCAPED[style], escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
