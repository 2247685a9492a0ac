import { createGroup, setGroupMembers } from '@stoa/contract/group';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import * as policies from '@stoa/contract/policy-resource';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { simulate, type SimulatedChangeIn } from '@stoa/contract/simulation';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { type Registered, registerPlatform, waitFor, waitForKeys } from '../../testing/register-platform.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let groupId: number;
const logins: Record<string, PlatformLogin> = {};
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'ana' | 'ben' | 'cora', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  for (const name of ['ana', 'ben'] as const) {
    const login = await platform.addLogin(name);
    logins[name] = login;
    people[name] = await server.person({ username: login.username, name: name === 'ana' ? '=Ana' : 'Ben' });
  }
  people.cora = await server.person({ username: 'cora-without-account', name: 'Cora' });
  registered = await registerPlatform(platform, people, 'simulated');
  groupId = (await people.useradmin.call(createGroup, { body: { name: 'Trained' } })).body.id;
  await people.useradmin.call(createGroup, { body: { name: 'Others' } });
  await join(people.ana, people.cora);
});
afterEach(async () => {
  const { body } = await people.governor.call(policies.searchPolicies, {
    query: { protected: false, state: 'active' },
  });
  for (const { id, version } of body.data) {
    const over = await people.governor.call(policies.setPolicyState, {
      params: { id },
      body: {
        state: 'disabled',
        version,
        confirmLoss: (await losing({ change: 'policyState', id, state: 'disabled' })).count,
      },
    });
    if (over.status !== 200) throw new Error(JSON.stringify(over.body));
  }
  await settle();
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const join = (...members: TestPerson[]) =>
  people.useradmin.call(setGroupMembers, {
    params: { id: groupId },
    body: { globalUserIds: members.map((person) => person.globalUserId) },
  });
const settle = () => waitForKeys(server.deps.db);
let counted = 0;
const grant = (over: Partial<Extract<PolicyDraftIn, { type: 'subscription' }>> = {}): PolicyDraftIn => ({
  type: 'subscription',
  kind: 'grant',
  name: `Open to the trained ${(counted += 1)}`,
  scope: { kind: 'global' },
  level: 'entitlements',
  condition: "@isInGroups('Trained')",
  circumstances: [{ type: 'all' }],
  ...over,
});
const ask = (changes: SimulatedChangeIn[], who: Pick<TestPerson, 'call'> = people.governor, statements = false) =>
  who.call(simulate, { body: { changes, statements } });
const losing = async (change: SimulatedChangeIn) => (await ask([change])).body.losing;
const drafted = (policy: PolicyDraftIn): SimulatedChangeIn => ({ change: 'policy', policy });
const give = async (policy: PolicyDraftIn, more: { confirmLoss?: number; basedOn?: string } = {}) =>
  people.governor.call(policies.createPolicy, { body: { policy, state: 'active', ...more } });
const namesOf = (side: { people: { name: string }[] }) => side.people.map((one) => one.name);
const reads = async (name: 'ana' | 'ben', n: number): Promise<boolean> => {
  const [, schema = '', table = ''] = registered.sources[n]?.path ?? [];
  const login = logins[name];
  if (login === undefined) throw new Error('no login');
  return (await platform.readAs(login, { schema, name: table })) === 'rows';
};
/** What the two people with accounts can really read, as the platform answers. */
const reality = async () => {
  const seen: Record<string, number[]> = { ana: [], ben: [] };
  for (const name of ['ana', 'ben'] as const)
    for (const [n, source] of registered.sources.entries()) if (await reads(name, n)) seen[name]?.push(source.id);
  return seen;
};
const granted = async () => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit_event where action = 'ProvisioningStatementExecuted'`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
};

test('a simulated policy is what the platform then does, statement by statement, and writes nothing before', async () => {
  await settle();
  const policy = grant();
  const before = await reality();
  const containers = () => sql`select * from container order by number`.execute(server.deps.db);
  const { rows: containersBefore } = await containers();
  const seen = await ask([drafted(policy)], people.governor, true);
  expect(seen.status).toBe(200);
  expect(namesOf(seen.body.gaining)).toEqual(['=Ana', 'Cora']);
  expect(seen.body.gaining.people[0]).toMatchObject({
    sourceCount: registered.sources.length,
    reasons: [{ kind: 'given', by: policy.name }],
    withoutAccount: [],
  });
  expect(seen.body.gaining.people[1]).toMatchObject({ withoutAccount: ['simulated'] });
  expect(seen.body).toMatchObject({ losing: { count: 0 }, confirmLoss: false, sourceCount: registered.sources.length });
  expect(seen.body.warnings.map((one) => one.code)).toEqual(['NO_ACCOUNT']);
  expect((await containers()).rows).toEqual(containersBefore);
  expect(await reality()).toEqual(before);

  const ran = await granted();
  expect((await give(policy, { basedOn: seen.body.basedOn })).status).toBe(201);
  await waitFor('Ana to read', () => reads('ana', 0));
  await settle();
  expect(await granted()).toBe(ran + (seen.body.connections[0]?.statementCount ?? 0));
  expect(await reality()).toEqual({ ana: registered.sources.map((one) => one.id), ben: [] });
  // What is there already changes nothing any more.
  const again = await ask(
    [{ change: 'group', act: 'add', group: 'Trained', globalUserIds: [people.ana.globalUserId] }],
    people.useradmin,
  );
  expect(again.body).toMatchObject({ gaining: { count: 0 }, losing: { count: 0 }, unchanged: 2 });
});

test('a guardrail tells who is kept out, and is put in force only when their number is repeated', async () => {
  await give(grant());
  await waitFor('Ana to read', () => reads('ana', 0));
  await people.appadmin.call(updateApplicationSettings, { body: { confirmLossOver: 1 } });
  const floor = grant({ kind: 'guardrail', name: 'Nobody', condition: "@isInGroups('Others')" });
  const seen = await ask([drafted(floor)]);
  expect(namesOf(seen.body.losing)).toEqual(['=Ana', 'Cora']);
  expect(seen.body.losing.people[0]?.reasons).toEqual([{ kind: 'prevented', by: 'Nobody' }]);
  expect(seen.body.confirmLoss).toBe(true);
  expect(await give(floor)).toMatchObject({ status: 409, body: { code: 'policy.confirm_loss', losing: 2 } });
  expect((await give(floor, { confirmLoss: 1 })).status).toBe(409);
  expect((await give(floor, { confirmLoss: 2, basedOn: seen.body.basedOn })).status).toBe(201);
  await waitFor('Ana to be kept out', async () => !(await reads('ana', 0)));
  await people.appadmin.call(updateApplicationSettings, { body: { confirmLossOver: 25 } });
});

test('a preview that is out of date is refused', async () => {
  const policy = grant();
  const seen = await ask([drafted(policy)]);
  await join(people.ana, people.ben, people.cora);
  expect(await give(policy, { basedOn: seen.body.basedOn })).toMatchObject({
    status: 409,
    body: { code: 'simulation.stale' },
  });
  await join(people.ana, people.cora);
});

test('taking a policy out of force, and every other change, is shown in the same way', async () => {
  const policy = grant();
  const { body: stored } = await give(policy);
  const id = stored.id;
  expect((await losing({ change: 'policyState', id, state: 'disabled' })).count).toBe(2);
  expect(
    await losing({ change: 'policy', id, policy: grant({ name: policy.name, condition: "@isInGroups('Others')" }) }),
  ).toMatchObject({
    count: 2,
    people: [{ reasons: [{ kind: 'ended', by: policy.name }] }, {}],
  });
  const joining = await ask(
    [{ change: 'group', act: 'add', group: 'Trained', globalUserIds: [people.ben.globalUserId] }],
    people.useradmin,
  );
  expect(namesOf(joining.body.gaining)).toEqual(['Ben']);
  await sql`insert into attribute (principal_type, principal_id, name, value) values ('user', 'nobody', 'country', 'FR')`.execute(
    server.deps.db,
  );
  const both = await people.governor.call(simulate, {
    body: {
      changes: [
        drafted(grant({ condition: "@hasAttribute('country', 'FR') AND NOT @isInGroups('Others')" })),
        { change: 'tag', act: 'add', tag: 'Open', dataSourceIds: [registered.sources[0]?.id ?? 0] },
      ],
    },
  });
  expect(both.body.warnings.map((one) => one.code)).toContain('NOT_OVER_MISSING_ATTRIBUTE');
});

test('policies in a domain follow the sources, and a policy that meets nothing says so', async () => {
  const scope = { kind: 'domain', domainId: registered.domainId } as const;
  await give(grant({ scope }));
  const source = registered.sources[0]?.id ?? 0;
  const left = await ask([{ change: 'domain', act: 'remove', domainId: registered.domainId, dataSourceIds: [source] }]);
  expect(left.body.losing).toMatchObject({ count: 2, people: [{ sourceCount: 1 }, { sourceCount: 1 }] });
  const nowhere = await ask([drafted(grant({ circumstances: [{ type: 'columnRegex', regex: 'no such column' }] }))]);
  expect(nowhere.body.warnings.map((one) => one.code)).toEqual(['NO_SOURCE_MATCHED']);
});

test('two grants without a condition on one source contradict each other', async () => {
  await give(grant({ level: 'anyone', condition: undefined, name: 'All of it' }));
  const seen = await ask([drafted(grant({ level: 'anyone', condition: undefined, name: 'All of it, again' }))]);
  expect(seen.body.conflicts[0]?.policies).toEqual(['All of it', 'All of it, again']);
  expect(seen.body.losing.count).toBeGreaterThan(2);
});

test('a data policy shows the columns that readers would see otherwise, and where the mask does not fit', async () => {
  const hidden: PolicyDraftIn = {
    type: 'data',
    name: 'Hash everything',
    scope: { kind: 'global' },
    action: { kind: 'mask', masking: { maskingType: 'hash' }, target: { columns: 'all' } },
    who: { for: 'everyoneExcept', condition: "@isInGroups('Trained')" },
    circumstances: [{ type: 'all' }],
  };
  const seen = await ask([drafted(hidden)]);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from data_source_column`.execute(server.deps.db);
  expect(seen.body.columns.count).toBe(rows[0]?.n);
  expect(seen.body.columns.changes.every((one) => one.before === null)).toBe(true);
  const afters = new Set(seen.body.columns.changes.map((one) => `${one.after} ${one.degradedTo ?? ''}`.trim()));
  expect([...afters].sort()).toEqual(['hash', 'null null']);
  expect(seen.body.warnings.map((one) => one.code)).toEqual(['MASK_DEGRADED']);
  expect(seen.body).toMatchObject({ gaining: { count: 0 }, losing: { count: 0 }, notEnforceable: [] });
  const staged = await people.governor.call(policies.createPolicy, { body: { policy: hidden } });
  const activated = await ask([{ change: 'policyState', id: staged.body.id, state: 'active' }]);
  expect(activated.body.columns).toEqual(seen.body.columns);
});

test('everybody who gains or loses is in the file, and no cell of it is a formula', async () => {
  const file = await people.governor.send('POST', '/api/simulate/export', { changes: [drafted(grant())] });
  expect(file.status).toBe(200);
  expect(file.headers.get('content-type')).toMatch(/^text\/csv/);
  const lines = String(file.body).trim().split('\r\n');
  expect(lines).toHaveLength(1 + 2 * registered.sources.length);
  expect(lines[1]).toContain(`"'=Ana"`);
});

test('whoever may not make a change may not try it', async () => {
  expect((await ask([drafted(grant())], server.nobody)).status).toBe(401);
  expect((await ask([drafted(grant())], people.ana)).status).toBe(403);
  const tag: SimulatedChangeIn = { change: 'tag', act: 'add', tag: 'Open', dataSourceIds: [1] };
  expect((await ask([tag], people.useradmin)).status).toBe(403);
  const wrong = await ask([drafted(grant({ condition: '@isInGroups(' }))]);
  expect(wrong).toMatchObject({ status: 422, body: { code: 'policy.invalid' } });
});
