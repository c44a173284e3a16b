import { type Case, caseOf, cleanCase, type Rng } from './facts-shared.js';

type Row = readonly [text: string, wrong: string, right: string];

/** Sentences as documentation writes them, each with one wrong value where `{}` stands. Written before the code was asked. */
const PORTS: readonly Row[] = [
  ['{} is the port for HTTP.', '443', '80'],
  ['443 is used by HTTP, while SSH sits on {}.', '25', '22'],
  ['HTTPS listens on {}.', '80', '443'],
  ['The SSH daemon listens on TCP port {} unless told otherwise.', '21', '22'],
  ['By default PostgreSQL accepts connections on port {}.', '3306', '5432'],
  ['Postgres listens on port {}, so the firewall has to let it through.', '5342', '5432'],
  ["Redis' default port is {}.", '6380', '6379'],
  ['MySQL servers use TCP port {} by default.', '5432', '3306'],
  ['The default port for HTTP communication is {}; however, this can be changed.', '443', '80'],
  ['The default port for RDP is TCP {}.', '3390', '3389'],
  ['The default port for Zipkin is `{}`.', '9412', '9411'],
  ['Port {} is reserved for SMTP.', '110', '25'],
  ['Port {} (LDAPS) is open on the firewall.', '389', '636'],
  ['Traffic on port {} (DNS) is not filtered.', '67', '53'],
  ['MongoDB runs on port {} by default.', '27107', '27017'],
  ['You can reach MongoDB on its default port, {}.', '3306', '27017'],
  ['Elasticsearch exposes its REST API on port {} by default.', '9020', '9200'],
  ['Open TCP port {} for HTTPS.', '434', '443'],
  ['allow inbound port {} (SSH)', '23', '22'],
  ['Memcached uses the default port `{}`.', '11121', '11211'],
  ['HTTPS traffic goes over port {}.', '80', '443'],
  ['Telnet operates on port {}.', '22', '23'],
  ['IMAP over TLS (IMAPS) uses port {}.', '143', '993'],
  ['| MySQL | {} | TCP |', '3360', '3306'],
  ['RabbitMQ listens for AMQP connections on port {} by default.', '5762', '5672'],
  ['NTP uses UDP port {}.', '132', '123'],
  ["PostgreSQL's standard port ({}) must be reachable.", '5423', '5432'],
  ['FTP control connections use port {}.', '22', '21'],
  ['The well-known port for HTTPS is {}.', '8433', '443'],
  ['As a rule, HTTP is served on port {} and HTTPS on port 443.', '25', '80'],
];

const RFCS: readonly Row[] = [
  ['PKCE is specified in RFC {}.', '7363', '7636'],
  ['HSTS is an IETF standards track protocol and is specified in RFC {}.', '6979', '6797'],
  ['The WebSocket protocol was standardized by the IETF as RFC {} in 2011.', '6445', '6455'],
  ['JSON Web Token (JWT) is an open standard (RFC {}) that defines a compact way to transmit claims.', '7159', '7519'],
  ['RFC {}, "The JavaScript Object Notation (JSON) Data Interchange Format", says so.', '8529', '8259'],
  ['RFC {} - The OAuth 2.0 Authorization Framework', '6479', '6749'],
  ['RFC{} defines UUIDs.', '4212', '4122'],
  ['We follow the CSV format of RFC {}.', '4810', '4180'],
  ['an implementation of JSON Patch (RFC {})', '6920', '6902'],
  ['An implementation of RFC {} JSON Pointer', '6910', '6901'],
  ['The module implements HTTP/2 (RFC {}) and HPACK.', '7450', '7540'],
  ['Base64 encoding is described in RFC {}.', '4684', '4648'],
  ['TLS 1.3 was published as RFC {} in August 2018.', '8464', '8446'],
  ['UUIDs are defined by RFC {}.', '7519', '9562'],
  ['ACME, the protocol behind it, is standardised in RFC {}.', '8565', '8555'],
  ['URIs follow the generic syntax defined in RFC {}.', '3996', '3986'],
  ['as required by RFC {} (URI Template)', '6507', '6570'],
  ['The SMTP protocol, defined in RFC {}, moves mail.', '5231', '5321'],
  ['Private addresses (RFC {}) are not routed.', '1981', '1918'],
  ['See [RFC {}](https://www.rfc-editor.org) for the TLS 1.2 specification.', '5264', '5246'],
  ['Brotli ([RFC {}](https://example.org)) compresses better.', '7923', '7932'],
  ['RFC {} describes CBOR, a binary format.', '8994', '8949'],
  ['Problem Details for HTTP APIs (RFC {})', '7870', '7807'],
  ['TOTP codes are generated according to RFC {}.', '6328', '6238'],
];

