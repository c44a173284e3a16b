import type { Fleet, Variant } from './fleet.js';
import type { CpuSource } from './process-usage.js';
import type { RunSpec, Sample } from './protocol.js';
import { summarize, type ScenarioResult } from './record.js';
import type { Scenario } from './scenario.js';
import { seededRandom, shuffled } from './statistics.js';

/** A variant that failed this often in one scenario is not asked again. */
const MAX_FAULTS = 2;

export interface RunOptions {
  readonly cpu: CpuSource;
  readonly seed: number;
  /** Told of each step, for a person who waits. */
  progress(text: string): void;
}

/** An upper bound of what one measurement may take, beyond which it has failed. */
function timeoutMs(scenario: Scenario): number {
  const paced = scenario.plan.rate === 0 ? 0 : (scenario.plan.tokens / scenario.plan.rate) * 1000;
  return 20_000 + 3 * paced + scenario.count;
}

function specFor(scenario: Scenario, variant: Variant, cpu: CpuSource): RunSpec {
  const { job, plan, streams, count, bulkBytes, route } = scenario;
  const corrected = variant.corrects && (job === 'stream' || route === 'chat');
  return { job, port: variant.port, pids: variant.pids(), cpu, plan, corrected, streams, count, bulkBytes, route, timeoutMs: timeoutMs(scenario) };
}

/** Whether the hit rules make a difference in this scenario; where not, their variant would only repeat `correct`. */
function hitsMatter(scenario: Scenario): boolean {
  return scenario.plan.hits > 0 && (scenario.job === 'stream' || (scenario.job === 'json' && scenario.route === 'chat'));
}

/** Short forms of a scenario that make every path hot: large reads, then single tokens. */
function warmUps(scenario: Scenario): Scenario[] {
  if (scenario.job !== 'stream') return [{ ...scenario, count: Math.min(scenario.count, 1500), bulkBytes: Math.min(scenario.bulkBytes, 32e6), streams: Math.min(scenario.streams, 64) }];
  const hot = { ...scenario, streams: 8, plan: { ...scenario.plan, tokens: 3000, rate: 0 } };
  return scenario.plan.rate === 0 ? [hot] : [hot, { ...scenario, streams: 16, plan: { ...scenario.plan, tokens: 200, rate: 800 } }];
}

/** Runs one scenario: every variant once a round, in an order drawn anew each round. */
export async function runScenario(scenario: Scenario, fleet: Fleet, options: RunOptions): Promise<ScenarioResult> {
  const random = seededRandom(options.seed);
  const samples = new Map<string, Map<number, Sample>>();
  const faults: { variant: string; round: number; message: string }[] = [];
  let variants = fleet.variants.filter((variant) => !variant.corrects || hitsMatter(scenario));
  const tryOne = async (variant: Variant, asked: Scenario, round: number): Promise<Sample | null> => {
    options.progress(`${scenario.name}: ${round === 0 ? 'warm-up' : `round ${round}/${scenario.rounds}`}, ${variant.name}`);
    try {
      return await fleet.measure(specFor(asked, variant, options.cpu));
    } catch (error) {
      faults.push({ variant: variant.name, round, message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  };
  for (const warm of warmUps(scenario)) {
    await fleet.plan({ kind: 'plan', plan: warm.plan, bulkBytes: warm.bulkBytes });
    for (const variant of variants) await tryOne(variant, warm, 0);
  }
  await fleet.plan({ kind: 'plan', plan: scenario.plan, bulkBytes: scenario.bulkBytes });
  for (const variant of variants) samples.set(variant.name, new Map());
  for (let round = 1; round <= scenario.rounds; round++) {
    variants = variants.filter((variant) => faults.filter((fault) => fault.variant === variant.name).length < MAX_FAULTS);
    for (const variant of shuffled(variants, random)) {
      const sample = await tryOne(variant, scenario, round);
      if (sample !== null) samples.get(variant.name)?.set(round, sample);
    }
  }
  return { scenario, variants: summarize(samples), skipped: [...fleet.skipped], faults };
}
