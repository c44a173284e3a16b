/** Whether an answer that is to be JSON, or has some, can be parsed. */

/** What an answer that means to be JSON begins with, and prose hardly ever does: `[1]`, `[link](…)` and `[[link]]` are no JSON, `{} is empty` is a sentence. */
const BEGINS_JSON = /^(?:\{\s*(?:["']|\}\s*$|\w+\s*:|$)|\[\s*(?:[{"]|\]\s*$|\[\s*(?:[-\d[{"]|\]\s*[,\]]|$)|$))/;
const FENCE = /^[ \t]*(`{3,}|~{3,})[ \t]*([^\s`]*)/;
/** Of the JSON that is wrong, as it is told. */
const SHOWN_UNITS = 80;

/**
 * @param wanted the request asks for JSON and nothing else
 * @returns the beginning of what cannot be parsed; null: all of it can; undefined: it has no JSON and need not have any
 */
export function jsonFault(text: string, wanted: boolean): string | null | undefined {
  const whole = text.trim();
  // Who asks for JSON and nothing else reads the answer as it is.
  if (wanted) return shown(parses(whole) ? undefined : whole);
  const fenced = fencedJson(text);
  if (fenced.length > 0) return shown(fenced.find((json) => !parses(json)));
  if (!meansJson(whole)) return undefined;
  return shown(parses(whole) ? undefined : whole);
}

/** Whether an answer begins as JSON does, or as a list or an object of JavaScript. */
export function meansJson(text: string): boolean {
  return BEGINS_JSON.test(text.trim());
}

function shown(json: string | undefined): string | null {
  return json === undefined ? null : json.slice(0, SHOWN_UNITS).toWellFormed();
}

function parses(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    // This is the answer to the question.
    return false;
  }
}

/** The contents of fences marked `json`; one that is not closed counts, too. */
function fencedJson(text: string): readonly string[] {
  const found: string[] = [];
  let open: { readonly run: string; readonly from: number; readonly json: boolean } | null = null;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const next = newline < 0 ? text.length : newline + 1;
    const [, run, info] = FENCE.exec(text.slice(at, Math.min(next, at + MOST_FENCE))) ?? [];
    if (run !== undefined && open === null) {
      open = { run, from: next, json: info?.toLowerCase() === 'json' };
    } else if (run !== undefined && open !== null && run[0] === open.run[0] && run.length >= open.run.length && info === '') {
      if (open.json) found.push(text.slice(open.from, at));
      open = null;
    }
    at = next;
  }
  if (open?.json === true) found.push(text.slice(open.from));
  return found;
}

/** A line that opens or closes a fence is shorter. */
const MOST_FENCE = 200;
