import { showAgent } from './show-agent.js';

const config = (url: string): string => JSON.stringify({
  autoupdate: false,
  share: 'disabled',
  model: 'scripted/scripted',
  provider: { scripted: { npm: '@ai-sdk/openai-compatible', name: 'scripted', options: { baseURL: `${url}/v1`, apiKey: 'none' }, models: { scripted: { name: 'scripted' } } } },
});

showAgent({
  name: 'opencode',
  package: 'opencode-ai',
  version: '1.18.33',
  bin: 'opencode',
  // It puts the binary for this machine in place.
  installScripts: true,
  protocol: 'OpenAI chat completions',
  prompt: 'Read the main file in src and tell me what it says.',
  // It wants absolute paths, and says in its system text which folder it works in.
  asks: ({ project }) => ({ tool: 'read', arguments: { filePath: `${project}/src/mian.ts` } }),
  means: ({ project }) => ({ filePath: `${project}/src/main.ts` }),
  fails: /File not found: .*src\/mian\.ts/,
  reads: /export function main\(\): void/,
  files: ({ url }) => ({ 'opencode.json': config(url) }),
  env: ({ home }) => ({
    OPENCODE_CONFIG: `${home}/opencode.json`, XDG_DATA_HOME: `${home}/data`, XDG_CONFIG_HOME: `${home}/config`, XDG_CACHE_HOME: `${home}/cache`, XDG_STATE_HOME: `${home}/state`,
    OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  }),
  args: (_place, prompt) => ['run', '--model', 'scripted/scripted', prompt],
});