const YEARS: readonly Row[] = [
  ['Since its release in {}, Python has grown into one of the most used languages.', '1997', '1991'],
  ['Python is a high-level, interpreted programming language that was first released in {} by Guido van Rossum.', '1998', '1991'],
  ['Python was created by Guido van Rossum and first released in {}.', '1996', '1991'],
  ['JavaScript came out in {}.', '1999', '1995'],
  ['Java debuted in {}.', '1999', '1995'],
  ['TypeScript made its debut in {}.', '2015', '2012'],
  ['The release of TypeScript in {} changed how large front ends are written.', '2016', '2012'],
  ['Docker was introduced in {} and spread quickly.', '2010', '2013'],
  ['The first version of Git appeared in {}.', '2009', '2005'],
  ["Git's first release was in {}.", '2001', '2005'],
  ['Linus Torvalds released Git in {}.', '2010', '2005'],
  ['In {}, Linus Torvalds created Git to manage the kernel.', '2011', '2005'],
  ['Created in {} by Ryan Dahl, Node.js runs JavaScript outside the browser.', '2012', '2009'],
  ['Node.js (first released in {}) is a runtime.', '2013', '2009'],
  ['SQLite was first released in {} by Richard Hipp, and it has since become widely used.', '1996', '2000'],
  ['Kotlin, unveiled by JetBrains in {}, runs on the JVM.', '2014', '2011'],
  ['PHP dates back to {}.', '1999', '1995'],
  ['PHP, which first appeared in {}, powers much of the web.', '1989', '1995'],
  ['Python 3.0 was released in {}.', '2010', '2008'],
  ['Java 8, released in {}, brought lambdas.', '2012', '2014'],
  ['Perl has been around since {}.', '1994', '1987'],
  ['jQuery was released in {} by John Resig.', '2010', '2006'],
  ['Kubernetes was open-sourced by Google in {}.', '2011', '2014'],
  ['Erlang was developed at Ericsson in {}.', '1996', '1986'],
];

const MIMES: readonly Row[] = [
  ['`.json` files are served as `{}`.', 'text/html', 'application/json'],
  ['JSON files are served with the MIME type {}.', 'text/css', 'application/json'],
  ['{} is the MIME type for PNG images.', 'image/jpeg', 'image/png'],
  ['`{}` is the media type for SVG files.', 'image/png', 'image/svg+xml'],
  ['Use `{}` for CSS files.', 'text/javascript', 'text/css'],
  ['Serve `.wasm` files with `Content-Type: {}`.', 'application/octet-wasm', 'application/wasm'],
  ['WebAssembly modules must be served as {}.', 'text/wasm', 'application/wasm'],
  ['PDF documents have the content type `{}`.', 'text/pdf', 'application/pdf'],
  ['The correct MIME type for `.woff2` fonts is `{}`.', 'font/ttf', 'font/woff2'],
  ['- `.svg`: `{}`', 'image/svg', 'image/svg+xml'],
  ['`.html` → `{}`', 'text/xml+html', 'text/html'],
  ['| `.css` | `{}` |', 'text/html', 'text/css'],
  ['The MIME type for CSV is {}.', 'application/pdf', 'text/csv'],
  ['A `.mp4` file has the MIME type `{}`.', 'audio/mpeg', 'video/mp4'],
  ['The browser expects {} for .css files.', 'text/plain+css', 'text/css'],
  ['ZIP archives are sent as `{}`.', 'application/pdf', 'application/zip'],
  ['.ico files use the MIME type {}.', 'image/gif', 'image/vnd.microsoft.icon'],
  ['The Content-Type header for JSON should be `{}`.', 'text/html', 'application/json'],
];

