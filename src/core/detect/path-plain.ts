/** Words that seldom begin a path, so that they need not be held where a path might stand. */

/** What folders are called in many projects. */
const FOLDERS = `.github .vscode accounts actions adapters addons admin agent agents algorithms analytics android angular ansible api apis app apps archive articles assets atoms audio auth backend base bench
  benchmarks bin blog bootstrap build builders caches cache charts ci classes cli client clients cmd code commands common components conf config configs constants containers content context contracts
  controllers core crates css custom dashboard data database databases datasets db debug demo demos dependencies deploy deployment design dev devops dist doc docker docs documentation domain
  elements email emails engine entities entry env environments errors events examples experiments extensions extra factories features files filters fixtures fonts forms format formats forum
  frontend functions gateway generated generators graphql guides hacks handlers helm helpers hooks html http i18n icons images img include includes infra infrastructure init input
  instances integrations interfaces internal internals ios issues items java javascript jobs js json kernel lang languages layers layouts learning legacy lib library libs license listeners loaders
  locales logger logging logs macros main maintenance management manifests map markdown media messages meta metrics middleware migrations mobile mocks model models modules monitoring net network
  networks news nodes notebooks notes notifications objects old ops options orders organisms orm other out output outputs overlays packages pages parsers partials payments pipelines pkg platform
  plugins policies portal posts prompts proto protocols providers proxy public python queries queue react reader redux reports repo repositories request requests research resolvers resources
  rest roles root routers routes rules runtime samples schemas scripts sdk search sections security seeds server servers service services session settings setup shared shell site source sources spec
  specs sql src stack state static stats storage store stores stories styles stylesheets support swagger system tables tasks templates terraform test testing tests theme themes thirdparty
  third_party tools toolkit topics tracing training transforms translations triggers types ui unit units updates uploads usecases user users utilities utils validators values vendor version
  versions views virtual web webapp website widgets wiki windows workers workflows workspace`.split(/\s+/);

/**
 * Complete words of prose, values and commands. Of a path that begins with one, these letters leave, and the rest is held: so the list
 * costs a correction only where the path's first letters are the wrong ones. What folders begin with is not in it.
 */
const PLAIN: ReadonlySet<string> = new Set(
  `a an and any are as at be because been both but by can could did do does each either else especially etc even every few first for formerly from had has have he her his how however if in including
  instead into is it its just last later least less like literally mainly many may maybe more most mostly must near nearly neither never new no none nor not now obviously of off often old on once one only
  or other otherwise our out over own particularly per perhaps please possibly probably quite rather really roughly say see she should similar simply since so some sometimes specifically still such
  than that the their them then there these they this those though three through thus to too two typically under unless until up usually very via was way we well were what when where whether which while
  who whose why will with within without would yes yet you your about above across after again against all almost along already also although always among another approximately around away before
  behind being below between beyond during enough ever except given good great high low next second same several shortly soon thanks today together until whatever
  true false null undefined none nil nan self this void string number boolean int float str bool object array any never unknown const let var function return async await class import export default
  npm npx yarn pnpm bun deno node git cd ls cat rm cp mv mkdir touch echo printf export set source sudo make cmake cargo go rustc python python3 pip pip3 poetry uv pytest docker kubectl helm curl wget
  grep sed awk find xargs tail head less sort ssh scp tar unzip chmod chown ps kill brew apt apt-get systemctl terraform ansible java mvn gradle dotnet php composer ruby bundle gem rails flask
  fi done esac elif then get post put patch delete head options`
    .split(/\s+/)
    .filter((word) => !FOLDERS.some((folder) => folder.startsWith(word) && folder !== word)),
);

const LONGEST = [...PLAIN].reduce((most, word) => Math.max(most, word.length), 0);

/** Whether letters are such a word, in whatever case. */
export function isPlainWord(letters: string): boolean {
  return letters.length <= LONGEST && PLAIN.has(letters.toLowerCase());
}

/** Keys and names of variables whose value may be a path. */
const PATH_KEY = /path|file|dir(?!ect[^o])|folder|src|source|main|module|entry|location|uri|root|target|include|exclude|extend|from|input|output|config|script|bin|types|import|require|template|schema|doc|command|cmd|args|cwd|workspace|page|asset|image|icon|include|test|spec|link|href|ref/i;
const KEY_BEFORE = /([\p{L}\p{N}_$.-]{1,64})["'`]?\s*(?::|:?=|=>)\s*[bfru]?["'`]$/iu;
const TELLING_CALL = /(?:\b|_)(?:log|info|warn|error|debug|trace|print|println|printf|echo|puts|panic|fail|describe|it|test|throw|raise|Exception|Error|expect|say|t|gettext|translate|title|label|get|getenv|set|has)\s*\(\s*f?["'`]$/;
/** Further back than this no key or call is looked for. */
const MOST_BEFORE = 80;

/**
 * Whether a quoted string of code may be a path, by what stands before it in its line: a key, a name, a call.
 * @param line up to and with the opening quote
 * @param inObject the innermost open bracket is a brace, so that what no key stands before is a key itself
 */
export function mayQuotePath(line: string, inObject: boolean): boolean {
  const tail = line.slice(-MOST_BEFORE);
  const key = KEY_BEFORE.exec(tail);
  if (key !== null) return PATH_KEY.test(key[1] as string);
  if (TELLING_CALL.test(tail)) return false;
  const before = line.slice(0, -1).trimEnd();
  return !inObject || !(before === '' || before.endsWith('{') || before.endsWith(','));
}
