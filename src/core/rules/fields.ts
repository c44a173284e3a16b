/** Reading fields of unknown JSON, with faults that name the field, its value and what is allowed. */

/** What someone wrote is no rule. The message is for its author. */
export class RuleInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RuleInputError';
  }
}

export type Fields = Readonly<Record<string, unknown>>;

const SHOWN_CHARS = 60;

/** A value as a fault shows it: JSON, shortened. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    // A BigInt or a cycle: its type says enough.
    text = typeof value;
  }
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** @throws RuleInputError always. */
export function refuse(field: string, value: unknown, allowed: string): never {
  throw new RuleInputError(`${field} must be ${allowed}; it is ${show(value)}`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A misspelt key would otherwise be a rule that quietly does something else. */
export function onlyKeys(fields: Fields, allowed: readonly string[], where: string): void {
  for (const key of Object.keys(fields)) {
    if (!allowed.includes(key)) throw new RuleInputError(`${where} has the unknown key ${show(key)}; allowed are ${allowed.join(', ')}`);
  }
}

/** Absent and null are the same: nothing was said. */
export function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Text that UTF-8 can carry: half a surrogate pair would come back from the database as another character. */
export function readText(field: string, value: unknown): string {
  if (typeof value !== 'string') refuse(field, value, 'text');
  if (/\p{Surrogate}/u.test(value)) refuse(field, value, 'well-formed text (it has half a surrogate pair)');
  return value;
}

export function readFilled(field: string, value: unknown): string {
  const text = readText(field, value);
  return text === '' ? refuse(field, value, 'text that is not empty') : text;
}

export function readOptionalText(field: string, value: unknown): string | null {
  return absent(value) ? null : readText(field, value);
}

export function readWord<T extends string>(field: string, value: unknown, allowed: readonly T[]): T {
  const word = allowed.find((candidate) => candidate === value);
  return word ?? refuse(field, value, `one of ${allowed.join(', ')}`);
}

/** SQLite and CSV have no booleans: 0 and 1 count. */
export function readFlag(field: string, value: unknown, fallback: boolean): boolean {
  if (absent(value)) return fallback;
  if (value === true || value === 1 || value === 1n) return true;
  if (value === false || value === 0 || value === 0n) return false;
  return refuse(field, value, 'true or false (or 1 or 0)');
}

/** A list of texts, also as the JSON text a column holds; null where nothing was said. */
export function readList(field: string, value: unknown): readonly string[] | null {
  if (absent(value)) return null;
  const list = typeof value === 'string' ? parseJson(field, value) : value;
  if (!Array.isArray(list) || list.length === 0) return refuse(field, value, 'a JSON list with at least one text');
  return list.map((item) => readFilled(`an element of ${field}`, item));
}

/** @throws RuleInputError where the text is no JSON. */
export function parseJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be parsed';
    throw new RuleInputError(`${field} must be JSON: ${why}`);
  }
}
