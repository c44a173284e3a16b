import type { Limits } from '../../core/limits.js';
import { compileRuleSet } from '../../core/rules/compile.js';
import { RuleInputError } from '../../core/rules/fields.js';
import { RULE_KINDS, type RuleInput, type RuleKind } from '../../core/rules/rule-forms.js';
import { openRuleStore, type RuleStore, type StoredRule } from '../../node/rules/sqlite-rule-store.js';
import { effectivenessOf, successRateOf } from '../rule-history.js';
import { tryRules } from '../rules-test.js';
import { ApiError } from './api-error.js';
import { ADMIN_BUSY_MS } from './reports.js';
import type { ApiReply, ApiRequest, Route } from './server.js';
import type { AdminTarget } from './target.js';

export interface RulesApiOptions {
  readonly target: AdminTarget;
  /** A file, or `none`. */
  readonly db: () => string;
  readonly limits: () => Limits;
}

/** UTF-16 units of a text to try rules on: as much as a person pastes. */
const MOST_TRIED_CHARS = 65_536;

/** Rules as `hotpatch rules` manages them. A change counts for the next exchange. */
export function ruleRoutes(options: RulesApiOptions): readonly Route[] {
  const { limits } = options;
  const read = <T>(run: (store: RuleStore) => T): T => withStore(options, true, run);
  const write = <T>(run: (store: RuleStore) => T): T => {
    const result = withStore(options, false, run);
    options.target.reload();
    return result;
  };
  const one = '/api/rules/:ref';
  return [
    { method: 'GET', path: '/api/rules', handle: ({ query }) => read((store) => ({ json: { rules: listed(store, limits(), kindOf(query.get('kind'))) } })) },
    {
      method: 'POST',
      path: '/api/rules',
      handle: async (request) => {
        const input = await inputOf(request, limits());
        return write((store) => ({ status: 201, json: shown(store, limits(), store.add(input)) }));
      },
    },
    { method: 'POST', path: '/api/rules/test', handle: async (request) => tried(await request.body(), read, limits()) },
    { method: 'GET', path: one, handle: ({ params: { ref = '' } }) => read((store) => ({ json: shown(store, limits(), ref) })) },
    {
      method: 'PUT',
      path: one,
      handle: async (request) => {
        const input = await inputOf(request, limits());
        return write((store) => changed(store, request, (ref) => store.update(ref, input), limits()));
      },
    },
    {
      method: 'PATCH',
      path: one,
      handle: async (request) => {
        const enabled = enabledOf(await request.body());
        return write((store) => changed(store, request, (ref) => (enabled ? store.enable(ref) : store.disable(ref)), limits()));
      },
    },
    { method: 'DELETE', path: one, handle: ({ params: { ref = '' } }) => write((store) => { store.remove(ref); return { status: 204, json: undefined }; }) },
    {
      method: 'POST',
      path: '/api/corrections/:id/reject',
      handle: async ({ params: { id = '' }, body }) => {
        const undo = undoOf(await body());
        return write((store) => { store.reject(id, undo); return { json: { id, rejected: !undo } }; });
      },
    },
  ];
}

function withStore<T>({ db }: RulesApiOptions, readonly: boolean, run: (store: RuleStore) => T): T {
  const file = db();
  if (file === 'none') throw new ApiError(409, 'no_database', 'this proxy runs without a database (--db none), so there are no rules to manage');
  const store = openRuleStore(file, { readonly, busyMs: ADMIN_BUSY_MS });
  try {
    return run(store);
  } finally {
    store.close();
  }
}

function changed(store: RuleStore, { params: { ref = '' } }: ApiRequest, change: (ref: string) => void, limits: Limits): ApiReply {
  change(ref);
  return { json: shown(store, limits, ref) };
}

type Shown = Readonly<Record<string, unknown>> & { readonly kind: RuleKind; readonly id: number };

function listed(store: RuleStore, limits: Limits, kind?: RuleKind): readonly Shown[] {
  const faults = faultsOf(store, limits);
  return store.list(kind).map((rule) => report(rule, faults));
}

function shown(store: RuleStore, limits: Limits, ref: number | string): Shown {
  const text = String(ref);
  const found = store.list().filter((rule) => String(rule.id) === text || rule.shownId === text || `${rule.kind}:${rule.id}` === text);
  const [only] = found;
  if (only === undefined) throw new ApiError(404, 'unknown_rule', `there is no rule ${text}`);
  if (found.length > 1) throw new ApiError(409, 'ambiguous_rule', `${text} means more than one rule; say ${found.map(({ kind, id }) => `${kind}:${id}`).join(' or ')}`);
  return report(only, faultsOf(store, limits));
}

function report(rule: StoredRule, faults: ReadonlyMap<string, string>): Shown {
  const { row, kind, id, enabled, shownId } = rule;
  const fault = rule.fault ?? faults.get(shownId) ?? null;
  return { ...row, kind, id, shownId, enabled, effectiveness: effectivenessOf(rule), ...(kind === 'patch' ? { success_rate: successRateOf(rule) } : {}), fault };
}

/** Why rules are skipped, by the id they are shown with. */
function faultsOf(store: RuleStore, limits: Limits): ReadonlyMap<string, string> {
  const { patterns, facts, rejected, faults } = store.read();
  return new Map(compileRuleSet(patterns, facts, rejected, faults, limits).faults.map(({ id, message }) => [id, message]));
}

/** A rule that is read and compiled on its own before the database hears of it. @throws ApiError, RuleInputError */
async function inputOf({ body }: ApiRequest, limits: Limits): Promise<RuleInput> {
  const input = await body();
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new ApiError(400, 'not_allowed', 'a rule is one JSON object, as in {"match":"literal","value":"teh","replace":"the"}');
  const rule = input as RuleInput;
  const trial = openRuleStore(':memory:', { create: true });
  try {
    const { fault } = shown(trial, limits, kindIn(trial, trial.add(rule)));
    if (typeof fault === 'string') throw new RuleInputError(fault);
  } finally {
    trial.close();
  }
  return rule;
}

function kindIn(store: RuleStore, id: number): string {
  const kind = store.list().find((rule) => rule.id === id)?.kind ?? 'pattern';
  return `${kind}:${id}`;
}

function kindOf(text: string | null): RuleKind | undefined {
  if (text === null) return undefined;
  const kind = RULE_KINDS.find((each) => each === text);
  if (kind === undefined) throw new ApiError(400, 'not_allowed', `kind must be one of ${RULE_KINDS.join(', ')}`);
  return kind;
}

function tried(body: unknown, read: <T>(run: (store: RuleStore) => T) => T, limits: Limits): ApiReply {
  const text = (body as { text?: unknown } | null)?.text;
  if (typeof text !== 'string' || text.length > MOST_TRIED_CHARS) throw new ApiError(400, 'not_allowed', `send {"text":"…"} of up to ${MOST_TRIED_CHARS} characters`);
  return { json: read((store) => tryRules(text, store.read(), limits)) };
}

function enabledOf(body: unknown): boolean {
  const { enabled, ...rest } = (typeof body === 'object' && body !== null ? body : {}) as { enabled?: unknown };
  if (typeof enabled !== 'boolean' || Object.keys(rest).length > 0) throw new ApiError(400, 'not_allowed', 'send {"enabled":true} or {"enabled":false}; PUT replaces a rule');
  return enabled;
}

function undoOf(body: unknown): boolean {
  const { undo = false } = (typeof body === 'object' && body !== null ? body : {}) as { undo?: unknown };
  if (typeof undo !== 'boolean') throw new ApiError(400, 'not_allowed', 'send {} or {"undo":true}');
  return undo;
}
