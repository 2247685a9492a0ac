import { createPolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { createGroup } from '@stoa/contract/group';
import type { TestPerson } from '@stoa/server/testing/people';
import { timed } from '../measure.ts';
import { addCaller, addConsumers, type Consumer } from '../people.ts';
import { quoted, tableNames } from '../products.ts';
import type { Figure } from '../report.ts';
import { untilDrained } from '../requests.ts';
import type { Site, World } from '../world.ts';
import { measurePreview } from './preview-policy.ts';

const users = 1_000;
const tables = 500;
/** Fewer than all, so that a guardrail takes away from some and leaves it to the rest. */
const trained = 400;

/** The same by hand: a role with the tables, its members, and one read of both. */
async function byHand(site: Site, people: readonly Consumer[]): Promise<number> {
  const platform = await site.platform.connectAs(site.platform.connector);
  await platform.query('create role bench_policy');
  const took = await timed(async () => {
    await platform.query(`grant select on table ${tableNames(site, tables)} to bench_policy`);
    await platform.query(`grant bench_policy to ${people.map((p) => quoted(p.username)).join(', ')}`);
    await platform.query(`select u.rolname, pg_has_role(u.oid, 'bench_policy', 'USAGE')
      from pg_auth_members m join pg_roles u on u.oid = m.member where m.roleid = 'bench_policy'::regrole`);
    await platform.query(
      `select oid, has_table_privilege('bench_policy', oid, 'SELECT') from pg_class where relkind = 'r' and relname like 'table%'`,
    );
  });
  await platform.query(`revoke select on table ${tableNames(site, tables)} from bench_policy`);
  await platform.query('drop role bench_policy');
  await platform.end();
  return took;
}

async function makeGroup(
  world: World,
  admin: TestPerson,
  { name, people }: { name: string; people: readonly Consumer[] },
): Promise<void> {
  const group = await admin.call(createGroup, { body: { name } });
  if (group.status !== 201) throw new Error(`the group was refused: ${JSON.stringify(group.body)}`);
  await world.db.query(`insert into group_member (group_id, global_user_id) select $1, unnest($2::uuid[])`, [
    group.body.id,
    people.map((person) => person.globalUserId),
  ]);
}

/** Who may read the tables, as the platform has it: members of our containers, and what these hold. */
async function edges({ platform }: Site): Promise<{ members: number; objects: number }> {
  const { rows } = await platform.superuser.query<{ members: number; objects: number }>(`
    select (select count(*)::int from pg_auth_members m join pg_roles r on r.oid = m.roleid
        join pg_roles u on u.oid = m.member where r.rolname like 'stoa_po_%' and u.rolname like 'policy\\_%') as members,
      (select count(*)::int from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
        where c.relkind = 'r' and r.rolname like 'stoa_po_%') as objects`);
  return rows[0] ?? { members: 0, objects: 0 };
}

export async function measurePolicies(world: World): Promise<Figure[]> {
  const site = await world.medium();
  const { connectionId } = site;
  const admin = await addCaller(world.db, world.server.url, { username: 'useradmin', permissions: ['USER_ADMIN'] });
  const people = await addConsumers(world.db, site.platform.superuser, {
    prefix: 'policy',
    count: users,
    known: site,
  });
  await makeGroup(world, admin, { name: 'Bench', people });
  await makeGroup(world, admin, { name: 'Bench trained', people: people.slice(0, trained) });
  const hand = await byHand(site, people);
  const expectEdges = async (members: number, objects: number) => {
    const seen = await edges(site);
    if (seen.members !== members || seen.objects !== objects)
      throw new Error(`the platform holds ${JSON.stringify(seen)}, not ${members} members and ${objects} objects`);
  };
  const { domainId } = site.registered;
  const draft = (kind: 'grant' | 'guardrail', group: string) => ({
    type: 'subscription' as const,
    name: `${kind} for ${group}`,
    kind,
    scope: { kind: 'domain' as const, domainId },
    level: 'entitlements' as const,
    condition: `@isInGroups('${group}')`,
    circumstances: [{ type: 'all' as const }],
  });
  const activate = async (kind: 'grant' | 'guardrail', group: string, confirmLoss: number) => {
    const policy = draft(kind, group);
    const made = await world.governor.call(createPolicy, { body: { policy, state: 'active', confirmLoss } });
    if (made.status !== 201) throw new Error(`the policy was refused: ${JSON.stringify(made.body)}`);
    await untilDrained(world.db, connectionId);
    return made.body;
  };
  const previews = await measurePreview(world, {
    policy: draft('grant', 'Bench'),
    group: 'Bench',
    domainId,
    users,
    tables,
  });
  let policy: Awaited<ReturnType<typeof activate>> | undefined;
  const given = await timed(async () => {
    policy = await activate('grant', 'Bench', 0);
  });
  await expectEdges(users, tables);
  const guarded = await timed(() => activate('guardrail', 'Bench trained', users - trained));
  await expectEdges(trained, tables);
  const ended = await timed(async () => {
    if (policy === undefined) throw new Error('there is no policy to end');
    const body = { state: 'disabled' as const, version: policy.version, confirmLoss: trained };
    const answer = await world.governor.call(setPolicyState, { params: { id: policy.id }, body });
    if (answer.status !== 200) throw new Error(`it was not disabled: ${JSON.stringify(answer.body)}`);
    await untilDrained(world.db, connectionId);
  });
  await expectEdges(0, 0);
  const what = `${users} users, ${tables} sources:`;
  const budget = { kind: 'most' as const, value: 30_000 };
  return [
    ...previews,
    {
      id: '-',
      what: `${what} a grant put in force -> every grant made, read back and recorded`,
      unit: 'ms',
      floor: hand,
      stoa: given,
      budget,
      note: 'floor: a role, its tables, its members and one read of both, by hand',
    },
    {
      id: '-',
      what: `${what} a guardrail that ${users - trained} of them fail`,
      unit: 'ms',
      floor: hand,
      stoa: guarded,
      budget,
    },
    { id: '-', what: `${what} the grant taken out of force`, unit: 'ms', floor: hand, stoa: ended, budget },
  ];
}
