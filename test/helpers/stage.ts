import assert from 'node:assert/strict';
import { UpstreamError, type ErrorCode, type ProxyError } from '../../src/core/errors.js';
import { resolveLimits, type Limits } from '../../src/core/limits.js';
import type { Observation } from '../../src/core/observe.js';
import { openConnection, type Connection, type ConnectionSink } from '../../src/core/rewrite/connection.js';
import type { Settings } from '../../src/core/rewrite/settings.js';
import { compileRuleSet } from '../../src/core/rules/compile.js';
import { RULE_SCOPES, type PatternRule, type RuleSet } from '../../src/core/rules/rule-set.js';
import { DEFAULT_NOTES } from '../../src/core/text/policy.js';
import { nothingKnown, type GroundTruth } from '../../src/core/truth/ground-truth.js';
import { uniformModes, type Mode } from '../../src/core/types.js';

/** How a connection is set up. Unless told: `correct`, default limits, no rules, a client on this machine. */
export interface Scene {
  readonly mode?: Mode;
  readonly limits?: Partial<Limits>;
  readonly settings?: Partial<Settings>;
  readonly rules?: RuleSet;
  readonly truth?: () => GroundTruth;
  /** False: the client is on another machine. */
  readonly loopbackClient?: boolean;
}

/** Literal rules that replace, in every kind of text. */
export function literalRules(replace: Readonly<Record<string, string>>, holdChars = 4_096): RuleSet {
  const patterns = Object.entries(replace).map(([value, replacement], index): PatternRule => ({
    id: `r${index}`, match: 'literal', value, flags: '', word: false, replacement, expand: false,
    type: 'pattern_match', confidenceThreshold: 0, scopes: RULE_SCOPES, models: null,
  }));
  return compileRuleSet(patterns, [], new Set(), [], { holdChars });
}

const NO_RULES = literalRules({});

function settingsFor(book: Scene): Settings {
  return {
    modes: uniformModes(book.mode ?? 'correct'),
    limits: resolveLimits(book.limits),
    notes: DEFAULT_NOTES,
    responseTimeoutMs: 0,
    upstreamHost: null,
    access: { loopbackListener: true, origins: [], hosts: [] },
    ...book.settings,
  };
}

/** An observation in short: `x1 complete 200 read 1 corrected`, or `x1 complete 200 not read: route`. */
function shown(observation: Observation): string {
  switch (observation.kind) {
    case 'exchange': {
      const { exchange, outcome, status, inspected, reason, corrections } = observation.summary;
      const count = Object.values(corrections).reduce((sum, of) => sum + of, 0);
      const read = inspected ? (reason === null ? 'read' : `read until: ${reason}`) : `not read: ${reason ?? 'no answer'}`;
      return `${exchange} ${outcome} ${status ?? '-'} ${read}${count > 0 ? ` ${count} corrected` : ''}`;
    }
    case 'correction':
      return `${observation.correction.action} ${observation.correction.detected} > ${observation.correction.expected ?? '-'}`;
    case 'tunnel':
      return `tunnel: ${observation.reason}`;
    case 'patch':
      return `patch: ${observation.patch}`;
    case 'outcome':
      return `patch ${observation.patch} ${observation.success ? 'succeeded' : 'failed'}`;
    case 'fault':
      return 'fault';
  }
}

/** Bytes and deeds, in order, of one side. */
export type Lane = 'client' | 'upstream' | 'told';
export type Happening = { readonly lane: Lane; readonly what: Buffer | string };

/** Two sockets as far as a connection can see them, and a record of what it did to them. */
export class Stage implements ConnectionSink {
  readonly connection: Connection;
  readonly observations: Observation[] = [];
  nowMs = 0;
  happened: Happening[] = [];
  /** Counts the sockets to the backend; 0: none was dialled. */
  dialled = 0;
  upstreamOpen = false;
  clientOpen = true;
  ids = 0;
  #upstreamFin = false;
  #clientFin = false;
  #paused = false;
  #waiting: (() => void)[] = [];
  #writes = 0;

