import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { countAudit, exportAudit, searchAudit } from '@stoa/contract/audit';
import * as chain from '@stoa/contract/audit-chain';
import * as domain from '@stoa/contract/domain';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCheckpointLines } from '../../audit/checkpoint.ts';
import { CheckpointExport } from '../../audit/export-checkpoints.ts';
import { sealEvents } from '../../audit/seal-events.ts';
import { SealerWatch } from '../../audit/sealer-watch.ts';
import { verifyAuditChain } from '../../audit/verify-chain.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { insertTask, markTask } from '../task/queries.ts';
import { familyOf } from './families.ts';
import { endLostVerifications } from './verify-audit.ts';

let bucket: Server;
let bucketUrl: string;
let bucketStatus = 200;
const objects = new Map<string, string>();
let server: TestServer;
let appadmin: TestPerson;
let auditor: TestPerson;
let governor: TestPerson;
let local: TestPerson;
let superuser: pg.Client;
beforeAll(async () => {
  bucket = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      if (bucketStatus === 200) objects.set(String(request.url), body);
      response.writeHead(bucketStatus).end();
    });
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  const { port } = bucket.address() as AddressInfo;
  bucketUrl = `http://127.0.0.1:${port}`;
  server = await startTestServer({ env: { STOA_EGRESS_ALLOW: `audit=127.0.0.1:${port}` } });
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  auditor = await server.person({ username: 'auditor', permissions: ['AUDIT'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  local = await server.person({ username: 'local' });
  superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await server.stop();
  bucket.closeAllConnections();
  bucket.close();
});

const makeDomain = async (name: string): Promise<string> =>
  (await governor.call(domain.createDomain, { body: { name } })).body.id;
const eventsOf = async (target: string) => (await auditor.call(searchAudit, { query: { target } })).body.data;
const stateOf = async (kind: string) =>
  (await auditor.call(chain.getAuditChain)).body.sinks.find((one) => one.kind === kind);
const ended = (taskId: string) =>
  until(async () => {
    const { body } = await auditor.call(getTask, { params: { taskId } });
    return body.finishedAt === undefined ? undefined : body;
  });
const verified = async (who = auditor) => {
  const { taskId } = (await who.call(chain.startAuditVerification)).body;
  expect(await ended(taskId)).toMatchObject({ status: 'SUCCEEDED' });
  const { lastVerification } = (await who.call(chain.getAuditChain)).body;
  if (lastVerification === null) throw new Error('nothing was verified');
  return { taskId, ...lastVerification };
};
/** What the loops do when their time comes. */
const sealAndExport = async () => {
  await until(async () => {
    await sealEvents(server.deps);
    return (await auditor.call(chain.getAuditChain)).body.waiting === 0 ? true : undefined;
  });
  await new CheckpointExport(server.deps).turn();
};
/** Makes the next checkpoint due, as a minute of waiting would. */
const letCheckpointBeDue = () =>
  superuser.query(`insert into audit_event (id, action, actor, payload)
    select gen_random_uuid(), 'Tried', '{"type":"SYSTEM_ACTOR","id":"stoa","name":"Stoa"}', '{"type":"x","version":"1"}' from generate_series(1, 1000)`);

test('the state of the chain is for auditors and application admins, sinks for application admins alone', async () => {
  for (const operation of [chain.getAuditChain, chain.startAuditVerification, chain.getAuditS3, chain.testAuditFile]) {
    expect((await server.nobody.call(operation)).status).toBe(401);
    expect((await governor.call(operation)).status).toBe(403);
  }
  for (const who of [auditor, appadmin]) expect((await who.call(chain.getAuditChain)).status).toBe(200);
  expect((await auditor.call(chain.getAuditS3)).status).toBe(403);
  expect((await auditor.call(chain.updateAuditFile, { body: { enabled: false } })).status).toBe(403);
});

test('an event gets its place in the chain, and a checkpoint that covers it', async () => {
  const id = await makeDomain('Sealed');
  const sealed = await until(async () => (await eventsOf(id))[0]?.seal ?? undefined);
  expect(sealed.seq).toBeGreaterThan(0);
  await letCheckpointBeDue();
  const covered = await until(async () => (await eventsOf(id))[0]?.seal?.checkpointAt ?? undefined);
  const state = (await auditor.call(chain.getAuditChain)).body;
  expect(state.checkpoint?.seq).toBeGreaterThanOrEqual(sealed.seq);
  expect(Date.parse(covered)).toBeLessThanOrEqual(Date.parse(state.checkpoint?.time ?? ''));
  expect(state.publicKey).toContain('BEGIN PUBLIC KEY');
});

test('checkpoints are appended to a file beside the database, from which the chain is verified', async () => {
  const file = join(server.deps.config.dataDir, 'audit', 'checkpoints.ndjson');
  await sealAndExport();
  expect([existsSync(file), (await stateOf('file'))?.behindSince]).toEqual([true, null]);
  const { checkpoints, unreadable } = readCheckpointLines(readFileSync(file, 'utf8'));
  expect(unreadable).toEqual([]);
  const publicKey = readFileSync(join(server.deps.config.dataDir, 'audit', 'public-key.pem'), 'utf8');
  expect(await verifyAuditChain(server.deps.db, { outside: [{ name: file, checkpoints }], publicKey })).toMatchObject({
    outcome: 'intact',
  });
  expect((await appadmin.call(chain.testAuditFile)).body.status).toBe('SUCCESS');
});

const settings = () => ({
  endpoint: bucketUrl,
  region: 'eu-central-1',
  bucket: 'audit',
  prefix: 'stoa/',
  accessKeyId: 'key',
  enabled: true,
});

test('checkpoints go to a bucket as well, once it was set; its secret key is never given out', async () => {
  const missing = await appadmin.call(chain.updateAuditS3, { body: settings() });
  expect(missing.body).toMatchObject({ status: 422, code: 'audit.secret_needed' });
  const body = { ...settings(), secretAccessKey: 'canary-secret-key' };
  expect((await appadmin.call(chain.testAuditS3, { body })).body).toMatchObject({ status: 'SUCCESS' });
  expect((await appadmin.call(chain.getAuditS3)).body.settings).toBeNull();
  expect((await appadmin.call(chain.updateAuditS3, { body })).body).toMatchObject({ enabled: true, hasSecret: true });
  const elsewhere = await appadmin.call(chain.testAuditS3, {
    body: { ...settings(), endpoint: 'https://s3.example.com' },
  });
  expect(elsewhere.body).toMatchObject({ status: 422, code: 'audit.secret_needed' });
  await sealAndExport();
  const name = [...objects.keys()].find((one) => one.includes('/stoa/checkpoints-'));
  const { checkpoints, unreadable } = readCheckpointLines(objects.get(name ?? '') ?? '');
  expect([unreadable, checkpoints[0]?.number]).toEqual([[], 1]);
  const { rows } = await sql<{ text: string }>`select (select string_agg(e::text, ' ') from audit_event e) || (select
    string_agg(s::text, ' ') from audit_sink s) as text`.execute(server.deps.db);
  expect(rows[0]?.text).not.toContain('canary-secret-key');
  expect(JSON.stringify((await appadmin.call(chain.getAuditS3)).body)).not.toContain('canary');
});

test('a sink that fails says why, and is late after five minutes', async () => {
  bucketStatus = 503;
  await letCheckpointBeDue();
  await sealAndExport();
  const failed = await stateOf('s3');
  expect(failed).toMatchObject({ isLate: false, failure: { message: 'The bucket answered 503.' } });
  await superuser.query(`update audit_checkpoint set time = time - interval '6 minutes'`);
  expect(await stateOf('s3')).toMatchObject({ isLate: true });
  await superuser.query(`update audit_checkpoint set time = time + interval '6 minutes'`);
  bucketStatus = 200;
  await sealAndExport();
  expect(await stateOf('s3')).toMatchObject({ failure: null, behindSince: null });
});

test('a verification runs as a task with progress, twice is once, and what it found stays', async () => {
  const [one, other] = await Promise.all([auditor, appadmin].map((who) => who.call(chain.startAuditVerification)));
  expect(one?.status).toBe(202);
  expect(other?.body.taskId).toBe(one?.body.taskId);
  const intact = await verified();
  expect(intact).toMatchObject({ outcome: 'INTACT', findingCount: 0 });
  expect(intact.lastOutside?.seq).toBeGreaterThan(0);
  const { body } = await auditor.call(getTask, { params: { taskId: intact.taskId } });
  expect(body).toMatchObject({ kind: 'audit-verification', done: body.total });
  const { rows } = await superuser.query('select event_id from audit_seal where seq = 2');
  await superuser.query(`update audit_event set session_id = 'forged' where id = $1`, [rows[0]?.event_id]);
  const broken = await verified(appadmin);
  expect(broken).toMatchObject({ outcome: 'BROKEN', findingCount: 1, findings: [{ kind: 'edited', seq: 2 }] });
  await superuser.query(`update audit_event set session_id = null where id = $1`, [rows[0]?.event_id]);
  const told = (await auditor.call(searchAudit, { query: { action: 'AuditVerified', limit: 1 } })).body.data[0];
  expect(told).toMatchObject({ actionStatus: 'FAILURE', auditPayload: { first: { seq: 2 } } });
});

test('a verification that fails says so and is over; so does one whose job is gone or was cut off too often', async () => {
  await superuser.query('revoke select on audit_seal from stoa_app');
  const failing = (await auditor.call(chain.startAuditVerification)).body.taskId;
  const failed = await ended(failing);
  await superuser.query('grant select on audit_seal to stoa_app');
  expect(failed).toMatchObject({ status: 'FAILED', error: expect.stringContaining('the log of the server says why') });
  expect((await auditor.call(chain.getAuditChain)).body).toMatchObject({ runningTaskId: null, failedTaskId: failing });
  expect((await local.call(getTask, { params: { taskId: failing } })).status).toBe(404);

  const insert = (status: string) =>
    server.deps.db.transaction().execute(async (tx) => {
      const subject = { target: 'audit' };
      const id = await insertTask(tx, { kind: 'audit-verification', connectionId: null, subject, createdBy: null });
      await markTask(tx, id, { status: status === 'none' ? 'RUNNING' : 'QUEUED' });
      if (status !== 'none') await server.deps.jobs.add(tx, 'verify-audit', { taskId: id }, { seconds: 3_600 });
      return id;
    });
  const [without, tired, waiting] = [await insert('none'), await insert('tired'), await insert('waiting')];
  const jobs = 'graphile_worker._private_jobs';
  await superuser.query(`update ${jobs} set attempts = max_attempts where payload ->> 'taskId' = $1`, [tired]);
  await endLostVerifications(server.deps);
  for (const id of [without, tired]) expect(await ended(id)).toMatchObject({ status: 'FAILED' });
  expect((await auditor.call(chain.getAuditChain)).body.runningTaskId).toBe(waiting);

  // Its replica took it after the last heartbeat, and died.
  await superuser.query(`update ${jobs} set run_at = now(), locked_by = 'dead', locked_at = now() - interval '16 seconds'
    where payload ->> 'taskId' = '${waiting}'`);
  await superuser.query(
    `insert into replica (id, heartbeat_at) values (gen_random_uuid(), now() - interval '21 seconds')`,
  );
  expect(await ended(waiting)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await auditor.call(chain.getAuditChain)).body.failedTaskId).toBeNull();
});

