import { createConnection, readConnection, syncConnection } from '@stoa/contract/connection';
import { listDataObjects, updateDataObject } from '@stoa/contract/data-object';
import { listDataSources } from '@stoa/contract/data-source';
import { createDomain, setDomainDataSources, setDomainPermissions } from '@stoa/contract/domain';
import * as runs from '@stoa/contract/identification';
import { createIdentifier, setIdentifierSet } from '@stoa/contract/identifier';
import { getTask } from '@stoa/contract/task';
import { changeTags, listTagApplications } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { createPlatform, type TestPlatform } from '../../testing/scratch-platform.ts';
import { until } from '../../testing/until.ts';
import { runIdentification } from './run.ts';

let server: TestServer;
let platform: TestPlatform;
let appadmin: TestPerson;
let governor: TestPerson;
let steward: TestPerson;
let consumer: TestPerson;
let domainId: string;
let people: number;
let orders: number;
const connectionKey = 'warehouse';

beforeAll(async () => {
  server = await startTestServer();
  platform = await createPlatform(
    server.deps,
    `create schema crm;
     create table crm.people (id int, first_name text, mail text, account text, note text);
     insert into crm.people select i, 'Ana', 'p' || i || '@example.com', 'DE89370400440532013000', 'free ' || i from generate_series(1, 100) as i;
     create table crm.orders (id int, total numeric(10,2), placed date);
     insert into crm.orders select i, i * 1.5, date '2020-01-01' + i from generate_series(1, 100) as i`,
  );
  await platform.setUp();
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  consumer = await server.person({ username: 'consumer' });
  const useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  expect((await appadmin.call(createConnection, { body: platform.connection(connectionKey) })).status).toBe(201);
  await until(async () =>
    (await appadmin.call(readConnection, { params: { connectionKey } })).body.crawl?.status === 'SUCCEEDED'
      ? true
      : undefined,
  );
  const { body: objects } = await appadmin.call(listDataObjects, {
    query: { connectionKey, searchText: 'crm', limit: 100 },
  });
  const schema = objects.data.find((object) => object.name === 'crm');
  const enabled = await appadmin.call(updateDataObject, {
    params: { id: schema?.id ?? '' },
    body: { state: 'enabled' },
  });
  await until(async () =>
    (await appadmin.call(getTask, { params: { taskId: enabled.body.taskId } })).body.status === 'SUCCEEDED'
      ? true
      : undefined,
  );
  const { body: sources } = await governor.call(listDataSources, { query: { connectionKey } });
  const idOf = (name: string): number => sources.data.find((one) => one.name.endsWith(name))?.id ?? 0;
  people = idOf('people');
  orders = idOf('orders');
  domainId = (await governor.call(createDomain, { body: { name: 'CRM' } })).body.id;
  await governor.call(setDomainDataSources, { params: { id: domainId }, body: { dataSourceIds: [people] } });
  const permissions = (['Manage Identifiers', 'Manage Tags'] as const).map((permission) => ({
    permission,
    principalType: 'user' as const,
    principalId: steward.globalUserId,
  }));
  expect((await useradmin.call(setDomainPermissions, { params: { id: domainId }, body: { permissions } })).status).toBe(
    200,
  );
});
afterAll(async () => {
  await server.stop();
  await platform.drop();
});

type Scope = { domainId?: string; connectionKey?: string; dataSourceId?: number };

const ended = (id: string) =>
  until(async () => {
    const { body } = await governor.call(runs.readIdentificationRun, { params: { id } });
    return body.status === 'QUEUED' || body.status === 'RUNNING' ? undefined : body;
  }, 60);