  constructor(book: Scene) {
    const settings = settingsFor(book);
    const rules = book.rules ?? NO_RULES;
    const record = (what: string): number => this.happened.push({ lane: 'told', what });
    this.connection = openConnection(this, {
      settings: () => settings,
      rules: { current: () => rules },
      truth: book.truth ?? (() => nothingKnown),
      observer: { observe: (observation) => void (this.observations.push(observation), record(shown(observation))) },
      newId: () => `x${(this.ids += 1)}`,
      loopbackClient: book.loopbackClient ?? true,
    }, this.nowMs);
  }

  /** A piece from the client; while the connection is full, it waits in line as it would in a socket. */
  fromClient(piece: Buffer): void {
    this.#inLine(() => {
      if (!this.clientOpen || this.connection.fromClient(piece, this.nowMs) || this.#paused) return;
      this.#paused = true;
      this.#did('client', 'pause');
    });
  }

  /** A piece from the socket that was dialled as the `socket`th. One that was given up delivers nothing. */
  fromUpstream(piece: Buffer, socket = this.dialled): void {
    if (!this.upstreamOpen || socket !== this.dialled) return;
    this.#writes = 0;
    this.connection.fromUpstream(piece, this.nowMs);
    // Bytes that may not change leave before they are read: a reply of our own to the request behind them is a second write, and the last.
    const most = this.clientOpen && !this.#clientFin ? 1 : 2;
    assert.ok(this.#writes <= most, `one read of the backend's made ${this.#writes} writes to the client`);
  }

  clientEnded(): void {
    this.#inLine(() => this.connection.clientEnded(this.nowMs));
  }

  upstreamFailed(code: ErrorCode): void {
    this.upstreamOpen = false;
    this.connection.upstreamFailed(new UpstreamError(code, code === 'E_UPSTREAM_TIMEOUT' ? 504 : 502, 'the backend is gone'), this.nowMs);
  }

  dialUpstream(): void {
    if (this.upstreamOpen) return;
    this.upstreamOpen = true;
    this.#upstreamFin = false;
    this.dialled += 1;
    this.#did('upstream', 'dial');
  }

  toClient(bytes: Buffer): void {
    assert.ok(bytes.length > 0, 'an empty write to the client');
    assert.ok(this.clientOpen && !this.#clientFin, 'a write to a client that was told the end');
    this.#writes += 1;
    this.happened.push({ lane: 'client', what: Buffer.from(bytes) });
  }

  toUpstream(bytes: Buffer): void {
    assert.ok(bytes.length > 0, 'an empty write to the backend');
    this.dialUpstream();
    assert.ok(!this.#upstreamFin, 'a write to a backend that was told the end');
    this.happened.push({ lane: 'upstream', what: Buffer.from(bytes) });
  }

  readyForClient(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#did('client', 'ready');
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const step of waiting) this.#inLine(step);
  }

  endClient(): void {
    if (this.clientOpen && !this.#clientFin) this.#did('client', 'endClient');
    this.#clientFin = true;
  }

  endUpstream(): void {
    if (this.upstreamOpen && !this.#upstreamFin) this.#did('upstream', 'endUpstream');
    this.#upstreamFin = true;
  }

  dropUpstream(): void {
    if (this.upstreamOpen) this.#did('upstream', 'dropUpstream');
    this.upstreamOpen = false;
  }

  destroyClient(_why: ProxyError, reset: boolean): void {
    if (this.clientOpen) this.#did('client', reset ? 'resetClient' : 'destroyClient');
    this.clientOpen = false;
  }

  destroyUpstream(): void {
    if (this.upstreamOpen) this.#did('upstream', 'destroyUpstream');
    this.upstreamOpen = false;
  }

  #inLine(step: () => void): void {
    if (this.#paused) this.#waiting.push(step);
    else step();
  }

  #did(lane: Lane, what: string): void {
    this.happened.push({ lane, what: `(${what})` });
  }
}
