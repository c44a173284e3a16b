import { FACT_PACKS } from '../truth/fact-packs.js';
import { OWN_SETUP as DENIED } from './fact-denied.js';
import { mentions, wrongValue as wrong } from './fact-names.js';
import type { Claim, FactWindow } from './fact-window.js';

/** Other ports that are so usual for a web server that naming one is no error. */
const USUAL_PORTS = new Set([8080, 8000, 8443, 3000, 5000, 8888, 8081, 4443, 2222, 9000, 8008, 1080, 9443, 4000, 5173, 4200, 3001, 5001, 2121, 5353]);

const PORT_LINK = /^["'”’`*]{0,3}(?:['’]s?)?(?: (?:protocol|server|servers|service|traffic|connections?|database|daemon|databases|itself|brokers?|nodes?|clients?|instances?|cluster|API|dev server|development server|broker|application|app))?,? ?(?:\(?(?:is |are |and )?(?:(?:typically|usually|normally|generally|commonly|always|by default|standardly) )?(?:uses?|using|runs? on|running on|listens? (?:on|to)|listening on|binds to|operates? (?:on|over)|defaults? to|is assigned(?: to)?|is served on|communicates? (?:on|over)|works? on|on|over|via|has|is on)? ?(?:by default )?(?:its |the |a )?(?:(?:default|standard|well-known|official) )?(?:(?:TCP|UDP|TCP\/UDP) )?(?:port(?: number)?)(?: (?:is|of)|:| =| \()? ?(?:(?:TCP|UDP) )?)[`*]{0,3}$/i;

/** Whether a sentence speaks of ports right before the number at hand, and not of one's own. */
export function mayBePort(sentence: string): boolean {
  return (/\bport/i.test(sentence) || /\b(?:listens?|runs?|running|listening) on [`*]{0,3}$/.test(sentence)) && !DENIED.test(sentence);
}

/** The port of a protocol or product: `HTTPS uses port 80`. */
export function checkPort(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  if (value > 65_535 || USUAL_PORTS.has(value)) return null;
  const found = mentions('port', sentence);
  const byDefault = /\b(?:default|standard|well-known)\b/i;
  const [only] = found;
  if (found.length === 1 && only !== undefined) {
    const gap = sentence.slice(only.end);
    const said = byDefault.test(sentence);
    const definite = /\b(?:uses?|runs? on|listens? on|operates? on|operates? over|works? on|is assigned|defaults? to)\b/i.test(gap) || /^ ?\(/.test(gap);
    if (PORT_LINK.test(gap) && !said && only.fact.ownChoice === true) return /^[`*]{0,3} by default/.test(window.ahead(numberEnd, 14)) ? wrong(window, numberEnd, only.fact, value, 0.93) : null;
    if (PORT_LINK.test(gap) && (said || definite)) return wrong(window, numberEnd, only.fact, value, said ? 0.93 : 0.88);
    // "The default port for PostgreSQL is 3306"
    const before = sentence.slice(0, only.start);
    if (/\b(?:default|standard|well-known|official) (?:(?:TCP|UDP) )?port(?: number)? (?:for|of|used by)(?: the| an?)? ?[`*]{0,3}$/i.test(before) && /^[`*]{0,3}(?: (?:server|servers|traffic|connections?|databases?|protocol|service))?,? ?(?:is|=|:)? ?(?:(?:TCP|UDP) )?(?:port )?[`*]{0,3}$/i.test(gap)) return wrong(window, numberEnd, only.fact, value, 0.95);
    return onIts(window, numberEnd, value, sentence, only);
  }
  // "port 80 for HTTPS", "port 23 (SSH)"
  if (found.length > 0 || !/\bport(?: number)?[ :]\s?[`*]{0,3}$/i.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 48);
  const link = /^[`*]{0,3}(?: (?:is (?:the )?(?:default|standard|well-known)(?: port)? for|is (?:used|reserved|assigned|registered|commonly used|typically used|generally used|normally used) (?:for|by|to)|is for|for)(?: the)? |,? ?\(?(?:which is )?the (?:default|standard|well-known)(?: port)?(?: for| of)? (?:the )?| ?\(|: | [–—-] )[`*]{0,3}/i.exec(behind);
  const first = mentions('port', behind)[0];
  if (link === null || first === undefined || first.start !== link[0].length) return null;
  if (/^(?: (?:for|–|—|-) | ?\(|: )/.test(link[0]) && !PORT_KNOWN.has(value)) return null;
  return /^[^.]{0,4}(?:\/|or |and |over |proxy|,)/.test(behind.slice(first.end)) ? null : wrong(window, numberEnd, first.fact, value, 0.9);
}

/** Ports that belong to something else in the pack: naming one of these is a mix-up, not a choice of one's own. */
const PORT_KNOWN = new Set(FACT_PACKS.filter(({ kind }) => kind === 'port').flatMap(({ values }) => values));

/** `Redis listens on 6380 by default`, `By default, Redis runs on 6380`. */
function onIts(window: FactWindow, numberEnd: number, value: number, sentence: string, only: { readonly fact: Parameters<typeof wrong>[2]; readonly end: number; readonly start: number }): Claim | null {
  const gap = sentence.slice(only.end);
  if (!/^["'”’`*]{0,3}(?: (?:server|service|database|itself))? (?:(?:usually|normally|typically|always) )?(?:listens|runs) on [`*]{0,3}$/.test(gap)) return null;
  const said = /^by default,? /i.test(sentence.slice(0, only.start).trimStart()) || /^[`*]{0,3} by default\b/.test(window.ahead(numberEnd, 14));
  return said ? wrong(window, numberEnd, only.fact, value, 0.9) : null;
}

/** Units of text before a row in which something must speak of ports. */
const MOST_HEADING = 800;
const IN_ROW = /[|:(→–—=-]\s?(?:ports? )?[`*]{0,3}$/i;
const ROW = /^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|\|\s*)?[`*]{0,3}$/;
const JOINT = /^[`*]{0,3}(?: ports?)?[`*]{0,3}\s*(?:\||:|–|—|-|→|\(|=)\s*(?:ports? )?(?:TCP |UDP )?[`*]{0,3}$/i;
const BACK_JOINT = /^[`*]{0,3}(?:\/(?:tcp|udp))?[`*]{0,3}\s*(?:\||:|–|—|-|→|\(|=)\s*[`*]{0,3}$/i;

/** Whether the number at hand stands in a row of something that is about ports. */
export function mayBeListed({ left, text, at }: FactWindow): boolean {
  return (IN_ROW.test(left) || ROW.test(left)) && /\bports?\b/i.test(text.slice(Math.max(0, at - MOST_HEADING), at));
}

/** A row of a list or table of ports: `| HTTPS | 444 |`, `- 443: HTTP`, `HTTP (80), HTTPS (444)`. */
export function checkListedPort(window: FactWindow, numberEnd: number, value: number): Claim | null {
  const { left, text, at } = window;
  if (!mayBeListed(window)) return null;
  const heading = text.slice(Math.max(0, at - MOST_HEADING), at);
  if (value > 65_535 || USUAL_PORTS.has(value)) return null;
  const found = mentions('port', left.slice(-64));
  const last = found[found.length - 1];
  const tail = left.slice(-64);
  if (last !== undefined) {
    if (!JOINT.test(tail.slice(last.end)) || (last.fact.ownChoice === true && !/\b(?:default|standard|well-known|common)\b/i.test(heading)) || DENIED.test(tail.slice(last.end))) return null;
    if (!/^[`*]{0,3}\s?(?:\||\)|,|;|\/|$|\.(?:\s|$))/.test(window.ahead(numberEnd, 5))) return null;
    return /\b(?:my|our|custom|mapped|forward\w*|expose\w*|nodeport|container)\b/i.test(heading) ? null : wrong(window, numberEnd, last.fact, value, 0.85);
  }
  if (!ROW.test(left) || !PORT_KNOWN.has(value)) return null;
  const behind = window.ahead(numberEnd, 40);
  const first = mentions('port', behind)[0];
  if (first === undefined || !BACK_JOINT.test(behind.slice(0, first.start)) || !/^[`*]{0,3}\s*(?:$|[|).])/.test(behind.slice(first.end))) return null;
  return /\b(?:my|our|custom|mapped|forward\w*|expose\w*|nodeport|container|alternat\w+)\b/i.test(heading) ? null : wrong(window, numberEnd, first.fact, value, 0.85);
}
