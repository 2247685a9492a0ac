import {
  type GrantFacts,
  type KeptGroup,
  planTakeBack,
  type TakenGroup,
} from '@stoa/core/provisioning/existing-grants';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser } from '../testing/settle.ts';
import { oneProduct, run, type Used } from '../testing/one-product.ts';
import type { World } from '../testing/world.ts';

/** What others gave before Stoa came is planned from, taken away as whoever gave it, and read back entry by entry. */
export function describeExistingGrants(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeEach(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
    });
    afterEach(async () => {
      await session?.close();
      await world?.close();
    });
    describeTaking(() => ({ world, session }));
    describeChanges(() => ({ world, session }));
  });
}

const holding = { holds: () => Promise.resolve(true) };

const words = (one: TakenGroup | KeptGroup): string => {
  const column = one.column === null ? '' : ` (${one.column})`;
  const how = 'runs' in one ? one.runs : one.reason;
  return `${one.privileges.join()}${column} ${one.granteeName} by ${one.grantorName}: ${how}`;
};

/** A product with one consumer, who was let in before by the owner, and a second login that has nothing of Stoa. */
async function shared(used: Used, base: string) {
  const { world, session } = used;
  const product = await oneProduct(used, base);
  const boss = await addUser(world, product.scene, world.unique('Bo"ss'));
  const owner = world.quote(world.owner);
  const asOwner = (sql: string) => world.admin(`SET ROLE ${owner}; ${sql}; RESET ROLE`);
  await asOwner(`GRANT USAGE ON SCHEMA sales TO ${world.quote(boss)}`);
  const look = async () => {
    const { after, desired } = await run(used, product.scene);
    const containerIds = after.containers.map(({ platformId }) => platformId);
    const grants = await session.observeGrants({ objectIds: [product.source.platformId], containerIds });
    const facts: GrantFacts = {
      grants,
      reach: after.reach,
      strangers: new Map(),
      names: new Map(after.principals.map((one) => [one.platformId, one.name])),
      protectedNames: new Set(),
      keeps: (id) => desired.containers.some(({ members }) => members.some((member) => member.principalId === id)),
    };
    return planTakeBack(facts, { mode: 'take_over', path: [], named: null });
  };
  const take = (groups: readonly TakenGroup[]) =>
    session.applyTakeBack(session.takeBackStatements(groups.filter(({ runs }) => runs === 'stoa')), holding);
  const table = product.source.objectPath.slice(1).map(world.quote).join('.');
  return { ...product, boss, table, asOwner, look, take };
}

const account = ({ input }: World): string => (input.credentials as { username: string }).username;

