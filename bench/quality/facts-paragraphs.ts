import { type Case, cleanCase } from './facts-shared.js';

/** Paragraphs as guides, answers and READMEs write them; `[right|wrong]` marks the value. A second set, written after the first had been worked on. */
const PARAGRAPHS: Readonly<Record<string, readonly string[]>> = {
  port: [
    'To connect to the database, make sure PostgreSQL is running and listening on its default port ([5432|5433]). You can check this with `pg_isready`.',
    'A typical security group allows inbound traffic on ports 80 (HTTP) and [443|445] (HTTPS).',
    'Web servers usually answer plain HTTP requests on port [80|88], while encrypted HTTPS traffic arrives on port 443.',
    'Redis (default port [6379|6397]) is used as a cache.',
    '- MySQL: [3306|3307] (default port)',
    'The SMTP protocol uses port [25|52] for relaying between servers.',
    'If you leave out the port, `ssh` connects to port [22|23].',
    'MongoDB listens on TCP port [27017|27018] by default, so no port has to be given.',
    'Elasticsearch is reachable at http://localhost:9200, since [9200|9300] is its default HTTP port.',
    'Port [53|54] is used by DNS for both UDP and TCP.',
    'RDP uses TCP port [3389|3398] by default, which is scanned often.',
    'The default MQTT port is [1883|8183], and 8883 is used with TLS.',
    'By default the PostgreSQL server listens on TCP port [5432|5342].',
    'Connections to a MySQL server are made over port [3306|3360] unless configured otherwise.',
    'IMAPS, which is IMAP over TLS, uses port [993|995].',
    '| Service | Port |\n|---|---|\n| SSH | [22|21] |\n| HTTPS | 443 |',
    'The standard ports are [21|12] for FTP, 22 for SSH and 25 for SMTP.',
    'Kafka brokers listen on port [9092|9029] by default.',
    'URLs may leave out the default port. (HTTP uses port [80|443].)',
    'LDAP uses port [389|398] and LDAPS uses port 636.',
  ],
  rfc: [
    'JSON Web Tokens are an open, industry standard [RFC [7519|7915]](https://example.org) method for representing claims.',
    'This library implements the WebSocket protocol as specified in RFC [6455|6544].',
    'The format of CSV files is described in RFC [4180|4108].',
    'UTF-8 (RFC [3629|3692]) is a variable-width encoding.',
    'See RFC [7807|7087] for Problem Details.',
    'OAuth 2.0 ([RFC [6749|6479]](https://example.org)) is an authorization framework.',
    'HTTP/1.1 semantics are now defined by RFC [9110|9101].',
    'HTTP caching is defined in RFC [9111|9911].',
    'HTTP cookies are specified in RFC [6265|6256].',
    'The `Forwarded` header is standardized in RFC [7239|7329].',
    'The server supports HTTP/3 (RFC [9114|9141]).',
    'JSON Patch is a format (RFC [6902|6920]) for describing changes to a JSON document.',
    'gzip is specified by RFC [1952|1925].',
    'The URI syntax is defined in RFC [3986|3968].',
    'RFC [5322|5232] specifies the Internet Message Format.',
    'TLS 1.3 (RFC [8446|8464]) is faster.',
    'Implements RFC [6570|6750] URI Templates.',
    'a strict implementation of RFC [8259|8295] (JSON)',
    'Timestamps use the format of RFC [3339|3393].',
    'The base32 and base64 encodings come from RFC [4648|4684].',
  ],
  year: [
    'Python was conceived in the late 1980s by Guido van Rossum, and its first release came in [1991|1993].',
    'Brendan Eich created JavaScript in [1995|1992] in ten days.',
    'Git was created in [2005|2003] by Linus Torvalds for the development of the Linux kernel.',
    'Java, released by Sun Microsystems in [1995|1985], is an object-oriented language.',
    'Docker first appeared in [2013|2008] and made containers popular.',
    'React was open-sourced by Facebook in [2013|2018].',
    'TypeScript was announced by Microsoft in [2012|2017].',
    'Ruby was first released in [1995|1990] by Yukihiro Matsumoto.',
    'The Go programming language was announced in [2009|2005].',
    'PHP was created by Rasmus Lerdorf in [1994|1984].',
    'Perl, created by Larry Wall in [1987|1978], was once the language of the web.',
    'Since its first release in [2009|2014], Node.js has become a popular runtime.',
    'C++ was first released commercially in [1985|1995].',
    'MySQL was first released in [1995|1999].',
    'Rust 1.0 was released in [2015|2012].',
    'Kubernetes, originally designed by Google, was released in [2014|2010].',
    'Swift was introduced at WWDC in [2014|2010].',
    'Haskell appeared in [1990|1980] as a standard for lazy languages.',
    'jQuery, first released in [2006|2001], simplified DOM work.',
    'Initially released in [2000|2006], SQLite is now everywhere.',
    'Linux was first released in [1991|1997].',
    'Bitcoin was launched in [2009|2005].',
  ],
  mime: [
    'When serving JSON, set the `Content-Type` header to `[application/json|text/xml]`.',
    'For SVG images the MIME type is `[image/svg+xml|image/svg]`.',
    'JavaScript files should be served with the `[text/javascript|application/json]` MIME type.',
    'PNG images have the media type [image/png|image/x-pngs].',
    'The MIME type `[application/pdf|application/xml]` is used for PDF files.',
    'Use [text/csv|text/css] for CSV files.',
    'nginx must know that `.wasm` maps to `[application/wasm|application/octet-wasm]`.',
    'The `.webp` extension corresponds to `[image/webp|image/jpeg]`.',
    'A CSS file has to be delivered as `[text/css|text/html]`, or browsers ignore it.',
    '`[image/gif|image/png]`: the MIME type for GIF images',
    'The official MIME type for JSON text is `[application/json|text/javascript]`.',
    'ICS files have the MIME type `[text/calendar|text/ics]`.',
    'Markdown files (MIME type [text/markdown|text/html]) are rendered.',
    '- JSON: `[application/json|application/xml]`\n- XML: `application/xml`',
    'MP3 files are sent with a Content-Type of `[audio/mpeg|video/mpeg]`.',
    'ZIP files: MIME type `[application/zip|application/gzip]`.',
  ],
};

