import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusal } from '../../core/rewrite/access.js';
import { ApiError } from './api-error.js';

export interface GuardOptions {
  /** Bound to this machine alone: then names other than loopback's are foreign. */
  readonly loopback: boolean;
  /** Further names it is reached by. */
  readonly hosts: readonly string[];
  /** Null: none is asked for. */
  readonly token: string | null;
}

/**
 * Lets a request pass or throws. A page of another origin can make a browser send anything to this machine, so only pages of this
 * very address may; nothing is ever said with CORS headers.
 * @throws ApiError 403, 401
 */
export function guard({ loopback, hosts, token }: GuardOptions, { headers }: IncomingMessage): void {
  const { host, origin } = headers;
  const refused = refusal({ loopbackListener: loopback, origins: [], hosts }, host ?? null, null);
  if (refused !== null) throw new ApiError(403, 'foreign_host', refused);
  if (origin !== undefined && origin.toLowerCase() !== `http://${(host ?? '').toLowerCase()}`) throw new ApiError(403, 'foreign_origin', `Origin ${JSON.stringify(origin)} is not this address`);
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') throw new ApiError(403, 'foreign_origin', 'a page of another site asked');
  if (token !== null && !says(headers.authorization ?? '', token)) {
    // Browsers ask for the password themselves, and send it with what the page asks for.
    throw new ApiError(401, 'token_required', 'send the token as "Authorization: Bearer …", or as the password of HTTP Basic', { 'www-authenticate': 'Basic realm="hotpatch", charset="UTF-8"' });
  }
}

function says(authorization: string, token: string): boolean {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)\s*$/i.exec(authorization) ?? [];
  const given = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').replace(/^[^:]*:/, '') : value;
  // Of one length, so that the time tells nothing.
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return scheme !== '' && timingSafeEqual(digest(given), digest(token));
}
