import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One connection as it was on TCP, both directions. */
export interface Recording {
  readonly name: string;
  readonly requests: Buffer;
  readonly responses: Buffer;
}

/** A dozen are kept in this repository; all of them lie beside it. */
const KEPT = new URL('../../fixtures/', import.meta.url);
const ALL = new URL('../../../../shared/data/streams/', import.meta.url);

export const noRecordings: string | false = existsSync(ALL) ? false : 'the recorded streams (../shared/data/streams) are not beside this checkout; those in test/fixtures are tested';

function recordingsIn(folders: URL): Recording[] {
  const found: Recording[] = [];
  for (const folder of readdirSync(folders, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const base = new URL(`${folder.name}/`, folders);
    for (const file of readdirSync(base)) {
      const match = /^(.*)\.(req|c2s)\.bin$/.exec(file);
      if (match === null) continue;
      const answer = new URL(`${match[1]}.${match[2] === 'req' ? 'res' : 's2c'}.bin`, base);
      found.push({ name: `${folder.name}/${match[1]}`, requests: readFileSync(new URL(file, base)), responses: existsSync(answer) ? readFileSync(answer) : Buffer.alloc(0) });
    }
  }
  return found;
}

export function recordings(): Recording[] {
  return recordingsIn(noRecordings === false ? ALL : KEPT);
}
