import { stem } from './claim-stem.js';

/**
 * Opposites: words of the left group against words of the right group. Of two statements that are otherwise the same, one
 * with a word of each side, at most one is true.
 */
const STRONG = `
increase rise grow climb raise boost enhance escalate heighten | decrease fall drop decline shrink reduce lower lessen diminish
strengthen | weaken
improve ameliorate | worsen deteriorate degrade hurt harm
accelerate quicken | slow decelerate
expand widen broaden enlarge | contract narrow shrink
maximize maximise | minimize minimise
succeed | fail
success | failure
successful | unsuccessful failed
successfully | unsuccessfully
required mandatory compulsory obligatory | optional voluntary
necessary needed essential | unnecessary needless optional inessential
safe | unsafe dangerous hazardous
secure | insecure
enable | disable
enabled | disabled
allow permit let | forbid prohibit prevent disallow ban deny
allowed permitted | forbidden prohibited disallowed banned
legal lawful | illegal unlawful
valid | invalid
true | false untrue
correct right accurate | incorrect wrong inaccurate
possible | impossible
able | unable
likely | unlikely
higher | lower
high | low
highest | lowest
larger bigger greater | smaller lesser
large great huge | small tiny
largest biggest greatest | smallest least
more | less fewer
most | least fewest
majority | minority
longer | shorter
long | short
longest | shortest
taller | shorter
faster quicker | slower
fast quick rapid | slow gradual
quickly rapidly | slowly gradually
fastest quickest | slowest
stronger | weaker
strong | weak
strongest | weakest
better superior | worse inferior
best | worst
good | bad poor
easier simpler | harder
easy simple | difficult hard complex complicated
easily | hardly
older | younger newer
old ancient | new modern
oldest | youngest newest
earlier | later
earliest | latest
early | late
cheaper | costlier pricier
cheap inexpensive | expensive costly
warmer hotter | colder cooler
warm hot | cold cool
hottest warmest | coldest coolest
heavier | lighter
heavy | light
deeper | shallower
deep | shallow
thicker | thinner
thick | thin
wider broader | narrower
wide broad | narrow
richer | poorer
rich wealthy | poor
brighter | darker dimmer
bright | dark dim
louder | quieter
loud noisy | quiet silent
wet | dry
full | empty
hard | soft
tight | loose
rough | smooth
sharp | dull blunt
nearer closer | farther further
near close | far distant
maximum | minimum
max | min
upper | lower
positive | negative
positively | negatively
beneficial helpful useful | harmful useless detrimental unhelpful
effective | ineffective
efficient | inefficient
efficiently | inefficiently
significant substantial | insignificant negligible
significantly substantially | insignificantly negligibly
important crucial vital essential | unimportant trivial
relevant | irrelevant
reliable | unreliable
stable | unstable
consistent | inconsistent
compatible | incompatible
complete | incomplete
sufficient adequate enough | insufficient inadequate
available | unavailable
accessible | inaccessible
visible | invisible hidden
known | unknown
common | rare uncommon
commonly frequently often | rarely seldom infrequently
frequent | infrequent rare
usual normal | unusual abnormal
typical | atypical
normal | abnormal
regular | irregular
natural | artificial unnatural synthetic
healthy | unhealthy sick
happy | unhappy sad
fair just | unfair unjust
equal | unequal
similar alike | dissimilar different
same identical | different
direct | indirect
directly | indirectly
active | inactive passive
dependent | independent
conscious | unconscious
aware | unaware
certain sure | uncertain unsure
clear | unclear ambiguous vague
predictable | unpredictable
limited | unlimited
finite | infinite
mutable | immutable
reversible | irreversible
renewable | nonrenewable
edible | inedible
toxic poisonous | nontoxic harmless
harmful | harmless
soluble | insoluble
organic | inorganic
permanent | temporary
constant | variable
static | dynamic
fixed | variable flexible
flexible | rigid inflexible
open | closed shut
opened | closed
alive living | dead
present | absent
presence | absence
stateful | stateless
explicit | implicit
explicitly | implicitly
free | paid
deterministic | nondeterministic random
ordered sorted | unordered unsorted
encrypted | unencrypted plaintext
supported | unsupported
authorized authorised | unauthorized unauthorised
authenticated | unauthenticated
documented | undocumented
tested | untested
proven confirmed | unproven disproven refuted debunked
accept approve | reject refuse decline disapprove
accepted approved | rejected refused declined
agree | disagree
support endorse | oppose reject
supports | opposes contradicts
include contain | exclude lack omit
included | excluded omitted
including | excluding
inclusive | exclusive
connect | disconnect
connected | disconnected
attach | detach
install | uninstall
load | unload
lock | unlock
locked | unlocked
start begin | stop end finish
started began begun | stopped ended finished
create | destroy delete
add | remove subtract
insert | delete
appear | disappear vanish
gain win | lose
win won | lose lost
profit | loss
profitable | unprofitable
asset | liability
surplus | deficit shortage
buy purchase | sell
bought purchased | sold
lend | borrow
encourage promote | discourage
encouraged recommended | discouraged
attract | repel
absorb | emit release
activate | deactivate inhibit
activates stimulates | inhibits suppresses blocks
stimulate | inhibit suppress
upregulate | downregulate
upregulated | downregulated
upregulates | downregulates
inflate | deflate
inflation | deflation
appreciate | depreciate
ascend | descend
ascending | descending
upward upwards | downward downwards
clockwise | counterclockwise anticlockwise
forward forwards | backward backwards
heat warm | cool
melt | freeze
love like adore | hate dislike
prefer | avoid
remember | forget
trust | distrust
guilty | innocent
convicted | acquitted
married | unmarried single divorced
endothermic | exothermic
acidic | basic alkaline
aerobic | anaerobic
benign | malignant
acute | chronic
symptomatic | asymptomatic
hereditary inherited | acquired
prime | composite
even | odd
rational | irrational
convergent | divergent
converge | diverge
converges | diverges
concave | convex
linear | nonlinear
continuous | discontinuous discrete
differentiable | nondifferentiable
deductible | nondeductible
taxable | nontaxable exempt
refundable | nonrefundable
eligible | ineligible
qualified | unqualified
responsible | irresponsible
ethical moral | unethical immoral
voluntary | involuntary
intentional deliberate | unintentional accidental
intentionally deliberately | unintentionally accidentally
optimistic | pessimistic
conservative | liberal
democratic | undemocratic authoritarian
peaceful | violent
rural | urban
domestic | foreign
literal | figurative
always | never rarely seldom
everyone everybody | nobody
everything | nothing
everywhere | nowhere
all every | none
with | without
above over | below under
inside within | outside
exceed exceeds | undershoot
superior | inferior
overestimate | underestimate
overvalued | undervalued
overweight | underweight
outperform | underperform
advantage benefit | disadvantage drawback
strength | weakness
victory win | defeat loss
ally friend | enemy foe
hero | villain
truth fact | lie falsehood myth
`;

