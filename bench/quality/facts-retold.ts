import { type Case, cleanCase } from './facts-shared.js';

/** A request that supplies what is to be retold, and what answers make of it. */
interface Supplied {
  readonly prompt: string;
  /** `[right|wrong]` marks the number, in answers that retell in their own words. */
  readonly answers: readonly string[];
  /** What an honest answer says with numbers of its own. */
  readonly own: readonly string[];
}

const NEWS_FIRE = `Summarize the following news within 120 words:
Fire crews from three counties fought through the night to contain a blaze that tore through a furniture warehouse on the outskirts of Corvale, leaving 14 families without homes. The fire was reported at 11:40 p.m. on Tuesday and was declared under control at 6:15 a.m. More than 130 firefighters and 28 engines were sent to the site. Fire chief Marta Lindqvist said the building, which covers 62,000 square feet, was a total loss. "We had 45 mph winds to deal with," she told reporters. Damage was estimated at $9.3 million. Two firefighters were treated for smoke inhalation. Police arrested a 37-year-old man on Wednesday; he had been fired from the warehouse 19 days earlier. The Red Cross opened a shelter at Dunmore High School, where 53 people spent the night. The warehouse opened in 1988 and employed 210 workers.
output:`;

const NEWS_COURT = `Summarize the following article in a few sentences.

(Harbour Times) A federal jury on Thursday convicted former treasurer Paul Renwick of embezzling $2.6 million from the Ashby school district over a span of 8 years. Renwick, 54, faces up to 25 years in prison when he is sentenced on September 17. Prosecutors called 31 witnesses during a trial that lasted 22 days. They said Renwick used 17 bank accounts and spent $480,000 on a boat he named "Recess." The district, which serves 9,400 students in 16 schools, cut 72 teaching jobs in 2017. Its budget that year was $118 million. Superintendent Carla Osei said the district had recovered about 40% of the stolen money. Renwick resigned in 2019, after auditors found 640 forged checks.`;

const RECORD_CAFE = `Write an objective overview about the following local business based only on the provided structured data in the JSON format. You should include details and cover the information mentioned in customers' reviews.
Structured data:
{"name": "Juniper & Rye", "address": "418 Halsey St", "city": "Marlow", "state": "OR", "categories": "Cafes, Bakeries", "hours": {"Monday": "7:0-15:0", "Tuesday": "7:0-15:0", "Saturday": "8:0-16:30", "Sunday": "8:0-14:0"}, "attributes": {"WiFi": "free", "OutdoorSeating": true}, "business_stars": 4.5, "review_count": 312, "review_info": [{"review_stars": 5.0, "review_date": "2021-10-03", "review_text": "We waited 25 minutes for a table but the sourdough is worth it. Paid $38 for two."}, {"review_stars": 2.0, "review_date": "2021-08-19", "review_text": "Cold eggs, and they charged $6 for a drip coffee."}]}
Overview:`;

const PASSAGES_SALT = `Briefly answer the following question:
how much salt per day is healthy
Bear in mind that your response should be strictly based on the following three passages:
passage 1: Adults should eat no more than 6 g of salt a day, which is around 1 teaspoon. Children aged 1 to 3 should have no more than 2 g, children aged 4 to 6 no more than 3 g, and children aged 7 to 10 no more than 5 g a day.

passage 2: The average adult in the region eats 8.4 g of salt each day. About 75% of it comes from processed food. Cutting intake lowers blood pressure within 4 weeks, according to a trial of 1,270 patients.

passage 3: Food labels give sodium in milligrams. To convert sodium to salt, multiply by 2.5. Foods with more than 1.5 g of salt per 100 g are high in salt. The agency was founded in 2001 and tested 3,800 products in 2018.
In case the passages do not contain the necessary information to answer the question, please reply with: "Unable to answer based on given passages."
output:`;

