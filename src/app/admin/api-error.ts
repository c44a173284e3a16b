import { RuleInputError } from '../../core/rules/fields.js';
import { RuleStoreError, SqliteUnavailableError } from '../../node/rules/sqlite.js';
import { ConfigError } from '../config-error.js';

/** An answer that is no success, in words for whoever asked. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** What a request failed of, as an answer; null: a fault of ours. */
export function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof ConfigError || error instanceof RuleInputError) return new ApiError(400, 'not_allowed', error.message);
  if (error instanceof SqliteUnavailableError) return new ApiError(503, 'no_database', error.message);
  if (!(error instanceof RuleStoreError)) return null;
  return error.code === 'E_RULE_UNKNOWN' ? new ApiError(404, 'unknown_rule', error.message) : new ApiError(503, 'database', error.message);
}
