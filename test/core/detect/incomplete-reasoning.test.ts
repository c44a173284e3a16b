import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { incompleteReasoning } from '../../../src/core/detect/incomplete-reasoning.js';
import { EMPTY_RULES } from '../../../src/core/rules/compile.js';
import { nothingKnown } from '../../../src/core/truth/ground-truth.js';
import { EMPTY_REQUEST } from '../../../src/core/truth/request-context.js';
import { uniformModes } from '../../../src/core/types.js';
import { everySplit } from '../../helpers/every-split.js';
import { judge, type Judging } from './incomplete-driver.js';

interface Case extends Judging {
  readonly name: string;
  readonly text: string;
  /** What the reason says, or null for silence. */
  readonly expect: RegExp | null;
  /** The span, as text; it always reaches to the end. */
  readonly span?: string;
  readonly note?: string;
  readonly strategy?: 'insert' | 'report';
}

const PARAGRAPH = 'The tide follows the moon. It rises twice a day.';

const FINISH: readonly Case[] = [
  { name: 'a limit, between two sentences', text: PARAGRAPH, finish: 'length', expect: /limit/, span: PARAGRAPH, strategy: 'insert' },
  { name: 'a limit, in the words of another backend', text: 'It rises', finish: 'max_tokens', expect: /limit/ },
  { name: 'a limit behind blank lines', text: 'One.\nTwo.\n\n', finish: 'length', expect: /limit/, span: 'Two.\n\n' },
  { name: 'a limit before the first word', text: ' \n', finish: 'length', expect: null },
  { name: 'a limit in data', text: '{"a": [1, 2', finish: 'length', expect: /limit/, strategy: 'report' },
  { name: 'a limit where JSON was asked for', text: 'It rises', finish: 'length', request: { structured: true }, expect: /limit/, strategy: 'report' },
  { name: 'a limit in a raw completion', text: 'It rises', finish: 'length', request: { route: 'openai-completions' }, expect: /limit/, strategy: 'report' },
  { name: 'a limit in a tool call in tags', text: 'I will read it.\n<read_file>\n<path>src/a', finish: 'length', expect: /limit/, strategy: 'report' },
  { name: 'a limit in reasoning', text: 'so it', finish: 'length', kind: 'reasoning', expect: /limit/, strategy: 'report' },
  { name: 'reasoning that trails off', text: 'Good. So we take the', kind: 'reasoning', expect: null },
  { name: 'an end that the client has named', text: 'You can import the', request: { ownEnds: true }, expect: null },
  { name: 'a limit before the end that the client has named', text: 'It rises', finish: 'length', request: { ownEnds: true }, expect: /limit/, strategy: 'insert' },
  { name: 'a small limit of the client\'s own', text: 'It rises', finish: 'length', request: { tokenLimit: 256 }, expect: /request states/, strategy: 'report' },
  { name: 'a small limit, in a fence', text: '```js\nlet a', finish: 'length', request: { tokenLimit: 16 }, expect: /request states/, strategy: 'report', note: '\n```' },
  { name: 'a large limit of the client\'s', text: 'It rises', finish: 'length', request: { tokenLimit: 257 }, expect: /backend/, strategy: 'insert' },
  { name: 'a small limit that was not reached', text: 'It rises twice, and the', request: { tokenLimit: 64 }, expect: /"the"/, strategy: 'insert' },
  { name: 'a tool call follows', text: 'Let me look at the file:', finish: 'tool_calls', expect: null },
  { name: 'text of another kind follows', text: 'Let me look at the', finish: 'next', expect: null },
  { name: 'the stop word of the client', text: '```js\nlet a', finish: 'stop_sequence', expect: null },
  { name: 'a filter ended it', text: 'It ends in the', finish: 'content_filter', expect: null },
  { name: 'the model ended it', text: PARAGRAPH, expect: null },
  { name: 'nothing known, nothing plain', text: `${PARAGRAPH} These are the steps:`, finish: null, expect: null },
  { name: 'nothing known, a word missing', text: 'This was the work of the', finish: null, expect: /"the"/ },
  { name: 'nothing known, a fence open', text: '```js\nlet a', finish: 'whatever', expect: /fence/, note: '\n```' },
];

