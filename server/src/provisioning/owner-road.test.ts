import { explainAccess } from '@stoa/contract/access';
import { setDataObjectRoles } from '@stoa/contract/data-object-role';
import { readDataSource } from '@stoa/contract/data-source';
import { createDomain, setDomainDataSources } from '@stoa/contract/domain';
import * as policies from '@stoa/contract/policy-resource';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import { simulate } from '@stoa/contract/simulation';
import * as onSource from '@stoa/contract/source-policy';
import { changeTags, createTag } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer' | 'owner' | 'stranger', TestPerson>;
const made: { id: string; version: number }[] = [];

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  people.owner = await server.person({ username: 'owner', name: 'Olga Owner' });
  people.stranger = await server.person({ username: 'stranger' });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, people, 'owned');
  await own(0, people.owner);
  // In a domain, owners write nothing.
  const params = { id: registered.domainId };
  await people.governor.call(setDomainDataSources, { params, body: { dataSourceIds: [] } });
});
afterEach(async () => {
  for (const { id } of made.splice(0)) {
    const { body } = await people.governor.call(policies.readPolicy, { params: { id } });
    if (body.state === 'active') await setState(id, body.version, 'disabled');
    await people.governor.call(policies.deletePolicy, { params: { id } });
  }
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const sourceId = (n: number): number => registered.sources[n]?.id ?? 0;
const objectOf = async (n: number): Promise<string> =>
  (await people.governor.call(readDataSource, { params: { id: sourceId(n) } })).body.dataObjectId;
async function own(n: number, ...owners: TestPerson[]): Promise<void> {
  const roles = owners.map(
    (owner) => ({ role: 'Data Owner', principalType: 'user', principalId: owner.globalUserId }) as const,
  );
  const answer = await people.appadmin.call(setDataObjectRoles, { params: { id: await objectOf(n) }, body: { roles } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}
const setState = (id: string, version: number, state: 'active' | 'disabled') =>
  people.governor.call(policies.setPolicyState, { params: { id }, body: { state, version } });

type Subscription = Extract<PolicyDraftIn, { type: 'subscription' }>;
const grant = (name: string, over: Partial<Subscription> = {}): Subscription => ({
  type: 'subscription',
  kind: 'grant',
  name,
  scope: { kind: 'local', dataSourceId: sourceId(0) },
  level: 'anyone',
  circumstances: [{ type: 'all' }],
  ...over,
});
async function give(policy: PolicyDraftIn, who = people.governor): Promise<string> {
  const answer = await who.call(policies.createPolicy, { body: { policy, state: 'active' } });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  made.push(answer.body);
  return answer.body.id;
}
const table = (n: number) => {
  const [, schema = '', name = ''] = registered.sources[n]?.path ?? [];
  return { schema, name };
};
const reads = (n: number, answer: 'rows' | '42501') =>
  waitFor(`table ${n} to answer ${answer}`, async () => (await platform.readAs(login, table(n))) === answer);
const listed = async (n: number, who = people.owner) =>
  (await who.call(onSource.listSourcePolicies, { params: { id: sourceId(n) } })).body.data;
const standings = async (n: number) => (await listed(n)).map((one) => [one.name, one.standing]);
const at = (policyId: string, n = 0) => ({ id: sourceId(n), policyId });
const switchOff = (policyId: string, who = people.owner, reason: string | undefined = 'The other one is right.') =>
  who.call(onSource.switchSourcePolicy, { params: at(policyId), body: { off: true, reason } });
const explained = async (n: number) => {
  const query = { user: people.consumer.globalUserId, sourceId: sourceId(n) };
  return (await people.consumer.call(explainAccess, { query })).body;
};

test('two grants without a condition give nothing until the owner has settled which one stands', async () => {
  const everyone = await give(grant('Open to everybody'));
  await reads(0, 'rows');
  const some = await give(grant('For some', { level: 'manual', users: [people.stranger.globalUserId] }));
  await reads(0, '42501');
  expect(await standings(0)).toEqual([
    ['Open to everybody', 'CONFLICT'],
    ['For some', 'CONFLICT'],
  ]);
  const shown = await people.governor.call(readDataSource, { params: { id: sourceId(0) } });
  expect(shown.body.policyState).toBe('CONFLICT');
  expect((await explained(0)).causes.map((cause) => cause.reason)).toEqual([
    'It is in conflict with another policy that asks for no condition; neither acts.',
    'It is in conflict with another policy that asks for no condition; neither acts.',
  ]);
  const { body } = await people.governor.call(onSource.listPolicySources, {
    params: { id: everyone },
    query: { standing: ['CONFLICT'] },
  });
  expect(body.data).toMatchObject([{ dataSourceId: sourceId(0), standing: 'CONFLICT', owners: ['Olga Owner'] }]);

  expect((await server.nobody.call(onSource.listSourcePolicies, { params: { id: sourceId(0) } })).status).toBe(401);
  expect((await switchOff(some, people.stranger)).status).toBe(404);
  expect((await switchOff(some, people.useradmin)).status).toBe(404);
  expect((await switchOff(newUuid())).status).toBe(404);
  expect((await switchOff(some, people.owner, ' ')).body).toMatchObject({ code: 'source_policy.reason_missing' });

  const both = await Promise.all([switchOff(everyone), switchOff(some)]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  const [left, gone] = both[0]?.status === 409 ? [everyone, some] : [some, everyone];
  expect(await listed(0)).toMatchObject([
    { policyId: left, standing: 'ACTING', off: null },
    { policyId: gone, standing: 'OFF', off: { by: { name: 'Olga Owner' }, reason: 'The other one is right.' } },
  ]);
  if (left === some) {
    const on = { params: at(everyone), body: { off: false } };
    expect((await people.owner.call(onSource.switchSourcePolicy, on)).status).toBe(200);
    expect((await switchOff(some)).status).toBe(200);
  }
  await reads(0, 'rows');
  expect((await switchOff(everyone)).body).toMatchObject({ code: 'source_policy.refused' });
  const { rows } = await sql<{ action: string }>`
    select action from audit_event where action like 'PolicyConflict%' order by sequence`.execute(server.deps.db);
  expect(rows.at(-1)?.action).toBe('PolicyConflictResolved');
});

test('a policy that asks for a signature acts once the owner has signed, and again after every new question', async () => {
  const certification = { label: 'Nothing personal in it', text: 'I have looked at every column.' };
  const id = await give(
    grant('Open once signed', {
      scope: { kind: 'global' },
      certification,
      circumstances: [{ type: 'object', connectionKey: 'owned', objectPath: registered.sources[0]?.path ?? [] }],
    }),
  );
  expect(await standings(0)).toEqual([['Open once signed', 'WAITING']]);
  await reads(0, '42501');
  expect((await explained(0)).causes).toMatchObject([
    { label: 'Open once signed', gives: false, reason: 'It waits for certification by Olga Owner.' },
  ]);
  expect((await explained(0)).next).toBe('It waits for certification by Olga Owner. Ask Olga Owner.');
  const waiting = async (who: TestPerson) => (await who.call(onSource.listCertifications)).body.data;
  expect(await waiting(people.owner)).toMatchObject([
    { dataSourceId: sourceId(0), policy: { id, version: 1 }, certification },
  ]);
  expect(await waiting(people.stranger)).toEqual([]);

  const sign = (who: TestPerson, version = 1) =>
    who.call(onSource.certifySourcePolicy, { params: at(id), body: { version } });
  expect((await sign(people.governor)).status).toBe(403);
  expect((await sign(people.stranger)).status).toBe(404);
  expect((await sign(people.owner, 9)).body).toMatchObject({ code: 'policy.version_outdated' });
  const both = await Promise.all([sign(people.owner), sign(people.owner)]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  await reads(0, 'rows');
  expect(await listed(0)).toMatchObject([
    { standing: 'ACTING', signed: { by: { name: 'Olga Owner' }, policyVersion: 1 } },
  ]);
  expect(await waiting(people.owner)).toEqual([]);

  const { body: stored } = await people.governor.call(policies.readPolicy, { params: { id } });
  if (stored.type !== 'subscription') throw new Error('it is none');
  const { level, circumstances, accessType, circumstanceOperator } = stored;
  const said = { level, circumstances, accessType, circumstanceOperator, certification } as const;
  const edit = (version: number, reCertify: boolean) =>
    people.governor.call(policies.updatePolicy, {
      params: { id },
      query: { reCertify },
      body: {
        policy: { type: 'subscription', kind: 'grant', name: `Edited ${version}`, scope: { kind: 'global' }, ...said },
        version,
      },
    });
  expect((await edit(1, false)).status).toBe(200);
  expect(await standings(0)).toEqual([['Edited 1', 'ACTING']]);
  expect((await edit(2, true)).status).toBe(200);
  expect(await standings(0)).toEqual([['Edited 2', 'WAITING']]);
  await reads(0, '42501');
  expect((await sign(people.owner, 3)).status).toBe(200);
  await reads(0, 'rows');
});

test('owners write policies for their own sources, until these lie in a domain', async () => {
  const mine = grant('For everybody', { scope: { kind: 'restricted' } });
  const create = (who: TestPerson, policy: PolicyDraftIn) =>
    who.call(policies.createPolicy, { body: { policy, state: 'staged' } });
  expect((await create(people.stranger, mine)).status).toBe(403);
  expect(
    (await create(people.owner, grant('Elsewhere', { scope: { kind: 'local', dataSourceId: sourceId(1) } }))).status,
  ).toBe(403);
  expect((await create(people.owner, grant('Everywhere', { scope: { kind: 'global' } }))).status).toBe(403);
  await give(mine, people.owner);
  await reads(0, 'rows');
  expect(await platform.readAs(login, table(1))).toBe('42501');
  await own(1, people.owner);
  await reads(1, 'rows');
  await own(1);
  await reads(1, '42501');

  const domain = await people.governor.call(createDomain, { body: { name: 'Sales' } });
  const put = (dataSourceIds: number[]) =>
    people.governor.call(setDomainDataSources, { params: { id: domain.body.id }, body: { dataSourceIds } });
  const preview = await people.governor.call(simulate, {
    body: { changes: [{ change: 'domain', act: 'add', domainId: domain.body.id, dataSourceIds: [sourceId(0)] }] },
  });
  expect(preview.body.losing.count).toBeGreaterThan(0);
  expect((await put([sourceId(0)])).status).toBe(200);
  await reads(0, '42501');
  expect((await create(people.owner, grant('On my own one'))).status).toBe(403);
  await put([]);
  await reads(0, 'rows');
});

test('a policy for sources that owners pick acts on those alone', async () => {
  const id = await give(
    grant('For those who want it', { scope: { kind: 'global' }, circumstances: [{ type: 'ownerSelected' }] }),
  );
  expect(await listed(0)).toMatchObject([{ standing: 'OFFERED', abilities: { select: { allowed: true } } }]);
  const pick = (selected: boolean, who = people.owner) =>
    who.call(onSource.selectSourcePolicy, { params: at(id), body: { selected } });
  expect((await pick(true, people.stranger)).status).toBe(404);
  expect((await pick(false)).status).toBe(409);
  expect((await pick(true)).body).toMatchObject({ standing: 'ACTING', selected: { by: { name: 'Olga Owner' } } });
  await reads(0, 'rows');
  expect(await platform.readAs(login, table(1))).toBe('42501');
  expect((await pick(true)).status).toBe(409);
  expect((await pick(false)).body).toMatchObject({ standing: 'OFFERED' });
  await reads(0, '42501');
});

test('of two masks the one that holds nowhere is switched off, and no mask that holds', async () => {
  const { body } = await people.governor.call(readDataSource, { params: { id: sourceId(0) } });
  const [column] = body.columns;
  const mask = (name: string, maskingType: 'null' | 'hash'): PolicyDraftIn => ({
    type: 'data',
    name,
    scope: { kind: 'local', dataSourceId: sourceId(0) },
    action: {
      kind: 'mask',
      masking: { maskingType },
      target: { columns: 'nameRegex', regex: column?.name ?? '', caseInsensitive: false },
    },
    who: { for: 'everyone' },
    circumstances: [{ type: 'all' }],
  });
  const older = await give(mask('Older', 'hash'), people.owner);
  const younger = await give(mask('Younger', 'null'), people.owner);
  expect(await listed(0)).toMatchObject([
    { name: 'Older', wins: [column?.name], abilities: { switchOff: { allowed: false } } },
    { name: 'Younger', loses: [column?.name], abilities: { switchOff: { allowed: true } } },
  ]);
  expect((await switchOff(older)).status).toBe(409);
  expect((await switchOff(younger)).body).toMatchObject({ standing: 'OFF' });
  expect((await listed(0)).map((one) => one.standing)).toEqual(['ACTING', 'OFF']);
});

test('a mask over all sources acts on those that have a column for it, and is told so of no other', async () => {
  const [target] = (await people.governor.call(readDataSource, { params: { id: sourceId(1) } })).body.columns;
  const tag = await people.governor.call(createTag, { body: { name: 'Secret.Number' } });
  const targets = { columns: [{ dataSourceId: sourceId(1), name: target?.name ?? '' }] };
  expect((await people.governor.call(changeTags, { body: { add: [tag.body.id], targets } })).status).toBe(200);
  const id = await give({
    type: 'data',
    name: 'Hide secrets',
    scope: { kind: 'global' },
    action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'tagged', tag: 'Secret.Number' } },
    who: { for: 'everyone' },
    circumstances: [{ type: 'all' }],
  });
  const standing = async (n: number) =>
    (await listed(n, people.governor)).find(({ policyId }) => policyId === id)?.standing;
  expect([await standing(0), await standing(1)]).toEqual(['IDLE', 'ACTING']);
  const sources = async (asked?: 'ACTING' | 'IDLE') =>
    (
      await people.governor.call(onSource.listPolicySources, {
        params: { id },
        query: asked ? { standing: asked } : {},
      })
    ).body;
  const all = await sources();
  expect(all.data[0]).toMatchObject({ dataSourceId: sourceId(1), standing: 'ACTING' });
  expect(new Set(all.data.slice(1).map((one) => one.standing))).toEqual(new Set(['IDLE']));
  const acting = await sources('ACTING');
  expect([acting.meta.totalCount, acting.data.map((one) => one.dataSourceId)]).toEqual([1, [sourceId(1)]]);
  expect((await sources('IDLE')).meta.totalCount).toBe(all.meta.totalCount - 1);
});
