import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,core,connectors,server,web,cli,e2e,bench}/src/**/*.test.{ts,tsx}'],
    globalSetup: ['server/src/testing/global-setup.ts'],
    // Style sheets are empty in tests, but for the tokens, whose contrast is computed.
    css: { include: [/tokens\.css/] },
    pool: 'forks',
    // Most of a test's time is spent waiting for a server: two at once also on a machine of two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
