/** Texts of kinds the development set has few of: prose with asides, logs, JSON, code and tables, and the documents packages ship. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROSE = `The harbour master ("Old Ben" to everyone who knew him) had a rule: nothing leaves before the tide does. It's simple, he said, and simple rules survive. Some captains (mostly the younger
ones) laughed; two of them lost a rudder each (in 1987 and again in 1991). "See?" was all he ever said about it.\n\nWhat does "prompt" mean here? Not "fast", but "without needless waiting". A letter that
lies on a desk for a day (because somebody wants to read it first) is late, however quick the train was. The same holds for data, for tests, and for the people who support them.\n
## Three common mistakes\n\n1. **Mixing up cause and effect.** The app was slow, so the team added servers; the database (which nobody had looked at) stayed the bottleneck.\n2. **Measuring the mean.** A mean of 20 ms may
hide one request in a hundred that takes 4 s. Plot the distribution (or at least p50, p95 and p99) and/or look at the worst cases yourself.\n3. *Forgetting the reader.* Documentation is written for someone
who doesn't know yet. "Obviously" and "just" are words that tell them they're slow.\n\nFor example, the World Health Organization (WHO) recommends that adults do at least 150–300 minutes of moderate activity
a week; the U.S. guidelines (2018, 2nd ed.) say the same. [1] The evidence for strength training is "moderate" [2, 3], but it's growing.\n
- The main library holds 1.4 million books; its sister site across the river holds none of the common ones.\n- Test scores rose by 3.5 % in schools with a design class, and by 0.4 % elsewhere (n = 212).
- Don't script the talk: know your three points, and let the examples come from the audience.\n\nShe asked, "Do you tools people ever go outside?" He didn't answer. The assets of the company (cash, land, a
single patent) were worth less than its debts. Publishing its content under a common licence was the board's last idea; the web had moved on, and so had the users.\n
In short: search first, ask second, and cache what you've learned. The products of patience aren't always visible, yet support from a good network makes most jobs lighter. Theme parks know that; so do churches.`;

const LOG = `2026-03-02T08:14:07.221Z INFO  [main] server listening on 0.0.0.0:8080 (pid 4121)\n2026-03-02T08:14:07.480Z DEBUG [pool-3] acquired connection id=17 in 3ms\n2026-03-02T08:14:09.002Z WARN  [http-nio-8080-exec-4]
o.s.w.s.m.s.DefaultHandlerResolver - Resolved [org.example.web.HttpMethodError: Method 'PUT' is not supported]\n127.0.0.1 - - [02/Mar/2026:08:14:11 +0000] "GET /api/v1/users?page=2 HTTP/1.1" 200 5123 "-" "curl/8.5.0"
127.0.0.1 - - [02/Mar/2026:08:14:12 +0000] "POST /api/v1/login HTTP/1.1" 401 89 "-" "Mozilla/5.0 (X11; Linux x86_64)"\nMar  2 08:14:15 web-1 kernel: [12345.678901] eth0: link up (1000Mbps/Full duplex)
[2026-03-02 08:14:16,004] {"level":"error","msg":"upstream timed out","code":504,"took_ms":30001,"trace":"a91f-22c7"}\n  PASS  should return 404 when the user is gone (12 ms)\n  FAIL  should retry twice (1043 ms)
[1/4] Resolving packages...\n[2/4] Fetching packages...\nTests: 2 failed, 118 passed, 120 total\nTime:        8.41 s, estimated 9 s\nerror[E0502]: cannot borrow \`list\` as mutable because it is also borrowed as immutable\n`;

const JSON_TEXT = `{\n  "name": "order-4411",\n  "status": "pending",\n  "customer": { "id": 88213, "email": "kim@example.com", "tags": ["new", "europe", "b2b"], "address": null },\n  "items": [\n    { "sku": "AX-200", "title": "Desk lamp (brass)", "quantity": 2, "price": 39.5 },
    { "sku": "BK-17", "title": "Notebook, ruled", "quantity": 10, "price": 2.25 }\n  ],\n  "total": 101.5,\n  "currency": "EUR",\n  "createdAt": "2026-03-02T08:14:07Z",\n  "flags": { "gift": false, "express": true },\n  "comment": "Please ring twice, the bell is slow."\n}\n`;

const CODE = `\`\`\`ts\nimport { createServer } from 'node:http';\n\ninterface Options {\n  readonly retries: number;\n  readonly name?: string;\n}\n\nexport async function run(options: Options): Promise<void> {
  const queue = new Map<string, number[]>();\n  for (let i = 0; i < options.retries; i += 1) {\n    queue.set(\`job-\${i}\`, [i, i * 2]);\n    console.log("queued", i, 'of', options.retries);\n  }
  // Wait for the slowest one; the others are done by then.\n  await Promise.all([...queue.values()].map((times) => wait(times[0] ?? 0)));\n  if (queue.size === 0) throw new Error('nothing to do');\n}\n\`\`\`\n
\`\`\`python\nfrom collections import defaultdict\nimport numpy as np\n\n\nclass Counter:\n    """Counts words, case-insensitively."""\n\n    def __init__(self, words=None):\n        self._counts = defaultdict(int)\n        for word in words or []:
            self.add(word)\n\n    def add(self, word: str) -> None:\n        self._counts[word.lower()] += 1\n\n    def most_common(self, n=10):\n        return sorted(self._counts.items(), key=lambda kv: (-kv[1], kv[0]))[:n]\n\`\`\`\n
\`\`\`sql\nSELECT c.name, count(*) AS orders, sum(o.total) AS spent\nFROM customers AS c\nJOIN orders AS o ON o.customer_id = c.id\nWHERE o.created_at >= '2026-01-01' AND c.country IN ('DE', 'FR')\nGROUP BY c.name\nHAVING count(*) > 3;\n\`\`\`\n
\`\`\`bash\nset -euo pipefail\nfor i in 1 2 3; do\n  echo "attempt $i"\n  curl -fsS "http://localhost:8080/health" && break\n  sleep 2\ndone\ndocker compose up -d --build web\nkubectl get pods -n web -o wide | grep -v Running\n\`\`\`\n`;

const TABLE = `| Method | Complexity | Stable | Notes |\n|---|---|---|---|\n| Quicksort | O(n log n) (average) | no | fast in practice; worst case O(n²) |\n| Merge sort | O(n log n) | yes | needs O(n) extra memory |\n| \`Array.prototype.sort\` | O(n log n) | yes | since ES2019 |
| Radix sort | O(k·n) | yes | only for keys of a fixed length |\n\n| Year | Revenue (M€) | Change | Staff |\n|-----:|-----:|-----:|-----:|\n| 2022 | 12.4 | +3.1 % | 88 |\n| 2023 | 13.0 | +4.8 % | 91 |\n| 2024 | 12.1 | −6.9 % | 85 |
| 2025 (est.) | 12.9 | +6.6 % | 90 |\n\n| Option | Type | Default | Description |\n|:--|:-:|:--|:--|\n| \`timeout\` | number | \`30000\` | How long to wait, in milliseconds |\n| \`retries\` | number | \`2\` | How often to try again (0: never) |\n| \`verbose\` | boolean | \`false\` | Says more |\n| \`mode\` | "fast" \\| "safe" | \`"safe"\` | See below |\n`;

/** Texts by kind, none of which names a file wrongly. */
export const OWN_TEXTS: Readonly<Record<string, readonly string[]>> = { 'prose of our own': [PROSE], logs: [LOG], JSON: [JSON_TEXT, `\`\`\`json\n${JSON_TEXT}\`\`\`\n`], code: [CODE], tables: [TABLE] };

/** The first of the documents that installed packages ship, each cut to a length an answer may have. */
export function packageDocuments(most: number): readonly string[] {
  const root = 'node_modules';
  if (!existsSync(root)) return [];
  const texts: string[] = [];
  for (const name of readdirSync(root).sort()) {
    if (name.startsWith('.') || texts.length >= most) continue;
    const file = join(root, name, 'README.md');
    if (existsSync(file)) texts.push(readFileSync(file, 'utf8').slice(0, 8_000));
  }
  return texts;
}
