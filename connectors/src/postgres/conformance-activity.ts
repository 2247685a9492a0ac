import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityReading } from '../activity.ts';
import type { PlatformSession } from '../connector.ts';
import type { World } from '../testing/world.ts';

type Used = {
  readonly world: World;
  readonly session: PlatformSession;
  /** What came on top since the last reading. */
  readonly read: () => Promise<ActivityReading>;
};

const accountOf = ({ input: { credentials } }: World): string =>
  typeof credentials === 'object' && credentials !== null && 'username' in credentials
    ? String(credentials.username)
    : '';

const usesOf = (reading: ActivityReading, account: string) =>
  reading.uses
    .filter((use) => use.account === account)
    .map(({ objectId, calls, maybeCalls }) => [objectId, calls, maybeCalls])
    .sort();

/** A table of `sales` and a login that may read it. */
async function readable(world: World, base: string) {
  const source = await world.makeTable(world.unique(base));
  const login = world.unique('reader');
  const principalId = await world.makeLogin(login);
  const table = source.objectPath.slice(1).map(world.quote).join('.');
  await world.admin(
    `GRANT USAGE ON SCHEMA sales TO ${world.quote(login)}; GRANT SELECT ON ${table} TO ${world.quote(login)}`,
  );
  return { source, login, principalId, table };
}

/** Who reads what, from the server's counters. The server has loaded pg_stat_statements. */
export function describeActivity(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let used: Used;
    beforeAll(async () => {
      const world = await makeWorld();
      const session = await world.connector.open(world.input);
      let last: ActivityReading | undefined;
      const read = async () => {
        last = await session.readActivity(last?.cursor ?? null);
        return last;
      };
      used = { world, session, read };
    });
    afterAll(async () => {
      await used?.session.close();
      await used?.world.close();
    });
    describeWays(() => used);
    describeCounting(() => used);
    describeDoubt(() => used);
  });
}

function describeWays(use: () => Used): void {
  it('says what is missing and the SQL that mends it', async () => {
    const { world, session } = use();
    const check = async () => (await world.connector.preflight(world.input)).find((one) => one.check === 'ACTIVITY');
    expect(await session.readActivity(null)).toMatchObject({ way: 'none', uses: [], cursor: null });
    expect(await check()).toMatchObject({ result: 'warn', detail: expect.stringContaining('is not there') });
    // How it can be told from the log stands below, to be uncommented; nothing of it runs with the rest.
    expect((await check())?.repair).toContain('-- CREATE OR REPLACE FUNCTION stoa.logged_statements');
    await world.admin('REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE EXTENSION pg_stat_statements SCHEMA public');
    expect(await session.readActivity(null)).toMatchObject({ way: 'none' });
    const refused = await check();
    expect(refused).toMatchObject({ result: 'warn', detail: expect.stringContaining('may not read') });
    await world.admin(refused?.repair ?? '');
    expect(await check()).toMatchObject({ result: 'pass' });
  });
}

function describeCounting(use: () => Used): void {
  it('counts nothing at the first look, and each call once from then on', async () => {
    const { world, read } = use();
    const { source, login, principalId, table } = await readable(world, 'counted');
    await world.query(login, `SELECT * FROM ${table} WHERE note = 'before'`);
    expect(await read()).toMatchObject({ way: 'statistics', uses: [], isBeginning: true });
    for (const note of ['secret-1', 'secret-2'])
      await world.query(login, `SELECT * FROM ${table} WHERE note = '${note}'`);
    await world.query(login, `WITH x AS (SELECT id FROM ${table}) SELECT count(*) FROM x`);
    const reading = await read();
    expect(reading.uses.filter((one) => one.account === login)).toMatchObject([
      { principalId, account: login, objectId: source.platformId, calls: 3, maybeCalls: 0 },
    ]);
    expect(JSON.stringify(reading)).not.toContain('secret-');
    expect(usesOf(await read(), login)).toEqual([]);
    expect(usesOf(reading, accountOf(world))).toEqual([]);
  });

  it('goes on after the counters were thrown away, and says that there may be a gap', async () => {
    const { world, read } = use();
    const { source, login, table } = await readable(world, 'reset');
    await world.query(login, `SELECT * FROM ${table}`);
    expect(usesOf(await read(), login)).toEqual([[source.platformId, 1, 0]]);
    await world.admin('SELECT public.pg_stat_statements_reset()');
    await world.query(login, `SELECT * FROM ${table}`);
    const after = await read();
    expect(usesOf(after, login)).toEqual([[source.platformId, 1, 0]]);
    expect(after.isBeginning).toBe(true);
  });

  it('calls nothing a use that was refused', async () => {
    const { world, read } = use();
    const source = await world.makeTable(world.unique('refused'));
    const login = world.unique('reader');
    await world.makeLogin(login);
    await read();
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    expect(usesOf(await read(), login)).toEqual([]);
  });
}

function describeDoubt(use: () => Used): void {
  it('says maybe where the login can read several tables of one name and did not say which', async () => {
    const { world, read } = use();
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
    expect(usesOf(await read(), login)).toEqual(
      [
        [one.platformId, 0, 1],
        [other.platformId, 0, 1],
      ].sort(),
    );
  });
}
