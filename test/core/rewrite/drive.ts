import type { Codec } from '../../../src/core/codec/codec.js';
import type { Detector } from '../../../src/core/detect/detector.js';
import { type Limits, resolveLimits } from '../../../src/core/limits.js';
import type { ChannelContext } from '../../../src/core/rewrite/channel.js';
import { ResponseRewriter, type RewriterHost } from '../../../src/core/rewrite/response-rewriter.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import type { RuleSet } from '../../../src/core/rules/rule-set.js';
import { DEFAULT_NOTES } from '../../../src/core/text/policy.js';
import { type GroundTruth, nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST, type RequestContext } from '../../../src/core/truth/request-context.js';
import { type Modes, uniformModes } from '../../../src/core/types.js';

export interface DriveOptions {
  readonly rules?: RuleSet;
  readonly detectors?: readonly Detector[];
  readonly limits?: Partial<Limits>;
  readonly modes?: Modes;
  readonly model?: string;
  readonly truth?: GroundTruth;
  readonly request?: Partial<RequestContext>;
  /** What the host does beyond keeping records; it may throw. */
  readonly host?: Partial<RewriterHost>;
}

export function channelContext({ rules = EMPTY_RULES, detectors, limits, modes = uniformModes('correct'), model, truth = nothingKnown, request }: DriveOptions): ChannelContext {
  const resolved = resolveLimits(limits);
  return {
    exchange: { truth, rules, request: { ...EMPTY_REQUEST, model: model ?? null, ...request }, modes, holdChars: resolved.holdChars },
    limits: resolved,
    notes: DEFAULT_NOTES,
    failed: () => undefined,
    ...(detectors === undefined ? {} : { detectors }),
  };
}

/** A rewriter whose host writes everything down. */
export class Drive {
  readonly rewriter: ResponseRewriter;
  readonly pieces: Buffer[] = [];
  /** One line a correction: channel, place, type, action. */
  readonly corrections: string[] = [];
  readonly bailouts: string[] = [];
  readonly faults: string[] = [];
  bytesIn = 0;

  constructor(codec: Codec, options: DriveOptions = {}) {
    const { host } = options;
    this.rewriter = new ResponseRewriter(codec, channelContext(options), {
      out: (bytes) => {
        host?.out?.(bytes);
        this.pieces.push(bytes);
      },
      corrected: (settled, channel, nowMs) => {
        const { start, end, verdict, action } = settled;
        this.corrections.push(`${channel} ${start}-${end} ${verdict.type} ${action}`);
        host?.corrected?.(settled, channel, nowMs);
      },
      bailedOut: (reason, detail) => {
        this.bailouts.push(reason);
        host?.bailedOut?.(reason, detail);
      },
      fault: (message) => this.faults.push(message),
    });
  }

  get out(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.out.toString('utf8');
  }

  /** One read of the socket: bytes, then what they settled. */
  read(bytes: Buffer | string, nowMs = 0): this {
    const read = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    this.bytesIn += read.length;
    this.rewriter.write(read, nowMs);
    this.rewriter.settle(nowMs);
    return this;
  }

  reads(all: readonly (Buffer | string)[]): this {
    for (const one of all) this.read(one);
    return this;
  }

  end(): this {
    this.rewriter.end(0);
    return this;
  }
}
