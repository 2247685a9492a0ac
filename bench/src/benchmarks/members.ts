import type pg from 'pg';
import { inParallel, median, sample, timed } from '../measure.ts';
import { addConsumers, type Consumer } from '../people.ts';
import { publishTables, quoted, tableNames } from '../products.ts';
import type { Figure } from '../report.ts';
import { approve, askFor, databaseNow, nativeWorkSince, setState, untilDrained, wake } from '../requests.ts';
import type { Site, World } from '../world.ts';

const users = 1_000;
const tables = 1_000;
const rounds = 5;
/** One user in so many is granted table by table; the rest is extrapolated. */
const pairUsers = 10;

type Hand = { site: Site; platform: pg.Client; people: readonly Consumer[] };

const names = (people: readonly Consumer[]) => people.map((p) => quoted(p.username)).join(', ');

/** One GRANT of a role that holds the tables, and one read of its members. */
async function byRole({ site, platform, people }: Hand): Promise<{ bare: number; proved: number }> {
  await platform.query('create role bench_role');
  await platform.query(`grant select on table ${tableNames(site, tables)} to bench_role`);
  const bare: number[] = [];
  const proved = await sample(
    rounds,
    async () => {
      bare.push(await timed(() => platform.query(`grant bench_role to ${names(people)}`)));
      await platform.query(`select u.rolname, pg_has_role(u.oid, 'bench_role', 'USAGE')
        from pg_auth_members m join pg_roles u on u.oid = m.member where m.roleid = 'bench_role'::regrole`);
    },
    (i) => (i === 0 ? Promise.resolve() : platform.query(`revoke bench_role from ${names(people)}`)),
  );
  await platform.query(`revoke select on table ${tableNames(site, tables)} from bench_role`);
  await platform.query('drop role bench_role');
  return { bare: median(bare), proved: median(proved) };
}

/** A statement for each pair of user and table, of a few users; more would break the row of a table before it ended. */
async function byPair({ site, platform, people }: Hand): Promise<number> {
  const list = site.registered.sources.slice(0, tables).map(({ path }) => path.slice(-2).map(quoted).join('.'));
  const some = people.slice(0, pairUsers);
  const took = await timed(async () => {
    for (const person of some)
      for (const table of list) await platform.query(`grant select on table ${table} to ${quoted(person.username)}`);
  });
  await platform.query(`revoke all on table ${tableNames(site, tables)} from ${names(some)}`);
  return (took / pairUsers) * users;
}

export async function measureMembers(world: World): Promise<Figure[]> {
  const site = await world.large();
  const { connectionId } = site;
  const { productId } = await publishTables(world, site, { name: 'Thousand by thousand', tables });
  const people = await addConsumers(world.db, site.platform.superuser, {
    prefix: 'crowd',
    count: users * rounds,
    known: site,
  });
  const platform = await site.platform.connectAs(site.platform.connector);
  const hand: Hand = { site, platform, people: people.slice(0, users) };
  const pairs = await byPair(hand);
  const role = await byRole(hand);
  const [whole, native]: [number[], number[]] = [[], []];
  let statements = 0;
  for (let round = 0; round < rounds; round++) {
    const asked = await askFor(world, productId, people.slice(round * users, (round + 1) * users));
    await setState(world, connectionId, 'paused');
    await inParallel(asked, 8, (one) => approve(world, one.requestId));
    const since = await databaseNow(world.db);
    await setState(world, connectionId, 'active');
    whole.push(
      await timed(async () => {
        await wake(world, connectionId);
        await untilDrained(world.db, connectionId);
      }),
    );
    const work = await nativeWorkSince(world, since);
    native.push(work.milliseconds);
    statements = work.statements;
  }
  await platform.end();
  return [
    {
      id: 'P4',
      what: `${users} users, ${tables} tables: native work, against one GRANT and one read of all by hand`,
      unit: 'ms',
      floor: role.proved,
      stoa: median(native),
      budget: { kind: 'ratio', most: 3 },
      note: `${statements} native statement(s) per ${users} users, with locks, guard, read-back and the proofs that travel behind; the GRANT alone: ${role.bare.toFixed(1)} ms`,
    },
    {
      id: '-',
      what: `the same, approved -> every member proved, audited and recorded`,
      unit: 'ms',
      floor: role.proved,
      stoa: median(whole),
      note: 'floor: the GRANT and one read of all members',
    },
    {
      id: '-',
      what: `the same, against one statement per user and table`,
      unit: 'ms',
      floor: pairs,
      stoa: median(whole),
      note: `floor: ${pairUsers} users measured, extrapolated to ${users}`,
    },
  ];
}
