import type { TextSpan } from '../codec/codec.js';
import type { Verdict } from '../detect/detector.js';
import { opensAsData } from '../detect/incomplete-blocks.js';
import type { BehaviorPatch, Validator } from '../rules/patch-input.js';
import { applyEdits, type Edit } from '../text/edit.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import type { RequestContext } from '../truth/request-context.js';
import type { HallucinationType, Modes } from '../types.js';
import type { Corrected } from './client-memory.js';
import { jsonFault, meansJson } from './json-check.js';
import { isFor } from './patch-occasion.js';
import { thoughtAloud } from './thought-aloud.js';

/** A check that failed on a text. */
export interface FailedCheck {
  readonly verdict: Verdict;
  readonly action: Validator['action'];
  /** What to say behind the text. */
  readonly note: string;
}

/** One element of a validator patch. */
interface Check extends Validator {
  readonly patch: string;
  /** As corrections name it. */
  readonly rule: string;
}

/** A longer text is not kept for its checks, and so not judged: an answer of this size is no JSON that anybody reads whole. */
const MOST_UNITS = 1_048_576;
/** Paths that a note names. */
const MOST_NAMED = 5;
/** Different wrong paths that are kept; an answer with more is wrong enough. */
const MOST_PATHS = 1000;
/** Behind a call in tags or an edit block a note would be part of what a client executes. */
const TAGS = /^[ \t]*(?:<(?:[a-z]+(?:_[a-z]+)+|tool_call|function|invoke)\b|<<<<<<<|\*\*\* Begin Patch)/m;
const HEAD_UNITS = 256;
/** The mode of this type caps what a check may do. */
const TYPES: Readonly<Record<Validator['check'], HallucinationType>> = { paths: 'fabricated_path', json: 'pattern_match', reasoning_present: 'incomplete_reasoning' };
/** Reasoning that the backend keeps to itself, or encrypts: there was some. */
const HIDDEN_REASONING = /"type"\s*:\s*"(?:reasoning|redacted_thinking)"/;

/** The validators of one answer: what they ask of each of its texts, and what came of it. */
export class AnswerChecks {
  readonly #checks: readonly Check[];
  readonly #watchesReasoning: boolean;
  readonly #passed = new Map<string, boolean>();
  #reasoned = false;

  private constructor(checks: readonly Check[]) {
    this.#checks = checks;
    this.#watchesReasoning = checks.some(({ check }) => check === 'reasoning_present');
  }

  /** Those of the patches that check this answer; null where none does. */
  static of(patches: readonly BehaviorPatch[], request: RequestContext, before: Corrected, modes: Modes): AnswerChecks | null {
    const checks = patches.flatMap((patch) => {
      if (patch.type !== 'validator' || !isFor(patch, request, before)) return [];
      return patch.rules.map((validator, index) => ({ ...validator, patch: patch.id, rule: `${patch.id}/${index}` })).filter(({ check }) => modes[TYPES[check]] !== 'off');
    });
    return checks.length === 0 ? null : new AnswerChecks(checks);
  }

  /** Looks at an event before its texts are read: a document may have its reasoning behind its answer. */
  look(raw: Buffer, spans: readonly TextSpan[]): void {
    if (!this.#watchesReasoning || this.#reasoned) return;
    this.#reasoned = spans.some(({ kind, text }) => (kind === 'reasoning' || kind === 'sealed') && text.trim() !== '') || HIDDEN_REASONING.test(raw.toString('latin1'));
  }

  /** For one text of the answer. */
  ofText(): TextCheck {
    return new TextCheck(this.#checks, {
      reasoned: () => this.#reasoned,
      judged: (patch, passed) => this.#passed.set(patch, passed && this.#passed.get(patch) !== false),
    });
  }

  /** By patch: whether all texts it judged passed. One that found nothing to judge is left out. */
  get results(): ReadonlyMap<string, boolean> {
    return this.#passed;
  }
}

interface Around {
  reasoned(): boolean;
  judged(patch: string, passed: boolean): void;
}

