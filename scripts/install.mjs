import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './run-step.mjs';
import { root } from './workspace.mjs';

/** Installs when node_modules does not hold what package-lock.json asks for. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing the packages that package-lock.json names ...');
  // Install scripts stay off: nothing that we use needs one. Development packages are needed to build.
  const { code } = await runNpm([
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ]);
  if (code !== 0) {
    console.error(
      'The installation failed: "npm ci" says above why. Without a network there is nothing to install from.',
    );
    process.exit(1);
  }
}

// npm writes down what it installed in a lock file of its own. Optional packages are for one platform each.
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json');
  const wanted = readPackages('package-lock.json');
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
}

function readPackages(path) {
  const full = join(root, path);
  return existsSync(full) ? JSON.parse(readFileSync(full, 'utf8')).packages : undefined;
}
