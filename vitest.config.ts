import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const everything = ['{contract,core,connectors,server,web,cli,e2e,bench}/src/**/*.test.{ts,tsx}'];
const together = ['{contract,core,web}/src/**/*.test.{ts,tsx}', 'server/src/features/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['server/src/testing/global-setup.ts'],
    // Style sheets are empty in tests, but for the tokens, whose contrast is computed.
    css: { include: [/tokens\.css/] },
    pool: 'forks',
    // Half of a test's time is spent waiting: three at once also on two cores. Each process has a PostgreSQL of its own.
    maxWorkers: Math.min(4, availableParallelism() + 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    projects: [
      // Each of these files makes its own server and closes it: they share the modules that a process has loaded.
      { extends: true, test: { name: 'features', include: together, isolate: false } },
      {
        extends: true,
        test: { name: 'processes', include: everything, exclude: [...configDefaults.exclude, ...together] },
      },
    ],
  },
});
