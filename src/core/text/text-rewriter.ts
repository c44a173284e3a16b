import type { Detector, DetectorRun, Finding, TextView, Verdict } from '../detect/detector.js';
import type { Action, Correction, Strategy } from '../types.js';
import { type Edit, EditList } from './edit.js';
import type { Decision } from './policy.js';
import { SortedList } from './sorted-list.js';
import { WordTail } from './words.js';

/** One detector's run on this channel. */
export interface NamedRun {
  readonly detector: Detector;
  readonly run: DetectorRun;
}

/** A correction of this channel that is now certain: its text has been settled. */
export interface SettledCorrection {
  readonly start: number;
  readonly end: number;
  readonly verdict: Verdict;
  readonly action: Action;
  /** What is done to the text; null: nothing is, or it is asked of the backend. */
  readonly edit: Edit | null;
  /** It is done when the channel has left up to this offset: a replacement leaves with the first unit of its span, a note where it stands. */
  readonly leavesAt: number;
}

/** The correction as observers are told of it. */
export function correctionOf(settled: SettledCorrection, id: string, exchange: string, channel: string): Correction {
  const { type, rule, confidence, detected, expected, reason } = settled.verdict;
  return { id, exchange, type, rule, confidence, detected, expected, action: settled.action, start: settled.start, end: settled.end, channel, reason };
}

export interface TextRewriterOptions {
  /** In detector order, which settles ties. */
  readonly runs: readonly NamedRun[];
  readonly decide: (verdict: Verdict) => Decision | null;
  readonly contextChars: number;
  readonly stallMs: number;
  /** Told in order of `start`, once each. */
  readonly settled: (correction: SettledCorrection) => void;
  /** A detector threw. It is off from here on. */
  readonly failed: (detector: Detector, error: unknown) => void;
  /** Asked once, when all else of the text is decided: what is to be said behind its end. */
  readonly closing?: () => readonly Closing[];
}

/** A conclusion on the whole of a text. */
export interface Closing {
  readonly verdict: Verdict;
  readonly decision: Decision;
}

/** A run at work. A class, as objects made by spreading others have no shape in common, and these are read for every token. */
class ActiveRun implements NamedRun {
  readonly detector: Detector;
  readonly run: DetectorRun;
  readonly order: number;
  /** Words may be kept from it. */
  readonly patient: boolean;
  frontier = 0;

  constructor({ detector, run }: NamedRun, order: number) {
    this.detector = detector;
    this.run = run;
    this.order = order;
    this.patient = run.mayWait !== undefined;
  }
}

interface Proposal {
  readonly start: number;
  readonly end: number;
  /** Where the answer would change. */
  readonly place: number;
  readonly order: number;
  readonly verdict: Verdict;
  readonly decision: Decision;
}

/** What may close a span: a note stands behind it. */
const CLOSERS = '`"\'”’»)]>*_';
const MAX_CLOSERS = 8;
/** Words that wait for what ends them are read at the latest at so many units. */
const MOST_WAITING = 512;
/** More edits than this in one sentence are no sentence. */
const KEPT_SPANS = 32;

/**
 * The text of one channel: holds back what a detector may still want to change, settles the rest, and hands out the
 * corrected text piece by piece. What it does is a function of the text alone, however it was cut; only `tick` brings in
 * time. Offsets are absolute UTF-16 units of the original text. After `end` only `touches` and `take` are of use.
 */
export class TextRewriter {
  readonly #options: TextRewriterOptions;
  #runs: readonly ActiveRun[] = [];
  /** Those of them that are given every piece at once. While words wait, the others hold nothing back and are not looked at. */
  #eager: readonly ActiveRun[] = [];
  readonly #tail = new WordTail();
  /** Words that patient runs have not been given. */
  #waiting = '';
  /** Whether the patient runs let words wait; null: they have not been asked since they were given something. */
  #patience: boolean | null = null;
  readonly #edits = new EditList();
  readonly #proposals = new SortedList<Proposal>(before);
  readonly #view: { -readonly [K in keyof TextView]: TextView[K] } = { text: '', base: 0, fresh: '', ended: false, finish: null };
  #length = 0;
  #settled = 0;
  /** No edit may begin before this offset: the last accepted one reaches up to here. */
  #taken = 0;
  /** Everything before this offset has been let go: its letters may have left. */
  #gone = 0;
  /** The spans of the last accepted edits: a note on what one of them is about would be about something else by now. */
  readonly #spans: Proposal[] = [];
  #room = true;
  #lastMs = 0;
  #order = 0;
  readonly #found = (finding: Finding): void => this.#propose(finding);

  constructor(options: TextRewriterOptions) {
    this.#options = options;
    this.#keepRuns(options.runs.map((named, order) => new ActiveRun(named, order)));
  }

  /** Length of the text so far. */
  get length(): number {
    return this.#length;
  }

  /** Everything before this offset may leave. */
  get settledTo(): number {
    return this.#settled;
  }

