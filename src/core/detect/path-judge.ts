import { admitsImports } from '../rules/switches.js';
import type { PathAnswer, PathStep, PathUnknown } from '../truth/ground-truth.js';
import type { Strategy } from '../types.js';
import type { ExchangeContext, Verdict } from './detector.js';
import { type Intent, intentOf, isDiffHead, isEditFence, isGitLine, isImportLine, isShellFence, isShellMaking, isTrace, isTreeLine, lineBefore, type Surroundings } from './path-cues.js';
import type { Mention } from './path-mention.js';
import { PathNames, pathKey } from './path-names.js';
import { BUILT, isVague } from './path-words.js';
import { isTied, namesOf, TYING_FILES } from './path-request.js';

/** How many names an answer may create. */
const MOST_CREATED = 1_024;
/** The least score that a correction is made with. Steps below it are for people to read, not for edits. */
const LEAST_SCORE = 0.75;
/** Confidence that a path without any likeness is an invention: measured on labelled answers. */
const INVENTED = 0.9;
/** The same for a path that has likenesses, none of them clear. */
const UNCLEAR = 0.7;

/** The same letters but for spelling: right whatever is meant to happen with the file. */
const SPELLING: ReadonlySet<PathStep> = new Set<PathStep>(['unicode_form', 'separators', 'letter_case']);
const SLIPS: ReadonlySet<PathStep> = new Set<PathStep>([...SPELLING, 'transposed_letters', 'one_edit']);

/** A tool tag that writes: its path is of a file yet to be made, and to write over another would be worse than any slip. */
const WRITING_TAG = /<\w*(?:write|create|new|append|insert|copy|move|rename)\w*>\s*<(?:path|file_?path|file_?name|file)>\s*$/i;

/** Judges the mentions of one channel: what is known is forgotten at once, the rest is weighed with what stands around it. */
export class PathJudge {
  readonly #context: ExchangeContext;
  readonly #created = new PathNames(MOST_CREATED);
  readonly #files = new Set<string>();
  #structured: boolean;

  constructor(context: ExchangeContext) {
    this.#context = context;
    this.#structured = context.request.structured === true;
  }

  /** The answer opens as data: nothing is added to it. */
  structured(): void {
    this.#structured = true;
  }

