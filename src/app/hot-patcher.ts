import { DETECTORS } from '../core/detect/index.js';
import { monotonicFactory } from 'ulid';
import type { Detector, ExchangeContext } from '../core/detect/detector.js';
import { patternMatch } from '../core/detect/pattern-match.js';
import { type Limits, resolveLimits } from '../core/limits.js';
import { rejectionKey } from '../core/rules/compile.js';
import type { PatchForm, RuleInput } from '../core/rules/rule-forms.js';
import type { Fact, RuleSet } from '../core/rules/rule-set.js';
import { correctionOf } from '../core/text/text-rewriter.js';
import type { GroundTruth } from '../core/truth/ground-truth.js';
import type { RequestContext } from '../core/truth/request-context.js';
import { type Correction, type HallucinationType, type Mode, type Modes, uniformModes } from '../core/types.js';
import { PatcherRules } from './hot-patcher-rules.js';
import { modesOf } from './library-options.js';
import { placeOf, type WorkspaceSource } from './library-workspace.js';
import { type PatcherStatistics, PatcherTally } from './hot-patcher-statistics.js';
import { type PatcherContext, PatcherTruth } from './hot-patcher-truth.js';
import { rewriteText } from './rewrite-text.js';

/** What a `HotPatcher` is made with; everything may be left out. Paths are relative to the current directory. */
export interface HotPatcherOptions {
  /**
   * Folders whose files texts may name, read in the background and followed until `close`; or what `openWorkspace` gave, which is read already
   * and stays open.
   */
  readonly workspace?: WorkspaceSource;
  /** The workspace of all texts, in place of the disk: relative posix paths. With it no folder is opened. An empty list knows nothing. */
  readonly files?: readonly string[];
  /** The database file of rules, or `none`, the default; a missing one is created with its seed rules. */
  readonly db?: string;
  /** Default `correct`. */
  readonly mode?: Mode;
  /** Modes of single types, before `mode`. */
  readonly modes?: Partial<Record<HallucinationType, Mode>>;
  /** Limits that differ from their defaults; see `Limits` for each one's unit. They must fit each other. */
  readonly limits?: Partial<Limits>;
  /** Rules that are in no database. Where two match the same letters, those of the database come first. */
  readonly rules?: readonly RuleInput[];
  /** Facts that are in no database. */
  readonly facts?: readonly Fact[];
  /** Told what costs corrections: a rule that is skipped, a database or folder that went away, a detector that failed. Default: nobody is. */
  readonly onFault?: (message: string) => void;
}

/** What became of a text. */
export interface Interception {
  /** The text as it was given. */
  readonly original: string;
  /** The corrected text; `original` itself where nothing was to be changed. */
  readonly modified: string;
  /** Whether `modified` differs from it. */
  readonly wasModified: boolean;
  /** In the order of the text; reports are among them. Offsets point into `original`. */
  readonly corrections: readonly Correction[];
}

/** What is known of one path. */
export interface PathFix {
  /** The path as it was given. */
  readonly incorrectPath: string;
  /** The path to use, `incorrectPath` itself where that exists; null: none is clear. */
  readonly correctPath: string | null;
  /** 0..1: of fixes with 0.9, nine in ten are right; 0 without `correctPath`. */
  readonly effectiveness: number;
  /** Why, as in the audit log: the step from the wrong path to the right one (`transposed_letters`), the rule, or what is missing. */
  readonly reasoning: string;
}

/** Rules of these types are about paths. */
const PATH_MODES: Modes = Object.freeze({ ...uniformModes('off'), invalid_path: 'correct', fabricated_path: 'correct' });

/** A text that is given whole is judged by everything but how it ends, and for it the cost of a token is no matter. */
const TEXT_DETECTORS: readonly Detector[] = DETECTORS.filter(({ type }) => type !== 'incomplete_reasoning');

