import { HALLUCINATION_TYPES, isHallucinationType } from '../../core/types.js';
import { openDatabase } from '../../node/rules/sqlite.js';
import { hint } from '../config-mode.js';
import { readReport } from '../stats-report.js';
import { ApiError } from './api-error.js';
import type { AdminHub, CorrectionFilter, CorrectionRecord } from './hub.js';
import type { ApiRequest, Route } from './server.js';
import type { AdminTarget } from './target.js';

export interface ReportOptions {
  readonly hub: AdminHub;
  readonly target: AdminTarget;
  /** A file, or `none`. */
  readonly db: () => string;
}

/** Answers wait while this thread waits for a lock. */
export const ADMIN_BUSY_MS = 50;
const DEFAULT_LIMIT = 100;
const MOST_LIMIT = 1_000;

/** What can be read: health, statistics, corrections, exchanges. */
export function reportRoutes({ hub, target, db }: ReportOptions): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: () => ({ json: { status: 'ok' } }) },
    { method: 'GET', path: '/readyz', handle: () => readiness(target) },
    { method: 'GET', path: '/api/statistics', handle: () => ({ json: { ...hub.counted(), ...target.state(), startedAt: hub.startedAt, ...kept(db()) } }) },
    { method: 'GET', path: '/api/corrections', handle: (request) => ({ json: { corrections: correctionsOf(hub, db(), filterOf(request)) } }) },
    {
      method: 'GET',
      path: '/api/exchanges/:id',
      handle: ({ params: { id = '' } }) => {
        const exchange = hub.exchange(id);
        const corrections = correctionsOf(hub, db(), { exchange: id, limit: MOST_LIMIT });
        if (exchange === null && corrections.length === 0) throw new ApiError(404, 'unknown_exchange', `nothing is known of an exchange ${JSON.stringify(id)}: the last 1,000 are remembered, and those that were corrected are in the database`);
        return { json: { exchange, corrections: [...corrections].reverse() } };
      },
    },
  ];
}

function readiness(target: AdminTarget): { status: number; json: unknown } {
  const state = target.state();
  if (state === null || !state.serverListening) return { status: 503, json: { status: 'not_listening' } };
  if (!state.indexed) return { status: 503, json: { status: 'indexing', files: state.files } };
  return { status: 200, json: { status: 'ready' } };
}

/** What the database keeps over restarts; null where it cannot be had. */
function kept(db: string): { readonly allTime: unknown; readonly topRules: unknown } {
  if (db === 'none') return { allTime: null, topRules: [] };
  try {
    const { allTime, topRules } = readReport(db, Date.now());
    return { allTime, topRules };
  } catch {
    // What is wrong with it is said in the log, by those who need it.
    return { allTime: null, topRules: [] };
  }
}

function filterOf({ query }: ApiRequest): CorrectionFilter {
  const [type, exchange, limit] = [query.get('type'), query.get('exchange'), query.get('limit') ?? String(DEFAULT_LIMIT)];
  if (type !== null && !isHallucinationType(type)) throw new ApiError(400, 'not_allowed', `type must be one of ${HALLUCINATION_TYPES.join(', ')}${hint(type, HALLUCINATION_TYPES)}`);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MOST_LIMIT) throw new ApiError(400, 'not_allowed', `limit must be a whole number from 1 to ${MOST_LIMIT}`);
  return { ...(type === null ? {} : { type }), ...(exchange === null ? {} : { exchange }), limit: Number(limit) };
}

/** Newest first: those of the database, before them those that are not written yet. */
function correctionsOf(hub: AdminHub, db: string, filter: CorrectionFilter): readonly CorrectionRecord[] {
  const remembered = hub.corrections(filter);
  const stored = storedCorrections(db, filter);
  const known = new Set(stored.map(({ id }) => id));
  return [...remembered.filter(({ id }) => !known.has(id)), ...stored].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1)).slice(0, filter.limit);
}

function storedCorrections(file: string, { type, exchange, limit }: CorrectionFilter): readonly CorrectionRecord[] {
  if (file === 'none') return [];
  try {
    const db = openDatabase(file, { readonly: true, busyMs: ADMIN_BUSY_MS });
    try {
      return db.prepare(
        'SELECT id, at, exchange, type, rule, confidence, detected, expected, action, channel, start, "end", model, route, reason, rejected = 1 AS rejected FROM corrections ' +
          'WHERE (@type IS NULL OR type = @type) AND (@exchange IS NULL OR exchange = @exchange) ORDER BY at DESC, id DESC LIMIT @limit',
      ).all({ type: type ?? null, exchange: exchange ?? null, limit }) as CorrectionRecord[];
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}
