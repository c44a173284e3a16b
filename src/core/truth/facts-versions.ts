/**
 * What a version of a language or platform brought: the projects' own release notes ("What's New in Python", JEPs and Java language
 * updates, TC39's finished proposals, Node.js changelogs, Go release notes, TypeScript, PHP, C#, C++, Rust and React release notes).
 * The version to put first, then others that texts give with reason (previews, back-ports).
 */
export interface VersionFact {
  /** How texts call the feature: the source of a regular expression without capturing groups, letter case aside. */
  readonly feature: string;
  readonly versions: readonly string[];
}

export interface Versioned {
  /** What stands right before the number, with the blank or sign between them. */
  readonly before: string;
  readonly facts: readonly VersionFact[];
}

function facts(rows: readonly (readonly [string, ...string[]])[]): VersionFact[] {
  return rows.map(([feature, ...versions]) => ({ feature, versions }));
}

const PYTHON = facts([
  ['f-strings?|formatted string literals', '3.6'], ['walrus operator|assignment expressions?', '3.8'], ['structural pattern matching|match statements?|match-case|match/case', '3.10'], ['type hints|typing module', '3.5', '3.0'], ['data ?classes|dataclasses module', '3.7', '3.6'],
  ['asyncio', '3.4', '3.5', '3.3'], ['async/await|async and await', '3.5', '3.7'], ['pathlib', '3.4'], ['enum module', '3.4'], ['positional-only (?:parameters|arguments)', '3.8'], ['dict(?:ionary)? (?:merge|union) operators?', '3.9'], ['exception groups', '3.11'], ['tomllib', '3.11'],
  ['zoneinfo', '3.9'], ['yield from', '3.3'], ['variable annotations', '3.6'], ['contextvars', '3.7'], ['secrets module', '3.6'], ['removeprefix', '3.9'], ['matrix multiplication operator', '3.5'], ['TypedDict', '3.8'], ['ParamSpec', '3.10'], ['breakpoint\\(\\)', '3.7'],
]);
const JAVA = facts([
  ['lambdas?(?: expressions?)?', '8', '1.8'], ['streams? API|streams', '8', '1.8'], ['default methods', '8', '1.8'], ['module system|modules|Project Jigsaw|JPMS', '9'], ['JShell', '9'], ['var keyword|local[- ]variable type inference', '10'], ['records', '16', '14', '15'], ['text blocks', '15', '13', '14'],
  ['sealed (?:classes|interfaces|types)', '17', '15', '16'], ['switch expressions', '14', '12', '13'], ['virtual threads', '21', '19', '20'], ['generics', '5', '1.5', '5.0'], ['autoboxing', '5', '1.5', '5.0'], ['try-with-resources', '7', '1.7'], ['diamond operator', '7', '1.7'],
]);
const ECMASCRIPT = facts([
  ['arrow functions', '2015', '6'], ['template literals', '2015', '6'], ['let and const|block[- ]scoped variables', '2015', '6'], ['destructuring(?: assignment)?', '2015', '6'], ['promises', '2015', '6'], ['default parameters', '2015', '6'], ['exponentiation operator', '2016', '7'], ['Array\\.prototype\\.includes', '2016', '7'],
  ['async/await|async functions|async and await', '2017', '8'], ['Object\\.entries', '2017', '8'], ['Object\\.values', '2017', '8'], ['(?:object )?rest/spread properties|object spread', '2018', '9'], ['async iteration|for await', '2018', '9'], ['Promise\\.prototype\\.finally', '2018', '9'], ['Object\\.fromEntries', '2019', '10'],
  ['Array\\.prototype\\.flatMap', '2019', '10'], ['optional catch binding', '2019', '10'], ['optional chaining(?: operator)?', '2020', '11'], ['nullish coalescing(?: operator)?', '2020', '11'], ['BigInt', '2020', '11'], ['Promise\\.allSettled', '2020', '11'], ['globalThis', '2020', '11'], ['dynamic imports?', '2020', '11'],
  ['replaceAll', '2021', '12'], ['Promise\\.any', '2021', '12'], ['logical assignment(?: operators)?', '2021', '12'], ['numeric separators', '2021', '12'], ['WeakRefs?', '2021', '12'], ['top-level await', '2022', '13'], ['private (?:class )?fields|class fields', '2022', '13'], ['Object\\.hasOwn', '2022', '13'],
  ['findLast', '2023', '14'], ['toSorted', '2023', '14'], ['Object\\.groupBy', '2024', '15'], ['Promise\\.withResolvers', '2024', '15'],
]);
const TYPESCRIPT = facts([
  ['optional chaining', '3.7'], ['nullish coalescing', '3.7'], ['assertion functions', '3.7'], ['unknown type|`?unknown`? type', '3.0'], ['project references', '3.0'], ['const assertions', '3.4'], ['satisfies(?: operator| keyword)?|`satisfies`(?: operator| keyword)?', '4.9'], ['template literal types', '4.1'],
  ['conditional types', '2.8'], ['mapped types', '2.1'], ['strict null checks|strictNullChecks', '2.0'], ['discriminated unions', '2.0'], ['never type', '2.0'], ['variadic tuple types', '4.0'], ['type-only imports', '3.8'], ['const type parameters', '5.0'],
]);
const NODE = facts([
  ['async/await|async and await|async functions', '7.6', '8'], ['worker[_ ]threads', '10.5', '12', '11'], ['(?:native |built-in |global )?fetch(?: API)?', '18', '17.5', '21'], ['(?:built-in )?test runner|node:test', '18', '16.17', '20'], ['util\\.promisify', '8'], ['optional chaining', '14'], ['top-level await', '14.8', '14', '16', '14.3'],
]);
const GO = facts([
  ['generics|type parameters', '1.18'], ['modules|Go modules', '1.11', '1.12', '1.13', '1.14', '1.16'], ['context package', '1.7'], ['error wrapping', '1.13'], ['embed package|go:embed', '1.16'], ['(?:native )?fuzzing', '1.18'], ['workspaces', '1.18'], ['slog|structured logging', '1.21'], ['range[- ]over[- ]func', '1.23', '1.22'],
]);
const PHP = facts([
  ['traits', '5.4'], ['namespaces', '5.3'], ['generators', '5.5'], ['scalar type (?:declarations|hints)', '7.0'], ['null coalescing operator', '7.0'], ['spaceship operator', '7.0'], ['arrow functions', '7.4'], ['typed properties', '7.4'], ['match expressions?', '8.0'], ['named arguments', '8.0'],
  ['union types', '8.0'], ['nullsafe operator', '8.0'], ['constructor property promotion', '8.0'], ['enums|enumerations', '8.1'], ['fibers', '8.1'], ['readonly properties', '8.1'], ['readonly classes', '8.2'],
]);
const CSHARP = facts([
  ['LINQ', '3.0'], ['extension methods', '3.0'], ['async/await|async and await', '5.0'], ['string interpolation', '6.0'], ['null-conditional operators?', '6.0'], ['local functions', '7.0'], ['nullable reference types', '8.0'], ['records', '9.0', '10'], ['top-level statements', '9.0'],
  ['file-scoped namespaces', '10'], ['raw string literals', '11'], ['required members', '11'], ['collection expressions', '12'],
]);
const CPP = facts([
  ['lambdas?(?: expressions| functions)?', '11'], ['move semantics', '11'], ['rvalue references', '11'], ['range-based for(?: loops?)?', '11'], ['(?:std::)?unique_ptr', '11'], ['nullptr', '11'], ['(?:std::)?make_unique', '14'], ['generic lambdas', '14'], ['structured bindings', '17'], ['std::optional', '17'], ['std::variant', '17'],
  ['if constexpr', '17'], ['std::filesystem', '17'], ['fold expressions', '17'], ['(?:std::)?string_view', '17'], ['concepts', '20'], ['ranges', '20'], ['coroutines', '20'], ['std::format', '20'], ['std::span', '20'], ['std::expected', '23'], ['std::print', '23'],
]);
const RUST = facts([['async/await|async and await', '1.39', '1.39.0'], ['const generics', '1.51', '1.51.0'], ['generic associated types|GATs', '1.65', '1.65.0'], ['let-else', '1.65', '1.65.0'], ['async closures', '1.85', '1.85.0']]);
const REACT = facts([['hooks', '16.8', '16.8.0'], ['error boundaries', '16', '16.0'], ['portals', '16', '16.0'], ['React\\.memo', '16.6', '16.6.0'], ['React\\.lazy', '16.6', '16.6.0'], ['automatic batching', '18', '18.0'], ['useTransition', '18', '18.0']]);
const POSTGRES = facts([['JSONB', '9.4'], ['UPSERT|ON CONFLICT', '9.5'], ['parallel quer(?:y|ies)', '9.6'], ['logical replication', '10'], ['declarative partitioning', '10'], ['stored procedures', '11'], ['generated columns', '12'], ['MERGE', '15']]);

export const VERSIONED: readonly Versioned[] = [
  { before: 'Python ', facts: PYTHON }, { before: '(?:Java|JDK|Java SE) ', facts: JAVA }, { before: '(?:ES|ECMAScript ?)', facts: ECMASCRIPT }, { before: 'TypeScript ', facts: TYPESCRIPT }, { before: 'Node(?:\\.js)? v?', facts: NODE },
  { before: 'Go ', facts: GO }, { before: 'PHP ', facts: PHP }, { before: 'C# ', facts: CSHARP }, { before: 'C\\+\\+', facts: CPP }, { before: 'Rust ', facts: RUST }, { before: 'React v?', facts: REACT }, { before: 'Postgre(?:SQL|s) ', facts: POSTGRES },
];
