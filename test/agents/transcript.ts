import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Agent } from './agent.js';
import type { AgentRun } from './run-agent.js';
import { wholeName } from './scripted-model.js';

const FOLDER = join(import.meta.dirname, '../../docs/agents');

/** Writes both runs as a page for people. The same runs give the same page: what differs by machine and moment is named instead. */
export function writeTranscript(agent: Agent, direct: AgentRun, patched: AgentRun): void {
  const text = [
    `# ${agent.package} ${agent.version}`,
    `Written by \`npm run test:agents -- ${agent.name}\`: the real agent in a real folder, its model a script that speaks ${agent.protocol} and asks for a file under a ` +
      `wrong path. \`PROJECT\` and \`HOME\` are folders made for the run.${agent.note === undefined ? '' : ` ${agent.note}`}`,
    '## Without hotpatch', ...run(direct),
    '## Through hotpatch', ...run(patched),
  ].join('\n\n');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${agent.name}.md`), `${text}\n`);
}

function run(run: AgentRun): string[] {
  const { asked, told, hotpatch } = run;
  const clean = cleaner(run);
  const fence = (text: string): string => `\`\`\`text\n${clean(text).trim()}\n\`\`\``;
  const calls = told.map((one) => `${one.tool} ${JSON.stringify(one.arguments)}\n${one.result}`).join('\n');
  return [
    ...(hotpatch === null ? [] : ['`hotpatch serve --upstream BACKEND --workspace PROJECT` says', fence(hotpatch.readyLine)]),
    'Started as', fence(run.command),
    'The model asks for', fence(`${wholeName(asked.namespace, asked.tool)} ${JSON.stringify(asked.arguments)}`),
    'The agent calls, and tells the model what the tool said', fence(calls),
    'The agent prints', fence(run.stdout),
    ...(run.stderr.trim() === '' ? [] : ['and on stderr', fence(run.stderr)]),
    ...(hotpatch === null ? [] : ['`logs/corrections.log` has', fence(hotpatch.corrections)]),
  ];
}

function cleaner({ place: { project, home, url }, backendUrl }: AgentRun): (text: string) => string {
  const names: readonly (readonly [string, string])[] = [[project, 'PROJECT'], [home, 'HOME'], [dirname(project), 'FOLDER'], [url, url === backendUrl ? 'BACKEND' : 'HOTPATCH'], [backendUrl, 'BACKEND']];
  return (text) => names.reduce((result, [from, to]) => result.replaceAll(from, to), text)
    .replaceAll(project.slice(1), 'PROJECT')
    // Of packages this machine has or lacks.
    .replace(/^warning: .*\n/gim, '')
    .replace(/(?<=^tokens used\n)[\d,]+/m, 'N')
    .replace(/(?<=Wall time: )[\d.]+/g, 'N')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, 'ID');
}
