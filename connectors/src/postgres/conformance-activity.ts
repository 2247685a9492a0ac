import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityReading } from '../activity.ts';
import type { PlatformSession } from '../connector.ts';
import type { World } from '../testing/world.ts';

const accountOf = ({ input: { credentials } }: World): string =>
  typeof credentials === 'object' && credentials !== null && 'username' in credentials
    ? String(credentials.username)
    : '';

/** Who reads what, from the server's counters. The server has loaded pg_stat_statements. */
export function describeActivity(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    let last: ActivityReading | undefined;
    const check = async () => (await world.connector.preflight(world.input)).find((one) => one.check === 'ACTIVITY');
    /** What came on top since the last reading: calls by login and object. */
    const read = async () => {
      last = await session.readActivity(last?.cursor ?? null);
      return last;
    };
    const usesOf = (reading: ActivityReading, account: string) =>
      reading.uses
        .filter((use) => use.account === account)
        .map(({ objectId, calls, maybeCalls }) => [objectId, calls, maybeCalls]);
    beforeAll(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
    });
    afterAll(async () => {
      await session?.close();
      await world?.close();
    });

    it('says what is missing and the SQL that mends it', async () => {
      expect(await session.readActivity(null)).toMatchObject({ way: 'none', uses: [], cursor: null });
      expect(await check()).toMatchObject({ result: 'warn', detail: expect.stringContaining('is not there') });
      await world.admin('CREATE EXTENSION pg_stat_statements SCHEMA public');
      expect(await session.readActivity(null)).toMatchObject({ way: 'none' });
      const refused = await check();
      expect(refused).toMatchObject({ result: 'warn', detail: expect.stringContaining('may not read') });
      await world.admin(refused?.repair ?? '');
      expect(await check()).toMatchObject({ result: 'pass' });
    });

    it('counts nothing at the first look, and each call once from then on', async () => {
      const source = await world.makeTable(world.unique('counted'));
      const login = world.unique('reader');
      const principalId = await world.makeLogin(login);
      const table = source.objectPath.slice(1).map(world.quote).join('.');
      await world.admin(
        `GRANT USAGE ON SCHEMA sales TO ${world.quote(login)}; GRANT SELECT ON ${table} TO ${world.quote(login)}`,
      );
      await world.query(login, `SELECT * FROM ${table} WHERE note = 'before'`);
      expect(await read()).toMatchObject({ way: 'statistics', uses: [], isBeginning: true });
      for (const note of ['secret-1', 'secret-2'])
        await world.query(login, `SELECT * FROM ${table} WHERE note = '${note}'`);
      await world.query(login, `WITH x AS (SELECT id FROM ${table}) SELECT count(*) FROM x`);
      const reading = await read();
      expect(reading.uses.filter((use) => use.account === login)).toMatchObject([
        { principalId, account: login, objectId: source.platformId, calls: 3, maybeCalls: 0 },
      ]);
      expect(JSON.stringify(reading)).not.toContain('secret-');
      expect(usesOf(await read(), login)).toEqual([]);
      expect(usesOf(reading, accountOf(world))).toEqual([]);
    });

    it('goes on after the counters were thrown away, and says that there may be a gap', async () => {
      const source = await world.makeTable(world.unique('reset'));
      const login = world.unique('reader');
      await world.makeLogin(login);
      const table = source.objectPath.slice(1).map(world.quote).join('.');
      await world.admin(
        `GRANT USAGE ON SCHEMA sales TO ${world.quote(login)}; GRANT SELECT ON ${table} TO ${world.quote(login)}`,
      );
      await world.query(login, `SELECT * FROM ${table}`);
      expect(usesOf(await read(), login)).toEqual([[source.platformId, 1, 0]]);
      await world.admin('SELECT public.pg_stat_statements_reset()');
      await world.query(login, `SELECT * FROM ${table}`);
      expect(usesOf(await read(), login)).toEqual([[source.platformId, 1, 0]]);
    });

    it('says maybe where the login can read several tables of one name and did not say which', async () => {
      const name = world.unique('twin');
      const [one, other] = [await world.makeTable(name, 'sales'), await world.makeTable(name, 'hr')];
      const login = world.unique('reader');
      await world.makeLogin(login);
      await world.admin(`GRANT USAGE ON SCHEMA sales, hr TO ${world.quote(login)};
        GRANT SELECT ON sales.${world.quote(name)} TO ${world.quote(login)}`);
      await read();
      await world.query(login, `SET search_path = sales; SELECT * FROM ${world.quote(name)}`);
      expect(usesOf(await read(), login)).toEqual([[one.platformId, 1, 0]]);
      await world.admin(`GRANT SELECT ON hr.${world.quote(name)} TO ${world.quote(login)}`);
      await world.query(login, `SET search_path = hr; SELECT * FROM ${world.quote(name)}`);
      expect(usesOf(await read(), login).sort()).toEqual(
        [
          [one.platformId, 0, 1],
          [other.platformId, 0, 1],
        ].sort(),
      );
    });

    it('calls nothing a use that only failed', async () => {
      const source = await world.makeTable(world.unique('refused'));
      const login = world.unique('reader');
      await world.makeLogin(login);
      await read();
      expect(await world.reads(login, source.objectPath)).toBe('refused');
      expect(usesOf(await read(), login)).toEqual([]);
    });
  });
}
