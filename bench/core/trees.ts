/** Synthetic workspaces for the measurements of this folder. */

const SYLLABLES = 'ba ce di fo gu ka le mi no pu ra se ti vo wu xa ye zi quo ter lin mar'.split(' ');
/** What folders at a repository's top are called, many of them words of prose as well. */
const TOP = `src lib app apps api docs doc test tests spec scripts script tools config configs packages examples example public assets static server client common core data build bin cmd
  internal pkg web www types utils util helpers models views controllers services routes components pages hooks styles images fonts locales i18n migrations database db schema proto plugins themes
  templates layouts content posts resources support vendor deploy docker infra terraform ansible charts integrations benchmarks bench fixtures mocks stubs demo demos website site blog design media
  mobile desktop android ios extensions modules theme auth users admin jobs tasks workers queue cache storage network security logging metrics monitoring notifications payments orders products
  search reports analytics experiments research notebooks training inference evaluation`.split(/\s+/);

let seed = 99;

/** The same numbers in every run. */
export function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % below;
}

export function word(syllables: number): string {
  let text = '';
  for (let i = 0; i < syllables; i += 1) text += SYLLABLES[random(SYLLABLES.length)];
  return text;
}

/** A few folders at the top, the rest below them. */
export function makeTree(count: number): string[] {
  return fill(['src', 'docs', 'packages'], count);
}

/** As many folders at the top as any repository has. */
export function makeWideTree(count: number): string[] {
  return fill([...TOP], count);
}

function fill(folders: string[], count: number): string[] {
  const tops = folders.length;
  while (folders.length < Math.max(tops * 2, count / 12)) folders.push(`${folders[random(folders.length)]}/${random(3) === 0 ? TOP[random(TOP.length)] : word(2 + random(2))}`);
  const files = new Set<string>();
  // A tenth lies in one flat folder, a tenth bears the names that every folder has.
  while (files.size < count / 10) files.add(`fixtures/${word(3)}-${word(3)}.json`);
  while (files.size < count / 5) files.add(`${folders[random(folders.length)]}/${['index.ts', 'types.ts', 'package.json', 'README.md'][random(4)]}`);
  while (files.size < count) files.add(`${folders[random(folders.length)]}/${word(2 + random(3))}.${['ts', 'tsx', 'py', 'md'][random(4)]}`);
  return [...files];
}
