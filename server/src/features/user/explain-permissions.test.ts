import { createDomain, setDomainPermissions } from '@stoa/contract/domain';
import { explainPermissions } from '@stoa/contract/effective-permission';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';

let server: TestServer;
let useradmin: TestPerson;
let governor: TestPerson;
let member: TestPerson;
let domainId: string;

beforeAll(async () => {
  server = await startTestServer();
  useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  member = await server.person({ username: 'member' });
  domainId = (await governor.call(createDomain, { body: { name: 'Sales' } })).body.id;
  const group = await useradmin.call(createGroup, { body: { name: 'Taggers' } });
  await useradmin.call(setGroupMembers, {
    params: { id: group.body.id },
    body: { globalUserIds: [member.globalUserId] },
  });
  const grant = { permission: 'Manage Tags', principalType: 'group', principalId: String(group.body.id) } as const;
  await useradmin.call(setDomainPermissions, { params: { id: domainId }, body: { permissions: [grant] } });
});
afterAll(() => server.stop());

const explain = (who: Pick<TestPerson, 'call'>, globalUserId: string, about?: string) =>
  who.call(explainPermissions, { params: { globalUserId }, query: about === undefined ? {} : { domainId: about } });

test('what somebody may do is told to user admins', async () => {
  expect((await explain(server.nobody, member.globalUserId)).status).toBe(401);
  expect((await explain(governor, member.globalUserId)).status).toBe(403);
  expect((await explain(useradmin, newUuid())).status).toBe(404);
  expect((await explain(useradmin, member.globalUserId, newUuid())).status).toBe(404);
});

test('each answer is that of the check itself, and names the group that a permission comes through', async () => {
  const { body } = await explain(useradmin, member.globalUserId, domainId);
  const of = (action: string) => body.data.find((one) => one.action === action);
  expect(of('tag.apply')).toMatchObject({ allowed: true, throughGroups: ['Taggers'], needs: null });
  expect(of('policy.author')).toMatchObject({
    allowed: false,
    throughGroups: [],
    needs: { permission: 'Manage Policies', grantedBy: 'USER_ADMIN' },
  });
  const { body: governing } = await explain(useradmin, governor.globalUserId);
  expect(governing.data.filter((one) => one.allowed).map((one) => one.action)).toContain('tag.manage');
});