const ITEMS = '1. **Rain**: It falls on the hills in spring.\n2. **Snow**: It lies there until May.\n3. **Wind**: It comes from the west.\n';
const PARAGRAPHS = 'The tide follows the moon.\n\nIt rises twice a day.\n\nThe wind moves it too.\n\n';

/** Cuts that only the habits of the rest of the answer tell, and whole answers beside them. */
const BEGUN: readonly Case[] = [
  { name: 'the number of the next item', text: `${ITEMS}4`, expect: /item is empty/ },
  { name: 'another number behind items', text: `${ITEMS}42`, expect: null },
  { name: 'the first word of a paragraph', text: `${PARAGRAPHS}While`, expect: /"While"/ },
  { name: 'one word that may stand alone', text: `${PARAGRAPHS}Enjoy`, expect: null },
  { name: 'two words of a paragraph', text: `${PARAGRAPHS}While storms`, expect: /no end/ },
  { name: 'two words that sign', text: `${PARAGRAPHS}Kind regards`, expect: null },
  { name: 'an item that says little yet', text: `${ITEMS}4. **Fog**: It covers`, expect: /no end/ },
  { name: 'an item that says a name', text: `${ITEMS}4. **Fog**: Covers Oslo`, expect: null },
  { name: 'a long item behind one that ends', text: '- The tide follows the moon and rises twice a day.\n- The wind moves the water far up the shore in winter', expect: /no end/ },
  { name: 'a short item behind one that ends', text: '- The tide follows the moon and rises twice a day.\n- The wind', expect: null },
  { name: 'long items, one of them without a stop', text: '- The tide follows the moon and rises twice a day.\n- The sun does its part of the work\n- The wind moves the water far up the shore in winter', expect: null },
];

const FENCES: readonly Case[] = [
  { name: 'never closed', text: 'Run:\n```bash\ngit status', expect: /fence/, span: '```bash\ngit status', note: '\n```', strategy: 'insert' },
  { name: 'never closed, line ended', text: '```\nls\n', expect: /fence/, note: '```' },
  { name: 'a limit inside', text: '~~~~py\nx = 1', finish: 'length', expect: /limit/, span: '~~~~py\nx = 1', note: '\n~~~~' },
  { name: 'in a list', text: '1. Do it:\n   ```sh\n   ls', expect: /fence/, note: '\n   ```' },
  { name: 'on the line of its item', text: '- ```sh\n  ls', expect: /fence/, note: '\n  ```' },
  { name: 'in a quotation', text: '> ```sh\n> ls', expect: /fence/, note: '\n> ```' },
  { name: 'cut in the closing line', text: '```sh\nls\n``', expect: /fence/, note: '`' },
  { name: 'the second of two', text: '```a\nx\n```\nand\n```b\ny', expect: /fence/, span: '```b\ny', note: '\n```' },
  { name: 'a longer fence around a shorter one', text: '````md\n```sh\nls\n```\nmore', expect: /fence/, note: '\n````' },
  { name: 'cut behind the language', text: 'Run this:\n```bash', expect: /fence/, note: '\n```' },
  { name: 'closed', text: 'Run:\n```bash\ngit status\n```', expect: null },
  { name: 'closed, then a word', text: '```\nls\n```\nDone.', expect: null },
  { name: 'closed by a longer run', text: '```\nls\n`````\n', expect: null },
  { name: 'one block in another of the same length', text: '```markdown\n# T\n```bash\nls\n```\nmore\n```', expect: null },
  { name: 'tildes inside backticks', text: '```\n~~~\n```', expect: null },
  { name: 'closed without a line break', text: '```sh\ngit status```', expect: null },
  { name: 'a title underlined with tildes', text: 'The title\n~~~~~~~~~\n\nSome text.', expect: null },
  { name: 'three backticks in a line', text: 'Use ```x``` for code.', expect: null },
  { name: 'an excerpt that begins in a block', text: 'npm test\n```\n\nThis runs all of them.', expect: null },
];

