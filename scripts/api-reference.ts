import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** docs/API.md: what src/index.ts exports, and every type that it speaks of, in the words of their docstrings. */

const ROOT = join(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'src') + sep;

const INTRODUCTION = `# API reference

Made from the docstrings of [\`src/index.ts\`](../src/index.ts)'s exports by \`npm run docs\`; a test sees to it that it is current. How the parts are used is
shown in the [README](../README.md#as-a-library) and in [\`examples/\`](../examples/README.md).

ESM only, Node.js 20 or newer; importing has no side effects. Offsets are UTF-16 units, sizes bytes, times milliseconds, unless it is said otherwise. Names that
end in \`?\` may be left out.
`;

interface Entry {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly node: ts.Declaration;
}

const SECTIONS: readonly (readonly [title: string, holds: (node: ts.Declaration, exported: boolean) => boolean])[] = [
  ['Functions', (node) => ts.isFunctionDeclaration(node)],
  ['Classes', (node, exported) => exported && ts.isClassDeclaration(node) && !isError(node)],
  ['Errors', (node) => ts.isClassDeclaration(node) && isError(node)],
  ['Types', (node, exported) => exported && (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))],
  ['Values', (node) => ts.isVariableDeclaration(node)],
  ['Types that these speak of', (node, exported) => !exported && !ts.isFunctionDeclaration(node)],
];

function isError(node: ts.ClassDeclaration): boolean {
  return node.heritageClauses?.some((clause) => clause.getText().includes('Error')) ?? false;
}

/** The whole file. @throws Error for an export whose declaration is of no known kind */
export function apiReference(): string {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const index = join(ROOT, 'src/index.ts');
  const program = ts.createProgram([index], options);
  return new Reference(program, index).text();
}

/** Names of the reference, and their members, of which nothing is said; those that only others speak of are left out. */
export function unexplained(reference: string): string[] {
  const exported = reference.slice(0, reference.indexOf('\n## Types that these speak of'));
  return exported.split(/^### /m).slice(1).flatMap((section) => {
    const [name = ''] = section.split('\n', 1);
    const rows = [...section.matchAll(/^\| (`[^`]+`) \| .* \| {2}\|$/gm)].map(([, member = '']) => `${name} ${member}`);
    const parts = section.split(/^#### /m);
    const bare = parts.filter((part) => /```\s*(?:$|\| name)/.test(part)).map((part) => `${name} ${part.split('\n', 1)[0] ?? ''}`);
    return [...rows, ...bare];
  });
}

class Reference {
  readonly #checker: ts.TypeChecker;
  readonly #exports: readonly Entry[];
  readonly #entries = new Map<ts.Symbol, Entry>();

