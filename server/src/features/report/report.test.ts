import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { createDataProduct, updateDataSources } from '@stoa/contract/data-product';
import type { QueryIn } from '@stoa/contract/operation';
import * as reports from '@stoa/contract/report';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { standardAnswers } from '../access-request/requests.fixture.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
const people = {} as Record<'governor' | 'auditor' | 'consumer' | 'formula' | 'manager' | 'other', TestPerson>;

/** Asked for and approved; for a time where `days` says so. */
async function give(person: TestPerson, productId: string, days?: number): Promise<string> {
  const body = { user: person.globalUserId, form: standardAnswers };
  const { id } = (await person.call(requestAccess, { params: { id: productId }, body })).body;
  const answer = await people.governor.call(determineAccessRequest, {
    params: { id },
    body: {
      status: 'APPROVED',
      reason: 'needed for the close',
      ...(days === undefined ? {} : { duration: days, durationUnit: 'DAYS' as const }),
    },
  });
  expect(answer.status).toBe(200);
  return id;
}

beforeAll(async () => {
  server = await startTestServer();
  people.governor = await server.person({ username: 'gus', name: 'Gus', permissions: ['GOVERNANCE'] });
  people.auditor = await server.person({ username: 'ada', permissions: ['AUDIT'] });
  people.consumer = await server.person({ username: 'con', name: 'Con Sumer' });
  people.formula = await server.person({ username: 'evil', name: '=HYPERLINK("http://x")' });
  people.manager = await server.person({ username: 'max' });
  people.other = await server.person({ username: 'oth' });
  catalogue = await seedCatalogue(server.deps.db);
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${catalogue.claims}, 'Manage Data Products', 'user', ${people.manager.globalUserId}),
      (${catalogue.finance}, 'Audit Activity', 'user', ${people.other.globalUserId})`.execute(server.deps.db);
  const publish = async (name: string, sourceId: number, domainId: string): Promise<string> => {
    const body = { name, metadata: null, domains: [domainId], dataSources: [{ sourceId: String(sourceId) }] };
    const made = await people.governor.call(createDataProduct, { body });
    return Array.isArray(made.body) ? '' : String(made.body.id);
  };
  const first = await publish('Policies', catalogue.sources.policies, catalogue.claims);
  const second = await publish('Policies again', catalogue.sources.policies, catalogue.claims);
  await give(people.consumer, first);
  await give(people.consumer, second, 10);
  await give(people.formula, first);
  // The product was read back; none of its members was.
  await sql`insert into container_object (connection_id, target_id, data_source_id, part, state, verified_at)
    values (${catalogue.connectionId}, ${first}, ${catalogue.sources.policies}, 1, 'ACTIVE', now())`.execute(
    server.deps.db,
  );
  await sql`insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state)
    values (${catalogue.connectionId}, ${people.consumer.globalUserId}, 'con_login', '777', 'mapped')`.execute(
    server.deps.db,
  );
  await sql`update data_object set platform_id = '4711' where id = ${catalogue.objects.policies}`.execute(
    server.deps.db,
  );
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, detail)
    values (${newUuid()}, ${catalogue.connectionId}, 'bypass', 'warehouse.claims.policies', 'analysts', 'SELECT', '{"objectId":"4711","consumers":["777","778"]}')`.execute(
    server.deps.db,
  );
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, closed_at, closed_how)
    values (${newUuid()}, ${catalogue.connectionId}, 'missing', 'warehouse.claims.policies', 'stoa_dp_1', 'SELECT', now(), 'healed')`.execute(
    server.deps.db,
  );
});
afterAll(() => server.stop());

const sourceId = () => catalogue.sources.policies;

test('who can read a source is told cause by cause, with the ways that others opened', async () => {
  const { body } = await people.governor.call(reports.reportWhoHasAccess, { query: { sourceId: sourceId() } });
  expect(body.meta.totalCount).toBe(5);
  expect(body.data.map((row) => [row.user?.name ?? null, row.account, row.cause, row.causeText])).toEqual([
    ['=HYPERLINK("http://x")', null, 'REQUEST', 'Policies'],
    [null, 'analysts', 'PLATFORM', 'SELECT of analysts'],
    ['Con Sumer', 'con_login', 'PLATFORM', 'SELECT of analysts'],
    ['Con Sumer', 'con_login', 'REQUEST', expect.stringContaining('Policies')],
    ['Con Sumer', 'con_login', 'REQUEST', expect.stringContaining('Policies')],
  ]);
  expect(body.data.at(-1)).toMatchObject({
    source: { name: 'claims.policies', objectPath: ['warehouse', 'claims', 'policies'] },
    target: { type: 'DATA_PRODUCT' },
    decidedBy: { username: 'gus' },
    reason: 'needed for the close',
    state: 'PROVISIONING',
    verifiedAt: null,
  });
  const found = await people.auditor.call(reports.reportWhoHasAccess, {
    query: { sourceId: sourceId(), searchText: 'con_log', limit: 1, offset: 2 },
  });
  expect(found.body).toMatchObject({ data: [{ account: 'con_login' }], meta: { totalCount: 3 } });
});

test('what a person can read is theirs to see, and for those who read reports', async () => {
  const own = await people.consumer.call(reports.reportWhatHas);
  expect(own.body.data).toHaveLength(3);
  const query = { user: people.consumer.globalUserId };
  expect((await people.governor.call(reports.reportWhatHas, { query })).body).toEqual(own.body);
  expect((await people.formula.call(reports.reportWhatHas, { query })).status).toBe(403);
  expect((await people.manager.call(reports.reportWhatHas, { query })).body).toEqual(own.body);
  expect((await people.other.call(reports.reportWhatHas, { query })).body.data).toEqual([]);
  expect((await people.governor.call(reports.reportWhatHas, { query: { user: newUuid() } })).status).toBe(404);
});

test('reports speak of the domains that their reader manages or audits, and of nothing else', async () => {
  const query = { sourceId: sourceId() };
  expect((await people.manager.call(reports.reportWhoHasAccess, { query })).body.meta.totalCount).toBe(5);
  expect((await people.other.call(reports.reportWhoHasAccess, { query })).status).toBe(404);
  expect((await people.consumer.call(reports.reportWhoHasAccess, { query })).status).toBe(403);
  expect((await people.other.call(reports.reportExpiring)).body.data).toEqual([]);
  expect((await people.other.call(reports.reportDecisions)).body.data).toEqual([]);
  expect((await people.other.call(reports.reportDrift)).body.data).toEqual([]);
  expect((await people.manager.call(reports.reportDrift)).body.data).toMatchObject([{ finding: 'bypass' }]);
  expect((await people.consumer.call(reports.reportExpiring)).body).toMatchObject({ code: 'permission.denied' });
});

test('logins of nobody are told of the reader’s own data sources alone, whatever else they reach', async () => {
  const { db } = server.deps;
  const { connectionId } = catalogue;
  await sql`insert into unmapped_login (connection_id, role_id, principal_id, name, can_login)
    select ${connectionId}::uuid, '900', (1000 + n)::text, 'job ' || n, true from generate_series(1, 600) n
    union all select ${connectionId}::uuid, '900', '777', 'con_login', true union all select ${connectionId}::uuid, '0', '0', 'PUBLIC', null`.execute(
    db,
  );
  await sql`insert into unmapped_way (connection_id, role_id, role_name, object_id, privilege)
    values (${connectionId}, '900', 'jobs', '4711', 'SELECT'), (${connectionId}, '900', 'jobs', '4712', 'SELECT'), (${connectionId}, '0', 'PUBLIC', '*', 'SUPERUSER')`.execute(
    db,
  );
  const ask = (who: TestPerson, query: QueryIn<typeof reports.reportUnmappedLogins> = {}) =>
    who.call(reports.reportUnmappedLogins, { query });
  const all = (await ask(people.auditor, { sourceId: sourceId() })).body;
  expect(all.meta.totalCount).toBe(601);
  expect(all.data.map(({ login }) => login)).not.toContain('con_login');
  expect(all.data.find(({ login }) => login === 'PUBLIC')).toMatchObject({
    canLogin: null,
    isEverything: true,
    objectCount: 1,
  });
  expect(all.looks).toMatchObject([{ at: null, isCut: false }]);
  expect((await ask(people.manager, { searchText: 'jobs' })).body.data[0]).toMatchObject({
    through: 'jobs',
    objectCount: 1,
  });
  expect((await ask(people.other)).body.data).toMatchObject([
    { login: 'PUBLIC', objects: [{ name: 'finance.ledger' }] },
  ]);
  expect((await ask(people.other, { sourceId: sourceId() })).status).toBe(404);
  expect((await ask(people.consumer)).status).toBe(403);
  const file = await people.governor.send('GET', '/api/report/unmapped-logins/csv?searchText=job');
  expect(String(file.body).trimEnd().split('\r\n')).toHaveLength(601);
});

test('what ends soon stands in its order, and says whether somebody asked again', async () => {
  const { body } = await people.governor.call(reports.reportExpiring, { query: { days: 30 } });
  expect(body.data).toMatchObject([
    {
      user: { username: 'con' },
      target: { name: 'Policies again' },
      decidedBy: { username: 'gus' },
      isRenewalPending: false,
    },
  ]);
  expect((await people.governor.call(reports.reportExpiring, { query: { days: 5 } })).body.data).toEqual([]);
});

test('decisions are counted by steward, with how long people waited', async () => {
  const { body } = await people.auditor.call(reports.reportDecisions);
  expect(body.data).toMatchObject([{ steward: { username: 'gus' }, approved: 3, denied: 0, temporary: 1 }]);
  expect(body.data[0]?.p90Seconds).toBeGreaterThanOrEqual(body.data[0]?.medianSeconds ?? 1);
  const before = await people.auditor.call(reports.reportDecisions, { query: { to: '2020-01-01T00:00:00Z' } });
  expect(before.body.data).toEqual([]);
});

test('decisions one right after the other are counted as bulk, and those with time between them are not', async () => {
  const inBulk = async () => (await people.auditor.call(reports.reportDecisions)).body.data[0]?.inBulk;
  // The application itself may not change a determination.
  const owner = new pg.Client(server.databaseUrl);
  await owner.connect();
  const spread = (seconds: number) =>
    owner.query(
      `update determination d set created_at = now() - make_interval(secs => $1 * n.place) from
        (select id, row_number() over (order by id) as place from determination) n where n.id = d.id`,
      [seconds],
    );
  await spread(9);
  expect(await inBulk()).toBe(3);
  await spread(11);
  expect(await inBulk()).toBe(0);
  await owner.end();
});

test('drift of the past stays findable', async () => {
  const states = async (state?: 'open' | 'closed') =>
    (await people.governor.call(reports.reportDrift, { query: state ? { state } : {} })).body.data.map(
      (row) => row.finding,
    );
  expect(await states('open')).toEqual(['bypass']);
  expect(await states('closed')).toEqual(['missing']);
  expect((await states()).toSorted()).toEqual(['bypass', 'missing']);
});

test('masked columns stand with their policy and with whoever holds an exception now', async () => {
  const { db } = server.deps;
  const policyId = newUuid();
  await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, state, body) values
    (${policyId}, 'hide', 'Hide premiums', 'hide premiums', 'data', 'mask', 'global', 'active', ${JSON.stringify({
      who: { for: 'everyoneExcept', condition: "@isInGroups('Actuaries')" },
    })}::jsonb)`.execute(db);
  await sql`insert into source_protection (data_source_id, connection_id, state) values (${sourceId()}, ${catalogue.connectionId}, 'open')`.execute(
    db,
  );
  await sql`insert into column_mask (data_source_id, ordinal, column_name, policy_id, policy_key, policy_name, masking_type, matched_tag, is_cell, is_liftable)
    values (${sourceId()}, 2, 'premium', ${policyId}, 'hide', 'Hide premiums', 'rounding', 'Money', false, true)`.execute(
    db,
  );
  const except = (status: string, expiration: string | null) =>
    sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, form_version, form, flow, event, metadata, expiration, decided_at)
      select ${newCuid()}, 'MASKING_EXCEPTION', ${status}, r.requesting_user, r.beneficiary, r.data_product_id, r.form_version, r.form, r.flow, r.event,
        ${JSON.stringify({ columns: [{ sourceId: String(sourceId()), columnName: 'premium' }] })}::jsonb, ${expiration}::timestamptz, now()
      from access_request r where r.beneficiary = ${people.consumer.globalUserId} limit 1`.execute(db);
  await except('APPROVED', '2099-01-01T00:00:00Z');
  await except('APPROVED', '2001-01-01T00:00:00Z');
  await except('REVOKED', null);
  const { body } = await people.auditor.call(reports.reportMaskedColumns);
  expect(body.data).toMatchObject([
    {
      columnName: 'premium',
      maskingType: 'rounding',
      policyName: 'Hide premiums',
      matchedTag: 'Money',
      exceptPeopleWho: "@isInGroups('Actuaries')",
      exceptionCount: 1,
      exceptions: [{ user: { username: 'con' }, until: '2099-01-01T00:00:00Z' }],
    },
  ]);
  const found = async (searchText: string) =>
    (await people.manager.call(reports.reportMaskedColumns, { query: { searchText } })).body.data.length;
  expect([await found('premi'), await found('%')]).toEqual([1, 0]);
  expect((await people.other.call(reports.reportMaskedColumns)).body.data).toEqual([]);
});

test('a report as a file has every row, and nothing in it runs in a spreadsheet', async () => {
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege)
    select gen_random_uuid(), ${catalogue.connectionId}, 'unknown_member', 'many', 'role ' || n, 'MEMBER' from generate_series(1, 4500) n`.execute(
    server.deps.db,
  );
  const file = async (path: string): Promise<string> => String((await people.governor.send('GET', path)).body);
  const lines = (await file('/api/report/drift/csv?state=open')).trimEnd().split('\r\n');
  expect(new Set(lines).size).toBe(1 + 1 + 4_500);
  const who = await people.governor.send('GET', `/api/report/who-has-access/csv?sourceId=${sourceId()}`);
  expect(who.headers.get('content-disposition')).toContain('who-has-access.csv');
  expect(who.body).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect((await people.governor.send('GET', '/api/report/who-has-access/csv')).status).toBe(400);
  expect((await people.governor.send('GET', '/api/report/nothing/csv')).status).toBe(404);
  expect((await people.consumer.send('GET', '/api/report/drift/csv')).status).toBe(403);
  expect((await server.nobody.send('GET', '/api/report/drift/csv')).status).toBe(401);
});