const OPENED: readonly Case[] = [
  { name: 'a thought', text: '<think>\nThe user asks.', expect: /thought/, note: '\n</think>' },
  { name: 'a thought that ends', text: '<think>\nThe user asks.\n</think>\nYes.', expect: null },
  { name: 'a thought spoken of', text: 'The tag <think> begins a thought.', expect: null },
  { name: 'a formula', text: 'So:\n$$\nx = 1', expect: /formula/, note: '\n$$' },
  { name: 'a formula that ends', text: 'So:\n\\[\nx = 1\n\\]', expect: null },
  { name: 'a formula in brackets, behind its beginning', text: 'We use the formula\n\n\\[\nx = \\frac{-b \\pm \\sqrt{b^2', expect: /formula/, note: '\n\\]' },
  { name: 'a formula on the line that opens it', text: 'We use\n\n$$x = \\frac{-b', expect: /formula/, note: '\n$$' },
  { name: 'a formula behind a sentence', text: 'So the sum is \\[ \\sum_{i=1}^{n} i = \\frac{n(n+1)}{2', expect: /formula/, note: '\n\\]' },
  { name: 'a formula in the line', text: 'It follows that \\(x = 3', expect: /formula/ },
  { name: 'formulas that end on their lines', text: 'So:\n\n$$x^2 + y^2 = r^2$$\n\n\\[ a = b \\]\n\nIt follows that \\(x = 3\\).', expect: null },
  { name: 'a formula of many lines', text: 'So:\n\\[ a\n+ b\n+ c \\]', expect: null },
  { name: 'a line break of LaTeX', text: 'In it, a \\\\[2pt] b is a line break of 2pt.', expect: null },
  { name: 'a process number of the shell, in a fence', text: '```sh\nkill $$\n```', expect: null },
  { name: 'brackets of Markdown that are to be seen', text: 'It is marked with \\[x\\] in the list.', expect: null },
  { name: 'a link in brackets that are to be seen', text: '* \\[[`12e70fafd3`](https://example.org/12e7)] - **http**: fix it = once (Ann)', expect: null },
  { name: 'German quotation marks', text: 'Es geht so. Man muss nur die Lampe „Nord“ anmachen', expect: /no end/ },
  { name: 'German quotation marks in a title', text: '- Modifizierer von „Nord“ aktualisieren', expect: null },
  { name: 'a quotation', text: 'The keeper said, "I have never seen a storm like', expect: /quotation/ },
  { name: 'a quotation that ends', text: 'The keeper said "I have never seen a storm"', expect: null },
  { name: 'inches', text: 'The board is 5" wide and 3" high', expect: null },
  { name: 'the bold name of an item', text: '- **Speed**: It is fast.\n- **Cost**: It is cheap.\n- **Saf', expect: /bold/ },
  { name: 'an amount', text: 'In the shop at the corner it costs about $', expect: /amount/ },
  { name: 'a bracket', text: 'It depends on many things (such', expect: /bracket/ },
  { name: 'a bracket that ends', text: 'It depends on many things (on weather)', expect: null },
  { name: 'a sad face', text: 'I could not find it :(', expect: null },
  { name: 'bold letters', text: 'You should use **the blue', expect: /bold/ },
  { name: 'bold letters that end', text: 'You should use **the blue one**', expect: null },
  { name: 'code', text: 'Then you run `npm inst', expect: /code/ },
  { name: 'code that ends', text: 'Then you run `npm install`', expect: null },
  { name: 'a row of a table', text: '| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n| 4 | 5', expect: /table/ },
  { name: 'a table', text: '| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |', expect: null },
  { name: 'an item without text', text: '1. One is here.\n2. Two is here.\n3.', expect: /item/ },
  { name: 'a number alone', text: 'The number is\n42.', expect: null },
];

const ANNOUNCES: readonly Case[] = [
  { name: 'code', text: 'Here is the code:', expect: /announces/ },
  { name: 'steps, in bold letters', text: '**The steps are:**', expect: /announces/ },
  { name: 'a list, behind a sentence', text: `${PARAGRAPH}\n\nSome of these include:`, expect: /announces/, span: 'Some of these include:' },
  { name: 'what is done elsewhere', text: `${PARAGRAPH} Let me check what the file says:`, expect: /announces/, strategy: 'report' },
  { name: 'a colon in a quotation', text: 'The label on the box reads "Do not open:"', expect: null },
  { name: 'in Chinese', text: '步骤如下所示，请仔细阅读：', expect: /announces/ },
  { name: 'and it follows', text: 'Here is the code:\n```\nls\n```', expect: null },
  { name: 'a form', text: 'Name:\nAge:\nYour home address:', expect: null },
  { name: 'a label', text: 'Signature:', expect: null },
  { name: 'a line of Python', text: 'for name in names:', expect: null },
  { name: 'two of three', text: 'Here are three steps:\n1. Wash it.\n2. Dry it.', expect: /2 of 3 steps/, strategy: 'report' },
  { name: 'one of four, in bullets', text: 'There are four main reasons:\n- It is cheap.', expect: /1 of 4/, strategy: 'report' },
  { name: 'three of three', text: 'Here are three steps:\n1. Wash it.\n2. Dry it.\n3. Fold it.', expect: null },
  { name: 'items below items', text: 'Here are two steps:\n1. Wash it.\n   - Warm.\n2. Dry it.', expect: null },
  { name: 'at least three', text: 'There are at least three ways:\n1. Walk.\n2. Swim.', expect: null },
  { name: 'text behind the items', text: 'Here are three steps:\n1. Wash it.\n2. Dry it.\n\nThe third is up to you.', expect: null },
  { name: 'a number of something else', text: 'The three houses:\n1. Red.\n2. Blue.', expect: null },
];

