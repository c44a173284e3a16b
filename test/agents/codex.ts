import type { Agent, Place } from './agent.js';

const config = ({ url, modules, project }: Place): string => `model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.scripted]
name = "scripted"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"

[mcp_servers.files]
command = "node"
args = ["${modules}/@modelcontextprotocol/server-filesystem/dist/index.js", "${project}"]
`;

/** Codex reads text by shell commands, which pass untouched by design. Pictures have a tool of their own, and a server of tools may bring more. */
export const CODEX = {
  package: '@openai/codex',
  version: '0.171.0',
  bin: 'codex',
  beside: ['@modelcontextprotocol/server-filesystem@2026.8.31'],
  protocol: 'OpenAI Responses',
  files: (place) => ({ 'config.toml': config(place) }),
  env: ({ home }) => ({ CODEX_HOME: home, SCRIPTED_API_KEY: 'none' }),
  args: (_place, prompt) => ['exec', '--skip-git-repo-check', '--ephemeral', '--sandbox', 'read-only', prompt],
} as const satisfies Partial<Agent>;
