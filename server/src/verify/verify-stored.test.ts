import { cancelAccessRequest, revokeAccess } from '@stoa/contract/access-request';
import { createWebhook } from '@stoa/contract/webhook';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedId, decide, makeProduct, reviewBy, user } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import type { TestPerson } from '../testing/people.ts';
import { until } from '../testing/until.ts';
import type { Finding } from './finding.ts';
import { exitCodeOf } from './print-report.ts';
import { askRows } from './rows.ts';
import { runVerify } from './run-verify.ts';

let server: TestServer;
let superuser: pg.Client;
let steward: TestPerson;
let consumer: TestPerson;
const id = {} as Record<
  'timed' | 'denied' | 'canceled' | 'revoked' | 'expired' | 'twice' | 'grouped' | 'either',
  string
>;
const act = (text: string) => superuser.query(text);

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_EGRESS_ALLOW: 'webhook=127.0.0.1:9' } });
  superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
  const admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  consumer = await server.person({ username: 'consumer' });
  await admin.call(createWebhook, { body: { url: 'http://127.0.0.1:9/hook' } });
  await act(`insert into user_group (name) values ('Stewards')`);
  await act(`insert into group_member (group_id, global_user_id, added_by)
    select id, '${steward.globalUserId}', '${admin.globalUserId}' from user_group`);
  const byHim = reviewBy({ any: [user(steward)] });
  const product = async (flow: object = byHim) => {
    const made = await makeProduct(server, admin, { flow });
    return { ...made, requestId: await askedId(consumer, made) };
  };
  const decided = async (status: 'APPROVED' | 'DENIED', period = {}, flow: object = byHim) => {
    const made = await product(flow);
    const answer = await decide(steward, made.requestId, status, period);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return made;
  };
  id.timed = (await decided('APPROVED', { duration: 6, durationUnit: 'MONTHS' })).requestId;
  id.denied = (await decided('DENIED')).requestId;
  id.canceled = (await product()).requestId;
  await consumer.call(cancelAccessRequest, { params: { id: id.canceled } });
  const revoked = await decided('APPROVED');
  id.revoked = revoked.requestId;
  await admin.call(revokeAccess, { params: { id: revoked.id, requestId: revoked.requestId }, query: {} });
  id.expired = (await decided('APPROVED', { duration: 1, durationUnit: 'HOURS' })).requestId;
  await act(`update access_request set decided_at = decided_at - interval '2 hours', expiration = expiration - interval '2 hours'
    where id = '${id.expired}'`);
  id.grouped = (await decided('APPROVED', {}, reviewBy({ any: [{ type: 'GROUP', name: 'Stewards' }] }))).requestId;
  const both = reviewBy({ all: [user(steward), { type: 'GROUP', name: 'Stewards' }] });
  id.twice = (await decided('APPROVED', {}, both)).requestId;
  await decide(steward, id.twice, 'APPROVED');
  const either = reviewBy({ any: [user(steward), { type: 'GROUP', name: 'Stewards' }] });
  id.either = (await decided('APPROVED', {}, either)).requestId;
  await product();
  await until(async () => (await act(`select from access_request where status = 'EXPIRED'`)).rows[0]);
  await until(async () => (await act(`select where not exists (select from event_pending)`)).rows[0]);
});
afterAll(async () => {
  await superuser?.end();
  await server?.stop();
});

const verify = (more: Partial<Parameters<typeof runVerify>[0]> = {}) =>
  runVerify({ ...server.deps, settleMs: 0, ...more });
const told = async (more: Partial<Parameters<typeof runVerify>[0]> = {}) => {
  const findings = (await verify(more)).invariants.flatMap((one): readonly Finding[] => one.findings);
  return [...new Set(findings.map(({ invariant, direction }) => `${invariant} ${direction}`))].sort();
};

