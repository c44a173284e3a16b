/** How names are compared, and the names that mean something by themselves. */

const ASCII = /^[\x20-\x7e]*$/;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const SINGLE_QUOTES = /[\u2018\u2019\u02bc]/g;
const DOUBLE_QUOTES = /[\u201c\u201d]/g;
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** The key under which names that differ only in letter case or Unicode normalisation meet: NFC, lower case, one sigma. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return name.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('\u03c2', '\u03c3');
}

/** What a writer meant by typographic dashes, quotes, spaces and full-width letters; the same string where there are none. */
export function plainLetters(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replace(INVISIBLE, '').replace(DASHES, '-').replace(SINGLE_QUOTES, "'").replace(DOUBLE_QUOTES, '"').normalize('NFKC');
}

/** Where the extension's dot stands; the name's length where it has none. A leading dot begins no extension. */
export function extensionAt(name: string): number {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? dot : name.length;
}

export function stemOf(name: string): string {
  return name.slice(0, extensionAt(name));
}

/** The extension without its dot, lower case; empty where there is none. */
export function extensionOf(name: string): string {
  return name.slice(extensionAt(name) + 1).toLowerCase();
}

/** The stem's letters and digits alone: `user-service`, `user_service` and `UserService` share one. Takes a folded name. */
export function stemKey(folded: string): string {
  const stem = stemOf(folded);
  const key = stem.replace(/[-_. ]+/g, '');
  return key === '' ? stem : key;
}

/** Which of 32 letter classes a folded name has: one edit changes at most two bits, a transposition none. */
export function letterMask(folded: string): number {
  let mask = 0;
  for (let i = 0; i < folded.length; i += 1) mask |= 1 << letterClass(folded.charCodeAt(i));
  return mask;
}

function letterClass(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code === 46) return 26;
  if (code === 95 || code === 45) return 27;
  return 28 + (code & 3);
}

export function bitCount(mask: number): number {
  let v = mask - ((mask >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const GENERIC_STEMS = words(`
  index main mod lib __init__ __main__ init app readme license licence copying notice changelog changes contributing authors
  makefile dockerfile package package-lock tsconfig jsconfig setup conftest cargo go pyproject requirements
  config configuration settings constants types utils util helpers helper common base default test tests spec
  route routes page layout loading error style styles theme model models view views admin urls api client server
  build gemfile rakefile justfile cmakelists mkdocs docker-compose compose yarn pnpm-lock .gitignore .npmrc .env .editorconfig
  .eslintrc .prettierrc .dockerignore .gitattributes .gitkeep eslint.config vite.config jest.config webpack.config`);

/** A name that so many folders have that having it says nothing. Takes a folded name. */
export function isGenericName(folded: string): boolean {
  return GENERIC_STEMS.has(stemOf(folded)) || GENERIC_STEMS.has(folded);
}

const OUTPUT_FOLDERS = words(`
  node_modules bower_components dist build out target obj .git .hg .svn venv .venv env virtualenv __pycache__ site-packages
  .next .nuxt .output .svelte-kit .turbo .parcel-cache .cache .tox .nox .mypy_cache .pytest_cache .ruff_cache .gradle .terraform
  coverage htmlcov .nyc_output pods deriveddata .dart_tool .eggs .ipynb_checkpoints tmp temp .serverless .vercel .netlify`);

/** A folder that tools fill and version control seldom holds. Takes a folded name. */
export function isOutputFolder(folded: string): boolean {
  return OUTPUT_FOLDERS.has(folded);
}

/** A folder that holds one of these is a package: texts name files relative to it. */
export const MANIFESTS: readonly string[] = [
  'package.json', 'Cargo.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'go.mod', 'pom.xml', 'build.gradle',
  'build.gradle.kts', 'composer.json', 'Gemfile', 'mix.exs', 'CMakeLists.txt', 'deno.json', 'pubspec.yaml', 'Package.swift', 'Pipfile', 'tsconfig.json',
];

const FAMILIES: readonly ReadonlySet<string>[] = [
  'ts tsx js jsx mjs cjs mts cts vue svelte', 'py pyi pyx py3 pyw ipynb', 'md mdx markdown rst txt adoc html htm', 'json json5 jsonc yaml yml toml ini cfg conf',
  'c h cc cpp cxx hpp hh', 'css scss sass less styl', 'png jpg jpeg gif svg webp ico avif', 'sh bash zsh', 'ps1 bat cmd', 'java kt kts scala groovy',
  'html htm hbs ejs njk j2 jinja jinja2', 'go rs',
].map(words);

/** Whether two extensions are commonly taken for each other. */
export function sameFamily(one: string, other: string): boolean {
  return FAMILIES.some((family) => family.has(one) && family.has(other));
}
