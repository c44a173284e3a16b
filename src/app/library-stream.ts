import type { Transform } from 'node:stream';
import type { TransformStream } from 'node:stream/web';
import { monotonicFactory } from 'ulid';
import { resolveLimits } from '../core/limits.js';
import { EMPTY_REQUEST, readRequest, type RequestContext } from '../core/truth/request-context.js';
import type { Correction } from '../core/types.js';
import { DEFAULT_NOTES } from '../core/text/policy.js';
import { correctionOf } from '../core/text/text-rewriter.js';
import { FORMATS, type Format, RewriteStream, type RewriteStreamOptions } from '../node/stream/rewrite-stream.js';
import { rewriteTransformStream } from '../node/stream/rewrite-transform-stream.js';
import { borrowGrounds } from './library-grounds.js';
import { modesOf, type Options } from './library-options.js';
import type { WorkspaceSource } from './library-workspace.js';

/** Options of one body; `listen`, `upstream` and `logDir` mean nothing here. */
export interface RewriteOptions extends Omit<Options, 'workspace'> {
  /** What the body is: `text`, one of the APIs' answers, streamed or whole, or `auto`, which looks at its first bytes. */
  readonly format: Format;
  /**
   * Folders whose files answers may name, default: none. They are read in the background, and until that is complete no path is corrected; what
   * `openWorkspace` gave is complete already.
   */
  readonly workspace?: WorkspaceSource;
  /** The request's JSON body, as sent to the model: what it names is known, what it asks for as JSON gets no notes. */
  readonly request?: object;
  /** Told of each finding, reports among them, when it is settled. What it throws is told to `onFault` and harms no byte. */
  readonly onCorrection?: (correction: Correction) => void;
  /** The body, or the rest of it, passes as it came, and why; a rule that is skipped. Default: nobody is told. */
  readonly onFault?: (message: string) => void;
}

/**
 * One answer's body as a Node Transform: bytes in, corrected bytes out. No clock runs: held text leaves with what decides it, or at the
 * end. Streams made with the same `db`, `rules`, `facts`, `workspace` and `files` share rules and index, which are kept for a minute after the last.
 * @throws RangeError for a format, mode, limit or workspace that is none, RuleInputError, RuleStoreError, SqliteUnavailableError
 */
export function createRewriteStream(options: RewriteOptions): Transform {
  const { settings, release } = prepare(options);
  return new RewriteStream(settings).once('close', release);
}

/** The same as a Web TransformStream, as `response.body.pipeThrough(…)` takes it. @throws as `createRewriteStream` */
export function createRewriteTransformStream(options: RewriteOptions): TransformStream<Uint8Array, Uint8Array> {
  const { settings, release } = prepare(options);
  return rewriteTransformStream(settings, release);
}

function prepare(options: RewriteOptions): { readonly settings: RewriteStreamOptions; readonly release: () => void } {
  const { format, request, onCorrection = () => undefined } = options;
  const onFault = harmless(options.onFault ?? (() => undefined), () => undefined);
  const tell = harmless(onCorrection, (error) => onFault(`onCorrection failed: ${String(error)}`));
  if (!FORMATS.includes(format)) throw new RangeError(`format must be one of ${FORMATS.join(', ')}; it is ${String(format)}`);
  const limits = resolveLimits(options.limits);
  const { modes } = modesOf(options);
  const { grounds, release } = borrowGrounds(options, limits, onFault);
  const about = requestOf(format, request, options.files !== undefined);
  const exchange = monotonicFactory()();
  let count = 0;
  return {
    release,
    settings: {
      format,
      context: {
        exchange: { truth: grounds.truthFor(about), rules: grounds.rules(), request: about, modes, holdChars: limits.holdChars, contradictionNotes: limits.contradictionNotes },
        limits,
        notes: DEFAULT_NOTES,
        failed: (detector, error) => onFault(`detector ${detector.type} failed and is off for this body: ${String(error)}`),
      },
      onCorrection: (settled, channel) => {
        count += 1;
        tell(correctionOf(settled, `${exchange}-${count}`, exchange, channel));
      },
      onFault,
    },
  };
}

/** A host's function whose faults cost the host's own knowledge, never a byte. */
function harmless<Value>(told: (value: Value) => void, failed: (error: unknown) => void): (value: Value) => void {
  return (value) => {
    try {
      told(value);
    } catch (error) {
      failed(error);
    }
  };
}

/** A list of files is given for one text, which is thereby about them. */
function requestOf(format: Format, request: object | undefined, listed: boolean): RequestContext {
  const route = format === 'text' || format === 'auto' ? null : format;
  const said = request === undefined ? { ...EMPTY_REQUEST, route } : readRequest(route, Buffer.from(JSON.stringify(request)));
  return listed ? { ...said, tied: true } : said;
}