test('of more than a thousand tables that a product took out at once, each is told as it was', async () => {
  const { db } = server.deps;
  const { rows: many } = await sql<{ id: number }>`
    with made as (
      insert into data_object (id, connection_id, object_path, name, object_type, effective_state)
      select gen_random_uuid(), ${catalogue.connectionId}, array['warehouse', 'many', 't' || n], 't' || n, 'table', 'enabled' from generate_series(1, 1100) n
      returning id, connection_id, name
    ), source as (
      insert into data_source (data_object_id, connection_id, name) select id, connection_id, name from made returning id
    ) insert into domain_data_source (domain_id, data_source_id) select ${catalogue.claims}, id from source returning data_source_id as id`.execute(
    db,
  );
  const list = (ids: readonly number[]) => ids.map((id) => ({ sourceId: String(id) }));
  const dataSources = list([...many.map(({ id }) => id), sourceId()]);
  const body = { name: 'Many', metadata: null, domains: [catalogue.claims], dataSources };
  const made = (await people.governor.call(createDataProduct, { body })).body;
  const id = Array.isArray(made) ? '' : String(made.id);
  await give(people.other, id);
  const { rows } = await sql<{ at: string }>`select to_json(clock_timestamp()) #>> '{}' as at`.execute(db);
  const at = rows[0]?.at ?? '';
  const taken = await people.governor.call(updateDataSources, {
    params: { id },
    body: { dataSources: list([sourceId()]) },
  });
  expect(taken.status).toBeLessThan(300);
  const events = await sql<{ n: number }>`select jsonb_array_length(payload -> 'removed') as n from audit_event
    where action = 'DataSourcesUpdated' and targets @> ${JSON.stringify([{ id }])}::jsonb order by sequence`.execute(
    db,
  );
  expect(events.rows.map(({ n }) => n)).toEqual([1_000, 100]);
  for (const source of [many[0], many.at(-1)]) {
    const query = { sourceId: source?.id ?? 0 };
    const then = await people.governor.call(reports.reportWhoHasAccess, { query: { ...query, at } });
    expect(then.body.data).toMatchObject([
      { user: { username: 'oth' }, causeText: 'Many', state: 'PROVISIONING', evidence: 'DECIDED' },
    ]);
    expect((await people.governor.call(reports.reportWhoHasAccess, { query })).body.data).toEqual([]);
  }
});
