import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Mode } from '../../../src/core/types.js';
import { messages } from '../../helpers/deframe.js';
import { literalRules, Stage } from '../../helpers/playbook.js';
import { BARE, CHAT, chunk, delta, document, DONE, LAST, response, streamHead } from './messages.js';

const RULES = literalRules({ mian: 'main', 'utlis.ts': 'utils.ts', aaa: 'b', é: 'e' });

/** What the rules make of a whole text: at each place the longest wins, and what was put in is not looked at again. */
function oracle(text: string): string {
  return text.replace(/utlis\.ts|mian|aaa|é/g, (found) => RULES.patterns.find(({ value }) => value === found)?.replacement ?? '');
}

interface Answer {
  readonly request: string;
  /** The answer on the wire. */
  readonly wire: Buffer;
  /** What the client is to put together: the text of a stream or a document; the body itself where it is not read. */
  readonly text: string;
  readonly kind: 'stream' | 'document' | 'other';
}

/** Many near misses and hits, cut anywhere. */
const token = fc.oneof(fc.constantFrom('mian', 'mi', 'an', 'm', 'utlis.ts', 'utlis', '.ts', 'a', 'aa', 'aaaa', ' ', '\n', 'é', 'e', '😀', 'plain words'), fc.string({ maxLength: 5 }));
const tokens = fc.array(token, { maxLength: 12 });

const stream = fc.record({ tokens, framing: fc.constantFrom('chunked', 'length'), together: fc.integer({ min: 1, max: 4 }), ping: fc.boolean() }).map(({ tokens, framing, together, ping }): Answer => {
  const events = [...tokens.map((content) => delta(content)), ...(ping ? [': ping\n\n'] : []), DONE];
  const groups = Array.from({ length: Math.ceil(events.length / together) }, (_, index) => events.slice(index * together, (index + 1) * together).join(''));
  const wire = framing === 'chunked'
    ? streamHead() + groups.map(chunk).join('') + LAST
    : `${response('200 OK', ['Content-Type: text/event-stream', `Content-Length: ${Buffer.byteLength(events.join(''))}`])}${events.join('')}`;
  return { request: CHAT, wire: Buffer.from(wire), text: oracle(tokens.join('')), kind: 'stream' };
});

const whole = fc.record({ tokens, chunked: fc.boolean() }).map(({ tokens, chunked }): Answer => {
  const body = document(tokens.join(''));
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${Buffer.byteLength(body)}`;
  return { request: CHAT, wire: Buffer.from(response('200 OK', ['Content-Type: application/json', framing]) + (chunked ? chunk(body) + LAST : body)), text: oracle(tokens.join('')), kind: 'document' };
});

const other = fc.string({ maxLength: 30 }).map((text): Answer => ({
  request: BARE, wire: Buffer.from(response('200 OK', ['Content-Type: text/plain', `Content-Length: ${Buffer.byteLength(`mian ${text}`)}`]) + `mian ${text}`), text: `mian ${text}`, kind: 'other',
}));

const sequence = fc.array(fc.oneof(stream, whole, other), { minLength: 1, maxLength: 5 });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end)).filter((piece) => piece.length > 0);
}

function play(mode: Mode, answers: readonly Answer[], up: readonly number[], down: readonly number[]): { stage: Stage; bytes: Buffer } {
  const stage = new Stage({ mode, rules: RULES });
  for (const piece of cut(Buffer.from(answers.map(({ request }) => request).join('')), up)) stage.fromClient(piece);
  for (const { wire } of answers) for (const piece of cut(wire, down)) stage.fromUpstream(piece);
  stage.clientEnded();
  const bytes = Buffer.concat(stage.happened.flatMap(({ lane, what }) => (lane === 'client' && typeof what !== 'string' ? [what] : [])));
  return { stage, bytes };
}

interface Choices {
  readonly choices: readonly { readonly delta?: { readonly content: string }; readonly message?: { readonly content: string } }[];
}

function textOf(body: Buffer, kind: Answer['kind']): string {
  const content = (json: string): string => {
    const [choice] = (JSON.parse(json) as Choices).choices;
    return choice?.delta?.content ?? choice?.message?.content ?? '';
  };
  if (kind === 'other') return body.toString();
  if (kind === 'document') return content(body.toString());
  return body.toString().split('\n\n').filter((event) => event.startsWith('data: {')).map((event) => content(event.slice(6))).join('');
}

function toldOnce(stage: Stage, count: number): void {
  const ids = stage.observations.flatMap((observation) => (observation.kind === 'exchange' ? [observation.summary] : []));
  assert.deepEqual(ids.map(({ exchange, outcome }) => `${exchange} ${outcome}`), Array.from({ length: count }, (_, index) => `x${index + 1} complete`));
}

const PARAMETERS = { seed: 20_260_701, numRuns: 300 };

test('any exchanges, cut anywhere: what the client puts together is what a whole-text rewrite gives', () => {
  fc.assert(fc.property(sequence, cuts, cuts, (answers, up, down) => {
    const { stage, bytes } = play('correct', answers, up, down);
    const got = messages(bytes);
    assert.deepEqual(got.map(({ body }, index) => textOf(body, answers[index]?.kind ?? 'other')), answers.map(({ text }) => text));
    assert.ok(got.every(({ whole }) => whole));
    toldOnce(stage, answers.length);
  }), PARAMETERS);
});

test('any exchanges, cut anywhere: whoever only watches changes no byte, and sees the same corrections', () => {
  fc.assert(fc.property(sequence, cuts, cuts, (answers, up, down) => {
    const watched = play('observe', answers, up, down);
    assert.deepEqual(watched.bytes, Buffer.concat(answers.map(({ wire }) => wire)));
    toldOnce(watched.stage, answers.length);
    const corrected = play('correct', answers, [], []);
    const found = (stage: Stage): string[] => stage.observations.flatMap((one) => (one.kind === 'correction' ? [`${one.correction.exchange} ${one.correction.start} ${one.correction.detected}`] : []));
    assert.deepEqual(found(watched.stage), found(corrected.stage));
  }), PARAMETERS);
});

test('any exchanges without a rule that applies: bodies stay byte for byte, and the client may leave at any byte', () => {
  fc.assert(fc.property(sequence, cuts, fc.nat(), (answers, down, leaves) => {
    const stage = new Stage({ mode: 'correct' });
    const wire = Buffer.concat(answers.map(({ wire }) => wire));
    stage.fromClient(Buffer.from(answers.map(({ request }) => request).join('')));
    let left = leaves % (wire.length + 1);
    for (const { wire: answer } of answers) {
      for (const piece of cut(answer.subarray(0, left), down)) stage.fromUpstream(piece);
      left = Math.max(0, left - answer.length);
    }
    stage.connection.clientFailed(new Error('gone'));
    const bytes = Buffer.concat(stage.happened.flatMap(({ lane, what }) => (lane === 'client' && typeof what !== 'string' ? [what] : [])));
    const [got, expected] = [messages(bytes), messages(wire)];
    got.forEach(({ body, whole }, index) => {
      const all = expected[index]?.body ?? Buffer.alloc(0);
      assert.deepEqual(body, whole ? all : all.subarray(0, body.length));
    });
    assert.equal(stage.observations.filter(({ kind }) => kind === 'exchange').length, stage.ids);
    assert.equal(stage.connection.deadlineMs(), null);
  }), PARAMETERS);
});
