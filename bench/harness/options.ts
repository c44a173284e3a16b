import { parseArgs } from 'node:util';
import { PEERS, type Peer } from './peers.js';
import { chooseScenarios, SCENARIOS, type Scenario } from './scenario.js';

export const USAGE = `usage: npm run bench -- [--quick] [--scenario NAME[,NAME…]] [--peers NAME[,NAME…]|none] [--json FILE]

  --quick      the main scenarios, briefly (under a minute)
  --scenario   only these: ${SCENARIOS.map((each) => each.name).join(', ')}
  --peers      only these proxies beside ours, of ${PEERS.map((each) => each.name).join(', ')}; all that are installed otherwise
  --json       writes the record to this file too

example: npm run bench -- --scenario paced,unpaced --peers nginx
`;

export interface BenchOptions {
  readonly quick: boolean;
  readonly scenarios: readonly Scenario[];
  readonly peers: readonly Peer[];
  readonly json: string | null;
  readonly help: boolean;
  /** The record's name: what was asked for, in a word. */
  readonly name: string;
}

function names(value: readonly string[] | undefined): string[] {
  return (value ?? []).flatMap((each) => each.split(',')).map((each) => each.trim()).filter(Boolean);
}

/** Reads the command line. Throws where it is wrong, with a message for its writer. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv], strict: true, allowPositionals: false,
    options: { quick: { type: 'boolean' }, scenario: { type: 'string', multiple: true }, peers: { type: 'string', multiple: true }, json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const scenarios = names(values.scenario);
  const wanted = names(values.peers);
  const unknown = wanted.filter((name) => name !== 'none' && !PEERS.some((peer) => peer.name === name));
  if (unknown.length > 0) throw new RangeError(`no peer ${unknown.join(', ')}; there are ${PEERS.map((peer) => peer.name).join(', ')}`);
  const quick = values.quick ?? false;
  return {
    quick, json: values.json ?? null, help: values.help ?? false,
    scenarios: chooseScenarios(scenarios, quick),
    peers: wanted.length === 0 ? PEERS : PEERS.filter((peer) => wanted.includes(peer.name)),
    name: [...(scenarios.length === 0 ? [] : [scenarios.length > 3 ? `${scenarios.length}-scenarios` : scenarios.join('+')]), ...(quick ? ['quick'] : scenarios.length === 0 ? ['full'] : [])].join('-'),
  };
}
