import * as group from '@stoa/contract/group';
import { getCurrentUser } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';

let server: TestServer;
let admin: TestPerson;
let ann: TestPerson;
let ben: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  ann = await server.person({ username: 'ann' });
  ben = await server.person({ username: 'ben' });
});
afterAll(() => server.stop());

const make = async (name: string, attributes: Record<string, string[]> = {}): Promise<number> =>
  (await admin.call(group.createGroup, { body: { name, attributes } })).body.id;
const setMembers = (id: number, people: TestPerson[], who = admin) =>
  who.call(group.setGroupMembers, { params: { id }, body: { globalUserIds: people.map((p) => p.globalUserId) } });

test('groups are kept by user admins alone', async () => {
  expect((await server.nobody.call(group.listGroups)).status).toBe(401);
  const id = await make('Kept');
  for (const answer of [
    await ann.call(group.listGroups),
    await ann.call(group.createGroup, { body: { name: 'Mine' } }),
    await ann.call(group.updateGroup, { params: { id }, body: { name: 'Mine' } }),
    await setMembers(id, [ann], ann),
    await ann.call(group.deleteGroup, { params: { id } }),
  ])
    expect(answer.status).toBe(403);
  expect((await admin.call(group.readGroup, { params: { id: 2_000_000_000 } })).status).toBe(404);
  expect((await admin.call(group.deleteGroup, { params: { id: 2_000_000_000 } })).status).toBe(404);
});

test('members hold the attributes of the group while they are in it', async () => {
  const id = await make('Finance', { department: ['Finance'] });
  const set = await setMembers(id, [ann, ben]);
  expect(set.body.members.map((m) => m.username)).toEqual(['ann', 'ben']);
  expect((await ann.call(getCurrentUser)).body).toMatchObject({
    groups: ['Finance'],
    authorizations: { department: ['Finance'] },
  });
  const { rows } = await sql<{ global_user_id: string; added_at: Date; added_by: string }>`
    select global_user_id, added_at, added_by from group_member where group_id = ${id} and global_user_id = ${ann.globalUserId}`.execute(
    server.deps.db,
  );
  expect(rows[0]?.added_by).toBe(admin.globalUserId);
  expect((await setMembers(id, [ann])).body.memberCount).toBe(1);
  const kept = await sql<{ added_at: Date }>`select added_at from group_member where group_id = ${id}`.execute(
    server.deps.db,
  );
  expect(kept.rows[0]?.added_at).toEqual(rows[0]?.added_at);
  expect((await ben.call(getCurrentUser)).body.groups).toEqual([]);
  const patched = await admin.call(group.updateGroup, {
    params: { id },
    body: { attributes: { department: ['Treasury'] } },
  });
  expect(patched.body.attributes).toEqual({ department: ['Treasury'] });
  expect((await admin.call(group.deleteGroup, { params: { id } })).status).toBe(204);
  expect((await ann.call(getCurrentUser)).body).toMatchObject({ groups: [], authorizations: {} });
  expect((await admin.call(group.readGroup, { params: { id } })).status).toBe(404);
});

test('unknown people are refused and the members stay', async () => {
  const id = await make('Strict');
  await setMembers(id, [ann]);
  const ghost = newUuid();
  const answer = await admin.call(group.setGroupMembers, { params: { id }, body: { globalUserIds: [ghost] } });
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ code: 'group.member_unknown', globalUserIds: [ghost] });
  expect((await admin.call(group.readGroup, { params: { id } })).body.memberCount).toBe(1);
});

test('a name is given once, however it is written', async () => {
  const id = await make('Fußball ﬁne café');
  const taken = { status: 409, body: { code: 'group.name_taken' } };
  const alike = ['FUSSBALL ﬁne café', 'Fußball fine café', 'Fußball ﬁne cafe\u0301', 'Ｆußball ﬁne café'];
  const other = await make('Other than once');
  for (const name of alike) {
    expect(await admin.call(group.createGroup, { body: { name } })).toMatchObject(taken);
    expect(await admin.call(group.updateGroup, { params: { id: other }, body: { name } })).toMatchObject(taken);
  }
  const own = await admin.call(group.updateGroup, { params: { id }, body: { name: 'FUSSBALL fine CAFÉ' } });
  expect(own).toMatchObject({ status: 200, body: { name: 'FUSSBALL fine CAFÉ' } });
});

test('a user admin neither joins nor leaves a group by own hand, nor changes what it gives', async () => {
  const other = await server.person({ username: 'other', permissions: ['USER_ADMIN'] });
  const id = await make('Stewards');
  expect((await setMembers(id, [ann, admin])).status).toBe(403);
  expect((await setMembers(id, [ann, admin], other)).status).toBe(200);
  expect((await setMembers(id, [ann])).status).toBe(403);
  const params = { id };
  expect((await admin.call(group.updateGroup, { params, body: { attributes: { x: ['1'] } } })).status).toBe(403);
  expect((await admin.call(group.updateGroup, { params, body: { name: 'Deciders' } })).status).toBe(403);
  expect((await admin.call(group.updateGroup, { params, body: { email: 'stewards@example.com' } })).status).toBe(200);
  expect((await admin.call(group.deleteGroup, { params })).status).toBe(403);
  const alone = await setMembers(id, [ann, ben, admin]);
  expect(alone.status).toBe(200);
});

test('a group that reviews requests is not deleted', async () => {
  const id = await make('Reviewers');
  const product = newUuid();
  const flow = {
    rules: [],
    defaultEvent: { type: 'review', params: { stages: [{ any: [{ type: 'GROUP', id, name: 'Reviewers' }] }] } },
  };
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by, data_access_review_flow)
    values (${product}, 'Guarded', 'guarded', ${ann.globalUserId}, ${ann.globalUserId}, ${JSON.stringify(flow)}::jsonb)`.execute(
    server.deps.db,
  );
  const refused = await admin.call(group.deleteGroup, { params: { id } });
  expect(refused.body).toMatchObject({
    status: 409,
    code: 'group.in_use',
    usedBy: [{ type: 'data-product', id: product, name: 'Guarded' }],
  });
  await sql`update data_product set deleted_at = now() where id = ${product}`.execute(server.deps.db);
  expect((await admin.call(group.deleteGroup, { params: { id } })).status).toBe(204);
});

test('two who set the members at once leave one of the two sets', async () => {
  const id = await make('Raced');
  const answers = await Promise.all([setMembers(id, [ann]), setMembers(id, [ben]), setMembers(id, [ann])]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect((await admin.call(group.readGroup, { params: { id } })).body.memberCount).toBe(1);
});

test('members are set over the group as it was read, or not at all', async () => {
  const id = await make('Read before');
  await setMembers(id, [ann]);
  const read = await admin.call(group.readGroup, { params: { id } });
  const setAs = (people: TestPerson[], tag: string) =>
    admin.call(group.setGroupMembers, {
      params: { id },
      body: { globalUserIds: people.map((p) => p.globalUserId) },
      headers: { 'if-match': tag },
    });
  const tag = String(read.headers.get('etag'));
  expect((await setAs([ann, ben], tag)).status).toBe(200);
  expect(await setAs([ann], tag)).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  expect((await admin.call(group.readGroup, { params: { id } })).body.memberCount).toBe(2);
});