  /** Looks a mention up. Null: known, or nothing can be said of it. */
  look(mention: Mention): PathUnknown | null {
    const { path } = mention;
    const answer = this.#ask(path);
    if (answer === 'unknown') return null;
    if (answer.known) {
      if (answer.is === 'file' && this.#files.size < TYING_FILES) this.#files.add(pathKey(path));
      return null;
    }
    if (this.#created.has(path) || namesOf(this.#context.request).has(path)) return null;
    if (mention.form === 'absolute' && path.startsWith('/') && this.#isKnown(path.slice(1))) return null;
    if (/^[ab]\//.test(path) && this.#isKnown(path.slice(2))) return null;
    // Nothing to put in its place, and nothing to say of it: it need not wait for its line.
    return (answer.nearest === null || answer.score < LEAST_SCORE) && !this.#accusable(mention) ? null : answer;
  }

  /** Whether a longer reading of the text around a mention, with its spaces, is a path that exists. */
  isKnown(path: string): boolean {
    // The first words of a command are no folder that `..` leads out of.
    return path.length > 2 && path.length <= 512 && !path.includes('..') && this.#isKnown(path);
  }

  /**
   * Decides about a mention that is not known.
   * @returns what is to be done, or null for silence.
   */
  decide(mention: Mention, answer: PathUnknown, place: Surroundings): Verdict | null {
    const { path } = mention;
    if (this.#created.has(path)) return null;
    if (WRITING_TAG.test(place.before) && (answer.step === null || !SPELLING.has(answer.step))) {
      this.#created.add(path);
      return null;
    }
    const line = lineBefore(place.before);
    if (place.fence === null ? isGitLine(line) : isGitLine(line) || isShellMaking(line)) {
      if (answer.nearest === null) this.#created.add(path);
      return null;
    }
    if (isTreeLine(line) || (isDiffHead(line) && /^[ab]\//.test(path))) return null;
    const intent = intentOf(place);
    const found = this.#correction(mention, answer, place, intent);
    if (found !== null) return isImportLine(line) && !admitsImports(found.confidence, this.#context.rules.switches) ? null : found;
    if (intent === 'plain' && mention.familiar) {
      this.#created.add(path);
      return null;
    }
    return this.#invention(mention, answer, place, intent);
  }

  #correction(mention: Mention, answer: PathUnknown, place: Surroundings, intent: Intent): Verdict | null {
    const { nearest, step, score } = answer;
    if (nearest === null || step === null || nearest === mention.path || score < LEAST_SCORE) return null;
    if ((answer.needsTie || isShortAndElsewhere(mention, nearest, step)) && !this.#tied()) return null;
    if (!allows(mention, step, place, intent, score, nearest)) return null;
    if (mention.vague && !SLIPS.has(step) && mention.form === 'relative' && !this.#isNamedSo(mention, nearest)) return null;
    if (!this.#context.truth.confirm(mention.path, nearest)) return null;
    const bareWord = place.delimited ? 1 : 0.98;
    return {
      type: 'invalid_path',
      confidence: Math.round(score * bareWord * 1000) / 1000,
      detected: mention.path,
      expected: nearest,
      strategy: strategyOf(place),
      rule: null,
      reason: step,
    };
  }

  #invention(mention: Mention, answer: PathUnknown, place: Surroundings, intent: Intent): Verdict | null {
    if (answer.nearest !== null || intent !== 'none') return null;
    if (!this.#accusable(mention)) return null;
    if (isQuotedCode(place) || isImportLine(lineBefore(place.before)) || isTrace(lineBefore(place.before))) return null;
    if (place.fence !== null && isEditFence(place.fence)) return null;
    const tied = this.#tied();
    if (answer.resembles) return tied ? unclear(mention.path) : null;
    return {
      type: 'fabricated_path',
      confidence: tied ? INVENTED : INVENTED / 2,
      detected: mention.path,
      expected: null,
      strategy: tied && place.fence === null && !this.#structured ? 'insert' : 'report',
      rule: null,
      reason: 'nothing in the workspace resembles it',
    };
  }

  /** Only what is plainly the path of a source or document of this project can be said to be missing. */
  #accusable(mention: Mention): boolean {
    if (mention.form !== 'relative' || !mention.familiar || mention.backslashes || mention.folder) return false;
    const { components } = mention;
    // Folders of tools may come to any project.
    if (mention.path.startsWith('.') || components.length < 2 || !components.every((part) => /^[\p{L}\p{N}_.@+ -]+$/u.test(part))) return false;
    return !mention.vague || components.every((part, at) => !isVague(part, at < components.length - 1) || this.#isFolderHere(components, at));
  }

  /** A folder that is there is no placeholder, whatever its name; what is built may come and go all the same. */
  #isFolderHere(components: readonly string[], at: number): boolean {
    return at < components.length - 1 && !BUILT.has((components[at] as string).toLowerCase()) && this.#isKnown(`${components.slice(0, at + 1).join('/')}/`);
  }

  /** Each component that would be a placeholder is a folder here, or one of the counterpart's. */
  #isNamedSo({ components }: Mention, nearest: string): boolean {
    const real = nearest.toLowerCase().split(/[\\/]/);
    const stem = (name: string): string => name.replace(/(?<=.)\..*$/, '');
    return components.every((part, at) => {
      const folder = at < components.length - 1;
      const lower = part.toLowerCase();
      return !isVague(part, folder) || real.some((name) => name === lower || (!folder && stem(name) === stem(lower))) || this.#isFolderHere(components, at);
    });
  }

  #ask(path: string): PathAnswer {
    return this.#context.truth.path({ path, backslashes: this.#context.request.backslashes?.() ?? false });
  }

  #isKnown(path: string): boolean {
    const answer = this.#ask(path);
    return answer !== 'unknown' && answer.known;
  }

  #tied(): boolean {
    return this.#files.size >= TYING_FILES || isTied(this.#context.request, this.#context.truth);
  }
}

/** `tests/conftest.py` for `test/conftest.py`: as likely the right path of another project as a slip in this one's. */
function isShortAndElsewhere(mention: Mention, nearest: string, step: PathStep): boolean {
  return !SPELLING.has(step) && mention.components.length <= 2 && nearest.endsWith(`/${mention.components.at(-1) ?? ''}`);
}

/** Something like it exists, but no one file is clearly meant: that much can be said, and nothing be done. */
function unclear(path: string): Verdict {
  return { type: 'invalid_path', confidence: UNCLEAR, detected: path, expected: null, strategy: 'report', rule: null, reason: 'no clear counterpart' };
}

/** Whether a step may be believed of a mention in this form, at this place. */
function allows(mention: Mention, step: PathStep, place: Surroundings, intent: Intent, score: number, nearest: string): boolean {
  const spelling = SPELLING.has(step);
  if (intent === 'plain' && !spelling) return false;
  if (intent === 'near' && score < 0.8) return false;
  // A name alone is a name in any folder: only its spelling can be wrong.
  if (!/[\\/]/.test(mention.path)) return place.delimited && (step === 'letter_case' || step === 'transposed_letters') && !/[\\/]/.test(nearest);
  if (mention.backslashes && step !== 'separators' && !mention.familiar) return false;
  if (mention.backslashes && mention.path.includes('/') && step !== 'separators') return false;
  // What an import names may be a package, or lie beside the importing file.
  if (isImportLine(lineBefore(place.before)) && !SLIPS.has(step) && step !== 'extension') return false;
  const code = isImportLine(lineBefore(place.before)) || isQuotedCode(place);
  if (mention.form === 'dotted') return spelling || SLIPS.has(step) || (step === 'relative_prefix' && !code && score >= 0.85);
  if (mention.form === 'absolute') return spelling || step === 'foreign_root' || step === 'relative_prefix';
  if (!mention.familiar && (mention.extension === '' || !nearest.toLowerCase().endsWith(`.${mention.extension}`))) return place.delimited && (SLIPS.has(step) || step === 'two_edits' || (step === 'extension' && mention.extension !== '')) && score >= 0.85;
  return true;
}

/** A quoted string in code outside comments. */
function isQuotedCode(place: Surroundings): boolean {
  return place.delimited && /["'`]$/.test(place.before) && place.fence !== null && !isShellFence(place.fence);
}

/** What a correction may do where it stands (`replace`), or only say. */
function strategyOf(place: Surroundings): Strategy {
  const line = lineBefore(place.before);
  return isImportLine(line) || !isEditable(line, place.fence, place.delimited) ? 'report' : 'replace';
}

/** In code, shell lines, quoted strings, comments and lines that begin with the path. */
function isEditable(line: string, fence: string | null, delimited: boolean): boolean {
  if (fence === null) return true;
  if (isEditFence(fence)) return false;
  return isShellFence(fence) || delimited || line.trim() === '' || /(?:^|\s)(?:\/\/|#|--|;|\/?\*|<!--|%)/.test(line);
}

/**
 * Whether `decide` makes at most a report of any path that begins here.
 * @param line what stands before it in its line
 */
export function isOnlyTold(line: string, fence: string | null, delimited: boolean): boolean {
  if (!isEditable(line, fence, delimited)) return true;
  if (line.trim() === '') return false;
  return isImportLine(line) || isTreeLine(line) || isGitLine(line) || (fence !== null && isShellMaking(line));
}
