import picocolors from 'picocolors';
import { loadSqlite, SqliteUnavailableError } from '../../node/rules/sqlite.js';
import { type Config, ConfigError, configFileCandidates, type Environment } from '../config.js';
import { checkClients } from './check-clients.js';
import { checkDatabase, checkLogs, checkWorkspaces } from './check-places.js';
import { checkPort } from './check-port.js';
import { checkUpstream } from './check-upstream.js';
import { type Finding, finding, type Level } from './finding.js';

export interface DoctorOptions {
  /** The configuration as `serve` would have it. @throws ConfigError */
  readonly config: () => Config;
  readonly env: Environment;
  readonly cwd: string;
  readonly json: boolean;
}

export interface DoctorIo {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Default: only on a terminal, and never where `NO_COLOR` is set. */
  readonly colours?: boolean;
}

/** Looks at everything a proxy needs, and changes nothing. Takes a few seconds at most, longer only for a large workspace. */
export async function examine({ config: read, env, cwd }: Omit<DoctorOptions, 'json'>): Promise<readonly Finding[]> {
  const findings = [checkProgram()];
  let config: Config;
  try {
    config = read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...findings, ...error.problems.map((problem) => finding('configuration', 'error', problem, 'correct it; nothing else can be looked at before'))];
  }
  findings.push(...checkConfiguration(config, cwd), ...await checkPort(config), ...await checkUpstream(config), ...await checkWorkspaces(config));
  findings.push(...checkDatabase(config), ...checkLogs(config), ...checkClients(config, env));
  return findings;
}

function checkProgram(): Finding {
  const versions = `Node.js ${process.version}`;
  try {
    loadSqlite();
    return finding('program', 'ok', `${versions}, and better-sqlite3 loads`);
  } catch (error) {
    if (!(error instanceof SqliteUnavailableError)) throw error;
    return finding('program', 'warning', `${versions}, but better-sqlite3 does not load: only the built-in rules are in force`, 'npm rebuild better-sqlite3, with a C++ toolchain');
  }
}

function checkConfiguration(config: Config, cwd: string): readonly Finding[] {
  const found = config.configFile === null
    ? finding('configuration', 'ok', `no configuration file (looked for ${configFileCandidates(cwd).join(' and ')}): defaults, flags and variables`)
    : finding('configuration', 'ok', `${config.configFile} is valid`);
  const idle = !config.enabled || Object.values(config.modes).every((mode) => mode === 'off');
  return [
    found, ...config.warnings.map((warning) => finding('configuration', 'warning', warning)),
    ...(idle ? [finding('configuration', 'warning', 'everything is switched off: no answer is read', 'set "enabled": true and a --mode other than off')] : []),
  ];
}

/**
 * Prints what was found.
 * @returns the exit code: 0 nothing keeps the proxy from its work, 1 something does, 2 the configuration is wrong
 */
export async function runDoctor(options: DoctorOptions, io: DoctorIo): Promise<number> {
  const findings = await examine(options);
  const wrong = findings.filter(({ level }) => level === 'error');
  if (options.json) io.stdout.write(`${JSON.stringify({ ok: wrong.length === 0, findings })}\n`);
  else io.stdout.write(report(findings, io.colours ?? (io.stdout.isTTY === true && (options.env['NO_COLOR'] ?? '') === '')));
  if (wrong.length === 0) return 0;
  return wrong.some(({ check }) => check === 'configuration') ? 2 : 1;
}

const LEVELS: readonly Level[] = ['ok', 'note', 'warning', 'error'];
const LEVEL_WIDTH = Math.max(...LEVELS.map((level) => level.length));

function report(findings: readonly Finding[], coloured: boolean): string {
  const { blue, bold, dim, green, red, yellow } = picocolors.createColors(coloured);
  const paint: Readonly<Record<Level, (text: string) => string>> = { ok: green, note: blue, warning: yellow, error: red };
  const checkWidth = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, what, fix }) => {
    const first = `${paint[level](level.padEnd(LEVEL_WIDTH))}  ${bold(check.padEnd(checkWidth))}  ${what}`;
    return fix === null ? [first] : [first, `${' '.repeat(LEVEL_WIDTH + checkWidth + 4)}${dim('->')} ${fix}`];
  });
  const count = (level: Level): number => findings.filter((each) => each.level === level).length;
  const errors = count('error');
  const warnings = count('warning');
  const verdict = errors > 0 ? `${errors} thing${errors === 1 ? '' : 's'} to repair` : warnings > 0 ? `it would run; ${warnings} thing${warnings === 1 ? ' is' : 's are'} hardly as meant` : 'all is well';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
