import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid } from '../db/new-id.ts';
import { explain } from '../features/access/explain.ts';
import { standardFormVersion } from '../features/request-form/ensure-standard-form.ts';
import { type LoadedPerson, loadPerson } from '../features/user/load-people.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { givePolicy } from '../testing/policies.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';
import { enqueueSweeps } from './sweep.ts';
import { makeRandom } from './walk-steps.fixture.ts';

/** `STOA_EXPLAIN_SIZE` people and as many tables; `STOA_EXPLAIN_SEED` makes another world: in some, nobody may read anything. */
const size = Number(process.env['STOA_EXPLAIN_SIZE'] ?? 16);
const seed = Number(process.env['STOA_EXPLAIN_SEED'] ?? 5);
const schemas = 4;
const random = makeRandom(seed);
const chance = (share: number): boolean => random() < share;
const oneOf = <T>(list: readonly T[]): T => {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
};
const someOf = <T>(list: readonly T[], share: number): T[] => {
  const some = list.filter(() => chance(share));
  return some.length > 0 ? some : [oneOf(list)];
};

const groups = ['Analysts', 'Trained', 'Finance'] as const;
const orgs = ['North', 'South', 'West'] as const;
const conditions = [
  ...groups.map((group) => `@isInGroups('${group}')`),
  ...orgs.map((org) => `@hasAttribute('Org','${org}')`),
  `@isInGroups('Analysts') AND NOT @hasAttribute('Org','South')`,
  `@hasAttribute('Org','North') OR @isInGroups('Finance','Trained')`,
] as const;

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let governor: TestPerson;
let actor: LoadedPerson;
const people: { globalUserId: string; username: string }[] = [];

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'), {
    schemas,
    tablesPerSchema: Math.ceil(size / schemas),
  });
  const appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  for (let i = 0; i < size; i++) {
    // Some people have no login there.
    const username = i % 10 === 9 ? `nobody_${i}` : (await platform.addLogin(`p${i}`)).username;
    people.push({ globalUserId: (await server.person({ username })).globalUserId, username });
  }
  await describePeople();
  registered = await registerPlatform(platform, { appadmin, governor }, 'explained');
  await giveApprovals();
  for (let i = 0; i < 4; i++) await randomPolicy(`Grant ${i}`, 'grant');
  for (let i = 0; i < 2; i++) await randomPolicy(`Guardrail ${i}`, 'guardrail');
  for (const { username } of people)
    if (chance(0.1) && !username.startsWith('nobody')) {
      const [, schema, name] = oneOf(registered.sources).path;
      await platform.superuser.query(
        `grant usage on schema ${schema} to "${username}"; grant select on ${schema}.${name} to "${username}"`,
      );
    }
  const loaded = await loadPerson(server.deps.db, governor.globalUserId);
  if (!loaded) throw new Error('no governor');
  actor = loaded;
}, 300_000);
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

async function describePeople(): Promise<void> {
  const { db } = server.deps;
  for (const group of groups) {
    const { rows } = await sql<{ id: number }>`insert into user_group (name) values (${group}) returning id`.execute(
      db,
    );
    for (const { globalUserId } of someOf(people, 0.4))
      await sql`insert into group_member (group_id, global_user_id) values (${rows[0]?.id}, ${globalUserId})`.execute(
        db,
      );
  }
  for (const { globalUserId } of people)
    if (chance(0.7))
      await sql`insert into attribute (principal_type, principal_id, name, value) values ('user', ${globalUserId}, 'Org', ${oneOf(orgs)})`.execute(
        db,
      );
  for (const { globalUserId } of someOf(people, 0.1))
    await sql`update app_user set status = 'disabled' where global_user_id = ${globalUserId}`.execute(db);
}