/** Puts rows aside, and back. */
const without = (table: string, which: () => string) => ({
  plant: () =>
    `create table seed_aside as select * from ${table} where ${which()}; delete from ${table} where ${which()}`,
  mend: () => `insert into ${table} overriding system value select * from seed_aside; drop table seed_aside`,
});
const changed = (table: string, which: () => string, change: string) => ({
  plant: () =>
    `create table seed_aside as select * from ${table} where ${which()}; update ${table} set ${change} where ${which()}`,
  mend: () =>
    `delete from ${table} where ${which()}; insert into ${table} overriding system value select * from seed_aside; drop table seed_aside`,
});
const request = (which: keyof typeof id, change: string, back: string) => ({
  plant: () => `update access_request set ${change} where id = '${id[which]}'`,
  mend: () => `update access_request set ${back} where id = '${id[which]}'`,
});
const of =
  (which: keyof typeof id, column = 'access_request_id') =>
  () =>
    `${column} = '${id[which]}'`;
const audit = (action: string, which: keyof typeof id) => () =>
  `action = '${action}' and targets @> '[{"id": "${id[which]}"}]'`;

/** The steward is in the group by their own hand since that request was made, or for an hour longer. */
const joinedAfter = (which: keyof typeof id, earlier = '0 hours') => ({
  plant:
    () => `create table seed_aside as select * from group_member; update group_member set added_by = global_user_id,
    added_at = (select created_at - interval '${earlier}' from access_request where id = '${id[which]}')`,
  mend: () => `delete from group_member; insert into group_member select * from seed_aside; drop table seed_aside`,
});

/** The steward was the person who asked until then. */
const parted = (until: string) => ({
  plant: () => `insert into former_person (global_user_id, person_id, until)
    select s.global_user_id, c.person_id, ${until} from app_user s, app_user c where s.username = 'steward' and c.username = 'consumer'`,
  mend: () => 'delete from former_person',
});

const waitingMessage = (wait: string) => ({
  plant:
    () => `insert into message_delivery (id, notification_id, inbox_message_id, global_user_id, provider, notification_type, state, next_attempt_at)
    select gen_random_uuid(), notification_id, id, global_user_id, 'EMAIL', notification_type, 'PENDING', now() + interval '${wait}'
    from inbox_message limit 1`,
  mend: () => 'delete from message_delivery',
});

