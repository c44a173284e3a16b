/** What one request says of itself. */
export interface RequestContext {
  /** The route's name in the codec table (`ollama-chat`), or null where it is not one we inspect. */
  readonly route: string | null;
  readonly model: string | null;
  /** Whether the request asks for a stream; null where it says nothing. */
  readonly stream: boolean | null;
}

export const EMPTY_REQUEST: RequestContext = Object.freeze({ route: null, model: null, stream: null });

/**
 * Reads a request body. A body that is no JSON object says nothing, which is no fault of ours to report: the backend will.
 * @param body the whole body, at most `requestBytes`; null where it was larger, encoded or absent.
 */
export function readRequest(route: string | null, body: Buffer | null): RequestContext {
  if (body === null || body.length === 0) return { ...EMPTY_REQUEST, route };
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { ...EMPTY_REQUEST, route };
  }
  if (typeof json !== 'object' || json === null) return { ...EMPTY_REQUEST, route };
  const { model, stream } = json as { model?: unknown; stream?: unknown };
  return { route, model: typeof model === 'string' ? model : null, stream: typeof stream === 'boolean' ? stream : null };
}
