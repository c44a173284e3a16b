import { mentions, wrongSlip, wrongValue as wrong } from './fact-names.js';
import type { Claim, FactWindow } from './fact-window.js';

/** The claim is taken back, or is about an older document or a part of what is named. */
const DENIED = /\b(?:not|never|n['’]t|instead|rather|wrong(?:ly)?|incorrect(?:ly)?|unlike|obsolete\w*|replac\w+|supersed\w+|updat\w+|deprecat\w+|formerly|previously|predecessor|draft|successor|extensions?|extends|based on|inspired|if)\b/i;
const SAID = '(?:defined|specified|standardi[sz]ed|described|documented|published|codified)';
const KIND = '(?:protocol|standard|specification|spec|format|tokens?|syntax|headers?|framework|encodings?|identifiers?|algorithm|semantics|files?|documents?|data)';
/** ` is an open standard`, ` is an IETF standards track protocol and`. */
const BEING = String.raw`(?: (?:is|are) (?:an?|the) (?:[\w-]+,? ){0,5}${KIND}(?:(?:,| and| that is| which is|, which is))?)`;
const BY = '(?: by the (?:IETF|Internet Engineering Task Force))?';
const RFC_LINK = new RegExp(String.raw`^["'”’\x60*)]{0,3}(?: ${KIND})?(?:,? ?(?:${BEING}? ?\(|${BEING} ?(?=[\x60*[])|comes? from|${BEING}? ?(?:(?:which )?(?:is|was|are|were)(?: currently| formally| originally| first| now)? )?${SAID}${BY} (?:in|by|as)|(?:(?: codes?)? (?:is|are) (?:generated|computed|calculated|implemented|encoded))? ?(?:according to|in accordance with|following)|as ${SAID} (?:in|by)|(?:follows?|have|has|uses?) the (?:[\w-]+ )?(?:syntax|grammar) ${SAID} (?:in|by)|(?:is|:|–|-|—)|, ?|per|as per|(?:format|syntax|specification|grammar) (?:of|in|from|according to)|, the [\w ]{3,40}, (?:is|was) ${SAID} (?:in|by|as))) ?(?:the )?(?:IETF )?[\x60*[]{0,3}RFC[ -]?$`, 'i');

/** Words that say little of what it is about: here only a slip in the number tells. */
const NEAR_LINK = /^[\w\s,()`*'’/-]{0,40}\b(?:RFC|in|by|of|per|with|to|from|see|under|as)\s[`*[(]{0,3}(?:RFC[ -]?)?$|^["'”’`*)]{0,3}[\s,(:–—-]{1,3}[`*[]{0,3}RFC[ -]?$/;
const OTHER_SUBJECT = /^[^.]{0,20}\b(?:extension|header|over|for|using|with|profile|and)\b/i;
/** What follows a name and makes it the beginning of another, as in `HTTP State Management Mechanism`. */
const LONGER_NAME = /^[ -](?!(?:Protocol|Specification|Standard|Format|Version)\b)[A-Z]/;
const BEHIND = /^[`*"”]{0,3}(?:\](?:\([^\s)]{1,60}\))?)?[`*]{0,3}(?: ?\((?=[^)]{1,40}\))|:? (?:formally |officially )?(?:defines|specifies|describes|standardi[sz]es|is the (?:specification|standard|spec) (?:for|of)) (?:the )?| [–—-] (?:The )?|: (?:The )?|, ?(?=["“])| for (?:the )?|, (?=[A-Z]))["“`*]{0,3}(?:The )?/;
const FOR = / for (?:the )?$/;
const MAY_NAME = /^[`*\]"”]{0,3}(?:\(|:|,| [(–—dsifoA-Z-])/;
/** A name right behind the number, as in `RFC 6455 WebSocket framing`. */
const BESIDE = /^[`*\]]{0,3} (?:The )?$/;

/** What an RFC specifies: `TLS 1.3 is defined in RFC 5246`, `RFC 2616 defines JSON`. */
export function checkRfc(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  const found = mentions('rfc', sentence);
  const last = found[found.length - 1];
  if (last !== undefined) {
    const gap = sentence.slice(last.end);
    const near = found[found.length - 2];
    const listed = near !== undefined && near.fact !== last.fact && last.start - near.end < 6;
    if (listed || DENIED.test(sentence.slice(Math.max(0, last.start - 40)))) return null;
    if (RFC_LINK.test(gap)) return last.fact.slipOnly === true ? wrongSlip(window, numberEnd, last.fact, value, 0.9) : wrong(window, numberEnd, last.fact, value, 0.93);
    return NEAR_LINK.test(gap) ? wrongSlip(window, numberEnd, last.fact, value, 0.85) : null;
  }
  if (DENIED.test(sentence)) return null;
  // What cannot go on to name anything leaves at once.
  if (!MAY_NAME.test(window.ahead(numberEnd, 5)) || window.short) return null;
  const behind = window.ahead(numberEnd, 96);
  const first = mentions('rfc', behind)[0];
  if (first === undefined) return null;
  const rest = behind.slice(first.end);
  const between = behind.slice(0, first.start);
  if (BEHIND.exec(behind)?.[0].length === first.start) {
    if (OTHER_SUBJECT.test(rest) || LONGER_NAME.test(rest)) return null;
    if (first.fact.slipOnly === true || (FOR.test(between) && !endsThere(rest))) return wrongSlip(window, numberEnd, first.fact, value, 0.85);
    return wrong(window, numberEnd, first.fact, value, 0.9);
  }
  return BESIDE.test(between) && !OTHER_SUBJECT.test(rest) ? wrongSlip(window, numberEnd, first.fact, value, 0.85) : null;
}

/** The specification as such is meant, not something of it: `for the JSON specification`. */
function endsThere(rest: string): boolean {
  return /^["”`*]{0,3} (?:specification|spec|standard|definition)\b/.test(rest);
}