const SENTENCES: readonly Case[] = [
  { name: 'an article', text: 'It was a nice day and the', expect: /"the"/ },
  { name: 'a conjunction, in a list', text: '1. Love is one.\n2. Fear and', expect: /"and"/, span: '2. Fear and' },
  { name: 'a preposition', text: 'You can find more information regarding', expect: /"regarding"/ },
  { name: 'a verb without its object', text: 'We use it. Apply the formula above to calculate', expect: /"calculate"/ },
  { name: 'a comma', text: 'If you want to see the sea,', expect: /comma/ },
  { name: 'a dash', text: 'There is one thing you must not do —', expect: /dash/ },
  { name: 'a sentence behind sentences', text: `${PARAGRAPH} This happens because water bulges`, expect: /no end/ },
  { name: 'a first word behind sentences', text: `${PARAGRAPH} However`, expect: /no end/ },
  { name: 'an item among items', text: '- Red is a warm colour.\n- Blue is a cold colour.\n- Green is somewhere between these colours', expect: /no end/ },
  { name: 'a paragraph among paragraphs', text: 'One is here.\n\nTwo is there.\n\nIt is important that both remain where they stood', expect: /no end/ },
  { name: 'wrapped lines', text: `${PARAGRAPH} ${PARAGRAPH}\nThe keeper said that the very old lighthouse on the northern cliff\nwas still being kept by the same lonely woman`, expect: /no end/ },
  { name: 'in German', text: 'Das ist gut. Dann gehen wir in den Wald und suchen', expect: /no end/ },
  { name: 'in German, a conjunction in the first sentence', text: 'Zuerst öffnet man die Datei und', expect: /"und"/ },
  { name: 'in French, a conjunction', text: 'La lune en est la cause, parce que', expect: /"que"/ },
  { name: 'in Spanish, an article', text: 'La luna atrae el mar, y además los', expect: /"los"/ },
  { name: 'in Russian, a conjunction', text: 'Это происходит потому, что', expect: /"что"/ },
  { name: 'in Arabic, a conjunction', text: 'والسبب في ذلك هو أن', expect: /"أن"/ },
  { name: 'a German prefix at the end', text: 'Dann macht man das Licht an', expect: null },
  { name: 'an English word that French ends no sentence in', text: 'He is the man who sells les', expect: null },
  { name: 'a French title', text: 'La vie des', expect: /"des"/ },
  { name: 'a Japanese sentence without its stop', text: 'はい、そのとおりです。よろしくお願いします', expect: null },
  { name: 'a Korean answer without its stop', text: '바다는 하루에 두 번 오르내립니다. 달 때문이에요', expect: null },
  { name: 'a Hindi answer without its stop', text: 'यह सही है। भारत की राजधानी नई दिल्ली है', expect: null },
  { name: 'a Thai answer', text: 'ทะเลขึ้นและลงวันละสองครั้ง ดวงจันทร์เป็นสาเหตุของเรื่องนี้ และ ดวงอาทิตย์ ก็ มี ส่วน ด้วย เช่น กัน ใน ทุก ๆ วัน', expect: null },
  { name: 'behind two words', text: 'Both work. I prefer the second', expect: null },
  { name: 'behind two words, among sentences', text: `${PARAGRAPH}\n\nBoth work. I prefer the second of them because`, expect: /"because"/ },
  { name: 'a Chinese farewell', text: '答案是三。因为每边有一个，一共有三边。希望对你有帮助', expect: null },
  { name: 'a contraction', text: 'It formats the strings before they\'re', expect: /"they're"/ },
  { name: 'a long paragraph behind items without stops', text: `${PARAGRAPH}\n\n- Red is a warm colour\n\nThis single lamp will ensure that the keeper follows both of the`, expect: /no end|ends in/ },
  { name: 'a sentence a line', text: 'The tide follows the moon.\nIt rises twice a day.\nThe keeper of the light', expect: /no end/ },
  { name: 'lines of a dialogue', text: 'Anna: Are you coming?\nBen: In a minute.\nAnna: You always say that', expect: null },
  { name: 'a licence', text: `${PARAGRAPH}\n\n## License\n\nThis project is licensed under the MIT License - see the LICENSE file for details`, expect: null },
  { name: 'a caption', text: 'The old keeper watches the storm from the top of his tower', expect: null },
  { name: 'a note that goes on', text: `${PARAGRAPH} Note that the sun has a part in this and that it is smaller than what people`, expect: /no end/ },
  { name: 'in Japanese', text: 'これは良い例です。しかし、私たちは次のことを', expect: /no end/ },
  { name: 'in Hindi', text: 'यह सही है। लेकिन हमें यह भी देखना होगा कि', expect: /"कि"/ },
  { name: 'one word', text: 'Paris', expect: null },
  { name: 'a short answer', text: 'The capital of France is Paris', expect: null },
  { name: 'a relative clause', text: 'That is the file you asked for', expect: null },
  { name: 'a list of small words', text: 'the, and, or', expect: null },
  { name: 'a farewell', text: `${PARAGRAPH} Let me know if you need anything else`, expect: null },
  { name: 'a signature', text: 'I came. I saw it.\n\nBest regards,\nAnna Schmidt', expect: null },
  { name: 'a letter that ends in its formula', text: 'I came. I saw it.\n\nWith kind regards,', expect: null },
  { name: 'items without stops', text: '- Red is a warm colour\n- Blue is a cold colour that I like', expect: null },
  { name: 'a poem', text: 'Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you', expect: null },
  { name: 'a heading', text: `${PARAGRAPH}\n\n## What comes next`, expect: null },
  { name: 'a link', text: `${PARAGRAPH} See https://example.com/tides`, expect: null },
  { name: 'code without a fence', text: 'def f(x):\n    return x and', expect: null },
  { name: 'an equation', text: 'Speed is distance by time.\nv = s / t', expect: null },
  { name: 'an emoji', text: `${PARAGRAPH} That is all there is to it 🎉`, expect: null },
  { name: 'a flag', text: `${PARAGRAPH} This is the flag of Chile 🇨🇱`, expect: null },
  { name: 'a Chinese sentence', text: '这是一个例子。我们再看一个。', expect: null },
  { name: 'an Arabic question', text: 'هذا جيد. هل أنت بخير؟', expect: null },
  { name: 'an ellipsis', text: `${PARAGRAPH} And so on…`, expect: null },
  { name: 'a stop in bold letters', text: `${PARAGRAPH} **This one is important.**`, expect: null },
  { name: 'XML', text: '<note>\n  <to>the</to>\n</note>', expect: null },
  { name: 'a rule behind it', text: `${PARAGRAPH}\n\n---`, expect: null },
];