type Seed = { wrong: string; plant: () => string; mend: () => string; want: readonly string[] };
const seeds: readonly Seed[] = [
  {
    wrong: 'the audit event of a determination is gone',
    ...without('audit_event', audit('ApprovalRecordDecided', 'timed')),
    want: ['I4 wrong', 'I9 wrong'],
  },
  { wrong: 'a determination is gone', ...without('determination', of('revoked')), want: ['I4 missing', 'I9 wrong'] },
  {
    wrong: 'the event of a determination is gone',
    ...without('event', () => `request_id = '${id.timed}' and type like '%.consumer.updated'`),
    want: ['I4 wrong'],
  },
  {
    wrong: 'a determination passes for one of several that were made in bulk',
    ...changed('determination', of('timed'), 'bulk_id = gen_random_uuid()'),
    want: ['I4 wrong'],
  },
  {
    wrong: 'a denied request counts as approved',
    ...request('denied', `status = 'APPROVED'`, `status = 'DENIED'`),
    want: ['I5 wrong'],
  },
  {
    wrong: 'a canceled request waits again',
    ...request('canceled', `status = 'PENDING'`, `status = 'CANCELED'`),
    want: ['I5 wrong'],
  },
  {
    wrong: 'a revoked request counts as approved',
    ...request('revoked', `status = 'APPROVED'`, `status = 'REVOKED'`),
    want: ['I5 wrong'],
  },
  {
    wrong: 'the end of an approval was moved',
    ...request('timed', `expiration = expiration + interval '1 day'`, `expiration = expiration - interval '1 day'`),
    want: ['I5 wrong'],
  },
  {
    wrong: 'a request has two final determinations',
    plant: () => `insert into determination (id, access_request_id, status, record_ids, is_final, target_id, type)
      select 'seeded', id, 'APPROVED', '{}', true, target_id, type from access_request where id = '${id.timed}'`,
    mend: () => `delete from determination where id = 'seeded'`,
    want: ['I6 extra', 'I9 wrong'],
  },
  {
    wrong: 'a delivery is not there',
    ...without('webhook_delivery', () => `event_type like '%.canceled'`),
    want: ['I7 missing'],
  },
  {
    wrong: 'a delivery is dead and nobody knows why',
    ...changed('webhook_delivery', () => `event_type like '%.canceled'`, `state = 'DEAD', dead_why = null`),
    want: ['I7 wrong'],
  },
  {
    wrong: 'a delivery is not tried before next week',
    ...changed(
      'webhook_delivery',
      () => `event_type like '%.canceled'`,
      `state = 'RETRYING', due_at = now() + interval '7 days'`,
    ),
    want: ['I7 wrong'],
  },
  {
    wrong: 'telling of an event fails for long',
    plant: () => `update event set created_at = created_at - interval '1 minute' where type like '%.canceled';
      insert into event_pending (sequence, due_at, failure) select sequence, now() + interval '1 hour', 'broken' from event where type like '%.canceled'`,
    mend: () =>
      `delete from event_pending; update event set created_at = created_at + interval '1 minute' where type like '%.canceled'`,
    want: ['I7 missing'],
  },
  {
    wrong: 'who asked never heard the decision',
    ...without(
      'inbox_message',
      () =>
        `request_id = '${id.denied}' and global_user_id = '${consumer.globalUserId}' and notification_type = 'DETERMINATION_MADE'`,
    ),
    want: ['I8 missing'],
  },
  {
    wrong: 'a message counts as sent and has no time',
    plant:
      () => `insert into message_delivery (id, notification_id, inbox_message_id, global_user_id, provider, notification_type, state, next_attempt_at)
      select gen_random_uuid(), notification_id, id, global_user_id, 'EMAIL', notification_type, 'SENT', null from inbox_message limit 1`,
    mend: () => 'delete from message_delivery',
    want: ['I8 wrong'],
  },
  { wrong: 'a message does not leave before the day after next', ...waitingMessage('50 hours'), want: ['I8 wrong'] },
  {
    wrong: 'the audit event of an end is gone',
    ...without('audit_event', audit('AccessRequestCanceled', 'canceled')),
    want: ['I9 missing'],
  },
  {
    wrong: 'an audit event tells of another request, of which there is one already',
    plant: () =>
      `update audit_event set targets = jsonb_set(targets, '{0,id}', '"nowhere"') where ${audit('AccessRequested', 'denied')()}`,
    mend: () =>
      `update audit_event set targets = jsonb_set(targets, '{0,id}', '"${id.denied}"') where targets @> '[{"id": "nowhere"}]'`,
    want: ['I9 wrong'],
  },
  {
    wrong: 'an audit event names nobody',
    ...changed('audit_event', audit('AccessExpired', 'expired'), `actor = '{}'`),
    want: ['I9 wrong'],
  },
  {
    wrong: 'a reviewer is the person who asked, by another login',
    plant: () =>
      `update app_user set person_id = (select person_id from app_user where username = 'consumer') where username = 'steward'`,
    mend: () => `update app_user set person_id = global_user_id where username = 'steward'`,
    want: ['I10 wrong'],
  },
  {
    wrong: 'a reviewer was the person who asked, by a login that was parted since then',
    ...parted(`now() + interval '1 hour'`),
    want: ['I10 wrong'],
  },
  {
    wrong: 'a reviewer joined the deciding group by their own hand after the request was made',
    ...joinedAfter('grouped'),
    want: ['I10 wrong'],
  },
  {
    wrong: 'one person filled two conditions where that is forbidden',
    plant: () =>
      `insert into setting (name, value, updated_at) values ('application', '{"distinctReviewers": true}', '-infinity')`,
    mend: () => `delete from setting where name = 'application'`,
    want: ['I10 wrong'],
  },
  {
    wrong: 'a determination names another target',
    ...changed('determination', of('denied'), `target_id = gen_random_uuid()`),
    want: ['I14 wrong'],
  },
  {
    wrong: 'a data source has an object of another connection',
    plant:
      () => `create table seed_aside as select * from connection limit 1; update seed_aside set id = gen_random_uuid(), connection_key = 'elsewhere', tag_id = tag_id + 1000;
      insert into connection select * from seed_aside; update data_source set connection_id = (select id from seed_aside)`,
    mend: () => `update data_source set connection_id = (select id from connection where connection_key <> 'elsewhere');
      delete from connection where connection_key = 'elsewhere'; drop table seed_aside`,
    want: ['I14 wrong'],
  },
  {
    wrong: 'an answer that was given to a call is not true any more',
    plant: () => `insert into idempotency_key (global_user_id, key, operation_id, body_hash, status, body)
      values ('${consumer.globalUserId}', 'seeded', 'requestAccess', '', 201, '{"id": "nowhere"}')`,
    mend: () => `delete from idempotency_key where key = 'seeded'`,
    want: ['I15 missing'],
  },
  {
    wrong: 'one call has had two effects',
    plant:
      () => `insert into audit_event (id, action, actor, actor_id, targets) select gen_random_uuid(), action, actor, 'seeded', targets
      from audit_event where action = 'AccessRequested' limit 1`,
    mend: () => `delete from audit_event where actor_id = 'seeded'`,
    want: ['I15 extra', 'I9 wrong'],
  },
];

