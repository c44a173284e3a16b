import { type Case, cleanCase, type Rng } from './facts-shared.js';

interface Passage {
  readonly text: string;
  /** `[right|wrong]` marks the number; without a wrong one it is derived or rounded, so clean. */
  readonly answers: readonly string[];
}

const PASSAGES: readonly Passage[] = [
  {
    text: 'The Marrow Viaduct is a stone railway bridge in the Tarn valley. Construction began in 1861 and the bridge was opened on 14 May 1867. It is 1,149 m long and stands 38 m above the river on 24 arches. The line was closed to passengers in 1964, and the structure was restored between 1998 and 2003 at a cost of 4.7 million pounds.',
    answers: ['The Marrow Viaduct, which opened in [1867|1876], has 24 arches.', 'It is [1,149|1,194] m long.', 'Construction of the viaduct began in [1861|1851].', 'The restoration cost [4.7|7.4] million pounds.', 'The line was closed to passengers in [1964|1946].', 'The bridge stands [38|83] m above the river.', 'The structure was restored between 1998 and 2003, which took 5 years.', 'It took about 6 years to build.', 'The viaduct is roughly 1,150 m long and over 100 years old.', 'The viaduct is more than 1.1 km long.'],
  },
  {
    text: 'Harlow Foods reported revenue of $812 million for the quarter ended 30 June, up 9.4% from a year earlier. Net income was $57 million, compared with $49 million. The company employs 12,300 people in 17 countries and plans to open 45 new stores in 2026. Chief executive Dana Ruiz said that online sales had grown by 31%.',
    answers: ['Harlow Foods reported revenue of $[812|821] million for the quarter.', 'Net income was $[57|75] million.', 'The company employs [12,300|13,200] people.', 'It plans to open [45|54] new stores in 2026.', 'Online sales had grown by [31|13]%, according to Dana Ruiz.', 'Revenue was up [9.4|4.9]% from a year earlier.', 'Net income rose by $8 million.', 'Revenue was about $810 million.', 'Net income increased by roughly 16%.', 'Here are 3 points to remember about the quarter.'],
  },
  {
    text: 'The grey-crowned tern breeds on islands in the northern lagoon. Adults weigh 120 grams and have a wingspan of 76 cm. Females lay 2 eggs, which hatch after 23 days. A survey in 2019 counted 1,840 breeding pairs, down from 2,600 in 2004. The oldest ringed bird reached 28 years.',
    answers: ['Adults weigh [120|210] grams.', 'The birds have a wingspan of [76|67] cm.', 'The eggs hatch after [23|32] days.', 'A survey in 2019 counted [1,840|1,480] breeding pairs.', 'The survey took place in [2019|2009], when 1,840 breeding pairs were counted.', 'The oldest ringed bird reached [28|38] years.', 'The number of pairs fell by 760 between 2004 and 2019.', 'That is a decline of 29%.', 'Two eggs are laid, and 2 parents feed the young.', 'Many birds can live for 20 years or more.'],
  },
  {
    text: 'The Brightline 400 washing machine has a drum of 8 kg and a spin speed of 1,400 rpm. It uses 49 litres of water per cycle and is 85 cm high, 60 cm wide and 55 cm deep. The warranty covers parts for 24 months and the motor for 10 years. The eco programme takes 220 minutes at 40 degrees.',
    answers: ['The spin speed is [1,400|1,200] rpm.', 'It uses [49|94] litres of water per cycle.', 'The machine is [85|95] cm high.', 'The warranty covers parts for [24|36] months.', 'The eco programme takes [220|200] minutes.', 'The motor warranty of 10 years is 120 months.', 'The eco programme takes 3 hours and 40 minutes.', 'Its footprint is 60 cm by 55 cm.', 'The drum holds 8 kg.', 'The machine is 0.85 m high.'],
  },
];
const HEADS = ['Answer the question using the context below.\n\nContext: ', 'Summarize the following article:\n\n', 'Use only this passage.\n\nPassage: ', 'Documents:\n[1] '];

export function passageCases(rng: Rng): Case[] {
  const cases: Case[] = [];
  for (const [index, { text, answers }] of PASSAGES.entries()) {
    for (const [at, answer] of answers.entries()) {
      for (const [variant, head] of HEADS.entries()) {
        const prompt = `${head}${text}\n\nQuestion: What does it say about this?`;
        const lead = rng() < 0.5 ? '' : 'According to the text, here is the answer.\n\n';
        const match = /\[([^|\]]+)\|([^\]]+)\]/.exec(answer);
        const id = `own-passage-${index}-${at}-${variant}`;
        if (match === null) {
          cases.push(cleanCase(id, 'passage', lead + answer, prompt));
          continue;
        }
        const [whole, right = '', wrong = ''] = match;
        const start = lead.length + match.index;
        cases.push({ id, type: 'incorrect_fact', tier: 'passage', level: 'main', context: { done_reason: 'stop', prompt }, text: lead + answer.replace(whole, wrong), spans: [{ start, end: start + wrong.length, detected: wrong, expected: right }], clean_for: [] });
        cases.push(cleanCase(`${id}-right`, 'passage', lead + answer.replace(whole, right), prompt));
      }
    }
  }
  return cases;
}
