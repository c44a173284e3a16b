import { NAME_GROUPS } from '../truth/facts-names.js';

/**
 * What a value in words is. Values of one kind exclude each other: two licences, two switches, two codes. A `word` says nothing by its form,
 * so it is one only where it is set apart.
 */
export interface NamedValue {
  /** As it stands in the text. */
  readonly text: string;
  /** `group:licence`, `switch`, `code`, `media`, `identifier`, `person`, `word`. */
  readonly kind: string;
  /** Equal for what means the same. */
  readonly canonical: string;
}

interface Known {
  readonly group: string;
  readonly name: string;
  readonly spelling: string;
}

const KNOWN: ReadonlyMap<string, readonly Known[]> = known();
/** Words that the longest known name has. */
const MOST_NAME_WORDS = 5;
/** Ordinary words, that are names only as they are spelled here or where they are set apart. */
const ORDINARY: ReadonlySet<string> = new Set('go rust c swift dart render express gin phoenix spring echo travis apache oracle oracle database bun yarn poetry composer bundler parcel envoy azure windows fedora debian julia ruby perl crystal expat mongo next stable production development staging pulsar zlib head options get post put patch delete'.split(' '));

function known(): ReadonlyMap<string, readonly Known[]> {
  const map = new Map<string, Known[]>();
  for (const [group, rows] of Object.entries(NAME_GROUPS)) {
    for (const row of rows) {
      for (const spelling of row) {
        const key = spelling.toLowerCase();
        const one = { group, name: row[0] ?? spelling, spelling };
        map.set(key, [...(map.get(key) ?? []), one]);
      }
    }
  }
  return map;
}

/** The longest known name that `text` begins with, as far as it is complete: something other than a word's rest follows. */
export function knownNameAt(text: string): string | null {
  const words = text.split(' ', MOST_NAME_WORDS + 1).slice(0, MOST_NAME_WORDS);
  for (let count = words.length; count > 0; count -= 1) {
    const piece = words.slice(0, count).join(' ').replace(/[.,;:!?)\]"'”’`*|]+$/, '');
    if (piece === '' || !KNOWN.has(piece.toLowerCase())) continue;
    // `the MIT licence` names MIT.
    const short = piece.replace(/ licen[cs]e$/i, '');
    return KNOWN.has(short.toLowerCase()) ? short : piece;
  }
  return null;
}

const SWITCH = /^--?[A-Za-z][\w-]*(?:=[\w./:@-]+)?$/;
const CODE = /^(?:E[A-Z0-9]{3,}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$/;
const MEDIA = /^(?:application|text|image|audio|video|font)\/[a-z0-9][a-z0-9.+-]*$/;
const IDENTIFIER = /^(?=.*[-_:@/.\d]|.*[a-z][A-Z])[A-Za-z@][\w.:@/-]*[\w]$/;
const PERSON = /^\p{Lu}[\p{L}'’-]+(?: \p{Lu}\.?(?:[\p{L}'’-]+)?){1,3}$/u;
const WORD = /^[a-z][a-z0-9]{1,30}$/;

/**
 * The values a piece of text may be, by the groups it belongs to or by its form.
 * @param apart it stands in backticks or quotes, or is the whole value of a field.
 */
export function namedValues(text: string, apart: boolean): readonly NamedValue[] {
  const value = text.trim();
  const groups = (KNOWN.get(value.toLowerCase()) ?? []).filter(({ spelling }) => apart || !ORDINARY.has(value.toLowerCase()) || spelling === value);
  const named = groups.map(({ group, name }) => ({ text: value, kind: `group:${group}`, canonical: name.toLowerCase() }));
  const kind = formOf(value, apart);
  return kind === null ? named : [...named, { text: value, kind, canonical: value.toLowerCase() }];
}

function formOf(value: string, apart: boolean): string | null {
  if (value.length > 60) return null;
  if (SWITCH.test(value)) return 'switch';
  if (CODE.test(value)) return 'code';
  if (MEDIA.test(value)) return 'media';
  if (apart && IDENTIFIER.test(value) && !/^\d|\.\d+$|\.[a-z]{1,5}$/i.test(value) && !/\/.*\//.test(value)) return 'identifier';
  if (PERSON.test(value) && !NO_PERSON.test(value)) return 'person';
  return apart && WORD.test(value) && !SAYS_LITTLE.has(value) ? 'word' : null;
}

/** Words in capitals that are no person's. */
const NO_PERSON = /\b(?:The|A|An|In|On|Of|And|For|Not|No|This|It|Yes|Inc|Ltd|LLC|GmbH|Corp|University|Department|Street|Road|License|Licence|January|February|March|April|May|June|July|August|September|October|November|December)\b/;
/** Values whose meaning is their place: `true` of one setting excludes nothing of another. */
const SAYS_LITTLE: ReadonlySet<string> = new Set('true false null none undefined yes no on off enabled disabled string number boolean object array integer optional required default empty unknown any auto'.split(' '));

/** Whether two values of one kind cannot both be right: they differ, and neither says more of the same. */
export function excludes(right: NamedValue, said: NamedValue): boolean {
  if (right.kind !== said.kind || right.canonical === said.canonical) return false;
  // A name that goes on where another ends says more of the same: `GPL` and `GPL-3.0`, but not `pnpm` and `npm`.
  if (right.kind.startsWith('group:')) return !goesOn(right.canonical, said.canonical) && !goesOn(said.canonical, right.canonical);
  const [a, b] = [bare(right.canonical), bare(said.canonical)];
  if (a === '' || b === '' || a.includes(b) || b.includes(a)) return false;
  if (right.kind === 'person') return !right.canonical.split(' ').some((word) => said.canonical.split(' ').includes(word));
  return right.kind !== 'code' || right.text.includes('_') === said.text.includes('_');
}

function goesOn(short: string, long: string): boolean {
  return long.startsWith(short) && /^[^\p{L}\p{N}]/u.test(long.slice(short.length));
}

function bare(text: string): string {
  return text.replace(/[^\p{L}\p{N}+#]/gu, '');
}