/** Opposites that also name two things side by side; only long, otherwise equal statements make a contradiction of them. */
const WEAK = `
before | after
first | last
left | right
north northern | south southern
east eastern | west western
male men man | female women woman
mother sister | father brother
son | daughter
husband | wife
internal | external
inner | outer
interior | exterior
input | output
read | write
import | export
push | pull
upload | download
encode | decode
encrypt | decrypt
compress | decompress
sender | receiver recipient
client | server
buyer | seller
employer | employee
lender | borrower
teacher | student
theory | practice
day | night
morning | evening afternoon
summer | winter
spring | autumn fall
top | bottom
front | back rear
up | down
horizontal | vertical
horizontally | vertically
local | remote global
locally | remotely globally
public | private
signed | unsigned
synchronous | asynchronous
synchronously | asynchronously
singular | plural
big | little small
serial sequential | parallel
single | multiple
numerator | denominator
supply | demand
cause | effect
question | answer
host | guest
primary | secondary
major | minor
rising | falling
predator | prey
parent | child
ancestor | descendant
past | future present
hot | cold
black | white
manual | automatic
manually | automatically
relative | absolute
abstract | concrete
objective | subjective
quantitative | qualitative
literate | illiterate
`;

function table(groups: string): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  const add = (one: string, other: string): void => {
    let words = all.get(one);
    if (words === undefined) all.set(one, (words = new Set()));
    words.add(other);
  };
  for (const line of groups.trim().split('\n')) {
    const [left = [], right = []] = line.split('|').map((side) => side.trim().split(/\s+/).map(stem));
    for (const one of left) {
      for (const other of right) {
        if (one === other) continue;
        add(one, other);
        add(other, one);
      }
    }
  }
  return all;
}

const strong = table(STRONG);
const weak = table(WEAK);

export type Opposition = 'strong' | 'weak';

/** How two stems oppose each other; null: they do not, as far as the table knows. A prefix that negates counts too. */
export function opposition(one: string, other: string): Opposition | null {
  if (strong.get(one)?.has(other) === true) return 'strong';
  if (weak.get(one)?.has(other) === true) return 'weak';
  return negates(one, other) || negates(other, one) ? 'strong' : null;
}

const PREFIXES = ['un', 'in', 'im', 'ir', 'il', 'dis', 'non'];

/** `uncertain` beside `certain`. Short stems are left alone: `form` and `inform` are no opposites, nor are `press` and `impress`. */
function negates(one: string, other: string): boolean {
  if (!one.endsWith(other) || other.length < 4 || one.length - other.length > 3) return false;
  return PREFIXES.includes(one.slice(0, -other.length)) && !UNRELATED.has(one);
}

const UNRELATED = new Set(
  'inform impress import impart invest invent intent intend infer index income inside input insert install instant inform incur incident include inclin infant inhabit display dispos discuss discover district distort distanc discharg discount discours dispatch improv impos implant immigrant immigrat innat invalu unit until union unless under uniform'.split(' ').map(stem),
);
