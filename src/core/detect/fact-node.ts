import { NODE_ONLY, NPM_PACKAGES } from '../truth/facts-node.js';
import type { Claim, FactWindow } from './fact-window.js';

const NAME = String.raw`(?<name>[\x60"'](?:node:)?[a-z@][\w./-]{0,40}[\x60"']|[A-Z]?[a-z][\w.-]{2,24})(?: (?:module|package|library))?`;
const START = String.raw`(?:^|[\s(])`;
const KIND = '(?:built-in|builtin|core|native|standard)';
/** Before `Node`: that something is a part of it, and that it is none. */
const IS = new RegExp(String.raw`${START}${NAME} is (?:also )?(?:(?:an? |part of the |one of the )${KIND}|(?:built|baked) into|(?:included|bundled) (?:in|with)|part of|shipped with) (?:the )?$`);
const COMES = new RegExp(String.raw`${START}${NAME} (?:comes|ships) (?:(?:built[- ]in|bundled|pre-?installed|included) )?with (?:the )?$`);
const IS_NOT = new RegExp(String.raw`${START}${NAME} (?:is not|isn['’]t) (?:an? |part of the )?(?:${KIND}|(?:built|baked) into|(?:included|bundled) (?:in|with)|part of|shipped with) (?:the )?$`);
const FOREIGN = new RegExp(String.raw`${START}${NAME} is an? (?:third-party|external) $`);
/** `Node.js module`, or `Node.js` alone where the words before it are complete. */
const MODULE = /^Node(?:\.js)?(?:['’]s)? (?:core |standard |built-in )?(?:module|library|package)\b/;
const ITSELF = /^Node(?:\.js)?(?:['’]s (?:core|standard library))?(?: itself| core| by default| out of the box)?(?=[,;:!)]|\.(?:\s|$)|$| (?:so|and|since)\b)/;
const DENIED = /\b(?:not|n['’]t|never|if|unless|was|were|used to|would|could|should|might|may|think|believe|soon|will|no longer|proposal|wish)\b/i;
const MOST_AHEAD = 40;

/** What is said to be a part of Node.js and is a package, and the reverse: `express is a built-in Node.js module`. It gets a note, as no one word is wrong. */
export function checkNode(window: FactWindow): Claim | null {
  const { left, at, text } = window;
  if (window.fenced || !text.startsWith('Node', at)) {
    if (!window.fenced && 'Node'.startsWith(text.slice(at, window.limit))) window.ahead(at, 4);
    return null;
  }
  const sentence = left.replace(/^.*[.!?;]\s+(?=\S)/s, '').slice(-160);
  const has = IS.exec(sentence) ?? COMES.exec(sentence);
  const lacks = has === null ? (IS_NOT.exec(sentence) ?? FOREIGN.exec(sentence)) : null;
  const match = has ?? lacks;
  const name = match?.groups?.['name'];
  if (match === null || name === undefined || DENIED.test(sentence.slice(0, match.index))) return null;
  const plain = name.replace(/[`"']/g, '').replace(/^node:/, '');
  // A word that is set apart is a package's name; of the others only those that are no ordinary words.
  const known = /[`"']/.test(name) ? NPM_PACKAGES.has(plain) : NPM_PACKAGES.has(plain.toLowerCase()) && PROPER.test(plain);
  if (has === null ? !NODE_ONLY.has(plain) : !known) return null;
  const ahead = window.ahead(at, MOST_AHEAD);
  const said = (/(?:into|in|with|of|the) $/.test(sentence) ? ITSELF : null)?.exec(ahead) ?? MODULE.exec(ahead);
  if (said === null || window.short) return null;
  const start = at - (sentence.length - match.index - match[0].indexOf(name));
  const end = at + said[0].length;
  return { start, end, expected: has === null ? `${plain} comes with Node.js` : `${plain.toLowerCase()} is a package of npm`, confidence: 0.9, strategy: 'insert', reason: 'node_builtin' };
}

/** Names of packages that nothing else is called. */
const PROPER = /^(?:[Ee]xpress|[Aa]xios|[Ll]odash|[Ff]astify|[Mm]ongoose|[Ss]equelize|[Ww]inston|[Nn]odemon|[Mm]ocha|[Jj]est|[Vv]itest|[Cc]heerio|[Pp]uppeteer|[Jj]query|jQuery|React|TypeScript|[Ww]ebpack|[Pp]rettier|ESLint|Socket\.io|socket\.io|[a-z]+-[a-z-]+)$/;