const ASKED: readonly Case[] = [
  ...[
    ['why', 'The answer is 7.', 'Why is the sky blue?'],
    ['to explain', 'The final answer is **C**.', 'How does it prove the theory? Explain your reasoning.'],
    ['step by step', 'The answer is B.', 'Explain step by step which option is right.'],
    ['the working', 'The answer is: 42', 'How much is it? Show your working.'],
    ['a conclusion without a premise', 'Therefore, the second bridge must be stronger.', 'Explain which bridge is stronger.'],
  ].map(([name = '', text = '', asked = '']): Case => ({ name, text, request: asking(asked), expect: /reasons/, strategy: 'report' })),
  ...[
    ['the result alone', 'The answer is 42.', 'What is 6 x 7?'],
    ['which explains why', 'The answer is B.', 'Which of these explains why the sky is blue? A) dust B) air'],
    ['nothing but the letter', 'The answer is B.', 'Explain which is right. Answer only with the letter.'],
    ['why, and reasons are given', 'The answer is 7. Each side has one, and there are seven sides.', 'Why is it 7?'],
    ['why, and the answer is one', 'It is caused by a missing semicolon in line 3.', 'Why does it not compile?'],
    ['how many', 'The answer is 12 apples.', 'How many apples are left?'],
    ['a premise in the question', 'Therefore, I would take the second one.', 'The first costs 10, the second 5. Which one?'],
  ].map(([name = '', text = '', asked = '']): Case => ({ name, text, request: asking(asked), expect: null })),
  { name: 'nothing is known of the question', text: 'The answer is 7.', expect: null },
  { name: 'an earlier question', text: 'The answer is 7.', request: { texts: () => [{ role: 'user', text: 'Why is it so?' }, { role: 'user', text: 'And how many?' }] }, expect: null },
];

