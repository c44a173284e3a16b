import { type Codec, codecFor, type Route, routeOf } from '../codec/codec.js';
import { ChunkedDecoder } from '../http/chunked.js';
import type { HeadEdit, MessageHead } from '../http/head.js';
import type { BypassReason, ExchangeSummary } from '../observe.js';
import { correctionOf, type SettledCorrection } from '../text/text-rewriter.js';
import { EMPTY_REQUEST, readRequest, type RequestContext } from '../truth/request-context.js';
import { isTransparent, type HallucinationType, isMode, type Mode, type Modes, uniformModes, wireMode } from '../types.js';
import { AnswerChecks } from './answer-checks.js';
import type { ChannelContext } from './channel.js';
import { thinkingDroppers, withOutputFilters } from './output-filters.js';
import { promptPatches, RequestHold } from './request-hold.js';
import type { ConnectionContext, Settings } from './settings.js';

const MODE_FIELD = 'x-hotpatch-mode';
const WORKSPACE_FIELD = 'x-hotpatch-workspace';
export const EXCHANGE_FIELD = 'x-hotpatch-exchange';

/** One request and its response: what is known of it, and what is told of it in the end. */
export class Exchange {
  readonly id: string;
  readonly request: MessageHead;
  readonly route: Route | null;
  readonly settings: Settings;
  readonly modes: Modes;
  /** The strongest of the six modes: it decides what may happen on the wire. */
  readonly mode: Mode;
  /** Nothing but a copy is looked at; the bytes go by as they came. */
  readonly transparent: boolean;
  readonly startedMs: number;
  requestDone = false;
  /** The request's bytes have begun to leave. */
  forwarded = false;
  response: MessageHead | null = null;
  reason: BypassReason | null = null;
  inspected = false;
  heldTokens = 0;
  tokens = 0;
  readonly #context: ConnectionContext;
  #captured: Buffer | null = Buffer.alloc(0);
  #capturedBytes = 0;
  #about: RequestContext | null = null;
  #payload: Buffer | null = null;
  #corrections = 0;
  /** Prompt modifiers that changed the request. */
  #modified: readonly string[] = [];
  /** Output filters that took thinking out of the answer. */
  #dropped: readonly string[] = [];
  #checks: AnswerChecks | null = null;
  readonly #byType: Partial<Record<HallucinationType, number>> = {};

  constructor(request: MessageHead, context: ConnectionContext, nowMs: number) {
    this.id = context.newId();
    this.request = request;
    this.#context = context;
    this.settings = context.settings();
    this.startedMs = nowMs;
    this.route = routeOf(request.method, request.target);
    const asked = context.loopbackClient ? request.get(MODE_FIELD)?.toLowerCase() : undefined;
    this.modes = isMode(asked) ? uniformModes(asked) : this.settings.modes;
    this.mode = wireMode(this.modes);
    this.transparent = isTransparent(this.mode);
    if (this.route === null || !this.route.inspected) this.#bypass('route');
    else if (this.mode === 'off') this.#bypass('mode_off');
  }

