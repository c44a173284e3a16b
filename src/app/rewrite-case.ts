import { formatCodec } from '../core/codec/codec.js';
import { resolveLimits } from '../core/limits.js';
import { compileRuleSet } from '../core/rules/compile.js';
import { type PatternRule, RULE_SCOPES } from '../core/rules/rule-set.js';
import { ResponseRewriter } from '../core/rewrite/response-rewriter.js';
import { correctionOf } from '../core/text/text-rewriter.js';
import { DEFAULT_NOTES } from '../core/text/policy.js';
import { nothingKnown } from '../core/truth/ground-truth.js';
import { truthOfFiles } from '../core/truth/path-truth.js';
import { type Correction, HALLUCINATION_TYPES, type Modes, uniformModes } from '../core/types.js';
import { cutText, type EvalCase, type EvalRule } from './eval.js';
import type { RewriteCase, RewrittenCase } from './eval.js';

/** The rules of a case replace in every kind of text. */
function patternOf(rule: EvalRule): PatternRule {
  return {
    id: rule.id,
    match: rule.type,
    value: rule.pattern,
    flags: rule.flags,
    word: false,
    replacement: rule.replacement,
    expand: false,
    type: 'pattern_match',
    confidenceThreshold: 0,
    scopes: RULE_SCOPES,
    models: null,
  };
}

/** Where patterns are asked for, the other types only report. */
function modesOf(labelled: EvalCase, wanted: Modes): Modes {
  if (labelled.type !== 'pattern_match') return wanted;
  return Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, type !== 'pattern_match' && wanted[type] !== 'off' ? 'observe' : wanted[type]])) as Modes;
}

const CREATED = '2026-01-01T00:00:00Z';

/** The answer as Ollama streams it, one line a piece. */
function* ollamaLines(labelled: EvalCase, seed: number): Generator<string> {
  for (const content of cutText(labelled.text, seed, labelled.id)) {
    yield `${JSON.stringify({ model: 'eval', created_at: CREATED, message: { role: 'assistant', content }, done: false })}\n`;
  }
  yield `${JSON.stringify({ model: 'eval', created_at: CREATED, message: { role: 'assistant', content: '' }, done: true, done_reason: labelled.context.doneReason })}\n`;
}

function textOf(body: string): string {
  let text = '';
  for (const line of body.split('\n')) if (line !== '') text += (JSON.parse(line) as { message: { content: string } }).message.content;
  return text;
}

/** Feeds cases through the very rewriting that streams go through, as chat deltas in small pieces; no timer fires. */
export function caseRewriter(modes: Modes = uniformModes('correct')): RewriteCase {
  return (labelled, seed) => rewrite(labelled, seed, modesOf(labelled, modes));
}

function rewrite(labelled: EvalCase, seed: number, modes: Modes): RewrittenCase {
  const limits = resolveLimits();
  const { facts, files, prompt, rules } = labelled.context;
  const ruleSet = compileRuleSet(rules.map(patternOf), facts, new Set(), [], limits);
  const [fault] = ruleSet.faults;
  if (fault !== undefined) throw new Error(`rule ${fault.id}: ${fault.message}`);
  const corrections: Correction[] = [];
  const out: Buffer[] = [];
  const lines = [...ollamaLines(labelled, seed)];
  const codec = formatCodec('ollama-chat', Buffer.from(lines[0] as string), false);
  if (codec === null) throw new Error('the case could not be put into a stream');
  const texts = prompt === null ? [] : [{ role: 'user' as const, text: prompt }];
  const request = { route: 'ollama-chat', model: 'eval', stream: true, tied: true, texts: () => texts };
  const truth = files === null ? nothingKnown : truthOfFiles(files);
  const exchange = { truth, rules: ruleSet, request, modes, holdChars: limits.holdChars, contradictionNotes: limits.contradictionNotes };
  const fail = (detail: string): never => {
    throw new Error(`the rewriting gave up: ${detail}`);
  };
  const rewriter = new ResponseRewriter(codec, { exchange, limits, notes: DEFAULT_NOTES, failed: () => undefined }, {
    out: (bytes) => out.push(bytes),
    corrected: (settled, channel) => corrections.push(correctionOf(settled, `${labelled.id}-${corrections.length + 1}`, labelled.id, channel)),
    bailedOut: (_reason, detail) => fail(detail),
    fault: fail,
  });
  for (const line of lines) {
    rewriter.write(Buffer.from(line), 0);
    rewriter.settle(0);
  }
  rewriter.end(0);
  return { output: textOf(Buffer.concat(out).toString('utf8')), corrections };
}
