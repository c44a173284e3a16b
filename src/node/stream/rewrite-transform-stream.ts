import { TransformStream } from 'node:stream/web';
import { BodyRewriter, type RewriteStreamOptions } from './body-rewriter.js';

/**
 * The same rewriting as a Web stream, for the bodies of `fetch`.
 * @param closed called once, whichever way the stream ends
 */
export function rewriteTransformStream(options: RewriteStreamOptions, closed: () => void = () => undefined): TransformStream<Uint8Array, Uint8Array> {
  let body: BodyRewriter | null = null;
  let over = false;
  const close = (): void => {
    if (!over) closed();
    over = true;
  };
  // `cancel` (a reader that leaves) is called by runtimes that know it; Node 20 does not, and then memory is freed with the stream.
  const transformer = {
    start: (controller: { enqueue(chunk: Uint8Array): void }) => {
      body = new BodyRewriter(options, (bytes) => controller.enqueue(bytes));
    },
    transform: (chunk: Uint8Array) => {
      (body as BodyRewriter).write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    },
    flush: () => {
      (body as BodyRewriter).end();
      close();
    },
    cancel: close,
  };
  return new TransformStream<Uint8Array, Uint8Array>(transformer);
}
