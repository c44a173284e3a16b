import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { AnswerChecks } from '../core/rewrite/answer-checks.js';
import type { ChannelContext } from '../core/rewrite/channel.js';
import { thinkingDroppers, withOutputFilters } from '../core/rewrite/output-filters.js';
import type { Edit } from '../core/text/edit.js';
import { correctionOf, type SettledCorrection } from '../core/text/text-rewriter.js';
import { nothingKnown } from '../core/truth/ground-truth.js';
import type { RequestContext } from '../core/truth/request-context.js';
import { BodyRewriter } from '../node/stream/body-rewriter.js';
import type { Format } from '../node/stream/rewrite-stream.js';
import type { Workspaces } from '../node/truth/workspace-index.js';
import { textsOf } from './answer-texts.js';
import type { Config } from './config.js';
import { databaseRules, indexedWorkspaces, type OfflineRules } from './offline-rules.js';
import { type RecordedAnswer, readRecording, type Recorded, RecordingError } from './recording.js';
import { excerptOf } from './replay-excerpt.js';
import { jsonReport, type ReplayedAnswer, textReport } from './replay-report.js';
import type { Terminal } from './terminal.js';

export interface ReplayCommand extends Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly files: readonly string[];
  readonly format: Format;
  readonly json: boolean;
  readonly stderr: Writable;
}

interface Grounds extends OfflineRules {
  readonly config: Config;
  readonly workspaces: Workspaces | null;
}

/** A file is held whole, as are the texts in it; a recording of one answer or conversation is far smaller. */
const MOST_BYTES = 256 * 1_048_576;
/** How recordings of the two directions of one connection are named. */
const PAIRS = [['.s2c.bin', '.c2s.bin'], ['.res.bin', '.req.bin']] as const;

/**
 * `hotpatch replay`: reads recorded answers under the rules of today and says what would be corrected. Nothing is written.
 * @returns the exit code: 1 where a file could not be read or is no recording; the others are replayed all the same
 * @throws RuleStoreError
 */
export async function runReplay(command: ReplayCommand, config: Config): Promise<number> {
  const { files, format, json, stderr } = command;
  const rules = databaseRules('replay', config, stderr);
  for (const fault of rules.rules.faults) stderr.write(`hotpatch replay: rule ${fault.id} is skipped: ${fault.message}\n`);
  const workspaces = await indexedWorkspaces('replay', config, stderr);
  const report = json ? jsonReport(command) : textReport(command);
  let failed = 0;
  for (const file of files) {
    const recorded = await recordingOf(file, format, config).catch((error: unknown) => {
      if (!(error instanceof RecordingError)) throw error;
      stderr.write(`hotpatch replay: ${file} cannot be replayed: ${error.message}\n`);
      return null;
    });
    if (recorded === null) failed += 1;
    for (const [index, one] of (recorded ?? []).entries()) {
      report.answer(replay(one, { file, answer: index + 1 }, { ...rules, config, workspaces }));
      // A pager that is slow must not make us hold the whole report.
      if (command.stdout.writableNeedDrain) await once(command.stdout, 'drain');
    }
  }
  workspaces?.close();
  if (failed < files.length) report.end();
  return failed > 0 ? 1 : 0;
}

async function recordingOf(file: string, format: Format, config: Config): Promise<readonly Recorded[]> {
  const pair = PAIRS.find(([answers]) => file.endsWith(answers));
  const asked = pair === undefined ? null : file.slice(0, -pair[0].length) + pair[1];
  return readRecording(await bytesOf(file), asked !== null && existsSync(asked) ? await bytesOf(asked) : null, format, config.limits);
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw new RecordingError(`it has ${size} bytes; ${MOST_BYTES} are read at most`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message);
  }
}

function replay(recorded: Recorded, place: Pick<ReplayedAnswer, 'file' | 'answer'>, grounds: Grounds): ReplayedAnswer {
  if (recorded.kind === 'unread') return { ...place, format: null, model: null, unread: recorded.why, cutOff: false, corrections: [], faults: [] };
  const { format, body, request, cutOff } = recorded;
  const faults: string[] = [];
  const context = contextOf(request, grounds, (message) => faults.push(message));
  const told: Told[] = [];
  const rewriter = new BodyRewriter({ format, context, onCorrection: (correction, channel) => told.push({ channel, correction }), onFault: (message) => faults.push(message) }, () => undefined);
  rewriter.write(body);
  // As in the proxy: of what a broken connection has cut off, the end is not judged.
  if (!cutOff) rewriter.end();
  const corrections = excerpted(recorded, told, context);
  return { ...place, format, model: request.model, unread: null, cutOff, corrections, faults };
}

interface Told {
  readonly channel: string;
  readonly correction: SettledCorrection;
}

function excerpted(recorded: RecordedAnswer, told: readonly Told[], { exchange: { rules }, limits }: ChannelContext): ReplayedAnswer['corrections'] {
  if (told.length === 0) return [];
  const texts = textsOf(recorded, rules, limits);
  const edits = new Map<string, Edit[]>();
  for (const { channel, correction: { edit } } of told) {
    const known = edits.get(channel);
    if (known === undefined) edits.set(channel, edit === null ? [] : [edit]);
    else if (edit !== null) known.push(edit);
  }
  const next = new Map<string, number>();
  return told.map(({ channel, correction }, index) => {
    const own = next.get(channel) ?? 0;
    if (correction.edit !== null) next.set(channel, own + 1);
    return { ...correctionOf(correction, String(index + 1), 'replay', channel), ...excerptOf(texts.get(channel) ?? '', correction, edits.get(channel) ?? [], own) };
  });
}

/** What the proxy would know of this exchange, but for what went before it. */
function contextOf(request: RequestContext, { config, rules, patches, workspaces }: Grounds, onFault: (message: string) => void): ChannelContext {
  const { limits, modes, notes } = config;
  const truth = workspaces?.truthFor({ workingDirectory: request.workingDirectory?.() ?? null, workspaceHeader: null }) ?? nothingKnown;
  const checks = AnswerChecks.of(patches, request, {}, modes);
  const drops = modes.pattern_match === 'correct' && thinkingDroppers(patches, request, {}).length > 0;
  return {
    exchange: { truth, rules: withOutputFilters(rules, patches, request, {}, limits), request, modes, holdChars: limits.holdChars, contradictionNotes: limits.contradictionNotes },
    limits,
    notes,
    failed: (detector, error) => onFault(`detector ${detector.type} failed and is off for this answer: ${String(error)}`),
    ...(checks === null ? {} : { checks }),
    ...(drops ? { dropped: () => undefined } : {}),
  };
}