const CLEAN: readonly string[] = [
  'To connect from the host, PostgreSQL in the container is mapped to port 5433.', 'A typical security group allows ports 8080 (HTTP) and 8443 (HTTPS).', 'The SMTP server of our provider uses port 2525.', 'If port 22 is blocked, `ssh -p 443` connects to port 443.', 'MongoDB shards listen on port 27018 and config servers on 27019.',
  'Elasticsearch nodes talk to each other on port 9300.', 'DNS over TLS uses port 853.', 'With TLS, MQTT uses port 8883.', 'Connections to the MySQL X Protocol use port 33060.', 'Redis Sentinel listens on port 26379.', 'The standard ports are 21 for FTP, 22 for SSH and 25 for SMTP.', 'HTTP/3 runs over UDP port 443.', 'An HTTP proxy such as Squid listens on port 3128.',
  'The app serves HTTP on port 3000 and metrics on port 9090.', 'Our HTTPS ingress uses port 30443.', 'DNS queries go to port 5300 of the local stub.', 'RDP is tunnelled through port 443.', 'SSH tunnels: forward local port 5433 to PostgreSQL on port 5432.', 'Kafka Connect listens on port 8083.', 'The LDAP proxy runs on port 10389.',
  'JSON Web Token best practices are in RFC 8725.', 'JSON Web Key thumbprints are defined in RFC 7638.', 'The WebSocket extension permessage-deflate is specified in RFC 7692.', 'CSV fragment identifiers are described in RFC 7111.', 'OAuth 2.0 bearer tokens are specified in RFC 6750.', 'HTTP range requests were defined in RFC 7233.', 'HTTP status code 451 is defined in RFC 7725.', 'The HTTP QUERY method is still a draft.', 'HTTP Alternative Services are specified in RFC 7838.',
  'TLS certificates follow RFC 5280.', 'TLS session tickets are defined in RFC 5077.', 'The JSON-based format of RFC 7946 is GeoJSON.', 'URI schemes are registered as RFC 7595 says.', 'Email addresses follow RFC 5322 and SMTP follows RFC 5321.', 'DNS-SD is defined in RFC 6763.', 'Timestamps in JSON use RFC 3339.', 'The base64url alphabet is in section 5 of RFC 4648.', 'HTTP digests are defined in RFC 9530.', 'SSH certificates have no RFC.', 'UUID version 7 was added by RFC 9562.',
  'Python 3.12 was released in 2023.', 'Guido van Rossum stepped down in 2018.', 'The JavaScript library was released in 2016.', 'Our Git server was set up in 2019.', 'Oracle released Java 21 in 2023.', 'Docker Desktop was introduced in 2016.', 'React 18 was released in 2022.', 'Hooks were introduced to React in 2019.', 'TypeScript 5.0 was released in 2023.', 'The Ruby conference was founded in 2001.', 'The Go team published a survey in 2023.', 'PHP 8 appeared in 2020.', 'Node.js was forked as io.js in 2014.', 'The C++ standard was published in 2011.',
  'MySQL 8.0 was released in 2018.', 'The Rust Foundation was founded in 2021.', 'Kubernetes 1.0 was released in 2015.', 'Swift was open-sourced in 2015.', 'Haskell 2010 was published in 2010.', 'SQLite was audited in 2012.', 'The Linux Foundation was founded in 2000.', 'Bitcoin Cash was launched in 2017.', 'Since the release of ES6 in 2015, JavaScript has changed.', 'He published his first Perl module in 1999.', 'In 1999, Sun introduced Java Servlets.', 'In 2010, Google launched Go on App Engine.', 'In 2016, Microsoft released Git for Windows support.',
  'When serving JSON Lines, set `Content-Type` to `application/x-ndjson`.', 'For SVG sprites inlined in HTML the MIME type is text/html.', 'JavaScript modules are served with a JavaScript MIME type such as text/javascript.', 'The endpoint takes JSON and returns `text/csv`.', 'Use image/png for thumbnails of PDF files.', 'The `.ts` extension corresponds to `video/mp2t` in some tables.', 'A CSS file delivered as `text/plain` is ignored by browsers.', 'Do not use text/json for JSON.', 'XML: `application/xml`', 'MP4 audio files are sent as `audio/mp4`.', 'The multipart body carries a JSON part and an `image/png` part.', 'JSON:API uses `application/vnd.api+json`.',
];

export function paragraphCases(): Case[] {
  const cases: Case[] = [];
  for (const [kind, texts] of Object.entries(PARAGRAPHS)) {
    for (const [at, text] of texts.entries()) {
      const [whole = '', right = '', wrong = ''] = /\[([^|\][]+)\|([^\][]+)\]/.exec(text) ?? [];
      const start = text.indexOf(whole);
      cases.push({ id: `own-more-${kind}-${at}`, type: 'incorrect_fact', tier: `more-${kind}`, level: 'main', context: { done_reason: 'stop' }, text: text.replace(whole, wrong), spans: [{ start, end: start + wrong.length, detected: wrong, expected: right }], clean_for: [] });
      cases.push(cleanCase(`own-more-${kind}-${at}-right`, `more-${kind}`, text.replace(whole, right)));
    }
  }
  return [...cases, ...CLEAN.map((text, at) => cleanCase(`own-more-near-${at}`, 'more-near-miss', text))];
}
