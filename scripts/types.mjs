import './require-node.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from './run-step.mjs';
import { listFiles, root, workspaces } from './workspace.mjs';

/** Checks the types of every workspace, two at a time: each compiler uses more than one core already. */
export async function checkTypes() {
  const waiting = workspaces.flatMap(listProjects);
  const failures = [];
  const work = async () => {
    for (let project = waiting.shift(); project; project = waiting.shift()) {
      const { code, output } = await runTool('node_modules/typescript/bin/tsc', ['-p', project]);
      if (code !== 0) failures.push(`${project}:\n${output.trimEnd()}`);
    }
  };
  await Promise.all([work(), work()]);
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