const REPORT = `You are a helpful assistant. Use the context to answer.
<context>
# Site survey, Kestrel Ridge wind farm

| Item | Value |
|---|---|
| Turbines | 34 |
| Hub height | 105 m |
| Rotor diameter | 136 m |
| Rated power | 3.4 MW |
| Annual output | 390 GWh |
| Cost | 186 million euros |

The farm has a workforce of 27 and a service life of 25 years. It was connected to the grid on 3 June 2016. The access road is 11 kilometres long. The nearest village, with 860 inhabitants, lies 2.3 km to the east. Noise at the village was measured at 38 dB. The permit runs from 2014 to 2041.
</context>
Question: Describe the site.`;

const STATUS = `Answer from the context below.

Context:
{"cluster":"orion-eu","nodes":18,"pods_running":412,"cpu_usage_percent":63.5,"memory_total_gb":1152,"replicas":{"api":6,"worker":14},"max_connections":850,"uptime_days":97,"last_backup":"2024-03-11T02:14:00Z","p95_latency_ms":184}

Question: How is the cluster doing?`;

const CONFIG = `Explain what our settings mean, based on the following files.

# settings.yaml
server:
  port: 7312
  workers: 24
  request_timeout: 45s
cache:
  max_entries: 15000
  ttl_seconds: 900
upload:
  max_size: 64MB
retries: 12
# .env
POOL_SIZE=35
SESSION_LIFETIME_MINUTES=480`;

const BIO = `Based on the following text, write a short profile.

Text: Ines Karvonen (born 12 February 1951) is a Finnish marine biologist. She studied in Turku, took her doctorate in 1979 and led the Baltic station for 23 years. Karvonen described 47 species of copepods and wrote 162 papers. Her collection holds 8,900 slides. She received the Sars Medal in 1994 and the Northern Seas Prize in 2008, which was worth 75,000 euros. In 1986 she spent 310 days on the ice. She has 3 children and lives on an island of 140 people.`;

