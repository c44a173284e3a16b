import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Where a command prints. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Default: only on a terminal, and never where `NO_COLOR` is set. */
  readonly colours?: boolean;
}

export function coloursOf({ stdout, colours }: Terminal): Colours {
  return picocolors.createColors(colours ?? (stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''));
}

/** What a model wrote must not move the cursor, start a line, or turn the direction of writing. */
export function escapeControls(text: string): string {
  return text.replace(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Surrogate}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
