import './require-node.mjs';
import { pathToFileURL } from 'node:url';
import { runNpm } from './run-step.mjs';

const failing = ['high', 'critical'];

/**
 * What a registry answered to `npm audit --json`. `found`: something that ships has a known fault of a failing severity.
 * `unasked`: the registry has no list of advisories, or was not reached; that says nothing about the packages.
 */
export function readAdvisories(output) {
  let answer;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = {};
  }
  if (answer.metadata?.vulnerabilities === undefined) {
    const reason = answer.message ?? answer.error?.summary ?? output.trim().split('\n')[0] ?? '';
    return { result: 'unasked', lines: [`No advisories were asked for: ${reason || 'npm did not answer'}`] };
  }
  const known = Object.values(answer.vulnerabilities ?? {});
  const lines = known.map(({ name, severity, via }) => {
    const titles = via.flatMap((one) => (typeof one === 'string' ? [] : [`${one.title} (${one.url})`]));
    return `${severity}: ${name}${titles.length > 0 ? `: ${titles.join('; ')}` : ''}`;
  });
  const isFailing = known.some(({ severity }) => failing.includes(severity));
  return { result: isFailing ? 'found' : 'clear', lines };
}

/** Asks the registry that npm is set to about everything that ships. */
export async function askForAdvisories() {
  const quickly = ['--fetch-retries=0', '--fetch-timeout=20000'];
  // Silent: its own words would stand among the JSON.
  const { output } = await runNpm(['audit', '--omit=dev', '--json', '--loglevel=silent', ...quickly], {
    isShown: false,
  });
  return readAdvisories(output);
}

/** For a step of the tests: only what was found fails it. */
export async function checkAdvisories() {
  const { result, lines } = await askForAdvisories();
  if (result === 'unasked') console.log(lines.join('\n'));
  return { code: result === 'found' ? 1 : 0, output: lines.join('\n') };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { result, lines } = await askForAdvisories();
  console.log(lines.length > 0 ? lines.join('\n') : 'Nothing is known against any package that ships.');
  process.exitCode = { clear: 0, found: 1, unasked: 2 }[result];
}
