import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compileRuleSet, withSwitches } from '../core/rules/compile.js';
import { readPatternRow } from '../core/rules/rule-input.js';
import type { RuleDraft } from '../core/rules/rule-forms.js';
import type { Fact, PatternRule, RuleFault, RuleSet } from '../core/rules/rule-set.js';
import type { SwitchName, SwitchState } from '../core/rules/switches.js';
import { correctionOf } from '../core/text/text-rewriter.js';
import { nothingKnown } from '../core/truth/ground-truth.js';
import { readImport } from '../node/rules/rule-import.js';
import type { RuleFormat } from '../node/rules/rule-export.js';
import { FORMATS, type Format, RewriteStream } from '../node/stream/rewrite-stream.js';
import { type Config, ConfigError } from './config.js';
import { shown } from './config-error.js';
import { hint } from './config-mode.js';
import { databaseRules, indexedWorkspaces } from './offline-rules.js';

export interface FilterCommand {
  readonly format: string;
  /** A file of rules in any import form; these rules alone apply. */
  readonly rules?: string | undefined;
  /** Where one NDJSON line a correction goes. */
  readonly report?: string | undefined;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/**
 * `hotpatch filter`: the same rewriting on a body without HTTP. No timer runs.
 * @returns the exit code
 * @throws ConfigError for wrong usage
 */
export async function runFilter(command: FilterCommand, config: Config): Promise<number> {
  const format = formatOf(command.format);
  const { stdin, stdout, stderr } = command;
  const rules = command.rules === undefined ? databaseRules('filter', config, stderr).rules : await fileRules(command.rules, config);
  for (const fault of rules.faults) stderr.write(`hotpatch filter: rule ${fault.id} is skipped: ${fault.message}\n`);
  const report = command.report === undefined ? null : createWriteStream(command.report);
  // A report that cannot be written is told once, when it is closed; the text goes on.
  let reportError: Error | null = null;
  report?.on('error', (error) => (reportError = error));
  let count = 0;
  const request = { route: format === 'text' || format === 'auto' ? null : format, model: null, stream: null };
  const workspaces = await indexedWorkspaces('filter', config, stderr);
  const truth = workspaces?.truthFor({ workingDirectory: null, workspaceHeader: null }) ?? nothingKnown;
  const stream = new RewriteStream({
    format,
    context: {
      exchange: { truth, rules, request, modes: config.modes, holdChars: config.limits.holdChars, contradictionNotes: config.limits.contradictionNotes },
      limits: config.limits,
      notes: config.notes,
      failed: () => undefined,
    },
    onCorrection: (settled, channel) => {
      count += 1;
      report?.write(`${JSON.stringify(correctionOf(settled, String(count), 'filter', channel))}\n`);
    },
    onFault: (message) => stderr.write(`hotpatch filter: ${message}\n`),
  });
  await pipeline(stdin, stream, stdout, { end: false });
  workspaces?.close();
  if (report !== null) await new Promise<void>((resolve) => (reportError === null ? report.end(resolve) : resolve()));
  if (reportError === null) return 0;
  stderr.write(`hotpatch filter: the report ${command.report} cannot be written: ${(reportError as Error).message}\n`);
  return 1;
}

/** @throws ConfigError for a word that is no format */
export function formatOf(name: string): Format {
  const format = FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new ConfigError(`--format ${name}: expected one of ${FORMATS.join(', ')}${hint(name, FORMATS)}`);
}

async function fileRules(file: string, config: Config): Promise<RuleSet> {
  if (!existsSync(file)) throw new Error(`--rules: ${shown(file)} does not exist; expected a file of rules, .json, .ndjson, .jsonl or .csv`);
  const patterns: PatternRule[] = [];
  const facts: Fact[] = [];
  const faults: RuleFault[] = [];
  const switches = new Map<SwitchName, SwitchState>();
  for await (const item of readImport(createReadStream(file), importFormat(file))) {
    if ('fault' in item) faults.push({ id: `${file}:${item.fault.at}`, message: item.fault.message });
    else addDraft(item.draft, `${patterns.length + 1}`, patterns, facts, switches);
  }
  return withSwitches(compileRuleSet(patterns, facts, new Set(), faults, config.limits), switches);
}

function addDraft(draft: RuleDraft, shownId: string, patterns: PatternRule[], facts: Fact[], switches: Map<SwitchName, SwitchState>): void {
  if (!draft.enabled) return;
  if (draft.kind === 'fact') {
    facts.push({ subject: draft.subject, attribute: draft.attribute, value: draft.value });
  } else if (draft.kind === 'pattern') {
    const id = draft.name ?? (draft.id === null ? shownId : String(draft.id));
    const meaning = readPatternRow({ ...draft }, id);
    if (meaning.form === 'fact') facts.push(meaning.fact);
    else if (meaning.form === 'switch') switches.set(meaning.name, meaning.state);
    else patterns.push(meaning.rule);
  }
}

/** The format of a rules file by its name; JSON holds arrays and single objects, and lines of them too. */
export function importFormat(file: string): RuleFormat {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  return ending === '.ndjson' || ending === '.jsonl' ? 'ndjson' : 'json';
}
