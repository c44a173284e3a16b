import { showAgent } from './show-agent.js';

const config = (url: string): string => `name: scripted
version: 1.0.0
schema: v1
models:
  - name: scripted
    provider: openai
    model: scripted
    apiBase: ${url}/v1
    apiKey: none
    roles: [chat]
`;

showAgent({
  name: 'continue',
  package: '@continuedev/cli',
  version: '1.5.47',
  bin: 'cn',
  protocol: 'OpenAI chat completions',
  prompt: 'Read the main file in src and tell me what it says.',
  asks: () => ({ tool: 'Read', arguments: { filepath: 'src/mian.ts' } }),
  means: () => ({ filepath: 'src/main.ts' }),
  fails: /File does not exist: src\/mian\.ts/,
  reads: /export function main\(\): void/,
  files: ({ url }) => ({ 'config.yaml': config(url) }),
  env: ({ home }) => ({ CONTINUE_GLOBAL_DIR: home, CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_METRICS_ENABLED: '0' }),
  args: ({ home }, prompt) => ['--print', '--config', `${home}/config.yaml`, prompt],
});
