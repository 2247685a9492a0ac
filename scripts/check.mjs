import './require-node.mjs';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { runStep, runTool } from './run-step.mjs';
import { checkTypes } from './types.mjs';

/** What reads the code without running it. The names of the steps that failed. */
export async function checkCode() {
  const steps = [
    ['format', () => runTool('node_modules/@biomejs/biome/bin/biome', ['format', '.'])],
    ['lint', () => runTool('node_modules/oxlint/bin/oxlint', ['--type-aware'])],
    ['types', checkTypes],
  ];
  const failed = [];
  for (const [name, work] of steps) {
    if (!(await runStep(name, work))) failed.push(name);
  }
  return failed;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureInstalled();
  const failed = await checkCode();
  const fast = ['run', '--reporter=dot', 'contract/src', 'core/src'];
  if (!(await runStep('fast tests', () => runTool('node_modules/vitest/vitest.mjs', fast)))) failed.push('fast tests');
  if (failed.length > 0) process.exitCode = 1;
}
