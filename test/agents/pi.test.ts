import { showAgent } from './show-agent.js';

const models = (url: string): string => JSON.stringify({ providers: { scripted: { baseUrl: `${url}/v1`, api: 'openai-completions', apiKey: 'none', models: [{ id: 'scripted' }] } } });

showAgent({
  name: 'pi',
  package: '@mariozechner/pi-coding-agent',
  version: '0.73.1',
  bin: 'pi',
  protocol: 'OpenAI chat completions',
  prompt: 'Read the main file in src and tell me what it says.',
  asks: () => ({ tool: 'read', arguments: { path: 'src/mian.ts' } }),
  means: () => ({ path: 'src/main.ts' }),
  fails: /ENOENT: no such file or directory.*src\/mian\.ts/,
  reads: /export function main\(\): void/,
  files: ({ url }) => ({ 'models.json': models(url) }),
  env: ({ home }) => ({ PI_CODING_AGENT_DIR: home, PI_OFFLINE: '1', PI_TELEMETRY: '0' }),
  args: (_place, prompt) => ['--print', '--no-session', '--provider', 'scripted', '--model', 'scripted', prompt],
});
