/**
 * How promptly tokens leave: the share of a stream's events that did not leave with the read that completed them, and by
 * how many tokens. One event a read, as slow models send them; no timer fires.
 */
import { formatCodec } from '../../src/core/codec/codec.js';
import { DETECTORS } from '../../src/core/detect/index.js';
import type { Detector } from '../../src/core/detect/detector.js';
import { resolveLimits } from '../../src/core/limits.js';
import { ResponseRewriter } from '../../src/core/rewrite/response-rewriter.js';
import { compileRuleSet } from '../../src/core/rules/compile.js';
import type { PatternRule, RuleSet } from '../../src/core/rules/rule-set.js';
import { DEFAULT_NOTES } from '../../src/core/text/policy.js';
import { type GroundTruth, nothingKnown } from '../../src/core/truth/ground-truth.js';
import { uniformModes } from '../../src/core/types.js';
import { holdCauses } from './hold-causes.js';

export interface PromptnessText {
  readonly text: string;
  /** Default: nothing is known. */
  readonly truth?: GroundTruth;
}

export interface Promptness {
  readonly tokens: number;
  /** Tokens that did not leave with their own read. */
  readonly held: number;
  /** `held / tokens`. */
  readonly share: number;
  /** How many tokens later each held one left, ascending. */
  readonly delays: readonly number[];
  /** Held tokens by what they waited for. */
  readonly causes: ReadonlyMap<string, number>;
  /** The held tokens with the piece of text they belong to, for who asks what was held. */
  readonly spans: readonly HeldSpan[];
  /** The text came out other than it went in: texts of which this is asked are to be clean. */
  readonly changed: number;
}

export interface HeldSpan {
  readonly text: string;
  /** Offsets of the first held token's start and the last one's end. */
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

const LIMITS = resolveLimits();
/** Words as encoders cut texts before they look for pairs: a space goes with what follows, digits come in threes. */
const WORDS = / ?\p{L}[\p{L}\p{M}]*| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,4}|\s+?(?=\s\S)|\s+/gu;
/** A word up to this long is a token; a longer one is two, above twice that three. */
const WHOLE_WORD = 7;

/** Cuts a text as a model's tokens come, about four characters each: at word starts with the space before them, long words in two or three pieces. */
export function pseudoTokens(text: string): string[] {
  const tokens: string[] = [];
  for (const [word] of text.matchAll(WORDS)) {
    const count = word.length <= WHOLE_WORD ? 1 : word.length <= WHOLE_WORD * 2 ? 2 : 3;
    const size = Math.ceil(word.length / count);
    for (let at = 0; at < word.length; at += size) tokens.push(word.slice(at, at + size));
  }
  return tokens;
}

/** Literal rules that begin with letters no text has, so that what is measured is not theirs. */
export function idleRules(count: number): RuleSet {
  const rules = Array.from({ length: count }, (_none, index): PatternRule => ({
    id: `idle-${index}`, match: 'literal', value: `\u{10480}rule ${index} that never begins`, flags: '', word: false, replacement: 'x', expand: false, type: 'pattern_match',
    confidenceThreshold: 0, scopes: ['prose', 'reasoning', 'code'], models: null,
  }));
  return compileRuleSet(rules, [], new Set(), [], LIMITS);
}

/** Streams texts through the rewriting, each as one answer of Ollama's chat. @throws Error where the rewriting gave up */
export function measurePromptness(texts: Iterable<PromptnessText>, rules: RuleSet, detectors: readonly Detector[] = DETECTORS): Promptness {
  const sum = { tokens: 0, held: 0, changed: 0 };
  const delays: number[] = [];
  const spans: HeldSpan[] = [];
  const causes = new Map<string, number>();
  for (const { text, truth = nothingKnown } of texts) {
    const one = streamOne(text, truth, rules, detectors);
    sum.tokens += one.tokens;
    sum.held += one.held;
    sum.changed += one.changed;
    delays.push(...one.delays);
    spans.push(...one.spans);
    for (const [cause, count] of one.causes) causes.set(cause, (causes.get(cause) ?? 0) + count);
  }
  return { ...sum, share: sum.tokens === 0 ? 0 : sum.held / sum.tokens, delays: delays.sort((a, b) => a - b), causes, spans };
}

function streamOne(text: string, truth: GroundTruth, rules: RuleSet, detectors: readonly Detector[]): Omit<Promptness, 'share'> {
  const tokens = pseudoTokens(text);
  if (tokens.join('') !== text) throw new Error('the cut lost letters');
  const lines = tokens.map((content) => Buffer.from(`${JSON.stringify({ model: 'bench', message: { role: 'assistant', content }, done: false })}\n`));
  const codec = formatCodec('ollama-chat', lines[0] ?? Buffer.alloc(0), false);
  if (codec === null) throw new Error('the text could not be put into a stream');
  const delays: number[] = [];
  const out: Buffer[] = [];
  let left = 0;
  let read = 0;
  const fail = (detail: string): never => {
    throw new Error(`the rewriting gave up: ${detail}`);
  };
  const exchange = { truth, rules, request: { route: 'ollama-chat', model: 'bench', stream: true, tied: true }, modes: uniformModes('correct'), holdChars: LIMITS.holdChars };
  const rewriter = new ResponseRewriter(codec, { exchange, limits: LIMITS, notes: DEFAULT_NOTES, detectors, failed: () => undefined }, {
    out: (bytes) => {
      out.push(bytes);
      delays.push(read - left);
      left += 1;
    },
    corrected: () => undefined,
    bailedOut: (_reason, detail) => fail(detail),
    fault: fail,
  });
  for (const line of lines) {
    rewriter.write(line, 0);
    rewriter.settle(0);
    read += 1;
  }
  const held = rewriter.heldTokens;
  rewriter.end(0);
  const waited = delays.filter((delay) => delay > 0);
  if (waited.length !== held) throw new Error(`${held} tokens were counted as held, ${waited.length} were`);
  return { tokens: rewriter.tokens, held, delays: waited, causes: causesOf(tokens, delays, holdCauses(text, tokens, detectors, exchange)), spans: heldSpans(text, tokens, delays), changed: Buffer.concat(out).equals(Buffer.concat(lines)) ? 0 : 1 };
}

/** A token that no detector waits for waits behind an earlier one, or for the place of a note. */
function causesOf(tokens: readonly string[], delays: readonly number[], causes: readonly (string | null)[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  tokens.forEach((_token, index) => {
    if ((delays[index] ?? 0) === 0) return;
    const cause = causes[index] ?? 'a note';
    sums.set(cause, (sums.get(cause) ?? 0) + 1);
  });
  return sums;
}

function heldSpans(text: string, tokens: readonly string[], delays: readonly number[]): HeldSpan[] {
  const spans: HeldSpan[] = [];
  let at = 0;
  let open: { start: number; tokens: number } | null = null;
  tokens.forEach((token, index) => {
    if ((delays[index] ?? 0) > 0) open = { start: open?.start ?? at, tokens: (open?.tokens ?? 0) + 1 };
    else if (open !== null) {
      spans.push({ text, start: open.start, end: at, tokens: open.tokens });
      open = null;
    }
    at += token.length;
  });
  return spans;
}
