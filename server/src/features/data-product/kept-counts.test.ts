import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelAccessRequest, revokeAccess } from '@stoa/contract/access-request';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../audit/append.ts';
import { newCuid } from '../../db/new-id.ts';
import { applicationRole } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { endAccessOfUser } from '../access-request/close-requests.ts';
import { endExpiredAccess } from '../access-request/expire.ts';
import { ask, decide, makeProduct, type Product, reviewBy, user } from '../access-request/requests.fixture.ts';
import { addUpCounts } from './kept-counts.ts';
import { countsThatDiffer } from './recount.fixture.ts';

let server: TestServer;
let governor: TestPerson;
const people: TestPerson[] = [];
const products: Product[] = [];
let sources: number[] = [];

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  for (let n = 0; n < 4; n++) people.push(await server.person({ username: `person_${n}` }));
  const flows = [undefined, reviewBy({ any: [user(governor)] }), undefined];
  for (const flow of flows) products.push(await makeProduct(server, governor, flow ? { flow } : {}));
  const tables = Array.from({ length: 12 }, (_, n) => `table_${n}`);
  ({ dataSourceIds: sources } = await addDataSources(server.deps.db, {
    connectionKey: 'kept',
    schema: 'kept',
    tables,
  }));
});
afterAll(() => server.stop());

/** Numbers between 0 and 1 from a seed. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

type Turn = { pick: <T>(list: readonly T[]) => T; random: () => number };
const turnOf = (random: () => number): Turn => ({
  random,
  pick: (list) => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  },
});

async function anyRequest({ random }: Turn, status: string): Promise<{ id: string; product: string } | undefined> {
  const { rows } = await sql<{ id: string; product: string }>`
    select id, data_product_id as product from access_request where status = ${status} order by id`.execute(
    server.deps.db,
  );
  return rows[Math.floor(random() * rows.length)];
}

const run = (statement: ReturnType<typeof sql>) => statement.execute(server.deps.db);

/** As people do it, as the server does it by itself, and past both, many rows at a time. */
const acts: Record<string, (turn: Turn) => Promise<unknown>> = {
  ask: ({ pick }) => ask(pick(people), pick(products)),
  'ask again': ({ pick }) => ask(pick(people), pick(products)),
  async approve(turn) {
    const request = await anyRequest(turn, 'PENDING');
    const period = turn.random() < 0.5 ? { duration: 1, durationUnit: 'DAYS' as const } : {};
    if (request) await decide(governor, request.id, 'APPROVED', period);
  },
  async 'approve another'(turn) {
    const request = await anyRequest(turn, 'PENDING');
    if (request) await decide(governor, request.id, 'APPROVED');
  },
  async deny(turn) {
    const request = await anyRequest(turn, 'PENDING');
    if (request) await decide(governor, request.id, 'DENIED');
  },
  async cancel(turn) {
    const request = await anyRequest(turn, 'PENDING');
    if (request) await governor.call(cancelAccessRequest, { params: { id: request.id } });
  },
  async revoke(turn) {
    const request = await anyRequest(turn, 'APPROVED');
    if (request) await governor.call(revokeAccess, { params: { id: request.product, requestId: request.id } });
  },
  async 'let an end pass'(turn) {
    const request = await anyRequest(turn, 'APPROVED');
    if (request)
      await run(sql`update access_request set expiration = now() - interval '1 second' where id = ${request.id}`);
  },
  'end what is over': () => endExpiredAccess(server.deps),
  'end the access of somebody': ({ pick }) =>
    transact(server.deps, (tx, after) =>
      endAccessOfUser(tx, after, {
        globalUserId: pick(people).globalUserId,
        actor: systemActor,
        endedBy: null,
        reason: 'The account was disabled.',
        how: 'all',
      }),
    ),
  'approve many': ({ pick }) =>
    run(
      sql`update access_request set status = 'APPROVED', decided_at = now() where data_product_id = ${pick(products).id} and status <> 'APPROVED'`,
    ),
  'deny many': ({ random }) =>
    run(sql`update access_request set status = 'DENIED', decided_at = created_at + ${random() * 100} * interval '1 hour'
      where abs(hashtext(id || ${String(random())})) % 4 = 0`),
  'copy many': () =>
    run(sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
        form, flow, event, metadata, expiration, decided_at, created_at)
      select 'c' || left(md5(r.id || random()::text), 24), r.type, 'APPROVED', r.requesting_user, r.beneficiary, r.data_product_id,
        r.request_form_id, r.form_version, r.form, r.flow, r.event, r.metadata, r.expiration, now(), r.created_at + interval '1 minute'
      from access_request r order by random() limit 5`),
  'delete some': () =>
    run(sql`delete from access_request r where r.id in (select id from access_request order by random() limit 2)
      and not exists (select from determination d where d.access_request_id = r.id)`),
  async 'change who, what and when'({ pick }) {
    await run(sql`update access_request set beneficiary = ${pick(people).globalUserId}, data_product_id = ${pick(products).id},
        created_at = created_at - interval '1 hour', id = id || 'x'
      where id in (select id from access_request r where status = 'DENIED' and length(id) < 30
        and not exists (select from approval_record a where a.access_request_id = r.id)
        and not exists (select from determination a where a.access_request_id = r.id) order by random() limit 2)`);
  },
  'change what decides': () =>
    run(
      sql`update access_request set event = event || '{"type": "autoApprove"}' where id in (select id from access_request order by random() limit 1)`,
    ),
  'change nothing that counts': () => run(sql`update access_request set updated_at = now()`),
  'sources join a domain': ({ pick }) =>
    run(sql`insert into domain_data_source (domain_id, data_source_id)
      select ${pick(products).domainId}, s from unnest(${sources}::int[]) s where random() < 0.5 on conflict do nothing`),
  'sources leave': ({ pick }) =>
    run(sql`delete from domain_data_source where domain_id = ${pick(products).domainId} and random() < 0.5`),
  'sources move': ({ pick }) =>
    run(sql`update domain_data_source x set domain_id = ${pick(products).domainId} where random() < 0.3 and x.data_source_id not in (
      select data_source_id from domain_data_source group by 1 having count(*) > 1)`),
  'a product goes': ({ pick, random }) =>
    run(
      sql`update data_product set deleted_at = case when ${random()} < 0.5 then now() end where id = ${pick(products).id}`,
    ),
  'add up': ({ pick }) => addUpCounts(server.deps, pick([1, 2, 7])),
  'add all up': () => addUpCounts(server.deps),
};

/** Each alone is refused where it does not fit; what matters is what is counted afterwards. */
async function act(turn: Turn): Promise<string> {
  const [name, one] = turn.pick(Object.entries(acts));
  try {
    await one(turn);
    return name;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === '23505' || code === '23503' || code === '40P01') return `${name}: ${code}`;
    throw error;
  }
}

/** The server adds up as well, and one of them at a time. */
async function addAllUp(): Promise<void> {
  const isLeft = async () => {
    const { rows } = await sql<{ left: boolean }>`
      select exists (select from product_change) or exists (select from domain_change) as left`.execute(server.deps.db);
    return rows[0]?.left === true;
  };
  while (await isLeft()) await addUpCounts(server.deps);
}

it('shows what counting anew would, whatever happens in whatever order, added up or not', async () => {
  const seed = Number(process.env['STOA_WALK_SEED'] ?? Date.now() % 1_000_000);
  const turn = turnOf(makeRandom(seed));
  const done: string[] = [];
  for (let step = 0; step < 120; step++) {
    const together = turn.random() < 0.3 ? 3 : 1;
    done.push(...(await Promise.all(Array.from({ length: together }, () => act(turn)))));
    expect(await countsThatDiffer(server.deps.db), `seed ${seed}: ${done.join(', ')}`).toEqual([]);
  }
  await addAllUp();
  expect(await countsThatDiffer(server.deps.db), `seed ${seed}, all added up: ${done.join(', ')}`).toEqual([]);
}, 300_000);

it('lets decisions about one product go on beside each other and beside the adding up', async () => {
  const [product] = products;
  const { db } = server.deps;
  const insert = (
    n: number,
  ) => sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id,
      form_version, form, flow, event)
    select ${newCuid()}, 'DATA_ACCESS', 'APPROVED', ${people[n]?.globalUserId}, ${people[n]?.globalUserId}, ${product?.id},
      v.version, '{}', '{}', '{"type": "review"}' from request_form_version v limit 1`;
  await addAllUp();
  await db.transaction().execute(async (first) => {
    await insert(0).execute(first);
    // With the first one open: neither waits, and what is not committed is not counted.
    await db.transaction().execute(async (second) => {
      await sql`set local lock_timeout = '1s'`.execute(second);
      await insert(1).execute(second);
    });
    await addUpCounts(server.deps);
    expect(await countsThatDiffer(db)).toEqual([]);
  });
  expect(await countsThatDiffer(db)).toEqual([]);
});

