import { join } from 'node:path';
import { expect } from 'vitest';
import { type ChildServer, startChildServer } from './child-server.ts';

const root = join(import.meta.dirname, '../../..');
const outdir = 'server/dist/with-fail-points';

/** Builds the server with its fail-points; the build that people run has none. */
export async function buildWithFailPoints(): Promise<void> {
  const { buildServer } = (await import(join(root, 'scripts/build.mjs'))) as {
    buildServer: (options: object) => Promise<boolean>;
  };
  expect(await buildServer({ outdir, withFailPoints: true })).toBe(true);
}

export type FailingServer = {
  /** A process of its own over the database; it lives until it is killed. */
  start(more?: Record<string, string>): Promise<ChildServer>;
  /** Sends the act to a server that dies at the point; answers the status it got, if it got one. */
  actAndDie(
    point: string,
    act: (server: ChildServer) => Promise<{ readonly status: number }>,
  ): Promise<number | undefined>;
};

/** Servers that die where they are told to, over one database. */
export function failingServer(place: { databaseUrl: string; dataDir: string }): FailingServer {
  const start: FailingServer['start'] = (more = {}) =>
    startChildServer(join(root, outdir, 'main.js'), {
      DATABASE_URL: place.databaseUrl,
      STOA_DATA_DIR: place.dataDir,
      STOA_ROOT: root,
      STOA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      ...more,
    });
  return {
    start,
    async actAndDie(point, act) {
      const server = await start({ FAILPOINT: `${point}:kill` });
      const answer = await act(server).then(
        ({ status }) => status,
        () => undefined,
      );
      const how = await Promise.race([
        server.ended,
        new Promise<string>((resolve) => setTimeout(() => resolve('alive'), 45_000)),
      ]);
      if (how === 'alive') await server.kill();
      expect(how).toBe('SIGKILL');
      return answer;
    },
  };
}
