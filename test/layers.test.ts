import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import type * as TypeScript from 'typescript';

// Required, not imported: nine megabytes load twice as fast that way.
const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;

/*
 * Who may import whom, read from the import lines of src/. cli and index see app, app sees node, node sees core, never
 * upward. Folders of node do not see each other. Inside core the table below says it all.
 */

const ROOT = join(import.meta.dirname, '..');

/** Packages core may use: pure JavaScript or wasm, without input or output of their own. */
const CORE_PACKAGES = ['llhttp-wasm', '@eslint-community/regexpp', 'refa'];
const CORE_NODE = ['node:buffer'];
/** It has no byte offsets and no bounds of its own, so it stays off the token path. */
const NOT_IN_CORE = /^stream-json(?:\/|$)/;

/** `folder` allows all of it, `folder/file.ts` one file, and `type folder` only its types. Every folder sees core's own files. */
const CORE_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  http: [],
  // A dialect is opened with what the request says of itself.
  codec: ['type truth'],
  text: ['type detect/detector.ts'],
  rules: [],
  truth: [],
  detect: ['rules', 'truth'],
  // It alone joins all.
  rewrite: ['http', 'codec', 'text', 'rules', 'truth', 'detect'],
  '': [],
};

/** What reads a clock, the environment or randomness, or does anything later. */
const IMPURE = /\b(?:process|Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|console|require|globalThis)\b|\bMath\.random\b|\bcrypto\b/;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? sources(path) : entry.name.endsWith('.ts') ? [path] : [];
  });
}

const parsed = (file: string, text: string): TypeScript.SourceFile => ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);

let all: readonly TypeScript.SourceFile[] | null = null;

/** All of src, parsed once. */
function program(): readonly TypeScript.SourceFile[] {
  all ??= sources('src').map((file) => parsed(file, readFileSync(join(ROOT, file), 'utf8')));
  return all;
}

/** Every `import`, `export … from`, `import()`, `import('…').Type` and `require()` of a file. */
function importsOf(source: TypeScript.SourceFile): Import[] {
  const file = source.fileName;
  const found: Import[] = [];
  const add = (node: TypeScript.Node, name: TypeScript.Node | undefined, typeOnly: boolean): void => {
    if (name === undefined) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    // What is computed cannot be judged, so it is no import any layer may make.
    if (!ts.isStringLiteralLike(name)) found.push({ file, line, to: '(computed)', typeOnly });
    else found.push({ file, line, to: name.text.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name.text)).replace(/\.js$/, '.ts') : name.text, typeOnly });
  };
  // Below the statements there can only be what is spelled like a call; in most files there is nothing.
  const deep = /\b(?:import|require)\s*\(/.test(source.text);
  const visit = (node: TypeScript.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, true);
    else if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')) add(node, node.arguments[0], false);
    if (deep) ts.forEachChild(node, visit);
  };
  source.statements.forEach(visit);
  return found;
}