test('a sealer that stands still is told of by the metrics and by the log', async () => {
  const metrics = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const of = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
    expect(text).toMatch(/^stoa_audit_export_lag_seconds\{sink="file",host=".+"\} /m);
    return { unsealed: of('stoa_audit_unsealed_seconds'), age: of('stoa_audit_checkpoint_age_seconds') };
  };
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void logged.push(line) });
  const watch = new SealerWatch({ db: server.deps.db, log });
  await sealAndExport();
  await watch.look();
  expect([(await metrics()).unsealed < 300, logged]).toEqual([true, []]);
  await superuser.query('begin');
  await superuser.query('select pg_advisory_xact_lock(7306, 3)');
  try {
    await sql`insert into audit_event (id, action, actor, payload, event_timestamp) values (gen_random_uuid(), 'Tried',
      '{"type":"SYSTEM_ACTOR","id":"stoa","name":"Stoa"}', '{"type":"x","version":"1"}', now() - interval '10 minutes')`.execute(
      server.deps.db,
    );
    for (let time = 0; time < 2; time++) await watch.look();
    expect(logged).toHaveLength(1);
    const { unsealed, age } = await metrics();
    expect([unsealed >= 600, age > 0]).toEqual([true, true]);
  } finally {
    await superuser.query('commit');
  }
  await until(async () => ((await metrics()).unsealed < 300 ? true : undefined));
});

