/**
 * Names that exclude each other where a text gives one thing one of them: a project has one licence, a repository one default branch. Each
 * row is a name as it is written, then its other spellings. Licences by the SPDX list, the rest by the products' own documentation.
 * A name belongs to one group only, and groups leave out what goes together (a cache beside a database, Next.js with React).
 */
export const NAME_GROUPS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  licence: [
    ['MIT', 'MIT License', 'MIT licence', 'Expat'], ['Apache-2.0', 'Apache 2.0', 'Apache License 2.0', 'Apache License, Version 2.0', 'Apache License', 'Apache'], ['BSD-3-Clause', 'BSD 3-Clause', '3-Clause BSD', 'New BSD'], ['BSD-2-Clause', 'BSD 2-Clause', '2-Clause BSD', 'Simplified BSD'],
    ['BSD', 'BSD License'], ['0BSD'], ['ISC', 'ISC License'], ['MPL-2.0', 'MPL 2.0', 'MPL', 'Mozilla Public License', 'Mozilla Public License 2.0'], ['GPL-3.0', 'GPLv3', 'GPL v3', 'GPL-3.0-only', 'GPL-3.0-or-later'], ['GPL-2.0', 'GPLv2', 'GPL v2', 'GPL-2.0-only', 'GPL-2.0-or-later'],
    ['GPL', 'GNU GPL', 'GNU General Public License'], ['LGPL-3.0', 'LGPLv3'], ['LGPL-2.1', 'LGPLv2.1'], ['LGPL', 'GNU LGPL'], ['AGPL-3.0', 'AGPLv3', 'AGPL-3.0-only', 'AGPL-3.0-or-later'], ['AGPL', 'GNU AGPL'], ['Unlicense', 'The Unlicense'], ['CC0-1.0', 'CC0'],
    ['CC-BY-4.0', 'CC BY 4.0'], ['EPL-2.0', 'Eclipse Public License'], ['WTFPL'], ['BUSL-1.1', 'BSL', 'Business Source License'], ['Artistic-2.0'], ['Zlib'], ['BSL-1.0', 'Boost Software License'],
  ],
  branch: ['main', 'master', 'develop', 'development', 'dev', 'trunk', 'staging', 'production', 'stable', 'next', 'gh-pages'].map((name) => [name]),
  database: [
    ['PostgreSQL', 'Postgres', 'pg'], ['MySQL'], ['MariaDB'], ['SQLite', 'SQLite3'], ['MongoDB', 'Mongo'], ['Cassandra', 'Apache Cassandra'], ['DynamoDB', 'Amazon DynamoDB'], ['CockroachDB'], ['Oracle', 'Oracle Database'], ['SQL Server', 'Microsoft SQL Server', 'MSSQL', 'MS SQL'],
    ['Neo4j'], ['ClickHouse'], ['DuckDB'], ['Firestore'], ['Snowflake'], ['BigQuery'], ['Couchbase'], ['CouchDB'], ['InfluxDB'],
  ],
  cache: [['Redis'], ['Memcached'], ['Valkey'], ['Hazelcast'], ['Dragonfly']],
  search: [['Elasticsearch'], ['OpenSearch'], ['Solr', 'Apache Solr'], ['Meilisearch'], ['Typesense'], ['Algolia']],
  'package manager': [['npm'], ['Yarn', 'yarn'], ['pnpm'], ['Bun', 'bun'], ['pip'], ['Poetry', 'poetry'], ['uv'], ['Conda'], ['Pipenv'], ['Cargo'], ['Maven'], ['Gradle'], ['Composer'], ['Bundler'], ['NuGet']],
  language: [['Python'], ['JavaScript'], ['TypeScript'], ['Go', 'Golang'], ['Rust'], ['Java'], ['Kotlin'], ['Ruby'], ['PHP'], ['C#'], ['C++'], ['Swift'], ['Scala'], ['Elixir'], ['Haskell'], ['Dart'], ['Perl'], ['Lua'], ['Julia'], ['Clojure'], ['Erlang'], ['Zig'], ['OCaml'], ['F#']],
  'web framework': [['Express', 'Express.js'], ['Fastify'], ['Koa'], ['Hono'], ['Django'], ['Flask'], ['FastAPI'], ['Rails', 'Ruby on Rails'], ['Laravel'], ['Spring Boot'], ['Gin'], ['Actix'], ['Axum'], ['Phoenix'], ['Symfony']],
  'user interface': [['React'], ['Vue', 'Vue.js'], ['Angular'], ['Svelte']],
  'test runner': [['Jest'], ['Vitest'], ['Mocha'], ['pytest'], ['JUnit'], ['RSpec'], ['AVA'], ['Jasmine'], ['Cypress'], ['Playwright'], ['Selenium']],
  bundler: [['Webpack'], ['Vite'], ['Rollup'], ['esbuild'], ['Parcel'], ['Turbopack'], ['Rspack']],
  system: [['Ubuntu'], ['Debian'], ['Alpine', 'Alpine Linux'], ['CentOS'], ['Fedora'], ['RHEL', 'Red Hat Enterprise Linux'], ['Windows', 'Microsoft Windows'], ['macOS'], ['FreeBSD'], ['Arch Linux']],
  cloud: [['AWS', 'Amazon Web Services'], ['Azure', 'Microsoft Azure'], ['GCP', 'Google Cloud', 'Google Cloud Platform'], ['DigitalOcean'], ['Heroku'], ['Vercel'], ['Netlify'], ['Fly.io'], ['Hetzner'], ['Render']],
  'continuous integration': [['GitHub Actions'], ['GitLab CI', 'GitLab CI/CD'], ['CircleCI'], ['Jenkins'], ['Travis CI', 'Travis'], ['Azure Pipelines'], ['Buildkite'], ['TeamCity']],
  queue: [['RabbitMQ'], ['Kafka', 'Apache Kafka'], ['SQS', 'Amazon SQS'], ['NATS'], ['ActiveMQ'], ['Pulsar', 'Apache Pulsar']],
  'web server': [['nginx'], ['Apache HTTP Server', 'httpd'], ['Caddy'], ['Traefik'], ['HAProxy'], ['Envoy'], ['IIS']],
  'log level': [['trace'], ['debug'], ['info'], ['warn', 'warning'], ['error'], ['fatal'], ['critical'], ['silent']],
  'http method': ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((name) => [name]),
  format: [['JSON'], ['YAML', 'yml'], ['TOML'], ['XML'], ['CSV'], ['Parquet'], ['Avro'], ['Protobuf', 'Protocol Buffers'], ['MessagePack'], ['INI']],
};
