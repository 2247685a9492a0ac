import { updateConnection } from '@stoa/contract/connection';
import { getInboxMessages } from '@stoa/contract/notification';
import { getTask } from '@stoa/contract/task';
import { updateApplicationSettings } from '@stoa/contract/settings';
import {
  listVerificationFindings,
  listVerifications,
  readVerification,
  startVerification,
} from '@stoa/contract/verification';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, makeContainer, makeProduct } from '../access-request/requests.fixture.ts';
import { endLostRuns, failRun } from './fail-run.ts';
import { startNightlyVerification } from './start.ts';

let server: TestServer;
let superuser: pg.Client;
const people = {} as Record<'appadmin' | 'auditor' | 'governor' | 'consumer', TestPerson>;
let requestId: string;

beforeAll(async () => {
  server = await startTestServer();
  superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
  people.appadmin = await server.person({
    username: 'appadmin',
    name: 'Ada Admin',
    permissions: ['APPLICATION_ADMIN'],
  });
  people.auditor = await server.person({ username: 'auditor', permissions: ['AUDIT'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.consumer = await server.person({ username: 'consumer' });
  requestId = await askedId(people.consumer, await makeProduct(server, people.governor));
});
beforeEach(async () => {
  // At its hour the server begins a night by itself: not before a test has planted what the night is to find.
  await people.appadmin.call(updateApplicationSettings, { body: { verifyNightly: false } });
  await superuser.query('delete from verification_run');
});
afterAll(async () => {
  await superuser?.end();
  await server?.stop();
});

const read = async (id: string) => (await people.auditor.call(readVerification, { params: { id } })).body;
const ended = (id: string) =>
  until(async () => {
    const run = await read(id);
    return run.finishedAt === null ? undefined : run;
  });
/** What differs has outlived the time to settle: as if the run had begun a while ago. */
const age = (id: string) =>
  superuser.query(`update verification_run set started_at = now() - interval '2 minutes' where id = '${id}'`);

test('application admins start a run and auditors read it; nobody else gets to know of any', async () => {
  const { appadmin, auditor, governor, consumer } = people;
  expect((await server.nobody.call(startVerification)).status).toBe(401);
  for (const person of [auditor, governor, consumer]) expect((await person.call(startVerification)).status).toBe(403);
  const started = await appadmin.call(startVerification);
  expect(started).toMatchObject({ status: 202, body: { cause: 'person', createdBy: { name: 'Ada Admin' } } });
  for (const person of [governor, consumer]) {
    const params = { id: started.body.id };
    expect((await person.call(listVerifications, { query: {} })).status).toBe(403);
    expect((await person.call(readVerification, { params })).status).toBe(403);
    expect((await person.call(listVerificationFindings, { params, query: {} })).status).toBe(403);
  }
  const run = await ended(started.body.id);
  expect(run).toMatchObject({ status: 'SUCCEEDED', findings: 0 });
  expect(run.invariants.find(({ invariant }) => invariant === 'I5')).toMatchObject({ status: 'held', rows: 1 });
  expect(run.invariants.find(({ invariant }) => invariant === 'I13')).toMatchObject({ status: 'not asked' });
  expect((await appadmin.call(getTask, { params: { taskId: run.taskId ?? '' } })).body).toMatchObject({
    kind: 'verification',
    status: 'SUCCEEDED',
  });
  const list = await auditor.call(listVerifications, { query: {} });
  expect(list.body).toMatchObject({ meta: { totalCount: 1 }, abilities: { start: { allowed: false } } });
  expect((await auditor.call(readVerification, { params: { id: newUuid() } })).status).toBe(404);
});

test('of two who start at once one is told of the run of the other', async () => {
  const answers = await Promise.all([people.appadmin.call(startVerification), people.appadmin.call(startVerification)]);
  const [first, second] = answers.sort((a, b) => a.status - b.status);
  expect([first?.status, second?.status]).toEqual([202, 409]);
  expect(second?.body).toMatchObject({ code: 'verification.running', runId: first?.body.id });
  await ended(first?.body.id ?? '');
});

test('what differs is a finding once it has outlived the time to settle, and is found again by its words', async () => {
  await superuser.query(`update access_request set status = 'DENIED' where id = '${requestId}'`);
  const { id } = (await people.appadmin.call(startVerification)).body;
  await until(async () => (await read(id)).isSettling || undefined);
  expect(await read(id)).toMatchObject({ status: 'RUNNING', findings: 0 });
  await age(id);
  const run = await ended(id);
  await superuser.query(`update access_request set status = 'PENDING' where id = '${requestId}'`);
  expect(run).toMatchObject({ outcome: 'VIOLATED' });
  const find = async (query: object) =>
    (await people.auditor.call(listVerificationFindings, { params: { id }, query })).body;
  const found = await find({ invariant: 'I5' });
  expect(found.data).toMatchObject([
    { direction: 'wrong', requestId, expected: 'it is PENDING, by its records and what happened to it' },
  ]);
  expect((await find({ searchText: requestId })).meta.totalCount).toBe(run.findings);
  for (const query of [{ direction: 'extra' }, { connectionKey: 'nowhere' }, { searchText: 'nothing like it' }])
    expect((await find(query)).data).toEqual([]);
  for (const [query, count] of [
    [{ outcome: 'VIOLATED' }, 1],
    [{ outcome: 'HELD' }, 0],
    [{ cause: 'night' }, 0],
    [{ searchText: 'ada adm' }, 1],
  ] as const)
    expect((await people.auditor.call(listVerifications, { query })).body.meta.totalCount).toBe(count);
});

test('a run whose job is gone, or was cut off too often, ends as failed, and is in the way of no other', async () => {
  const insert = async (job: string) => {
    const [id, taskId] = [newUuid(), newUuid()];
    await superuser.query(`insert into task (id, kind, subject, status) values ('${taskId}', 'verification', '{}', 'RUNNING');
      insert into verification_run (id, task_id, cause, status) values ('${id}', '${taskId}', 'person', 'RUNNING')`);
    if (job === '') return id;
    await server.deps.jobs.add(server.deps.db, 'verify', { taskId, runId: id }, { seconds: 3_600 });
    await superuser.query(`update graphile_worker._private_jobs set ${job} where payload ->> 'runId' = '${id}'`);
    return id;
  };
  for (const job of ['', 'attempts = max_attempts']) {
    const id = await insert(job);
    await endLostRuns(server.deps);
    const run = await read(id);
    expect(run).toMatchObject({ status: 'FAILED', outcome: null, error: expect.stringContaining('cut off') });
    const task = await people.appadmin.call(getTask, { params: { taskId: run.taskId ?? '' } });
    expect(task.body).toMatchObject({ status: 'FAILED', error: run.error });
  }
  const lost = await insert('');
  const { status, body } = await people.appadmin.call(startVerification);
  expect(status).toBe(202);
  expect(await read(lost)).toMatchObject({ status: 'FAILED' });
  await ended(body.id);
  for (const job of ['attempts = 2', `attempts = max_attempts, locked_at = now(), locked_by = 'somebody'`]) {
    const alive = await insert(job);
    await endLostRuns(server.deps);
    expect(await read(alive)).toMatchObject({ status: 'RUNNING', error: null });
    expect((await people.appadmin.call(startVerification)).status).toBe(409);
    await superuser.query('delete from verification_run');
  }
});

test('the night verifies by itself, once, at its hour, unless that is switched off', async () => {
  const { deps } = server;
  expect(await startNightlyVerification(deps)).toBeNull();
  await superuser.query(`update stoa_migration set applied_at = applied_at - interval '2 days'`);
  await people.appadmin.call(updateApplicationSettings, { body: { verifyNightly: false, verifyAtHour: 0 } });
  expect(await startNightlyVerification(deps)).toBeNull();
  await people.appadmin.call(updateApplicationSettings, { body: { verifyNightly: true } });
  await Promise.all([startNightlyVerification(deps), startNightlyVerification(deps)]);
  const night = await tonight();
  expect(await ended(night)).toMatchObject({ cause: 'night', createdBy: null, status: 'SUCCEEDED' });
  expect(await startNightlyVerification(deps)).toBeNull();
});

/** The server may have begun it by itself. */
async function tonight(): Promise<string> {
  const begun = await startNightlyVerification(server.deps);
  const { rows } = await superuser.query<{ id: string }>(`select id from verification_run where night is not null`);
  expect(rows).toHaveLength(1);
  return begun ?? rows[0]?.id ?? '';
}

test('what a night finds is told to those who may read it', async () => {
  const told = async (person: TestPerson) => {
    const { body } = await person.call(getInboxMessages, { query: { limit: 50 } });
    return body.data.filter((message) => message.notificationType === 'VERIFICATION_VIOLATED');
  };
  await superuser.query(`update access_request set status = 'DENIED' where id = '${requestId}'`);
  await superuser.query(`update stoa_migration set applied_at = applied_at - interval '2 days'`);
  await people.appadmin.call(updateApplicationSettings, { body: { verifyNightly: true, verifyAtHour: 0 } });
  const night = await tonight();
  await until(async () => (await read(night)).isSettling || undefined);
  await age(night);
  expect(await ended(night)).toMatchObject({ outcome: 'VIOLATED' });
  await superuser.query(`update access_request set status = 'PENDING' where id = '${requestId}'`);
  for (const person of [people.appadmin, people.auditor]) {
    const message = await until(async () =>
      (await told(person)).find(({ data }) => data?.actionPath === `/admin/verification/${night}`),
    );
    expect(message.message).toMatch(/I5/);
  }
  for (const person of [people.governor, people.consumer]) expect(await told(person)).toEqual([]);
  // Of the one begun by hand, above, nobody is told: who began it looks at it.
  const { rows } = await superuser.query(`select data from event where type = 'stoa.verification.violated'`);
  expect(rows).toEqual([{ data: expect.objectContaining({ verificationId: night }) }]);
});

test('a night that could not look at everything, or failed, is told once, with the connection and the reason', async () => {
  const { deps } = server;
  const told = async (night: string) =>
    (
      await superuser.query(
        `select data from event where type = 'stoa.verification.incomplete' and data ->> 'verificationId' = $1 order by sequence`,
        [night],
      )
    ).rows;
  await superuser.query('delete from verification_run');
  const connectionId = await makeContainer(server, newUuid());
  const [{ connection_key: key }] = (
    await superuser.query('select connection_key from connection where id = $1', [connectionId])
  ).rows;
  await people.appadmin.call(updateApplicationSettings, { body: { verifyNightly: true } });
  const night = await tonight();
  expect(await ended(night)).toMatchObject({ outcome: 'UNCHECKED' });
  const reasons = [{ what: `connection ${key}`, why: expect.stringContaining('it is paused') }];
  expect(await told(night)).toEqual([{ data: { verificationId: night, outcome: 'UNCHECKED', reasons } }]);
  expect(await startNightlyVerification(deps)).toBeNull();
  const message = await until(async () => {
    const { body } = await people.auditor.call(getInboxMessages, { query: { limit: 50 } });
    return body.data.find(({ data }) => data?.actionPath === `/admin/verification/${night}`);
  });
  expect(message.message).toContain(`connection ${key}: it is paused`);

  // The next night says it on its page alone, until the connection was resumed and is paused again.
  const nextNight = async () => {
    await superuser.query(`delete from verification_run where id <> '${night}'`);
    await superuser.query(`update verification_run set night = null`);
    const next = await tonight();
    const { outcome, invariants } = await ended(next);
    return { next, outcome, why: invariants.find(({ invariant }) => invariant === 'I1')?.unchecked };
  };
  const quiet = await nextNight();
  expect(quiet).toMatchObject({ outcome: 'UNCHECKED', why: reasons });
  expect(await told(quiet.next)).toEqual([]);
  for (const state of ['active', 'paused'] as const)
    await people.appadmin.call(updateConnection, { params: { connectionKey: key }, body: { state } });
  const again = await nextNight();
  expect(await told(again.next)).toHaveLength(1);

  await transact(deps, async (tx, after) => {
    await sql`update verification_run set status = 'RUNNING' where id = ${night}`.execute(tx);
    await failRun(tx, after, { runId: night, error: 'It fell over.' });
  });
  expect((await told(night)).slice(1)).toEqual([
    { data: { verificationId: night, outcome: 'FAILED', reasons: [{ what: 'all of it', why: 'It fell over.' }] } },
  ]);
});