test('an export holds what its reader may read, oldest first, and is itself on record', async () => {
  const id = await makeDomain('Exported');
  await makeDomain('Elsewhere');
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${id}, 'Audit Activity', 'user', ${local.globalUserId})`.execute(server.deps.db);
  const take = async (who: TestPerson, query = '') => {
    const answer = await fetch(`${server.url}${exportAudit.path}${query}`, {
      headers: { authorization: `Bearer ${who.token}` },
    });
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    return {
      answer,
      events: lines.map((line) => JSON.parse(line) as { sequence: number; action: string; id: string }),
    };
  };
  const all = await take(auditor);
  const numbers = all.events.map((event) => event.sequence);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.length).toBeGreaterThan(2_000);
  expect(all.answer.headers.get('content-type')).toContain('application/x-ndjson');
  expect(all.answer.headers.get('content-disposition')).toBe(
    `attachment; filename="stoa-audit-${numbers[0]}-${numbers.at(-1)}.ndjson"`,
  );
  expect((await take(local)).events.map((event) => event.action)).toEqual(['DomainCreated']);
  const some = await take(auditor, '?action=DomainCreated');
  expect(new Set(some.events.map((event) => event.action))).toEqual(new Set(['DomainCreated']));
  expect(some.answer.headers.get('content-disposition')).toMatch(/-filtered\.ndjson"$/);
  expect((await take(governor)).answer.status).toBe(403);
  expect((await take(auditor, '?from=nonsense')).answer.status).toBe(400);
  const told = (await auditor.call(searchAudit, { query: { action: 'AuditExported' } })).body.data;
  expect(told).toHaveLength(3);
  expect(told.at(-1)).toMatchObject({
    actor: { id: auditor.globalUserId },
    auditPayload: { sequences: { first: numbers[0] } },
  });
});

test('events are counted by day and family within the filter and within what one may read', async () => {
  const counted = (await auditor.call(countAudit)).body;
  const catalogue = counted.families.find((one) => one.family === 'catalogue')?.count ?? 0;
  expect(catalogue).toBeGreaterThanOrEqual(3);
  const { rows } = await sql<{ day: string }>`
    select to_char(max(event_timestamp) at time zone 'UTC', 'YYYY-MM-DD') as day from audit_event`.execute(
    server.deps.db,
  );
  expect(counted.days.at(-1)?.day).toBe(rows[0]?.day);
  const total = counted.days.reduce((sum, one) => sum + one.count, 0);
  expect(counted.families.reduce((sum, one) => sum + one.count, 0)).toBe(total);
  const made = (await auditor.call(countAudit, { query: { action: 'DomainCreated' } })).body;
  expect(made.days.reduce((sum, one) => sum + one.count, 0)).toBe(3);
  expect((await local.call(countAudit)).body.days).toMatchObject([{ count: 1, others: 0 }]);
  expect((await governor.call(countAudit)).status).toBe(403);
  const none = await auditor.call(countAudit, { query: { to: '2001-01-01T00:00:00Z' } });
  expect(none.body).toMatchObject({ days: [], from: '2000-12-02T00:00:00.000Z', countedOnly: null });
});

test('actions belong to the families of the trail', () => {
  const known = {
    UserLogin: 'people',
    GroupMemberAdded: 'people',
    AccessRequested: 'access',
    ApprovalRecordDecided: 'access',
    MaskingExceptionGranted: 'access',
    ConnectionCreated: 'catalogue',
    DataProductCreated: 'catalogue',
    RequestFormCreated: 'catalogue',
    GlobalPolicyUpdated: 'policy',
    ProvisioningStatementExecuted: 'native',
    DriftFound: 'native',
    ConfigurationChanged: 'system',
    AuditExported: 'system',
    DataKeysRotated: 'system',
    RootKeyChanged: 'system',
    BackupRestored: 'system',
    BackupCompared: 'system',
    RestoreEnded: 'system',
  };
  expect(Object.fromEntries(Object.keys(known).map((action) => [action, familyOf(action)]))).toEqual(known);
});

test('without leave to write the trail every change is refused and undone, and reading works', async () => {
  await superuser.query('revoke insert on audit_event from stoa_app');
  try {
    const refused = await governor.call(domain.createDomain, { body: { name: 'Unwritten' } });
    expect(refused.body).toMatchObject({ status: 503, code: 'audit.unavailable' });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await auditor.send('GET', exportAudit.path)).status).toBe(503);
    const { body } = await governor.call(domain.listDomains);
    expect(body.data.some((one) => one.name === 'Unwritten')).toBe(false);
    expect((await auditor.call(searchAudit)).status).toBe(200);
  } finally {
    await superuser.query('grant insert on audit_event to stoa_app');
  }
  expect((await governor.call(domain.createDomain, { body: { name: 'Unwritten' } })).status).toBe(201);
});
