import type { ServerResponse } from 'node:http';
import { ApiError } from './api-error.js';
import type { AdminHub, HubEvent } from './hub.js';
import type { ApiReply, Route } from './server.js';

const MOST_WATCHERS = 32;
/** A watcher that does not read is let go: it can come back, and the proxy keeps nothing for it. */
const MOST_UNREAD_BYTES = 1_048_576;
/** What lies between shows a dead connection. */
const PING_MS = 15_000;

/** `GET /api/events`: corrections and exchanges as server-sent events, as they happen. */
export function eventsRoute(hub: AdminHub): Route {
  const watchers = new Set<ServerResponse>();
  return {
    method: 'GET',
    path: '/api/events',
    handle: (): ApiReply => {
      if (watchers.size >= MOST_WATCHERS) throw new ApiError(503, 'too_many', `${MOST_WATCHERS} watch already`);
      return (response) => {
        watchers.add(response);
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
        response.write(': hotpatch\n\n');
        const say = (text: string): void => {
          if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
          else response.write(text);
        };
        const unwatch = hub.watch((event) => say(eventText(event)));
        const ping = setInterval(() => say(': ping\n\n'), PING_MS);
        ping.unref();
        response.once('close', () => {
          watchers.delete(response);
          unwatch();
          clearInterval(ping);
        });
      };
    },
  };
}

function eventText({ event, data }: HubEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
