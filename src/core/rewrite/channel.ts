import { DETECTORS } from '../detect/index.js';
import type { TextSpan, WireEvent } from '../codec/codec.js';
import type { Detector, ExchangeContext, Verdict } from '../detect/detector.js';
import type { Limits } from '../limits.js';
import { rejectionKey } from '../rules/compile.js';
import { modesUnder, thresholdOf } from '../rules/switches.js';
import { type Decision, decide, decideCheck, type Notes } from '../text/policy.js';
import type { Edit } from '../text/edit.js';
import { type Closing, type SettledCorrection, TextRewriter } from '../text/text-rewriter.js';
import type { ChannelKind } from '../types.js';
import type { AnswerChecks, TextCheck } from './answer-checks.js';
import { DecodedView, EncodedRun } from './encoded-run.js';
import type { Entry } from './event-queue.js';
import type { Journal } from './journal.js';

/** What the channels of one response share. */
export interface ChannelContext {
  readonly exchange: ExchangeContext;
  readonly limits: Limits;
  readonly notes: Notes;
  /** In the order that settles ties; all six where none are named. */
  readonly detectors?: readonly Detector[];
  /** A detector threw; it is off for the rest of the exchange. */
  readonly failed: (detector: Detector, error: unknown) => void;
  /** What validators ask of the whole answer; absent: nothing. */
  readonly checks?: AnswerChecks;
  /** Present: thinking that is not signed leaves empty, and each time a piece does this is called. */
  readonly dropped?: () => void;
}

/** An event with text, and where that is: what an event that appends is made like. */
export interface Mould {
  readonly event: WireEvent;
  readonly span: TextSpan;
}

const NONE: readonly SettledCorrection[] = [];

/** One growing text of a response: its rewriter, and the corrections that have not left yet. */
export class Channel {
  readonly name: string;
  readonly rewriter: TextRewriter;
  /** Text received so far, in UTF-16 units. */
  received = 0;
  ended = false;
  /** The last event with text of this channel. */
  mould: Mould | null = null;
  /** Bytes [glidedFrom, glidedTo) are a later such event, of which nothing has been made yet. */
  glided: Buffer | null = null;
  glidedFrom = 0;
  glidedTo = 0;
  /** Kept where later events repeat the whole text. */
  journal: Journal | null = null;
  /** The first event that goes behind the channel's last letter, whether it repeats it or only says so, and when it came. */
  behind: Entry | null = null;
  #behindMs = 0;
  readonly #check: TextCheck | null;
  /** Its text leaves empty. */
  readonly #dropped: (() => void) | null;
  readonly #stallMs: number;
  #unsent: SettledCorrection[] = [];
  /** Corrections before this index have been taken out. */
  #sent = 0;

  /** @param encoded its text is the content of a JSON string, still escaped */
  constructor(name: string, kind: ChannelKind, context: ChannelContext, switchedOff: ReadonlySet<Detector>, encoded = false) {
    const { limits, notes, detectors = DETECTORS } = context;
    const exchange = switchedExchange(context.exchange);
    this.name = name;
    this.#stallMs = limits.stallMs;
    const check = kind === 'prose' ? (context.checks?.ofText() ?? null) : null;
    this.#check = check;
    this.#dropped = kind === 'reasoning' ? (context.dropped ?? null) : null;
    const runs = [];
    const decoded = encoded ? new DecodedView() : null;
    for (const detector of this.#dropped === null ? detectors : []) {
      if (!detector.kinds.includes(kind) || switchedOff.has(detector) || isOff(detector, exchange)) continue;
      try {
        const run = detector.start(exchange, kind);
        if (run !== null) runs.push({ detector, run: decoded === null ? run : new EncodedRun(run, decoded) });
      } catch (error) {
        context.failed(detector, error);
      }
    }
    this.rewriter = new TextRewriter({
      runs,
      contextChars: limits.contextChars,
      stallMs: limits.stallMs,
      decide: (verdict) => {
        if (isUnwanted(exchange, verdict)) return null;
        const decision = decide(verdict, exchange.modes, kind, notes, exchange.request.structured);
        return encoded && decision !== null ? escaped(decision) : decision;
      },
      settled: (correction) => {
        this.#unsent.push(correction);
        check?.settled(correction);
      },
      failed: context.failed,
      ...(check === null ? {} : { closing: () => closingOf(check, exchange) }),
    });
  }

