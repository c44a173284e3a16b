/** What a character can do to a word that may be a path. */
export const CHAR = { word: 0, space: 1, newline: 2, delimiter: 3, open: 4, close: 5, tick: 6, tree: 7 } as const;

const TABLE = asciiTable();

function asciiTable(): Uint8Array {
  const table = new Uint8Array(128);
  const mark = (letters: string, kind: number): void => {
    for (const letter of letters) table[letter.charCodeAt(0)] = kind;
  };
  for (let code = 0; code < 32; code += 1) table[code] = CHAR.space;
  table[127] = CHAR.delimiter;
  mark(' ', CHAR.space);
  mark('\n', CHAR.newline);
  mark('"\',;=!&|', CHAR.delimiter);
  mark('([{<', CHAR.open);
  mark(')]}>', CHAR.close);
  mark('`', CHAR.tick);
  return table;
}

/**
 * The kind of a UTF-16 unit. Letters of every script are part of words; punctuation, arrows, symbols and emoji outside
 * ASCII are not, nor are surrogates: a file name beyond the Basic Multilingual Plane is cut, and then never judged.
 */
export function charKind(code: number): number {
  if (code < 128) return TABLE[code] as number;
  if (code < 0x2000) return wideLatin(code);
  if (code >= 0x2500 && code <= 0x257f) return CHAR.tree;
  if (code <= 0x200a || (code >= 0x2028 && code <= 0x2029) || code === 0x202f || code === 0x205f || code === 0x3000) return CHAR.space;
  if (code <= 0x2bff || (code >= 0x3001 && code <= 0x303f)) return CHAR.delimiter;
  if ((code >= 0xd800 && code <= 0xdfff) || (code >= 0xff00 && code <= 0xff0f) || (code >= 0xff1a && code <= 0xff20) || code === 0xfeff || code === 0xfffd) {
    return CHAR.delimiter;
  }
  return CHAR.word;
}

/** Letters and digits of ASCII: within a word that nothing is expected of, they change nothing. */
export function isIdleUnit(code: number): boolean {
  return code < 128 && IDLE[code] === 1;
}

const IDLE = Uint8Array.from({ length: 128 }, (_none, code) => (/[0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Letters, commas and spaces: where words are no paths, they are not looked at one by one. */
export function isWordsUnit(code: number): boolean {
  return code < 128 && WORDS[code] === 1;
}

const WORDS = Uint8Array.from({ length: 128 }, (_none, code) => (/[A-Za-z, ]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Latin-1 punctuation: no-break space, guillemets, section sign, middle dot and the like. */
function wideLatin(code: number): number {
  if (code === 0xa0 || code === 0x85 || code === 0x1680) return CHAR.space;
  return code < 0xc0 && code !== 0xaa && code !== 0xb5 && code !== 0xba ? CHAR.delimiter : CHAR.word;
}

/** The bracket that a closing one answers. */
export function opening(close: string): string {
  return close === ')' ? '(' : close === ']' ? '[' : close === '}' ? '{' : '<';
}

/** Straight behind one of these a word stands apart from prose. */
const OPENERS: ReadonlySet<number> = new Set([...'`"\'([<“‘«„‹'].map((letter) => letter.charCodeAt(0)));

export function isOpener(code: number): boolean {
  return OPENERS.has(code);
}

/** A tag that holds a path and nothing else, as agents write them. */
export const PATH_TAG = /<(?:file|path|filename|file_?path|target_file|source)>$/i;
