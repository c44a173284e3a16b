import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thoughtAloud } from '../../../src/core/rewrite/thought-aloud.js';

const CASES: readonly (readonly [text: string, thought: string, answer: string])[] = [
  ['So it is.', '', 'So it is.'],
  ['<think>Hm.</think>So', 'Hm.', 'So'],
  ['\n<thinking>\nHm.\n</thinking>\n\nSo', '\nHm.\n', '\n\nSo'],
  ['<seed:think>Hm.</seed:think>So', 'Hm.', 'So'],
  ['[THINK]Hm.[/THINK]So', 'Hm.', 'So'],
  // The first tag was part of the prompt.
  ['Hm.</think>So', 'Hm.', 'So'],
  ['<think>Hm, this was cut', 'Hm, this was cut', ''],
  ['<think></think>So', '', 'So'],
  ['The tag `<think>` opens it.', '', 'The tag `<think>` opens it.'],
  ['[thinking] is a word', '', '[thinking] is a word'],
  ['<thinker>So</thinker>', '', '<thinker>So</thinker>'],
];

for (const [text, thought, answer] of CASES) test(`thinking aloud: ${JSON.stringify(text)}`, () => assert.deepEqual(thoughtAloud(text), { thought, answer }));
