// npm run bench: hotpatch beside a raw splice, the bare backend and other proxies, in one interleaved run.
// The proxy under test is a process of its own on a core of its own; backend and client share the others.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chart } from './harness/chart.js';
import { reapOnExit } from './harness/child.js';
import { chooseCores, Fleet, type Cores } from './harness/fleet.js';
import { readOptions, USAGE, type BenchOptions } from './harness/options.js';
import { cpuSource } from './harness/process-usage.js';
import { describeMachine, type BenchRecord, type ScenarioResult } from './harness/record.js';
import { runScenario } from './harness/run-scenario.js';
import { busyWarning, scenarioTable, targetTable } from './harness/tables.js';

/** A run that takes longer than this is stuck; what it started is ended with it. */
const LIMIT_MS = { quick: 5 * 60_000, full: 120 * 60_000 };
const root = join(import.meta.dirname, '..');

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** What `bin/hotpatch.js` will run. Through tsx it carries a loader of some 20 MB that users of the package do not have. */
async function proxySource(): Promise<string> {
  const { distIsFresh } = (await import(pathToFileURL(join(root, 'scripts', 'build.js')).href)) as { readonly distIsFresh: () => boolean };
  return distIsFresh() ? 'dist' : 'sources through tsx (`npm run build` first for true memory figures)';
}

async function runAll(options: BenchOptions, cores: Cores, scratch: string): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  let fleet: Fleet | null = null;
  let knows = '';
  for (const [index, scenario] of options.scenarios.entries()) {
    const wanted = `${scenario.rules}/${scenario.files}/${scenario.parsed}/${scenario.workers}`;
    // A fresh fleet for each scenario keeps the memory of one out of the figures of the next; a quick run saves the time.
    if (fleet === null || !options.quick || wanted !== knows) {
      await fleet?.stop();
      progress(`${scenario.name}: starting`);
      fleet = new Fleet(join(scratch, String(index)), cores);
      await fleet.start(scenario, options.peers);
      knows = wanted;
      if (index === 0) for (const { variant, reason } of fleet.skipped) console.error(`${process.stderr.isTTY ? '\r\x1b[K' : ''}skipping ${variant}: ${reason}`);
    }
    const result = await runScenario(scenario, fleet, { cpu: cpuSource(), seed: index + 1, progress });
    results.push(result);
    progress('');
    process.stdout.write(`${scenarioTable(result)}\n\n`);
  }
  await fleet?.stop();
  return results;
}

function save(record: BenchRecord, json: string | null): void {
  const folder = join(import.meta.dirname, 'record');
  mkdirSync(folder, { recursive: true });
  const base = join(folder, `${record.at.slice(0, 10)}-${record.name}`);
  const text = `${JSON.stringify(record, null, 1)}\n`;
  writeFileSync(`${base}.json`, text);
  writeFileSync(`${base}.svg`, chart(record));
  if (json !== null) writeFileSync(json, text);
  console.error(`wrote ${base}.json and .svg`);
}

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  reapOnExit();
  const limitMs = options.quick ? LIMIT_MS.quick : LIMIT_MS.full;
  setTimeout(() => {
    console.error(`gave up after ${limitMs / 60_000} minutes`);
    process.exit(1);
  }, limitMs).unref();
  const cores = chooseCores();
  const pinning = cores.taskset === null ? 'none' : `proxy on core ${cores.proxy}, backend on ${cores.backend}, client on ${cores.load}`;
  const machine = describeMachine(root, { 'proxy runs from': await proxySource(), pinning, 'CPU time from': cpuSource() });
  console.error(Object.entries(machine).map(([key, value]) => `${key}: ${value}`).join('\n'));
  const scratch = mkdtempSync(join(tmpdir(), 'hotpatch-bench-'));
  // On exit rather than in a finally block: a signal or the time limit ends the run without unwinding it.
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const results = await runAll(options, cores, scratch);
  const record: BenchRecord = { at: new Date().toISOString(), name: options.name, quick: options.quick, machine, results };
  save(record, options.json);
  process.stdout.write(`${targetTable(record)}\n`);
  if (busyWarning(record) !== '') console.error(busyWarning(record));
  return results.some((result) => result.faults.length > 0) ? 1 : 0;
}

process.exit(await main());