test('what the product has stored is clean, and what needs a file is never called held', async () => {
  await addDataSources(server.deps.db, { connectionKey: 'here', schema: 'area', tables: ['one', 'two'] });
  const report = await verify();
  expect(report.invariants.flatMap(({ findings }) => findings)).toEqual([]);
  const status = Object.fromEntries(report.invariants.map((one) => [one.invariant, one.status]));
  expect(status).toMatchObject({ I4: 'held', I5: 'held', I13: 'not asked', I15: 'held' });
  expect(exitCodeOf(await verify({ only: ['I13'] }))).toBe(2);
});

test.each(seeds)('found and mended: $wrong', async ({ plant, mend, want }) => {
  await act(plant());
  try {
    expect(await told()).toEqual(want);
  } finally {
    await act(mend());
  }
  expect(await told()).toEqual([]);
});

test.each([
  { what: 'a group that they had before the request was made', ...joinedAfter('grouped', '1 hour') },
  { what: 'a group of which they were no need, since they are named as well', ...joinedAfter('either') },
  {
    what: 'having been found to be the person who asked after the decision',
    plant: () =>
      `update app_user set person_since = now(), person_id = (select person_id from app_user where username = 'consumer') where username = 'steward'`,
    mend: () => `update app_user set person_since = null, person_id = global_user_id where username = 'steward'`,
  },
  { what: 'having been the person who asked, parted before the decision', ...parted(`'2000-01-01'`) },
  {
    what: 'an audit event of the next day',
    ...changed(
      'audit_event',
      audit('AccessRequested', 'denied'),
      `event_timestamp = event_timestamp + interval '1 day'`,
    ),
  },
  {
    what: 'a delivery that is put off for a day while it is looked at',
    ...changed(
      'webhook_delivery',
      () => `event_type like '%.canceled'`,
      `state = 'RETRYING', due_at = now() + interval '24 hours 20 seconds'`,
    ),
  },
  { what: 'a message that waits for a digest and then for the end of quiet hours', ...waitingMessage('48 hours') },
])('nobody is blamed for $what', async ({ plant, mend }) => {
  await act(plant());
  try {
    expect(await told({ only: ['I7', 'I8', 'I9', 'I10'] })).toEqual([]);
  } finally {
    await act(mend());
  }
});