/** Keeps what the checks of one text need, and judges it as the client has it: with what was replaced. */
export class TextCheck {
  readonly #checks: readonly Check[];
  readonly #around: Around;
  #pieces: string[] = [];
  #units = 0;
  #blank = true;
  readonly #edits: Edit[] = [];
  /** Paths that were found wrong and still stand there, in order, and whether that is certain enough to be said in the answer. */
  readonly #paths = new Map<string, boolean>();

  constructor(checks: readonly Check[], around: Around) {
    this.#checks = checks;
    this.#around = around;
  }

  read(text: string): void {
    this.#units += text.length;
    this.#blank &&= text.trim() === '';
    if (this.#units <= MOST_UNITS) this.#pieces.push(text);
    else this.#pieces = [];
  }

  settled({ start, end, verdict, action }: SettledCorrection): void {
    if (action === 'replace') {
      if (this.#units <= MOST_UNITS) this.#edits.push({ start, end, text: verdict.expected ?? '' });
    } else if (verdict.type === 'invalid_path' || verdict.type === 'fabricated_path') {
      const { detected, strategy } = verdict;
      if (this.#paths.size < MOST_PATHS || this.#paths.has(detected)) this.#paths.set(detected, strategy !== 'report' || this.#paths.get(detected) === true);
    }
  }

  /** The text is over. An empty one, as before a call, is not judged. */
  end(request: RequestContext): readonly FailedCheck[] {
    if (this.#blank) return [];
    const text = this.#units <= MOST_UNITS ? applyEdits(this.#pieces.join(''), 0, this.#edits) : null;
    const quiet = text !== null && takesNoNote(text);
    return this.#checks.flatMap((check) => {
      const fault = this.#faultOf(check, text, request);
      if (fault === 'not judged') return [];
      this.#around.judged(check.patch, fault === null);
      return fault === null ? [] : [failed(check, quiet ? { ...fault, note: null } : fault)];
    });
  }

  #faultOf({ check }: Check, text: string | null, request: RequestContext): Fault | null | 'not judged' {
    if (check === 'paths') return this.#pathFault();
    if (check === 'reasoning_present' && this.#around.reasoned()) return null;
    if (text === null) return 'not judged';
    const { thought, answer } = thoughtAloud(text);
    if (check === 'reasoning_present') {
      return thought.trim() !== '' ? null : { detected: 'no reasoning', reason: 'the answer came without reasoning', note: '\n\n[This answer came without reasoning.]' };
    }
    if (answer.trim() === '') return 'not judged';
    const found = jsonFault(answer, request.json === true);
    if (found === undefined) return 'not judged';
    return found === null ? null : { detected: found, reason: 'the answer is no valid JSON', note: '\n\n[The JSON of this answer is not valid.]' };
  }

  #pathFault(): Fault | null {
    if (this.#paths.size === 0) return null;
    const certain = [...this.#paths].flatMap(([path, sure]) => (sure ? [path] : []));
    return {
      detected: named([...this.#paths.keys()]),
      reason: 'the answer names paths that are not there',
      note: certain.length === 0 ? null : `\n\n[Not in this workspace: ${named(certain)}]`,
    };
  }
}

interface Fault {
  readonly detected: string;
  readonly reason: string;
  /** Null: nothing may be said in the answer. */
  readonly note: string | null;
}

function named(paths: readonly string[]): string {
  return paths.slice(0, MOST_NAMED).join(', ') + (paths.length > MOST_NAMED ? `, and ${paths.length - MOST_NAMED} more` : '');
}

/** Data, calls in tags and edit blocks: what is read by a program is not prose. */
function takesNoNote(text: string): boolean {
  const { answer } = thoughtAloud(text);
  return opensAsData(answer.trimStart().slice(0, HEAD_UNITS).split('\n', 1)[0] ?? '') || meansJson(answer) || TAGS.test(answer);
}

function failed({ check, action, rule }: Check, { detected, reason, note }: Fault): FailedCheck {
  const said = action === 'annotate' && note !== null;
  return { verdict: { type: TYPES[check], confidence: 1, detected, expected: null, strategy: said ? 'insert' : 'report', rule, reason }, action: said ? 'annotate' : 'report', note: note ?? '' };
}
