import { showAgent } from './show-agent.js';

const config = (url: string): string => `model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.scripted]
name = "scripted"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
`;

showAgent({
  name: 'codex',
  package: '@openai/codex',
  version: '0.171.0',
  bin: 'codex',
  protocol: 'OpenAI Responses',
  prompt: 'Look at the picture in docs.',
  // Text it reads by shell commands, which pass untouched by design; pictures have a tool of their own.
  asks: ({ project }) => ({ tool: 'view_image', arguments: { path: `${project}/docs/pictrue.png` } }),
  means: ({ project }) => ({ path: `${project}/docs/picture.png` }),
  fails: /unable to locate image at .*docs\/pictrue\.png/,
  reads: /\[image data:image\/png;base64,/,
  files: ({ url }) => ({ 'config.toml': config(url) }),
  env: ({ home }) => ({ CODEX_HOME: home, SCRIPTED_API_KEY: 'none' }),
  args: (_place, prompt) => ['exec', '--skip-git-repo-check', '--ephemeral', '--sandbox', 'read-only', prompt],
  note: 'This agent reads text files by shell commands, which hotpatch leaves alone; pictures it reads with a tool, and that is what is shown.',
});
