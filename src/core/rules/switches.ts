import { HALLUCINATION_TYPES, type HallucinationType, type Modes } from '../types.js';

/** Checks that are on unless a rule `{"rule":…,"enabled":false}` switches them off, and the types each governs. */
export const SWITCHES = {
  check_path_exists: ['invalid_path', 'fabricated_path'],
  /** Paths in import lines; the other paths stay checked. */
  validate_imports: [],
  correct_paths: ['invalid_path'],
  flag_missing_paths: ['fabricated_path'],
  check_facts: ['incorrect_fact'],
  check_logic: ['logic_contradiction'],
  check_completeness: ['incomplete_reasoning'],
} as const satisfies Readonly<Record<string, readonly HallucinationType[]>>;
export type SwitchName = keyof typeof SWITCHES;
export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[];

export interface SwitchState {
  readonly enabled: boolean;
  /** 0..1: a verdict of the check with less confidence is dropped. */
  readonly threshold: number;
}

/** What the operator said of checks; of one that is missing, nothing. */
export type Switches = ReadonlyMap<SwitchName, SwitchState>;

/** The same modes, less the types that a switch governs and has off: as if the operator had set their mode so. */
export function modesUnder(modes: Modes, switches: Switches | undefined): Modes {
  if (switches === undefined || switches.size === 0) return modes;
  const off = new Set([...switches].flatMap(([name, { enabled }]): readonly HallucinationType[] => (enabled ? [] : SWITCHES[name])));
  return off.size === 0 ? modes : (Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, off.has(type) ? 'off' : modes[type]])) as Modes);
}

/** The confidence a verdict of this type must have; where several switches govern a type, the strictest counts. */
export function thresholdOf(type: HallucinationType, switches: Switches | undefined): number {
  let most = 0;
  if (switches !== undefined) for (const [name, { threshold }] of switches) if ((SWITCHES[name] as readonly HallucinationType[]).includes(type)) most = Math.max(most, threshold);
  return most;
}

/** Whether a finding of this confidence in an import line is to be told. */
export function admitsImports(confidence: number, switches: Switches | undefined): boolean {
  const state = switches?.get('validate_imports');
  return state === undefined || (state.enabled && confidence >= state.threshold);
}
