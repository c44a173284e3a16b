import type { TextSpan } from '../codec/codec.js';
import type { Verdict } from '../detect/detector.js';
import type { BehaviorPatch, Validator } from '../rules/patch-input.js';
import { applyEdits, type Edit } from '../text/edit.js';
import type { SettledCorrection } from '../text/text-rewriter.js';
import type { RequestContext } from '../truth/request-context.js';
import type { HallucinationType, Modes } from '../types.js';
import type { Corrected } from './client-memory.js';
import { jsonFault } from './json-check.js';
import { isFor } from './patch-occasion.js';

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
  /** Paths that were found wrong and still stand there, in order. */
  readonly #paths = new Set<string>();

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
      this.#paths.add(verdict.detected);
    }
  }

  /** The text is over. An empty one, as before a call, is not judged. */
  end(request: RequestContext): readonly FailedCheck[] {
    if (this.#blank) return [];
    const text = this.#units <= MOST_UNITS ? applyEdits(this.#pieces.join(''), 0, this.#edits) : null;
    return this.#checks.flatMap((check) => {
      const fault = this.#faultOf(check, text, request);
      if (fault === 'not judged') return [];
      this.#around.judged(check.patch, fault === null);
      return fault === null ? [] : [failed(check, fault)];
    });
  }

  #faultOf({ check }: Check, text: string | null, request: RequestContext): Fault | null | 'not judged' {
    switch (check) {
      case 'paths': {
        if (this.#paths.size === 0) return null;
        const named = [...this.#paths];
        const shown = named.slice(0, MOST_NAMED).join(', ') + (named.length > MOST_NAMED ? `, and ${named.length - MOST_NAMED} more` : '');
        return { detected: shown, reason: 'the answer names paths that are not there', note: `\n\n[Not in this workspace: ${shown}]` };
      }
      case 'json': {
        const found = text === null ? 'not judged' : jsonFault(text, request.json === true);
        return found === null || found === 'not judged' ? found : { detected: found, reason: 'the answer is no valid JSON', note: '\n\n[The JSON of this answer is not valid.]' };
      }
      case 'reasoning_present': {
        if (this.#around.reasoned() || (text !== null && thinksAloud(text))) return null;
        return { detected: 'no reasoning', reason: 'the answer came without reasoning', note: '\n\n[This answer came without reasoning.]' };
      }
    }
  }
}

interface Fault {
  readonly detected: string;
  readonly reason: string;
  readonly note: string;
}

function failed({ check, action, rule }: Check, { detected, reason, note }: Fault): FailedCheck {
  const strategy = action === 'annotate' ? 'insert' : 'report';
  return { verdict: { type: TYPES[check], confidence: 1, detected, expected: null, strategy, rule, reason }, action, note };
}

/** Models whose template is not known to the backend think in the answer itself, and some begin within their first tag. */
function thinksAloud(text: string): boolean {
  const end = text.indexOf('</think');
  return end >= 0 && text.slice(0, end).replace(/^\s*<think(?:ing)?>/, '').trim() !== '';
}
