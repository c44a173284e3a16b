import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HALLUCINATION_TYPES, type HallucinationType, isHallucinationType } from '../core/types.js';
import { type CorrectionLine, escapeValue, parseCorrectionLine } from '../node/audit/lines.js';
import { LogTail } from '../node/audit/log-tail.js';
import { refuse } from './config-error.js';
import { hint } from './config-mode.js';
import { type Colours, coloursOf, type Terminal } from './terminal.js';

export interface LogOptions {
  /** The file that is written to; rotated ones are found beside it. */
  readonly file: string;
  /** Empty: all. */
  readonly types: readonly HallucinationType[];
  /** Records before are left out. */
  readonly sinceMs: number;
  readonly json: boolean;
  /** Null: what is there now. Else it goes on until this is aborted. */
  readonly follow: AbortSignal | null;
}

export interface LogIo extends Terminal {
  readonly stderr: { write(text: string): unknown };
}

/** Under this a wait is not noticed by a reader, and a look costs two system calls. */
const POLL_MS = 200;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TYPE_WIDTH = Math.max(...HALLUCINATION_TYPES.map((type) => type.length));
const ACTION_WIDTH = 'annotate'.length;
const SINCE_FORMS = 'a time back as in 30s, 10m, 1h or 2d, or a date as in 2026-01-20 or 2026-01-20T14:32:45Z (UTC where no zone is named)';

/**
 * Prints the audit trail, oldest first.
 * @returns the exit code: 0 done, 1 a file is there and cannot be read
 */
export async function runLog(options: LogOptions, io: LogIo): Promise<number> {
  const printer = new Printer(options, io);
  const tail = new LogTail({ file: options.file, sinceMs: options.sinceMs, onLine: (line) => printer.line(line) });
  try {
    await tail.advance();
    if (options.follow !== null) printer.sayMalformed();
    if (printer.empty && (await stat(options.file).catch(() => null)) === null) {
      io.stderr.write(`hotpatch log: no correction was logged yet: there is no ${options.file}; \`hotpatch serve\` makes it at its first correction, and --log-dir names another folder\n`);
    }
    while (options.follow !== null && !options.follow.aborted) {
      await sleep(POLL_MS, undefined, { signal: options.follow }).catch(() => undefined);
      await tail.advance();
    }
    await tail.end();
    printer.sayMalformed();
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code === 'EPIPE') throw error;
    io.stderr.write(`hotpatch log: ${options.file} cannot be read: ${message}; name the folder of the logs with --log-dir\n`);
    return 1;
  }
}

/** One record a line, and a count of the lines that are none. */
class Printer {
  readonly #options: LogOptions;
  readonly #io: LogIo;
  readonly #colours: Colours;
  #malformed = 0;
  #headed = false;
  /** No line was seen at all. */
  empty = true;

  constructor(options: LogOptions, io: LogIo) {
    this.#options = options;
    this.#io = io;
    this.#colours = coloursOf(io);
  }

  async line(line: string): Promise<void> {
    this.empty = false;
    const record = parseCorrectionLine(line);
    if (record === null) {
      if (line !== '') this.#malformed += 1;
      return;
    }
    const { types, sinceMs, json } = this.#options;
    if (record.at.getTime() < sinceMs || (types.length > 0 && !types.some((type) => type === record.type))) return;
    // A pager that is slow must not make us hold the whole log.
    if (!this.#io.stdout.write(json ? jsonLine(record) : this.#row(record))) await once(this.#io.stdout, 'drain');
  }

  /** Says how many lines were left out since it was last asked. */
  sayMalformed(): void {
    if (this.#malformed > 0) this.#io.stderr.write(`hotpatch log: ${this.#malformed} ${this.#malformed === 1 ? 'line is no record and was' : 'lines are no records and were'} left out\n`);
    this.#malformed = 0;
  }

  #row({ at, type, confidence, detected, corrected, action, exchange }: CorrectionLine): string {
    const { bold, cyan, dim, green, red, yellow } = this.#colours;
    const colour = action === 'report' ? yellow : green;
    const head = this.#headed ? '' : `${bold(`${'TIME (UTC)'.padEnd(23)}  ${'TYPE'.padEnd(TYPE_WIDTH)}  CONF  ${'ACTION'.padEnd(ACTION_WIDTH)}  DETECTED -> CORRECTED  (EXCHANGE)`)}\n`;
    this.#headed = true;
    const when = at.toISOString().replace('T', ' ').replace('Z', '');
    // Escaped as in the file: what a model wrote must not move the cursor.
    const change = corrected === null ? red(escapeValue(detected)) : `${red(escapeValue(detected))} -> ${green(escapeValue(corrected))}`;
    return `${head}${dim(when)}  ${cyan(escapeValue(type).padEnd(TYPE_WIDTH))}  ${confidence.toFixed(2)}  ${colour(escapeValue(action).padEnd(ACTION_WIDTH))}  ${change}  ${dim(`(${escapeValue(exchange)})`)}\n`;
  }
}

function jsonLine({ at, type, confidence, detected, corrected, action, exchange }: CorrectionLine): string {
  return `${JSON.stringify({ at: at.toISOString(), type, confidence, detected, corrected, action, exchange })}\n`;
}

/** @throws ConfigError for a word that is no type */
export function parseTypes(words: readonly string[]): readonly HallucinationType[] {
  return words.map((word) => (isHallucinationType(word) ? word : refuse('--type', word, `one of ${HALLUCINATION_TYPES.join(', ')}${hint(word, HALLUCINATION_TYPES)}`)));
}

/**
 * Reads `30s`, `10m`, `1h`, `2d` or an ISO date.
 * @returns milliseconds since 1970
 * @throws ConfigError
 */
export function parseSince(text: string, nowMs: number): number {
  const given = text.trim();
  const back = /^(\d{1,9})([smhd])$/.exec(given);
  if (back !== null) return Math.max(0, nowMs - Number(back[1]) * (UNIT_MS[back[2] ?? ''] ?? 0));
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(given);
  const [, day = '', time = '00:00', zone = 'Z'] = date ?? [];
  const atMs = Date.parse(`${day}T${time}${zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  // Engines read the 30th of February as the 2nd of March.
  const exists = date !== null && new Date(`${day}T00:00Z`).getTime() >= 0 && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return exists && !Number.isNaN(atMs) ? atMs : refuse('--since', text, SINCE_FORMS);
}
