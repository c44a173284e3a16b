import type { IncomingMessage } from 'node:http';

/** A body over the limit is read and dropped up to this multiple of it, so that its sender can still read the refusal. */
const DISCARD_FACTOR = 4;

/** A request's body; `too-large` beyond `limitBytes`; `gone` if its sender left before the end. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | 'too-large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > limitBytes * DISCARD_FACTOR) request.socket.destroy();
    });
    request.once('end', () => resolve(bytes > limitBytes ? 'too-large' : Buffer.concat(chunks, bytes)));
    request.once('close', () => resolve('gone'));
    // Close follows, and says the same.
    request.on('error', () => undefined);
  });
}
