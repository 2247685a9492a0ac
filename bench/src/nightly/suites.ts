import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../world.ts';
import type { Fault } from './fault.ts';

type Suite = { what: string; files: readonly string[]; env: Record<string, string> };
type Report = {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
};

/** Tests that every change runs, with as many rounds, and fresh seeds, as a night has time for. */
const suites = (races: number): Suite[] => [
  {
    what: `races of two replicas, ${races} rounds each`,
    files: ['server/src/features/access-request/race.test.ts', 'server/src/provisioning/replicas.test.ts'],
    env: { STOA_RACE_ROUNDS: String(races) },
  },
  {
    what: 'a random walk of all acts against its oracle, 5 min',
    files: ['server/src/provisioning/random-walk.test.ts'],
    env: { STOA_WALK_SECONDS: '300' },
  },
  {
    what: 'review flows against their model, all sequences',
    files: ['core/src/review-model'],
    env: { STOA_NIGHTLY: 'all' },
  },
  {
    what: 'killed while webhooks and mail are sent, and while masks change',
    files: ['server/src/features/webhook/kill-webhooks.test.ts', 'server/src/provisioning/kill-masks.test.ts'],
    env: {},
  },
  {
    what: 'malformed calls, 500 for each operation, hostile bodies and identifiers, the matrix of rights',
    files: ['server/src/hard', 'connectors/src'],
    env: { FUZZ_CALLS: '500' },
  },
  {
    what: 'a thousand hostile texts on every screen, in mails and messages',
    files: ['e2e/src/hostile-texts.test.ts'],
    env: { STOA_NIGHTLY: 'all' },
  },
];

export const repeatedSuites: Fault = {
  title: 'Test suites with the rounds of a night',
  async run({ amounts, report, tick }) {
    for (const suite of suites(amounts.races)) {
      const { testResults } = await runSuite(suite);
      const tests = testResults.flatMap((file) => file.assertionResults);
      const failed = tests.filter(({ status }) => status === 'failed');
      const broken = testResults.filter(
        (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
      );
      const violations = [
        ...failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.split('\n')[0] ?? ''}`),
        ...broken.map(({ name, message }) => `${name}: ${message}`),
        ...(tests.length === 0 ? ['no test ran'] : []),
      ];
      tick(violations.length);
      report({ what: suite.what, runs: tests.filter(({ status }) => status !== 'pending').length, violations });
    }
  },
};

async function runSuite({ files, env }: Suite): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-nightly-report-'));
  const file = join(folder, 'report.json');
  const args = ['run', ...files, '--reporter=json', `--outputFile=${file}`];
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
