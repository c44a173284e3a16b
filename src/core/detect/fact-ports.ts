import { OWN_SETUP as DENIED } from './fact-denied.js';
import { isKnown, isSwapped, type Mention, mentions, wrongValue as wrong } from './fact-names.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Other ports that are so usual for a web server that naming one is no error. */
const USUAL_PORTS = new Set([8080, 8000, 8443, 3000, 5000, 8888, 8081, 4443, 2222, 9000, 8008, 1080, 9443, 4000, 5173, 4200, 3001, 5001, 2121, 5353]);

const NOUN = '(?:protocol|servers?|service|traffic|(?:control |client )?connections?|communication|requests?|database|daemon|databases|itself|brokers?|nodes?|clients?|instances?|cluster|API|dev server|development server|application|app)';
const OFTEN = '(?:(?:typically|usually|normally|generally|commonly|always|by default|standardly) )?';
const AT_PORT = String.raw`(?:(?:TCP|UDP|TCP\/UDP) )?(?:port(?: number)?)(?: (?:is|of)|:|,| =| \()? ?(?:(?:TCP|UDP) )?`;
const ON = String.raw`(?:uses?|using|runs? on|running on|listens?(?: for (?:[\w-]+ )?connections)? (?:on|to)|listening on|binds to|accepts? (?:\w+ )?connections? on|operates? (?:on|over)|defaults? to|is assigned(?: to)?|is (?:served|available|reachable) (?:on|at|over)|communicates? (?:on|over)|goes over|connects? (?:to|on|over|via)|(?:is |are )?(?:made|established|opened|accepted) (?:on|over|to)|is running and listening on|works? on|on|over|via|has|is on)`;
const PORT_LINK = new RegExp(String.raw`^["'”’\x60*]{0,3}(?:['’]s?)?(?: ${NOUN})?,? ?(?:\(?(?:is |are |and )?${OFTEN}${ON}? ?(?:by default )?(?:its |the |a )?(?:(?:default|standard|official|well-known) )?${AT_PORT})[\x60*]{0,3}$`, 'i');
const FOR_NAME = /\b(?:default|standard|well-known|official|usual) (?:(?:TCP|UDP) )?port(?: number)? (?:for|of|used (?:by|for))(?: the| an?)? ?[`*]{0,3}$/i;
const IS = new RegExp(String.raw`^[\x60*]{0,3}(?: ${NOUN})?,? ?(?:is|=|:)? ?(?:(?:TCP|UDP) )?(?:port )?[\x60*]{0,3}$`, 'i');
const DEFINITE = /\b(?:uses?|runs? on|listens? on|listens? for|operates? on|operates? over|works? on|is assigned|defaults? to|goes over|is served on)\b/i;
const TRAFFIC = /\b(?:requests?|connections?|traffic|communication|connects?|made)\b/i;
const LISTENS = /\b(?:listens?|runs?|served) (?:on|to)\b/i;
const BY_DEFAULT = /\b(?:default|standard|well-known)\b/i;
/** `is running and listening on its default port (`: whose default it is, one name alone can say. */
const ITS_DEFAULT = /^[\w\s,'’-]{0,48}\b(?:its|the) (?:default|standard|usual|well-known) (?:(?:TCP|UDP) )?port(?: number)?(?:,| is| of|:| \()?\s?[`*]{0,3}$/i;
const OURS = /\b(?:our|my|your|this|we|here)\b/i;
const BARE_ON = /^["'”’`*]{0,3}(?: (?:server|service|database|daemon|itself))? (?:(?:usually|normally|typically|always) )?(?:listens|runs) on [`*]{0,3}$/;

/** Whether a sentence speaks of ports right before the number at hand, and not of one's own; or the number opens it. */
export function mayBePort(sentence: string): boolean {
  if (OPENS.test(sentence)) return true;
  return (/\bport/i.test(sentence) || /\b(?:listens?|runs?|running|listening) on [`*]{0,3}$/.test(sentence)) && !DENIED.test(sentence);
}

/** The port of a protocol or product: `HTTPS uses port 80`. */
export function checkPort(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (value > 65_535 || USUAL_PORTS.has(value)) return null;
  if (OPENS.test(sentence)) return numberOpens(window, numberEnd, value);
  const found = mentions('port', sentence);
  const [only] = found;
  if (only !== undefined && AMONG.test(sentence)) return among(window, numberEnd, value);
  if (only !== undefined) return found.length === 1 || agree(found) ? behindName(window, numberEnd, value, sentence, found[found.length - 1] ?? only) : null;
  // "port 80 for HTTPS", "port 23 (SSH)"
  if (!/\bports?(?: number)?(?: are| is)?[ :]\s?[`*]{0,3}$/i.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 48);
  const link = /^[`*]{0,3}(?: (?:is (?:the )?(?:default|standard|well-known)(?: port)? for|is (?:used|reserved|assigned|registered|commonly used|typically used|generally used|normally used) (?:for|by|to)|is for|for)(?: the)? |,? ?\(?(?:which is )?the (?:default|standard|well-known)(?: port)?(?: for| of)? (?:the )?| ?\(|: | [–—-] )[`*]{0,3}/i.exec(behind);
  const first = mentions('port', behind)[0];
  if (link === null || first === undefined || first.start !== link[0].length) return null;
  if (/^(?: (?:for|–|—|-) | ?\(|: )/.test(link[0]) && !isKnown('port', value) && !(isSwapped(first.fact, value) && endsThere(behind, first))) return null;
  return /^[^.]?(?:\/|or |and |over |proxy|,)/.test(behind.slice(first.end)) && !isSwapped(first.fact, value) ? null : wrong(window, numberEnd, first.fact, value, 0.9);
}

/** `ports 80 (HTTP) and 443 (HTTPS)`, `the standard ports are 21 for FTP, 22 for SSH`: one of several, with its name behind it. */
const AMONG = /\bports\b[^.;]{0,120}(?:,| and| or|, and|, or) (?:port )?[`*]{0,3}$/i;

function among(window: FactWindow, numberEnd: number, value: number): Claim | null {
  const near = window.ahead(numberEnd, 6);
  if (!/^[`*]{0,3} (?:\(|for )/.test(near) || window.short) return null;
  const behind = window.ahead(numberEnd, 40);
  const link = /^[`*]{0,3} (?:\(|for (?:the )?)[`*]{0,3}/.exec(behind);
  const first = mentions('port', behind)[0];
  if (link === null || first === undefined || first.start !== link[0].length || !endsThere(behind, first)) return null;
  return first.fact.ownChoice !== true && (isKnown('port', value) || isSwapped(first.fact, value)) ? wrong(window, numberEnd, first.fact, value, 0.85) : null;
}

/** All have one default: `RabbitMQ listens for AMQP on port …`. */
function agree(found: readonly Mention[]): boolean {
  return found.every(({ fact }) => fact.values[0] === found[0]?.fact.values[0]);
}

function endsThere(text: string, { end }: Mention): boolean {
  return /^[`*]{0,3}(?: (?:traffic|connections?|protocol|servers?))?(?:[.,;)]|$)/.test(text.slice(end));
}

/** `HTTPS uses port 80`, `the default port for PostgreSQL is 3306`. */
function behindName(window: FactWindow, numberEnd: number, value: number, sentence: string, only: Mention): Claim | null {
  const gap = sentence.slice(only.end);
  const before = sentence.slice(0, only.start);
  const said = BY_DEFAULT.test(sentence);
  if (PORT_LINK.test(gap)) {
    if (said) return wrong(window, numberEnd, only.fact, value, 0.93, true);
    if (isSwapped(only.fact, value)) return wrong(window, numberEnd, only.fact, value, 0.93);
    if (only.fact.ownChoice === true) return /^[`*]{0,3} by default/.test(window.ahead(numberEnd, 14)) ? wrong(window, numberEnd, only.fact, value, 0.93) : null;
    // What listens or runs may do so where it likes.
    if (LISTENS.test(gap) && value >= 1_024 && !isKnown('port', value) && !/^[`*]{0,3} by default/.test(window.ahead(numberEnd, 14))) return null;
    if (DEFINITE.test(gap) || /^ ?\(/.test(gap)) return wrong(window, numberEnd, only.fact, value, 0.88);
    if (value < 1_024 && isKnown('port', value) && TRAFFIC.test(gap) && !OURS.test(sentence)) return wrong(window, numberEnd, only.fact, value, 0.85);
  }
  if (ITS_DEFAULT.test(gap) && !OURS.test(sentence)) return wrong(window, numberEnd, only.fact, value, 0.9, true);
  if (FOR_NAME.test(before) && IS.test(gap)) return wrong(window, numberEnd, only.fact, value, 0.95, true);
  if (!BARE_ON.test(gap)) return null;
  // `Redis listens on 6380 by default`; of a protocol also without, where the number is another one's.
  const isOther = only.fact.ownChoice !== true && value < 1_024 && isKnown('port', value) && !OURS.test(sentence);
  const defaults = isOther || /^by default,? /i.test(before.trimStart()) || /^[`*]{0,3} by default\b/.test(window.ahead(numberEnd, 14));
  return defaults && /^[`*]{0,3}(?:[.,;)]|$|\s(?!\d|ms\b|seconds?\b|machines?\b|hosts?\b|cores?\b|nodes?\b))/.test(window.ahead(numberEnd, 10)) ? wrong(window, numberEnd, only.fact, value, 0.9) : null;
}

/** The number opens a sentence: behind another one on its line, or set apart. At the beginning of a line it is that of an item. */
const OPENS = /(?:^|[.!?]["'”’)]?\s+)(?:TCP |UDP )[`*]{0,3}$|(?:^|[.!?:]\s)[`*]{1,3}$|[.!?]["'”’)]?\s+[`*]{0,3}$/;
const OPENED = /^[`*]{0,3} is (?:(?:also |still )?the (?:(?<said>default|standard|well-known|usual|official) )?(?:(?:TCP|UDP) )?port(?: number)? (?:for|of|used (?:by|for))|(?:commonly |typically |normally |usually )?(?:used|reserved|assigned|registered) (?:by|for|to))(?: the)? [`*]{0,3}/;

/** `443 is the port for HTTP`, `443 is used by HTTP`: what belongs to something else, or the default is spoken of. */
function numberOpens(window: FactWindow, numberEnd: number, value: number): Claim | null {
  if (!/^[`*]{0,3} is /.test(window.ahead(numberEnd, 7)) || window.short) return null;
  const behind = window.ahead(numberEnd, 72);
  const link = OPENED.exec(behind);
  const first = mentions('port', behind)[0];
  if (link === null || first === undefined || first.start !== link[0].length || !endsThere(behind, first)) return null;
  const told = link.groups?.['said'] !== undefined || (isKnown('port', value) && first.fact.ownChoice !== true);
  return told ? wrong(window, numberEnd, first.fact, value, 0.88) : null;
}

/** Units of text before a row in which something must speak of ports. */
const MOST_HEADING = 800;
const IN_ROW = /[|:(→–—=-]\s?(?:ports? )?[`*]{0,3}$/i;
const ROW = /^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|\|\s*)?[`*]{0,3}$/;
const JOINT = /^[`*]{0,3}(?: ports?)?[`*]{0,3}\s*(?:\||:|–|—|-|→|\(|=)\s*(?:ports? )?(?:TCP |UDP )?[`*]{0,3}$/i;
const BACK_JOINT = /^[`*]{0,3}(?:\/(?:tcp|udp))?[`*]{0,3}\s*(?:\||:|–|—|-|→|\(|=)\s*[`*]{0,3}$/i;

/** Whether the number at hand stands in a row of something that is about ports. */
export function mayBeListed({ left, text, at }: FactWindow): boolean {
  if (!IN_ROW.test(left) && !ROW.test(left)) return false;
  return /\bports?\b/i.test(text.slice(Math.max(0, at - MOST_HEADING), at)) || (IN_ROW.test(left) && mentions('port', left.slice(-32)).length === 1);
}

/** A row of a list or table of ports: `| HTTPS | 444 |`, `- 443: HTTP`, `HTTP (80), HTTPS (444)`. */
export function checkListedPort(window: FactWindow, numberEnd: number, value: number): Claim | null {
  const { left, text, at } = window;
  if (!mayBeListed(window)) return null;
  let heading = text.slice(Math.max(0, at - MOST_HEADING), at);
  if (!/\bports?\b/i.test(heading)) {
    // `- MySQL: 3307 (default port)`: what stands behind speaks of ports.
    const said = /^[`*]{0,3} \((?:the )?(?:default|standard)(?: port)?\)/.exec(window.ahead(numberEnd, 24));
    if (said === null) return null;
    heading += said[0];
  }
  if (value > 65_535 || USUAL_PORTS.has(value)) return null;
  const found = mentions('port', left.slice(-64));
  const last = found[found.length - 1];
  const tail = left.slice(-64);
  if (last !== undefined) {
    if (!JOINT.test(tail.slice(last.end)) || (last.fact.ownChoice === true && !/\b(?:default|standard|well-known|common)\b/i.test(heading)) || DENIED.test(tail.slice(last.end))) return null;
    if (!/^[`*]{0,3}\s?(?:\||\)|,|;|\/|$|\.(?:\s|$)|\((?:the )?(?:default|standard))/.test(window.ahead(numberEnd, 18))) return null;
    return /\b(?:my|our|custom|mapped|forward\w*|expose\w*|nodeport|container)\b/i.test(heading) ? null : wrong(window, numberEnd, last.fact, value, 0.85);
  }
  if (!ROW.test(left) || !isKnown('port', value)) return null;
  const behind = window.ahead(numberEnd, 40);
  const first = mentions('port', behind)[0];
  if (first === undefined || !BACK_JOINT.test(behind.slice(0, first.start)) || !/^[`*]{0,3}\s*(?:$|[|).])/.test(behind.slice(first.end))) return null;
  return /\b(?:my|our|custom|mapped|forward\w*|expose\w*|nodeport|container|alternat\w+)\b/i.test(heading) ? null : wrong(window, numberEnd, first.fact, value, 0.85);
}
