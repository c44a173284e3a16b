import type { Claim, FactWindow } from './fact-window.js';
import { OWN_SETUP as DENIED } from './fact-denied.js';
import { mentions, wrongValue as wrong } from './fact-names.js';

const RFC_LINK = /^["'”’`*)]{0,3}(?: (?:protocol|standard|specification|spec|format|tokens?|syntax|headers?))?(?:,? ?(?:\(|(?:which )?(?:is|was|are|were)(?: currently| formally| originally)? (?:defined|specified|standardi[sz]ed|described|documented|published|codified) (?:in|by|as)|as (?:defined|specified|described|standardi[sz]ed) (?:in|by)|(?:is|:|–|-|—)|, ?|per|(?:defined|specified|standardi[sz]ed) (?:in|by|as))) ?(?:the )?(?:IETF )?[`*[]{0,3}RFC[ -]?$/i;

const OTHER_SUBJECT = /^[^.]{0,20}\b(?:extension|header|over|for|using|with|profile|and)\b/i;
/** What follows a name and makes it the beginning of another, as in `HTTP State Management Mechanism`. */
const LONGER_NAME = /^[ -](?!(?:Protocol|Specification|Standard|Format|Version)\b)[A-Z]/;

/** What an RFC specifies: `TLS 1.3 is defined in RFC 5246`, `RFC 2616 defines JSON`. */
export function checkRfc(window: FactWindow, numberEnd: number, value: number, sentence: string): Claim | null {
  const found = mentions('rfc', sentence);
  const last = found[found.length - 1];
  if (last !== undefined) {
    const gap = sentence.slice(last.end);
    const near = found[found.length - 2];
    const listed = near !== undefined && near.fact !== last.fact && last.start - near.end < 6;
    if (RFC_LINK.test(gap) && !listed && !DENIED.test(sentence.slice(Math.max(0, last.start - 40)))) return wrong(window, numberEnd, last.fact, value, 0.93);
    return null;
  }
  if (DENIED.test(sentence)) return null;
  const behind = window.ahead(numberEnd, 64);
  const link = /^[`*\]"”]{0,3}(?: ?\((?=[^)]{1,40}\))|:? (?:formally |officially )?(?:defines|specifies|describes|standardi[sz]es|is the (?:specification|standard|spec) (?:for|of)) (?:the )?| [–—-] |: |, (?=[A-Z]))["“`*]{0,3}/.exec(behind);
  if (link === null) return null;
  const first = mentions('rfc', behind)[0];
  if (first === undefined || first.start !== link[0].length) return null;
  const rest = behind.slice(first.end);
  return OTHER_SUBJECT.test(rest) || LONGER_NAME.test(rest) ? null : wrong(window, numberEnd, first.fact, value, 0.9);
}
