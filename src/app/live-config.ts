import { FileWatch } from '../node/config/file-watch.js';
import { type Config, ConfigError, configFileCandidates, formatAddress } from './config.js';
import type { Logger } from './log.js';
import { startFailure } from './start-failure.js';

export interface LiveConfigOptions {
  /** Takes over another configuration. @throws Error where something cannot be had, and then nothing has changed */
  readonly apply: (next: Config) => Promise<void>;
  /** Reads certificate and key again. @throws Error for files that cannot be used, and those before stay in use */
  readonly renewCertificate: () => void;
  readonly logger: Logger;
  /** Flags, environment and file as they are now. @throws ConfigError */
  readonly resolve: () => Config;
  /** Where a file is looked for that nobody named. */
  readonly cwd: string;
  readonly watch?: (options: { readonly files: () => readonly string[]; readonly onChange: (changed: readonly string[]) => void }) => Pick<FileWatch, 'settle' | 'close'>;
}

/** Keys that are no setting by themselves. */
const NOT_SETTINGS: readonly (keyof Config)[] = ['configFile', 'warnings', 'explicitUpstream', 'explicitAdmin'];

/**
 * Follows the configuration file, and certificate and key, while the proxy runs. A change counts as a whole or not at all: what is
 * wrong with it is said, and what was in force stays.
 */
export class LiveConfig {
  readonly #options: LiveConfigOptions;
  readonly #watch: Pick<FileWatch, 'settle' | 'close'>;
  #work: Promise<void> = Promise.resolve();
  /** As the sources gave it: what runs may differ, as before an embedded backend. */
  #current: Config;
  #closed = false;

  /** @param current what the proxy was started with */
  constructor(options: LiveConfigOptions, current: Config) {
    this.#options = options;
    this.#current = current;
    const watch = options.watch ?? ((watchOptions) => new FileWatch(watchOptions));
    this.#watch = watch({ files: () => this.#files(), onChange: (changed) => void this.#changed(changed) });
  }

  /** Reads everything again now, as at SIGHUP. Never rejects. */
  reload(): Promise<void> {
    this.#watch.settle();
    return this.#inTurn(async () => {
      await this.#reread(true);
      this.#renew();
    });
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
  }

  #files(): readonly string[] {
    const { configFile, tls } = this.#current;
    const named = configFile === null || configFileCandidates(this.#options.cwd).includes(configFile) ? configFileCandidates(this.#options.cwd) : [configFile];
    return tls === null ? named : [...named, tls.certFile, tls.keyFile];
  }

  #changed(changed: readonly string[]): Promise<void> {
    const { tls } = this.#current;
    const certificates = [tls?.certFile, tls?.keyFile];
    return this.#inTurn(async () => {
      if (changed.some((file) => !certificates.includes(file))) await this.#reread(false);
      if (changed.some((file) => certificates.includes(file))) this.#renew();
    });
  }

  /** One change after the other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (!this.#closed) await work();
    });
    return this.#work;
  }

  /** @param asked someone said so; else a file that is gone is not taken for the wish to have none */
  async #reread(asked: boolean): Promise<void> {
    const { apply, logger, resolve } = this.#options;
    const before = this.#current;
    try {
      const next = resolve();
      if (next.configFile === null && before.configFile !== null && !asked) throw new ConfigError(`${before.configFile}: the file is gone; put it back, or send SIGHUP to go on without it`);
      const changes = changesOf(before, next);
      if (changes.length > 0) await apply(next).catch((error: unknown) => { throw new Error(startFailure(error, next), { cause: error }); });
      this.#current = next;
      for (const warning of next.warnings) if (!before.warnings.includes(warning)) logger.warn(warning);
      logger.info(changes.length === 0 ? 'configuration read again: nothing has changed' : `configuration changed: ${changes.join(', ')}`);
    } catch (error) {
      for (const problem of problemsOf(error)) logger.error(`${problem}; the configuration before stays in force`);
    }
  }

  #renew(): void {
    const { renewCertificate, logger } = this.#options;
    if (this.#current.tls === null) return;
    try {
      renewCertificate();
      logger.info(`certificate read again from ${this.#current.tls.certFile}`);
    } catch (error) {
      for (const problem of problemsOf(error)) logger.error(`${problem}; the certificate before stays in use`);
    }
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

/** The settings that differ, as people know them. */
function changesOf(before: Config, next: Config): readonly string[] {
  const keys = (Object.keys(next) as (keyof Config)[]).filter((key) => !NOT_SETTINGS.includes(key) && JSON.stringify(before[key]) !== JSON.stringify(next[key]));
  return keys.map((key) => (key === 'listen' ? `listen (${formatAddress(next.listen)})` : key === 'upstream' ? `upstream (${next.upstream.url})` : key));
}
