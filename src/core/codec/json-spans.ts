/** Where values stand in JSON bytes. */

/** Keys of objects are strings, places in arrays are numbers. */
export type JsonPath = readonly (string | number)[];

/** Byte offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A place in the tree of wanted paths. */
interface Node {
  readonly children: Map<string | number, Node>;
  /** Which of the paths asked for end here. */
  readonly wanted: number[];
}

interface Frame {
  readonly node: Node;
  /** The place in the array; -1 in an object. */
  index: number;
}

function pathTree(paths: readonly JsonPath[]): Node {
  const root: Node = { children: new Map(), wanted: [] };
  paths.forEach((path, wanted) => {
    let node = root;
    for (const key of path) {
      let child = node.children.get(key);
      if (child === undefined) node.children.set(key, (child = { children: new Map(), wanted: [] }));
      node = child;
    }
    node.wanted.push(wanted);
  });
  return root;
}

/** The end of the string whose opening quote stands at `at`, closing quote included; the end of the bytes if it is open. */
function stringEnd(json: Buffer, at: number): number {
  for (let i = at + 1; i < json.length; i += 1) {
    const byte = json[i];
    if (byte === BACKSLASH) i += 1;
    else if (byte === QUOTE) return i + 1;
  }
  return json.length;
}

/** Skips a value of any depth by counting brackets. */
function valueEnd(json: Buffer, at: number): number {
  let depth = 0;
  let i = at;
  while (i < json.length) {
    const byte = json[i];
    if (byte === QUOTE) {
      i = stringEnd(json, i);
      if (depth === 0) return i;
      continue;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      // A bracket that closes what surrounds a number or word ends it, and is not part of it.
      if (depth === 0) return i;
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return i;
    i += 1;
  }
  return json.length;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** As `JSON.parse` reads a key. */
function keyText(json: Buffer, start: number, end: number): string {
  const text = json.toString('utf8', start, end);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** Walks valid JSON once, without recursion: only frames on a wanted path are stacked, so the stack is no deeper than the longest path. */
class Walk {
  readonly #json: Buffer;
  readonly #spans: (Span | null)[];
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(json: Buffer, paths: readonly JsonPath[]) {
    this.#json = json;
    this.#spans = paths.map(() => null);
    const root = pathTree(paths);
    this.#skipSpace();
    this.#value(root);
  }

  spans(): (Span | null)[] {
    const [json, frames] = [this.#json, this.#frames];
    while (frames.length > 0 && this.#at < json.length) {
      const frame = frames[frames.length - 1] as Frame;
      const byte = json[this.#at];
      if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        this.#at += 1;
        frames.pop();
      } else if (byte === COMMA) {
        this.#at += 1;
        if (frame.index >= 0) frame.index += 1;
      } else if (isSpace(byte)) this.#at += 1;
      else this.#member(frame);
    }
    return this.#spans;
  }

  #member(frame: Frame): void {
    let key: string | number = frame.index;
    if (frame.index < 0) {
      const end = stringEnd(this.#json, this.#at);
      key = keyText(this.#json, this.#at + 1, end - 1);
      this.#at = end;
      this.#skipSpace();
      this.#at += 1;
      this.#skipSpace();
    }
    const child = frame.node.children.get(key);
    if (child === undefined) this.#at = valueEnd(this.#json, this.#at);
    else this.#value(child);
  }

  /** A value on a wanted path. Of a repeated key the last value counts, as in JSON.parse: what was found under the one before is forgotten. */
  #value(node: Node): void {
    this.#forget(node);
    const start = this.#at;
    const byte = this.#json[start];
    const isContainer = byte === OPEN_ARRAY || byte === OPEN_OBJECT;
    if (node.wanted.length > 0 || node.children.size === 0 || !isContainer) {
      const end = valueEnd(this.#json, start);
      for (const wanted of node.wanted) this.#spans[wanted] = { start, end };
      if (node.children.size === 0 || !isContainer) {
        this.#at = end;
        return;
      }
    }
    this.#at += 1;
    this.#frames.push({ node, index: byte === OPEN_ARRAY ? 0 : -1 });
  }

  #forget(node: Node): void {
    for (const wanted of node.wanted) this.#spans[wanted] = null;
    for (const child of node.children.values()) this.#forget(child);
  }

  #skipSpace(): void {
    while (isSpace(this.#json[this.#at])) this.#at += 1;
  }
}

/**
 * The spans of whole values at these paths in valid JSON, quotes and brackets included; null where a path leads nowhere.
 * Time grows with the bytes; the nesting of values off the paths does not matter.
 */
export function valueSpans(json: Buffer, paths: readonly JsonPath[]): (Span | null)[] {
  return new Walk(json, paths).spans();
}

/** The spans of what stands between the quotes of the string literals at these paths; null where there is no string. */
export function literalSpans(json: Buffer, paths: readonly JsonPath[]): (Span | null)[] {
  return valueSpans(json, paths).map((span) => (span !== null && json[span.start] === QUOTE ? { start: span.start + 1, end: span.end - 1 } : null));
}