async function run(who: TestPerson, body: Scope): Promise<runs.IdentificationRun> {
  const started = await who.call(runs.startIdentification, { body });
  expect(started.status).toBe(202);
  return ended(started.body.id);
}
/** Column and tag, of a data source. */
async function tags(dataSourceId: number): Promise<string[]> {
  const { body } = await governor.call(listTagApplications, { query: { dataSourceId, limit: 100 } });
  return body.data
    .filter((one) => one.columnName !== null && one.source === 'identification')
    .map((one) => `${one.columnName} ${one.tag.name}`)
    .toSorted();
}
const found = [
  'account Discovered.Entity.IBAN',
  'first_name Discovered.Entity.PERSON_NAME',
  'mail Discovered.Entity.EMAIL_ADDRESS',
];

test('a run is begun by governors, and in their domain by those who manage identifiers there', async () => {
  const start = async (who: Pick<TestPerson, 'call'>, body: Scope) =>
    (await who.call(runs.startIdentification, { body })).status;
  expect(await start(server.nobody, { domainId })).toBe(401);
  expect(await start(consumer, { domainId })).toBe(403);
  expect(await start(steward, { connectionKey })).toBe(403);
  expect(await start(steward, { dataSourceId: orders })).toBe(403);
  expect(await start(governor, { connectionKey: 'nowhere' })).toBe(404);
  expect(await start(governor, { dataSourceId: 2_000_000_000 })).toBe(404);
  expect(await start(governor, { domainId: newUuid() })).toBe(404);
  expect(await start(governor, {})).toBe(422);
  expect(await start(governor, { domainId, connectionKey })).toBe(422);
});

test('a run over a domain tags the columns that hold what it looks for, and no other', async () => {
  const done = await run(steward, { domainId });
  expect(done).toMatchObject({
    status: 'SUCCEEDED',
    scope: 'domain',
    scopeName: 'CRM',
    total: 1,
    done: 1,
    refused: 0,
    tagsAdded: 3,
  });
  expect(await tags(people)).toEqual(found);
  const task = await steward.call(getTask, { params: { taskId: done.taskId ?? '' } });
  expect(task.body).toMatchObject({ status: 'SUCCEEDED', kind: 'identification', done: 1, total: 1 });
});

test('each tag says why it is there, and no value left the platform', async () => {
  const { body } = await steward.call(runs.listIdentificationResults, { query: { dataSourceId: people, limit: 100 } });
  const mail = body.data.find((one) => one.columnName === 'mail');
  expect(mail).toMatchObject({ sampleRows: 100, nonNullRows: 100, reason: null });
  expect(mail?.evidence[0]).toEqual({
    identifierId: 1,
    identifierName: 'EMAIL_ADDRESS',
    outcome: 'tagged',
    hitRatio: 1,
  });
  const { body: applied } = await governor.call(listTagApplications, { query: { dataSourceId: people, limit: 100 } });
  const evidence = applied.data.find((one) => one.columnName === 'mail')?.evidence;
  expect(evidence).toMatchObject({ identifier: 'EMAIL_ADDRESS', hitRatio: 1, sampleRows: 100, nonNullRows: 100 });
  const { rows } = await sql<{ text: string }>`select coalesce(string_agg(t::text, ' '), '') as text from (
    select to_jsonb(c) from identification_column c union all select to_jsonb(r) from identification_result r
    union all select evidence from tag_application union all select payload from audit_event) as t`.execute(
    server.deps.db,
  );
  expect(rows[0]?.text).not.toMatch(/example\.com|DE8937/);
});

