import { PORTS } from './facts-ports.js';
import { RELEASES } from './facts-releases.js';
import { RFCS } from './facts-rfc.js';

export type FactKind = 'port' | 'rfc' | 'year';

/** One stable, checkable fact. */
export interface PackFact {
  readonly kind: FactKind;
  /** How texts call it: the source of a regular expression without capturing groups. Letter case counts: `Go` is a language, `go` is not. */
  readonly names: string;
  /** Something people set up as they like: a claim is about the default only where it says so. */
  readonly ownChoice?: boolean;
  /** So wide a name that others are right as well: only a slip in the number is a mistake. */
  readonly slipOnly?: boolean;
  /** The value to put, then others that are not wrong. */
  readonly values: readonly number[];
}

/** The built-in packs. Each file names its source. */
export const FACT_PACKS: readonly PackFact[] = [...PORTS, ...RFCS, ...RELEASES];
