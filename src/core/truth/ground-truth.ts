/** What detectors may ask. Answers come at once, from memory; `unknown` obliges a detector to be silent. */

/** The steps from a wrong path to a right one, in the order in which they are tried. */
export type PathStep =
  | 'unicode_form'
  | 'separators'
  | 'letter_case'
  | 'name_style'
  | 'foreign_root'
  | 'relative_prefix'
  | 'extension'
  | 'unique_name'
  | 'transposed_letters'
  | 'one_edit'
  | 'two_edits'
  | 'directory';

export interface PathKnown {
  readonly known: true;
  readonly is: 'file' | 'folder' | 'ignored';
}

export interface PathUnknown {
  readonly known: false;
  /** The one clear counterpart, written as the candidate was (relative or absolute, `./`, separators); null: there is none, or several are as good. */
  readonly nearest: string | null;
  /** How `nearest` was found; null with it. */
  readonly step: PathStep | null;
  /** 0..1: of answers with 0.9, nine in ten are right. 0 without `nearest`. */
  readonly score: number;
  /** `nearest` may only be believed of an exchange that is tied to the workspace. */
  readonly needsTie: boolean;
  /** Something like it exists, though no clear counterpart: it is no invention out of nothing. */
  readonly resembles: boolean;
}

export type PathAnswer = PathKnown | PathUnknown | 'unknown';

export interface PathQuestion {
  /** The path as written, without quotes, line suffix or trailing punctuation. */
  readonly path: string;
  /** The request itself writes paths with `\`, so that is no error. */
  readonly backslashes: boolean;
}

export interface GroundTruth {
  path(question: PathQuestion): PathAnswer;
  /** Whether a text names the workspace's root folder by its absolute path. */
  namesRoot(text: string): boolean;
  /** The first letters of something at the workspace's top, in lower case: `r`, `re`, `read` for `README.md`. */
  beginsTop(prefix: string): boolean;
  /** The value stored for an attribute of a subject; null: unknown. */
  fact(subject: string, attribute: string): string | null;
  /** One bounded look at the disk, only before an edit is accepted: the index may be a second old. True: `wrong` is still absent and `right` still there. */
  confirm(wrong: string, right: string): boolean;
}

/** Knows nothing, so that nothing is corrected on its word. */
export const nothingKnown: GroundTruth = Object.freeze({
  path: () => 'unknown' as const,
  namesRoot: () => false,
  beginsTop: () => false,
  fact: () => null,
  confirm: () => false,
});
