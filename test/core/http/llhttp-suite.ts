import { readFileSync } from 'node:fs';

/** One case of llhttp's own conformance suite. */
export interface SuiteCase {
  readonly name: string;
  readonly kind: 'request' | 'response';
  /** Parsed with one of llhttp's leniencies on, which we never have. */
  readonly lenient: boolean;
  readonly skipBody: boolean;
  readonly input: Buffer;
  /** What the log says. */
  readonly begins: readonly number[];
  readonly bodies: readonly Buffer[];
  readonly completed: number;
  readonly headsCompleted: number;
  /** An error other than a pause; null where the input is accepted. */
  readonly refusal: string | null;
  /** Where HTTP ends, by upgrade or CONNECT; null where it does not. */
  readonly upgradeAt: number | null;
  /** What `finish` must say: 0 safe, 1 ends the body, 2 cut off; null where it is not called. */
  readonly finish: number | null;
}

/** Reads one Markdown file: an `http` block is the input, the `log` block behind it what must come out. */
export function readSuite(file: URL): SuiteCase[] {
  const text = readFileSync(file, 'utf8');
  const cases: SuiteCase[] = [];
  const pattern = /^(#+ .*)$|<!--\s*meta=(\{[^}]*\})\s*-->|^```http\n([\s\S]*?)^```$|^```log\n([\s\S]*?)^```$/gm;
  let title = '';
  let meta: Record<string, unknown> = {};
  let block: string | null = null;
  for (const match of text.matchAll(pattern)) {
    if (match[1] !== undefined) title = match[1].replace(/^#+ /, '').trim();
    else if (match[2] !== undefined) meta = JSON.parse(match[2]) as Record<string, unknown>;
    else if (match[3] !== undefined) block = match[3];
    else if (match[4] !== undefined && block !== null) {
      cases.push(toCase(title, meta, block, match[4]));
      block = null;
    }
  }
  return cases;
}

function toCase(name: string, meta: Record<string, unknown>, block: string, log: string): SuiteCase {
  const type = typeof meta['type'] === 'string' ? meta['type'] : '';
  const input = unescape(block);
  const begins: number[] = [];
  const bodies: Buffer[] = [];
  let completed = 0;
  let headsCompleted = 0;
  let refusal: string | null = null;
  let upgradeAt: number | null = null;
  for (const line of log.split('\n')) {
    const found = /^off=(\d+|NULL) (?:len=(\d+) )?(.*)$/.exec(line);
    if (found === null) continue;
    const at = Number(found[1]);
    const what = found[3] ?? '';
    if (what === 'message begin') {
      begins.push(at);
      bodies.push(Buffer.alloc(0));
    } else if (what.startsWith('headers complete')) {
      headsCompleted += 1;
    } else if (what.startsWith('span[body]')) {
      bodies.push(Buffer.concat([bodies.pop() ?? Buffer.alloc(0), input.subarray(at, at + Number(found[2]))]));
    } else if (what === 'message complete') {
      completed += 1;
    } else {
      const error = /^error code=(\d+) reason="(.*)"$/.exec(what);
      if (error?.[1] === '22' || error?.[1] === '23') upgradeAt = at;
      else if (error !== null) refusal = error[2] ?? '';
    }
  }
  const finish = /finish=(\d)/.exec(log)?.[1];
  return {
    name,
    kind: type.startsWith('response') ? 'response' : 'request',
    lenient: type.includes('lenient'),
    skipBody: meta['skipBody'] === true,
    input,
    begins,
    bodies,
    completed,
    headsCompleted,
    refusal,
    upgradeAt,
    finish: finish === undefined ? null : Number(finish),
  };
}

/** The suite writes line ends as they look and all else as escapes; a backslash at a line's end joins two lines. */
function unescape(block: string): Buffer {
  const joined = block.replace(/\n$/, '').replace(/\\\n/g, '').replace(/\n/g, '\r\n');
  const text = joined.replace(/\\(r|n|t|f|x[0-9a-fA-F]{2}|[0-7]{1,3})/g, (_, escape: string) => {
    const named = { r: '\r', n: '\n', t: '\t', f: '\f' }[escape];
    if (named !== undefined) return named;
    return String.fromCharCode(escape.startsWith('x') ? parseInt(escape.slice(1), 16) : parseInt(escape, 8));
  });
  return Buffer.from(text, 'latin1');
}
