// Writes config.schema.json from the schema the program itself checks with: node --import tsx scripts/make-config-schema.ts
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/app/config-schema.js';

writeFileSync(new URL('../config.schema.json', import.meta.url), configJsonSchema());
