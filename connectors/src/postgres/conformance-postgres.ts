import { findDrift } from '@stoa/core/provisioning/findings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckName, PlatformSession } from '../connector.ts';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import type { CutPoint } from '../testing/cutting-proxy.ts';
import type { TestServer } from '../testing/postgres-world.ts';
import { connectAs, makePostgresWorld, sourceOf } from '../testing/postgres-world.ts';
import { addUser, approve, change, factsOf, productOf, settle } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';
import { describeReading } from './conformance-reading.ts';
import { describeSessions } from './conformance-sessions.ts';

/** What only PostgreSQL has: grantors, column grants, SET ROLE, its own ways around, and the account's limits. */
export function describePostgres(title: string, server: () => TestServer): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeAll(async () => {
      world = await makePostgresWorld(server(), title);
      session = await world.connector.open(world.input);
    });
    afterAll(async () => {
      await session?.close();
      await world?.close();
    });
    const use = (): Used => ({ world, session, server: server() });
    describeShapes(use);
    describeReading(use);
    describeBypass(use);
    describeCuts(use);
    describeAccount(use);
    describeSessions(use);
    describePreflight(use);
  });
}

type Used = { readonly world: World; readonly session: PlatformSession; readonly server: TestServer };

async function oneProduct(world: World, base: string) {
  const scene = emptyScene();
  const source = await world.makeTable(world.unique(base));
  scene.sources.push(source);
  scene.targets.push(productOf(base, [source]));
  const login = await addUser(world, scene, 'ada');
  const approval = approve(scene, base, 'ada');
  return { scene, source, login, approval };
}

const pathOf = (world: World, path: readonly string[]): string => path.slice(1).map(world.quote).join('.');
const accountName = (world: World): string => {
  const { credentials } = world.input;
  return typeof credentials === 'object' && credentials !== null && 'username' in credentials
    ? String(credentials.username)
    : '';
};

