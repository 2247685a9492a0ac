import { getAccessRequestRecords } from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { importPeople } from '@stoa/contract/people-import';
import * as users from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { countWaiting } from '../../testing/locks.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, decide, makeProduct, reviewBy } from '../access-request/requests.fixture.ts';

let server: TestServer;
let admin: TestPerson;
let governor: TestPerson;
let names = 0;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  admin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
});
afterAll(() => server.stop());

const somebody = (more: Partial<Parameters<TestServer['person']>[0]> = {}) => {
  names += 1;
  return server.person({ username: `login-${names}`, ...more });
};
const say = (one: TestPerson, other: TestPerson | null, by = admin) =>
  by.call(users.updateUser, {
    params: { globalUserId: one.globalUserId },
    body: { samePersonAs: other === null ? null : other.globalUserId },
  });
const othersOf = async (one: TestPerson): Promise<string[]> => {
  const { body } = await admin.call(users.readUser, { params: { globalUserId: one.globalUserId } });
  return body.otherLogins.map(({ username }) => username);
};
const audited = async (action: string, id: string) => {
  const { rows } = await sql<{ others: string[] }>`
    select payload -> 'others' as others from audit_event
    where action = ${action} and targets @> ${JSON.stringify([{ id }])}::jsonb order by sequence`.execute(
    server.deps.db,
  );
  return rows.map(({ others }) => others);
};
const fourEyes = { status: 403, body: { code: 'approval_record.four_eyes' } };

test('a second login of who asks, or for whom it is asked, decides neither the request nor its record', async () => {
  const consumer = await somebody();
  const second = await somebody({ permissions: ['GOVERNANCE'] });
  const asked = await askedId(consumer, await makeProduct(server, governor));
  const forThem = await askedId(governor, await makeProduct(server, governor), consumer);
  expect((await say(second, consumer)).body.otherLogins).toMatchObject([{ username: consumer.username }]);
  for (const [id, words] of [
    [asked, 'You made this request with another of your logins; another person has to decide it.'],
    [forThem, 'This request is for you with another of your logins; another person has to decide it.'],
  ] as const) {
    const refused = await decide(second, id, 'APPROVED');
    expect(refused).toMatchObject(fourEyes);
    expect(refused.body.detail).toContain(words);
    const { body } = await second.call(getAccessRequestRecords, { params: { id } });
    const [record] = body.approvalRecords;
    expect(record?.abilities?.['determine']).toMatchObject({ allowed: false, reason: words });
    const params = { id: record?.id ?? '' };
    const one = { params, body: { status: 'APPROVED', reason: 'Mine.' } } as const;
    expect(await second.call(updateApprovalRecord, one)).toMatchObject(fourEyes);
  }
  expect((await say(second, null)).body.otherLogins).toEqual([]);
  expect((await decide(second, asked, 'APPROVED')).status).toBe(200);
});

test('a second login that decides as a member of a group is refused as well, and so is one of the logins that came along', async () => {
  const [consumer, second, third] = [await somebody(), await somebody(), await somebody()];
  const { rows } = await sql<{ id: number }>`insert into user_group (name) values ('Deciders') returning id`.execute(
    server.deps.db,
  );
  const groupId = rows[0]?.id ?? 0;
  for (const { globalUserId } of [second, third])
    await sql`insert into group_member (group_id, global_user_id, added_by)
      values (${groupId}, ${globalUserId}, ${admin.globalUserId})`.execute(server.deps.db);
  const flow = reviewBy({ any: [{ type: 'GROUP', id: groupId, name: 'Deciders' }] });
  const id = await askedId(consumer, await makeProduct(server, governor, { flow }));
  await say(third, second);
  await say(second, consumer);
  expect(await othersOf(consumer)).toEqual([second.username, third.username]);
  expect(await decide(second, id, 'APPROVED')).toMatchObject(fourEyes);
  expect(await decide(third, id, 'APPROVED')).toMatchObject(fourEyes);
  expect(await audited('UserLoginJoined', second.globalUserId)).toEqual([[consumer.username, third.username]]);
});

test('both sides bring the logins that they have, and whoever is parted leaves the others together', async () => {
  const [a, a2, b, b2] = [await somebody(), await somebody(), await somebody(), await somebody()];
  await say(a2, a);
  await say(b2, b);
  await say(a, b2);
  expect(await othersOf(a)).toEqual([a2, b, b2].map(({ username }) => username));
  // It is the one whose id the person bears.
  await say(b, null);
  expect(await othersOf(b)).toEqual([]);
  expect(await othersOf(b2)).toEqual([a, a2].map(({ username }) => username));
  await say(a2, null);
  expect(await othersOf(a)).toEqual([b2.username]);
  // Which person each was before is known, one after the other without a gap.
  const { rows: before } = await sql<{ isLast: boolean; isGap: boolean; isOwn: boolean }>`
    select f.until = u.person_since as "isLast", f.since is distinct from lag(f.until) over (order by f.until) as "isGap", f.person_id = f.global_user_id as "isOwn"
    from former_person f join app_user u using (global_user_id) where u.global_user_id = ${a2.globalUserId} order by f.until`.execute(
    server.deps.db,
  );
  expect(before.map(({ isLast }) => isLast)).toEqual([false, false, false, true]);
  expect(before.some(({ isGap }) => isGap)).toBe(false);
  expect(before.map(({ isOwn }) => isOwn)).toEqual([true, false, false, false]);
  expect(await audited('UserLoginParted', a2.globalUserId)).toEqual(
    [[a, b2].map(({ username }) => username)].map((x) => x.sort()),
  );
  const told = await audited('UserLoginJoined', a.globalUserId);
  for (const same of [await say(a, b2), await say(a, a), await say(b, null)]) expect(same.status).toBe(200);
  expect(await audited('UserLoginJoined', a.globalUserId)).toEqual(told);
  expect(await othersOf(a)).toEqual([b2.username]);
});

