import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDrift, defaultEdge, provenKey } from '@stoa/core/provisioning/findings';
import { type FutureOfSchema, futuresOf } from '@stoa/core/provisioning/future-objects';
import type { PlatformSession } from '../connector.ts';
import { oneAsset } from '../testing/one-asset.ts';
import type { Used } from '../testing/one-product.ts';
import { run } from '../testing/one-product.ts';
import { change } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';

const nothing = { containers: [], objects: [], schemas: [], principals: [], foreign: false } as const;

type Settled = Awaited<ReturnType<typeof run>>;
const schemasOf = ({ after }: Settled) => new Map(after.schemas.map((schema) => [schema.platformId, schema]));
const futureOf = (settled: Settled): FutureOfSchema => {
  const [future] = futuresOf(settled.desired.containers[0]?.future ?? null, schemasOf(settled));
  if (future === undefined) throw new Error('no schema');
  return future;
};
const kindsOf = ({ statements }: Settled) => statements.map((statement) => statement.step.kind);

/** Default privileges, where the account may act for those who make tables. */
export function describeFutureObjects(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeAll(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
    });
    afterAll(async () => {
      await session?.close();
      await world?.close();
    });
    const use = (): Used => ({ world, session });
    describeNative(use);
    describeDrift(use);
    describeAuthority(use);
    describeTakingBack(use);
  });
}

function describeNative(use: () => Used): void {
  it('makes a new table readable at once, without anybody\u2019s act, and proves by the catalog that it will be', async () => {
    const { world } = use();
    const { scene, schema, schemaName, login } = await oneAsset(use(), 'native');
    const settled = await run(use(), scene);
    expect(kindsOf(settled)).toContain('grant-defaults');
    expect(futureOf(settled)).toMatchObject({
      mode: 'native',
      reason: null,
      creators: [{ name: world.owner, native: true }],
    });
    expect(settled.proofs).toContainEqual(
      expect.objectContaining({ kind: 'default', schemaId: schema.platformId, holds: true }),
    );
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    expect(await world.reads(login, fresh.objectPath)).toBe('rows');
    // No crawl has seen it yet: it is not taken for too much, nor given twice when one has.
    expect(kindsOf(await run(use(), scene))).toEqual([]);
    scene.sources.push(fresh);
    const [target] = scene.targets;
    if (target === undefined) throw new Error('no target');
    change(scene.targets, target, {
      sources: scene.sources.map(({ dataSourceId }) => ({ dataSourceId, outOfDomain: false })),
    });
    const known = await run(use(), scene);
    expect(kindsOf(known)).toEqual([]);
    expect(known.states.map((state) => state.state)).toEqual(['ACTIVE', 'ACTIVE']);
  });

  it('says which roles are out of reach, whose tables wait for a crawl', async () => {
    const { world, session } = use();
    const { scene, schemaName, login } = await oneAsset(use(), 'partly');
    const other = world.unique('other_maker');
    await world.admin(
      `CREATE ROLE ${world.quote(other)} NOLOGIN; GRANT CREATE, USAGE ON SCHEMA ${world.quote(schemaName)} TO ${world.quote(other)}`,
    );
    const settled = await run(use(), scene);
    expect(futureOf(settled)).toMatchObject({ mode: 'sync', reason: 'future.creating_role_out_of_reach' });
    expect(futureOf(settled).creators.map(({ name, native }) => [name, native])).toEqual([
      [world.owner, true],
      [other, false],
    ]);
    const repair = session.futureRepair(futureOf(settled));
    expect(repair).toContain(`GRANT ${world.quote(other)} TO `);
    expect(repair).not.toContain(world.quote(world.owner));
    const made = world.unique('made');
    await world.admin(
      `SET ROLE ${world.quote(other)}; CREATE TABLE ${world.quote(schemaName)}.${world.quote(made)} AS SELECT 1 AS id; RESET ROLE`,
    );
    expect(await world.reads(login, ['', schemaName, made])).toBe('refused');
    await world.admin(`DROP TABLE ${world.quote(schemaName)}.${world.quote(made)}`);
    // What an administrator is told to run makes it native.
    await world.admin(repair ?? '');
    expect(futureOf(await run(use(), scene)).mode).toBe('native');
  });
}

