import assert from 'node:assert/strict';
import { type Answer, bodyOf, type Form, type Line, type Place, readAnswer } from './answer-places.js';
import { placesIn, replaced, type Span } from './json-places.js';

/** Errors planted into recorded answers, and what is to come out. */

type Roll = (below: number) => number;

/** What a rule mends; no recorded answer has either. */
export const WORD = { wrong: 'qzwrongz', right: 'qz-right-"é"🦊' } as const;
export const PATHS = [
  { wrong: 'src/mian.ts', right: 'src/main.ts' },
  { wrong: './src/server/ruoter.ts', right: './src/server/router.ts' },
] as const;
/** In whose arguments paths are looked at. */
const TOOL = 'read_file';

/** A text by its name: as planted, and as it is to come out. */
export interface Planted {
  readonly body: string;
  readonly answer: Answer;
  readonly want: ReadonlyMap<string, string>;
}

const inString = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The errors put right, in a text or in JSON. */
function mended(text: string, form: Form): string {
  const right = form === 'text' ? WORD.right : inString(WORD.right);
  return PATHS.reduce((so, path) => so.replaceAll(path.wrong, path.right), text.replaceAll(WORD.wrong, right));
}

/** A path before everything and one behind it, and a word anywhere. */
function spoilt(text: string, form: Form, roll: Roll): string {
  if (form !== 'text') {
    const rest = text.trimStart().slice(1);
    return `{"path":"${PATHS[0].wrong}","paths": ["${PATHS[1].wrong}"],"note":"a \\"${WORD.wrong}\\" b"${/^\s*\}/.test(rest) ? '' : ','}${rest}`;
  }
  let at = roll(text.length + 1);
  // Neither into a character nor into the marks of a fence.
  while (at > 0 && (/[\udc00-\udfff`]/.test(text[at] ?? '') || text[at - 1] === '`')) at -= 1;
  const fences = text.match(/```/g)?.length ?? 0;
  return `Look at \`${PATHS[0].wrong}\` first. ${text.slice(0, at)}${WORD.wrong}${text.slice(at)}${fences % 2 === 0 ? `\n\nThen open \`${PATHS[1].wrong}\` too.` : ''}`;
}

/** The text in as many pieces as before, cut at the very places; the last one takes what there is more. */
function cutAs(text: string, lengths: readonly number[]): string[] {
  let at = 0;
  return lengths.map((length, index) => {
    const start = at;
    at = index === lengths.length - 1 ? text.length : at + length;
    // Half a character cannot be sent.
    if (/[\udc00-\udfff]/.test(text[at] ?? '')) at += 1;
    return text.slice(start, at);
  });
}

export function told({ lines }: Answer, { line, span, form }: Place): string {
  const raw = (lines[line]!.json as string).slice(...span);
  return form === 'value' ? raw : (JSON.parse(raw) as string);
}

function byName(answer: Answer, role: Place['role']): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const place of answer.places) if (place.role === role) found.set(place.name, [...(found.get(place.name) ?? []), place]);
  return found;
}

/** Plants errors into every text and all arguments, cut as the answer was, and what is then said again into every copy. */
export function plant(lines: readonly Line[], roll: Roll): Planted | null {
  const answer = readAnswer(lines);
  const want = new Map<string, string>();
  const changes = new Map<number, (readonly [Span, string])[]>();
  const put = (line: number, span: Span, by: string): void => void changes.set(line, [...(changes.get(line) ?? []), [span, by]]);
  const wrong = new Map<string, string>();
  const said = new Map<number, string>();
  for (const [name, places] of byName(answer, 'piece')) {
    const { form } = places[0] as Place;
    const texts = places.map((place) => told(answer, place));
    if (texts.every((text) => text === '')) continue;
    const text = spoilt(texts.join(''), form, roll);
    cutAs(text, texts.map(({ length }) => length)).forEach((piece, index) => {
      const { line, span } = places[index] as Place;
      put(line, span, form === 'value' ? piece : JSON.stringify(piece));
      if (form === 'text') said.set(line, piece);
    });
    wrong.set(name, text);
    want.set(name, mended(text, form));
  }
  if (want.size === 0) return null;
  for (const { role, name, line, span } of answer.places) {
    const text = role === 'copy' ? wrong.get(name) : said.get(line);
    if (role !== 'piece' && text !== undefined) put(line, span, JSON.stringify(text));
  }
  for (const { line, span } of answer.tools) put(line, span, JSON.stringify(TOOL));
  const planted = lines.map(({ before, json }, line) => ({ before, json: json === null ? null : replaced(json, changes.get(line) ?? []) }));
  return { body: bodyOf(planted), answer: readAnswer(planted), want };
}

/** What leaves an event with a text that was corrected: they told of the uncorrected one. */
const DROPPED = /(?:^|\/)(?:logprobs|tokens)$/;

/**
 * Every text is as it is to be, all copies say the same, and everything else is there byte for byte.
 * @returns how many copies were compared
 */
export function check({ answer: given, want }: Planted, lines: readonly Line[]): number {
  const answer = readAnswer(lines);
  for (const [name, places] of byName(answer, 'piece')) {
    const text = places.map((place) => told(answer, place)).join('');
    assert.equal(text, want.get(name) ?? '', name);
  }
  for (const [name, places] of byName(answer, 'copy')) for (const place of places) assert.equal(told(answer, place), want.get(name), `${name}, copied in line ${place.line}`);
  for (const echo of answer.places.filter(({ role }) => role === 'echo')) {
    const said = answer.places.find(({ line, role, form }) => line === echo.line && role === 'piece' && form === 'text');
    assert.equal(told(answer, echo), said === undefined ? '' : told(answer, said), `the echo in line ${echo.line}`);
  }
  assert.equal(lines.length, given.lines.length, 'lines');
  lines.forEach((line, index) => assert.equal(frameOf(answer, given, index), frameOf(given, answer, index), `line ${index}: ${line.json ?? line.before}`));
  assertGapless(lines);
  return answer.places.filter(({ role }) => role !== 'piece').length;
}

/** A line without its texts; a text that is the same in the other one stays, since it has to keep its very bytes. */
function frameOf(answer: Answer, other: Answer, line: number): string {
  const { before, json } = answer.lines[line] as Line;
  if (json === null) return before;
  const theirs = other.places.filter((place) => place.line === line);
  const changes: (readonly [Span, string])[] = [];
  answer.places.filter((place) => place.line === line).forEach((place, index) => {
    const same = theirs[index];
    if (same === undefined || told(answer, place) !== told(other, same)) changes.push([place.span, '…']);
  });
  if (changes.length > 0) for (const [path, span] of placesIn(json)) if (DROPPED.test(path)) changes.push([span, '…']);
  return before + replaced(json, changes);
}

function assertGapless(lines: readonly Line[]): void {
  const numbers = lines.flatMap(({ json }) => {
    const number = json === null ? undefined : (JSON.parse(json) as { readonly sequence_number?: number }).sequence_number;
    return number === undefined ? [] : [number];
  });
  numbers.forEach((number, index) => assert.equal(number, (numbers[0] as number) + index, 'sequence_number'));
}

/** The same answer as a server that was started verbose gives it: what an event says stands in it once more. */
export function verbose(lines: readonly Line[]): Line[] {
  const answer = readAnswer(lines);
  return lines.map(({ before, json }, line) => {
    if (json === null) return { before, json };
    const said = answer.places.find((place) => place.line === line && place.form === 'text');
    const native = `"__verbose":{"content":${said === undefined ? '""' : json.slice(...said.span)},"tokens":[1,2],"prompt":"${WORD.wrong}"}`;
    return { before, json: `${json.slice(0, json.lastIndexOf('}'))},${native}}` };
  });
}

/** The same answer, the first half of it thought instead of said; null: it is too short. */
export function thought(lines: readonly Line[], key: string): Line[] | null {
  const content = readAnswer(lines).places.filter(({ name, form, role }) => role === 'piece' && form === 'text' && name.endsWith('content'));
  if (content.length < 4) return null;
  const half = new Map(content.slice(0, content.length / 2).map(({ line, span }) => [line, span]));
  return lines.map((line, index) => {
    const span = half.get(index);
    if (span === undefined || line.json === null) return line;
    return { before: line.before, json: line.json.slice(0, span[0]).replace(/"content"(\s*:\s*)$/, `${JSON.stringify(key)}$1`) + line.json.slice(span[0]) };
  });
}