/**
 * Corrects whole texts in process: no sockets, no streams, the very rewriting that streams go through. Calls are synchronous
 * and answer from memory, but for one bounded look at the database a call and at the disk a corrected path. A text is
 * examined whole, so no wait ends early; matches longer than `limits.holdChars` are none. A fault of ours costs corrections:
 * the text comes back as it was and `onFault` is told.
 */
export class HotPatcher {
  readonly #limits: Limits;
  readonly #modes: Modes;
  readonly #rules: PatcherRules;
  readonly #truth: PatcherTruth;
  readonly #tally = new PatcherTally();
  readonly #onFault: (message: string) => void;
  readonly #id = monotonicFactory();
  #closed = false;

  /**
   * Opens the database and begins to read the workspace; see `ready`.
   * @throws RangeError for a limit, mode or workspace that is none, RuleInputError for one of `rules`, RuleStoreError for a database
   * that cannot be used (it is left as it is), SqliteUnavailableError where a database is asked for and better-sqlite3 does not load
   */
  constructor(options: HotPatcherOptions = {}) {
    const { workspace, files = null, db = 'none', rules = [], facts = [], onFault = () => undefined } = options;
    this.#onFault = onFault;
    this.#limits = resolveLimits(options.limits);
    this.#modes = modesOf(options).modes;
    const place = placeOf(workspace);
    this.#rules = new PatcherRules({ db: db === 'none' ? null : db, rules, facts, limits: this.#limits, onFault });
    const own = db === 'none' ? [] : ['', '-wal', '-shm', '-journal'].map((ending) => db + ending);
    this.#truth = new PatcherTruth({ place, files, exclude: own, onMessage: onFault });
  }

  /** The workspace was read once, or found missing or too large. Before that nothing is said of its paths. Never rejects. */
  ready(): Promise<void> {
    return this.#truth.ready;
  }

  /** Corrects a text. Half a surrogate pair, which no stream can carry, stays as it is. @throws TypeError where `text` is no string */
  intercept(text: string, context: PatcherContext = {}): Interception {
    const { modified, corrections } = this.#examine(text, context);
    this.#tally.text(corrections);
    return { original: text, modified, wasModified: modified !== text, corrections };
  }

  /** What `intercept` would find. Nothing is changed, so every `action` is `report`. @throws TypeError where `text` is no string */
  detect(text: string, context: PatcherContext = {}): readonly Correction[] {
    const corrections = this.#examine(text, context).corrections.map((correction) => ({ ...correction, action: 'report' as const }));
    this.#tally.text(corrections);
    return corrections;
  }

  /**
   * Looks one path up, written without quotes or line suffix: first in the rules about paths, then in the workspace. The path
   * counts as one of the workspace unless `context.tied` is false. Modes play no part, as nothing is changed unasked.
   */
  fixPath(path: string, context: PatcherContext = {}): PathFix {
    this.#assertUse(path);
    const { request, truth } = this.#truth.about(context);
    const rules = this.#rules.current();
    const fix = this.#ruledPath(path, { truth, rules, request, modes: PATH_MODES, holdChars: this.#limits.holdChars }) ?? knownPath(path, truth, rules, request);
    if (fix.correctPath !== null && fix.correctPath !== path) this.#tally.path();
    return fix;
  }

  /**
   * Adds a pattern or fact, in force from the next call on: stored in the database where there is one, else kept in memory.
   * Of two rules that match the same letters the older one wins.
   * @returns the id of the row, or of the rule in memory
   * @throws RuleInputError in words for its author, also for a behavior patch, a switch and a regex that cannot be run safely;
   * RuleStoreError where the database cannot be written
   */
  registerCorrectionPattern(pattern: RuleInput): number {
    this.#assertUse('');
    return this.#rules.add(pattern);
  }

  /**
   * Adds a rule that puts one path right wherever a text names it whole: not inside a longer path. A second fix of the same
   * path replaces the first.
   * @returns the id, as `registerCorrectionPattern`
   * @throws RuleInputError where a path is empty or both are the same, RuleStoreError
   */
  registerNavigationFix({ incorrectPath, correctPath }: { readonly incorrectPath: string; readonly correctPath: string }): number {
    this.#assertUse('');
    return this.#rules.addFix(incorrectPath, correctPath);
  }

