import { LiteralReader } from '../codec/literal-reader.js';
import type { DetectorRun, Finding, TextView } from '../detect/detector.js';

/**
 * Values inside arguments come as the content of JSON strings. Detectors read them decoded; the channel counts and corrects
 * escaped units. Here the one is put before the other: one reader a channel, one wrapper a detector's run.
 */

/** The decoded view of a channel, shared by its runs. */
export class DecodedView {
  readonly reader = new LiteralReader();
  readonly view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };

  /** Reads what is new in the escaped view, once for all runs. */
  read(raw: TextView): TextView {
    const { reader, view } = this;
    const isNew = raw.base + raw.text.length > reader.length;
    if (isNew) {
      view.fresh = reader.push(raw.fresh);
      view.text += view.fresh;
      // What the channel has forgotten need not be kept in other letters.
      const spent = reader.forget(raw.base);
      if (spent > 0) {
        view.text = view.text.slice(spent);
        view.base += spent;
      }
    } else if (raw.ended) view.fresh = '';
    view.ended = raw.ended;
    view.finish = raw.finish;
    return view;
  }
}

/** A detector's run on a channel of escaped text. */
export class EncodedRun implements DetectorRun {
  readonly #run: DetectorRun;
  readonly #decoded: DecodedView;

  constructor(run: DetectorRun, decoded: DecodedView) {
    this.#run = run;
    this.#decoded = decoded;
  }

  advance(raw: TextView, found: (finding: Finding) => void): number {
    const { reader } = this.#decoded;
    const frontier = this.#run.advance(this.#decoded.read(raw), (finding) => found(this.#escaped(finding)));
    return raw.ended ? reader.length : reader.startOf(frontier);
  }

  letGo(offset: number): void {
    this.#run.letGo(this.#decoded.reader.unitAt(offset));
  }

  /** An end is where the last unit of the span ends: an escape that follows is none of it. */
  #escaped(finding: Finding): Finding {
    const { reader } = this.#decoded;
    const { start, end, from, noteAt, verdict } = finding;
    return {
      start: reader.startOf(start),
      end: reader.startOf(end),
      ...(from === undefined ? {} : { from: reader.startOf(from) }),
      ...(noteAt === undefined ? {} : { noteAt: reader.startOf(noteAt) }),
      verdict,
    };
  }
}