function asking(text: string): Judging['request'] & object {
  return { texts: () => [{ role: 'user', text }] };
}

function check({ text, expect, span, note, strategy, ...how }: Case, pieces: readonly string[]): void {
  const finding = judge(pieces, how);
  if (expect === null) {
    assert.equal(finding?.verdict.reason, undefined);
    return;
  }
  assert.ok(finding !== null, 'nothing found');
  const { verdict } = finding;
  assert.match(verdict.reason, expect);
  assert.equal(finding.end, text.length);
  if (span !== undefined) assert.equal(text.slice(finding.start), span);
  if (strategy !== undefined) assert.equal(verdict.strategy, strategy);
  assert.equal(verdict.note, note);
  assert.equal(verdict.expected, null);
  assert.ok(verdict.confidence > 0.7 && verdict.confidence < 1);
}

for (const [title, cases] of Object.entries({ FINISH, BEGUN, FENCES, OPENED, ANNOUNCES, SENTENCES, ASKED })) {
  describe(`incomplete_reasoning: ${title.toLowerCase()}`, () => {
    for (const row of cases) it(row.name, () => everySplit(row.text, (pieces) => check(row, pieces)));
  });
}

describe('incomplete_reasoning: bounds', () => {
  it('is off where its mode is', () => {
    const context = { truth: nothingKnown, rules: EMPTY_RULES, request: EMPTY_REQUEST, modes: uniformModes('off'), holdChars: 64 };
    assert.equal(incompleteReasoning.start(context, 'prose'), null);
  });

  it('finds the same however the text was cut', () => {
    const words = fc.constantFrom('The ', 'sea ', 'is ', 'wide. ', '\n', '\n\n', '- ', '1. ', '```', '~~~\n', '`', '**', 'steps:', ' (', ', ', '| a |', '$$\n', '<think>', '</think>', '。', '海は', 'x'.repeat(700), '* '.repeat(300));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 24 }), fc.array(fc.nat(4_000), { maxLength: 6 }), fc.constantFrom('stop', 'length', null), (parts, cuts, finish) => {
        const text = parts.join('');
        const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((to, index) => text.slice(at[index], to));
        assert.deepEqual(judge(pieces, { finish }), judge([text], { finish }));
      }),
      { seed: 4, numRuns: 400 },
    );
  });

  const HOSTILE: readonly { readonly name: string; readonly unit: string }[] = [
    { name: 'no line break and no space', unit: 'a' },
    { name: 'no line break', unit: 'word ' },
    { name: 'asterisks', unit: '*' },
    { name: 'white space', unit: ' ' },
    { name: 'backticks', unit: '`' },
    { name: 'fences', unit: '```a\n' },
    { name: 'list markers', unit: '- ' },
    { name: 'quotations', unit: '> \n' },
    { name: 'announcements', unit: 'here are two steps steps:\n' },
    { name: 'long lines of closers', unit: `${')*"'.repeat(300)}\n` },
    { name: 'long lines of one word', unit: `${'a'.repeat(1_000)}\n` },
    { name: 'long lines of backslashes', unit: `${'\\a'.repeat(500)}\n` },
  ];
  for (const { name, unit } of HOSTILE) {
    // Quadratic reading takes many minutes: it does not come to its end.
    it(`reads 10 MB of ${name} in linear time`, { timeout: 180_000 }, () => {
      const piece = unit.repeat(Math.ceil(4_096 / unit.length));
      const pieces = Array.from({ length: Math.ceil(10_000_000 / piece.length) }, () => piece);
      judge(pieces);
    });
  }
});
