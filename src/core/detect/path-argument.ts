import type { PathStep, PathUnknown } from '../truth/ground-truth.js';
import type { ChannelKind, HallucinationType } from '../types.js';
import type { DetectorRun, ExchangeContext, Finding, TextView, Verdict } from './detector.js';
import { extensionOf } from './path-mention.js';
import { PathNames } from './path-names.js';
import { isTied, namesOf } from './path-request.js';
import { BUILT, EXTENSIONS, isPlaceholder } from './path-words.js';

/** A value of a tool call that names a file: the whole of it is the candidate, spaces included, and nothing stands around it. */

/** A longer value is no path. */
const MOST_PATH = 1_024;
/** The least score that a correction is made with, and the least where the value says little. */
const LEAST_SCORE = 0.75;
const SURE_SCORE = 0.85;
const INVENTED = 0.9;
const UNCLEAR = 0.7;
/** Files that the calls of one answer may create. */
const MOST_WRITTEN = 256;

/** The same letters but for spelling: all that may be wrong with a file that is yet to be written. */
const SPELLING: ReadonlySet<PathStep> = new Set<PathStep>(['unicode_form', 'separators', 'letter_case']);
const SLIPS: ReadonlySet<PathStep> = new Set<PathStep>([...SPELLING, 'transposed_letters', 'one_edit']);

