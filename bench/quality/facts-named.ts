import { type Case, cleanCase } from './facts-shared.js';

interface Fact {
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
}

/** What the operator or the request says in words, and what answers make of it: `[right|wrong]` marks the value. */
interface Told {
  readonly facts?: readonly Fact[];
  readonly prompt?: string;
  readonly answers: readonly string[];
  readonly own: readonly string[];
}

const FACTS: readonly Fact[] = [
  { subject: 'repository', attribute: 'default branch', value: 'main' }, { subject: 'Orion', attribute: 'database', value: 'PostgreSQL' }, { subject: 'Orion', attribute: 'licence', value: 'Apache-2.0' },
  { subject: 'Orion', attribute: 'language', value: 'Rust' }, { subject: 'project', attribute: 'package manager', value: 'pnpm' }, { subject: 'Orion', attribute: 'log level', value: 'warn' },
  { subject: 'Orion', attribute: 'region', value: 'eu-west-1' }, { subject: 'gateway', attribute: 'error code', value: 'E_QUOTA_EXCEEDED' }, { subject: 'project', attribute: 'install flag', value: '--frozen-lockfile' },
  { subject: 'Orion', attribute: 'maintainer', value: 'Dana Ruiz' }, { subject: 'Orion', attribute: 'queue', value: 'RabbitMQ' }, { subject: 'Orion', attribute: 'test runner', value: 'Vitest' },
];

const README = `Answer questions on this project from the context.

Context:
# Heron

Heron is licensed under the MPL-2.0 licence. The default branch is \`trunk\`. It is written in Go and stores its data in MariaDB. The command-line flag for dry runs is \`--simulate\`. Releases are built by Jenkins. The maintainer is Ines Karvonen. If the token has expired, the API answers with the error code \`ERR_TOKEN_STALE\`.

Question: Tell me about the project.`;

const CONFIG = `What do these settings mean? Here are the files:

package.json
{"name": "heron", "license": "ISC", "packageManager": "yarn", "engines": {"node": "20"}}

config/app.yaml
database:
  engine: mariadb
  schema: heron_core
log_level: warn
storage:
  region: eu-north-1
  bucket: heron-assets
auth_mode: session

.env
CACHE_BACKEND=memcached
DEFAULT_LOCALE=fi-FI`;

