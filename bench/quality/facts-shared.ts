export type Rng = () => number;

/** A case of CONTRACT section 6, as far as these need it. */
export interface Case {
  readonly id: string;
  readonly type: 'incorrect_fact' | 'clean';
  readonly tier: string;
  readonly level: 'main';
  readonly context: { readonly prompt?: string; readonly facts?: readonly { readonly subject: string; readonly attribute: string; readonly value: string }[]; readonly done_reason: 'stop' };
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly detected: string; readonly expected: string | null }[];
  readonly clean_for: readonly string[];
}

/** mulberry32: the same cases for the same seed. */
export function rngOf(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LEADS = ['', '', 'Let us see. ', 'Here is how it works.\n\n', 'Some background first: ', '- ', '1. '];
const TAILS = ['', '', ' That is all there is to it.', '\n\nPlease ask if anything is unclear.'];

/** A wrong value within its sentence; `{}` marks it. Without a right one only detection is asked: of a status either half may be the wrong one. */
export function caseOf(id: string, tier: string, { text, wrong, right }: { text: string; wrong: string; right: string }, rng: Rng): Case {
  const lead = LEADS[Math.floor(rng() * LEADS.length)] as string;
  const tail = TAILS[Math.floor(rng() * TAILS.length)] as string;
  const listed = /^[-|\\=[1-9]/.test(text) && lead.length < 4;
  const [head = '', rest = ''] = `${listed || (/^[-|]/.test(text)) ? '' : lead}${text}${tail}`.split('{}');
  const whole = head + wrong + rest;
  return {
    id, type: 'incorrect_fact', tier, level: 'main', context: { done_reason: 'stop' }, text: whole,
    spans: [{ start: head.length, end: head.length + wrong.length, detected: wrong, expected: right === '' ? null : right }], clean_for: [],
  };
}

export function cleanCase(id: string, tier: string, text: string, prompt?: string): Case {
  return { id, type: 'clean', tier, level: 'main', context: { done_reason: 'stop', ...(prompt === undefined ? {} : { prompt }) }, text, spans: [], clean_for: ['incorrect_fact'] };
}