function describeTaking(use: () => Used): void {
  it('takes what several gave, on columns and with the right to hand it on, in an order that holds; and reads it as gone', async () => {
    const { world } = use();
    const q = world.quote;
    const { login, boss, source, table, asOwner, look, take } = await shared(use(), 'Odd "name"; --');
    const dba = world.unique('d"ba');
    await world.admin(`CREATE ROLE ${q(dba)}; GRANT ${q(dba)} TO ${q(account(world))}; GRANT USAGE ON SCHEMA sales TO ${q(dba)};
      ALTER TABLE ${table} ADD COLUMN "od""d )" text`);
    await asOwner(`GRANT SELECT, INSERT ON ${table} TO ${q(boss)} WITH GRANT OPTION; GRANT SELECT ("od""d )") ON ${table} TO ${q(boss)};
      GRANT SELECT ON ${table} TO ${q(login)}; GRANT SELECT ON ${table} TO ${q(dba)} WITH GRANT OPTION`);
    await world.admin(`SET ROLE ${q(dba)}; GRANT SELECT ON ${table} TO ${q(login)}; RESET ROLE`);
    const before = await look();
    expect(before.taken.map(words).sort()).toEqual(
      [
        `INSERT,SELECT ${boss} by ${world.owner}: stoa`,
        `SELECT ${login} by ${dba}: stoa`,
        `SELECT ${login} by ${world.owner}: stoa`,
        `SELECT (od"d )) ${boss} by ${world.owner}: stoa`,
      ].sort(),
    );
    const results = await take(before.taken);
    expect(results.map(({ status }) => status)).toEqual(before.taken.map(() => 'done'));
    const after = await look();
    expect(after.taken).toEqual([]);
    expect(after.kept.map(words)).toEqual([`SELECT ${dba} by ${world.owner}: nobody_known`]);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    expect(await world.reads(boss, source.objectPath)).toBe('refused');
    await world.admin(`DROP OWNED BY ${q(dba)}; DROP ROLE ${q(dba)}`);
  });

  it('leaves to an administrator what a role gave that the account cannot act for, and what waits for that', async () => {
    const { world } = use();
    const q = world.quote;
    const { login, boss, source, table, asOwner, look, take } = await shared(use(), 'foreign');
    await asOwner(`GRANT SELECT ON ${table} TO ${q(boss)} WITH GRANT OPTION`);
    await world.admin(`SET ROLE ${q(boss)}; GRANT SELECT ON ${table} TO ${q(login)}; RESET ROLE`);
    const { taken } = await look();
    expect(taken.map(words)).toEqual([
      `SELECT ${login} by ${boss}: administrator`,
      `SELECT ${boss} by ${world.owner}: administrator`,
    ]);
    expect(taken.map(({ because }) => because)).toEqual(['grantor', 'behind']);
    // Where somebody has it run all the same, the platform refuses, and the object is left as it was.
    const forced = await take(taken.map((group) => ({ ...group, runs: 'stoa' as const })));
    expect(forced.map(({ status }) => status)).toEqual(['failed', 'failed']);
    for (const { sql } of use().session.takeBackStatements(taken)) await world.admin(`BEGIN; ${sql}; COMMIT`);
    expect((await look()).taken).toEqual([]);
    expect(await world.reads(boss, source.objectPath)).toBe('refused');
  });
}

function describeChanges(use: () => Used): void {
  it('runs nothing where an entry is not the one that was shown any more, or a name means another object', async () => {
    const { world } = use();
    const q = world.quote;
    const { boss, source, table, asOwner, look, take } = await shared(use(), 'moving');
    await asOwner(`GRANT SELECT, UPDATE ON ${table} TO ${q(boss)}`);
    const { taken } = await look();
    await asOwner(`REVOKE UPDATE ON ${table} FROM ${q(boss)}`);
    expect(await take(taken)).toMatchObject([{ status: 'failed', failure: { code: 'changed' } }]);
    const now = await look();
    const other = q(world.unique('other'));
    await asOwner(
      `ALTER TABLE ${table} RENAME TO ${other}; CREATE TABLE ${table} AS SELECT 1 AS id; GRANT SELECT ON ${table} TO ${q(boss)}`,
    );
    expect(await take(now.taken)).toMatchObject([{ status: 'failed', failure: { code: 'changed' } }]);
    expect(await world.reads(boss, source.objectPath)).toBe('rows');
    await asOwner(`GRANT SELECT (note) ON sales.${other} TO ${q(boss)}`);
    const columns = (await look()).taken.filter(({ column }) => column !== null);
    await asOwner(`ALTER TABLE sales.${other} RENAME COLUMN note TO remark`);
    expect(await take(columns)).toMatchObject([{ status: 'failed', failure: { code: 'changed' } }]);
    await asOwner(`DROP TABLE ${table}; ALTER TABLE sales.${other} RENAME TO ${q(source.objectPath[2] ?? '')}`);
    expect(await take((await look()).taken)).toMatchObject([{ status: 'done' }, { status: 'done' }]);
    expect(await world.reads(boss, source.objectPath)).toBe('refused');
  });

  it('a fence that does not hold any more runs nothing', async () => {
    const { boss, source, table, asOwner, look } = await shared(use(), 'fenced');
    const { world, session } = use();
    await asOwner(`GRANT SELECT ON ${table} TO ${world.quote(boss)}`);
    const statements = session.takeBackStatements((await look()).taken);
    const results = await session.applyTakeBack(statements, { holds: () => Promise.resolve(false) });
    expect(results).toMatchObject([{ status: 'skipped', reason: 'fenced' }]);
    expect(await world.reads(boss, source.objectPath)).toBe('rows');
  });
}