function onlyTypes(clause: TypeScript.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

const LAYERS = ['core', 'node', 'app', 'top'] as const;

function layerOf(file: string): (typeof LAYERS)[number] {
  const second = file.split('/')[1] ?? '';
  return second === 'core' || second === 'node' || second === 'app' ? second : 'top';
}

/** The folder of core or node a file stands in; empty for a file of the layer itself. */
const folderOf = (file: string): string => (file.split('/').length > 3 ? (file.split('/')[2] as string) : '');

function packageOf(to: string): string {
  return to.split('/').slice(0, to.startsWith('@') ? 2 : 1).join('/');
}

/** What is wrong with an import; null where nothing is. */
function breach({ file, to, typeOnly }: Import): string | null {
  const layer = layerOf(file);
  if (to === '(computed)') return layer === 'core' ? 'imports what cannot be read from its source' : null;
  if (!to.startsWith('src/')) {
    if (to.startsWith('.')) return null;
    if (layer !== 'core') return null;
    if (to.startsWith('node:')) return CORE_NODE.includes(to) ? null : 'core uses no part of Node but node:buffer';
    if (NOT_IN_CORE.test(to)) return 'stream-json lives in node and app';
    return CORE_PACKAGES.includes(packageOf(to)) ? null : 'not a package core may use';
  }
  const target = layerOf(to);
  if (LAYERS.indexOf(target) > LAYERS.indexOf(layer)) return `${layer} does not see ${target}`;
  if (target !== layer) return null;
  const [from, into] = [folderOf(file), folderOf(to)];
  if (from === into) return null;
  if (layer === 'node') return into === '' ? null : 'folders of node do not see each other';
  return layer === 'core' ? coreBreach(from, into, to, typeOnly) : null;
}

function coreBreach(from: string, into: string, to: string, typeOnly: boolean): string | null {
  if (into === '') return null;
  const allowed = CORE_FOLDERS[from];
  if (allowed === undefined) return `core/${from} is a folder this table does not know`;
  const file = to.replace('src/core/', '');
  for (const rule of allowed) {
    const [, onlyType, what = ''] = /^(type )?(.*)$/.exec(rule) ?? [];
    if ((what === into || what === file) && (onlyType === undefined || typeOnly)) return null;
  }
  return `core/${from === '' ? 'its own files' : from} does not see ${typeOnly ? 'types of ' : ''}${file}`;
}

test('every import of src is one its layer may make', () => {
  const files = program();
  const imports = files.flatMap(importsOf);
  assert.ok(files.length > 50 && imports.length > 200, `${files.length} files, ${imports.length} imports were read`);
  const breaches = imports.flatMap((one) => {
    const why = breach(one);
    return why === null ? [] : [`${one.file}:${one.line} imports ${one.to}: ${why}`];
  });
  assert.deepEqual(breaches, []);
});

/** Names that stand in code: not in comments, strings, types or behind a dot. */
function names(source: TypeScript.SourceFile): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const isMember = ts.isPropertyAccessExpression(node.parent ?? node) && (node.parent as TypeScript.PropertyAccessExpression).name === node;
    const name = ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' ? node.getText() : ts.isIdentifier(node) && !isMember ? node.text : null;
    if (name !== null) found.push({ name, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('core reads no clock, no environment and no randomness, and does nothing later', () => {
  const core = program().filter(({ fileName }) => fileName.startsWith('src/core/'));
  const impure = core.flatMap((file) => names(file).filter(({ name }) => IMPURE.test(name)).map(({ name, line }) => `${file.fileName}:${line} ${name}`));
  assert.deepEqual(impure, []);
});

/** The checks above are worth nothing if they see nothing. */
const examples: readonly (readonly [file: string, line: string, allowed: boolean])[] = [
  ['src/cli.ts', "import { a } from './app/config.js';", true],
  ['src/app/proxy.ts', "import { a } from '../cli.js';", false],
  ['src/app/proxy.ts', "export { a } from '../index.js';", false],
  ['src/node/net/relay.ts', "import { a } from '../../app/proxy.js';", false],
  ['src/node/net/relay.ts', "import type { A } from '../audit/lines.js';", false],
  ['src/node/net/relay.ts', "import { a } from './splice.js';", true],
  ['src/node/net/relay.ts', "import { a } from '../../core/bytes.js';", true],
  ['src/node/net/relay.ts', "import { a } from 'node:net';", true],
  ['src/core/bytes.ts', "import { a } from '../node/stats.js';", false],
  ['src/core/bytes.ts', "import type { A } from './http/head.js';", false],
  ['src/core/http/head.ts', "import { a } from '../bytes.js';", true],
  ['src/core/http/head.ts', "import type { A } from '../codec/codec.js';", false],
  ['src/core/http/llhttp.ts', "import { a } from 'llhttp-wasm';", true],
  ['src/core/http/head.ts', "import { a } from 'zod';", false],
  ['src/core/http/head.ts', "import { a } from 'node:fs';", false],
  ['src/core/http/head.ts', "import { isUtf8 } from 'node:buffer';", true],
  ['src/core/http/head.ts', "import 'node:process';", false],
  ['src/core/http/head.ts', "const a = await import('node:fs');", false],
  ['src/core/http/head.ts', "type A = import('node:net').Socket;", false],
  ['src/core/http/head.ts', 'const a = await import(name);', false],
  ['src/core/rules/regex-parse.ts', "import { a } from '@eslint-community/regexpp/ast';", true],
  ['src/core/rules/rule-set.ts', "import { a } from 'stream-json/Parser.js';", false],
  ['src/core/text/policy.ts', "import type { A } from '../detect/detector.js';", true],
  ['src/core/text/policy.ts', "import { type A, type B } from '../detect/detector.js';", true],
  ['src/core/text/policy.ts', "import { type A, b } from '../detect/detector.js';", false],
  ['src/core/text/policy.ts', "import type { A } from '../detect/pattern-match.js';", false],
  ['src/core/detect/detector.ts', "import type { A } from '../rules/rule-set.js';", true],
  ['src/core/detect/detector.ts', "import type { A } from '../text/edit.js';", false],
  ['src/core/rules/compile.ts', "import type { A } from '../detect/detector.js';", false],
  ['src/core/codec/dialect.ts', "import type { A } from '../truth/request-context.js';", true],
  ['src/core/codec/dialects/ollama.ts', "import { a } from '../dialect.js';", true],
  ['src/core/codec/dialects/ollama.ts', "import { a } from '../../truth/request-context.js';", false],
  ['src/core/rewrite/channel.ts', "import { a } from '../detect/index.js';", true],
  ['src/core/elsewhere/a.ts', "import { a } from '../rules/compile.js';", false],
];

for (const [file, line, allowed] of examples) {
  test(`layers: ${file}: ${line}`, () => {
    const [only] = importsOf(parsed(file, line));
    assert.ok(only !== undefined, 'the import is seen');
    assert.equal(breach(only) === null, allowed, String(breach(only)));
  });
}

test('layers: what is impure is seen, what only looks like it is not', () => {
  const impure = (text: string): boolean => names(parsed('src/core/a.ts', text)).some(({ name }) => IMPURE.test(name));
  for (const text of ['const now = Date.now();', 'setTimeout(f, 1);', 'Math.random();', 'process.env.A;', 'new Date();', 'performance.now()']) assert.ok(impure(text), text);
  for (const text of ['// Date.now()', 'const a = "process";', 'a.process();', 'Math.max(1, 2);', 'let date: Date;', 'interface A { process: number }']) assert.ok(!impure(text), text);
});
