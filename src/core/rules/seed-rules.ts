import { type PatternRow, readPatternRow } from './rule-input.js';
import type { PatternRule } from './rule-set.js';

/** What stands before a header's name that is quoted, fenced or part of a longer one. */
const BARE = '(?<![\\w`"\'\u201c\u2018-])';

/**
 * The seed rules of schema.sql, for a machine on which SQLite does not work. The database is where they are explained; a
 * test holds the two against each other.
 */
const SEEDS: readonly (PatternRow & { readonly name: string })[] = [
  { name: 'seed-cors-origin', pattern: regex(`${BARE}Access-Control-Allow-Origins(?=: (?:\\*|https?:))`), replacement: 'Access-Control-Allow-Origin' },
  { name: 'seed-nosniff', pattern: regex(`${BARE}X-Content-Type-Option(?=: nosniff)`), replacement: 'X-Content-Type-Options' },
  { name: 'seed-referrer-policy', pattern: regex(`${BARE}Referer-Policy(?=: (?:no-referrer|same-origin|strict-origin|origin-when|unsafe-url))`), replacement: 'Referrer-Policy' },
  { name: 'seed-frame-options', pattern: regex(`${BARE}X-Frame-Option(?=: (?:DENY|SAMEORIGIN))`), replacement: 'X-Frame-Options' },
  { name: 'seed-cors-lists', pattern: regex(`${BARE}Access-Control-Allow-(Method|Header)(?=: (?:\\*|GET|POST|PUT|PATCH|DELETE|OPTIONS|Content-Type|Authorization|X-))`, { replace: 'Access-Control-Allow-$1s', expand: true }) },
  { name: 'seed-end-token', pattern: regex('(?<=[\\p{L}\\p{N}][.!?])<\\|(?:im_end|eot_id|eom_id|end|endoftext|end_of_text)\\|>\\s*$'), replacement: '' },
  { name: 'seed-pip-names', pattern: regex('\\bpip3? install (?:sklearn|PIL)(?![\\w.\\[-])') },
  { name: 'seed-chat-markup', pattern: regex('\\[/?INST\\]|<</?SYS>>|<(?:start|end)_of_turn>|<\\|(?:start_header_id|end_header_id|begin_of_text|end_of_text|eom_id)\\|>') },
  { name: 'seed-huggingface-cli', pattern: 'pip install huggingface-cli' },
  { name: 'seed-template-token', pattern: regex('<\\|(?:im_end|im_start|eot_id|endoftext)\\|>') },
];

function regex(value: string, more: Readonly<Record<string, string | boolean>> = {}): string {
  return JSON.stringify({ match: 'regex', value, ...more });
}

export function seedRules(): readonly PatternRule[] {
  return SEEDS.flatMap((row) => {
    const meaning = readPatternRow(row, row.name);
    return meaning.form === 'pattern' ? [meaning.rule] : [];
  });
}
