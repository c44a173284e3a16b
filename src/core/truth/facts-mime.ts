/** Media types by file extension: the IANA registry, the registered type first, then others in use (RFC 2046, 7231; mime.types of common servers). */
export const MIME_TYPES: Readonly<Record<string, readonly string[]>> = {
  json: ['application/json', 'application/ld+json', 'application/problem+json'], html: ['text/html', 'application/xhtml+xml'], htm: ['text/html'], css: ['text/css'], csv: ['text/csv', 'application/csv'], txt: ['text/plain'],
  js: ['text/javascript', 'application/javascript', 'application/x-javascript', 'application/ecmascript'], mjs: ['text/javascript', 'application/javascript'], xml: ['application/xml', 'text/xml'], pdf: ['application/pdf'], zip: ['application/zip', 'application/x-zip-compressed'],
  gz: ['application/gzip', 'application/x-gzip'], png: ['image/png'], jpg: ['image/jpeg', 'image/jpg', 'image/pjpeg'], jpeg: ['image/jpeg', 'image/jpg', 'image/pjpeg'], gif: ['image/gif'], svg: ['image/svg+xml'], webp: ['image/webp'], avif: ['image/avif'], ico: ['image/vnd.microsoft.icon', 'image/x-icon'],
  bmp: ['image/bmp', 'image/x-ms-bmp'], tiff: ['image/tiff'], tif: ['image/tiff'], mp3: ['audio/mpeg', 'audio/mp3'], mp4: ['video/mp4', 'audio/mp4', 'application/mp4'], webm: ['video/webm', 'audio/webm'], wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'], ogg: ['audio/ogg', 'video/ogg', 'application/ogg'],
  woff: ['font/woff', 'application/font-woff', 'application/x-font-woff'], woff2: ['font/woff2', 'application/font-woff2'], ttf: ['font/ttf', 'application/x-font-ttf', 'application/font-sfnt'], otf: ['font/otf', 'application/x-font-otf', 'application/vnd.ms-opentype'], wasm: ['application/wasm'],
  md: ['text/markdown', 'text/x-markdown', 'text/plain'], ics: ['text/calendar'], rtf: ['application/rtf', 'text/rtf'], tar: ['application/x-tar'], epub: ['application/epub+zip'], doc: ['application/msword'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'], xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'], pptx: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  xls: ['application/vnd.ms-excel'], ppt: ['application/vnd.ms-powerpoint'], yaml: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'], yml: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'],
  jsonld: ['application/ld+json', 'application/json'], geojson: ['application/geo+json', 'application/json', 'application/vnd.geo+json'], atom: ['application/atom+xml', 'application/xml'],
  rss: ['application/rss+xml', 'application/xml', 'text/xml'], xhtml: ['application/xhtml+xml'], mpeg: ['video/mpeg'], mov: ['video/quicktime', 'video/mov'],
  avi: ['video/x-msvideo', 'video/vnd.avi', 'video/avi', 'video/msvideo'], m4a: ['audio/mp4', 'audio/x-m4a'], m4v: ['video/x-m4v', 'video/mp4'], aac: ['audio/aac', 'audio/x-aac'],
  flac: ['audio/flac', 'audio/x-flac'], oga: ['audio/ogg', 'application/ogg'], ogv: ['video/ogg', 'application/ogg'], opus: ['audio/ogg', 'audio/opus'], weba: ['audio/webm'],
  mid: ['audio/midi', 'audio/x-midi'], midi: ['audio/midi', 'audio/x-midi'], '7z': ['application/x-7z-compressed'],
  rar: ['application/vnd.rar', 'application/x-rar-compressed', 'application/x-rar', 'application/x-compressed'], bz2: ['application/x-bzip2', 'application/x-bzip'], jar: ['application/java-archive'],
  apk: ['application/vnd.android.package-archive'], eps: ['application/postscript'], heic: ['image/heic'], heif: ['image/heif'], apng: ['image/apng'],
  eot: ['application/vnd.ms-fontobject', 'font/eot'], odt: ['application/vnd.oasis.opendocument.text'], ods: ['application/vnd.oasis.opendocument.spreadsheet'],
  odp: ['application/vnd.oasis.opendocument.presentation'], webmanifest: ['application/manifest+json', 'application/json'], tsv: ['text/tab-separated-values', 'text/tsv'],
  vcf: ['text/vcard', 'text/x-vcard'], vtt: ['text/vtt'], srt: ['application/x-subrip', 'text/srt', 'text/plain'], toml: ['application/toml', 'text/toml', 'text/x-toml'],
  wmv: ['video/x-ms-wmv'], flv: ['video/x-flv'], '3gp': ['video/3gpp'], mkv: ['video/x-matroska', 'video/matroska'],
  m3u8: ['application/vnd.apple.mpegurl', 'application/x-mpegurl', 'audio/mpegurl'], mpd: ['application/dash+xml'], xz: ['application/x-xz'],
  psd: ['image/vnd.adobe.photoshop', 'image/x-photoshop'],
};

/** What formats are called where texts do not give the extension, in small letters. */
export const FORMAT_NAMES: Readonly<Record<string, string>> = { javascript: 'js', webassembly: 'wasm', markdown: 'md', 'plain text': 'txt', gzip: 'gz', excel: 'xlsx', calendar: 'ics' };
