import './require-node.mjs';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAdvisories } from './advisories.mjs';
import { buildChanged } from './build.mjs';
import { checkCode } from './check.mjs';
import { ensureInstalled } from './install.mjs';
import { runStep, runTool } from './run-step.mjs';

await ensureInstalled();
const failedSteps = [];
// The registry takes its time; nothing here waits for it.
const advisories = checkAdvisories();
const isBuilt = await runStep('build', async () => ({ code: (await buildChanged({ isQuiet: true })) ? 0 : 1 }));
if (!isBuilt) failedSteps.push('build');
failedSteps.push(...(await checkCode()));

const folder = mkdtempSync(join(tmpdir(), 'stoa-test-report-'));
const report = join(folder, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const { code } = await runTool('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...process.argv.slice(2)], {
  isShown: true,
});
const counts = readCounts(report);
if (!(await runStep('advisories', () => advisories))) failedSteps.push('advisories');
rmSync(folder, { recursive: true });

// A failed step, and a failure outside of every test, count as one each: the last line must never look green.
let failed = counts.failed + failedSteps.length;
if (code !== 0 && counts.failed === 0) failed += 1;
if (failedSteps.length > 0) console.log(`Failed beside the tests: ${failedSteps.join(', ')}.`);
console.log(`${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function readCounts(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (...states) => tests.filter((test) => states.includes(test.status)).length;
  // A file that cannot be loaded, or whose setup failed, may list no failed test of its own.
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = count('failed') + brokenFiles.length;
  return { passed: count('passed'), failed, skipped: count('skipped', 'pending', 'todo', 'disabled') };
}