  constructor(program: ts.Program, index: string) {
    this.#checker = program.getTypeChecker();
    const module = this.#checker.getSymbolAtLocation(program.getSourceFile(index) as ts.SourceFile) as ts.Symbol;
    this.#exports = this.#checker.getExportsOfModule(module).map((symbol) => this.#entry(symbol.name, this.#resolved(symbol)));
    for (const { symbol } of this.#exports) this.#collect(symbol);
  }

  text(): string {
    const exported = new Set(this.#exports.map(({ symbol }) => symbol));
    const all = [...this.#entries.values()].sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
    const sections = SECTIONS.map(([title, holds]) => [title, all.filter(({ node, symbol }) => holds(node, exported.has(symbol)))] as const).filter(([, entries]) => entries.length > 0);
    const contents = sections.map(([title, entries]) => `* ${title}: ${entries.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(', ')}`).join('\n');
    const parts = sections.map(([title, entries]) => `## ${title}\n\n${entries.map((entry) => this.#section(entry)).join('')}`);
    return `${INTRODUCTION}\n${contents}\n\n${parts.join('')}`.trimEnd() + '\n';
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
  }

  #entry(name: string, symbol: ts.Symbol): Entry {
    const node = symbol.declarations?.[0];
    if (node === undefined) throw new Error(`${name} is declared nowhere`);
    return { name, symbol, node };
  }

  /** A declaration of ours, and what its public side speaks of. */
  #collect(symbol: ts.Symbol): void {
    const node = symbol.declarations?.[0];
    if (node === undefined || this.#entries.has(symbol) || !node.getSourceFile().fileName.startsWith(SOURCES.replaceAll(sep, '/'))) return;
    if (ts.isTypeParameterDeclaration(node) || ts.isPropertySignature(node) || ts.isEnumMember(node)) return;
    this.#entries.set(symbol, this.#entry(this.#exports.find((one) => one.symbol === symbol)?.name ?? symbol.name, symbol));
    const look = (child: ts.Node): void => {
      if (ts.isBlock(child) || isHidden(child)) return;
      const name = ts.isTypeReferenceNode(child) ? child.typeName : ts.isExpressionWithTypeArguments(child) ? child.expression : null;
      const found = name === null ? undefined : this.#checker.getSymbolAtLocation(name);
      if (found !== undefined) this.#collect(this.#resolved(found));
      child.forEachChild(look);
    };
    if (!ts.isVariableDeclaration(node)) node.forEachChild(look);
  }

  #section({ name, symbol, node }: Entry): string {
    const members = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? this.#members(node) : '';
    return `### ${name}\n\n\`\`\`ts\n${head(node)}\n\`\`\`\n\n${this.#words(symbol)}${members}`;
  }

  /** Docstring and tags as paragraphs. */
  #words(symbol: ts.Symbol, signature?: ts.SignatureDeclaration): string {
    const of = signature === undefined ? undefined : this.#checker.getSignatureFromDeclaration(signature);
    const text = ts.displayPartsToString(of?.getDocumentationComment(this.#checker) ?? symbol.getDocumentationComment(this.#checker));
    const tags = of?.getJsDocTags() ?? symbol.getJsDocTags(this.#checker);
    const told = tags.map(({ name, text: parts = [] }) => {
      const words = oneLine(ts.displayPartsToString([...parts]));
      if (name === 'param') return `* ${words.replace(/^(\S+)/, '`$1`:')}`;
      return `* **${name === 'throws' ? 'Throws' : name === 'returns' ? 'Returns' : name}** ${words}`;
    });
    const paragraphs = [oneLine(text), told.join('\n')].filter((part) => part !== '');
    return paragraphs.length === 0 ? '' : `${paragraphs.join('\n\n')}\n\n`;
  }

  #members(node: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
    // Errors are made by the library alone.
    const shown = [...node.members].filter((member) => !isHidden(member) && !(ts.isConstructorDeclaration(member) && isError(member.parent as ts.ClassDeclaration)));
    const defaults = defaultsOf(node);
    const rows = shown.flatMap((member) => (isProperty(member) ? [this.#row(member, defaults.get(member.name.getText()))] : []));
    const calls = shown.flatMap((member) => (isCall(member) ? [this.#call(node.name?.text ?? '', member)] : []));
    const table = rows.length === 0 ? '' : `| name | type | what it is |\n|---|---|---|\n${rows.join('\n')}\n\n`;
    return table + calls.join('');
  }

  #row(member: Property, fallback: string | undefined): string {
    const symbol = this.#checker.getSymbolAtLocation(member.name) as ts.Symbol;
    const type = member.type === undefined ? this.#checker.typeToString(this.#checker.getTypeOfSymbol(symbol)) : oneLine(member.type.getText());
    const optional = 'questionToken' in member && member.questionToken !== undefined ? '?' : '';
    const words = this.#words(symbol).trim().replaceAll(/\n+\*? ?/g, ' ');
    const more = fallback === undefined ? '' : ` Default ${fallback}.`;
    return `| \`${member.name.getText()}${optional}\` | \`${type.replaceAll('|', '\\|')}\` | ${words.replaceAll('|', '\\|')}${more} |`;
  }

  #call(owner: string, member: Call): string {
    const name = ts.isConstructorDeclaration(member) ? `new ${owner}` : member.name.getText();
    const symbol = ts.isConstructorDeclaration(member) ? undefined : this.#checker.getSymbolAtLocation(member.name);
    return `#### ${name}\n\n\`\`\`ts\n${signatureOf(name, member)}\n\`\`\`\n\n${this.#words(symbol as ts.Symbol, member)}`;
  }
}

type Property = ts.PropertySignature | ts.PropertyDeclaration | ts.GetAccessorDeclaration;
type Call = ts.MethodSignature | ts.MethodDeclaration | ts.ConstructorDeclaration;

const isProperty = (node: ts.Node): node is Property => ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isGetAccessorDeclaration(node);
const isCall = (node: ts.Node): node is Call => ts.isMethodSignature(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node);

/** What the constant of this type beside it, where there is one, says of each member. */
function defaultsOf(node: ts.InterfaceDeclaration | ts.ClassDeclaration): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const statement of node.getSourceFile().statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const [constant] = statement.declarationList.declarations;
    if (constant === undefined || constant.type?.getText() !== node.name?.text || !constant.name.getText().startsWith('DEFAULT_')) continue;
    const look = (child: ts.Node): void => {
      if (ts.isPropertyAssignment(child)) found.set(child.name.getText(), child.initializer.getText().replaceAll('_', ''));
      else child.forEachChild(look);
    };
    constant.forEachChild(look);
  }
  return found;
}

/** What users of a class do not see. */
function isHidden(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword);
}

function signatureOf(name: string, node: ts.SignatureDeclaration): string {
  const generic = node.typeParameters === undefined ? '' : `<${node.typeParameters.map((parameter) => parameter.getText()).join(', ')}>`;
  const parameters = node.parameters.map((parameter) => oneLine(`${parameter.dotDotDotToken === undefined ? '' : '...'}${nameOf(parameter)}${isOptional(parameter) ? '?' : ''}: ${parameter.type?.getText() ?? 'unknown'}`));
  return `${name}${generic}(${parameters.join(', ')})${node.type === undefined ? '' : `: ${oneLine(node.type.getText())}`}`;
}

/** A parameter that is taken apart at once goes by the name of its type. */
function nameOf({ name, type }: ts.ParameterDeclaration): string {
  if (ts.isIdentifier(name)) return name.text;
  return /Options$/.test(type?.getText() ?? '') ? 'options' : 'values';
}

const isOptional = ({ questionToken, initializer }: ts.ParameterDeclaration): boolean => questionToken !== undefined || initializer !== undefined;

/** A declaration without its body. */
function head(node: ts.Declaration): string {
  if (ts.isFunctionDeclaration(node)) return `function ${signatureOf(node.name?.text ?? '', node)}`;
  if (ts.isInterfaceDeclaration(node)) return `interface ${node.name.text}${heritage(node)}`;
  if (ts.isClassDeclaration(node)) return `class ${node.name?.text ?? ''}${heritage(node)}`;
  if (ts.isTypeAliasDeclaration(node)) return `type ${node.name.text} = ${node.type.getText()}`;
  if (ts.isVariableDeclaration(node)) return `const ${oneLine(node.getText())}`;
  throw new Error(`${relative(ROOT, node.getSourceFile().fileName)}: an export of a kind that the reference does not know: ${ts.SyntaxKind[node.kind]}`);
}

function heritage(node: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
  const clauses = node.heritageClauses?.map((clause) => ` ${oneLine(clause.getText())}`) ?? [];
  return clauses.join('');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