test('an attribute, a permission and one of a domain are own gifts as a group is', async () => {
  const at = `(select created_at from access_request where id = '${id.grouped}')`;
  const me = `'${steward.globalUserId}'`;
  const domain = `(select domain_id from data_product_domain x join access_request r on r.data_product_id = x.data_product_id
    where r.id = '${id.grouped}' limit 1)`;
  const gifts = [
    {
      met: { type: 'ATTRIBUTE', key: 'team', value: 'blue' },
      table: 'attribute',
      row: `(principal_type, principal_id, name, value, added_by, added_at) values ('user', ${me}, 'team', 'blue', ${me}, ${at})`,
    },
    {
      met: { type: 'PERMISSION', permission: 'AUDIT' },
      table: 'global_permission',
      row: `(global_user_id, permission, granted_by, granted_at) values (${me}, 'AUDIT', ${me}, ${at})`,
    },
    {
      met: { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
      table: 'domain_permission',
      row: `(domain_id, permission, principal_type, user_id, granted_by, granted_at)
        values (${domain}, 'Manage Data Products', 'user', ${me}, ${me}, ${at})`,
    },
  ];
  const group = `(select id::text from user_group where name = 'Stewards')`;
  const meet = (met: unknown) =>
    superuser.query('update approval_record set criteria_met = $1 where access_request_id = $2', [
      JSON.stringify(met),
      id.grouped,
    ]);
  const before = await act(`select criteria_met from approval_record where access_request_id = '${id.grouped}'`);
  for (const { met, table, row } of gifts) {
    await meet([met]);
    expect(await told({ only: ['I10'] })).toEqual([]);
    await act(`create table seed_aside as select * from ${table}; insert into ${table} ${row}`);
    expect(await told({ only: ['I10'] })).toEqual(['I10 wrong']);
    await act(`delete from ${table}; insert into ${table} select * from seed_aside; drop table seed_aside`);
  }
  await meet([gifts[0]?.met]);
  await act(
    `insert into attribute (principal_type, principal_id, name, value, added_at) select 'group', ${group}, 'team', 'blue', '2000-01-01'`,
  );
  expect(await told({ only: ['I10'] })).toEqual([]);
  const { plant, mend } = joinedAfter('grouped');
  await act(plant());
  expect(await told({ only: ['I10'] })).toEqual(['I10 wrong']);
  await act(`${mend()}; delete from attribute`);
  await meet(before.rows[0].criteria_met);
  expect(await told()).toEqual([]);
});

test('of too many the oldest thousand are told, the same ones each time, and how many there are', async () => {
  const query = `select n::text as subject, 'it is wrong' as found, now() - make_interval(hours => n) as since
    from generate_series(1, 1200) n order by random()`;
  const question = {
    direction: 'wrong' as const,
    expected: 'there is none',
    where: 'nowhere',
    next: 'Mend it.',
    query,
  };
  const checked = await server.deps.db
    .transaction()
    .execute((tx) => askRows(tx, 'I4', { rows: 'select 1200 as n', questions: [question] }));
  expect(checked.findings.map(({ subject }) => subject)).toEqual(
    Array.from({ length: 1_000 }, (_, n) => `${1_200 - n}`),
  );
  expect(checked.notes).toEqual(['only the 1000 oldest of 1200 are told of: there is none']);
});

test('a journal tells what was acknowledged and is not there', async () => {
  const journal = `${id.timed}\n{"requestId": "${id.denied}"}\n`;
  expect(await told({ only: ['I4'], journal })).toEqual([]);
  expect(await told({ only: ['I4'], journal: `${journal}${id.canceled}\n` })).toEqual(['I4 missing']);
});

test('a canary is found in clear, in hex and in base64, and nowhere when it is nowhere', async () => {
  const canaries = 'canary-7f3b1c\n';
  expect(await told({ only: ['I13'], canaries })).toEqual([]);
  for (const form of [`'canary-7f3b1c'`, `encode('canary-7f3b1c', 'hex')`, `encode('canary-7f3b1c', 'base64')`]) {
    await act(`update webhook set description = ${form}`);
    expect(await told({ only: ['I13'], canaries })).toEqual(['I13 extra']);
  }
  await act('update webhook set description = null');
  expect(await told({ only: ['I13'], canaries })).toEqual([]);
});
