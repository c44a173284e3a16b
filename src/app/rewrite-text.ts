import type { Detector, ExchangeContext } from '../core/detect/detector.js';
import type { Limits } from '../core/limits.js';
import { Channel } from '../core/rewrite/channel.js';
import { applyEdits } from '../core/text/edit.js';
import { DEFAULT_NOTES } from '../core/text/policy.js';
import type { SettledCorrection } from '../core/text/text-rewriter.js';

export interface TextRewriting {
  readonly limits: Limits;
  readonly detectors: readonly Detector[];
  /** Told of a detector that threw and is off for this text. */
  readonly failed: (detector: Detector, error: unknown) => void;
}

/** Rewrites a whole text: one channel of prose, one piece. Not by way of bytes: a string may hold what UTF-8 cannot. */
export function rewriteText(text: string, exchange: ExchangeContext, { limits, detectors, failed }: TextRewriting): { readonly modified: string; readonly settled: readonly SettledCorrection[] } {
  const channel = new Channel('text', 'prose', { exchange, limits, notes: DEFAULT_NOTES, detectors, failed }, new Set());
  const { rewriter } = channel;
  rewriter.push(text, 0);
  rewriter.end(0, null, true);
  const edits = rewriter.take(0, text.length);
  return { modified: edits.length === 0 ? text : applyEdits(text, 0, edits), settled: channel.sent(Infinity) };
}