  /** Reads the next piece and returns the settled offset. */
  push(text: string, nowMs: number): number {
    if (text === '') return this.#settled;
    this.#lastMs = nowMs;
    this.#length += text.length;
    if (this.#runs.length === 0 && this.#proposals.length === 0) {
      this.#settled = this.#length;
      return this.#settled;
    }
    this.#view.text += text;
    const words = this.#tail.push(text);
    return this.#advance(text, words && this.#waiting.length + text.length <= MOST_WAITING && this.#proposals.length === 0 && this.#isPatient());
  }

  /**
   * No text follows: everything settles.
   * @param finish why, as `TextView.finish`
   * @param room whether a note behind the last letter can still find a place; else it is reported
   */
  end(nowMs: number, finish: string | null, room: boolean): number {
    this.#lastMs = nowMs;
    const again = this.#view.ended;
    this.#view.ended = true;
    this.#view.finish = finish;
    this.#room = room;
    this.#advance('', false);
    const at = this.#length;
    // A backend may say more than once that a text is over.
    const closing = again ? [] : (this.#options.closing?.() ?? []);
    for (const said of closing) this.#proposals.add({ start: at, end: at, place: at, order: this.#order, ...said });
    if (closing.length > 0) this.#settle();
    this.#keepRuns([]);
    return (this.#settled = this.#length);
  }

  /** Lets go what is held since the channel fell silent for `stallMs`. */
  tick(nowMs: number): number {
    return this.#settled < this.#length && nowMs - this.#lastMs >= this.#options.stallMs ? this.letGo() : this.#settled;
  }

  /**
   * Settles what is held now, but goes on correcting what comes: what a detector has concluded is done, what it was still
   * waiting to see is not.
   */
  letGo(): number {
    this.#catchUp();
    this.#accept(Infinity, true);
    this.#taken = Math.max(this.#taken, this.#length);
    this.#gone = this.#length;
    for (const run of this.#runs) {
      try {
        run.run.letGo(this.#length);
      } catch (error) {
        this.#drop(run, error);
      }
    }
    this.#settled = this.#length;
    this.#trim();
    return this.#settled;
  }

  /** Makes no further use of a detector; what it alone held settles. */
  switchOff(detector: Detector): void {
    const left = this.#runs.filter((run) => run.detector !== detector);
    if (left.length === this.#runs.length) return;
    this.#keepRuns(left);
    this.#settle();
  }

  /** Settles everything and makes no further edit. */
  bailOut(): number {
    this.#proposals.clear();
    this.#keepRuns([]);
    this.#settled = this.#length;
    return this.#settled;
  }

  /** When `tick` would let go; null where nothing is held. */
  deadlineMs(): number | null {
    return this.#settled < this.#length ? this.#lastMs + this.#options.stallMs : null;
  }

  touches(start: number, end: number): boolean {
    return this.#edits.touches(start, end);
  }

  /** The edits of a settled piece, cut to it. Pieces are asked for in order, each once. */
  take(start: number, end: number): readonly Edit[] {
    return this.#edits.take(start, end);
  }

  /**
   * Gives the runs what is new.
   * @param wait patient runs get it later, with what follows
   */
  #advance(fresh: string, wait: boolean): number {
    if (wait) {
      this.#waiting += fresh;
      for (const run of this.#eager) this.#step(run, fresh);
      return this.#settle();
    }
    const all = this.#waiting === '' ? fresh : this.#waiting + fresh;
    for (const run of this.#runs) this.#step(run, run.patient ? all : fresh);
    this.#waiting = '';
    this.#patience = null;
    return this.#settle();
  }

  #keepRuns(runs: readonly ActiveRun[]): void {
    this.#runs = runs;
    this.#eager = runs.filter(({ patient }) => !patient);
  }

  #step(run: ActiveRun, fresh: string): void {
    this.#order = run.order;
    this.#view.fresh = fresh;
    try {
      run.frontier = run.run.advance(this.#view, this.#found);
    } catch (error) {
      this.#drop(run, error);
    }
  }

  /** Gives patient runs what waits for them. */
  #catchUp(): void {
    const waiting = this.#waiting;
    if (waiting === '') return;
    this.#waiting = '';
    this.#patience = null;
    for (const run of this.#runs) if (run.patient) this.#step(run, waiting);
  }

  #isPatient(): boolean {
    return (this.#patience ??= this.#runs.every(({ patient, run }) => !patient || run.mayWait?.() === true));
  }

  #settle(): number {
    const { ended } = this.#view;
    let frontier = this.#length;
    for (const run of this.#waiting === '' ? this.#runs : this.#eager) if (run.frontier < frontier) frontier = run.frontier;
    // Behind the end nothing can come, so even what stands at the very end is decided.
    const settled = this.#accept(ended ? Infinity : frontier, ended);
    // Monotone by contract; a detector that breaks it must not take letters back that have left.
    if (settled > this.#settled) this.#settled = settled;
    this.#trim();
    return this.#settled;
  }

  #drop({ run, detector }: NamedRun, error: unknown): void {
    this.#keepRuns(this.#runs.filter((other) => other.run !== run));
    this.#options.failed(detector, error);
  }

  #propose(finding: Finding): void {
    const { start, end, verdict } = finding;
    const decision = this.#options.decide(this.#late(finding, verdict.strategy) ? { ...verdict, strategy: 'report' } : verdict);
    if (decision === null) return;
    // The policy may have made a note of what was to be replaced.
    const { strategy } = decision;
    this.#proposals.add({ start, end, place: strategy === 'insert' ? (finding.noteAt ?? end) : (finding.from ?? start), order: this.#order, verdict, decision });
  }

  /**
   * Its letters have left, or those its note would follow: nothing but a report is possible any more. What an accepted edit
   * has settled is no such case: there a finding overlaps, and is dropped however the text was cut.
   */
  #late({ start, end, from = start, noteAt = end }: Finding, strategy: Strategy): boolean {
    const place = strategy === 'insert' ? noteAt : from;
    return place < this.#gone || (place < this.#settled && place >= this.#taken);
  }

  /**
   * Accepts, leftmost first, every proposal whose place lies before the frontier: no other can come to stand before it. Of
   * those at one place the surer one wins, then detector order; what overlaps an accepted edit is dropped, but for a note
   * on a span that holds all of it and more. Returns the settled offset.
   * @param final a note may not wait for what follows
   */
  #accept(frontier: number, final: boolean): number {
    let settled = frontier;
    let count = 0;
    for (const proposal of this.#proposals.items()) {
      const { strategy } = proposal.decision;
      // Nothing can come before the frontier, so a note that goes there is as certain as what begins before it.
      if (strategy === 'insert' ? proposal.place > frontier : proposal.place >= frontier) break;
      if (strategy === 'report') {
        this.#tell(proposal, null, proposal.start, proposal.end);
      } else if (strategy === 'replace') {
        if (proposal.start >= this.#taken) this.#replace(proposal);
      } else if (proposal.place >= this.#taken && !this.#crosses(proposal)) {
        const at = this.#noteOffset(proposal.place, final);
        if (at === null) {
          // Where the note goes is open. The piece that ends the span stays, so that the note still finds a place.
          settled = Math.min(settled, proposal.place - 1);
          break;
        }
        this.#insert(proposal, at);
      }
      count += 1;
    }
    this.#proposals.drop(count);
    // Whatever comes to overlap an accepted edit is dropped, so all of its span is settled at once.
    return Math.min(Math.max(settled, this.#taken), this.#length);
  }

  #replace(proposal: Proposal): void {
    const { start, place, end, decision } = proposal;
    // What a detector let go of a wrong text is the beginning of the right one.
    const edit = { start: place, end, text: decision.text.slice(place - start) };
    this.#edits.add(edit);
    this.#taken = end;
    this.#keep(proposal);
    this.#tell(proposal, edit, place, end);
  }

  #keep(proposal: Proposal): void {
    this.#spans.push(proposal);
    if (this.#spans.length > KEPT_SPANS) this.#spans.shift();
  }

  /** Whether a note's span overlaps an accepted one, other than by holding all of it and more, as a sentence holds a name. */
  #crosses({ start, end }: Proposal): boolean {
    return this.#spans.some((span) => span.start < end && span.end > start && !(start <= span.start && end >= span.end && end - start > span.end - span.start));
  }

  #insert(proposal: Proposal, at: number): void {
    if (this.#view.ended && at === this.#length && !this.#room) {
      this.#tell({ ...proposal, decision: { ...proposal.decision, action: 'report' } }, null, at, at);
      return;
    }
    const edit = { start: at, end: at, text: proposal.decision.text };
    this.#edits.add(edit);
    this.#taken = at;
    this.#keep(proposal);
    this.#tell(proposal, edit, at, at);
  }

  #tell(proposal: Proposal, edit: Edit | null, from: number, to: number): void {
    const { start, end, verdict, decision } = proposal;
    this.#options.settled({ start, end, verdict, action: decision.action, edit, leavesAt: from === to ? from : from + 1 });
  }

  /** Where a note on a span that ends at `end` goes: behind its closing delimiters. Null: they may still be coming. */
  #noteOffset(end: number, final: boolean): number | null {
    const { text, base } = this.#view;
    const most = Math.min(text.length, end - base + MAX_CLOSERS);
    let at = end - base;
    while (at < most && CLOSERS.includes(text.charAt(at))) at += 1;
    return at === text.length && !final && at - (end - base) < MAX_CLOSERS ? null : base + at;
  }

  /** Forgets settled text, in large steps: cutting a string at every token would cost more than it saves. */
  #trim(): void {
    const view = this.#view;
    const keep = this.#settled - this.#options.contextChars - view.base;
    if (keep < 1024) return;
    view.text = view.text.slice(keep);
    view.base += keep;
  }
}

function before(a: Proposal, b: Proposal): boolean {
  if (a.place !== b.place) return a.place < b.place;
  // A note goes before what begins where it stands.
  const notes = Number(b.decision.strategy === 'insert') - Number(a.decision.strategy === 'insert');
  if (notes !== 0) return notes < 0;
  if (a.verdict.confidence !== b.verdict.confidence) return a.verdict.confidence > b.verdict.confidence;
  return a.order < b.order;
}
