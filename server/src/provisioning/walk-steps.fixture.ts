import {
  cancelAccessRequest,
  determineAccessRequest,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { syncConnection, updateConnection } from '@stoa/contract/connection';
import { updateDataObject } from '@stoa/contract/data-object';
import {
  createDataProduct,
  deleteDataProduct,
  updateDataProduct,
  updateDataSources,
} from '@stoa/contract/data-product';
import { setDomainDataSources } from '@stoa/contract/domain';
import { setIdentity } from '@stoa/contract/identity';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { connectionKey, type ForeignGrant, quote, type World } from './walk-world.fixture.ts';

/** Numbers between 0 and 1 from a seed; the same seed walks the same way, as far as the races let it. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Walk = { world: World; random: () => number; made: number; administrator: Promise<unknown> };
type Answer = { status: number; body?: unknown } | undefined;
export type Step = { name: string; weight: number; act: (walk: Walk) => Promise<Answer> };

const pick = <T>({ random }: Walk, list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
const some = <T>({ random }: Walk, list: readonly T[]): T[] => list.filter(() => random() < 0.5);

type RequestRow = { id: string; product_id: string; beneficiary: string };
async function anyRequest(walk: Walk, status: string): Promise<RequestRow | undefined> {
  const { rows } = await sql<RequestRow>`
    select id, data_product_id as product_id, beneficiary from access_request where status = ${status} order by id`.execute(
    walk.world.server.deps.db,
  );
  return pick(walk, rows);
}

async function anyProduct(walk: Walk): Promise<{ id: string; suspended: boolean } | undefined> {
  const { rows } = await sql<{ id: string; suspended: boolean }>`
    select id, suspended from data_product where deleted_at is null order by id`.execute(walk.world.server.deps.db);
  return pick(walk, rows);
}

async function decide(walk: Walk, body: object): Promise<Answer> {
  const request = await anyRequest(walk, 'PENDING');
  if (!request) return undefined;
  return walk.world.people.governor.call(determineAccessRequest, {
    params: { id: request.id },
    body: { status: 'APPROVED', reason: 'the walk', ...body },
  });
}

async function revoke(walk: Walk, by: 'governor' | 'beneficiary'): Promise<Answer> {
  const request = await anyRequest(walk, 'APPROVED');
  if (!request) return undefined;
  const own = walk.world.consumers.find(({ person }) => person.globalUserId === request.beneficiary)?.person;
  const who = by === 'beneficiary' && own ? own : walk.world.people.governor;
  return who.call(revokeAccess, { params: { id: request.product_id, requestId: request.id } });
}

const requests: Step[] = [
  {
    name: 'ask',
    weight: 10,
    async act(walk) {
      const [product, consumer] = [await anyProduct(walk), pick(walk, walk.world.consumers)];
      if (!product || !consumer) return undefined;
      const { person } = consumer;
      const body = { user: person.globalUserId, form: { answers: walk.world.answers } };
      return person.call(requestAccess, { params: { id: product.id }, body });
    },
  },
  { name: 'approve', weight: 10, act: (walk) => decide(walk, {}) },
  { name: 'approve for a day', weight: 5, act: (walk) => decide(walk, { duration: 1, durationUnit: 'DAYS' }) },
  { name: 'deny', weight: 1, act: (walk) => decide(walk, { status: 'DENIED' }) },
  { name: 'revoke', weight: 4, act: (walk) => revoke(walk, 'governor') },
  { name: 'give back', weight: 2, act: (walk) => revoke(walk, 'beneficiary') },
  {
    name: 'cancel',
    weight: 1,
    async act(walk) {
      const request = await anyRequest(walk, 'PENDING');
      const own = walk.world.consumers.find(({ person }) => person.globalUserId === request?.beneficiary)?.person;
      return request && own?.call(cancelAccessRequest, { params: { id: request.id } });
    },
  },
  {
    name: 'expire',
    weight: 3,
    async act(walk) {
      const request = await anyRequest(walk, 'APPROVED');
      if (!request) return undefined;
      const { deps } = walk.world.server;
      await sql`update access_request set expiration = now() - interval '1 second'
        where id = ${request.id} and status = 'APPROVED'`.execute(deps.db);
      await endExpiredAccess(deps);
      return undefined;
    },
  },
];

const products: Step[] = [
  {
    name: 'publish',
    weight: 3,
    async act(walk) {
      const { governor } = walk.world.people;
      const { domainId, sources } = walk.world.registered;
      const chosen = some(walk, sources);
      if (chosen.length === 0) return undefined;
      walk.made += 1;
      return governor.call(createDataProduct, {
        body: {
          name: `Walk ${walk.made}`,
          metadata: { subjectMatterExpert: { id: governor.globalUserId } },
          domains: [domainId],
          dataSources: chosen.map(({ id }) => ({ sourceId: String(id) })),
        },
      });
    },
  },
  {
    name: 'replace sources',
    weight: 3,
    async act(walk) {
      const [product, chosen] = [await anyProduct(walk), some(walk, walk.world.registered.sources)];
      if (!product || chosen.length === 0) return undefined;
      const body = { dataSources: chosen.map(({ id }) => ({ sourceId: String(id) })) };
      return walk.world.people.governor.call(updateDataSources, { params: { id: product.id }, body });
    },
  },
  {
    name: 'suspend or resume',
    weight: 3,
    async act(walk) {
      const product = await anyProduct(walk);
      if (!product) return undefined;
      const body = { suspended: !product.suspended };
      return walk.world.people.governor.call(updateDataProduct, { params: { id: product.id }, body });
    },
  },
  {
    name: 'delete product',
    weight: 1,
    async act(walk) {
      const product = await anyProduct(walk);
      return product && walk.world.people.governor.call(deleteDataProduct, { params: { id: product.id } });
    },
  },
  {
    name: 'fill the domain',
    weight: 2,
    async act(walk) {
      const { registered, people } = walk.world;
      walk.world.domainsMoved = true;
      const chosen = walk.random() < 0.5 ? registered.sources : some(walk, registered.sources);
      const body = { dataSourceIds: chosen.map((source) => source.id) };
      return people.governor.call(setDomainDataSources, { params: { id: registered.domainId }, body });
    },
  },
];

const people: Step[] = [
  {
    name: 'disable or enable',
    weight: 3,
    async act(walk) {
      const consumer = pick(walk, walk.world.consumers);
      if (!consumer) return undefined;
      const { globalUserId } = consumer.person;
      const status = walk.random() < 0.6 ? 'active' : 'disabled';
      const answer = await walk.world.people.useradmin.call(updateUser, {
        params: { globalUserId },
        body: { status },
      });
      // A disabled account loses its tokens; the person signs in anew once it is back.
      await sql`update personal_access_token set revoked_at = null where global_user_id = ${globalUserId}`
        .execute(walk.world.server.deps.db)
        .catch(() => undefined);
      return answer;
    },
  },
  {
    name: 'name another login',
    weight: 3,
    async act(walk) {
      const { consumers, spare, people: who } = walk.world;
      const consumer = pick(walk, consumers);
      const login = pick(walk, [...spare, ...consumers.map((c) => c.login)]);
      if (!consumer || !login) return undefined;
      const externalName = walk.random() < 0.3 ? null : login.username;
      const params = { connectionKey, globalUserId: consumer.person.globalUserId };
      return who.useradmin.call(setIdentity, { params, body: { externalName } });
    },
  },
];

type TableRow = { id: string; schema: string; name: string; owner: string; schema_id: string };
async function anyTable(walk: Walk): Promise<TableRow | undefined> {
  const { rows } = await walk.world.platform.superuser.query<TableRow>(
    `select c.oid::text as id, n.nspname as schema, c.relname as name, r.rolname as owner, n.oid::text as schema_id
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
     where n.nspname like 'area%' and c.relkind = 'r' order by n.nspname, c.relname`,
  );
  return pick(walk, rows);
}

/** The one administrator does one thing after the other: `set role` bears on whatever comes next in the session. */
function inTurn(act: (walk: Walk) => Promise<Answer>): (walk: Walk) => Promise<Answer> {
  return (walk) => {
    const turn = walk.administrator.then(() => act(walk));
    walk.administrator = turn.catch(() => undefined);
    return turn;
  };
}

async function onPlatform(walk: Walk, ...statements: string[]): Promise<undefined> {
  // Another administrator's statement may come first; what fails changed nothing.
  for (const text of statements) await walk.world.platform.superuser.query(text).catch(() => undefined);
  return undefined;
}

async function anyContainer(walk: Walk): Promise<string | undefined> {
  const { rows } = await walk.world.platform.superuser.query<{ name: string }>(
    `select r.rolname as name from pg_roles r join pg_auth_members m on m.roleid = r.oid and m.admin_option
     join pg_roles c on c.oid = m.member where c.rolname = $1 order by r.rolname`,
    [walk.world.platform.connector.username],
  );
  return pick(walk, rows)?.name;
}

const administrator: Step[] = [
  {
    name: 'rename a table',
    weight: 2,
    async act(walk) {
      const table = await anyTable(walk);
      const to = `renamed_${Math.floor(walk.random() * 8)}`;
      return table && onPlatform(walk, `alter table ${table.schema}.${quote(table.name)} rename to ${to}`);
    },
  },
  {
    name: 'recreate a table',
    weight: 2,
    async act(walk) {
      const table = await anyTable(walk);
      if (!table) return undefined;
      const name = `${table.schema}.${quote(table.name)}`;
      await onPlatform(walk, `drop table ${name}`, `set role ${quote(table.owner)}`);
      if (walk.random() < 0.8) await onPlatform(walk, `create table ${name} (id integer, label text)`);
      return onPlatform(walk, 'reset role');
    },
  },
  {
    name: 'make a login anew, or call it otherwise',
    weight: 2,
    async act(walk) {
      const login = pick(walk, walk.world.consumers)?.login.username;
      if (!login) return undefined;
      if (walk.random() < 0.5) {
        const to = `${login}_was`;
        return onPlatform(
          walk,
          `alter role ${quote(login)} rename to ${quote(to)}`,
          `alter role ${quote(to)} rename to ${quote(login)}`,
        );
      }
      const { rows } = await walk.world.platform.superuser.query<{ id: string }>(
        `select oid::text as id from pg_roles where rolname = $1`,
        [login],
      );
      walk.world.foreign = walk.world.foreign.filter((grant) => grant.loginId !== rows[0]?.id);
      await onPlatform(walk, `drop owned by ${quote(login)}`, `drop role ${quote(login)}`);
      return onPlatform(
        walk,
        `create role ${quote(login)} login password 'platform-test'`,
        `grant connect on database ${quote(walk.world.platform.database)} to ${quote(login)}`,
      );
    },
  },
  { name: 'grant by hand', weight: 3, act: (walk) => grantByHand(walk) },
  {
    name: 'take a membership by hand',
    weight: 2,
    async act(walk) {
      const [container, consumer] = [await anyContainer(walk), pick(walk, walk.world.consumers)];
      if (!container || !consumer) return undefined;
      const grantor = quote(walk.world.platform.connector.username);
      return onPlatform(
        walk,
        `revoke ${quote(container)} from ${quote(consumer.login.username)} granted by ${grantor}`,
      );
    },
  },
  {
    name: 'take a container apart',
    weight: 2,
    async act(walk) {
      const [container, table] = [await anyContainer(walk), await anyTable(walk)];
      if (!container || !table) return undefined;
      // What was kept outside of a domain is not given again once it is lost.
      walk.world.domainsMoved = true;
      const dice = walk.random();
      if (dice < 0.2) return onPlatform(walk, `drop owned by ${quote(container)}`, `drop role ${quote(container)}`);
      if (dice < 0.4) return onPlatform(walk, `alter role ${quote(container)} rename to ${quote(`odd ${container}`)}`);
      const grantor = quote(walk.world.platform.connector.username);
      const what = dice < 0.7 ? `usage on schema ${table.schema}` : `select on ${table.schema}.${quote(table.name)}`;
      return onPlatform(walk, `set role ${grantor}`, `revoke ${what} from ${quote(container)}`, 'reset role');
    },
  },
];

async function grantByHand(walk: Walk): Promise<undefined> {
  const { consumers, platform } = walk.world;
  const [table, consumer] = [await anyTable(walk), pick(walk, consumers)];
  if (!table || !consumer) return undefined;
  const { rows } = await platform.superuser.query<{ id: string }>(
    `select oid::text as id from pg_roles where rolname = $1`,
    [consumer.login.username],
  );
  const loginId = rows[0]?.id;
  if (loginId === undefined) return undefined;
  const name = `${table.schema}.${quote(table.name)}`;
  const [kind, what, objectId] = pick(walk, [
    ['table', `select on ${name}`, table.id],
    ['column', `select (id) on ${name}`, table.id],
    ['schema', `usage on schema ${table.schema}`, table.schema_id],
  ] as const) ?? ['table', '', ''];
  const { foreign } = walk.world;
  const grant: ForeignGrant = { loginId, kind, objectId };
  const same = foreign.findIndex((f) => f.kind === kind && f.loginId === loginId && f.objectId === objectId);
  const login = quote(consumer.login.username);
  if (same < 0) {
    await platform.superuser.query(`grant ${what} to ${login}`).then(
      () => foreign.push(grant),
      () => undefined,
    );
  } else {
    foreign.splice(same, 1);
    await onPlatform(walk, `revoke ${what} from ${login}`);
    // Taking a table back takes its columns back as well.
    if (kind !== 'table') return undefined;
    const column = foreign.findIndex((f) => f.kind === 'column' && f.loginId === loginId && f.objectId === objectId);
    if (column >= 0) foreign.splice(column, 1);
  }
  return undefined;
}

const connection: Step[] = [
  {
    name: 'sync',
    weight: 3,
    act: (walk) => walk.world.people.appadmin.call(syncConnection, { params: { connectionKey } }),
  },
  {
    name: 'pause or resume',
    weight: 2,
    act: (walk) =>
      walk.world.people.appadmin.call(updateConnection, {
        params: { connectionKey },
        body: { state: walk.random() < 0.5 ? 'paused' : 'active' },
      }),
  },
  {
    name: 'enable or disable an object',
    weight: 2,
    async act(walk) {
      const id = pick(walk, walk.world.objectIds);
      const state = walk.random() < 0.6 ? 'enabled' : 'disabled';
      return id === undefined
        ? undefined
        : walk.world.people.appadmin.call(updateDataObject, { params: { id }, body: { state } });
    },
  },
];

export const steps: readonly Step[] = [
  ...requests,
  ...products,
  ...people,
  ...administrator.map((step) => ({ ...step, act: inTurn(step.act) })),
  ...connection,
];

/** One step, the likelier the heavier. */
export function chooseStep(walk: Walk): Step {
  let place = walk.random() * steps.reduce((sum, step) => sum + step.weight, 0);
  for (const step of steps) {
    place -= step.weight;
    if (place < 0) return step;
  }
  throw new Error('there is no step');
}