/** Products of some tables, and approvals of them: held, over, and revoked. */
async function giveApprovals(): Promise<void> {
  const products: string[] = [];
  for (let i = 0; i < 6; i++) {
    const sourceIds = someOf(registered.sources, 0.2).map((source) => source.id);
    products.push((await publish(governor, registered, { name: `Product ${i}`, sourceIds })).id);
  }
  for (const { globalUserId } of people)
    for (const productId of products) {
      if (!chance(0.3)) continue;
      const isOver = chance(0.15);
      await server.deps.db
        .insertInto('access_request')
        .values({
          id: newCuid(),
          type: 'DATA_ACCESS',
          status: isOver ? 'REVOKED' : 'APPROVED',
          requesting_user: globalUserId,
          beneficiary: globalUserId,
          data_product_id: productId,
          form_version: standardFormVersion,
          form: JSON.stringify({ formVersion: standardFormVersion, answers: [], agreements: [] }),
          flow: '{}',
          event: JSON.stringify({ type: 'approve', params: { comment: 'given' } }),
          decided_at: new Date(),
          expiration: chance(0.1) ? new Date(Date.now() - 60_000) : null,
        })
        .execute();
    }
}

async function randomPolicy(name: string, kind: 'grant' | 'guardrail'): Promise<void> {
  const schema = `area_${1 + Math.floor(random() * schemas)}`;
  await givePolicy(server.deps, {
    name,
    kind,
    condition: oneOf(conditions),
    circumstances: chance(0.3)
      ? [{ type: 'all' }]
      : [{ type: 'object', connectionKey: 'explained', objectPath: [platform.database, schema] }],
  });
}

async function settle(): Promise<void> {
  const { deps } = server;
  const look = async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(deps.db);
    return rows[0]?.n === 0 && !deps.reconciler.isBusy;
  };
  await sql`insert into provisioning_key (connection_id, cause) select id, 'button' from connection`.execute(deps.db);
  await sql`select pg_notify('stoa_reconcile', id::text) from connection`.execute(deps.db);
  await waitFor('the platform to be as it should', async () => (await look()) && look(), 120);
  await enqueueSweeps(deps);
  await waitFor('the sweep', async () => (await look()) && look(), 120);
}

async function pairsThatRead(): Promise<Set<string>> {
  const { rows } = await platform.superuser.query<{ pair: string }>(
    `select r.rolname || '/' || n.nspname || '.' || c.relname as pair from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace
     where r.rolname = any($1::text[]) and n.nspname like 'area%' and c.relkind = 'r'
       and has_schema_privilege(r.oid, n.oid, 'usage') and has_table_privilege(r.oid, c.oid, 'select')`,
    [people.map((person) => person.username)],
  );
  return new Set(rows.map((row) => row.pair));
}

test(`explain agrees with the platform for every pair of ${size} people and as many tables`, {
  timeout: 1_200_000,
}, async () => {
  await settle();
  const readable = await pairsThatRead();
  const wrong: string[] = [];
  const seen = { yes: 0, bypass: 0, no: 0 };
  for (const person of people)
    for (const source of registered.sources) {
      const told = await explain(server.deps, { actor, globalUserId: person.globalUserId, dataSourceId: source.id });
      const name = `${person.username}/${source.path.slice(1).join('.')}`;
      const isGiven = told.effective === 'SUBSCRIBED';
      const isBypass = (told.bypass ?? []).length > 0;
      seen[isGiven ? 'yes' : isBypass ? 'bypass' : 'no'] += 1;
      if ((isGiven || isBypass) !== readable.has(name))
        wrong.push(`${name}: told ${told.effective}, bypass ${isBypass}`);
      if (isGiven && !told.path.every((step) => step.holds)) wrong.push(`${name}: a step of the path does not hold`);
      if (!isGiven && (told.next ?? '') === '') wrong.push(`${name}: a no without a next step`);
    }
  expect({ seed, wrong: wrong.slice(0, 10) }).toEqual({ seed, wrong: [] });
  // A world in which one answer fits all would prove nothing.
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(0);
});