test('what a run found is read by those who look after the data, and is not there for others', async () => {
  const { body } = await steward.call(runs.listIdentificationRuns);
  expect(body.meta.totalCount).toBe(1);
  const params = { id: body.data[0]?.id ?? '' };
  expect(body.data[0]?.abilities).toMatchObject({ cancel: { allowed: false } });
  expect((await consumer.call(runs.readIdentificationRun, { params })).status).toBe(403);
  const { body: sources } = await steward.call(runs.listIdentificationRunSources, { params });
  expect(sources.data).toMatchObject([{ dataSourceId: people, status: 'done', columns: 5, tagsAdded: 3 }]);
  const all = await run(governor, { connectionKey });
  expect((await steward.call(runs.readIdentificationRun, { params: { id: all.id } })).status).toBe(404);
  const seen = await steward.call(runs.listIdentificationResults, { query: { limit: 100 } });
  expect(new Set(seen.body.data.map((one) => one.dataSourceId))).toEqual(new Set([people]));
  const { rows } = await sql<{ step: string }>`select payload->>'step' as step from audit_event
    where action = 'IdentificationRun' order by event_timestamp, id`.execute(server.deps.db);
  expect(rows.map((row) => row.step)).toEqual(['started', 'succeeded', 'started', 'succeeded']);
});

test('a second run changes nothing, and what a person took off stays off', async () => {
  expect(await run(steward, { domainId })).toMatchObject({ status: 'SUCCEEDED', tagsAdded: 0, tagsProposed: 0 });
  const { body } = await governor.call(listTagApplications, { query: { dataSourceId: people, limit: 100 } });
  const tagId = body.data.find((one) => one.columnName === 'account')?.tag.id ?? 0;
  const targets = { columns: [{ dataSourceId: people, name: 'account' }] };
  expect((await steward.call(changeTags, { body: { remove: [tagId], targets } })).status).toBe(200);
  expect(await run(steward, { domainId })).toMatchObject({ tagsAdded: 0 });
  expect((await tags(people)).filter((one) => one.startsWith('account'))).toEqual([]);
});

test('a tag whose values are gone is proposed for removal; a person takes it off or keeps it', async () => {
  await platform.run(`update crm.people set mail = 'none' where id > 50`);
  expect(await run(steward, { domainId })).toMatchObject({ tagsProposed: 1 });
  expect(await tags(people)).toContain(found[2]);
  const list = async () => (await steward.call(runs.listIdentificationProposals)).body.data;
  const [proposal] = await list();
  expect(proposal).toMatchObject({ columnName: 'mail', outcome: 'below_threshold', ratioBefore: 1, ratioNow: 0.5 });
  expect(proposal?.abilities).toMatchObject({ decide: { allowed: true } });
  const decide = (who: TestPerson, decision: 'keep' | 'remove') =>
    who.call(runs.decideIdentificationProposals, {
      body: { decision, proposals: [{ dataSourceId: people, columnName: 'mail', tagId: proposal?.tag.id ?? 0 }] },
    });
  expect((await decide(consumer, 'remove')).status).toBe(403);
  expect((await decide(steward, 'remove')).body).toEqual({ decided: 1 });
  expect((await decide(steward, 'remove')).status).toBe(409);
  expect(await tags(people)).not.toContain(found[2]);
  await platform.run(`update crm.people set mail = 'p' || id || '@example.com'`);
  expect(await run(steward, { domainId })).toMatchObject({ tagsAdded: 1 });
  await platform.run(`update crm.people set mail = 'none' where id > 50`);
  await run(steward, { domainId });
  expect((await decide(steward, 'keep')).body).toEqual({ decided: 1 });
  expect(await run(steward, { domainId })).toMatchObject({ tagsProposed: 0 });
  expect(await list()).toEqual([]);
  await platform.run(`update crm.people set mail = 'p' || id || '@example.com'`);
});

test('a domain has identifiers of its own, leaves others out, and puts other tags', async () => {
  const params = { id: domainId };
  const entries = [{ identifierId: 5, tags: ['People.Name'] }];
  expect((await steward.call(setIdentifierSet, { params, body: { entries } })).status).toBe(200);
  const criteria = { criteriaType: 'regex' as const, pattern: 'FREE [0-9]+', caseSensitive: false };
  const body = { name: 'Note', ...criteria, tags: ['Text.Free'] };
  expect((await steward.call(createIdentifier, { body })).status).toBe(403);
  expect((await steward.call(createIdentifier, { body: { ...body, domainId } })).status).toBe(201);
  const again = await steward.call(createIdentifier, { body: { ...body, domainId, name: 'Ｎｏｔｅ' } });
  expect(again).toMatchObject({ status: 409, body: { code: 'identifier.name_taken' } });
  await run(steward, { domainId });
  expect(await tags(people)).toEqual(expect.arrayContaining(['first_name People.Name', 'note Text.Free']));
});