test('no user admin says it of a login of their own, and nobody else says it', async () => {
  const [one, other] = [await somebody(), await somebody()];
  const second = await somebody({ permissions: ['USER_ADMIN'] });
  const another = await somebody({ permissions: ['USER_ADMIN'] });
  expect((await say(second, admin, another)).status).toBe(200);
  for (const by of [admin, second])
    for (const [who, as] of [
      [admin, one],
      [second, one],
      [one, admin],
      [one, second],
      [second, null],
      [admin, null],
    ] as const) {
      const answer = await say(who, as, by);
      expect(answer).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
      expect(answer.body.detail).toContain('Nobody says of their own logins');
    }
  expect((await say(one, other, governor)).status).toBe(403);
  const body = { username: 'made-as-mine', name: 'Mine', email: 'mine@example.com' };
  const made = await admin.call(users.createUser, { body: { ...body, samePersonAs: second.globalUserId } });
  expect(made.status).toBe(403);
  expect((await admin.call(users.listUsers, { query: { searchText: 'made-as-mine' } })).body.data).toEqual([]);
  const read = await admin.call(users.readUser, { params: { globalUserId: second.globalUserId } });
  expect(read.body.abilities).toMatchObject({ changePerson: { allowed: false }, edit: { allowed: true } });
  expect(await othersOf(admin)).toEqual([second.username]);
  expect((await say(second, null, another)).status).toBe(200);
});

test('a new account may be of somebody who is there; of nobody it is refused', async () => {
  const one = await somebody();
  const body = { username: 'one-admin', name: 'One', email: 'one@example.com' };
  const unknown = await admin.call(users.createUser, { body: { ...body, samePersonAs: newUuid() } });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'user.person_unknown' } });
  const made = await admin.call(users.createUser, { body: { ...body, samePersonAs: one.globalUserId } });
  expect(made).toMatchObject({ status: 201, body: { otherLogins: [{ username: one.username }] } });
  expect(await othersOf(one)).toEqual(['one-admin']);
  const params = { globalUserId: one.globalUserId };
  const gone = await admin.call(users.updateUser, { params, body: { samePersonAs: newUuid() } });
  expect(gone).toMatchObject({ status: 422, body: { code: 'user.person_unknown' } });
});

test('two who join the same logins the other way round at once leave one person', async () => {
  const [a, b] = [await somebody(), await somebody()];
  const { both } = await server.deps.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.persons'))`.execute(tx);
    const both = Promise.all([say(a, b), say(b, a)]);
    await until(async () => ((await countWaiting(tx)) === 2 ? true : undefined));
    return { both };
  });
  expect((await both).map(({ status }) => status)).toEqual([200, 200]);
  expect(await othersOf(a)).toEqual([b.username]);
  expect(await othersOf(b)).toEqual([a.username]);
});

test('a file joins and parts logins, those that it makes as well, and changes nothing the second time', async () => {
  const [a, b] = [await somebody(), await somebody()];
  const send = (csv: string) => admin.call(importPeople, { params: { kind: 'users' }, body: { csv } });
  const file = [
    'username,name,email,samePersonAs',
    `filed-2,Filed,filed@example.com,FILED-1`,
    `filed-1,Filed,filed@example.com,`,
    `${b.username},,,${a.username}`,
  ].join('\n');
  expect((await send(file)).body.counts).toMatchObject({ created: 2, changed: 1, refused: 0 });
  expect(await othersOf(a)).toEqual([b.username]);
  const found = await admin.call(users.listUsers, { query: { searchText: 'filed-1' } });
  const params = { globalUserId: found.body.data[0]?.globalUserId ?? '' };
  expect((await admin.call(users.readUser, { params })).body.otherLogins).toMatchObject([{ username: 'filed-2' }]);
  expect(await audited('UserLoginJoined', b.globalUserId)).toEqual([[a.username]]);
  expect((await send(file)).body.counts).toMatchObject({ created: 0, changed: 0, unchanged: 3 });
  const own = await send(`username,samePersonAs\n${a.username},${admin.username}`);
  expect(own).toMatchObject({ status: 422, body: { code: 'import.refused' } });
  const parted = await send(`username,samePersonAs\n${a.username},${a.username}`);
  expect(parted.body.counts).toMatchObject({ changed: 1 });
  expect(await othersOf(a)).toEqual([]);
});

test('joining waits for nothing that only refers to one of the logins', async () => {
  const [one, other] = [await somebody(), await somebody()];
  await server.deps.db.transaction().execute(async (tx) => {
    // As whoever reminds, decides or gives something by this login holds it until they commit.
    await sql`select from app_user where global_user_id = ${one.globalUserId} for key share`.execute(tx);
    const waits = until(async () => ((await countWaiting(tx)) > 0 ? 'it waits' : undefined));
    waits.catch(() => undefined);
    expect(await Promise.race([say(one, other).then(({ status }) => status), waits])).toBe(200);
  });
});
