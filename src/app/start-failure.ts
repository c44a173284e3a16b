import { CertificateError } from '../node/net/certificate.js';
import { type Config, ConfigError, formatAddress } from './config.js';

/** What keeps a proxy from starting, in words for its operator. */
export class StartError extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** What kept a proxy from listening as this configuration says, in a line that names the remedy. */
export function startFailure(error: unknown, { listen }: Pick<Config, 'listen'>): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const address = formatAddress(listen);
  if (error instanceof ConfigError || error instanceof CertificateError || error instanceof StartError) return message;
  if (code === 'EADDRINUSE') return `port ${listen.port} on ${listen.host} is taken; stop what listens there, or choose another with --listen ${listen.host}:PORT`;
  if (code === 'EACCES') return `listening on ${address} is not permitted; choose a port above 1023 with --listen`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `this machine has no address ${listen.host}; choose one with --listen`;
  return `could not start on ${address}: ${message}`;
}
