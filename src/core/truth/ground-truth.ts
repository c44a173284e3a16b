/** What detectors may ask. Answers come at once, from memory; `unknown` obliges a detector to be silent. */

export type PathAnswer = { readonly known: true } | { readonly known: false; readonly nearest: string | null; readonly score: number } | 'unknown';

export interface GroundTruth {
  path(candidate: string): PathAnswer;
  /** The value stored for an attribute of a subject; null: unknown. */
  fact(subject: string, attribute: string): string | null;
  /** One bounded look at the disk, only before an edit is accepted: the index may be a second old. */
  confirm(wrong: string, right: string): boolean;
}

/** Knows nothing, so that nothing is corrected on its word. */
export const nothingKnown: GroundTruth = Object.freeze({
  path: () => 'unknown' as const,
  fact: () => null,
  confirm: () => false,
});
