/** Media types by file extension: the IANA registry, the registered type first, then others in use (RFC 2046, 7231; mime.types of common servers). */
export const MIME_TYPES: Readonly<Record<string, readonly string[]>> = {
  json: ['application/json', 'text/json', 'application/ld+json', 'application/problem+json'], html: ['text/html', 'application/xhtml+xml'], htm: ['text/html'], css: ['text/css'], csv: ['text/csv', 'application/csv'], txt: ['text/plain'],
  js: ['text/javascript', 'application/javascript', 'application/x-javascript', 'application/ecmascript'], mjs: ['text/javascript', 'application/javascript'], xml: ['application/xml', 'text/xml'], pdf: ['application/pdf'], zip: ['application/zip', 'application/x-zip-compressed'],
  gz: ['application/gzip', 'application/x-gzip'], png: ['image/png'], jpg: ['image/jpeg', 'image/jpg', 'image/pjpeg'], jpeg: ['image/jpeg', 'image/jpg', 'image/pjpeg'], gif: ['image/gif'], svg: ['image/svg+xml'], webp: ['image/webp'], avif: ['image/avif'], ico: ['image/vnd.microsoft.icon', 'image/x-icon'],
  bmp: ['image/bmp', 'image/x-ms-bmp'], tiff: ['image/tiff'], tif: ['image/tiff'], mp3: ['audio/mpeg', 'audio/mp3'], mp4: ['video/mp4', 'audio/mp4', 'application/mp4'], webm: ['video/webm', 'audio/webm'], wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'], ogg: ['audio/ogg', 'video/ogg', 'application/ogg'],
  woff: ['font/woff', 'application/font-woff', 'application/x-font-woff'], woff2: ['font/woff2', 'application/font-woff2'], ttf: ['font/ttf', 'application/x-font-ttf', 'application/font-sfnt'], otf: ['font/otf', 'application/x-font-otf', 'application/vnd.ms-opentype'], wasm: ['application/wasm'],
  md: ['text/markdown', 'text/x-markdown', 'text/plain'], ics: ['text/calendar'], rtf: ['application/rtf', 'text/rtf'], tar: ['application/x-tar'], epub: ['application/epub+zip'], doc: ['application/msword'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'], xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'], pptx: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  xls: ['application/vnd.ms-excel'], ppt: ['application/vnd.ms-powerpoint'], yaml: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'], yml: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'],
};

/** What formats are called where texts do not give the extension, in small letters. */
export const FORMAT_NAMES: Readonly<Record<string, string>> = { javascript: 'js', webassembly: 'wasm', markdown: 'md', 'plain text': 'txt', gzip: 'gz', excel: 'xlsx', calendar: 'ics' };
