/** Wrong usage or configuration: the process ends with exit code 2 and one line for each problem. */
export class ConfigError extends Error {
  /** What a command line ends with. */
  readonly exitCode = 2;
  /** One sentence a problem, each naming where it stands, the value and what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[]) {
    const list = typeof problems === 'string' ? [problems] : problems;
    super(list.join('\n'));
    this.name = 'ConfigError';
    this.problems = list;
  }
}

/** As much of a value as fits in one line of a message. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/**
 * @param label where the value was given: a flag, a variable, or a file and key.
 * @throws ConfigError always.
 */
export function refuse(label: string, value: unknown, allowed: string): never {
  throw new ConfigError(`${label}: ${shown(value)} is not allowed; expected ${allowed}`);
}
