import { HALLUCINATION_TYPES, isHallucinationType, isMode, type Mode, MODES, type Modes } from '../../core/types.js';
import { hint } from '../config-mode.js';
import { ApiError } from './api-error.js';
import type { ApiReply, Route } from './server.js';
import type { AdminTarget, ConfigChange } from './target.js';

const KEYS = ['enabled', 'mode', 'modes', 'upstream'] as const;

/** What can be changed while the proxy runs: `GET` and `PATCH /api/config`, `POST /api/enabled`. It counts until the next start. */
export function settingRoutes(target: AdminTarget): readonly Route[] {
  const current = (): ApiReply => {
    const state = target.state();
    if (state === null) throw new ApiError(503, 'not_ready', 'no process of the proxy is ready');
    const { enabled, mode, modes, endpoint: upstream } = state;
    return { json: { enabled, mode, modes, upstream } };
  };
  const change = async (wanted: ConfigChange): Promise<ApiReply> => {
    await target.change(wanted);
    return current();
  };
  return [
    { method: 'GET', path: '/api/config', handle: current },
    { method: 'PATCH', path: '/api/config', handle: async ({ body }) => change(readChange(await body())) },
    {
      method: 'POST',
      path: '/api/enabled',
      handle: async ({ body }) => {
        const wanted = readChange(await body());
        if (wanted.enabled === undefined || Object.keys(wanted).length > 1) throw wrong('send {"enabled":true} or {"enabled":false}');
        return change(wanted);
      },
    },
  ];
}

function wrong(message: string): ApiError {
  return new ApiError(400, 'not_allowed', message);
}

/** @throws ApiError that names the key and what is allowed */
export function readChange(body: unknown): ConfigChange {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw wrong(`send an object with some of ${KEYS.join(', ')}`);
  const unknown = Object.keys(body).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined) throw wrong(`${JSON.stringify(unknown)} cannot be changed here; expected some of ${KEYS.join(', ')}${hint(unknown, KEYS)}`);
  const { enabled, mode, modes, upstream } = body as Readonly<Record<string, unknown>>;
  if (enabled !== undefined && typeof enabled !== 'boolean') throw wrong('enabled must be true or false');
  if (upstream !== undefined && typeof upstream !== 'string') throw wrong('upstream must be an address such as http://127.0.0.1:11434');
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(mode === undefined ? {} : { mode: readMode('mode', mode) }),
    ...(modes === undefined ? {} : { modes: readModes(modes) }),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

function readMode(key: string, value: unknown): Mode {
  if (typeof value === 'string' && isMode(value)) return value;
  throw wrong(`${key} must be one of ${MODES.join(', ')}${typeof value === 'string' ? hint(value, MODES) : ''}`);
}

function readModes(value: unknown): Partial<Modes> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('modes must be an object of modes by type');
  const entries = Object.entries(value).map(([type, mode]) => {
    if (!isHallucinationType(type)) throw wrong(`modes.${type} is no type; expected some of ${HALLUCINATION_TYPES.join(', ')}${hint(type, HALLUCINATION_TYPES)}`);
    return [type, readMode(`modes.${type}`, mode)] as const;
  });
  return Object.fromEntries(entries);
}
