import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,core,connectors,server,web,cli,e2e,bench}/src/**/*.test.{ts,tsx}'],
    globalSetup: ['server/src/testing/global-setup.ts'],
    // Style sheets are empty in tests, but for the tokens, whose contrast is computed.
    css: { include: [/tokens\.css/] },
    pool: 'forks',
    // Half of a test's time is spent waiting: two at once also on two cores. Each process has a PostgreSQL of its own.
    maxWorkers: Math.min(4, Math.max(2, availableParallelism() - 1)),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
