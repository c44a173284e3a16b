import { CODEC_FORMATS, formatCodec, type RouteName } from '../../core/codec/codec.js';
import type { ChannelContext } from '../../core/rewrite/channel.js';
import { ResponseRewriter } from '../../core/rewrite/response-rewriter.js';
import { TextBody } from '../../core/rewrite/text-body.js';
import type { SettledCorrection } from '../../core/text/text-rewriter.js';
import { isRawRoute } from '../../core/truth/request-context.js';

/** Names of body formats: `text`, those of the inspected routes, and `auto`. */
export const FORMATS = ['text', ...CODEC_FORMATS, 'auto'] as const;
/** What a body is: plain text, an answer of one of the APIs (streamed or whole), or to be found out from its first bytes. */
export type Format = 'text' | RouteName | 'auto';

/** What a body is rewritten with. */
export interface RewriteStreamOptions {
  readonly format: Format;
  readonly context: ChannelContext;
  readonly onCorrection?: (correction: SettledCorrection, channel: string) => void;
  /** The body, or the rest of it, passes as it came, and why. */
  readonly onFault?: (message: string) => void;
}

/** One body being rewritten. */
interface Body {
  write(bytes: Buffer): void;
  end(): void;
}

/** Bytes read to find out what a body is; a longer first line decides by itself that it is nothing known. */
const SNIFF_BYTES = 1_048_576;
/** Each line end is a reason to look again, so many times; after that only twice the bytes are, so that looking stays linear. */
const EAGER_SNIFFS = 64;
const LF = 0x0a;

/**
 * Rewrites one body that comes without HTTP around it. Bytes in, bytes out, in order; no clock: held text leaves with what
 * decides it, or at the end. A body that is not of its format passes unchanged.
 */
export class BodyRewriter {
  readonly #options: RewriteStreamOptions;
  readonly #out: (bytes: Buffer) => void;
  #body: Body | null = null;
  #first: Buffer[] = [];
  #firstBytes = 0;
  #sniffs = 0;
  #sniffAt = 0;

  /** @param out takes what leaves, never an empty piece */
  constructor(options: RewriteStreamOptions, out: (bytes: Buffer) => void) {
    this.#options = options;
    this.#out = out;
    if (options.format === 'text') this.#body = this.#textBody();
  }

  write(chunk: Buffer): void {
    if (this.#body === null) this.#sniff(chunk, false);
    else this.#body.write(chunk);
  }

  end(): void {
    if (this.#body === null) this.#sniff(Buffer.alloc(0), true);
    this.#body?.end();
  }

  #sniff(chunk: Buffer, ended: boolean): void {
    this.#first.push(chunk);
    this.#firstBytes += chunk.length;
    if (!ended && this.#firstBytes < this.#sniffAt && !(this.#sniffs < EAGER_SNIFFS && chunk.includes(LF))) return;
    this.#sniffs += 1;
    this.#sniffAt = Math.min(this.#firstBytes * 2, SNIFF_BYTES);
    const first = Buffer.concat(this.#first);
    this.#first = [first];
    const format = this.#options.format as RouteName | 'auto';
    const codec = formatCodec(format, first, ended);
    if (codec === null && !ended && this.#firstBytes < SNIFF_BYTES) return;
    this.#first = [];
    if (codec === null) {
      if (first.length > 0) this.#options.onFault?.(`the input is not ${format === 'auto' ? 'of any known format' : format}; it passes unchanged`);
      this.#body = { write: (bytes) => this.#emit(bytes), end: () => undefined };
    } else {
      const rewriter = new ResponseRewriter(codec, routed(this.#options.context, codec.dialect.name), {
        out: (bytes) => this.#emit(bytes),
        corrected: (correction, channel) => this.#options.onCorrection?.(correction, channel),
        bailedOut: (_reason, detail) => this.#options.onFault?.(`the rest of the input passes unchanged: ${detail}`),
        fault: (message) => this.#options.onFault?.(message),
      });
      this.#body = {
        write: (bytes) => {
          rewriter.write(bytes, 0);
          rewriter.settle(0);
        },
        end: () => rewriter.end(0),
      };
    }
    if (first.length > 0) this.#body.write(first);
  }

  #textBody(): Body {
    return new TextBody(this.#options.context, {
      out: (bytes) => this.#emit(bytes),
      corrected: (correction, channel) => this.#options.onCorrection?.(correction, channel),
      fault: (message) => this.#options.onFault?.(message),
    });
  }

  #emit(bytes: Buffer): void {
    if (bytes.length > 0) this.#out(bytes);
  }
}

/** Formats bear the names of routes: what a format says of its answers is known even where no request was seen. */
function routed(context: ChannelContext, route: string): ChannelContext {
  const { exchange } = context;
  const request = { ...exchange.request, route: exchange.request.route ?? route };
  return { ...context, exchange: { ...exchange, request: isRawRoute(request.route) ? { ...request, structured: true } : request } };
}
