import type { Limits } from '../limits.js';
import type { Observer } from '../observe.js';
import type { BehaviorPatch } from '../rules/patch-input.js';
import type { RuleSource } from '../rules/rule-set.js';
import type { Notes } from '../text/policy.js';
import type { GroundTruth } from '../truth/ground-truth.js';
import type { RequestContext } from '../truth/request-context.js';
import type { Modes } from '../types.js';
import type { Detector } from '../detect/detector.js';
import type { AccessRule } from './access.js';
import type { BackendHabits } from './backend-habits.js';
import type { ContinueWay } from './continue-backend.js';
import type { ClientMemory } from './client-memory.js';

/** What an operator has set. An exchange keeps the settings it began with. */
export interface Settings {
  readonly modes: Modes;
  readonly limits: Limits;
  readonly notes: Notes;
  /** How long a backend may take to its first byte; 0: as long as it likes, as models load slowly. */
  readonly responseTimeoutMs: number;
  /** What the Host field is set to; null: it stays as the client wrote it, as towards a loopback backend. */
  readonly upstreamHost: string | null;
  readonly access: AccessRule;
  /** Whether answers that were cut off are continued; absent: they are not. */
  readonly continueWay?: ContinueWay;
}

/** What a connection is given by those who own clocks, files and randomness. */
export interface ConnectionContext {
  settings(): Settings;
  readonly rules: RuleSource;
  /** @param workspace the folder that the request's `x-hotpatch-workspace` names; null: none */
  truth(request: RequestContext, workspace: string | null): GroundTruth;
  readonly observer: Observer;
  /** A new identifier of an exchange, unique and sortable by time. */
  newId(): string;
  /** What was learned of the backend, shared by its connections; absent: nothing is learned. */
  readonly habits?: Pick<BackendHabits, 'closed' | 'closesAfter'>;
  /** What was corrected before, shared by all connections; absent: nothing is remembered. */
  readonly memory?: ClientMemory;
  /** Behavior patches in force; absent: none. */
  readonly patches?: () => readonly BehaviorPatch[];
  /** In the order that settles ties; absent: `DETECTORS`. */
  readonly detectors?: readonly Detector[];
  /** The client is on this machine: its `x-hotpatch-` fields are honoured. */
  readonly loopbackClient: boolean;
}
