import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig, type TestUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const everything = ['{contract,core,connectors,server,web,cli,e2e,bench}/src/**/*.test.{ts,tsx}'];
const together = [
  '{contract,core,web}/src/**/*.test.{ts,tsx}',
  'server/src/{audit,egress,features,http,verify,work}/**/*.test.ts',
  'server/src/{db,provisioning}/!(kill*).test.ts',
  'server/src/{routes,durable-file,secrets/secrets}.test.ts',
  'server/src/hard/{authorisation-matrix,fuzz,leaks,published-answers,security-table}.test.ts',
  'connectors/src/**/!(conformance).test.ts',
];

/** Minutes each: begun last, one of them would run on alone when all else is done. The others go by size, as a clone knows no times. */
const slowest = [
  'e2e/src/journey.test.ts',
  'server/src/hard/fuzz.test.ts',
  'server/src/provisioning/kill.test.ts',
  'server/src/hard/authorisation-matrix.test.ts',
  'connectors/src/postgres/conformance.test.ts',
];
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => slowest.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

/** Half of a test's time is spent waiting: three at once also on two cores. Each process has a PostgreSQL of its own. */
const maxWorkers = Math.min(4, availableParallelism() + 1);

// Not inherited from the root, which would start servers of its own, that nobody uses. Each project has its own: the logins of the
// sample, which some of the one make, must not be there for the other.
const each: TestUserConfig = {
  globalSetup: ['server/src/testing/global-setup.ts'],
  // Style sheets are empty in tests, but for the tokens, whose contrast is computed.
  css: { include: [/tokens\.css/] },
  pool: 'forks',
  maxWorkers,
  testTimeout: 120_000,
  hookTimeout: 180_000,
  // What is waited for comes late where three workers share two cores; a second is no promise of anything.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    maxWorkers,
    teardownTimeout: 20_000,
    projects: [
      // Each of these files makes what it needs and closes it: they share the modules that a process has loaded.
      { test: { ...each, name: 'together', include: together, isolate: false } },
      { test: { ...each, name: 'apart', include: everything, exclude: [...configDefaults.exclude, ...together] } },
    ],
  },
});
