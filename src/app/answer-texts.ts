import { formatCodec } from '../core/codec/codec.js';
import type { Limits } from '../core/limits.js';
import type { RuleSet } from '../core/rules/rule-set.js';
import type { RecordedAnswer } from './recording.js';

/**
 * All texts of an answer by their channels' names, as corrections name them; offsets of corrections point into these. Values
 * in arguments that are JSON within a string are still escaped.
 */
export function textsOf({ body, format, request }: RecordedAnswer, rules: RuleSet, limits: Limits): ReadonlyMap<string, string> {
  if (format === 'text') return new Map([['text', body.toString('utf8')]]);
  const pieces = new Map<string, string[]>();
  const codec = formatCodec(format, body, true);
  if (codec === null) return new Map();
  const run = codec.dialect.open(request, rules.patterns.some(({ scopes }) => scopes.includes('arguments')));
  const splitter = codec.envelope.open((event) => {
    const parts = event.kind === 'data' ? run.parts(event) : null;
    for (const { channel, mirror, text } of parts?.spans ?? []) {
      if (mirror) continue;
      const name = run.channelName(channel);
      const known = pieces.get(name);
      if (known === undefined) pieces.set(name, [text]);
      else known.push(text);
    }
  }, codec.envelope.name === 'json' ? limits.documentBytes : limits.eventBytes);
  splitter.write(body);
  splitter.end();
  return new Map([...pieces].map(([name, texts]) => [name, texts.join('')]));
}
