import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const STREAMS = join(import.meta.dirname, '../../../../shared/data/streams');

const KEPT = join(import.meta.dirname, '../../fixtures');

/** Why tests over recordings are skipped, or false where they are there. */
export const noRecordings: string | false = existsSync(STREAMS) ? false : 'recorded streams (../shared/data/streams) are not here';

export interface Recorded {
  readonly name: string;
  readonly target: string;
  readonly contentType: string;
  readonly body: Buffer;
}

function headers(head: string): Map<string, string> {
  return new Map(head.split('\r\n').slice(1).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
}

/** A chunked body and where it ends; a body that breaks off yields what is there. Written apart from the code under test. */
function dechunk(bytes: Buffer, from: number): { body: Buffer; end: number } {
  const parts: Buffer[] = [];
  let at = from;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (size === 0) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
  }
  return { body: Buffer.concat(parts), end: Math.min(at, bytes.length) };
}

function answers(name: string, requests: Buffer, responses: Buffer): Recorded[] {
  // A request may follow the body of the one before without a line end between them.
  const targets = [...requests.toString('latin1').matchAll(/(?:GET|HEAD|POST|OPTIONS) (\S+) HTTP\/1\.[01]\r\n/g)].map((match) => match[1] ?? '');
  const found: Recorded[] = [];
  let at = 0;
  while (at < responses.length) {
    const headEnd = responses.indexOf('\r\n\r\n', at);
    if (headEnd < 0) break;
    const fields = headers(responses.toString('latin1', at, headEnd));
    const start = headEnd + 4;
    const length = fields.get('content-length');
    const chunked = fields.get('transfer-encoding') === 'chunked';
    const { body, end } = chunked ? dechunk(responses, start) : { body: responses.subarray(start, length === undefined ? undefined : start + Number(length)), end: length === undefined ? responses.length : start + Number(length) };
    if (!fields.has('content-encoding')) found.push({ name: `${name}#${found.length}`, target: targets[found.length] ?? '', contentType: fields.get('content-type') ?? '', body });
    at = Math.max(end, start);
  }
  return found;
}

/** Every recorded answer whose body is not encoded. */
export function recordedAnswers(): Recorded[] {
  return noRecordings === false ? answersIn(STREAMS) : [];
}

/** The same, or else the dozen that are kept in this repository. */
export function anyRecordedAnswers(): Recorded[] {
  return answersIn(noRecordings === false ? STREAMS : KEPT);
}

function answersIn(folders: string): Recorded[] {
  const found: Recorded[] = [];
  for (const folder of readdirSync(folders, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const dir = join(folders, folder.name);
    for (const file of readdirSync(dir)) {
      const response = /^(.*)\.(s2c|res)\.bin$/.exec(file);
      if (response === null) continue;
      const request = join(dir, `${response[1]}.${response[2] === 's2c' ? 'c2s' : 'req'}.bin`);
      found.push(...answers(`${folder.name}/${file}`, existsSync(request) ? readFileSync(request) : Buffer.alloc(0), readFileSync(join(dir, file))));
    }
  }
  return found;
}