  /** An event with text that is let pass: bytes [from, to). */
  glide(bytes: Buffer, from: number, to: number): void {
    this.glided = bytes;
    this.glidedFrom = from;
    this.glidedTo = to;
  }

  /** Text that is to follow, before it is scanned. */
  say(text: string): void {
    this.received += text.length;
    this.journal?.say(text);
    this.#check?.read(text);
  }

  /** Whether the piece leaves changed. */
  touches(from: number, to: number): boolean {
    return this.#dropped === null ? this.rewriter.touches(from, to) : to > from;
  }

  /** The edits of a settled piece. Pieces are asked for in order, each once. */
  take(from: number, to: number): readonly Edit[] {
    if (this.#dropped === null) return this.rewriter.take(from, to);
    this.#dropped();
    return [{ start: from, end: to, text: '' }];
  }

  /** An event goes behind the last letter; it waits until it is known why the text ended. */
  follow(entry: Entry, nowMs: number): void {
    if (this.behind !== null) return;
    this.behind = entry;
    this.#behindMs = nowMs;
  }

  /** @param room as of `TextRewriter.end` */
  end(nowMs: number, finish: string | null, room: boolean): void {
    this.rewriter.end(nowMs, finish, room);
    this.ended = true;
  }

  /** Whatever waits here waits no longer; more text may come all the same, but behind an event that follows the last letter. */
  letGo(nowMs: number): void {
    if (this.behind === null) this.rewriter.letGo();
    else this.end(nowMs, null, false);
  }

  /** Lets go what has waited for `stallMs`. */
  tick(nowMs: number): void {
    if (this.behind !== null && nowMs - this.#behindMs >= this.#stallMs) this.letGo(nowMs);
    else this.rewriter.tick(nowMs);
  }

  /** When `tick` has something to do; null: never. */
  deadlineMs(): number | null {
    if (this.ended) return null;
    return this.rewriter.deadlineMs() ?? (this.behind === null ? null : this.#behindMs + this.#stallMs);
  }

  /**
   * Takes out the corrections whose text has left: only what a client has been sent is a correction.
   * @param upTo how far the channel has left
   */
  sent(upTo: number): readonly SettledCorrection[] {
    if (this.#unsent.length === 0) return NONE;
    const from = this.#sent;
    while (this.#sent < this.#unsent.length && (this.#unsent[this.#sent] as SettledCorrection).leavesAt <= upTo) this.#sent += 1;
    if (this.#sent === from) return NONE;
    const taken = this.#unsent.slice(from, this.#sent);
    // What is left is moved only once as much has gone: many corrections that leave one by one cost no more than as many at once.
    if (this.#sent * 2 >= this.#unsent.length) {
      this.#unsent = this.#unsent.slice(this.#sent);
      this.#sent = 0;
    }
    return taken;
  }
}

/** What is said behind the end of a text whose checks failed. */
function closingOf(check: TextCheck, exchange: ExchangeContext): readonly Closing[] {
  return check.end(exchange.request).flatMap(({ verdict, action, note }) => {
    const decision = isUnwanted(exchange, verdict) ? null : decideCheck(verdict.type, action, note, exchange.modes, exchange.request.structured);
    return decision === null ? [] : [{ verdict, decision }];
  });
}

function escaped(decision: Decision): Decision {
  return { ...decision, text: JSON.stringify(decision.text).slice(1, -1) };
}

/** The exchange with the modes that the operator's switches leave it. */
export function switchedExchange(exchange: ExchangeContext): ExchangeContext {
  const modes = modesUnder(exchange.modes, exchange.rules.switches);
  return modes === exchange.modes ? exchange : { ...exchange, modes };
}

/** What is off costs nothing: no run is started. Rules have types of their own, so that their detector sees to it itself. */
function isOff(detector: Detector, exchange: ExchangeContext): boolean {
  return detector.type !== 'pattern_match' && exchange.modes[detector.type] === 'off';
}

/** Rejected by the operator, or less sure than they ask for. */
export function isUnwanted({ rules: { rejected, switches } }: ExchangeContext, { type, confidence, rule, detected, expected }: Verdict): boolean {
  if (rejected.size > 0 && rejected.has(rejectionKey(type, detected, expected))) return true;
  return switches !== undefined && rule === null && confidence < thresholdOf(type, switches);
}
