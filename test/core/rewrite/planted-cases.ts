import { codecFor, routeOf, type Codec } from '../../../src/core/codec/codec.js';
import { anyRecordedAnswers } from '../codec/recorded.js';
import { type Line, linesOf } from './answer-places.js';
import { dice } from './bodies.js';
import { plant, type Planted, thought, verbose } from './plant.js';

/** A recorded answer with errors planted. */
export interface PlantedCase {
  readonly name: string;
  readonly codec: Codec;
  readonly planted: Planted;
  /** No case before it has the same texts in as many events. */
  readonly first: boolean;
}

/** An answer as it was recorded, and as other servers or models would have given it. */
function variants(codec: Codec, lines: readonly Line[]): (readonly [name: string, lines: readonly Line[]])[] {
  const { name } = codec.dialect;
  const all: (readonly [string, readonly Line[] | null])[] = [['', lines]];
  if (name === 'openai-chat') all.push([', verbose', verbose(lines)], [', thinking', thought(lines, 'reasoning_content')]);
  if (name === 'ollama-chat') all.push([', thinking', thought(lines, 'thinking')]);
  return all.flatMap(([variant, made]) => (made === null ? [] : [[variant, made] as const]));
}

/** All recorded answers of models; of the same bodies one. */
export function plantedCases(): PlantedCase[] {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => seen.size < seen.add(key).size;
  return anyRecordedAnswers().flatMap(({ name, target, contentType, body }) => {
    const route = routeOf('POST', target);
    const codec = route === null ? null : codecFor(route, contentType);
    if (codec === null || body.length === 0 || /"error":/.test(body.toString()) || !isNew(body.toString())) return [];
    return variants(codec, linesOf(body.toString(), codec.envelope.name === 'json')).flatMap(([variant, lines]) => {
      const planted = plant(lines, dice(body.length));
      if (planted === null) return [];
      return [{ name: name + variant, codec, planted, first: isNew(`${codec.dialect.name}${variant} ${lines.length} ${[...planted.want.values()].map((text) => text.length).join()}`) }];
    });
  });
}
