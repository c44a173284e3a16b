import { createReadStream, existsSync } from 'node:fs';
import { extname } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { compileRuleSet } from '../core/rules/compile.js';
import { RuleInputError } from '../core/rules/fields.js';
import type { RuleInput, RuleKind } from '../core/rules/rule-forms.js';
import type { RuleSet } from '../core/rules/rule-set.js';
import { DEFAULT_LIMITS } from '../core/limits.js';
import type { Limits } from '../core/limits.js';
import { exportRules, RULE_FORMATS } from '../node/rules/rule-export.js';
import type { RuleFormat } from '../node/rules/rule-export.js';
import { openRuleStore } from '../node/rules/sqlite-rule-store.js';
import type { RuleRef, RuleStore, StoredRule } from '../node/rules/sqlite-rule-store.js';
import { RuleStoreError, SqliteUnavailableError } from '../node/rules/sqlite.js';
import { describeRule, effectivenessOf, historyOf, successRateOf } from './rule-history.js';
import { shown } from './config-error.js';
import { effectLine, tryRules } from './rules-test.js';

/** What one `hotpatch rules …` asks for. */
export type RulesCommand =
  | { readonly do: 'list'; readonly kind?: RuleKind; readonly json?: boolean }
  | { readonly do: 'add'; readonly input: RuleInput; readonly json?: boolean }
  | { readonly do: 'remove' | 'enable' | 'disable'; readonly ref: RuleRef }
  | { readonly do: 'reject'; readonly correctionId: string; readonly undo?: boolean }
  | { readonly do: 'import'; readonly file: string; readonly format?: RuleFormat; readonly replaceAll?: boolean; readonly json?: boolean }
  | { readonly do: 'export'; readonly file?: string; readonly format?: RuleFormat }
  | { readonly do: 'test'; readonly text: string; readonly json?: boolean };

/** Where results and messages for people go. */
export interface RulesIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export interface RulesOptions {
  readonly db: string;
  readonly limits?: Limits;
}

/** Faults shown one by one. */
const FAULTS_SHOWN = 20;

/**
 * Runs one subcommand.
 * @returns the exit code: 0 done, 1 the database or the rule is not to be had, 2 the rule or its options are wrong.
 */
export async function runRules(command: RulesCommand, options: RulesOptions, io: RulesIo): Promise<number> {
  if (options.db === 'none') {
    io.stderr.write('hotpatch rules: --db none has no rules to manage; name a database file\n');
    return 2;
  }
  try {
    return await dispatch(command, options, io);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.stderr.write(`hotpatch rules: ${error.message}\n`);
    if (error instanceof RuleInputError) return 2;
    // What the file system says has a code; anything else is a fault of ours and belongs to the caller.
    if (error instanceof RuleStoreError || error instanceof SqliteUnavailableError || 'code' in error) return 1;
    throw error;
  }
}

async function dispatch(command: RulesCommand, options: RulesOptions, io: RulesIo): Promise<number> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  switch (command.do) {
    case 'add':
      return withStore(options.db, { create: true }, (store) => add(store, command, limits, io));
    case 'import':
      if (!existsSync(command.file)) {
        io.stderr.write(`hotpatch rules: there is no file ${shown(command.file)} to import; expected a file of rules, .json, .ndjson, .jsonl or .csv\n`);
        return 1;
      }
      return withStore(options.db, { create: true }, (store) => importFile(store, command, limits, io));
    case 'remove':
    case 'enable':
    case 'disable':
      return withStore(options.db, {}, (store) => {
        store[command.do](command.ref);
        return 0;
      });
    case 'reject':
      return withStore(options.db, {}, (store) => {
        store.reject(command.correctionId, command.undo);
        return 0;
      });
    case 'list':
      return reading(options.db, io, (store) => list(store, command, limits, io));
    case 'export':
      return reading(options.db, io, (store) => exportTo(store, command, io));
    case 'test':
      return reading(options.db, io, (store) => test(store, command, limits, io));
  }
}

async function withStore(file: string, how: { readonly create?: boolean; readonly readonly?: boolean }, run: (store: RuleStore) => number | Promise<number>): Promise<number> {
  const store = openRuleStore(file, how);
  try {
    return await run(store);
  } finally {
    store.close();
  }
}

/** Commands that only read create nothing: a missing database has no rules, which is said and is no failure. */
async function reading(file: string, io: RulesIo, run: (store: RuleStore | null) => number | Promise<number>): Promise<number> {
  try {
    return await withStore(file, { readonly: true }, run);
  } catch (error) {
    if (!(error instanceof RuleStoreError) || error.code !== 'E_DB_MISSING') throw error;
    io.stderr.write(`hotpatch rules: ${error.message} yet; it is created by \`hotpatch serve\` or \`hotpatch rules add\`\n`);
    return run(null);
  }
}

