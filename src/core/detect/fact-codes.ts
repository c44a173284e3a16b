import { BOUNDS, EXIT_CODES, SIGNALS } from '../truth/facts-codes.js';
import type { Claim, FactWindow } from './fact-window.js';

const NAMES = Object.keys(SIGNALS).join('|');
const SIGNAL_BEFORE = new RegExp(String.raw`\b(?<name>${NAMES})[\x60*]{0,3}(?:,? ?\((?:signal |signal number |kill -)?|,? (?:is|has|=|:|sends|corresponds to) (?:the )?(?:signal |signal number |number |value )?(?:number )?)[\x60*]{0,3}$`);
const SIGNAL_BEHIND = new RegExp(String.raw`^[\x60*]{0,3} ?(?:\(|is |– |- |: |sends |= )(?:the )?[\x60*]{0,3}(?<name>${NAMES})\b`);
const DENIED = /\b(?:not|n['’]t|never|unlike|instead|wrong|incorrect|if|or|and|\d+\s*\+|plus|128)\b[^.;]{0,30}$/i;
const EXIT = EXIT_CODES.map(({ code, names }) => ({ code, pattern: new RegExp(String.raw`^[\x60*"]{0,3},? ?(?:\(|: |– |— |- |= |means |indicates |signals |stands for |is |→ |\| )(?:that )?(?:the |a |an )?(?:process was killed by |killed by |terminated by |signal )?(?:the )?["\x60*]{0,3}(?:${names})\b`, 'i') }));
const BOUND = BOUNDS.map(({ names, value }) => ({ value, pattern: new RegExp(String.raw`(?:\bmax(?:imum)?(?: value)? (?:of|for) (?:an? |the )?(?:${names})|\b(?:INT_MAX|UINT_MAX|Int32\.MaxValue|Integer\.MAX_VALUE|Long\.MAX_VALUE|Short\.MAX_VALUE|Number\.MAX_SAFE_INTEGER)(?<=${names}))[\x60*]{0,3} (?:is|=|equals)(?: exactly)? [\x60*]{0,3}$`) }));
const ASCII = /\b(?:ASCII|Unicode|character) (?:code|value)(?: point)? (?:of|for) (?:the (?:letter|character) )?(?:["'`“‘](?<char>[!-~])["'`”’]|(?:uppercase |capital |lowercase )?(?<letter>[A-Z])) (?:is|=|equals) [`*]{0,3}$/;

const SIGNAL_NUMBER = /\bsignal(?: number)? [`*]{0,3}$/i;
const EXIT_CODE = /\b(?:exit|return)(?:ed|s)? (?:code|status|with(?: code| status)?)(?: of)?:? [`*]{0,3}$/i;
const BOUND_IS = /(?:is|=|equals)(?: exactly)? [`*]{0,3}$/;

/** Whether what stands before the number at hand speaks of a signal, an exit code, a bound or a character. */
export function mayBeCode({ left, fenced }: FactWindow): boolean {
  if (fenced) return false;
  const tail = left.slice(-80);
  return /SIG[A-Z]/.test(tail) || SIGNAL_NUMBER.test(tail) || EXIT_CODE.test(tail) || ASCII.test(tail) || (BOUND_IS.test(tail) && BOUND.some(({ pattern }) => pattern.test(left.slice(-90))));
}

/** Signals, exit codes, bounds of number types and ASCII codes. */
export function checkCode(window: FactWindow, end: number): Claim | null {
  const { left, text, at } = window;
  if (window.fenced) return null;
  const digits = text.slice(at, end).replace(/,/g, '');
  if (!/^\d{1,19}$/.test(digits)) return null;
  const claim = (expected: string, reason: string): Claim => ({ start: at, end, expected, confidence: 0.9, strategy: window.inline ? 'report' : 'replace', reason });
  if (digits.length <= 3) return smallCode(window, end, Number(digits), claim);
  if (!BOUND_IS.test(left)) return null;
  for (const { pattern, value } of BOUND) {
    if (!pattern.test(left.slice(-90)) || DENIED.test(left.slice(0, -4))) continue;
    const grouped = text.slice(at, end).includes(',');
    if (digits === value || /^[-^*]/.test(window.ahead(end, 2))) return null;
    return claim(grouped ? value.replace(/\B(?=(\d{3})+$)/g, ',') : value, 'bound');
  }
  return null;
}

function smallCode(window: FactWindow, end: number, value: number, claim: (expected: string, reason: string) => Claim): Claim | null {
  const { left } = window;
  const tail = left.slice(-80);
  if (/SIG[A-Z]/.test(tail)) {
    const name = SIGNAL_BEFORE.exec(tail)?.groups?.['name'];
    const right = name === undefined ? undefined : SIGNALS[name];
    if (right !== undefined && right !== value && value !== right + 128 && value < 65 && !/^ ?(?:seconds?|s\b|times|ms|minutes?)/.test(window.ahead(end, 9))) return claim(String(right), 'signal');
    if (right !== undefined) return null;
  }
  if (SIGNAL_NUMBER.test(tail) && value < 32) {
    const name = SIGNAL_BEHIND.exec(window.ahead(end, 24))?.groups?.['name'];
    const right = name === undefined ? undefined : SIGNALS[name];
    return right === undefined || right === value ? null : claim(String(right), 'signal');
  }
  if (EXIT_CODE.test(tail) && value > 0 && value < 256) {
    const rest = window.ahead(end, 48);
    const named = EXIT.find(({ pattern }) => pattern.test(rest));
    return named === undefined || named.code === value || DENIED.test(left.slice(-40)) || EXIT_OWN.has(value) ? null : claim(String(named.code), 'exit_code');
  }
  const ascii = ASCII.exec(tail)?.groups;
  const char = ascii?.['char'] ?? ascii?.['letter'];
  if (char === undefined || /lowercase/.test(ascii === undefined ? '' : tail)) return null;
  const right = char.charCodeAt(0);
  return right === value || /^(?:\.\d|[\dxh])/.test(window.ahead(end, 2)) ? null : claim(String(right), 'ascii');
}

/** Programs give these a meaning of their own. */
const EXIT_OWN = new Set([1, 2, 128]);
