import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { createDomain, setDomainDataSources } from '@stoa/contract/domain';
import { createGroup, setGroupMembers, updateGroup } from '@stoa/contract/group';
import { setIdentity } from '@stoa/contract/identity';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import { createPolicy } from '@stoa/contract/policy-resource';
import { changeTags, createTag } from '@stoa/contract/tag';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';

/** Numbers that look random and are the same every time. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

export type SimulatedWorld = {
  readonly server: TestServer;
  readonly platform: LivePlatform;
  readonly registered: Registered;
  readonly appadmin: TestPerson;
  readonly governor: TestPerson;
  readonly useradmin: TestPerson;
  /** With logins of their own on the platform. */
  readonly readers: readonly TestPerson[];
  readonly groupIds: readonly number[];
  readonly tagIds: readonly number[];
  readonly productIds: readonly string[];
  /** No policy acts in it, and no product stands in it. */
  readonly spareDomainId: string;
  readonly policedDomainId: string;
  pick<T>(list: readonly T[]): T;
  some<T>(list: readonly T[]): T[];
  settle(): Promise<void>;
  /** Who can read which table, as the platform itself says: `username schema.table`. */
  reality(): Promise<Set<string>>;
  stop(): Promise<void>;
};

export const grantDraft = (over: Partial<Extract<PolicyDraftIn, { type: 'subscription' }>>): PolicyDraftIn => ({
  type: 'subscription',
  kind: 'grant',
  name: 'A grant',
  scope: { kind: 'global' },
  level: 'entitlements',
  condition: "@isInGroups('Analysts')",
  circumstances: [{ type: 'all' }],
  ...over,
});

/** People, groups, attributes, tags, domains, products and policies by chance, on a platform that is really there. */
export async function makeSimulatedWorld(random: (below: number) => number): Promise<SimulatedWorld> {
  const server = await startTestServer();
  const platform = await makeLivePlatform(connectionString('postgres'));
  const appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  const governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  const useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  const readers: TestPerson[] = [];
  for (const name of ['ana', 'ben', 'cora', 'dan', 'eva'])
    readers.push(await server.person({ username: (await platform.addLogin(name)).username }));
  const registered = await registerPlatform(platform, { appadmin, governor }, 'world');
  // Whose account nobody has looked for yet would gain access later than the platform can be asked.
  for (const { globalUserId } of readers)
    await useradmin.call(setIdentity, {
      params: { connectionKey: registered.connectionKey, globalUserId },
      body: { externalName: null },
    });
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => random(3) > 0);
  const people = { appadmin, governor, useradmin };
  const made = await furnish({ ...people, readers, registered, pick, some });
  const settle = async () => {
    await waitFor('tasks and keys to be worked off', async () => {
      const { rows } = await sql<{ n: number }>`select (select count(*) from provisioning_key)::int
        + (select count(*) from task where status in ('QUEUED', 'RUNNING'))::int as n`.execute(server.deps.db);
      return rows[0]?.n === 0;
    });
  };
  await settle();
  const world = { server, platform, registered, ...people, readers, pick, some, settle, ...made };
  await approveAll(world);
  await settle();
  return {
    ...world,
    async reality() {
      const { rows } = await platform.superuser.query<{ pair: string }>(
        `select u.name || ' ' || c.oid::regclass::text as pair from unnest($1::text[]) as u (name), pg_class c
           join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and n.nspname || '.' || c.relname = any($2::text[])
           and has_schema_privilege(u.name, n.oid, 'usage') and has_table_privilege(u.name, c.oid, 'select')`,
        [readers.map((one) => one.username), registered.sources.map((one) => one.path.slice(1).join('.'))],
      );
      return new Set(rows.map((row) => row.pair));
    },
    async stop() {
      await server.stop();
      await platform.drop();
    },
  };
}

type Bare = Pick<SimulatedWorld, 'governor' | 'useradmin' | 'readers' | 'registered' | 'pick' | 'some'>;

async function furnish({ governor, useradmin, readers, registered, pick, some }: Bare) {
  const ids = registered.sources.map((one) => one.id);
  const groupIds: number[] = [];
  for (const name of ['Analysts', 'Trained', 'Region']) {
    const { id } = (await useradmin.call(createGroup, { body: { name } })).body;
    groupIds.push(id);
    const globalUserIds = some(readers).map((one) => one.globalUserId);
    await useradmin.call(setGroupMembers, { params: { id }, body: { globalUserIds } });
  }
  // By the attribute of a group alone: nobody names it, so that it can be deleted.
  await useradmin.call(updateGroup, { params: { id: groupIds[2] ?? 0 }, body: { attributes: { country: ['DE'] } } });
  for (const { globalUserId } of readers)
    await useradmin.call(updateUser, {
      params: { globalUserId },
      body: { attributes: { country: [pick(['DE', 'FR'])] } },
    });
  const tagIds: number[] = [];
  for (const name of ['Secret', 'Secret.Deep', 'Open']) {
    const { id } = (await governor.call(createTag, { body: { name } })).body;
    tagIds.push(id);
    const dataSourceIds = some(ids);
    if (dataSourceIds.length > 0) await governor.call(changeTags, { body: { add: [id], targets: { dataSourceIds } } });
  }
  const domains: string[] = [];
  for (const name of ['Spare', 'Policed']) {
    const { id } = (await governor.call(createDomain, { body: { name } })).body;
    domains.push(id);
    await governor.call(setDomainDataSources, { params: { id }, body: { dataSourceIds: some(ids) } });
  }
  const [spareDomainId = '', policedDomainId = ''] = domains;
  const policies: PolicyDraftIn[] = [
    grantDraft({ name: 'Analysts in the domain', scope: { kind: 'domain', domainId: policedDomainId } }),
    grantDraft({
      name: 'The open for Germans',
      condition: "@hasAttribute('country', 'DE')",
      circumstances: [{ type: 'tags', tag: 'Open' }],
    }),
    grantDraft({
      name: 'Secrets are for the trained',
      kind: 'guardrail',
      condition: "@isInGroups('Trained')",
      circumstances: [{ type: 'tags', tag: 'Secret' }],
    }),
  ];
  for (const policy of policies) {
    const answer = await governor.call(createPolicy, { body: { policy, state: 'active' } });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  }
  const halves = [ids.slice(0, 3), ids.slice(2, 4)];
  const productIds: string[] = [];
  for (const [n, sourceIds] of halves.entries())
    productIds.push((await publish(governor, registered, { name: `Product ${n}`, sourceIds })).id);
  return { groupIds, tagIds, productIds, spareDomainId, policedDomainId };
}

/** The first readers ask for products, and get them. */
async function approveAll({
  server,
  governor,
  readers,
  productIds,
}: Pick<SimulatedWorld, 'server' | 'governor' | 'readers' | 'productIds'>): Promise<void> {
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
  for (const id of productIds)
    for (const reader of readers.slice(0, 3)) {
      const asked = await reader.call(requestAccess, {
        params: { id },
        body: { user: reader.globalUserId, form: { answers } },
      });
      if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
      await governor.call(determineAccessRequest, {
        params: { id: asked.body.id },
        body: { status: 'APPROVED', reason: 'needed' },
      });
    }
}
