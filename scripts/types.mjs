import './require-node.mjs';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from './run-step.mjs';
import { listFiles, root, workspaces } from './workspace.mjs';

/** Most files first: begun last, one of them would run on alone when all else is done. */
const largest = ['server', 'e2e', 'web'];
const rank = (workspace) => (largest.includes(workspace) ? largest.indexOf(workspace) : largest.length);

/**
 * Checks the types of every workspace, one on each core. Several checkers of one compiler each work out the types that they
 * share: with a single one the check costs less than half.
 */
export async function checkTypes() {
  const waiting = [...workspaces].sort((a, b) => rank(a) - rank(b)).flatMap(listProjects);
  const failures = [];
  const work = async () => {
    for (let project = waiting.shift(); project; project = waiting.shift()) {
      const { code, output } = await runTool('node_modules/typescript/bin/tsc', ['-p', project, '--checkers', '1']);
      if (code !== 0) failures.push(`${project}:\n${output.trimEnd()}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work));
  return { code: failures.length > 0 ? 1 : 0, output: failures.join('\n') };
}

function listProjects(workspace) {
  if (!listFiles(`${workspace}/src`).some((path) => /\.tsx?$/.test(path))) return [];
  const names = ['tsconfig.json', 'tsconfig.test.json'].map((name) => join(workspace, name));
  return names.filter((name) => existsSync(join(root, name)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { code, output } = await checkTypes();
  if (output) console.log(output);
  process.exitCode = code;
}