  /** It is over: what was corrected in it may decide about this client's next request, and what it says of patches is told. */
  remember(outcome: ExchangeSummary['outcome'], nowMs: number): void {
    if (!this.inspected) return;
    this.#context.memory?.remember(this.#client, this.#byType);
    this.#applied(this.#dropped, nowMs);
    // An answer that nobody read to its end proves nothing.
    if (outcome !== 'complete' || this.reason !== null) return;
    const outcomes = [...this.#modified.map((patch) => [patch, this.#corrections === 0] as const), ...(this.#checks?.results ?? [])];
    for (const [patch, success] of outcomes) this.#context.observer.observe({ kind: 'outcome', atMs: nowMs, exchange: this.id, patch, success });
  }

  /**
   * Keeps the request back where a prompt modifier may change it; null: it goes up as it comes. A client that waits for leave to send
   * its body, and one whose body is encoded, is not kept waiting.
   */
  hold(): RequestHold | null {
    const { request, settings, route } = this;
    const name = route?.name ?? null;
    if (this.transparent || this.reason !== null || name === null || request.get('expect') !== null || request.framing.kind === 'none') return null;
    if (request.framing.kind === 'length' && request.framing.length > settings.limits.requestBytes) return null;
    if (!isPlain(request)) return null;
    const patches = promptPatches(this.#context.patches?.() ?? [], name);
    return patches.length === 0 ? null : new RequestHold(patches, settings.limits.requestBytes);
  }

  /** The held request as it goes up, head and body. */
  patched(hold: RequestHold, nowMs: number): readonly Buffer[] {
    const wire = Buffer.concat(hold.take());
    try {
      const payload = this.request.framing.kind === 'chunked' ? unchunk(wire) : wire;
      const { patched, applied } = hold.patch(payload, this.about(), this.#context.memory?.last(this.#client) ?? {});
      if (patched !== null) this.#keep(patched);
      this.#modified = applied;
      this.#applied(applied, nowMs);
      return patched === null ? [this.upstreamHead(), wire] : [this.upstreamHead(patched.length), patched];
    } catch (error) {
      this.fault(`the request could not be patched: ${String(error)}`, nowMs);
      return [this.upstreamHead(), wire];
    }
  }

  /**
   * The request's head as it goes up: the bytes received, save for the fields that are the proxy's business.
   * @param length bytes of a body that takes the place of the client's; null: the client's own
   */
  upstreamHead(length: number | null = null): Buffer {
    const { request, settings } = this;
    const edits: HeadEdit[] = length === null ? [] : [{ remove: 'transfer-encoding' }, { remove: 'trailer' }, { set: 'content-length', value: String(length) }];
    for (const name of [MODE_FIELD, WORKSPACE_FIELD]) if (request.get(name) !== null) edits.push({ remove: name });
    if (settings.upstreamHost !== null && request.get('host') !== null) edits.push({ set: 'host', value: settings.upstreamHost });
    // An encoded answer could not be read. A request that names no coding gets none in practice, and stays as it is.
    if (!this.transparent && this.reason === null && request.get('accept-encoding') !== null) edits.push({ set: 'accept-encoding', value: 'identity' });
    return edits.length === 0 ? request.raw : request.edited(edits);
  }

  /** Keeps a copy of the request's body, as received, while it is worth reading. */
  requestBody(bytes: Buffer): void {
    if (this.#captured === null || this.reason !== null) return;
    const before = this.#capturedBytes;
    this.#capturedBytes += bytes.length;
    if (this.#capturedBytes > this.settings.limits.requestBytes) {
      this.#captured = null;
      return;
    }
    // One buffer that doubles: a body that trickles in must not cost a piece a byte.
    if (this.#capturedBytes > this.#captured.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#capturedBytes, this.#captured.length * 2));
      this.#captured.copy(grown, 0, 0, before);
      this.#captured = grown;
    }
    bytes.copy(this.#captured, before);
  }

  /** What the request says of itself, as far as its body has come. */
  about(): RequestContext {
    if (this.#about !== null) return this.#about;
    const route = this.route?.name ?? null;
    // Set first: a request that cannot be read is told of once, and says nothing.
    this.#about = { ...EMPTY_REQUEST, route };
    try {
      this.#about = readRequest(route, this.#requestJson());
    } catch (error) {
      this.fault(`the request could not be read: ${String(error)}`, this.startedMs);
    }
    return this.#about;
  }

  /** The body as it went up; null where it was not kept, or is not all there. */
  get payload(): Buffer | null {
    return this.requestDone ? this.#payload : null;
  }

  /** The codec for this response, or null with `reason` set where it is not to be inspected. */
  codec(response: MessageHead): Codec | null {
    if (this.reason !== null || this.route === null) return null;
    // Read while there is something to read: an answer that is not inspected is told with its model, too.
    this.about();
    const encoding = response.get('content-encoding')?.toLowerCase() ?? '';
    if (response.status >= 400) return this.#bypass('status');
    if (response.transferCoded) return this.#bypass('encoded');
    if (response.framing.kind === 'none') return this.#bypass('no_body');
    if (encoding !== '' && encoding !== 'identity') return this.#bypass('encoded');
    const codec = codecFor(this.route, response.get('content-type') ?? '');
    if (codec === null) return this.#bypass('media_type');
    this.inspected = true;
    return codec;
  }

  /** What the channels of its response share. */
  channelContext(): ChannelContext {
    const request = this.about();
    const { limits, notes } = this.settings;
    const context = this.#context;
    const patches = context.patches?.() ?? [];
    const before = context.memory?.last(this.#client) ?? {};
    const rules = withOutputFilters(context.rules.current(), patches, request, before, limits);
    const droppers = this.modes.pattern_match === 'correct' ? thinkingDroppers(patches, request, before) : [];
    this.#checks = AnswerChecks.of(patches, request, before, this.modes);
    return {
      exchange: { truth: context.truth(request, context.loopbackClient ? this.request.get(WORKSPACE_FIELD) : null), rules, request, modes: this.modes, holdChars: limits.holdChars, contradictionNotes: limits.contradictionNotes },
      limits,
      notes,
      failed: () => undefined,
      ...(context.detectors === undefined ? {} : { detectors: context.detectors }),
      ...(this.#checks === null ? {} : { checks: this.#checks }),
      ...(droppers.length === 0 ? {} : { dropped: () => void (this.#dropped = droppers) }),
    };
  }

  /** The inspection failed before it began: the answer passes as it comes. */
  notInspected(reason: BypassReason): void {
    this.inspected = false;
    this.#bypass(reason);
  }

  /** The inspection ended before the answer did. */
  stopInspecting(reason: BypassReason): void {
    this.reason ??= reason;
  }

  corrected(settled: SettledCorrection, channel: string, nowMs: number): void {
    const { type } = settled.verdict;
    this.#corrections += 1;
    this.#byType[type] = (this.#byType[type] ?? 0) + 1;
    const correction = correctionOf(settled, `${this.id}-${this.#corrections}`, this.id, channel);
    this.#context.observer.observe({ kind: 'correction', atMs: nowMs, correction, model: this.about().model, route: this.route?.name ?? null });
  }

  /** @param held whether what waited did make the client wait */
  count(counts: { readonly tokens: number; readonly heldTokens: number }, held: boolean): void {
    this.tokens = counts.tokens;
    this.heldTokens = held ? counts.heldTokens : 0;
  }

  fault(message: string, nowMs: number): void {
    this.#context.observer.observe({ kind: 'fault', atMs: nowMs, exchange: this.id, message });
  }

  summary(outcome: ExchangeSummary['outcome'], nowMs: number): ExchangeSummary {
    return {
      exchange: this.id,
      method: this.request.method,
      target: this.request.target,
      route: this.route?.name ?? null,
      model: this.about().model,
      status: this.response?.status ?? null,
      inspected: this.inspected,
      reason: this.reason,
      outcome,
      corrections: this.#byType,
      heldTokens: this.heldTokens,
      tokens: this.tokens,
      ms: nowMs - this.startedMs,
    };
  }

  #applied(patches: readonly string[], nowMs: number): void {
    for (const patch of patches) this.#context.observer.observe({ kind: 'patch', atMs: nowMs, exchange: this.id, patch });
  }

  get #client(): string {
    return this.request.get('user-agent') ?? '';
  }

  #bypass(reason: BypassReason): null {
    this.reason = reason;
    this.#captured = null;
    return null;
  }

  #requestJson(): Buffer | null {
    const captured = this.#captured;
    this.#captured = null;
    if (captured === null || this.#capturedBytes === 0) return null;
    if (!isPlain(this.request)) return null;
    const body = captured.subarray(0, this.#capturedBytes);
    const payload = this.request.framing.kind === 'chunked' ? unchunk(body) : body;
    this.#keep(payload);
    return payload;
  }

  /** A request is kept where its answer may be continued, and only there. */
  #keep(payload: Buffer): void {
    const { continueWay = 'off' } = this.settings;
    if (continueWay !== 'off' && !this.transparent) this.#payload = payload;
  }
}

/** The body is not compressed. */
function isPlain(request: MessageHead): boolean {
  const encoding = request.get('content-encoding')?.toLowerCase() ?? '';
  return encoding === '' || encoding === 'identity';
}

/** The payload of a chunked body that has been judged already, or of as much of it as there is. */
function unchunk(body: Buffer): Buffer {
  const slices: Buffer[] = [];
  const decoder = new ChunkedDecoder(body.length);
  for (let at = 0; at < body.length && !decoder.done && decoder.fault === null; ) {
    at = decoder.step(body, at);
    if (decoder.to > decoder.from) slices.push(body.subarray(decoder.from, decoder.to));
  }
  return Buffer.concat(slices);
}
