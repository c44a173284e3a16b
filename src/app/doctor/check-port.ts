import { createServer } from 'node:net';
import { CertificateError, readCertificate } from '../../node/net/certificate.js';
import { type Config, formatAddress } from '../config.js';
import { startFailure } from '../start-failure.js';
import { type Finding, finding } from './finding.js';
import { describeHolder, holderOf, isHotpatch } from './port-holder.js';

/** Whether the proxy could listen where it is told to, and who does if it could not. */
export async function checkPort(config: Config): Promise<readonly Finding[]> {
  const findings = checkCertificate(config);
  const { listen } = config;
  const address = formatAddress(listen);
  const error = await tryListening(listen.host, listen.port);
  if (error === null) return [finding('port', 'ok', `${address} is free`), ...findings];
  const holder = error.code === 'EADDRINUSE' ? holderOf(listen.port) : null;
  if (holder !== null && isHotpatch(holder)) return [finding('port', 'ok', `a hotpatch serves on ${address}: process ${holder.pid}`), ...findings];
  const whose = holder === null ? '' : `: ${describeHolder(holder)} listens there`;
  const [what = '', fix = null] = startFailure(error, config).split('; ');
  return [finding('port', 'error', `${what}${whose}`, fix), ...findings];
}

/** Listens for a moment. @returns why that failed; null: it did not */
function tryListening(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function checkCertificate({ tls }: Config): readonly Finding[] {
  if (tls === null) return [];
  try {
    readCertificate(tls);
    return [finding('tls', 'ok', `the certificate ${tls.certFile} and its key are readable and belong together`)];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return [finding('tls', 'error', error.message, 'name PEM files with --tls-cert and --tls-key')];
  }
}