function describeShapes(use: () => Used): void {
  it('shares views, materialized views and partitioned tables like tables', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(world, 'kinds');
    const table = pathOf(world, source.objectPath);
    await world.admin(`CREATE VIEW hr.v AS SELECT * FROM ${table}; CREATE MATERIALIZED VIEW hr.m AS SELECT * FROM ${table};
      CREATE TABLE hr.p (id int) PARTITION BY RANGE (id); CREATE TABLE hr.p1 PARTITION OF hr.p FOR VALUES FROM (0) TO (9);
      INSERT INTO hr.p VALUES (1); GRANT SELECT ON hr.v, hr.m, hr.p TO ${world.quote(accountName(world))} WITH GRANT OPTION`);
    const database = source.objectPath[0] ?? '';
    const view = await sourceOf(world.admin, database, ['hr', 'v']);
    const partitioned = await sourceOf(world.admin, database, ['hr', 'p']);
    const materialized = { ...(await sourceOf(world.admin, database, ['hr', 'm'])), objectType: 'materialized_view' };
    scene.sources.push(view, partitioned, materialized);
    scene.targets.splice(0, 1, productOf('kinds', scene.sources));
    const { second, states } = await settle(session, factsOf(world, scene));
    expect(second.steps).toEqual([]);
    expect(states.map((s) => s.state)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    for (const s of scene.sources) expect(await world.reads(login, s.objectPath)).toBe('rows');
  });

  it('crawls exactly what is there, parents first, with columns and comments', async () => {
    const { world, session } = use();
    await world.admin(`CREATE TABLE hr.crawled ("Odd ""Name" numeric(8,2) NOT NULL, born date); COMMENT ON TABLE hr.crawled IS 'About';
      COMMENT ON COLUMN hr.crawled.born IS 'When'`);
    const found = [];
    for await (const object of session.crawl([])) found.push(object);
    expect(found[0]?.objectType).toBe('database');
    const crawled = found.find((o) => o.objectPath[2] === 'crawled');
    expect(crawled).toMatchObject({ objectType: 'table', comment: 'About', grantable: false });
    expect(crawled?.columns).toMatchObject([
      { name: 'Odd "Name', nativeType: 'numeric(8,2)', typeFamily: 'decimal', nullable: false },
      { name: 'born', typeFamily: 'date', comment: 'When' },
    ]);
    const ids = new Set<string>();
    for (const object of found) {
      expect(object.parentPlatformId === null || ids.has(object.parentPlatformId)).toBe(true);
      ids.add(object.platformId);
    }
    const under = [];
    for await (const object of session.crawl([found[0]?.objectPath[0] ?? '', 'hr', 'crawled']))
      under.push(object.objectPath.length);
    expect(under).toEqual([1, 2, 3]);
  });

  it('never uses a role that bears another mark', async () => {
    const { world, session } = use();
    if (!world.separateGrantors) return;
    const { scene, login, source } = await oneProduct(world, 'squatter');
    const name = `${world.input.namePrefix}dp_${(scene.targets[0]?.containerNumber ?? 0).toString(36)}`;
    await world.admin(
      `CREATE ROLE ${world.quote(name)}; COMMENT ON ROLE ${world.quote(name)} IS 'stoa other/other theirs'`,
    );
    const { plan, second } = await settle(session, factsOf(world, scene));
    expect(plan.steps.filter((s) => s.container.name === name)).toEqual([]);
    expect(second.blocked).toMatchObject([{ reason: 'container.foreign' }]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await world.admin(`DROP ROLE ${world.quote(name)}`);
  });

  it('states what an open session keeps that did SET ROLE: nothing from 16 on, the container before', async () => {
    const { world, session } = use();
    const { scene, source, login, approval } = await oneProduct(world, 'setrole');
    const { after, desired } = await settle(session, factsOf(world, scene));
    const container = after.containers.find((c) => c.name === desired.containers[0]?.name);
    const open = await world.openSession(login);
    const setRole = await open.run(`SET ROLE ${world.quote(container?.nativeName ?? '')}`);
    expect(setRole).toBe(world.separateGrantors ? 'refused' : 'ok');
    change(scene.approvals, approval, { ended: true });
    await settle(session, factsOf(world, scene));
    const sql = `SELECT * FROM ${pathOf(world, source.objectPath)}`;
    expect(await open.run(sql)).toBe(world.separateGrantors ? 'refused' : 'ok');
    expect(session.capabilities.openSessionsMayKeepAccess).toBe(!world.separateGrantors);
    await open.close();
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('gives a NOINHERIT login access from 16 on and refuses it before', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(world, 'noinherit');
    await world.admin(`ALTER ROLE ${world.quote(login)} NOINHERIT`);
    const [resolved] = await session.resolvePrincipals([login]);
    expect(resolved?.refusal).toBe(world.separateGrantors ? null : 'no_inherit');
    const { second, states } = await settle(session, factsOf(world, scene));
    expect(second.steps).toEqual([]);
    expect(states.map((s) => s.state)).toEqual([world.separateGrantors ? 'ACTIVE' : 'FAILED']);
    expect(await world.reads(login, source.objectPath)).toBe(world.separateGrantors ? 'rows' : 'refused');
  });
}

function describeBypass(use: () => Used): void {
  it('reports each way around: direct, by column, PUBLIC, ownership, superuser, and extra on a container', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(world, 'bypass');
    const boss = await addUser(world, scene, 'boss');
    const table = pathOf(world, source.objectPath);
    const first = await settle(session, factsOf(world, scene));
    expect(findDrift(first.desired, first.after, null)).toEqual([]);
    const container =
      first.after.containers.find((c) => c.name === first.desired.containers[0]?.name)?.nativeName ?? '';
    const stranger = world.unique('stranger');
    await world.makeLogin(stranger);
    await world.admin(`GRANT SELECT ON ${table} TO ${world.quote(login)}; GRANT SELECT (note) ON ${table} TO ${world.quote(boss)};
      GRANT SELECT ON ${table} TO PUBLIC; ALTER ROLE ${world.quote(boss)} SUPERUSER;
      GRANT INSERT ON ${table} TO ${world.quote(container)}; GRANT ${world.quote(container)} TO ${world.quote(stranger)}`);
    const drifted = await settle(session, factsOf(world, scene));
    expect(drifted.plan.steps).toEqual([]);
    const found = findDrift(drifted.desired, drifted.after, null).map(
      (f) => `${f.finding} ${f.privilege} ${f.principal}`,
    );
    expect(found.sort()).toEqual(
      [
        `bypass SELECT ${login}`,
        'bypass SELECT PUBLIC',
        `bypass SELECT (note) (column) ${boss}`,
        `bypass SUPERUSER (superuser) ${boss}`,
        `extra_on_container INSERT ${drifted.desired.containers[0]?.name}`,
        `unknown_member MEMBER ${stranger}`,
      ].sort(),
    );
    await world.admin(`ALTER TABLE ${table} OWNER TO ${world.quote(login)}`);
    const owned = await settle(session, factsOf(world, scene));
    expect(findDrift(owned.desired, owned.after, null).some((f) => f.privilege === 'OWNER (owner)')).toBe(true);
    await world.admin(`ALTER TABLE ${table} OWNER TO CURRENT_USER; REVOKE ${world.quote(container)} FROM ${world.quote(stranger)};
      REVOKE INSERT ON ${table} FROM ${world.quote(container)}; ALTER ROLE ${world.quote(boss)} NOSUPERUSER`);
  });

  it('reports a login that is gone', async () => {
    const { world, session } = use();
    const { scene, login } = await oneProduct(world, 'gone');
    await settle(session, factsOf(world, scene));
    await world.admin(`DROP ROLE ${world.quote(login)}`);
    const { desired, after } = await settle(session, factsOf(world, scene));
    expect(findDrift(desired, after, null).map((f) => f.finding)).toEqual(['identity_missing']);
  });
}

function describeCuts(use: () => Used): void {
  for (const point of ['before-server', 'before-client'] satisfies CutPoint[]) {
    it(`observes instead of guessing when the line is cut ${point === 'before-server' ? 'before' : 'after'} the commit`, async () => {
      const { world, server } = use();
      const { scene, source, login } = await oneProduct(world, 'cut');
      const proxy = await startCuttingProxy(server);
      const database = source.objectPath[0] ?? '';
      const config = { host: '127.0.0.1', port: proxy.port, database, tls: 'disable' };
      const session = await world.connector.open({ ...world.input, config });
      proxy.cutAt('GRANT SELECT ON TABLE', point);
      const { results, plan, second } = await settle(session, factsOf(world, scene));
      expect(plan.steps.length).toBeGreaterThan(0);
      expect(results.filter((r) => r.status === 'failed').every((r) => r.failure.outcomeUnknown)).toBe(true);
      expect(await world.reads(login, source.objectPath)).toBe(second.steps.length === 0 ? 'rows' : 'refused');
      expect(second.steps.length === 0).toBe(point === 'before-client');
      const again = await settle(session, factsOf(world, scene));
      expect(again.second.steps).toEqual([]);
      expect(await world.reads(login, source.objectPath)).toBe('rows');
      await session.close();
      await proxy.close();
    });
  }

  it('writes nothing once its fence is lost', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(world, 'fence');
    const lost = { holds: () => Promise.resolve(false) };
    const { results } = await settle(session, factsOf(world, scene), lost);
    expect(results.every((r) => r.status === 'skipped')).toBe(true);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('does the same one statement at a time, when a fail-point asks for that', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(world, 'steps');
    const points: string[] = [];
    const at = (point: string): Promise<void> => {
      points.push(point);
      return Promise.resolve();
    };
    const { second } = await settle(session, factsOf(world, scene), { holds: () => Promise.resolve(true), at });
    expect(second.steps).toEqual([]);
    expect(new Set(points).size).toBe(6);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
  });

  it('gives up on a table that somebody alters, and grants nothing half', async () => {
    const { world, session, server } = use();
    const { scene, source, login } = await oneProduct(world, 'altered');
    const ddl = await connectAs(server, source.objectPath[0] ?? '', server);
    await ddl.query(`BEGIN; ALTER TABLE ${pathOf(world, source.objectPath)} ADD COLUMN more int`);
    const waiting = settle(session, factsOf(world, scene));
    const { results } = await waiting.finally(() => ddl.query('COMMIT'));
    await ddl.end();
    const failed = results.filter((r) => r.status === 'failed');
    for (const result of failed) expect(result.failure.class).toBe('retry');
    const { second } = await settle(session, factsOf(world, scene));
    expect(second.steps).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
  });
}

function describeAccount(use: () => Used): void {
  it('works with an account that can read nothing outside, grant itself nothing, and drop nothing', async () => {
    const { world, session, server } = use();
    const { scene, source } = await oneProduct(world, 'least');
    await settle(session, factsOf(world, scene));
    const { credentials } = world.input;
    const password =
      typeof credentials === 'object' && credentials !== null && 'password' in credentials
        ? String(credentials.password)
        : '';
    const account = await connectAs(server, source.objectPath[0] ?? '', { user: accountName(world), password });
    const me = world.quote(accountName(world));
    const owner = await world.admin(
      `SELECT pg_get_userbyid(relowner) AS name FROM pg_class WHERE oid = ${source.platformId}`,
    );
    const attempts = [
      'SELECT * FROM secret.canary',
      `GRANT ${world.quote(String(owner[0]?.['name']))} TO ${me}`,
      `GRANT pg_monitor TO ${me}`,
      ...(world.separateGrantors ? [`GRANT pg_read_all_data TO ${me}`] : ['CREATE ROLE made_by_account']),
      `ALTER ROLE ${me} SUPERUSER`,
      `DROP TABLE ${pathOf(world, source.objectPath)}`,
      `INSERT INTO ${pathOf(world, source.objectPath)} VALUES (2, 'y')`,
      `CREATE TABLE sales.mine (id int)`,
    ];
    for (const sql of attempts) await expect(account.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    await account.end();
  });

  it('keeps its promises under a superuser account too, which preflight warns about', async () => {
    const { world } = use();
    const me = world.quote(accountName(world));
    // What the account granted in its own name a superuser cannot take back in the owner's: such a change needs a new start.
    await settle(use().session, factsOf(world, emptyScene()));
    await world.admin(`ALTER ROLE ${me} SUPERUSER`);
    const session = await world.connector.open(world.input);
    const { scene, source, login, approval } = await oneProduct(world, 'super');
    const given = await settle(session, factsOf(world, scene));
    expect(given.second.steps).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    change(scene.approvals, approval, { ended: true });
    expect((await settle(session, factsOf(world, scene))).second.steps).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    scene.targets.length = 0;
    await settle(session, factsOf(world, scene));
    await session.close();
    await world.admin(`ALTER ROLE ${me} NOSUPERUSER`);
  });

  it('dials the address that was checked, never the name again', async () => {
    const { world, server } = use();
    const asked: string[] = [];
    const resolveAddress = (host: string): Promise<string> => {
      asked.push(host);
      return Promise.resolve(server.host);
    };
    const config = Object.assign({}, world.input.config, { host: 'warehouse.invalid' });
    const session = await world.connector.open({ ...world.input, config, resolveAddress });
    await Promise.all([session.fingerprint(), session.fingerprint(), session.fingerprint()]);
    expect(asked).toEqual(['warehouse.invalid']);
    await session.close();
  });
}

function describePreflight(use: () => Used): void {
  const check = async (name: CheckName) => {
    const { world } = use();
    return (await world.connector.preflight(world.input)).find((c) => c.check === name);
  };

  it('passes after the setup script alone', async () => {
    const { world } = use();
    const checks = await world.connector.preflight(world.input);
    expect(checks.filter((c) => c.result === 'fail')).toEqual([]);
    const names = checks.map((c) => c.check);
    expect(names, 'each is named once').toEqual([...new Set(names)]);
  });

  it('says what is missing and brings SQL that mends it', async () => {
    const { world, session } = use();
    await settle(session, factsOf(world, emptyScene()));
    const me = world.quote(accountName(world));
    const table = pathOf(world, (await world.makeTable(world.unique('written'), 'hr')).objectPath);
    const writers = world.quote(world.unique('writers'));
    const damages: [CheckName, string, 'fail' | 'warn'][] = [
      ['GRANT_AUTHORITY', `REVOKE GRANT OPTION FOR USAGE ON SCHEMA hr FROM ${me}`, 'warn'],
      [
        'GRANT_AUTHORITY',
        `REVOKE USAGE ON SCHEMA hr, sales FROM ${me}; REVOKE SELECT ON ALL TABLES IN SCHEMA hr, sales FROM ${me}`,
        'fail',
      ],
      ['EXCESS_PRIVILEGE', `ALTER ROLE ${me} SUPERUSER`, 'warn'],
      ['EXCESS_PRIVILEGE', `ALTER ROLE ${me} BYPASSRLS CREATEDB`, 'warn'],
      ['EXCESS_PRIVILEGE', `GRANT INSERT, UPDATE, DELETE, TRUNCATE ON ${table} TO ${me}`, 'warn'],
      ['EXCESS_PRIVILEGE', `GRANT UPDATE (note, id) ON ${table} TO ${me}`, 'warn'],
      ['EXCESS_PRIVILEGE', `GRANT DELETE ON ${table} TO PUBLIC`, 'warn'],
      [
        'EXCESS_PRIVILEGE',
        `CREATE ROLE ${writers}; GRANT INSERT ON ${table} TO ${writers}; GRANT ${writers} TO ${me}`,
        'warn',
      ],
      ['OWN_NAMESPACE', 'CREATE SCHEMA IF NOT EXISTS stoa; GRANT CREATE ON SCHEMA stoa TO PUBLIC', 'fail'],
      ['OPEN_ACCESS', 'CREATE TABLE hr.opened (id int, "No" int); GRANT SELECT ON hr.opened TO PUBLIC', 'warn'],
      ['OPEN_ACCESS', 'GRANT SELECT ("No", id) ON hr.opened TO PUBLIC', 'warn'],
      world.separateGrantors
        ? ['GRANT_AUTHORITY', `ALTER ROLE ${me} NOCREATEROLE`, 'fail']
        : ['EXCESS_PRIVILEGE', `ALTER ROLE ${me} CREATEROLE`, 'fail'],
    ];
    await world.admin(
      `${(await check('OPEN_ACCESS'))?.repair ?? ''}; ${(await check('GRANT_AUTHORITY'))?.repair ?? ''}`,
    );
    for (const [name, damage, result] of damages) {
      await world.admin(damage);
      const found = await check(name);
      expect(found, damage).toMatchObject({ result });
      await world.admin(found?.repair ?? '');
      expect(await check(name), damage).toMatchObject({ result: 'pass' });
    }
    if (world.separateGrantors) return;
    await world.admin('DELETE FROM stoa.container WHERE key IS NULL');
    const empty = await check('GRANT_AUTHORITY');
    expect(empty?.result).toBe('fail');
    await world.admin(empty?.repair ?? '');
    expect((await check('GRANT_AUTHORITY'))?.result).toBe('pass');
  });

  it('names the step at which a connection fails', async () => {
    const { world } = use();
    const { connector, input } = world;
    const failing = async (more: object): Promise<unknown> => {
      const checks = await connector.preflight({ ...input, ...more });
      return checks.filter((c) => c.result === 'fail').map((c) => c.check);
    };
    const config = Object.assign({}, input.config);
    expect(await failing({ config: { ...config, port: 1 } })).toEqual(['REACHABLE']);
    expect(await failing({ config: { ...config, tls: 'require' } })).toEqual(['TLS']);
    expect(await failing({ credentials: { username: accountName(world), password: 'wrong' } })).toEqual(['AUTH']);
    const refuse = (): Promise<string> => Promise.reject(new Error('10.0.0.1 is not allowed'));
    expect(await failing({ resolveAddress: refuse })).toEqual(['REACHABLE']);
  });
}
