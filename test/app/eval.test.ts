import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../src/app/config-error.js';
import { cutText, evalCommand, parseSeed, runEval, type EvalCase, type RewriteCase } from '../../src/app/eval.js';
import type { Correction } from '../../src/core/types.js';

const DEV = fileURLToPath(new URL('../../../shared/data/dev', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'hotpatch-eval-'));
after(() => rmSync(root, { recursive: true, force: true }));

function sink(isTTY = false): Writable & { text(): string; isTTY: boolean } {
  const chunks: Buffer[] = [];
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => { chunks.push(Buffer.from(chunk)); done(); } });
  return Object.assign(stream, { text: () => Buffer.concat(chunks).toString(), isTTY });
}

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(root, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

function correction(fields: Partial<Correction>): Correction {
  return { id: 'c', exchange: 'e', type: 'pattern_match', rule: null, confidence: 1, detected: '', expected: null, action: 'replace', start: 0, end: 0, channel: '', reason: '', ...fields };
}

/** The rules of a case on its whole text, as its README defines them: leftmost, longest, first rule; no overlap, no second look. */
const wholeText: RewriteCase = ({ id, text, context }, seed) => {
  const whole = cutText(text, seed, id).join('');
  const rules = context.rules.map((rule) => {
    const source = rule.type === 'literal' ? rule.pattern.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&') : rule.pattern;
    return { rule, regex: new RegExp(source, `y${[...new Set(`${rule.flags}u`)].filter((flag) => 'imsu'.includes(flag)).join('')}`) };
  });
  const corrections: Correction[] = [];
  let output = '';
  let at = 0;
  while (at < whole.length) {
    let best: { length: number; index: number } | null = null;
    for (const [index, { regex }] of rules.entries()) {
      regex.lastIndex = at;
      const length = regex.exec(whole)?.[0].length ?? 0;
      if (length > (best?.length ?? 0)) best = { length, index };
    }
    const rule = best === null ? undefined : rules[best.index]?.rule;
    if (best === null || rule === undefined) {
      const step = String.fromCodePoint(whole.codePointAt(at) ?? 0).length;
      output += whole.slice(at, at + step);
      at += step;
      continue;
    }
    const end = at + best.length;
    corrections.push(correction({ rule: rule.id, start: at, end, detected: whole.slice(at, end), expected: rule.replacement, action: rule.replacement === null ? 'report' : 'replace' }));
    output += rule.replacement ?? whole.slice(at, end);
    at = end;
  }
  return { output, corrections };
};

const untouched: RewriteCase = ({ text }) => ({ output: text, corrections: [] });
const colour = (id: string, fields: object = {}) => JSON.stringify({
  id, type: 'pattern_match', context: { rules: [{ id: 'r1', type: 'literal', pattern: 'colour', flags: '', replacement: 'color' }] },
  text: 'a colour', spans: [{ start: 2, end: 8, detected: 'colour', expected: 'color' }], expected_text: 'a color', ...fields,
});

test('the recorded pattern cases score in full with a whole-text rewrite', { skip: existsSync(DEV) ? false : 'the development set is not here' }, async () => {
  const report = await runEval({ cases: [join(DEV, 'pattern_match.jsonl'), join(DEV, 'pattern_clean.jsonl')], rewriteCase: wholeText });
  assert.deepEqual(report.problems, []);
  const { cases, caught, right, missed } = report.summary.types.pattern_match;
  assert.deepEqual({ caught, right, missed }, { caught: cases, right: cases, missed: 0 });
  const { texts, identical, falseAlarms } = report.summary.clean;
  assert.deepEqual({ identical, falseAlarms }, { identical: texts, falseAlarms: 0 });
  assert.ok(cases > 40 && texts > 40);
  assert.deepEqual(report.worst, []);
});

test('every recorded case can be read, and labels repaired by hand score as right', { skip: existsSync(DEV) ? false : 'the development set is not here' }, async () => {
  const trees = new Set<readonly string[]>();
  // The labels themselves are the oracle: whoever does exactly what they say must get every point.
  const byLabel: RewriteCase = (labelled) => {
    if (labelled.context.files !== null) trees.add(labelled.context.files);
    if (labelled.type === 'clean') return untouched(labelled, 1);
    if (labelled.expectedText !== null) return wholeText(labelled, 1);
    let output = '';
    let at = 0;
    const type = labelled.type;
    const corrections = labelled.spans.map(({ start, end, expected }) => {
      const value = expected[0] ?? null;
      output += labelled.text.slice(at, start) + (value ?? labelled.text.slice(start, end));
      at = end;
      return correction({ type, start, end, expected: value, action: value === null ? 'report' : 'replace' });
    });
    return { output: output + labelled.text.slice(at), corrections: corrections.length > 0 ? corrections : [correction({ type, action: 'report' })] };
  };
  const report = await runEval({ cases: [DEV], rewriteCase: byLabel });
  assert.deepEqual(report.problems, []);
  assert.equal(report.cases, 1015);
  for (const [type, score] of Object.entries(report.summary.types)) assert.deepEqual({ right: score.right, missed: score.missed }, { right: score.cases, missed: 0 }, type);
  assert.deepEqual(report.summary.clean, { texts: 730, identical: 730, flagged: 0, mentions: 1803, falseAlarms: 0 });
  assert.ok(trees.size < 40, 'cases of one workspace share its list');
});

test('lines that are no cases are told with file and line, and the others are scored', async () => {
  const path = folder('malformed', {
    'a.jsonl': `\uFEFF${colour('a1')}\n\n   \r\n{"id":\n${colour('a2')}\r\n[]\n${JSON.stringify({ id: 'a3', type: 'nonsense', text: '' })}\n${JSON.stringify({ id: 'a4', type: 'clean', text: 'x', clean_mentions: [{ start: 0, end: 2 }] })}`,
    'b.jsonl': `${colour('b1')}\n${colour('b2', { context: { files_ref: 'trees/none.txt' } })}\nnull\n${colour('a1')}`,
    'ignored.txt': 'not cases',
  });
  const report = await runEval({ cases: [path], rewriteCase: wholeText, cwd: root });
  assert.deepEqual(report.problems.map((problem) => problem.replace(/^malformed./, '').slice(0, 10)), ['a.jsonl:4:', 'a.jsonl:6:', 'a.jsonl:7:', 'a.jsonl:8:', 'b.jsonl:2:', 'b.jsonl:3:', 'b.jsonl:4:']);
  assert.match(report.problems[2] ?? '', /a\.jsonl:7: not a case \(type: /);
  assert.match(report.problems[4] ?? '', /workspace cannot be read.*none\.txt/);
  assert.match(report.problems[6] ?? '', /id a1 occurs twice/);
  assert.equal(report.cases, 4);
  assert.equal(report.exitCode, 0);
  assert.deepEqual(report.summary.types.pattern_match, { cases: 4, caught: 4, right: 4, missed: 0 });
});

test('nothing readable ends with 1, a path to nowhere is wrong usage', async () => {
  const bad = folder('bad', { 'x.jsonl': 'no\nno\n', 'empty/y.txt': '' });
  const stderr = sink();
  const stdout = sink();
  assert.equal(await evalCommand({ cases: [join(bad, 'x.jsonl')], rewriteCase: untouched, stdout, stderr }), 1);
  assert.equal(stdout.text(), '');
  assert.match(stderr.text(), /x\.jsonl:2: not JSON[^]*no case could be read/);
  await assert.rejects(runEval({ cases: ['nowhere.jsonl'], rewriteCase: untouched, cwd: root }), (error) => error instanceof ConfigError && /--cases: "nowhere\.jsonl" does not exist/.test(error.message));
  await assert.rejects(runEval({ cases: [join(bad, 'empty')], rewriteCase: untouched }), /holds no \*\.jsonl file/);
  await assert.rejects(runEval({ cases: [], rewriteCase: untouched }), ConfigError);
  await assert.rejects(runEval({ cases: [bad], rewriteCase: untouched, out: join(root, 'no', 'such', 'out') }), /--out.*can be written/);
});

test('case lines have the agreed form, in order, alike in a file and on stdout', async () => {
  const path = folder('lines', { 'a.jsonl': `${colour('a')}\n${colour('b')}\n` });
  const out = join(root, 'lines.out');
  const [toFile, toStdout, table] = [sink(), sink(), sink()];
  assert.equal(await evalCommand({ cases: [path], rewriteCase: wholeText, out, json: true, stdout: toFile, stderr: sink() }), 0);
  assert.equal(await evalCommand({ cases: [path], rewriteCase: wholeText, stdout: toStdout, stderr: table }), 0);
  assert.equal(readFileSync(out, 'utf8'), toStdout.text());
  assert.equal(toStdout.text().split('\n')[0], '{"id":"a","output":"a color","corrections":[{"type":"pattern_match","start":2,"end":8,"detected":"colour","expected":"color","confidence":1,"action":"replace","rule":"r1"}]}');
  const none = '{"cases":0,"caught":0,"right":0,"missed":0}';
  assert.equal(toFile.text(), `{"types":{"invalid_path":${none},"fabricated_path":${none},"logic_contradiction":${none},"incorrect_fact":${none},"incomplete_reasoning":${none},"pattern_match":{"cases":2,"caught":2,"right":2,"missed":0}},"clean":{"texts":0,"identical":0,"flagged":0,"mentions":0,"falseAlarms":0}}\n`);
  assert.match(table.text(), /^type +cases +caught +right +missed +caught % +right %\npattern_match +2 +2 +2 +0 +100\.0 +100\.0\n/);
  await assert.rejects(evalCommand({ cases: [path], rewriteCase: wholeText, json: true, stdout: sink(), stderr: sink() }), /--json.*--out/);
});

test('hard cases stand apart, report-only cases are listed, the rest is told in the tables', async () => {
  const clean = (id: string, fields: object = {}) => JSON.stringify({ id, type: 'clean', text: 'a colour', clean_for: ['pattern_match'], context: { rules: [{ id: 'r', type: 'literal', pattern: 'colour', replacement: 'color' }] }, ...fields });
  const path = folder('levels', { 'a.jsonl': [colour('main'), colour('hard', { level: 'hard', expected_text: 'another' }), colour('listed', { level: 'report-only' }), clean('harmed'), clean('hardclean', { level: 'hard' }), colour('missed', { text: 'a tone!!!' })].join('\n') });
  const stdout = sink();
  assert.equal(await evalCommand({ cases: [path], rewriteCase: wholeText, out: join(root, 'levels.out'), stdout, stderr: sink() }), 0);
  const report = await runEval({ cases: [path], rewriteCase: wholeText });
  assert.deepEqual(report.summary.types.pattern_match, { cases: 2, caught: 1, right: 1, missed: 1 });
  assert.deepEqual(report.hard.types.pattern_match, { cases: 1, caught: 1, right: 0, missed: 0 });
  assert.deepEqual(report.summary.clean, { texts: 1, identical: 0, flagged: 1, mentions: 0, falseAlarms: 1 });
  assert.equal(report.hard.clean.texts, 1);
  assert.deepEqual(report.confusion, { pattern_match: { pattern_match: 2, none: 1 }, clean: { pattern_match: 2 } });
  assert.deepEqual(report.worst.map(({ id }) => id), ['harmed', 'hardclean', 'hard', 'missed']);
  assert.deepEqual(report.reportOnly, ['listed: pattern_match replace "colour" -> "color"']);
  for (const part of ['Level hard', 'What was found in what', 'Worst cases', 'harmed (', 'Level report-only', 'clean']) assert.ok(stdout.text().includes(part), part);
});

test('a rewriting that fails is told, counts as left alone, and ends with 1', async () => {
  const path = folder('failing', { 'a.jsonl': `${colour('a')}\n${colour('b')}` });
  const lines = sink();
  const report = await runEval({ cases: [path], lines, cwd: root, rewriteCase: (labelled, seed) => { if (labelled.id === 'a') throw new Error('boom'); return wholeText(labelled, seed); } });
  assert.equal(report.exitCode, 1);
  assert.match(report.problems[0] ?? '', /a\.jsonl:1: rewriting a failed \(boom\)/);
  assert.equal(lines.text().split('\n')[0], '{"id":"a","output":"a colour","corrections":[]}');
  assert.deepEqual(report.summary.types.pattern_match, { cases: 2, caught: 1, right: 1, missed: 1 });
});

test('a case says which workspace it has, and none means unknown', async () => {
  const list = (id: string, context: object) => JSON.stringify({ id, type: 'clean', text: '', context });
  const path = folder('trees', {
    'trees/t.txt': 'src/a.ts\r\nsrc/b.ts\n\n',
    'a.jsonl': [list('ref', { files_ref: 'trees/t.txt' }), list('same', { files_ref: 'trees/t.txt' }), list('added', { files_ref: 'trees/t.txt', files_add: ['c.ts'] }), list('listed', { files: ['x'] }), list('empty', { files: [] }), list('neither', {}), list('only added', { files_add: ['c.ts'] })].join('\n'),
  });
  const seen = new Map<string, EvalCase>();
  await runEval({ cases: [path], rewriteCase: (labelled) => { seen.set(labelled.id, labelled); return { output: '', corrections: [] }; } });
  const files = (id: string) => seen.get(id)?.context.files;
  assert.deepEqual([...seen.keys()].map((id) => files(id)), [['src/a.ts', 'src/b.ts'], ['src/a.ts', 'src/b.ts'], ['src/a.ts', 'src/b.ts', 'c.ts'], ['x'], null, null, null]);
  assert.equal(files('ref'), files('same'));
});

test('long lines and characters cut between reads arrive whole', async () => {
  const text = `${'ä😀'.repeat(60_000)} colour`;
  const path = folder('long', { 'a.jsonl': `${colour('a')}\n${colour('long', { text, spans: [], expected_text: text.replace('colour', 'color') })}\n${colour('c')}` });
  const report = await runEval({ cases: [path], rewriteCase: wholeText });
  assert.deepEqual(report.summary.types.pattern_match, { cases: 3, caught: 3, right: 3, missed: 0 });
});

test('progress reaches the end, and the bar is for terminals only', async () => {
  const path = folder('progress', { 'a.jsonl': `${colour('a')}\n\n${colour('b')}\n`, 'b.jsonl': colour('c') });
  const told: number[] = [];
  let total = 0;
  await runEval({ cases: [path], rewriteCase: untouched, progress: ({ bytes, totalBytes }) => { told.push(bytes); total = totalBytes; } });
  assert.equal(told.length, 3);
  assert.deepEqual([...told].sort((a, b) => a - b), told);
  assert.equal(told.at(-1), total);
  const plain = sink();
  await evalCommand({ cases: [path], rewriteCase: untouched, out: join(root, 'progress.out'), stdout: sink(), stderr: plain });
  assert.equal(plain.text(), '');
  const terminal = sink(true);
  await evalCommand({ cases: [path], rewriteCase: untouched, out: join(root, 'progress.out'), stdout: sink(), stderr: terminal });
  assert.match(terminal.text(), /eval \[[^\]]*\] 100% \| 3 cases/);
  const broken = sink(true);
  await assert.rejects(evalCommand({ cases: ['nowhere'], rewriteCase: untouched, stdout: sink(), stderr: broken, cwd: root }), ConfigError);
  assert.equal(broken.text(), '');
});

test('seeds are whole numbers', () => {
  assert.equal(parseSeed('0'), 0);
  assert.equal(parseSeed('123456789'), 123456789);
  for (const bad of ['', '-1', '1.5', 'x', '1e3', '99999999999999999']) assert.throws(() => parseSeed(bad), ConfigError, bad);
});