const SUPPLIED: readonly Supplied[] = [
  {
    prompt: NEWS_FIRE,
    answers: ['A warehouse fire on the outskirts of Corvale left [14|41] families without homes.', 'More than [130|150] firefighters and 28 engines were sent to the scene.', 'Crews with [28|38] engines responded to the fire.', 'The building, covering [62,000|26,000] square feet, was a total loss.', 'Winds of [45|54] mph hampered the crews.', 'The damage was estimated at $[9.3|3.9] million.', 'Police arrested a [37|27]-year-old man who had been fired from the warehouse.', 'The suspect had been fired [19|29] days earlier.', 'A shelter opened at Dunmore High School, where [53|63] people spent the night.', 'The warehouse opened in [1988|1998] and employed 210 workers.', 'The warehouse, which opened in 1988, had [210|120] employees.', 'The warehouse employed [210|310] workers.'],
    own: ['The fire burned for more than 6 hours.', 'The fire broke out shortly before midnight and raged for about 7 hours.', 'Damage came to over $9 million.', 'Roughly 60,000 square feet were destroyed.', 'The summary has 3 parts.', 'Some 200 people lost their jobs.', 'The man, in his late 30s, was arrested.', 'Winds reached nearly 50 mph.', 'The warehouse had stood for decades, since the late 1980s.', 'Nearly 160 people and vehicles were involved.', 'The blaze was one of the largest in 20 years, it seems.', 'Dial 911 in such a case.'],
  },
  {
    prompt: NEWS_COURT,
    answers: ['Former treasurer Paul Renwick was convicted of embezzling $[2.6|6.2] million from the Ashby school district.', 'The embezzlement went on for [8|18] years.', 'Renwick, [54|45], faces up to 25 years in prison.', 'He faces up to [25|35] years in prison.', 'Sentencing is set for September [17|27].', 'The trial lasted [22|32] days.', 'Prosecutors called [31|13] witnesses.', 'Renwick used [17|71] bank accounts.', 'He spent $[480,000|840,000] on a boat.', 'The district serves [9,400|4,900] students in 16 schools.', 'The district has [16|61] schools.', 'The district cut [72|27] teaching jobs in 2017.', 'Renwick resigned in [2019|2009] after auditors found 640 forged checks.', 'Auditors found [640|460] forged checks.', 'The district recovered about 40% of the money; its budget in 2017 was $[118|181] million.'],
    own: ['That is $325,000 a year on average.', 'About 60% of the money is still missing.', 'Roughly a million dollars was recovered.', 'He stole from the district for most of a decade.', 'The district spent around $12,500 per student.', 'He could be 79 when he leaves prison.', 'The boat took 18% of what he stole.', 'The trial took more than 3 weeks.', 'He was convicted on Thursday, June 5.', 'Two years after the cuts, he resigned.', 'Here are the 5 main points:', 'The jury of 12 convicted him.'],
  },
  {
    prompt: RECORD_CAFE,
    answers: ['Juniper & Rye is a cafe and bakery at [418|481] Halsey St in Marlow.', 'It has a rating of [4.5|3.5] stars.', 'The cafe has 4.5 stars from [312|213] reviews.', 'One reviewer waited [25|45] minutes for a table.', 'One customer paid $[38|83] for two.', 'A reviewer complained about paying $[6|16] for a drip coffee.', 'On Saturday it closes at [16|18]:30.'],
    own: ['It is open from 7 AM to 3 PM on weekdays.', 'On Saturday it is open until 4:30 PM.', 'It opens at 8:00 AM on Sundays and closes at 2:00 PM.', 'The business has 4.5 out of 5 stars.', 'Reviews range from 2 to 5 stars.', 'A review of October 3, 2021 praised the bread.', 'Two reviews from 2021 are given.', 'It has over 300 reviews.', 'The cafe is open 7 days a week.', 'Dinner for two cost about 40 dollars.'],
  },
  {
    prompt: PASSAGES_SALT,
    answers: ['Adults should eat no more than [6|9] g of salt a day.', 'The average adult in the region eats [8.4|4.8] g of salt each day.', '[75|57]% of salt comes from processed food.', 'A trial of [1,270|1,720] patients showed that cutting intake lowers blood pressure.', 'To convert sodium to salt, multiply by [2.5|5.2].', 'The agency tested [3,800|8,300] products in 2018.', 'The agency was founded in [2001|2010].', 'Children aged 7 to 10 should have no more than [5|15] g a day.'],
    own: ['Adults should eat less than 6 g, about 1 teaspoon, which is 2.4 g of sodium.', 'The average intake is 2.4 g above the limit.', 'Most adults exceed the limit by 40%.', 'Children should have between 2 and 5 g depending on age.', 'A quarter, 25%, comes from other sources.', 'Blood pressure drops within a month, about 30 days.', 'That is 6,000 mg of salt.', 'According to passage 2, people eat too much.', 'A teaspoon holds about 6 g.', 'Adults need about 500 mg of sodium.', 'Foods with more than 1,500 mg of salt per 100 g are high in salt.'],
  },
  {
    prompt: REPORT,
    answers: ['The wind farm has [34|43] turbines.', 'The hub height is [105|150] m.', 'The turbines have a rotor diameter of [136|163] m.', 'The annual output is [390|930] GWh.', 'Each turbine has a rated power of [3.4|4.3] MW.', 'The farm cost [186|168] million euros.', 'The farm has a service life of [25|35] years.', 'It has a workforce of [27|72].', 'The access road is [11|17] kilometres long.', 'The nearest village has [860|680] inhabitants.', 'The village lies [2.3|3.2] km to the east.', 'Noise at the village was measured at [38|83] dB.', 'The permit runs until [2041|2014].', 'It was connected to the grid in [2016|2006].', 'The permit runs from 2014 to [2041|2051].'],
    own: ['The total capacity is 115.6 MW.', 'The tip height is 173 m.', 'The access road is 11,000 m long.', 'The village lies 2,300 m away.', 'The rotor has a radius of 68 m.', 'The farm could supply about 100,000 households.', 'The permit is valid for 27 years.', 'Each turbine cost about 5.5 million euros.', 'The farm has been running for 8 years.', 'Each turbine yields 11.5 GWh a year.', 'The service life ends in 2041.', 'The hub height is about 345 feet.'],
  },
  {
    prompt: STATUS,
    answers: ['The cluster has [18|81] nodes.', 'There are [412|421] pods running.', 'CPU usage is at [63.5|36.5]%.', 'CPU usage is [63.5|65.3] percent.', 'The total memory is [1152|1512] GB.', 'It has been up for [97|79] days.', 'The p95 latency is [184|148] ms.', 'The worker has [14|41] replicas.', 'The maximum number of connections is [850|580].', 'Max connections: [850|950]', 'The cluster runs [412|312] pods on 18 nodes.'],
    own: ['That leaves 36.5% of the CPU free.', 'Each node has 64 GB of memory.', 'There are about 23 pods per node.', 'Memory is 1.15 TB in total.', 'The p95 latency is below 200 ms.', 'It has been up for more than 3 months.', 'There are 20 replicas in all.', 'You could scale the API to 10 replicas.', 'I would alert at 80% CPU usage.', 'The last backup was made at 02:14 UTC on 11 March 2024.', 'It has been up for about 14 weeks.'],
  },
  {
    prompt: CONFIG,
    answers: ['The server listens on port [7312|7321].', 'It starts [24|42] workers.', 'The request timeout is [45|54] seconds.', 'The cache holds at most [15000|51000] entries.', 'The cache TTL is [900|600] seconds.', 'Uploads are limited to a maximum size of [64|46] MB.', 'Requests are retried up to 12 times, and the pool size is [35|53].', 'The pool size is [35|25].', 'The session lifetime is [480|840] minutes.', 'The number of retries is [12|21].', '- **Workers**: [24|16]', '`max_entries` is [15000|10000].'],
    own: ['The cache TTL is 15 minutes.', 'The session lifetime is 8 hours.', 'You could raise the workers to 48.', 'Ports below 1024 need root.', 'A common default for the pool size is 10.', 'The request timeout is 0.75 minutes.', 'If the timeout were 60 seconds, more requests would pass.', 'The default timeout in nginx is 60 seconds.', 'Increase the pool size to 50.', 'The maximum upload is 65,536 KB.', 'TTL stands for time to live; 3600 is a usual value.', 'I suggest a timeout of 30 seconds.'],
  },
  {
    prompt: BIO,
    answers: ['Ines Karvonen was born in [1951|1915].', 'She was born on 12 February [1951|1961].', 'She took her doctorate in [1979|1997].', 'Karvonen led the Baltic station for [23|32] years.', 'She described [47|74] species of copepods.', 'She wrote [162|126] papers.', 'Her collection holds [8,900|9,800] slides.', 'She received the Sars Medal in [1994|1984].', 'In [2008|2018] she received the Northern Seas Prize.', 'The prize was worth [75,000|57,000] euros.', 'In 1986 she spent [310|130] days on the ice.', 'She lives on an island of [140|410] people.', 'Karvonen, who described [47|57] species, wrote 162 papers.'],
    own: ['She was 28 when she took her doctorate.', 'She was 43 when she received the Sars Medal.', 'She received her second award 14 years later.', 'She published about 4 papers a year.', 'She is in her 70s.', 'Turku was founded around 1229.', 'She spent nearly 10 months on the ice.', 'She studied in Turku in the 1970s.', 'She won 2 major awards.', 'Copepods have existed for 400 million years.', 'She was born on the 12th of February.', 'She has described nearly 50 species.'],
  },
];

/** Each answer alone behind its request, wrong and right, and the honest ones. */
export function retoldCases(): Case[] {
  const cases: Case[] = [];
  for (const [index, { prompt, answers, own }] of SUPPLIED.entries()) {
    for (const [at, answer] of answers.entries()) {
      const id = `own-retold-${index}-${at}`;
      const [whole = '', right = '', wrong = ''] = /\[([^|\]]+)\|([^\]]+)\]/.exec(answer) ?? [];
      const start = answer.indexOf(whole);
      cases.push({ id, type: 'incorrect_fact', tier: 'retold', level: 'main', context: { done_reason: 'stop', prompt }, text: answer.replace(whole, wrong), spans: [{ start, end: start + wrong.length, detected: wrong, expected: right }], clean_for: [] });
      cases.push(cleanCase(`${id}-right`, 'retold', answer.replace(whole, right), prompt));
    }
    for (const [at, text] of own.entries()) cases.push(cleanCase(`own-retold-${index}-own-${at}`, 'retold-own', text, prompt));
  }
  return cases;
}
