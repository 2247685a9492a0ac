import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityReading } from '../activity.ts';
import type { PlatformSession } from '../connector.ts';
import type { World } from '../testing/world.ts';
import { logFunctionSql } from './log-function.ts';

type Used = {
  readonly world: World;
  readonly session: PlatformSession;
  readonly account: string;
  readonly database: string;
};

/** Who reads what, from the log. The server writes jsonlog (PostgreSQL 15 and later) and has no counters in this database. */
export function describeLog(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let used: Used;
    beforeAll(async () => {
      const world = await makeWorld();
      const session = await world.connector.open(world.input);
      const [row] = await world.admin(`SELECT current_database() AS database`);
      const { credentials } = world.input;
      const account =
        typeof credentials === 'object' && credentials !== null && 'username' in credentials
          ? String(credentials.username)
          : '';
      used = { world, session, account, database: String(row?.['database']) };
    });
    afterAll(async () => {
      await used?.session.close();
      await used?.world.close();
    });
    describeReading(() => used);
    describeSilence(() => used);
  });
}

let last: ActivityReading | undefined;
const readOf = async (session: PlatformSession): Promise<ActivityReading> => {
  last = await session.readActivity(last?.cursor ?? null);
  return last;
};

/** The server writes its log a moment later, and in order: once a statement that came last is in it, so are all before. */
async function untilLogged(world: World, login: string, act: () => Promise<void>): Promise<void> {
  const [start] = await world.admin('SELECT * FROM stoa.logged_statements(NULL, 0)');
  await act();
  const last = world.unique('last');
  await world.query(login, `SELECT 1 AS ${world.quote(last)}`);
  const found = () =>
    world.admin(
      `SELECT FROM stoa.logged_statements('${String(start?.['log_file'])}', ${String(start?.['next_byte'])}) WHERE statement LIKE '%${last}%'`,
    );
  await expect.poll(async () => (await found()).length, { timeout: 45_000 }).toBe(1);
}

function describeReading(use: () => Used): void {
  it('counts completed statements by login and table, each once', async () => {
    const { world, account, database } = use();
    await world.admin(`ALTER DATABASE ${world.quote(database)} SET log_min_duration_statement = 0`);
    await world.admin(logFunctionSql(account));
    const checks = await world.connector.preflight(world.input);
    expect(checks.find((one) => one.check === 'ACTIVITY')).toMatchObject({
      result: 'pass',
      detail: expect.stringContaining('log'),
    });
    const session = await world.connector.open(world.input);
    const source = await world.makeTable(world.unique('logged'));
    const login = world.unique('reader');
    const principalId = await world.makeLogin(login);
    const table = source.objectPath.slice(1).map(world.quote).join('.');
    expect(await readOf(session)).toMatchObject({ way: 'log', uses: [], isBeginning: true });
    await world.reads(login, source.objectPath);
    await world.admin(
      `GRANT USAGE ON SCHEMA sales TO ${world.quote(login)}; GRANT SELECT ON ${table} TO ${world.quote(login)}`,
    );
    await untilLogged(world, login, async () => {
      await world.query(login, `SELECT * FROM ${table} WHERE note = 'O''Secret' AND id < 424242 -- hush`);
      await world.query(login, `SELECT count(*) FROM ${table} "t" WHERE note LIKE E'x' OR id = 1`);
    });
    const reading = await readOf(session);
    expect(reading.uses.filter((one) => one.account === login)).toMatchObject([
      { principalId, objectId: source.platformId, calls: 2, maybeCalls: 0 },
    ]);
    expect((await readOf(session)).uses.filter((one) => one.account === login)).toEqual([]);
    expect(reading.isBeginning).toBe(false);
    await session.close();
  });
}

async function anotherLogin(world: World): Promise<string> {
  const login = world.unique('other');
  await world.makeLogin(login);
  return login;
}

function describeSilence(use: () => Used): void {
  it('lets no value leave the server, and nothing that could be read in two ways', async () => {
    const { world, account } = use();
    const session = await world.connector.open(world.input);
    const [start] = await world.admin('SELECT * FROM stoa.logged_statements(NULL, 0)');
    const login = world.unique('talker');
    await world.makeLogin(login);
    const secrets = [
      "SELECT 'tell-1', 77001",
      'SELECT $$tell-2$$',
      "SELECT E'a\\'tell-3'",
      'SELECT 1 /* tell-4 */',
      "SELECT 'x' AS \"Kept\", N'tell-5', x'beef', 1e77002 -- tell-6",
      'SELECT 1 /* a /* tell-7 */ tell-8 */',
    ];
    await untilLogged(world, await anotherLogin(world), async () => {
      for (const sql of secrets) await world.query(login, sql);
    });
    const rows = await world.admin(
      `SELECT statement FROM stoa.logged_statements('${String(start?.['log_file'])}', ${String(start?.['next_byte'])}) WHERE login = '${login}'`,
    );
    expect(rows).toHaveLength(secrets.length);
    const told = rows.map((row) => row['statement']);
    expect(JSON.stringify(told)).not.toMatch(/tell|7700|beef/);
    expect(told[0]).toBe("SELECT '', 0");
    expect(told[4]).toContain('"Kept"');
    expect([told[1], told[2], told[5]]).toEqual([null, null, null]);
    const [may] = await world.admin(
      `SELECT has_function_privilege('${account}', 'pg_read_file(text)', 'EXECUTE') AS reads, pg_has_role('${account}', 'pg_monitor', 'MEMBER') AS monitors`,
    );
    expect(may).toEqual({ reads: false, monitors: false });
    await session.close();
  });
}