function describeDrift(use: () => Used): void {
  it('finds a default privilege that was taken away by hand, and sets it again', async () => {
    const { world, session } = use();
    const { scene, schema, schemaName, login } = await oneAsset(use(), 'drift');
    const { after, desired } = await run(use(), scene);
    const before = await session.fingerprint();
    const [held] = after.defaults.filter((d) => d.schemaId === schema.platformId);
    const container = after.containers.find((c) => c.name === held?.container);
    if (held === undefined || container === undefined) throw new Error('no default privilege');
    const [owner, role] = [world.owner, container.nativeName].map(world.quote);
    await world.admin(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${world.quote(schemaName)} REVOKE SELECT ON TABLES FROM ${role}`,
    );
    const moved = await session.fingerprint();
    expect(moved.schemas[schema.platformId]).not.toBe(before.schemas[schema.platformId]);
    expect(moved.tree).toEqual(before.tree);
    const proven = new Set([provenKey(container.name, defaultEdge(schema.platformId, held.roleId))]);
    const healed = await run(use(), scene);
    expect(findDrift(desired, healed.before, proven)).toMatchObject([
      { finding: 'missing', container: container.name, privilege: `SELECT on what ${world.owner} makes` },
    ]);
    expect(kindsOf(healed)).toEqual(['grant-defaults']);
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    expect(await world.reads(login, fresh.objectPath)).toBe('rows');
  });

  it('tells what a crawl would find from what was granted', async () => {
    const { world, session } = use();
    const { scene, schema, schemaName } = await oneAsset(use(), 'tree');
    const before = await session.fingerprint();
    await run(use(), scene);
    expect((await session.fingerprint()).tree).toEqual(before.tree);
    await world.makeTable(world.unique('fresh'), schemaName);
    const { tree } = await session.fingerprint();
    const changed = Object.keys(tree).filter((id) => tree[id] !== before.tree[id]);
    expect(changed).toEqual([schema.platformId]);
    await world.makeSchema(world.unique('another'));
    expect((await session.fingerprint()).tree['']).not.toBe(before.tree['']);
  });
}

function describeAuthority(use: () => Used): void {
  it('takes the owner of the database for who makes tables in a schema of pg_database_owner', async () => {
    const { world } = use();
    const { scene, schemaName, login } = await oneAsset(use(), 'shared_by_all');
    const [server] = await world.admin(`SELECT current_setting('server_version_num')::int >= 140000 AS known,
      d.datname AS database, d.datdba::regrole::text AS owner FROM pg_database d WHERE d.datname = current_database()`);
    if (server?.['known'] !== true) return;
    const database = world.quote(String(server['database']));
    await world.admin(`ALTER SCHEMA ${world.quote(schemaName)} OWNER TO pg_database_owner;
      ALTER DATABASE ${database} OWNER TO ${world.quote(world.owner)}`);
    const settled = await run(use(), scene);
    await world.admin(`ALTER DATABASE ${database} OWNER TO ${String(server['owner'])}`);
    expect(futureOf(settled)).toMatchObject({ mode: 'native', creators: [{ name: world.owner, native: true }] });
    await world.admin(`GRANT CREATE, USAGE ON SCHEMA ${world.quote(schemaName)} TO ${world.quote(world.owner)}`);
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    expect(await world.reads(login, fresh.objectPath)).toBe('rows');
  });

  it('never takes on a superuser, even where it could', async () => {
    const { world, session } = use();
    const { scene, schemaName } = await oneAsset(use(), 'super_made');
    const maker = world.quote(world.unique('super_maker'));
    const account = world.quote((await session.observe(nothing)).account.name);
    await world.admin(`CREATE ROLE ${maker} SUPERUSER; GRANT ${maker} TO ${account}${world.separateGrantors ? ' WITH INHERIT FALSE, SET TRUE' : ''};
      SET ROLE ${maker}; CREATE TABLE ${world.quote(schemaName)}.by_superuser AS SELECT 1 AS id; RESET ROLE`);
    const settled = await run(use(), scene);
    expect(futureOf(settled).creators).toMatchObject([{ native: true }, { native: false, isSuperuser: true }]);
    expect(session.futureRepair(futureOf(settled))).toMatch(/^-- .* is a superuser/);
    await world.admin(`DROP TABLE ${world.quote(schemaName)}.by_superuser; DROP ROLE ${maker}`);
  });

  it('acts for nobody while the connection does not say so, and takes back what it gave when it did', async () => {
    const { world } = use();
    const { scene, schemaName, login } = await oneAsset(use(), 'no_longer');
    await run(use(), scene);
    const settings = { grantAuthority: 'grant-option' };
    const session = await world.connector.open({ ...world.input, settings });
    try {
      const settled = await run({ world, session }, scene);
      expect(kindsOf(settled)).toEqual(['revoke-defaults']);
      expect(futureOf(settled)).toMatchObject({ mode: 'sync', reason: 'future.creating_role_out_of_reach' });
      const fresh = await world.makeTable(world.unique('fresh'), schemaName);
      expect(await world.reads(login, fresh.objectPath)).toBe('refused');
    } finally {
      await session.close();
    }
  });
}

function describeTakingBack(use: () => Used): void {
  it('takes back what a default privilege gave in the name of the owner who gave it', async () => {
    const { world } = use();
    const { scene, schemaName, target, login, schema, table } = await oneAsset(use(), 'back');
    await run(use(), scene);
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    expect(await world.reads(login, fresh.objectPath)).toBe('rows');
    // A crawl has found it, and its state says that it is not to be shared.
    change(scene.targets, target, { parent: { schemas: [schema], withheld: [fresh.platformId] } });
    expect(kindsOf(await run(use(), scene))).toEqual(['revoke-objects']);
    expect(await world.reads(login, fresh.objectPath)).toBe('refused');
    expect(await world.reads(login, table.objectPath)).toBe('rows');
  });

  it('gives up default privileges, and what only they gave, where new tables must not be read before a crawl', async () => {
    const { world } = use();
    const { scene, schemaName, schema, target, login } = await oneAsset(use(), 'sync');
    await run(use(), scene);
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    const syncReason = 'future.new_objects_disabled' as const;
    change(scene.targets, target, { parent: { schemas: [{ ...schema, syncReason }], withheld: [] } });
    const settled = await run(use(), scene);
    expect(kindsOf(settled)).toEqual(['revoke-defaults', 'revoke-objects']);
    expect(futureOf(settled)).toMatchObject({ mode: 'sync', reason: syncReason });
    expect(await world.reads(login, fresh.objectPath)).toBe('refused');
    const next = await world.makeTable(world.unique('next'), schemaName);
    expect(await world.reads(login, next.objectPath)).toBe('refused');
  });

  it('leaves nothing behind of an asset that is gone: no member, no grant of any grantor, no default privilege, no role', async () => {
    const { world } = use();
    const { scene, schemaName, login } = await oneAsset(use(), 'all');
    const { desired } = await run(use(), scene);
    const fresh = await world.makeTable(world.unique('fresh'), schemaName);
    scene.targets.length = 0;
    const { after } = await run(use(), scene);
    expect(await world.reads(login, fresh.objectPath)).toBe('refused');
    const name = desired.containers[0]?.name;
    expect(after.containers.map((container) => container.name)).not.toContain(name);
    expect(after.defaults.filter((d) => d.container === name)).toEqual([]);
  });

  it('reports a default privilege that it cannot take back, and leaves the container', async () => {
    const { world } = use();
    const { scene, schemaName } = await oneAsset(use(), 'foreign');
    const { after } = await run(use(), scene);
    const container = after.containers.find((c) => c.name === after.defaults.at(-1)?.container);
    const other = world.unique('foreign_maker');
    const role = world.quote(container?.nativeName ?? '');
    await world.admin(`CREATE ROLE ${world.quote(other)} NOLOGIN;
      ALTER DEFAULT PRIVILEGES FOR ROLE ${world.quote(other)} IN SCHEMA ${world.quote(schemaName)} GRANT SELECT ON TABLES TO ${role}`);
    const { desired, before } = await run(use(), scene);
    expect(findDrift(desired, before, new Set())).toContainEqual(
      expect.objectContaining({ finding: 'extra_on_container', privilege: `SELECT on what ${other} makes` }),
    );
    await world.admin(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${world.quote(other)} IN SCHEMA ${world.quote(schemaName)} REVOKE SELECT ON TABLES FROM ${role}`,
    );
  });
}
