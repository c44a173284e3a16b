import type { PackFact } from './fact-packs.js';

/** What a document of the RFC series specifies, the current one first, then those it replaced or is joined by (rfc-editor.org). */
export const RFCS: readonly PackFact[] = ([
  ['HTTP Semantics', 9110, 7231], ['HTTP Caching', 9111, 7234], ['HTTP/1\\.1', 9112, 9110, 9111, 7230, 7231, 7232, 7233, 7234, 7235, 2616, 2068, 2817, 2145, 7540],
  ['HTTP/1\\.0', 1945], ['HTTP/2', 9113, 7540, 8740, 8441], ['HTTP/3', 9114, 9204, 9220], ['QUIC', 9000, 8999, 9001, 9002, 9221, 9369, 9308, 9312, 9287], ['HPACK', 7541], ['QPACK', 9204],
  ['TLS 1\\.3', 8446, 9846, 8447, 8448, 9001], ['TLS 1\\.2', 5246], ['TLS 1\\.1', 4346], ['TLS 1\\.0', 2246], ['DTLS 1\\.2', 6347], ['DTLS 1\\.3', 9147],
  ['JSON Web Tokens?|JWTs?', 7519, 8725, 9068, 7523, 7515, 7516], ['JSON Web Signatures?|JWS', 7515, 7797], ['JSON Web Encryption|JWE', 7516], ['JSON Web Keys?|JWKs?', 7517, 7638], ['JSON Patch', 6902], ['JSON Pointer', 6901], ['JSON Merge Patch', 7396, 7386],
  ['JSON', 8259, 7159, 7158, 4627, 7493, 8785, 7464, 6901, 6902, 7396, 7519, 7807, 9457], ['WebSockets?(?: [Pp]rotocol)?', 6455, 7692, 8441, 9220], ['OAuth 2\\.0', 6749, 6750, 6819, 7636, 7009, 7662, 8252, 8628, 8693, 8414, 9700, 7591, 9126, 9449, 8705], ['PKCE', 7636],
  ['ICMPv6', 4443], ['IPv6', 8200, 2460, 1883, 4291, 4861, 4862, 5952, 6724, 8504], ['UDP', 768, 8085, 8304], ['URI [Tt]emplates?', 6570], ['UTF-8', 3629, 2279, 2044], ['Base64', 4648, 3548, 2045, 1421],
  ['UUIDs?', 9562, 4122], ['CSV', 4180, 7111], ['HSTS|HTTP Strict Transport Security', 6797], ['CIDR', 4632, 1519, 1517, 1518], ['IMAP4rev1', 3501, 2060, 9051], ['IMAP4rev2', 9051], ['POP3', 1939, 1725, 2449, 5034, 2595, 1734, 8314],
  ['BGP-4', 4271, 1771, 1654], ['DKIM', 6376, 4871, 8301, 8463], ['SPF', 7208, 4408], ['DMARC', 7489], ['Problem Details(?: for HTTP APIs)?', 9457, 7807],
  ['Syslog [Pp]rotocol', 5424, 3164], ['SSH transport layer protocol', 4253], ['STUN', 8489, 5389, 3489], ['DNS over HTTPS|DoH', 8484], ['DNS over TLS|DoT', 7858, 8310], ['ACME', 8555],
] as const).map(([names, ...values]) => ({ kind: 'rfc', names, values }));