test('one run at a time looks at the same; one that waits or works is canceled', async () => {
  await platform.run('begin; lock table crm.people in access exclusive mode');
  const first = await steward.call(runs.startIdentification, { body: { domainId } });
  const second = await steward.call(runs.startIdentification, { body: { domainId } });
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({ code: 'identification.running', runId: first.body.id });
  const params = { id: first.body.id };
  expect((await steward.call(runs.cancelIdentification, { params })).status).toBe(200);
  expect(await ended(first.body.id)).toMatchObject({ canceledBy: { globalUserId: steward.globalUserId } });
  expect((await steward.call(runs.cancelIdentification, { params })).status).toBe(409);
  await platform.run('rollback');
});

test('two who begin the same at once begin one run', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map(() => governor.call(runs.startIdentification, { body: { dataSourceId: orders } })),
  );
  expect(answers.map((one) => one.status).toSorted()).toEqual([202, 409, 409]);
  const begun = answers.find((one) => one.status === 202);
  expect(await ended(begun?.body.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
});

test('a run whose process died goes on where it was', async () => {
  const id = newUuid();
  const { db } = server.deps;
  const taskId = newUuid();
  await sql`insert into task (id, kind, status, total, done) values (${taskId}, 'identification', 'RUNNING', 2, 1)`.execute(
    db,
  );
  await sql`insert into identification_run (id, task_id, scope, connection_id, scope_name, cause, status, total, done)
    select ${id}, ${taskId}, 'connection', id, connection_key, 'person', 'RUNNING', 2, 1 from connection`.execute(db);
  await sql`insert into identification_run_source (run_id, data_source_id, status) values (${id}, ${orders}, 'done'), (${id}, ${people}, 'waiting')`.execute(
    db,
  );
  await Promise.all([runIdentification(server.deps, id), runIdentification(server.deps, id)]);
  expect(await ended(id)).toMatchObject({ status: 'SUCCEEDED', total: 2, done: 2 });
});

test('a table that cannot be read is told with its reason, and keeps what was seen before', async () => {
  await platform.run('alter table crm.people enable row level security');
  const done = await run(steward, { domainId });
  expect(done).toMatchObject({ status: 'SUCCEEDED', refused: 1 });
  const { body } = await steward.call(runs.listIdentificationRunSources, {
    params: { id: done.id },
    query: { status: 'refused' },
  });
  expect(body.data).toMatchObject([{ reason: 'row_security' }]);
  const { body: results } = await steward.call(runs.listIdentificationResults, {
    query: { dataSourceId: people, taggedOnly: true },
  });
  expect(results.meta.totalCount).toBeGreaterThan(0);
  await platform.run('alter table crm.people disable row level security');
});

test('a column that is added to a table that was looked at is looked at by itself', async () => {
  await platform.run(
    `alter table crm.orders add column contact text; update crm.orders set contact = 'c' || id || '@example.com'`,
  );
  await appadmin.call(syncConnection, { params: { connectionKey } });
  const by = await until(async () => {
    const { body } = await governor.call(runs.listIdentificationRuns, { query: { connectionKey, limit: 1 } });
    return body.data[0]?.cause === 'new_columns' && body.data[0].status === 'SUCCEEDED' ? body.data[0] : undefined;
  }, 60);
  expect(by).toMatchObject({ total: 1, createdBy: null });
  expect(await tags(orders)).toEqual(['contact Discovered.Entity.EMAIL_ADDRESS']);
});
