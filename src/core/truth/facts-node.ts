/**
 * The modules that Node.js brings along: `require('node:module').builtinModules` of Node 20 to 26, those that need the prefix `node:` included
 * (`sea`, `sqlite`, `test`, `quic`), internal ones left out.
 */
export const NODE_MODULES: readonly string[] = (
  'assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns dns/promises domain events ffi fs fs/promises http http2 https inspector inspector/promises module net os path path/posix path/win32 '
  + 'perf_hooks process punycode querystring quic readline readline/promises repl sea sqlite stream stream/consumers stream/iter stream/promises stream/web string_decoder sys test test/reporters timers timers/promises tls trace_events tty url util util/types '
  + 'v8 vm vfs wasi worker_threads zlib zlib/iter'
).split(' ');

/** Those for which no package of the same name stands in for them elsewhere, so that nobody installs one by good reason. */
export const NODE_ONLY: ReadonlySet<string> = new Set('async_hooks child_process cluster dgram diagnostics_channel dns fs fs/promises http http2 https inspector net perf_hooks readline repl tls v8 vm worker_threads zlib'.split(' '));

/** Packages of the npm registry that are widely used and that no version of Node.js brings along. */
export const NPM_PACKAGES: ReadonlySet<string> = new Set((
  'express koa fastify axios lodash underscore moment dayjs uuid cors body-parser morgan helmet chalk commander yargs inquirer bluebird cheerio puppeteer playwright socket.io ws mongoose mongodb pg mysql mysql2 redis ioredis sequelize knex typeorm '
  + 'winston pino jest mocha chai sinon vitest eslint prettier typescript webpack rollup esbuild nodemon pm2 bcrypt bcryptjs jsonwebtoken passport multer sharp ejs pug handlebars react vue jquery rxjs ramda zod joi ajv semver rimraf mkdirp fs-extra graceful-fs '
  + 'node-fetch superagent supertest jsdom formidable nodemailer node-cron better-sqlite3 sqlite3 concurrently cross-env date-fns express-session cookie-parser csv-parse xml2js archiver adm-zip bull kafkajs amqplib mqtt graphql'
).split(' '));
