import type { GroundTruth } from '../truth/ground-truth.js';
import type { RequestContext } from '../truth/request-context.js';
import { PathNames } from './path-names.js';

/** More names than this no request is asked for. */
const MOST_NAMES = 4_096;
/** A request is tied by this many files that exist. */
export const TYING_FILES = 2;
/** At most so many names of a request are looked up to find out. */
const MOST_LOOKUPS = 1_024;

const names = new WeakMap<RequestContext, PathNames>();
const ties = new WeakMap<RequestContext, WeakMap<GroundTruth, boolean>>();

const CANDIDATE = /[^\s"'`()<>[\]{},;|*=]+/g;
const FAILED = /\bENOENT\b|no such file|not found|does not exist|doesn't exist|cannot find|could not find|no matches/i;

/** Whether a tool's result says that a file or folder is not there. */
export function toldOfFailure(text: string): boolean {
  return FAILED.test(text);
}

/** What the user's own messages and successful tool results name: those are known. What assistants said before is not. */
export function namesOf(request: RequestContext): PathNames {
  let known = names.get(request);
  if (known === undefined) {
    known = new PathNames(MOST_NAMES);
    for (const { role, text } of request.texts?.() ?? []) if (role === 'user' || role === 'tool') collect(text, role === 'tool', known);
    names.set(request, known);
  }
  return known;
}

/** Whether the request itself is about this workspace: it is said so, or names the root or two files that exist there. */
export function isTied(request: RequestContext, truth: GroundTruth): boolean {
  if (request.tied !== undefined) return request.tied;
  const known = ties.get(request) ?? new WeakMap<GroundTruth, boolean>();
  ties.set(request, known);
  let tied = known.get(truth);
  if (tied === undefined) {
    tied = ask(request, truth);
    known.set(truth, tied);
  }
  return tied;
}

function ask(request: RequestContext, truth: GroundTruth): boolean {
  const texts = (request.texts?.() ?? []).filter(({ role }) => role !== 'assistant');
  const folder = request.workingDirectory?.() ?? null;
  if (folder !== null && truth.namesRoot(folder)) return true;
  if (texts.some(({ text }) => truth.namesRoot(text))) return true;
  const files = new Set<string>();
  let lookups = 0;
  for (const { text } of texts) {
    for (const candidate of candidates(text)) {
      if (files.has(candidate) || !candidate.includes('/')) continue;
      lookups += 1;
      if (lookups > MOST_LOOKUPS) return false;
      const answer = truth.path({ path: candidate, backslashes: false });
      if (answer !== 'unknown' && answer.known && answer.is === 'file') files.add(candidate);
      if (files.size >= TYING_FILES) return true;
    }
  }
  return false;
}

function collect(text: string, result: boolean, known: PathNames): void {
  // A short result, or one that begins so, failed as a whole; in a long one the line that says it did.
  const failed = result && FAILED.test(text.length > 2_000 ? text.slice(0, 500) : text);
  if (failed) return;
  if (!result || !FAILED.test(text)) {
    for (const candidate of candidates(text)) known.add(candidate);
    return;
  }
  for (const line of text.split('\n')) if (!FAILED.test(line)) for (const candidate of candidates(line)) known.add(candidate);
}

/** Words that could name a file, without what stands behind the name. Generous: to know too much only costs a correction. */
function* candidates(text: string): Generator<string> {
  for (const [word] of text.matchAll(CANDIDATE)) {
    if (word.length > 512 || !/[./\\]/.test(word) || word.includes('://')) continue;
    const path = word.replace(/[.,:!?]+$/, '').replace(/(?:[:#]L?\d[\d:,L-]*|::.*|\?.*|#.*)$/, '').replace(/^@(?=[\w.-]+\/)/, '');
    if (path.length > 2) yield path;
  }
}