function add(store: RuleStore, command: Extract<RulesCommand, { do: 'add' }>, limits: Pick<Limits, 'holdChars'>, io: RulesIo): number {
  const id = store.add(command.input);
  const added = store.list().find((rule) => rule.id === id);
  const fault = compiled(store, limits).faults.find((each) => each.id === added?.shownId);
  if (fault !== undefined) {
    store.remove(id);
    throw new RuleInputError(`the rule was not added: ${fault.message}`);
  }
  io.stdout.write(command.json === true ? `${JSON.stringify({ id })}\n` : `${id}\n`);
  return 0;
}

async function importFile(store: RuleStore, command: Extract<RulesCommand, { do: 'import' }>, limits: Pick<Limits, 'holdChars'>, io: RulesIo): Promise<number> {
  const { file, replaceAll = false } = command;
  const report = await store.importFrom(createReadStream(file), command.format ?? formatOf(file), { replaceAll });
  const skipped = report.faults.length + report.faultsLeftOut;
  for (const fault of report.faults.slice(0, FAULTS_SHOWN)) io.stderr.write(`${file}: ${fault.unit} ${fault.at}: ${fault.message}\n`);
  if (skipped > FAULTS_SHOWN) io.stderr.write(`${file}: ${skipped - FAULTS_SHOWN} more were skipped\n`);
  const refused = compiled(store, limits).faults;
  for (const fault of refused.slice(0, FAULTS_SHOWN)) io.stderr.write(`rule ${fault.id} is stored and not used: ${fault.message}\n`);
  if (refused.length > FAULTS_SHOWN) io.stderr.write(`${refused.length - FAULTS_SHOWN} more rules are stored and not used\n`);
  const { imported, unchanged } = report;
  if (command.json === true) io.stdout.write(`${JSON.stringify({ imported, unchanged, skipped, faults: report.faults })}\n`);
  else io.stdout.write(`imported ${imported}, unchanged ${unchanged}, skipped ${skipped}\n`);
  return skipped > 0 && imported + unchanged === 0 ? 1 : 0;
}

function formatOf(file: string): RuleFormat {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return 'csv';
    case '.json':
      return 'json';
    case '.jsonl':
    case '.ndjson':
      return 'ndjson';
    default:
      throw new RuleInputError(`the format of ${file} is not told by its name; it must end in .json, .ndjson, .jsonl or .csv`);
  }
}

async function exportTo(store: RuleStore | null, command: Extract<RulesCommand, { do: 'export' }>, io: RulesIo): Promise<number> {
  const { file, format = file === undefined ? 'json' : formatOf(file) } = command;
  if (!RULE_FORMATS.includes(format)) throw new RuleInputError(`format must be one of ${RULE_FORMATS.join(', ')}; it is ${String(format)}`);
  const text = store?.export(format) ?? exportRules([], format);
  if (file === undefined) io.stdout.write(text);
  else await writeFile(file, text);
  return 0;
}

function list(store: RuleStore | null, command: Extract<RulesCommand, { do: 'list' }>, limits: Pick<Limits, 'holdChars'>, io: RulesIo): number {
  const rules = store?.list(command.kind) ?? [];
  const refused = new Map(store === null ? [] : compiled(store, limits).faults.map((fault) => [fault.id, fault.message]));
  const faultOf = (rule: StoredRule): string | null => rule.fault ?? refused.get(rule.shownId) ?? null;
  if (command.json === true) {
    io.stdout.write(`${JSON.stringify(rules.map((rule) => ({ ...rule.row, kind: rule.kind, id: rule.id, enabled: rule.enabled, effectiveness: effectivenessOf(rule), ...(rule.kind === 'patch' ? { success_rate: successRateOf(rule) } : {}), fault: faultOf(rule) })))}\n`);
    return 0;
  }
  for (const rule of rules) {
    const fault = faultOf(rule);
    const state = fault !== null ? `skipped (${fault})` : rule.enabled ? 'on' : 'off';
    io.stdout.write(`${rule.id}\t${rule.kind}\t${state}\t${describeRule(rule)}${historyOf(rule)}\n`);
  }
  return 0;
}

/** Shows what the enabled rules would do to a text, whatever their scopes and models, and why. */
function test(store: RuleStore | null, command: Extract<RulesCommand, { do: 'test' }>, limits: Limits, io: RulesIo): number {
  const { text } = command;
  const trial = store === null ? { output: text, matches: [], rejected: [] } : tryRules(text, store.read(), limits);
  const { output, matches, rejected } = trial;
  if (command.json === true) {
    io.stdout.write(`${JSON.stringify(trial)}\n`);
    return 0;
  }
  io.stdout.write(output);
  for (const effect of matches) io.stderr.write(`${effectLine(effect)}\n`);
  for (const effect of rejected) io.stderr.write(`not made, as it was rejected: ${effectLine(effect)}\n`);
  if (matches.length + rejected.length === 0) io.stderr.write('no rule changes this text\n');
  return 0;
}

function compiled(store: RuleStore, limits: Pick<Limits, 'holdChars'>): RuleSet {
  const { patterns, facts, rejected, faults } = store.read();
  return compileRuleSet(patterns, facts, rejected, faults, limits);
}
