import { readFileSync } from 'node:fs';
import type { Route } from './server.js';

/** The same depth below the package's root from `src/` and from `dist/`. */
const FOLDER = new URL('../../../dashboard/', import.meta.url);
const PAGES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/dashboard.js', 'dashboard.js', 'text/javascript; charset=utf-8'],
  ['/dashboard.css', 'dashboard.css', 'text/css; charset=utf-8'],
] as const;

/** The dashboard: plain files, read when somebody looks at it. */
export const PAGE_ROUTES: readonly Route[] = PAGES.map(([path, file, type]) => ({
  method: 'GET',
  path,
  handle: () => ({ text: readFileSync(new URL(file, FOLDER), 'utf8'), type }),
}));
