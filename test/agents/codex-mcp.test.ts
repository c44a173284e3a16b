import { CODEX } from './codex.js';
import { showAgent } from './show-agent.js';

showAgent({
  ...CODEX,
  name: 'codex-mcp',
  prompt: 'Read the main file in src and tell me what it says.',
  asks: ({ project }) => ({ namespace: 'mcp__files', tool: 'read_text_file', arguments: { path: `${project}/src/mian.ts` } }),
  means: ({ project }) => ({ path: `${project}/src/main.ts` }),
  fails: /ENOENT: no such file or directory.*src\/mian\.ts/,
  reads: /export function main\(\): void/,
  note: 'Here it has the file tools of an MCP server (`@modelcontextprotocol/server-filesystem`), which it offers and calls in a namespace.',
});
