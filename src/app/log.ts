import { pino, stdSerializers, stdTimeFunctions, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { ExchangeSummary } from '../core/observe.js';
import type { LogFormat, LogLevel } from './config-schema.js';

export type { Logger } from 'pino';

/** Where lines go: `process.stderr`, or anything that takes text at once. */
export interface LogStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface LoggerOptions {
  /** One that may change is asked at each line. */
  readonly format: LogFormat | (() => LogFormat);
  readonly level: LogLevel;
  /** Default: stderr, as stdout belongs to results. */
  readonly stream?: LogStream;
  /** Default: only on a terminal, and never where `NO_COLOR` is set. */
  readonly colours?: boolean;
}

/**
 * A structured log. Lines are written in the caller's turn, without threads or queues, so that the last line before an exit is not
 * lost. Values under names of secrets, and secrets inside texts, are masked.
 */
export function createLogger({ format, level, stream = process.stderr, colours }: LoggerOptions): Logger {
  const colorize = colours ?? (stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '');
  const pretty = prettyFactory({ colorize, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });
  const inForce = typeof format === 'function' ? format : () => format;
  const destination = { write: (line: string) => void stream.write(inForce() === 'json' ? maskText(line) : pretty(maskText(line))) };
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: serializeError },
      formatters: { level: (label) => ({ level: label }), log: (fields) => masked(fields, 0) as Record<string, unknown> },
    },
    destination,
  );
}

/** One exchange as CONTRACT names it, in this order; what follows `ms` is for people. The query of a target may hold a key, so it stays out. */
export interface ExchangeLine {
  readonly exchange: string;
  readonly route: string | null;
  readonly model: string | null;
  readonly inspected: boolean;
  readonly reason: string | null;
  readonly corrections: Readonly<Record<string, number>>;
  readonly heldTokens: number;
  readonly ms: number;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly outcome: string;
  readonly tokens: number;
}

/** The fields of the line every exchange leaves: `logger.info(exchangeLine(summary), 'exchange')`. */
export function exchangeLine(summary: ExchangeSummary): ExchangeLine {
  const { exchange, route, model, inspected, reason, corrections, heldTokens, ms, method, target, status, outcome, tokens } = summary;
  return { exchange, route, model, inspected, reason, corrections: { ...corrections }, heldTokens, ms, method, path: target.replace(/[?#].*$/s, ''), status, outcome, tokens };
}

const SECRET_NAMES = /^(?:proxy[-_]?)?authorization$|^(?:set[-_]?)?cookie$|api[-_]?key$|(?:^|[-_])(?:token|secret|password|passwd|credentials?)$|^(?:access|auth|refresh|id)token$/i;
const MASK = '[masked]';
/** Log fields are shallow; what is nested deeper is no field of ours and not worth a walk on every line. */
const MOST_DEPTH = 6;

function masked(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // An error keeps its class: its serializer comes later.
  if (value instanceof Error) return value;
  if (depth >= MOST_DEPTH) return MASK;
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, depth + 1));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, SECRET_NAMES.test(key) && item !== null && item !== undefined ? MASK : masked(item, depth + 1)]));
}

/**
 * Masks what gives itself away: bearer and basic credentials, keys of the usual shape, and user information in URLs. It sees whole
 * lines of JSON, so that no way into a line leads around it; no mask may reach across a quote or a backslash.
 */
function maskText(line: string): string {
  return line
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`)
    .replace(/\bsk-[\w-]{8,}/g, MASK)
    .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"\\]+@/gi, `$1${MASK}@`)
    .replace(/([?&](?:api[-_]?key|key|token|access_token|secret)=)[^&\s"'\\]+/gi, `$1${MASK}`);
}

function serializeError(error: Error): unknown {
  return masked({ ...stdSerializers.err(error) }, 0);
}
