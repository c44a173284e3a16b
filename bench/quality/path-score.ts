/** Scores cases by tier, and how often a correction was right by its step and by its confidence. */
import { contextFor, findingsOf, type Told } from './path-run.js';
import type { PathCase } from './path-cases.js';

interface Row {
  cases: number;
  caught: number;
  right: number;
  replaced: number;
}

interface CleanRow {
  texts: number;
  changed: number;
  mentions: number;
  alarms: number;
}

interface StepRow {
  right: number;
  wrong: number;
  confidence: number;
}

/** Adds up what becomes of each case. */
export class PathScore {
  readonly #rows = new Map<string, Row>();
  readonly #clean = new Map<string, CleanRow>();
  readonly #steps = new Map<string, StepRow>();
  readonly #bands = new Map<string, StepRow>();
  readonly #worst: string[] = [];
  readonly #mostWorst: number;
  readonly #tier: string | undefined;

  constructor(worst: number, tier?: string) {
    this.#mostWorst = worst;
    this.#tier = tier;
  }

  add(one: PathCase, trees: ReadonlyMap<string, readonly string[]>): void {
    const told = findingsOf(one.text, contextFor(trees.get(one.tree) ?? [], one.tree, one.tied)).filter(({ confidence }) => one.tied || confidence > 0.5);
    if (one.type === 'clean') this.#addClean(one, told);
    else this.#addWrong(one, told);
  }

  #addWrong(one: PathCase, told: readonly Told[]): void {
    const [span] = one.spans;
    if (span === undefined) return;
    const row = this.#rows.get(`${one.type}/${one.tier}`) ?? { cases: 0, caught: 0, right: 0, replaced: 0 };
    this.#rows.set(`${one.type}/${one.tier}`, row);
    row.cases += 1;
    const here = told.filter(({ type, start, end }) => start < span.end && end > span.start && (type === one.type || one.accept_types?.includes(type) === true));
    const right = span.expected === null ? here.length > 0 : here.some(({ expected, strategy }) => strategy === 'replace' && span.expected_any?.includes(expected ?? '') === true);
    if (here.length > 0) row.caught += 1;
    if (right) row.right += 1;
    for (const { expected, reason, confidence } of here) if (expected !== null && span.expected !== null) this.#count(reason, confidence, span.expected_any?.includes(expected) === true);
    if (!right) this.#note(one, `${one.text.slice(Math.max(0, span.start - 40), span.end + 20)} => ${span.expected}`, told);
  }

  #addClean(one: PathCase, told: readonly Told[]): void {
    const row = this.#clean.get(one.tier) ?? { texts: 0, changed: 0, mentions: 0, alarms: 0 };
    this.#clean.set(one.tier, row);
    row.texts += 1;
    row.mentions += one.clean_mentions?.length ?? 0;
    row.alarms += told.length;
    if (told.some(({ strategy }) => strategy !== 'report')) row.changed += 1;
    for (const { reason, confidence, expected } of told) if (expected !== null) this.#count(reason, confidence, false);
    for (const alarm of told) this.#note(one, one.text.slice(Math.max(0, alarm.start - 60), alarm.end + 30), [alarm]);
  }

  #count(step: string, confidence: number, right: boolean): void {
    for (const [map, key] of [[this.#steps, step], [this.#bands, (Math.floor(confidence * 20) / 20).toFixed(2)]] as const) {
      const row = map.get(key) ?? { right: 0, wrong: 0, confidence: 0 };
      map.set(key, row);
      row[right ? 'right' : 'wrong'] += 1;
      row.confidence += confidence;
    }
  }

  #note(one: PathCase, what: string, told: readonly Told[]): void {
    if (this.#worst.length >= this.#mostWorst || (this.#tier !== undefined && !`${one.type}/${one.tier}`.includes(this.#tier))) return;
    const got = told.map(({ strategy, type, detected, expected, reason, confidence }) => `${strategy} ${type} ${detected} -> ${expected} (${reason} ${confidence})`).join('; ');
    this.#worst.push(`${one.type}/${one.tier} [${one.tree}] ${JSON.stringify(what)} :: ${got === '' ? 'nothing' : got}`);
  }

  report(): string {
    const share = (part: number, of: number): string => (of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`).padStart(8);
    const lines = ['type/tier'.padEnd(34) + '  cases   caught    right of all'];
    const sums = new Map<string, Row>();
    for (const [name, row] of [...this.#rows].sort()) {
      const [type = ''] = name.split('/');
      const sum = sums.get(type) ?? { cases: 0, caught: 0, right: 0, replaced: 0 };
      sums.set(type, { cases: sum.cases + row.cases, caught: sum.caught + row.caught, right: sum.right + row.right, replaced: 0 });
      lines.push(`${name.padEnd(34)} ${String(row.cases).padStart(6)} ${share(row.caught, row.cases)} ${share(row.right, row.cases)}`);
    }
    for (const [name, row] of sums) lines.push(`${`${name} all`.padEnd(34)} ${String(row.cases).padStart(6)} ${share(row.caught, row.cases)} ${share(row.right, row.cases)}  right of caught ${share(row.right, row.caught)}`);
    lines.push('', 'clean tier'.padEnd(34) + '  texts  changed mentions   alarms');
    for (const [name, row] of [...this.#clean].sort()) lines.push(`${name.padEnd(34)} ${String(row.texts).padStart(6)} ${String(row.changed).padStart(8)} ${String(row.mentions).padStart(8)} ${String(row.alarms).padStart(8)}`);
    lines.push('', 'step / confidence'.padEnd(34) + '  total    right     said');
    for (const [name, { right, wrong, confidence }] of [...[...this.#steps].sort(), ...[...this.#bands].sort()]) lines.push(`${name.padEnd(34)} ${String(right + wrong).padStart(6)} ${share(right, right + wrong)} ${(confidence / (right + wrong)).toFixed(3).padStart(8)}`);
    return [...lines, ...this.#worst].join('\n');
  }
}
