import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { registry } from '../http/metrics.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { sendHeartbeat } from './replicas.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());
afterEach(() => vi.restoreAllMocks());

const skew = async () =>
  (await registry.getSingleMetric('stoa_clock_skew_seconds')?.get())?.values[0]?.value ?? Number.NaN;

test('clocks that are apart are measured at each heartbeat, and told of once, not every five seconds', async () => {
  const { deps } = server;
  // Its own heartbeat may come in between, and be the one that tells.
  const warn = vi.spyOn(deps.log, 'warn').mockImplementation(() => undefined);
  const told = () => warn.mock.calls.map(([, words]) => String(words)).filter((words) => words.includes('clock'));
  await sendHeartbeat(deps);
  expect(Math.abs(await skew())).toBeLessThan(30);
  expect(told()).toEqual([]);
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
  await sendHeartbeat(deps);
  await sendHeartbeat(deps);
  expect(Math.abs((await skew()) + 3_600)).toBeLessThan(30);
  expect(told()).toEqual([
    expect.stringMatching(/clock of this host and that of the application database are 3(59\d|60\d) s apart/),
  ]);
});
