/** Where the values of a JSON text stand. Written apart from the code under test, for texts that are known to be JSON. */

/** From the start of a value to behind its end. */
export type Span = readonly [start: number, end: number];

/** The spans of all values by their path: `choices/0/delta`; the whole has the path ``. */
export function placesIn(json: string): Map<string, Span> {
  const found = new Map<string, Span>();
  let at = 0;
  const space = (): void => {
    while (/\s/.test(json[at] ?? '')) at += 1;
  };
  const text = (): string => {
    const start = at;
    for (at += 1; json[at] !== '"'; at += 1) if (json[at] === '\\') at += 1;
    at += 1;
    return json.slice(start, at);
  };
  const members = (path: string, close: string, keyed: boolean): void => {
    at += 1;
    space();
    for (let index = 0; json[at] !== close; index += 1) {
      const key = keyed ? (JSON.parse(text()) as string) : String(index);
      if (keyed) at = json.indexOf(':', at) + 1;
      value(path === '' ? key : `${path}/${key}`);
      if (json[at] === ',') at += 1;
      space();
    }
    at += 1;
  };
  const value = (path: string): void => {
    space();
    const start = at;
    if (json[at] === '{') members(path, '}', true);
    else if (json[at] === '[') members(path, ']', false);
    else if (json[at] === '"') text();
    else while (at < json.length && !/[\s,\]}]/.test(json[at] as string)) at += 1;
    found.set(path, [start, at]);
    space();
  };
  value('');
  return found;
}

/** The text with what stands in some spans replaced. */
export function replaced(json: string, changes: readonly (readonly [span: Span, by: string])[]): string {
  let out = '';
  let at = 0;
  for (const [[start, end], by] of [...changes].sort(([[one]], [[other]]) => one - other)) {
    out += json.slice(at, start) + by;
    at = end;
  }
  return out + json.slice(at);
}
