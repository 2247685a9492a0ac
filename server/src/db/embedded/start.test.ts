import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import pg from 'pg';
import { findFreePort } from './port.ts';
import { startEmbedded } from './start.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

test('a new folder gets a server with passwords for everybody, and a second start finds it again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'stoa-embedded-'));
  folders.push(dataDir);
  const port = await findFreePort();
  const first = await startEmbedded({ dataDir, log: () => undefined, port });
  expect(first.fresh).toBe(true);
  await first.stop();
  const before = performance.now();
  const second = await startEmbedded({ dataDir, log: () => undefined, port });
  console.log('second start', performance.now() - before);
  expect(second.fresh).toBe(false);
  await expect(
    new pg.Client(second.url('postgres', { user: 'postgres', password: 'wrong' })).connect(),
  ).rejects.toThrow();
  await second.stop();
});
