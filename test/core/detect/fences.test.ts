import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FenceTracker } from '../../../src/core/detect/fences.js';
import { everySplit } from '../../helpers/every-split.js';

/** Each line with the kind of text it is: `.` prose, `#` code. */
interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly kinds: string;
  readonly eol?: string;
}

const cases: readonly Case[] = [
  { name: 'no fence', lines: ['a', '', 'b'], kinds: '...' },
  { name: 'a block: its opening line is prose, its closing line code', lines: ['a', '```', 'x', '```', 'b'], kinds: '..##.' },
  { name: 'an info string', lines: ['```js title="x"', 'x', '```', 'b'], kinds: '.##.' },
  { name: 'an empty block', lines: ['```', '```', 'b'], kinds: '.#.' },
  { name: 'two blocks', lines: ['```', 'x', '```', 'b', '```', 'y', '```', 'c'], kinds: '.##..##.' },
  { name: 'tildes', lines: ['~~~ruby', 'x', '~~~', 'b'], kinds: '.##.' },
  { name: 'tildes do not close backticks', lines: ['```', '~~~', 'x', '```', 'b'], kinds: '.###.' },
  { name: 'backticks do not close tildes', lines: ['~~~', '```', 'x', '~~~', 'b'], kinds: '.###.' },
  { name: 'unclosed: code to the end', lines: ['```', 'x', '', 'y'], kinds: '.###' },
  { name: 'a longer closer closes', lines: ['```', 'x', '``````', 'b'], kinds: '.##.' },
  { name: 'a shorter closer does not', lines: ['`````', '```', 'x', '`````', 'b'], kinds: '.###.' },
  { name: 'a closer with an info string does not close', lines: ['```', '```js', 'x', '```', 'b'], kinds: '.###.' },
  { name: 'a closer may be followed by spaces', lines: ['```', 'x', '``` \t', 'b'], kinds: '.##.' },
  { name: 'two backticks are no fence', lines: ['``', 'x', '``'], kinds: '...' },
  { name: 'backticks in the info string: an inline code span', lines: ['``` a ```', 'b', '```x`y', 'c'], kinds: '....' },
  { name: 'backticks in the info string of tildes are allowed', lines: ['~~~ `a`', 'x', '~~~', 'b'], kinds: '.##.' },
  { name: 'text before the run: no fence', lines: ['see ```', 'b', 'x ~~~'], kinds: '...' },
  { name: 'indented in a list', lines: ['1. do:', '   ```sh', '   ls', '   ```', '2. done'], kinds: '..##.' },
  { name: 'on the line of a list item', lines: ['- ```sh', '  ls', '  ```', '- done'], kinds: '.##.' },
  { name: 'on the line of a numbered item', lines: ['12. ```sh', '    ls', '    ```', '13) ~~~', '    x', '    ~~~', 'b'], kinds: '.##.##.' },
  { name: 'on the line of an item of an item', lines: ['* 1. ```', '     x', '     ```', 'b'], kinds: '.##.' },
  { name: 'a list marker before the run does not close', lines: ['```', '- ```', '* x', '```', 'b'], kinds: '.###.' },
  { name: 'a rule, bold text and a number are no fences', lines: ['---', '**b**', '1.```', '-```', '2024', 'b'], kinds: '......' },
  { name: 'in a quote', lines: ['> ```', '> x', '> ```', 'b'], kinds: '.##.' },
  { name: 'in a quote in a list', lines: ['- > ```', '  > x', '  > ```', 'b'], kinds: '.##.' },
  { name: 'tabs before the run', lines: ['\t```', '\tx', '\t```', 'b'], kinds: '.##.' },
  { name: 'CRLF', lines: ['a', '```js', 'x', '```', 'b'], kinds: '..##.', eol: '\r\n' },
  { name: 'an info string as long as a line may be', lines: [`\`\`\`${'x'.repeat(253)}`, 'y', '```', 'b'], kinds: '.##.' },
  { name: 'a line too long for a fence', lines: [`\`\`\`${'x'.repeat(254)}`, 'y'], kinds: '..' },
  { name: 'a line far too long for a fence', lines: [`\`\`\`${'x'.repeat(600)}`, 'y'], kinds: '..' },
  { name: 'a long line of code', lines: ['```', 'x'.repeat(600), '```', 'b'], kinds: '.##.' },
];

/** Whether each unit of the text is code, asked after all of it was read. */
function asked(tracker: FenceTracker, length: number): string {
  return Array.from({ length }, (_, at) => (tracker.isCode(at) ? '#' : '.')).join('');
}

for (const { name, lines, kinds, eol = '\n' } of cases) {
  test(`fences: ${name}`, () => {
    const text = lines.join(eol) + eol;
    const want = lines.map((line, index) => (kinds[index] as string).repeat(line.length + eol.length)).join('');
    everySplit(text, (pieces) => {
      const tracker = new FenceTracker();
      let read = 0;
      for (const piece of pieces) {
        tracker.push(piece);
        // What is known of a line when it begins does not change later.
        assert.equal(tracker.isCode(read), want[read] === '#', `at ${read}, as soon as it came`);
        read += piece.length;
      }
      assert.equal(asked(tracker, text.length), want);
    });
  });
}

/** The same by lines and whole: CommonMark's rules with any indentation, quotes and list markers before an opening run. */
function byLines(text: string): string {
  let open: string | null = null;
  let kinds = '';
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    kinds += (open === null ? '.' : '#').repeat(line.length);
    if (!line.endsWith('\n')) continue;
    const body = line.trimEnd();
    if (open === null) {
      const run = /^(?:[ \t>]|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*((`{3,})[^`]*|(~{3,}).*)$/.exec(body);
      open = run?.[2] ?? run?.[3] ?? null;
    } else {
      const run = /^[ \t>]*(`+|~+)$/.exec(body)?.[1];
      if (run !== undefined && run[0] === open[0] && run.length >= open.length) open = null;
    }
  }
  return kinds;
}

const line = fc.oneof(
  fc.constantFrom('```', '````', '~~~', '```js', '  ```', '> ```', '- ```', '1. ~~~', '``` `x', '~~~ `x', 'text', '', '- ', '``', '``` ', '*', '1)', '> '),
  fc.stringMatching(/^[`~ >\-*1.x]{0,8}$/),
);

test('property: fences as an independent reading by lines has them, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (lines, eol, widths) => {
      const text = lines.join(eol);
      const tracker = new FenceTracker();
      for (let from = 0; from < text.length; ) {
        const to = Math.min(text.length, from + (widths.next().value as number));
        tracker.push(text.slice(from, to));
        from = to;
      }
      assert.equal(asked(tracker, text.length), byLines(text));
    }),
    { seed: 5, numRuns: 2_000 },
  );
});
