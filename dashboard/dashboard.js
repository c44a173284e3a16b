// The dashboard: what the admin address tells, as a page. Nothing is loaded from elsewhere, and no text becomes markup.
const SHOWN = 100;
const REFRESH_MS = 2_000;
const MODES = ['correct', 'annotate', 'observe', 'off'];
const byId = (id) => document.getElementById(id);
const body = (id) => byId(id).tBodies[0];

function say(text) {
  byId('message').textContent = text;
}

async function ask(path, method = 'GET', json = undefined) {
  const response = await fetch(path, { method, ...(json === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }) });
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `${method} ${path}: ${response.status}`);
  return answer;
}

/** Does something a person asked for, shows what is wrong with it, and what is now. */
async function act(work) {
  try {
    await work();
    say('');
  } catch (error) {
    say(error.message);
  }
  // Without a database there are no rules, which is no news at each click.
  await Promise.allSettled([refresh(), refreshRules()]);
}

function cell(content, className = '') {
  const td = document.createElement('td');
  td.className = className;
  td.append(content ?? '');
  return td;
}

function row(...cells) {
  const tr = document.createElement('tr');
  tr.append(...cells);
  return tr;
}

function button(text, work) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', () => act(work));
  return made;
}

function checkbox(checked, work) {
  const made = document.createElement('input');
  made.type = 'checkbox';
  made.checked = checked;
  made.addEventListener('change', () => act(() => work(made.checked)));
  return made;
}

function choice(values, chosen, work) {
  const made = document.createElement('select');
  for (const value of values) made.append(new Option(value, value, false, value === chosen));
  made.addEventListener('change', () => act(() => work(made.value)));
  return made;
}

const total = (counts) => Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
const COUNTS = [
  ['requests', (counted) => counted.requestsProcessed],
  ['detected', (counted) => counted.hallucinationsDetected],
  ['corrected', (counted) => counted.hallucinationsCorrected],
  ['navigation errors fixed', (counted) => counted.navigationErrorsFixed],
  ['behavior patches applied', (counted) => counted.behaviorPatchesApplied],
  ['not inspected', (counted) => total(counted.notInspected)],
];

function showStatistics(now) {
  const { url, endpoint, mode, enabled, activeConnections, correctionPatterns, behaviorPatches, files, allTime } = now;
  byId('state').textContent = url === undefined ? 'no process of the proxy is ready' : `${url} → ${endpoint}, mode ${mode}, ${activeConnections} connections, ${correctionPatterns} patterns, ${behaviorPatches} patches, ${files} files`;
  byId('enabled').checked = enabled === true;
  byId('enabled').disabled = enabled === undefined;
  body('counts').replaceChildren(...COUNTS.map(([name, of]) => row(cell(name), cell(String(of(now)), 'number'), cell(allTime === null ? '–' : String(of(allTime)), 'number'))));
  // A list that is open must not close under its reader's hand.
  if (body('types').contains(document.activeElement)) return;
  body('types').replaceChildren(...Object.entries(now.byType).map(([type, { detected, corrected }]) => row(
    cell(type), cell(String(detected), 'number'), cell(String(corrected), 'number'),
    cell(choice(MODES, now.modes?.[type], (chosen) => ask('api/config', 'PATCH', { modes: { [type]: chosen } }))),
  )));
}

function correctionRow({ id, at, type, detected, expected, action }) {
  return row(cell(at.slice(11, 19)), cell(type), cell(detected, 'text'), cell(expected ?? '', 'text'), cell(action),
    cell(action === 'report' ? '' : button('never again', () => ask(`api/corrections/${encodeURIComponent(id)}/reject`, 'POST', {}))));
}

function ruleText({ kind, pattern, replacement, subject, attribute, value, description, patch_type: patchType }) {
  if (kind === 'fact') return `${subject} ${attribute} = ${value}`;
  if (kind === 'patch') return `${patchType}: ${description ?? ''}`;
  return replacement === null || replacement === undefined ? pattern : `${pattern} → ${replacement}`;
}

function ruleRow(rule) {
  const path = `api/rules/${encodeURIComponent(`${rule.kind}:${rule.id}`)}`;
  const text = cell(ruleText(rule), 'text');
  const tr = row(cell(String(rule.id)), cell(rule.kind), text, cell(String(rule.hits ?? 0), 'number'), cell(rule.effectiveness === null ? '–' : String(rule.effectiveness), 'number'),
    cell(checkbox(rule.enabled, (enabled) => ask(path, 'PATCH', { enabled }))), cell(button('remove', () => ask(path, 'DELETE'))));
  if (rule.fault !== null) {
    tr.className = 'fault';
    text.dataset.fault = rule.fault;
  }
  return tr;
}

async function refresh() {
  showStatistics(await ask('api/statistics'));
}

async function refreshRules() {
  const { rules } = await ask('api/rules');
  body('rules').replaceChildren(...rules.map(ruleRow));
}

function follow() {
  const events = new EventSource('api/events');
  events.addEventListener('open', () => { byId('live').textContent = 'live'; });
  events.addEventListener('error', () => { byId('live').textContent = 'not live'; });
  events.addEventListener('correction', ({ data }) => {
    const rows = body('corrections');
    rows.prepend(correctionRow(JSON.parse(data)));
    while (rows.rows.length > SHOWN) rows.deleteRow(-1);
  });
}

byId('enabled').addEventListener('change', ({ target }) => act(() => ask('api/enabled', 'POST', { enabled: target.checked })));
byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const { match, value, replace } = Object.fromEntries(new FormData(event.target));
  void act(async () => {
    await ask('api/rules', 'POST', { match, value, ...(replace === '' ? {} : { replace }) });
    event.target.reset();
  });
});

await act(async () => {
  const { corrections } = await ask(`api/corrections?limit=${SHOWN}`);
  body('corrections').replaceChildren(...corrections.map(correctionRow));
});
follow();
setInterval(() => {
  if (!document.hidden) refresh().catch((error) => say(error.message));
}, REFRESH_MS);
