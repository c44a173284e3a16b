import { CODEX } from './codex.js';
import { showAgent } from './show-agent.js';

showAgent({
  ...CODEX,
  name: 'codex',
  prompt: 'Look at the picture in docs.',
  asks: ({ project }) => ({ tool: 'view_image', arguments: { path: `${project}/docs/pictrue.png` } }),
  means: ({ project }) => ({ path: `${project}/docs/picture.png` }),
  fails: /unable to locate image at .*docs\/pictrue\.png/,
  reads: /\[image data:image\/png;base64,/,
  note: 'Of its own tools this agent reads text by shell commands, which hotpatch leaves alone; pictures it reads with a tool, and that is what is shown.',
});
