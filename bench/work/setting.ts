import assert from 'node:assert/strict';
import { resolveLimits } from '../../src/core/limits.js';
import { openConnection, type ConnectionSink } from '../../src/core/rewrite/connection.js';
import { compileRuleSet } from '../../src/core/rules/compile.js';
import { RULE_SCOPES, type PatternRule, type RuleSet } from '../../src/core/rules/rule-set.js';
import { DEFAULT_NOTES } from '../../src/core/text/policy.js';
import { truthOfFiles } from '../../src/core/truth/path-truth.js';
import { HALLUCINATION_TYPES, uniformModes, type Modes } from '../../src/core/types.js';
import { HIT_WORDS, workspacePath } from '../harness/corpus.js';
import { answerEvents, answerText, asChunk, LAST_CHUNK, textOfBody } from '../harness/wire.js';
import type { Workload } from './workloads.js';

const FILES = 20_000;
const RULES = 1_000;
const limits = resolveLimits();
const truth = truthOfFiles(Array.from({ length: FILES }, (_, n) => workspacePath(n)));

function literal(value: string, replacement: string, index: number): PatternRule {
  return { id: `r${index}`, match: 'literal', value, flags: '', word: true, replacement, expand: false, type: 'pattern_match', confidenceThreshold: 0, scopes: RULE_SCOPES, models: null };
}

function ruleSet(hits: boolean): RuleSet {
  const idle = Array.from({ length: RULES }, (_, n): readonly [string, string] => [`zq${n.toString(36)}xv`, 'never']);
  const pairs = hits ? [...idle, ...HIT_WORDS] : idle;
  return compileRuleSet(pairs.map(([wrong, right], index) => literal(wrong, right, index)), [], new Set(), [], limits);
}

const rules = { idle: ruleSet(false), hits: ruleSet(true) };

function modesOf(mode: Workload['mode']): Modes {
  if (mode === 'observe') return uniformModes('observe');
  if (mode === 'correct') return uniformModes('correct');
  return Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, type === 'pattern_match' ? 'correct' : 'off'])) as Modes;
}

const TARGET = { ndjson: '/api/chat', sse: '/v1/chat/completions' } as const;
const MEDIA = { ndjson: 'application/x-ndjson', sse: 'text/event-stream' } as const;

/** One answer through one connection, a read an event, as a paced backend's come. Checks once that the client's text is the right one. */
export function prepare({ plan, mode }: Workload): { readonly tokens: number; run(): void } {
  const body = '{"model":"bench","messages":[{"role":"user","content":"Tell me of it."}],"stream":true}';
  const request = Buffer.from(`POST ${TARGET[plan.envelope]} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${MEDIA[plan.envelope]}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const reads = [head, ...answerEvents(plan).map(asChunk), LAST_CHUNK];
  const settings = { modes: modesOf(mode), limits, notes: DEFAULT_NOTES, responseTimeoutMs: 0, upstreamHost: null, access: { loopbackListener: true, origins: [], hosts: [] } };
  const compiled = plan.hits > 0 ? rules.hits : rules.idle;
  const play = (toClient: (bytes: Buffer) => void): void => {
    const ignore = (): void => undefined;
    const sink: ConnectionSink = { dialUpstream: ignore, toClient, toUpstream: ignore, readyForClient: ignore, endClient: ignore, endUpstream: ignore, dropUpstream: ignore, destroyClient: ignore, destroyUpstream: ignore };
    const connection = openConnection(sink, { settings: () => settings, rules: { current: () => compiled }, truth: () => truth, observer: { observe: ignore }, newId: () => 'x', loopbackClient: true }, 0);
    connection.fromClient(request, 0);
    for (const read of reads) connection.fromUpstream(read, 0);
  };
  const got: Buffer[] = [];
  play((bytes) => void got.push(Buffer.from(bytes)));
  assert.equal(textOf(Buffer.concat(got), plan.envelope), answerText(plan, plan.hits > 0), 'the client did not get the answer it should');
  return { tokens: reads.length - 2, run: () => play(() => undefined) };
}

/** The text of a chunked response. */
function textOf(response: Buffer, envelope: Workload['plan']['envelope']): string {
  const parts: Buffer[] = [];
  for (let at = response.indexOf('\r\n\r\n') + 4; at < response.length; ) {
    const line = response.indexOf('\r\n', at);
    const size = Number.parseInt(response.toString('latin1', at, line), 16);
    parts.push(response.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
  return textOfBody(envelope, Buffer.concat(parts));
}
