import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegExpParser } from '@eslint-community/regexpp';
import { hasChar, type CharSet } from '../../../src/core/rules/regex-chars.js';
import { SetReader } from '../../../src/core/rules/regex-program.js';

const SOURCES = [
  'k', 's', 'ß', 'ẞ', 'ſ', 'K', 'å', 'Å', 'İ', 'ı', 'ﬅ', 'ΐ', 'θ', '\\u{10400}', 'ᏸ', 'ǅ', '.', '\\w', '\\W', '\\d', '\\D', '\\s', '\\S', '\\n', '\\ud800',
  '[a-z]', '[^a-z]', '[^k]', '[\\W_]', '[^\\W_]', '[^]', '[]', '[À-ÿ]', '[\\w-]', '[α-ω]', '[^\\s\\S]', '\\p{Lu}', '\\P{Lu}', '[^\\P{Lu}]', '[\\p{L}\\d]', '\\p{Script=Greek}',
];

for (const flags of ['', 'i', 's', 'is']) {
  test(`regex: classes mean what the engine means by them, flags "${flags}"`, () => {
    const reader = new SetReader();
    for (const source of SOURCES) {
      const element = new RegExpParser().parsePattern(source, 0, source.length, { unicode: true }).alternatives[0]?.elements[0];
      assert.ok(element?.type === 'Character' || element?.type === 'CharacterClass' || element?.type === 'CharacterSet');
      const set: CharSet = reader.read(element, flags);
      const native = new RegExp(`^(?:${source})$`, `${flags}u`);
      // Every character with case and every edge of a range; the planes without letters are one range or none.
      for (let char = 0; char < 0x1ea00; char++) {
        if (char > 0x3100 && char < 0xa600) char = 0xa600;
        if (char > 0xac00 && char < 0xd7f0) char = 0xd7f0;
        if (char > 0x12000 && char < 0x16e00) char = 0x16e00;
        if (hasChar(set, char) !== native.test(String.fromCodePoint(char))) {
          assert.fail(`${source} with "${flags}": U+${char.toString(16)}`);
        }
      }
    }
  });
}
