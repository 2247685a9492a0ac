import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { createPolicy } from '@stoa/contract/policy-resource';
import type { Stage } from '../load-stage.ts';
import { timed } from '../measure.ts';
import { addCaller, addConsumers } from '../people.ts';
import { publishTables, quoted } from '../products.ts';
import type { Figure } from '../report.ts';
import { approveAsFacts, askFor, untilDrained } from '../requests.ts';

const users = 1_000;
const products = 50;

/** A guardrail asks for a group: all of it leaves in one call, and comes back in another. */
export async function measureGroupChange({ world }: Stage): Promise<Figure[]> {
  const site = await world.medium();
  const { connectionId, registered } = site;
  const people = await addConsumers(world.db, site.platform.superuser, { prefix: 'crowd', count: users, known: site });
  for (let n = 0; n < products; n++) {
    const { productId } = await publishTables(world, site, { name: `For the crowd ${n}`, tables: 6 });
    await approveAsFacts(world, { productId, connectionId }, await askFor(world, productId, people));
    await untilDrained(world.db, connectionId);
  }
  const admin = await addCaller(world.db, world.server.url, { username: 'crowd admin', permissions: ['USER_ADMIN'] });
  const made = await admin.call(createGroup, { body: { name: 'Crowd' } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { id } = made.body;
  const setMembers = async (globalUserIds: readonly string[], confirmLoss: number) => {
    const body = { globalUserIds: [...globalUserIds] };
    const answer = await admin.call(setGroupMembers, { params: { id }, query: { confirmLoss }, body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body).slice(0, 500));
    await untilDrained(world.db, connectionId, 300);
  };
  const everybody = people.map(({ globalUserId }) => globalUserId);
  await setMembers(everybody, 0);
  const guardrail = {
    type: 'subscription' as const,
    name: 'The crowd alone',
    kind: 'guardrail' as const,
    scope: { kind: 'domain' as const, domainId: registered.domainId },
    level: 'entitlements' as const,
    condition: `@isInGroups('Crowd')`,
    circumstances: [{ type: 'all' as const }],
  };
  const kept = await world.governor.call(createPolicy, {
    body: { policy: guardrail, state: 'active', confirmLoss: 0 },
  });
  if (kept.status !== 201) throw new Error(JSON.stringify(kept.body).slice(0, 500));
  await untilDrained(world.db, connectionId, 300);

  const expectMembers = async (expected: number) => {
    const { rows } = await site.platform.superuser.query<{ n: number }>(
      `select count(*)::int as n from pg_auth_members m join pg_roles u on u.oid = m.member where u.rolname like 'crowd\\_%'`,
    );
    if (rows[0]?.n !== expected) throw new Error(`the platform holds ${rows[0]?.n} memberships, not ${expected}`);
  };
  await expectMembers(users * products);
  const left = await timed(() => setMembers([], users));
  await expectMembers(0);
  const back = await timed(() => setMembers(everybody, 0));
  await expectMembers(users * products);

  const platform = await site.platform.connectAs(site.platform.connector);
  const names = people.map(({ username }) => quoted(username)).join(', ');
  await platform.query(
    `do $$ begin for i in 1..${products} loop execute 'create role bench_crowd_' || i; end loop; end $$`,
  );
  const byHand = async (statement: (role: string) => string) => {
    for (let n = 1; n <= products; n++) await platform.query(statement(`bench_crowd_${n}`));
    await platform.query(
      `select count(*) from pg_auth_members m join pg_roles r on r.oid = m.roleid where r.rolname like 'bench\\_crowd\\_%'`,
    );
  };
  const given = await timed(() => byHand((role) => `grant ${role} to ${names}`));
  const taken = await timed(() => byHand((role) => `revoke ${role} from ${names}`));
  await platform.query(
    `do $$ begin for i in 1..${products} loop execute 'drop role bench_crowd_' || i; end loop; end $$`,
  );
  await platform.end();

  const what = `a group of ${users} people, ${products} products behind it:`;
  const note = 'floor: a role for each product, one statement each, and one read, by hand';
  const budget = { kind: 'most' as const, value: 120 };
  return [
    {
      id: 'L7',
      what: `${what} all leave -> refused and proved`,
      unit: 's',
      floor: taken / 1_000,
      stoa: left / 1_000,
      budget,
      note,
    },
    {
      id: 'L7',
      what: `${what} all come back -> granted and proved`,
      unit: 's',
      floor: given / 1_000,
      stoa: back / 1_000,
      budget,
    },
  ];
}