it('is filled by the migration from what is there', async () => {
  const owner = new pg.Client(server.databaseUrl);
  await owner.connect();
  try {
    await owner.query(`begin; drop table product_count, product_holder, product_change, domain_count, domain_change;
      drop function access_request__count, domain_data_source__count cascade;
      drop index access_request__reviewed, domain_data_source__place;
      create index domain_data_source__source on domain_data_source (data_source_id)`);
    await owner.query(readFileSync(join(import.meta.dirname, '../../../migrations/0043_kept_counts.sql'), 'utf8'));
    await owner.query(
      `grant all on product_count, product_holder, product_change, domain_count, domain_change to ${applicationRole}; commit`,
    );
  } finally {
    await owner.end();
  }
  const { rows } = await sql<{ filled: number }>`
    select (select count(*) from product_count where approved + denied > 0)::int as filled`.execute(server.deps.db);
  expect(rows[0]?.filled).toBeGreaterThan(0);
  expect(await countsThatDiffer(server.deps.db)).toEqual([]);
});

it('would be seen to differ, were one change not told', async () => {
  const owner = new pg.Client(server.databaseUrl);
  await owner.connect();
  try {
    expect(await countsThatDiffer(server.deps.db)).toEqual([]);
    await owner.query('alter table access_request disable trigger access_request__count_changed');
    await run(
      sql`update access_request set status = 'DENIED' where id = (select min(id) from access_request where status = 'APPROVED')`,
    );
    expect(await countsThatDiffer(server.deps.db)).not.toEqual([]);
  } finally {
    await owner.end();
  }
});