const STATUS: readonly Row[] = [
  ['A {} means forbidden.', '404', '403'],
  ['a {} means that the resource was not found.', '403', '404'],
  ['It returns {} Not Found.', '403', '404'],
  ['The status code for Too Many Requests is {}.', '428', '429'],
  ['The HTTP status code for "Not Found" is {}.', '403', '404'],
  ['HTTP {} indicates a bad gateway.', '503', '502'],
  ['Status {} stands for Service Unavailable.', '502', '503'],
  ['Unauthorized is status code {}.', '403', '401'],
  ['`{}` — Unprocessable Entity', '423', '422'],
  ['When the token is missing the server answers {} Unauthorized.', '402', '401'],
  ['A {} (Gateway Timeout) tells you that the upstream was slow.', '502', '504'],
  ['The response code for a created resource is {} Created.', '202', '201'],
  ['{} is the status code for Internal Server Error.', '501', '500'],
  ['We get a {} Bad Request error.', '401', '400'],
  ['{} Moved Permanently tells the client to use the new URL.', '302', '301'],
  ['The code for Method Not Allowed is {}.', '406', '405'],
];

/** As close to those as right sentences come. */
const NEAR_MISSES: readonly string[] = [
  '8080 is the port for HTTP in our test setup.', 'Our HTTPS listens on 8443.', 'HTTPS on 4443 is what the sidecar speaks.', 'Forward port 8022 to SSH on port 22.', 'SSH into the box on 2022, then connect to PostgreSQL on 5432.', 'The HTTP server listens on port 3010.', 'We moved SSH to port 2200.', 'SMTP submission uses 587, plain SMTP uses 25.',
  'HTTP port 9200 is used by Elasticsearch.', 'The HTTP API of InfluxDB is on port 8086.', 'Prometheus scrapes the Redis exporter on port 9121.', 'The MySQL exporter listens on port 9104.', 'PostgreSQL in the container is published on port 15432.', 'Connect DBeaver to MySQL at port 13306.', 'HTTP over port 53 is odd.', 'The DNS server answers over HTTPS on port 443.', 'SOCKS over SSH on port 1080', 'Redis Cluster also needs port 16379.',
  'The HTTPS port can be anything, 9443 for example.', 'It proxies port 8081 to HTTP port 80.', 'Kafka uses port 9092 and ZooKeeper port 2181.', '443 is used by HTTPS.', '80 is the port for HTTP, 443 the one for HTTPS.', 'Port 5432 is taken, so PostgreSQL uses 5433.', 'Is 8443 the port for HTTPS?', 'We ran 443 tests for HTTP.', 'The Postgres pooler listens on port 6432.', 'The web UI of RabbitMQ listens on port 15672.', 'The Docker registry speaks HTTP on port 5000.', 'SSH listens on 22 and the HTTP server on 8089.',
  'RFC 7231 obsoleted RFC 2616 and defines HTTP semantics.', 'RFC 8725 gives best practices for JSON Web Tokens.', 'OAuth 2.0 for native apps (RFC 8252)', 'RFC 8628 (OAuth 2.0 Device Authorization Grant)', 'The JSON Schema draft refers to RFC 3339 for dates.', 'Dates in JSON follow RFC 3339.', 'WebSocket compression is defined in RFC 7692.', 'HTTP/2 WebSockets are specified in RFC 8441.', 'RFC 5861 adds stale-while-revalidate to HTTP caching.', 'The Link header (RFC 8288) is used by the API.',
  'TLS extensions are listed in RFC 6066.', 'TLS SNI is defined in RFC 6066.', 'UUIDs were first described in RFC 4122.', 'UUID URNs, RFC 4122', 'RFC 9110 covers HTTP, RFC 9112 covers HTTP/1.1.', 'URI fragments for plain text are specified in RFC 5147.', 'RFC 2818: HTTP over TLS', 'RFC 6797 (HSTS)', 'IPv6 addresses are written as RFC 5952 says.', 'See RFC 6749, section 4.1, for the code flow.', 'JSON text sequences are RFC 7464.', 'RFC 1 is about host software.', 'Base64url as in RFC 4648, section 5', 'SSH public key files: RFC 4716',
  'Python 3 was released in 2008.', 'Since the release of Python 2 in 2000, much has changed.', 'He wrote his first Python program in 1999.', 'Our Java service was created in 2018.', 'The Git book appeared in 2009.', 'Node.js 0.10 was released in 2013.', 'TypeScript support was introduced in 2016.', 'Docker Compose was introduced in 2014.', 'In 2011, Google released Dart.', 'In 2014, Apple released Swift.', 'Since its release in 2009, Go has gained many users.', 'Microsoft bought GitHub in 2018.', 'Linus Torvalds started Git in 2005.', 'The React team released hooks in 2019.', 'In 1996, JavaScript was submitted to Ecma.', 'Java became open source in 2006.', 'Since its acquisition in 2013, Redis Labs has grown.', 'PHP 5 came out in 2004.', 'The PHP Foundation was founded in 2021.', 'A Perl conference debuted in 1997.', 'JavaScript frameworks came out every year since 2010.', 'Rust has been my main language since 2018.', 'MySQL was acquired by Sun in 2008.', 'Django 1.0 was released in 2008.',
  '`.ts` files are served as `video/mp2t`.', '`.json` files are served as `application/json`.', '`.mjs` files need `text/javascript`.', 'JSON-LD files have the MIME type application/ld+json.', 'Serve HTML as application/xhtml+xml where it is XHTML.', 'text/plain is the MIME type for unknown text files.', 'Do not serve .js files as text/plain.', 'application/octet-stream is used for ZIP downloads.', 'The form is sent as multipart/form-data with a PNG file in it.', 'If .svg files are served as text/xml, browsers refuse them.', 'It answers with application/json for CSV uploads.', 'Accept text/html for HTML, application/json for JSON.', 'GeoJSON is application/geo+json.', 'Convert the `.png` files to `image/webp`.', 'The API takes JSON and returns image/png.', 'A PDF preview is rendered as image/png.', 'Use `text/html` for CSS files? No.', 'Set the Content-Type to text/plain for JSON logs if the viewer cannot show them.',
  'A 404 means that the page was not found.', 'A 403 means forbidden.', 'a 401 means that the user was not authenticated, not that access is forbidden.', 'It returns 403, not 404 Not Found.', 'Some servers return 404 instead of 403 for forbidden resources.', 'The status code for Too Many Requests is 429.', 'A 404 error in a forbidden area is logged.', 'A 500 means something broke; a bad gateway is another matter.', 'status 200 means OK', 'It is 404 found objects in all.', 'The code for not found items is 17.', 'HTTP 404 is what we return when access is forbidden.', 'The 403 page says that nothing was found.', 'Return 404 for private repositories so that unauthorized users learn nothing.', 'Internal Server Error is status code 500.', 'Error 1045 means access is forbidden.',
];

/** Each sentence once, alone or in company. */
export function freshCases(rng: Rng): Case[] {
  const kinds: readonly (readonly [string, readonly Row[]])[] = [['port', PORTS], ['rfc', RFCS], ['year', YEARS], ['mime', MIMES], ['status', STATUS]];
  return [
    // Of a status either half may be the wrong one.
    ...kinds.flatMap(([kind, rows]) => rows.map(([text, wrong, right], at) => caseOf(`own-fresh-${kind}-${at}`, `fresh-${kind}`, { text, wrong, right: kind === 'status' ? '' : right }, rng))),
    ...kinds.flatMap(([kind, rows]) => rows.map(([text, , right], at) => cleanCase(`own-fresh-${kind}-${at}-right`, `fresh-${kind}`, text.replace('{}', right)))),
    ...NEAR_MISSES.map((text, at) => cleanCase(`own-fresh-near-${at}`, 'fresh-near-miss', text)),
  ];
}
