import { WireEvent, type Envelope } from './envelope.js';
import { isBlank } from './ndjson.js';
import { EventSplitter, type Cutter } from './splitter.js';

const wholeBody: Cutter = {
  idle: false,
  feed: () => undefined,
  next: () => -1,
  event: (raw) => (isBlank(raw, 0, raw.length) ? WireEvent.quiet(raw) : WireEvent.data(raw, 0, raw.length)),
};

/** A whole body is one event, delivered at its end. */
export const jsonDocument: Envelope = {
  name: 'json',
  tailBytes: 0,
  open: (sink, maxEventBytes) => new EventSplitter(wholeBody, sink, maxEventBytes),
};