  /**
   * Adds a behavior patch: stored in the database where there is one, for every proxy on it. In memory, and for the texts of this
   * object, only an `output_filter` that matches has an effect: a whole text has no request to modify and nothing before it.
   * @returns the id, as `registerCorrectionPattern`
   * @throws RuleInputError in words for its author, RuleStoreError where the database cannot be written
   */
  createBehaviorPatch(patch: PatchForm): number {
    this.#assertUse('');
    return this.#rules.addPatch(patch);
  }

  /** Counts since this object was made; a copy. */
  statistics(): PatcherStatistics {
    this.#assertUse('');
    return this.#tally.statistics({ correctionPatterns: this.#rules.current().patterns.length, behaviorPatches: this.#rules.patches });
  }

  /** Lets the database and the folders go, so that nothing here keeps the process alive. Any later call but this one throws. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#truth.close();
    this.#rules.close();
  }

  #assertUse(text: unknown): asserts text is string {
    if (this.#closed) throw new Error('this HotPatcher is closed');
    if (typeof text !== 'string') throw new TypeError(`a text or path must be a string; it is ${text === null ? 'null' : typeof text}`);
  }

  #examine(text: string, context: PatcherContext): { readonly modified: string; readonly corrections: readonly Correction[] } {
    this.#assertUse(text);
    try {
      const { request, truth } = this.#truth.about(context);
      const { modified, settled } = this.#rewrite(text, { truth, rules: this.#rules.current(), request, modes: this.#modes, holdChars: this.#limits.holdChars, contradictionNotes: this.#limits.contradictionNotes });
      const exchange = this.#id();
      return { modified, corrections: settled.map((one, index) => correctionOf(one, `${exchange}-${index + 1}`, exchange, 'text')) };
    } catch (error) {
      this.#onFault(`a text passes unchanged: ${String(error)}`);
      return { modified: text, corrections: [] };
    }
  }

  #rewrite(text: string, exchange: ExchangeContext, detectors: readonly Detector[] = TEXT_DETECTORS): ReturnType<typeof rewriteText> {
    const failed = (detector: Detector, error: unknown): void => this.#onFault(`detector ${detector.type} failed and is off for this text: ${String(error)}`);
    return rewriteText(text, exchange, { limits: this.#limits, detectors, failed });
  }

  #ruledPath(path: string, exchange: ExchangeContext): PathFix | null {
    const { modified, settled } = this.#rewrite(path, exchange, [patternMatch]);
    const rule = settled.find(({ action }) => action === 'replace')?.verdict.rule ?? null;
    return rule === null || modified === '' ? null : { incorrectPath: path, correctPath: modified, effectiveness: 1, reasoning: `rule ${rule}` };
  }
}

/** What the workspace says of a path. */
function knownPath(path: string, truth: GroundTruth, rules: RuleSet, request: RequestContext): PathFix {
  const none = (reasoning: string): PathFix => ({ incorrectPath: path, correctPath: null, effectiveness: 0, reasoning });
  const answer = truth.path({ path, backslashes: request.backslashes?.() ?? false });
  if (answer === 'unknown') return none('nothing is known of this path');
  if (answer.known) return { incorrectPath: path, correctPath: path, effectiveness: 1, reasoning: 'it exists' };
  const { nearest, step, score } = answer;
  if (nearest === null || nearest === path) return none(answer.resembles ? 'no clear counterpart' : 'nothing in the workspace resembles it');
  if (answer.needsTie && request.tied === false) return none('only a text about this workspace could mean a file of it');
  if (rules.rejected.has(rejectionKey('invalid_path', path, nearest))) return none(`${nearest} was rejected before`);
  if (!truth.confirm(path, nearest)) return none('the workspace has changed meanwhile');
  return { incorrectPath: path, correctPath: nearest, effectiveness: score, reasoning: step ?? 'nearest' };
}
