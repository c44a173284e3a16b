import { Transform, type TransformCallback } from 'node:stream';
import { BodyRewriter, type RewriteStreamOptions } from './body-rewriter.js';

export { FORMATS, type Format, type RewriteStreamOptions } from './body-rewriter.js';

/** A `BodyRewriter` as a Node stream: bytes in, bytes out, with backpressure. */
export class RewriteStream extends Transform {
  readonly #body: BodyRewriter;

  constructor(options: RewriteStreamOptions) {
    super();
    this.#body = new BodyRewriter(options, (bytes) => this.push(bytes));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#body.write(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#body.end();
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
