import { distance } from 'fastest-levenshtein';
import { HALLUCINATION_TYPES, MODES, isHallucinationType, isMode, type HallucinationType, type Mode, type Modes } from '../core/types.js';
import { refuse } from './config-error.js';

/** What one source of configuration says about modes. */
export interface ModeWish {
  readonly global: Mode | null;
  readonly types: Readonly<Partial<Record<HallucinationType, Mode>>>;
}

/** One `--mode`: for all types where `type` is null. */
export interface ModeFlag {
  readonly type: HallucinationType | null;
  readonly mode: Mode;
}

/** Words close to `word`, nearest first, for a "did you mean". Case and separators do not count. */
export function nearest(word: string, known: readonly string[]): string | null {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(plain(word), plain(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/**
 * Reads `MODE` or `TYPE=MODE`.
 * @throws ConfigError naming `label`.
 */
export function parseModeFlag(text: string, label = '--mode'): ModeFlag {
  const given = text.trim();
  const equals = given.indexOf('=');
  const modeWord = given.slice(equals + 1).trim();
  const type = equals < 0 ? null : given.slice(0, equals).trim();
  if (type !== null && !isHallucinationType(type)) refuse(label, text, `TYPE=MODE with a type of ${HALLUCINATION_TYPES.join(', ')}${hint(type, HALLUCINATION_TYPES)}`);
  if (!isMode(modeWord)) refuse(label, text, `${MODES.join(', ')}, or TYPE=MODE${hint(modeWord, MODES)}`);
  return { type, mode: modeWord };
}

/** `; did you mean "…"?`, where there is anything near. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean "${near}"?`;
}

/** Joins the `--mode` of one source; of two for the same type the later one counts. */
export function joinModeFlags(flags: readonly ModeFlag[]): ModeWish {
  let global: Mode | null = null;
  const types: Partial<Record<HallucinationType, Mode>> = {};
  for (const { type, mode } of flags) {
    if (type === null) global = mode;
    else types[type] = mode;
  }
  return { global, types };
}

/**
 * Within a source a type's own mode beats the global one; then sources count in the order given, so that a flag's global mode
 * beats a file's mode for one type.
 */
export function resolveModes(wishes: readonly ModeWish[], fallback: Mode = 'correct'): { readonly modes: Modes; readonly globalMode: Mode } {
  const modeOf = (type: HallucinationType): Mode => {
    for (const wish of wishes) {
      const mode = wish.types[type] ?? wish.global;
      if (mode !== null) return mode;
    }
    return fallback;
  };
  const modes = Object.freeze(Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, modeOf(type)]))) as Modes;
  return { modes, globalMode: wishes.find((wish) => wish.global !== null)?.global ?? fallback };
}
