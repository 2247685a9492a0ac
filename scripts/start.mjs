import './require-node.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildChanged } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './workspace.mjs';

await ensureInstalled();
if (!(await buildChanged())) {
  console.error('The build failed; the reason stands above.');
  process.exit(1);
}
const main = join(root, 'server/dist/main.js');
if (!existsSync(main)) {
  console.error('There is no server to start: server/src/main.ts is missing from this clone.');
  process.exit(1);
}
// In this same process, so that signals reach the server and no second process can be left behind.
process.argv[1] = main;
process.env.STOA_ROOT ??= root;
await import(pathToFileURL(main).href);
