/** Word lists that tell paths from what only looks like one. Each is a set, so that a question costs one look-up. */

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Extensions of sources, documents, settings and data, as they occur in repositories; lower case, without the dot. */
export const EXTENSIONS = set(`
  adoc ads adb applescript asm astro avif awk babelrc bash bat bats bib bmp bzl bicep c cc cfg cjs cl clj cljc cljs cmake cmd coffee conf config cpp cr crt cs csproj css
  csv cts cu cuh cxx d dart db desktop diff dockerfile dockerignore dot dtd editorconfig ejs el elm eot eps erb erl example ex exs f f90 fish flow fs fsproj fsx
  gemspec gif gitignore gitattributes glsl go gql gradle graphql groovy h haml handlebars hbs hcl hh hpp hrl hs htm html hxx icns ico idl in ini ino inl ipynb j2
  jade java jinja jinja2 jl jpeg jpg js json json5 jsonc jsonl jsx jks kt kts less lhs liquid lisp lock log lua m m4 mak map markdown md mdc mdx metal
  mjs mk ml mli mm mov mp3 mp4 mts mustache nim nix nsi nunjucks obj odt ogg orig org otf patch pbxproj pdf pem php phtml pl plist pm png po pot prefs prisma
  proj properties proto ps1 psd1 psm1 pug purs pxd py pyi pyx pyw qml qmd r rake rb rbs re resx rkt rmd rs rst rtf s sass sbt scala scm scpt scss sed sh
  sln snap sol spec sql sqlite styl storyboard sv svelte svg swift tcl template tex text tf tfvars thrift tmpl toml tpl ts tsv tsx ttf twig txt v vb vbproj
  vcxproj vert vhd vhdl vim vue wasm wat wav webm webmanifest webp wgsl wit woff woff2 wxml xaml xcconfig xhtml xib xlsx xml xsd xsl xslt yaml yml zig zip zsh
`);

/** Folders whose content is built, fetched or private: absence there says nothing. */
export const BUILT = set(`
  node_modules dist build out target bin obj coverage .next .nuxt .svelte-kit .output .turbo .cache .parcel-cache .git .hg .svn __pycache__ .venv venv env .tox .nox
  .mypy_cache .pytest_cache .ruff_cache .gradle .terraform .serverless .vercel .netlify .expo .dart_tool site-packages dist-packages bower_components jspm_packages vendor
  tmp temp logs log release debug htmlcov .nyc_output storybook-static _build _site public-dist generated __generated__ wheels .eggs deriveddata pods cmake-build-debug
`);

/** Folders that stand for something of the reader's own. */
const PLACEHOLDER_FOLDERS = set(`
  foo bar baz qux quux foobar example path to xxx yyy zzz abc xyz username project-name your my some somewhere other another something whatever module-name package-name
  component-name lorem ipsum placeholder hello-world helloworld hello acme myapp my_app my-app myproject my-project my_project yourapp your-app your_app
`);

/** Names of files that do. */
const PLACEHOLDER_WORDS = set(`
  foo bar baz qux quux foobar example examples sample samples demo path to xxx yyy zzz abc xyz name names dirname filename file files folder dir directory username user project-name
  your my some somewhere other another any something whatever module-name package-name component-name lorem ipsum placeholder hello-world helloworld hello acme myapp my_app my-app
  myproject my-project my_project yourapp your-app your_app somefile anyfile newfile feature-name mycomponent mymodule mypackage myfile yourfile
`);

/** Absolute paths below these are the system's, or another machine's. */
export const SYSTEM_ROOTS = set(`
  etc usr bin sbin var proc sys dev lib lib32 lib64 boot run snap nix private system library applications volumes cores efi lost+found media srv opt tmp
`);

/** Top-level domains that are seen without a scheme in front. */
const DOMAINS = set(`com org net io dev ai app co gg me xyz edu gov info us uk de fr eu cn jp tech cloud site online so page blog social wiki land rs sh to tv ly im is`);

/** Top-level MIME types (RFC 6838, section 4.2, and the IANA registry). */
const MIME_TYPES = set('application audio chemical example font haptics image message model multipart text video x-conference');

/** Products that are written like a file. */
const PRODUCTS = set(`
  io.js node.js next.js nuxt.js vue.js react.js express.js three.js d3.js chart.js discord.js socket.io angular.js ember.js backbone.js alpine.js nest.js deno.js bun.js moment.js
  day.js ethers.js web3.js p5.js pixi.js babylon.js matter.js tensorflow.js brain.js ml5.js handlebars.js mustache.js require.js underscore.js lodash.js jquery.js polymer.js
  asp.net ado.net vb.net paper.js solid.js preact.js gatsby.js remix.js astro.js vite.js electron.js plotly.js leaflet.js hapi.js koa.js fastify.js sails.js meteor.js
  passport.js mocha.js jest.js cypress.js puppeteer.js playwright.js winston.js bull.js sequelize.js mongoose.js knex.js transformers.js langchain.js inferno.js stimulus.js
`);

/** Remotes and prefixes of branches: what follows is a git ref. */
const REFS = set('origin upstream refs heads remotes feat feature fix bugfix hotfix release chore refactor dependabot renovate fork');

export function isProduct(name: string): boolean {
  return PRODUCTS.has(name.toLowerCase());
}

export function isPlaceholder(component: string, folder: boolean): boolean {
  const lower = component.toLowerCase();
  if (folder && PLACEHOLDER_FOLDERS.has(lower)) return true;
  const dot = lower.indexOf('.', 1);
  const stem = dot < 0 ? lower : lower.slice(0, dot);
  if (!folder && PLACEHOLDER_WORDS.has(stem)) return true;
  return /^(?:your|my|some|the|new|foo|bar|baz)[-_]|^(?:x{2,}|y{4}|m{2}|d{2})(?:[-_.]|$)|(?:^|[-_])(?:your|placeholder|xxx+|foo)(?:[-_.]|$)|^(?:my|your)[A-Z]/.test(component) || /^(?:your|my|some)[-_]|yyyy|_name$|_here$/.test(lower);
}

/** A placeholder, or a folder of what is built or fetched. */
export function isVague(component: string, folder: boolean): boolean {
  return isPlaceholder(component, folder) || (folder && BUILT.has(component.toLowerCase()));
}

export function isDomain(component: string): boolean {
  const dot = component.lastIndexOf('.');
  if (dot <= 0) return false;
  if (/^www\./i.test(component)) return true;
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(component)) return false;
  return DOMAINS.has(component.slice(dot + 1).toLowerCase());
}

export function isMimeType(first: string, components: number): boolean {
  return components === 2 && MIME_TYPES.has(first);
}

export function isRef(first: string): boolean {
  return REFS.has(first);
}
