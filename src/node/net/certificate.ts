import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Where a listener's certificate chain and its private key are, both PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a listener needs to speak TLS. */
export interface Certificate {
  readonly context: SecureContext;
  readonly validToMs: number;
}

/** A certificate or key that cannot be used, in one sentence with the file's name and what was expected. */
export class CertificateError extends Error {}

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'reading it is not permitted', EISDIR: 'it is a folder', ENOTDIR: 'there is no such file' };

/**
 * Reads both files and checks that they belong together.
 * @throws CertificateError
 */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const cert = readPem(certFile, 'certificate', '--tls-cert', 'CERTIFICATE');
  const key = readPem(keyFile, 'private key', '--tls-key', 'PRIVATE KEY');
  const leaf = leafOf(cert, certFile);
  if (!leaf.checkPrivateKey(keyOf(key, keyFile))) throw new CertificateError(`--tls-key: ${keyFile} is not the key of the certificate in ${certFile}; expected the two that were made together, the server's own certificate first in its file`);
  try {
    return { context: createSecureContext({ cert, key }), validToMs: Date.parse(leaf.validTo) };
  } catch (error) {
    throw new CertificateError(`--tls-cert: ${certFile} cannot be used (${(error as Error).message}); expected a PEM certificate chain that OpenSSL accepts`);
  }
}

function readPem(file: string, what: string, flag: string, label: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new CertificateError(`${flag}: ${file} cannot be read (${REASONS[code] ?? message}); expected a PEM file with the ${what}`);
  }
  if (new RegExp(`-----BEGIN (?:[A-Z]+ )*${label}-----`).test(text)) return text;
  throw new CertificateError(`${flag}: ${file} holds no ${what}; expected PEM, with a line -----BEGIN ${label}-----`);
}

function leafOf(cert: string, file: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new CertificateError(`--tls-cert: ${file} is no readable certificate (${(error as Error).message}); expected a PEM certificate chain`);
  }
}

function keyOf(key: string, file: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Nobody is there to ask when it is reloaded.
    if (code === 'ERR_MISSING_PASSPHRASE' || /ENCRYPTED/.test(key)) throw new CertificateError(`--tls-key: ${file} is protected by a passphrase; expected a key without one (openssl pkey -in ${file} -out key.pem)`);
    throw new CertificateError(`--tls-key: ${file} is no readable private key (${message}); expected a PEM private key`);
  }
}
