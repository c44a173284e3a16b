/**
 * HTTP status codes and their reason phrases, the current one first: RFC 9110, section 15, and the IANA registry for the
 * codes of RFC 2295, 2774, 3229, 4918, 5842, 6585, 7725, 8297 and 8470. Older and common spellings follow, since they are not wrong.
 */
export const HTTP_STATUS: Readonly<Record<number, readonly string[]>> = {
  100: ['Continue'], 101: ['Switching Protocols'], 102: ['Processing'], 103: ['Early Hints'],
  200: ['OK'], 201: ['Created'], 202: ['Accepted'], 203: ['Non-Authoritative Information', 'Non Authoritative Information'], 204: ['No Content'],
  205: ['Reset Content'], 206: ['Partial Content'], 207: ['Multi-Status'], 208: ['Already Reported'], 226: ['IM Used'],
  300: ['Multiple Choices'], 301: ['Moved Permanently'], 302: ['Found', 'Moved Temporarily'], 303: ['See Other'], 304: ['Not Modified'],
  305: ['Use Proxy'], 307: ['Temporary Redirect'], 308: ['Permanent Redirect'],
  400: ['Bad Request'], 401: ['Unauthorized'], 402: ['Payment Required'], 403: ['Forbidden'], 404: ['Not Found'], 405: ['Method Not Allowed'],
  406: ['Not Acceptable'], 407: ['Proxy Authentication Required'], 408: ['Request Timeout', 'Request Time-out'], 409: ['Conflict'], 410: ['Gone'],
  411: ['Length Required'], 412: ['Precondition Failed'], 413: ['Content Too Large', 'Payload Too Large', 'Request Entity Too Large'],
  414: ['URI Too Long', 'Request-URI Too Long', 'Request-URI Too Large'], 415: ['Unsupported Media Type'],
  416: ['Range Not Satisfiable', 'Requested Range Not Satisfiable'], 417: ['Expectation Failed'], 418: ["I'm a Teapot", 'I’m a teapot'], 421: ['Misdirected Request'],
  422: ['Unprocessable Content', 'Unprocessable Entity'], 423: ['Locked'], 424: ['Failed Dependency'], 425: ['Too Early'], 426: ['Upgrade Required'],
  428: ['Precondition Required'], 429: ['Too Many Requests'], 431: ['Request Header Fields Too Large'], 451: ['Unavailable For Legal Reasons'],
  500: ['Internal Server Error'], 501: ['Not Implemented'], 502: ['Bad Gateway'], 503: ['Service Unavailable', 'Service Temporarily Unavailable'],
  504: ['Gateway Timeout', 'Gateway Time-out'], 505: ['HTTP Version Not Supported'], 506: ['Variant Also Negotiates'],
  507: ['Insufficient Storage'], 508: ['Loop Detected'], 510: ['Not Extended'], 511: ['Network Authentication Required'],
};

/** Codes from the one met most often; where either half of a claim may be the wrong one, the rarer is the likelier slip. */
export const COMMON_STATUS: readonly number[] = [200, 404, 500, 403, 401, 400, 304, 302, 301, 201, 204, 503, 502, 429, 504, 409, 405, 422, 415, 413, 206, 202, 408, 410, 501, 406, 412];

/** Every spelling of a phrase, in small letters, with the code it belongs to; the longest first. */
export const HTTP_PHRASES: readonly { readonly phrase: string; readonly code: number }[] = Object.entries(HTTP_STATUS)
  .flatMap(([code, phrases]) => phrases.map((phrase) => ({ phrase: phrase.toLowerCase(), code: Number(code) })))
  .sort((a, b) => b.phrase.length - a.phrase.length);