const TOLD: readonly Told[] = [
  {
    facts: FACTS,
    answers: ['The default branch is `[main|master]`.', 'The repository\'s default branch is [main|master].', 'The default branch of the repository is called `[main|trunk]`, so check it out first.', 'Orion runs on [PostgreSQL|MySQL].', 'Orion uses [PostgreSQL|MongoDB] as its database.', "Orion's database is [PostgreSQL|SQLite].", 'The database of Orion is **[PostgreSQL|MariaDB]**.', 'Orion is licensed under the [Apache-2.0|MIT] licence.', 'Orion is released under [Apache-2.0|GPL-3.0].', 'The licence of Orion is [Apache-2.0|MIT].', 'Orion is written in [Rust|Go].', 'The package manager is `[pnpm|npm]`.', 'The project uses [pnpm|yarn] as its package manager.', 'Orion\'s log level is `[warn|debug]`.', 'The region of Orion is `[eu-west-1|us-east-1]`.', "The gateway's error code is `[E_QUOTA_EXCEEDED|E_RATE_LIMITED]`.", 'The install flag is `[--frozen-lockfile|--no-lockfile]`.', 'The maintainer of Orion is [Dana Ruiz|John Smith].', 'The queue of Orion is [RabbitMQ|Kafka].', "Orion's test runner is [Vitest|Jest]."],
    own: ['The default branch is `main`.', 'The default branch is protected.', 'The default branch is `main`, not `master`.', 'The default branch used to be `master`.', 'The default branch was `master` until 2020.', 'If the default branch is `master`, rename it.', 'Is the default branch `master`?', 'The default branch is either `main` or `master`.', 'The default branch is `master` in the fork.', 'The default branch is probably `master`.', 'The default branch should be `master` for that script.', 'The default branch is not `master`.', 'The feature branch is `master-fix`.', 'Orion runs on Postgres.', 'Orion runs on PostgreSQL 16.', 'Orion runs on MySQL or PostgreSQL.', 'Orion does not run on MySQL.', 'Orion could run on MySQL.', 'Unlike Vega, Orion runs on PostgreSQL; Vega runs on MySQL.', 'Vega runs on MySQL.', 'Orion is not licensed under MIT.', 'The licence of the docs is MIT.', 'The licence of Orion is permissive.', 'Orion is licensed under the Apache License 2.0.', 'Orion is written in Rust, its scripts are written in Python.', 'Orion is written in clear code.', 'The package manager is fast.', 'The project uses npm to publish.', 'You can also use npm.', 'The log level is `debug` in tests.', "Orion's log level is set by an option.", 'Set the log level to `debug`.', 'The region of the backup is `us-east-1`.', 'The error code is documented.', 'The maintainer of Orion is Dana.', 'The maintainer of Orion is very kind.', 'The queue of Orion is empty.', 'In development, the log level is `debug`.', 'They say "the default branch is `master`".', '> The default branch is `master`.', '```\nThe default branch is `master`.\n```'],
  },
  {
    prompt: README,
    answers: ['Heron is licensed under the [MPL-2.0|MIT] licence.', 'The default branch is `[trunk|main]`.', 'Heron is written in [Go|Rust].', 'It is written in [Go|Python].', 'It stores its data in [MariaDB|PostgreSQL].', 'The command-line flag for dry runs is `[--simulate|--dry-run]`.', 'Releases are built by [Jenkins|GitHub Actions].', 'The maintainer is [Ines Karvonen|Mark Jensen].', 'The licence is [MPL-2.0|Apache-2.0].', 'Heron is released under [MPL-2.0|BSD-3-Clause].', 'The default branch of the project is `[trunk|master]`.'],
    own: ['Heron is licensed under the Mozilla Public License.', 'The default branch is `trunk`.', 'It is written in Golang.', 'It stores its data in a database.', 'Other projects use `main` as the default branch.', 'The default branch of your fork may be `main`.', 'The flag for verbose output is `--verbose`.', 'The maintainer is responsible for releases.', 'The maintainer is Karvonen.', 'If you prefer PostgreSQL, write an adapter.', 'The default branch is often `main` elsewhere.', 'The licence is a weak copyleft licence.', 'The tests are written in Python.', 'Heron can be built by GitHub Actions as well.', 'MIT is a permissive licence.', 'The default branch is now `main`.', 'Change the default branch to `main`.', 'It is written in a simple style.'],
  },
  {
    prompt: CONFIG,
    answers: ['The license is [ISC|MIT].', 'The package manager is [yarn|pnpm].', 'The database engine is [mariadb|PostgreSQL].', 'The database schema is `[heron_core|heron_main]`.', 'The log level is `[warn|info]`.', 'The storage region is `[eu-north-1|eu-west-1]`.', 'The bucket is `[heron-assets|heron-static]`.', 'The auth mode is `[session|token]`.', 'The cache backend is [memcached|Redis].', 'The default locale is `[fi-FI|en-US]`.', '- **Log level:** `[warn|error]`', '`log_level` is `[warn|debug]`.'],
    own: ['The log level is `warn`, so `info` messages are dropped.', 'The log level is one of `debug`, `info` and `warn`.', 'Set the log level to `debug` to see more.', 'With a log level of `debug` you see more.', 'The database engine is a fork of MySQL.', 'The cache backend is optional.', 'The region is in the north.', 'A common log level is `info`.', 'The default log level of the library is `info`.', 'The bucket is private.', 'The auth mode is important.', 'The engine is `node`.', 'The package manager is yarn 4.', 'The locale is Finnish.', 'If the log level is `error`, nothing is shown.', 'The storage class is `standard`.', 'The license field is an SPDX expression.', 'The schema is `public` by default in PostgreSQL.'],
  },
];

export function namedCases(): Case[] {
  const cases: Case[] = [];
  for (const [index, { facts, prompt, answers, own }] of TOLD.entries()) {
    const context = { done_reason: 'stop' as const, ...(facts === undefined ? {} : { facts }), ...(prompt === undefined ? {} : { prompt }) };
    for (const [at, answer] of answers.entries()) {
      const id = `own-named-${index}-${at}`;
      const [whole = '', right = '', wrong = ''] = /\[([^|\]]+)\|([^\]]+)\]/.exec(answer) ?? [];
      const start = answer.indexOf(whole);
      cases.push({ id, type: 'incorrect_fact', tier: 'named', level: 'main', context, text: answer.replace(whole, wrong), spans: [{ start, end: start + wrong.length, detected: wrong, expected: right }], clean_for: [] });
      cases.push({ ...cleanCase(`${id}-right`, 'named', answer.replace(whole, right)), context });
    }
    for (const [at, text] of own.entries()) cases.push({ ...cleanCase(`own-named-${index}-own-${at}`, 'named-own', text), context });
  }
  return cases;
}
