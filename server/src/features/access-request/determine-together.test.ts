import { getAccessRequestById } from '@stoa/contract/access-request';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { determineRequest } from './determine-together.ts';
import { askedId, decide, makeContainer, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let steward2: TestPerson;
const consumers: TestPerson[] = [];
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  steward2 = await server.person({ username: 'steward2' });
  for (let n = 0; n < 6; n++) consumers.push(await server.person({ username: `consumer${n}` }));
});
afterAll(() => server.stop());

const anyOf = (...people: TestPerson[]) => reviewBy({ any: people.map(user) });
const statusOf = async (id: string) => (await governor.call(getAccessRequestById, { params: { id } })).body.status;
/** What was written about a request besides its own row. */
async function writtenFor(id: string) {
  const { rows } = await sql<{ determinations: number; keys: number; actions: string[] }>`select
    (select count(*)::int from determination where access_request_id = ${id}) as determinations,
    (select count(*)::int from provisioning_key k join access_request r on r.target_id = k.target_id and r.beneficiary = k.global_user_id
      where r.id = ${id}) as keys,
    (select array_agg(action order by action) from audit_event where targets @> jsonb_build_array(jsonb_build_object('id', ${id}::text))
      and action <> 'AccessRequested') as actions`.execute(server.deps.db);
  return rows[0];
}
const askAll = (product: Product) => Promise.all(consumers.map((one) => askedId(one, product)));

test('decisions that come at once are each as if it had come alone', async () => {
  const flow = anyOf(steward, steward2, ...consumers.slice(0, 1));
  const product = await makeProduct(server, governor, { flow });
  await makeContainer(server, product.id);
  const [own = '', ...ids] = await askAll(product);
  const answers = await Promise.all([
    decide(steward, ids[0] ?? '', 'APPROVED'),
    decide(steward2, ids[1] ?? '', 'DENIED'),
    decide(steward, ids[2] ?? '', 'APPROVED', { duration: 3, durationUnit: 'DAYS' }),
    // Nobody decides for themself, an outsider decides nothing, and what is not there is not there.
    decide(consumers[0] ?? steward, own, 'APPROVED'),
    decide(consumers[5] ?? steward, ids[3] ?? '', 'APPROVED'),
    decide(steward, newCuid(), 'APPROVED'),
    decide(steward2, ids[4] ?? '', 'APPROVED'),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 403, 404, 404, 200]);
  expect(await Promise.all([...ids, own].map(statusOf))).toEqual([
    'APPROVED',
    'DENIED',
    'APPROVED',
    'PENDING',
    'APPROVED',
    'PENDING',
  ]);
  const granted = { determinations: 1, keys: 1, actions: ['ApprovalRecordDecided', 'SubscriptionGranted'] };
  expect(await writtenFor(ids[0] ?? '')).toEqual(granted);
  expect(await writtenFor(ids[1] ?? '')).toEqual({ determinations: 1, keys: 0, actions: ['ApprovalRecordDecided'] });
  expect(await writtenFor(ids[4] ?? '')).toEqual(granted);
  // The attempt is on record, and nothing else.
  expect(await writtenFor(own)).toEqual({ determinations: 0, keys: 0, actions: ['ApprovalRecordDecided'] });
  expect(answers[2]?.body.expiration).toBeDefined();
  expect(answers[0]?.body.expiration).toBeUndefined();
});

test('of many on one request exactly one decides', async () => {
  const product = await makeProduct(server, governor, { flow: anyOf(steward, steward2) });
  const id = await askedId(consumers[0] ?? steward, product);
  const deciders = [steward, steward2, steward, steward2, steward, steward2];
  const answers = await Promise.all(deciders.map((who, n) => decide(who, id, n % 2 === 0 ? 'APPROVED' : 'DENIED')));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status === 409)).toHaveLength(5);
  expect((await writtenFor(id))?.determinations).toBe(1);
});

test('somebody who holds one of the requests keeps the others from nothing', async () => {
  const product = await makeProduct(server, governor, { flow: anyOf(steward) });
  const ids = await askAll(product);
  const [held = '', ...others] = ids;
  const holder = await server.deps.pool.connect();
  await holder.query('begin');
  await holder.query('select from access_request where id = $1 for no key update', [held]);
  const waiting = decide(steward, held, 'APPROVED');
  const answers = await Promise.all(others.map((id) => decide(steward, id, 'APPROVED')));
  expect(answers.map((answer) => answer.status)).toEqual(others.map(() => 200));
  expect(await statusOf(held)).toBe('PENDING');
  await holder.query('commit');
  holder.release();
  expect((await waiting).status).toBe(200);
});

test('an attempt that cannot be put on record fails alone; what was decided with it is answered as decided', async () => {
  const product = await makeProduct(server, governor, { flow: anyOf(steward, ...consumers.slice(0, 1)) });
  const [own = '', ...ids] = await askAll(product);
  const owner = new pg.Client(server.databaseUrl);
  await owner.connect();
  await owner.query(`create function refuse_attempts() returns trigger language plpgsql as
    $$ begin raise exception 'not on record'; end $$`);
  await owner.query(`create trigger refuse_attempts before insert on audit_event for each row
    when (new.payload ? 'refused') execute function refuse_attempts()`);
  const call = { id: 'together', ip: '127.0.0.1', userAgent: '', isSecure: false, origin: server.url };
  const decision = { status: 'APPROVED', reason: 'Needed.' } as const;
  // In one breath, past the network: all but the first are gathered for certain.
  const results = await Promise.allSettled(
    [...ids, own].map((requestId) => {
      const { globalUserId: actorId } = requestId === own ? (consumers[0] ?? steward) : steward;
      return determineRequest(server.deps, { actorId, subject: { requestId }, decision, call });
    }),
  );
  await owner.query('drop trigger refuse_attempts on audit_event');
  await owner.end();
  expect(results.map((result) => result.status)).toEqual([...ids.map(() => 'fulfilled'), 'rejected']);
  expect(results.at(-1)).toMatchObject({ reason: { message: 'not on record' } });
  for (const id of ids) expect(await writtenFor(id)).toMatchObject({ determinations: 1 });
  expect(await statusOf(own)).toBe('PENDING');
});
