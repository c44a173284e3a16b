import { z } from 'zod';
import { DEFAULT_LIMITS, LIMIT_NAMES, type Limits } from '../core/limits.js';
import { CONTINUE_WAYS } from '../core/rewrite/continue-backend.js';
import { DEFAULT_NOTES, type Notes } from '../core/text/policy.js';
import { HALLUCINATION_TYPES, MODES } from '../core/types.js';

/** Node's timers hold no more milliseconds; beyond it they would fire at once. */
const MOST_MS = 2_147_483_647;
/** A note is a remark, not a second answer. */
const NOTE_CHARS = 1_000;

export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every schema carries in `error` what is allowed, in words: messages are made of nothing else. */
function whole(least: number, most: number, about: string): z.ZodOptional<z.ZodInt> {
  const error = most === Number.MAX_SAFE_INTEGER ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error }).describe(about).optional();
}

function text(allowed: string, about: string): z.ZodOptional<z.ZodString> {
  return z.string({ error: allowed }).min(1, { error: allowed }).describe(about).optional();
}

function flag(about: string): z.ZodOptional<z.ZodBoolean> {
  return z.boolean({ error: 'true or false' }).describe(about).optional();
}

function list(allowed: string, about: string) {
  const item = z.string({ error: allowed }).min(1, { error: allowed });
  return z.union([item, z.array(item, { error: allowed })], { error: allowed }).describe(about).optional();
}

function oneOf<const Words extends readonly [string, ...string[]]>(words: Words, about: string) {
  return z.enum(words, { error: `one of ${words.join(', ')}` }).describe(about).optional();
}

function section<Shape extends z.core.$ZodLooseShape>(shape: Shape, about: string) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'an object' : undefined) }).describe(about);
}

function limitShape(): Record<keyof Limits, z.ZodOptional<z.ZodInt>> {
  const row = (name: keyof Limits) => [name, whole(0, name.endsWith('Ms') ? MOST_MS : Number.MAX_SAFE_INTEGER, `Default ${DEFAULT_LIMITS[name]}`)] as const;
  return Object.fromEntries(LIMIT_NAMES.map(row)) as Record<keyof Limits, z.ZodOptional<z.ZodInt>>;
}

function noteShape(): Record<keyof Notes, z.ZodOptional<z.ZodString>> {
  const error = `text of at most ${NOTE_CHARS} characters`;
  const row = (name: string) => [name, z.string({ error }).max(NOTE_CHARS, { error }).describe(`Default ${JSON.stringify(DEFAULT_NOTES[name as keyof Notes])}; … stands for what is expected`).optional()] as const;
  return Object.fromEntries(Object.keys(DEFAULT_NOTES).map(row)) as Record<keyof Notes, z.ZodOptional<z.ZodString>>;
}

const mode = (about: string) => oneOf(MODES, about);
const modes = Object.fromEntries(HALLUCINATION_TYPES.map((type) => [type, mode(`Mode of ${type}`)])) as Record<(typeof HALLUCINATION_TYPES)[number], ReturnType<typeof mode>>;
const ADDRESS = 'an address such as "127.0.0.1:11435"';
const FOLDER = 'the name of a folder';
const FILE = 'the name of a file';

const hotPatching = section({
  enabled: flag('false: nothing is parsed, bytes pass'),
  proxy_port: whole(0, 65_535, 'Port on 127.0.0.1; "listen" gives the address as well'),
  listen: text(ADDRESS, 'Where clients connect; default 127.0.0.1:11435'),
  gguf_endpoint: text('"HOST:PORT" or a URL', 'The backend, as "upstream"'),
  upstream: text('a URL such as "http://127.0.0.1:11434"', 'The backend; default http://127.0.0.1:11434'),
  connection_pool_size: whole(0, 1_024, 'Spare warm upstream sockets, never a cap; default 0'),
  connection_timeout_ms: whole(1, MOST_MS, 'Bounds connecting only; default 5000'),
  response_timeout_ms: whole(0, MOST_MS, 'The wait for the first byte; default 0: none'),
  debug_logging: flag('The same as "log_level": "debug"'),
  mode: mode('What hotpatch may do, for all types; default correct'),
  modes: section(modes, 'Modes of single types').optional(),
  continue: oneOf(CONTINUE_WAYS, 'Whether an answer that was cut off is continued; auto: by backends known to do so; default off'),
  workspace: list('a folder, a list of folders, or "none"', 'Folders the model works in, relative to this file; default: the current directory'),
  admin: text('an address such as "127.0.0.1:11436", or "off"', 'Statistics and the dashboard; default 127.0.0.1:11436'),
  admin_token: text('a text of 16 printable characters or more', 'What the admin address asks for; needed where it is not loopback. The variable HOTPATCH_ADMIN_TOKEN keeps it out of this file'),
  allow_remote: flag('Lets "listen" be an address other machines reach'),
  allow_origin: list('an origin or a list of origins', 'Further browser origins that may call'),
  allow_host: list('a host name or a list of host names', 'Further names in Host that are answered'),
  tls_cert: text(FILE, 'Certificate chain (PEM) of the listener; with tls_key'),
  tls_key: text(FILE, 'Private key (PEM) of the listener; with tls_cert'),
  workers: whole(1, 256, 'Processes that share the port; default 1'),
  log_format: oneOf(LOG_FORMATS, 'Default pretty'),
  log_level: oneOf(LOG_LEVELS, 'Default info'),
  limits: section(limitShape(), 'Nothing waits, holds or repeats without one of these').optional(),
  notes: section(noteShape(), 'The notes an answer is annotated with').optional(),
}, 'The proxy').optional();

const databases = section({
  correction_patterns: text(`${FILE}, or "none"`, 'Patterns and facts; default data/hotpatch.db'),
  behavior_patches: text(`${FILE}, or "none"`, 'Behavior patches; default: the same file'),
}, 'SQLite files, relative to this file').optional();

const megabytes = 'a number of megabytes from 0.001 to 1000000';
const logging = section({
  directory: text(FOLDER, 'Default logs'),
  corrections_file: text(FILE, 'Default corrections.log'),
  navigation_fixes_file: text(FILE, 'Default navigation_fixes.log'),
  max_file_size_mb: z.number({ error: megabytes }).min(0.001, { error: megabytes }).max(1_000_000, { error: megabytes }).describe('Larger logs are rotated; default 100').optional(),
  retention_days: whole(1, 36_500, 'Older logs are removed; default 30'),
}, 'The audit trail').optional();

/** The configuration file. Unknown keys are errors, so that a misspelt one is not silently without effect. */
export const configFileSchema = section({
  $schema: z.string({ error: 'text' }).describe('For editors').optional(),
  hot_patching: hotPatching,
  databases,
  logging,
}, 'Configuration of hotpatch');

export type ConfigFile = z.infer<typeof configFileSchema>;

/** Every section and its keys: what a "did you mean" can point at. */
export const CONFIG_KEYS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  '': Object.keys(configFileSchema.shape),
  hot_patching: Object.keys(hotPatching.unwrap().shape),
  'hot_patching.modes': HALLUCINATION_TYPES,
  'hot_patching.limits': LIMIT_NAMES,
  'hot_patching.notes': Object.keys(DEFAULT_NOTES),
  databases: Object.keys(databases.unwrap().shape),
  logging: Object.keys(logging.unwrap().shape),
});

/** The text of `config.schema.json`, which ships with the package. */
export function configJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(configFileSchema, { io: 'input' });
  return `${JSON.stringify({ $schema, title: 'hot_patching_config.json', ...rest }, null, 2)}\n`;
}
