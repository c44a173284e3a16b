import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Agent } from './agent.js';
import { installAgent } from './install.js';
import { runAgent } from './run-agent.js';
import { writeTranscript } from './transcript.js';

/** The same agent, folder and model twice: alone it looks where nothing is, through hotpatch it reads the right file. */
export function showAgent(agent: Agent): void {
  test(`${agent.name}: ${agent.package} ${agent.version} reads the right file through hotpatch, and fails without it`, async () => {
    const modules = installAgent(agent);
    const direct = await runAgent(agent, modules, { throughHotpatch: false });
    const patched = await runAgent(agent, modules, { throughHotpatch: true });
    const said = (run: typeof direct): string => `the agent ended with ${run.code} and printed ${run.stdout} ${run.stderr}`;

    assert.deepEqual(direct.told.map((told) => told.arguments), [direct.asked.arguments], said(direct));
    assert.match(direct.told[0]?.result ?? '', agent.fails);
    assert.doesNotMatch(direct.told[0]?.result ?? '', agent.reads);
    assert.match(direct.stdout, agent.fails);

    assert.deepEqual(patched.told.map((told) => told.arguments), [agent.means(patched.place)], said(patched));
    assert.match(patched.told[0]?.result ?? '', agent.reads);
    assert.match(patched.stdout, agent.reads);
    assert.doesNotMatch(patched.stdout, agent.fails);
    assert.match(patched.hotpatch?.corrections ?? '', /^\S+ \| Type: invalid_path \| [^\n]*\| Action: replace \|[^\n]*\n$/);
    writeTranscript(agent, direct, patched);
  });
}
