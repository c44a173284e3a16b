/** Error classes with stable codes. The class says who is at fault, the code what happened. */

export type ErrorCode =
  | 'E_BAD_REQUEST'
  | 'E_HEAD_TOO_LARGE'
  | 'E_HEAD_TIMEOUT'
  | 'E_FORBIDDEN'
  | 'E_BAD_CHUNK'
  | 'E_CLIENT_GONE'
  | 'E_BAD_RESPONSE'
  | 'E_UPSTREAM_REFUSED'
  | 'E_UPSTREAM_TIMEOUT'
  | 'E_UPSTREAM_LOST'
  | 'E_IDLE'
  | 'E_SHUTDOWN'
  | 'E_INTERNAL';

export abstract class ProxyError extends Error {
  readonly code: ErrorCode;
  /** The HTTP status a local reply would carry. */
  readonly statusHint: number;

  constructor(code: ErrorCode, statusHint: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.statusHint = statusHint;
  }
}

/** The client sent what cannot be forwarded, or went away. */
export class ClientError extends ProxyError {}

/** The backend could not be reached, broke off, or does not speak HTTP. */
export class UpstreamError extends ProxyError {}

/** A fault of ours: it costs corrections, never bytes. */
export class InternalError extends ProxyError {
  constructor(message: string, options?: ErrorOptions) {
    super('E_INTERNAL', 500, message, options);
  }
}

/** What was thrown, with its stack where it has one: for logs. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