/** Globs, lists, templates, addresses, shell and several lines: none of them is one path. */
const NO_PATH = /[*?<>|"`{}$;\p{Cc}]|:\/\/|^\s|\s$|^@\w+\/|^~?$|^-|\.\.\./u;
/** What says where in a file: `:42`, `:10-20`, `#L10-L20`. */
const LINES = /(?::\d+(?:[:-]\d+)?|#L\d+(?:-L?\d+)?)$/;

/** What the calls of one answer write counts as known to those behind it. */
const writtenBy = new WeakMap<ExchangeContext, PathNames>();

/** One of the two path detectors on one value. It decides when the value is complete; one that was cut off is left alone. */
export class PathArgumentRun implements DetectorRun {
  readonly #type: HallucinationType;
  readonly #context: ExchangeContext;
  readonly #writes: boolean;
  /** It is decided, or too long to be a path, or has left. */
  #over = false;

  constructor(type: HallucinationType, context: ExchangeContext, kind: ChannelKind) {
    this.#type = type;
    this.#context = context;
    this.#writes = kind === 'written_path';
  }

  advance(view: TextView, found: (finding: Finding) => void): number {
    const length = view.base + view.text.length;
    this.#over ||= length > Math.min(MOST_PATH, this.#context.holdChars);
    if (this.#over) return length;
    if (!view.ended) return 0;
    this.#over = true;
    const finding = view.finish === 'value' ? this.#judge(view.text) : null;
    if (finding?.verdict.type === this.#type) found(finding);
    return length;
  }

  letGo(): void {
    this.#over = true;
  }

  #judge(value: string): Finding | null {
    if (value.length < 3 || NO_PATH.test(value)) return null;
    const whole = this.#look(value);
    if (whole === null) return null;
    const lines = LINES.exec(value);
    const path = lines === null ? value : value.slice(0, lines.index);
    const answer = lines === null ? whole : this.#look(path);
    if (answer === null || path.length < 3) return null;
    const verdict = this.#decide(path, answer);
    return verdict === null ? null : { start: 0, end: path.length, verdict };
  }

  /** Null: it is known, or nothing can be said of it. */
  #look(path: string): PathUnknown | null {
    const { request, truth } = this.#context;
    const answer = truth.path({ path, backslashes: request.backslashes?.() ?? false });
    if (answer === 'unknown' || answer.known || namesOf(request).has(path)) return null;
    return writtenBy.get(this.#context)?.has(path) === true ? null : answer;
  }

  #decide(path: string, answer: PathUnknown): Verdict | null {
    const { nearest, step, score } = answer;
    if (nearest !== null && step !== null && nearest !== path && score >= LEAST_SCORE && this.#allows(path, answer, nearest, step)) {
      if (!this.#context.truth.confirm(path, nearest)) return null;
      return { type: 'invalid_path', confidence: score, detected: path, expected: this.#inForm(path, nearest), strategy: 'replace', rule: null, reason: step };
    }
    if (this.#writes) {
      this.#written(path);
      return null;
    }
    return nearest === null ? this.#missing(path, answer) : null;
  }

  /** Tools that want absolute paths get one, where the request states the folder that they begin with. */
  #inForm(path: string, nearest: string): string {
    const folder = path.startsWith('/') && !nearest.startsWith('/') ? (this.#context.request.workingDirectory?.() ?? null) : null;
    if (folder === null || !folder.startsWith('/')) return nearest;
    const absolute = `${folder}/${nearest}`;
    const answer = this.#context.truth.path({ path: absolute, backslashes: false });
    return this.#context.truth.namesRoot(folder) && answer !== 'unknown' && answer.known ? absolute : nearest;
  }

  #written(path: string): void {
    const names = writtenBy.get(this.#context) ?? new PathNames(MOST_WRITTEN);
    writtenBy.set(this.#context, names);
    names.add(path);
  }

  #allows(path: string, answer: PathUnknown, nearest: string, step: PathStep): boolean {
    if (SPELLING.has(step)) return !answer.needsTie || this.#tied();
    if (this.#writes) return false;
    const parts = partsOf(path);
    const isShortAndElsewhere = parts.length <= 2 && nearest.endsWith(`/${parts.at(-1) ?? ''}`);
    if ((answer.needsTie || isShortAndElsewhere) && !this.#tied()) return false;
    if (parts.length === 1) return SLIPS.has(step) && answer.score >= SURE_SCORE;
    if (parts.some((part, at) => isPlaceholder(part, at < parts.length - 1)) || isBuilt(this.#ownParts(path, nearest, step))) return SLIPS.has(step);
    if (!EXTENSIONS.has(extensionOf(parts.at(-1) ?? ''))) return (SLIPS.has(step) || step === 'two_edits' || step === 'foreign_root') && answer.score >= SURE_SCORE;
    return !/^\.{1,2}[\\/]/.test(path) || step !== 'relative_prefix' || answer.score >= SURE_SCORE;
  }

  /** The components within a workspace, this one or the foreign one: where it lies says nothing of them, be it below `/tmp` or `build`. */
  #ownParts(path: string, nearest: string, step: PathStep): readonly string[] {
    const parts = partsOf(path);
    if (step === 'foreign_root') return parts.slice(-partsOf(nearest).length);
    if (!/^(?:[\\/]|[A-Za-z]:)/.test(path)) return parts;
    for (let at = 0; at < path.length; at += 1) {
      if (at > 0 && (path[at] === '/' || path[at] === '\\') && this.#context.truth.namesRoot(path.slice(0, at))) return partsOf(path.slice(at));
    }
    return parts;
  }

  /** No file is meant for sure: that is told, where the exchange is about this workspace, and nothing is changed. */
  #missing(path: string, answer: PathUnknown): Verdict | null {
    const parts = partsOf(path);
    const isPlain = parts.length > 1 && EXTENSIONS.has(extensionOf(parts.at(-1) ?? '')) && !isVague(parts) && /^[^./\\~]/.test(path) && !path.includes('\\') && !/^[A-Za-z]:/.test(path);
    if (!isPlain || !this.#tied()) return null;
    const told = { detected: path, expected: null, strategy: 'report', rule: null } as const;
    if (answer.resembles) return { ...told, type: 'invalid_path', confidence: UNCLEAR, reason: 'no clear counterpart' };
    return { ...told, type: 'fabricated_path', confidence: INVENTED, reason: 'nothing in the workspace resembles it' };
  }

  #tied(): boolean {
    return isTied(this.#context.request, this.#context.truth);
  }
}

function partsOf(path: string): readonly string[] {
  return path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.' && part !== '..');
}

/** Some folder of it is a placeholder, or belongs to what is built or fetched. */
function isVague(parts: readonly string[]): boolean {
  return isBuilt(parts) || parts.some((part, index) => isPlaceholder(part, index < parts.length - 1));
}

function isBuilt(parts: readonly string[]): boolean {
  return parts.slice(0, -1).some((part) => BUILT.has(part.toLowerCase()));
}
