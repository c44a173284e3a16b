import type { ProxyError, UpstreamError } from '../errors.js';
import { HttpConnection } from './http-connection.js';
import type { ConnectionContext } from './settings.js';

/** What a connection asks of the two sockets. All of it takes effect in order, behind what was sent before. */
export interface ConnectionSink {
  /** A client has begun to speak: a socket to the backend will be needed. */
  dialUpstream(): void;
  toClient(bytes: Buffer): void;
  toUpstream(bytes: Buffer): void;
  /** After `fromClient` returned false: more is welcome. */
  readyForClient(): void;
  /** FIN after what was sent. */
  endClient(): void;
  endUpstream(): void;
  /** The backend's socket has served its time: FIN, and the next request dials anew. */
  dropUpstream(): void;
  /** After what was sent. With `reset` the client learns that the answer is not whole, where framing cannot say so. */
  destroyClient(why: ProxyError, reset: boolean): void;
  /** At once, so that generation stops. */
  destroyUpstream(why: ProxyError): void;
}

/** Two byte streams in, two out, and who closes what. No sockets, no clock: time is an argument. */
export interface Connection {
  /** False: no more until `readyForClient`. */
  fromClient(chunk: Buffer, nowMs: number): boolean;
  fromUpstream(chunk: Buffer, nowMs: number): void;
  clientEnded(nowMs: number): void;
  upstreamEnded(nowMs: number): void;
  clientFailed(error: Error): void;
  upstreamFailed(error: UpstreamError, nowMs: number): void;
  tick(nowMs: number): void;
  deadlineMs(): number | null;
  /** Close when the exchange under way is over; at once if there is none. */
  drain(nowMs: number): void;
  /** The backend has moved: its socket serves the exchange under way, and the next request dials anew. */
  redial(nowMs: number): void;
  /** An exchange is under way. */
  readonly busy: boolean;
}

/** A new client. @param nowMs any clock that only goes forward, in milliseconds */
export function openConnection(sink: ConnectionSink, context: ConnectionContext, nowMs: number): Connection {
  return new HttpConnection(sink, context, nowMs);
}
