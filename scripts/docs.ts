// Writes docs/API.md from the docstrings of what src/index.ts exports: npm run docs
import { writeFileSync } from 'node:fs';
import { apiReference } from './api-reference.js';

writeFileSync(new URL('../docs/API.md', import.meta.url), apiReference());
