import { determineAccessRequest, revokeAccess, requestAccess } from '@stoa/contract/access-request';
import { acceptAgreements } from '@stoa/contract/agreement-acceptance';
import { explainAccess } from '@stoa/contract/access';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { listDrift, reconcileConnection } from '@stoa/contract/connection';
import { updateDataProduct } from '@stoa/contract/data-product';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import { downloadAccessRequestProof, getAccessRequestProof } from '@stoa/contract/proof-history';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { previewReconcile } from '@stoa/contract/reconcile-plan';
import { getTask } from '@stoa/contract/task';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, systemActor } from '../audit/append.ts';
import { linkHash } from '../audit/chain-link.ts';
import { sealEvents } from '../audit/seal-events.ts';
import { verifyProof } from '../audit/verify-proof.ts';
import { transact } from '../db/transact.ts';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { reviewBy, user } from '../features/access-request/requests.fixture.ts';
import { makeAgreement, makeFormAsking } from '../features/data-use-agreement/agreements.fixture.ts';
import { readProofHistory } from '../features/provisioning/proof-history.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { enqueueSweeps } from './sweep.ts';

sweepByHand();

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer', TestPerson>;
let login: { username: string; password: string };
let product: { id: string };

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  registered = await registerPlatform(platform, { appadmin: people.appadmin, governor: people.governor }, 'road');
  product = await publish(people.governor, registered, {
    name: 'Road product',
    sourceIds: registered.sources.slice(0, 3).map((s) => s.id),
  });
  // A plan that is shown while the product is still being published is rightly not the plan any more a moment later.
  await waitForKeys(server.deps.db);
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const tableOf = (source: { path: string[] } | undefined) => ({
  schema: source?.path[1] ?? '',
  name: source?.path[2] ?? '',
});
const firstTable = () => tableOf(registered.sources[0]);
const ask = async (person: TestPerson, productId = product.id) => {
  const answer = await person.call(requestAccess, {
    params: { id: productId },
    body: { user: person.globalUserId, form: { answers: await standardAnswers() } },
  });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
};
const standardAnswers = async () => {
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  return (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
};
const approve = (id: string, more: object = {}) =>
  people.governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed for the report', ...more },
  });
/** What others were told of where the access of a request stands. */
const toldOf = async (id: string) => {
  const { rows } = await sql<{ state: string }>`select data ->> 'provisioning' as state from event
    where request_id = ${id} and type = 'marketplace.data_product.access_requests.provisioning.updated' order by sequence`.execute(
    server.deps.db,
  );
  return rows.map((row) => row.state);
};
const ran = async (id: string) =>
  (await people.governor.call(getAccessRequestEvidence, { params: { id } })).body.statements;
const settled = (id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state && body;
  });

test('an approval lets the consumer read exactly what was approved, proved by the platform, and a revoke refuses it again', async () => {
  expect(await platform.readAs(login, firstTable())).toBe('42501');
  const id = await ask(people.consumer);
  const plan = await people.governor.call(getAccessRequestPlan, { params: { id } });
  expect(plan.body).toMatchObject({ empty: false });
  const approved = await approve(id, { planHash: plan.body.planHash });
  expect(approved.body).toMatchObject({ status: 'APPROVED' });
  const status = await settled(id, 'ACTIVE');
  expect(status.objects).toHaveLength(3);
  for (const object of status.objects)
    expect(object).toMatchObject({ state: 'ACTIVE', proof: { principal: login.username } });
  expect(await platform.readAs(login, firstTable())).toBe('rows');
  expect(await platform.readAs(login, tableOf(registered.sources[4]))).toBe('42501');
  const why = await people.consumer.call(explainAccess, {
    query: { user: people.consumer.globalUserId, sourceId: registered.sources[0]?.id ?? 0 },
  });
  expect(why.body).toMatchObject({ effective: 'SUBSCRIBED', causes: [{ requestId: id, gives: true }] });
  const executed = await server.deps.db
    .selectFrom('audit_event')
    .select('payload')
    .where('action', '=', 'ProvisioningStatementExecuted')
    .execute();
  expect(executed.length).toBeGreaterThan(0);
  // What ran is what was shown before the decision, and is shown beside the proof.
  const planned = plan.body.connections.flatMap((connection) => connection.statements);
  expect((await ran(id)).map(({ statement }) => statement)).toEqual(planned);
  const revoked = await people.governor.call(revokeAccess, { params: { id: product.id, requestId: id } });
  expect(revoked.status).toBe(204);
  await settled(id, 'REMOVED');
  const all = await ran(id);
  expect(all).toHaveLength(planned.length + 1);
  expect(all.at(-1)).toMatchObject({ connectionKey: 'road', failure: null });
  expect(all.at(-1)?.statement).toMatch(new RegExp(`^REVOKE .*"${login.username}"`));
  expect(await platform.readAs(login, firstTable())).toBe('42501');
  expect(await toldOf(id)).toEqual(['ACTIVE', 'REMOVED']);
});

test('what was asked on behalf of somebody cannot be read before they accept, and can be right after', async () => {
  const agreement = await makeAgreement(people.governor);
  const policy = reviewBy({ any: [user(people.governor)] });
  const formId = await makeFormAsking(server, { policy, agreements: [agreement.id] });
  const sourceId = registered.sources[5]?.id ?? 0;
  const { id: productId } = await publish(people.governor, registered, { name: 'On behalf', sourceIds: [sourceId] });
  await sql`update data_product set data_access_form_id = ${formId} where id = ${productId}`.execute(server.deps.db);
  const agreements = [{ id: agreement.id, version: agreement.version }];
  const asked = await people.useradmin.call(requestAccess, {
    params: { id: productId },
    body: { user: people.consumer.globalUserId, form: { answers: await standardAnswers(), agreements } },
  });
  expect(asked).toMatchObject({ status: 201, body: { awaitsAcceptance: true } });
  const { id } = asked.body;
  expect((await approve(id)).body.provisioning).toMatchObject({ state: 'AWAITING_ACCEPTANCE' });
  await waitFor('the reconciler to have looked', async () => {
    const { rows } = await sql<{ state: string }>`
      select state from membership_status where access_request_id = ${id}`.execute(server.deps.db);
    return rows[0]?.state === 'AWAITING_ACCEPTANCE';
  });
  const table = tableOf(registered.sources[5]);
  expect(await platform.readAs(login, table)).toBe('42501');
  const why = await people.consumer.call(explainAccess, {
    query: { user: people.consumer.globalUserId, sourceId },
  });
  expect(why.body).toMatchObject({ effective: 'NONE', causes: [{ requestId: id, gives: false }] });
  const accepted = await people.consumer.call(acceptAgreements, { params: { id }, body: { agreements } });
  expect(accepted).toMatchObject({ status: 200, body: { provisioning: { state: 'PROVISIONING' } } });
  await settled(id, 'ACTIVE');
  expect(await platform.readAs(login, table)).toBe('rows');
});

test('one approval of a running product is one native statement', async () => {
  const id = await ask(people.consumer);
  const plan = await people.governor.call(getAccessRequestPlan, { params: { id } });
  expect(plan.body.connections.flatMap((connection) => connection.statements)).toHaveLength(1);
  await approve(id, { planHash: plan.body.planHash });
  await settled(id, 'ACTIVE');
  const again = await people.governor.call(getAccessRequestPlan, { params: { id } });
  expect(again.body.empty).toBe(true);
  await people.governor.call(revokeAccess, { params: { id: product.id, requestId: id } });
  await settled(id, 'REMOVED');
});

const dryRun = async () => (await people.appadmin.call(previewReconcile, { params: { connectionKey: 'road' } })).body;

test('a whole reconcile of a settled platform changes nothing', async () => {
  const started = await people.appadmin.call(reconcileConnection, { params: { connectionKey: 'road' } });
  await waitFor(
    'the reconcile',
    async () =>
      (await people.appadmin.call(getTask, { params: { taskId: started.body.taskId } })).body.status === 'SUCCEEDED',
  );
  const before = await server.deps.db
    .selectFrom('audit_event')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('action', '=', 'ProvisioningStatementExecuted')
    .executeTakeFirstOrThrow();
  const second = await people.appadmin.call(reconcileConnection, { params: { connectionKey: 'road' } });
  await waitFor(
    'the second reconcile',
    async () =>
      (await people.appadmin.call(getTask, { params: { taskId: second.body.taskId } })).body.status === 'SUCCEEDED',
  );
  const after = await server.deps.db
    .selectFrom('audit_event')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('action', '=', 'ProvisioningStatementExecuted')
    .executeTakeFirstOrThrow();
  expect(after.n).toBe(before.n);
  expect(await dryRun()).toMatchObject({ statements: [], statementCount: 0 });
});

test('what proved an access is told from its first proof to its last, and a file holds it up against the audit chain', async () => {
  const { db } = server.deps;
  const id = await ask(people.consumer);
  await approve(id);
  await settled(id, 'ACTIVE');
  // As a sweep leaves it that saw the same once more.
  await sql`update membership_status set verified_at = now() + interval '1 hour' where access_request_id = ${id}`.execute(
    db,
  );
  const proofs = async () => (await people.governor.call(getAccessRequestProof, { params: { id } })).body;
  const first = await proofs();
  expect(first).toMatchObject({
    proofs: [{ connectionKey: 'road', principal: login.username, result: 'ACTIVE', reason: null }],
    isCut: false,
  });
  expect(first.proofs[0]?.probe).toContain('pg_has_role');
  expect(Date.parse(first.proofs[0]?.lastObservedAt ?? '')).toBeGreaterThan(Date.now());
  await sql`update membership_status set verified_at = active_at where access_request_id = ${id}`.execute(db);
  await people.governor.call(revokeAccess, { params: { id: product.id, requestId: id } });
  await settled(id, 'REMOVED');
  const all = await proofs();
  expect(all.proofs.map(({ result }) => result)).toEqual(['REMOVED', 'ACTIVE']);
  // Where not all is looked through, the first proof is told all the same.
  expect(await readProofHistory(db, id, 1)).toMatchObject({ ...all, isCut: true });
  expect((await people.consumer.call(getAccessRequestProof, { params: { id } })).status).toBe(403);

  const download = () => people.governor.call(downloadAccessRequestProof, { params: { id } });
  // The server seals too; whoever seals this event signs for it only now and then.
  const event = { action: 'DomainUpdated', actor: systemActor, targetType: 'DOMAIN', targets: [] };
  const { status, body, headers } = await waitFor('a checkpoint', async () => {
    await transact(server.deps, (tx) => appendAudit(tx, event));
    await sealEvents(server.deps, { perCheckpoint: 1 });
    const answer = await download();
    return answer.body.checkpoint !== null && answer;
  });
  expect(status).toBe(200);
  expect(headers.get('content-disposition')).toContain(`proof-${id}.json`);
  expect(body).toMatchObject({
    request: { id, status: 'REVOKED', beneficiary: { username: login.username } },
    decisions: [{ status: 'APPROVED', by: { username: 'governor' }, reason: 'needed for the report' }],
    proofs: all.proofs,
    leftOut: { proofs: false, statements: false, auditEvents: false },
  });
  expect(body.statements.map(({ statement }) => statement)).toEqual((await ran(id)).map(({ statement }) => statement));
  const actions = body.auditEvents.map(({ action }) => action);
  for (const action of [
    'AccessRequested',
    'ApprovalRecordDecided',
    'ProvisioningVerified',
    'ProvisioningStatementExecuted',
  ])
    expect(actions).toContain(action);
  for (const { seal } of body.auditEvents) {
    const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'hex');
    const link = linkHash(bytes(seal?.previousHash), seal?.seq ?? 0, bytes(seal?.digest));
    expect(link.toString('hex')).toBe(seal?.hash);
  }
  const report = await verifyProof(db, JSON.stringify(body), undefined);
  expect(report).toEqual({ requestId: id, held: body.auditEvents.length, findings: [], unchecked: [] });
  const forged = {
    ...body,
    decisions: body.decisions.map((one) => ({ ...one, reason: 'needed for another' })),
    proofs: body.proofs.map((one) => ({ ...one, principal: 'somebody' })),
    statements: body.statements.map((one) => ({ ...one, statement: 'SELECT 1' })),
    auditEvents: body.auditEvents.map((one) => ({ ...one, seal: one.seal && { ...one.seal, hash: '00' } })),
    checkpoint: body.checkpoint && { ...body.checkpoint, count: 1_000_000 },
  };
  const found = await verifyProof(db, JSON.stringify(forged), undefined);
  const parts = [body.decisions, body.proofs, body.statements, body.auditEvents];
  expect(found.findings).toHaveLength(parts.flat().length + 1);
  const renamed = { ...body, auditEvents: body.auditEvents.map((one) => ({ ...one, action: 'SubscriptionGranted ' })) };
  expect((await verifyProof(db, JSON.stringify(renamed), undefined)).findings).toHaveLength(body.auditEvents.length);
  await expect(verifyProof(db, '{}', undefined)).rejects.toThrow('no file of proofs');
});

test('a temporary approval ends at its instant, also when nothing ran over it', async () => {
  const id = await ask(people.consumer);
  await approve(id, { duration: 1, durationUnit: 'HOURS' });
  await settled(id, 'ACTIVE');
  await sql`update access_request set expiration = now() - interval '1 second' where id = ${id}`.execute(
    server.deps.db,
  );
  await endExpiredAccess(server.deps);
  await settled(id, 'REMOVED');
  const row = await server.deps.db
    .selectFrom('access_request')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(row.status).toBe('EXPIRED');
  expect(await platform.readAs(login, firstTable())).toBe('42501');
});

test('what is over is taken away also while the audit trail cannot be written, and recorded once it can', async () => {
  const { db } = server.deps;
  const begun = new Date();
  const lateLogin = await platform.addLogin('late');
  const late = await server.person({ username: lateLogin.username });
  const id = await ask(people.consumer);
  const lateId = await ask(late);
  for (const one of [id, lateId]) {
    await approve(one, { duration: 1, durationUnit: 'HOURS' });
    await settled(one, 'ACTIVE');
  }
  const status = async () =>
    (await db.selectFrom('access_request').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status;
  const end = async (requestId: string, who: typeof login) => {
    await sql`update access_request set expiration = now() - interval '1 second' where id = ${requestId}`.execute(db);
    // The server's own look fails as well, again and again: what it holds at this moment is passed over.
    const refusal = await waitFor('the end to be tried', () =>
      endExpiredAccess(server.deps).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    );
    expect(refusal).toContain('audit_event');
    await waitFor('the login to be refused', async () => (await platform.readAs(who, firstTable())) === '42501');
  };
  const superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
  await superuser.query('revoke insert on audit_event from stoa_app');
  try {
    await end(id, login);
    // What could not be recorded of the first holds nothing up.
    await end(lateId, lateLogin);
    expect(await status()).toBe('APPROVED');
  } finally {
    await superuser.query('grant insert on audit_event to stoa_app');
    await superuser.end();
  }
  await waitFor('the end to be recorded', async () => {
    await endExpiredAccess(server.deps);
    return (await status()) === 'EXPIRED';
  });
  for (const one of [id, lateId]) await settled(one, 'REMOVED');
  for (const { username } of [login, lateLogin]) {
    const { rows } = await sql`select from audit_event where action = 'ProvisioningStatementExecuted'
      and payload ->> 'statement' like ${`REVOKE %"${username}"%`} and event_timestamp > ${begun}`.execute(db);
    expect(rows.length).toBeGreaterThan(0);
  }
});

test('a grant taken away by hand is found by the sweep and put back; one of others is listed and left', async () => {
  const id = await ask(people.consumer);
  await approve(id);
  await settled(id, 'ACTIVE');
  const { rows } = await platform.superuser.query<{ rolname: string }>(
    `select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles c on c.oid = m.member where c.rolname = $1 and r.rolname like 'stoa\\_dp\\_%'`,
    [login.username],
  );
  await platform.superuser.query(
    `revoke "${rows[0]?.rolname}" from "${login.username}" granted by "${platform.connector.username}"`,
  );
  await platform.superuser.query(`grant select on ${firstTable().schema}.${firstTable().name} to "${login.username}"`);
  // Of a table that is enabled and that nothing of ours opens: in no product, and no policy gives it.
  const unopened = tableOf(registered.sources[4]);
  await platform.superuser.query(
    `grant usage on schema ${unopened.schema} to "${login.username}"; grant select on ${unopened.schema}.${unopened.name} to "${login.username}"`,
  );
  const planned = await dryRun();
  expect(planned).toMatchObject({ statementCount: 1, statements: [{ effect: 'gives' }], blocked: [], blockedCount: 0 });
  const other = tableOf(registered.sources[1]);
  expect(await platform.readAs(login, other)).not.toBe('rows');
  await enqueueSweeps(server.deps);
  await waitFor('the membership to be back', async () => (await platform.readAs(login, other)) === 'rows');
  const repair = await waitFor('the repair to be on record', async () => (await ran(id))[1]);
  expect(repair.statement).toBe((await ran(id))[0]?.statement);
  expect(repair.statement).toBe(planned.statements[0]?.sql);
  const drift = await waitFor('the findings', async () => {
    const { body } = await people.appadmin.call(listDrift, { params: { connectionKey: 'road' } });
    return body.data.length > 0 && body.data;
  });
  const ways = drift.filter(({ finding, principal }) => finding === 'bypass' && principal === login.username);
  expect(ways.map(({ object }) => object).toSorted()).toEqual(
    [firstTable(), unopened].map(({ schema, name }) => `${platform.database}.${schema}.${name}`).toSorted(),
  );
  const told = await people.consumer.call(explainAccess, {
    query: { user: people.consumer.globalUserId, sourceId: String(registered.sources[4]?.id) },
  });
  expect(told.body).toMatchObject({ effective: 'NONE', bypass: [`SELECT held by ${login.username}`] });
  for (const table of [firstTable(), unopened])
    await platform.superuser.query(`revoke select on ${table.schema}.${table.name} from "${login.username}"`);
  await platform.superuser.query(`revoke usage on schema ${unopened.schema} from "${login.username}"`);
  await people.governor.call(revokeAccess, { params: { id: product.id, requestId: id } });
  await settled(id, 'REMOVED');
});

test('a membership that is given again in our name after it ended is taken away, and told as drift', async () => {
  const id = await ask(people.consumer);
  await approve(id);
  await settled(id, 'ACTIVE');
  const { rows } = await platform.superuser.query<{ role: string }>(
    `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles c on c.oid = m.member where c.rolname = $1 and r.rolname like 'stoa\\_dp\\_%'`,
    [login.username],
  );
  const role = rows[0]?.role;
  await people.governor.call(revokeAccess, { params: { id: product.id, requestId: id } });
  await settled(id, 'REMOVED');
  await waitForKeys(server.deps.db);
  await platform.superuser.query(`grant "${role}" to "${login.username}" granted by "${platform.connector.username}"`);
  expect((await dryRun()).statements).toMatchObject([{ effect: 'takes', sql: expect.stringContaining('REVOKE') }]);
  await enqueueSweeps(server.deps);
  await waitFor('the membership to be gone', async () => {
    const { rows: held } = await platform.superuser.query(
      `select pg_has_role('${login.username}', '${role}', 'member') as held`,
    );
    return held[0]?.held === false;
  });
  await waitForKeys(server.deps.db);
  const found = await sql`select closed_how from drift_finding
    where finding = 'unknown_member' and object = ${role} and principal = ${login.username}`.execute(server.deps.db);
  expect(found.rows).toEqual([{ closed_how: 'healed' }]);
  const told =
    await sql`select from audit_event where action = 'DriftFound' and payload ->> 'finding' = 'unknown_member'
    and payload ->> 'principal' = ${login.username}`.execute(server.deps.db);
  expect(told.rows).toHaveLength(1);
});

test('suspending a product, and disabling a person, take the access away and give it back', async () => {
  const id = await ask(people.consumer);
  await approve(id);
  await settled(id, 'ACTIVE');
  await people.governor.call(updateDataProduct, { params: { id: product.id }, body: { suspended: true } });
  await waitFor('the refusal', async () => (await platform.readAs(login, firstTable())) === '42501');
  await people.governor.call(updateDataProduct, { params: { id: product.id }, body: { suspended: false } });
  await waitFor('the rows', async () => (await platform.readAs(login, firstTable())) === 'rows');
  await people.useradmin.call(updateUser, {
    params: { globalUserId: people.consumer.globalUserId },
    body: { status: 'disabled' },
  });
  await waitFor('the refusal', async () => (await platform.readAs(login, firstTable())) === '42501');
  await people.useradmin.call(updateUser, {
    params: { globalUserId: people.consumer.globalUserId },
    body: { status: 'active' },
  });
  await waitFor('the rows', async () => (await platform.readAs(login, firstTable())) === 'rows');
});

test('who is called otherwise is another login on the platform: the former one is refused, also when nobody has the new name yet', async () => {
  const [first, second] = [await platform.addLogin('before'), await platform.addLogin('after')];
  const person = await server.person({ username: first.username });
  const rename = (username: string) =>
    people.useradmin.call(updateUser, { params: { globalUserId: person.globalUserId }, body: { username } });
  const id = await ask(person);
  await approve(id);
  await settled(id, 'ACTIVE');
  expect(await platform.readAs(first, firstTable())).toBe('rows');

  expect((await rename(second.username)).status).toBe(200);
  await waitFor('the refusal', async () => (await platform.readAs(first, firstTable())) === '42501');
  await waitFor('the rows', async () => (await platform.readAs(second, firstTable())) === 'rows');
  const namesake = await server.person({ username: first.username });
  await settled(id, 'ACTIVE');

  expect((await rename(`${second.username}_nobody`)).status).toBe(200);
  await waitFor('the refusal', async () => (await platform.readAs(second, firstTable())) === '42501');
  await settled(id, 'AWAITING_IDENTITY');
  // The name is free for whoever bears it now.
  const theirs = await ask(namesake);
  await approve(theirs);
  await settled(theirs, 'ACTIVE');
  expect(await platform.readAs(first, firstTable())).toBe('rows');
});

test('an approval waits for a login that does not exist yet, and proceeds by itself', async () => {
  const name = `${login.username}_later`;
  const late = await server.person({ username: name });
  const id = await ask(late);
  await approve(id);
  await settled(id, 'AWAITING_IDENTITY');
  const made = await platform.addLogin(name.replace(/_[0-9a-f]{8}_later$/, '_later_x'));
  await platform.superuser.query(`alter role "${made.username}" rename to "${name}"`);
  await platform.superuser.query(`alter role "${name}" password '${made.password}'`);
  await settled(id, 'ACTIVE');
  expect(await platform.readAs({ username: name, password: made.password }, firstTable())).toBe('rows');
  await platform.superuser.query(`drop owned by "${name}"`);
});

test('thousands approved at one moment are all granted, recorded and told', async () => {
  const { db } = server.deps;
  const count = 5_000;
  const prefix = `${login.username}_crowd_`;
  const crowd = await publish(people.governor, registered, {
    name: 'Crowd product',
    sourceIds: registered.sources.slice(0, 1).map((s) => s.id),
  });
  const template = await ask(people.governor, crowd.id);
  await platform.superuser.query(`do $$ begin
    create role "${prefix}all";
    execute format('grant connect on database %I to "${prefix}all"', current_database());
    for i in 1..${count} loop execute format('create role %I login in role "${prefix}all"', '${prefix}' || i); end loop; end $$`);
  try {
    const { rows: roles } = await platform.superuser.query<{ name: string; id: string }>(
      `select rolname as name, oid::text as id from pg_roles where starts_with(rolname, $1) and rolcanlogin`,
      [prefix],
    );
    await db.transaction().execute(async (tx) => {
      await sql`with person as (
          insert into app_user (global_user_id, person_id, username, name, email)
          select id, id, name, name, name || '@example.com' from (
            select gen_random_uuid() as id, n as name from unnest(${roles.map((r) => r.name)}::text[]) n) w returning global_user_id, username
        ), known as (
          insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, verified_at)
          select c.connection_id, p.global_user_id, r.name, r.id, 'fallback', now()
          from unnest(${roles.map((r) => r.name)}::text[], ${roles.map((r) => r.id)}::text[]) r (name, id)
          join person p on p.username = r.name cross join container c where c.target_id = ${crowd.id}
        ), asked as (
          insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version, form, flow, event, decided_at)
          select 'c' || left(md5(p.username) || '00000000', 24), r.type, 'APPROVED', p.global_user_id, p.global_user_id, r.data_product_id,
            r.request_form_id, r.form_version, r.form, r.flow, r.event, now()
          from access_request r cross join person p where r.id = ${template}
        )
        insert into provisioning_key (connection_id, target_id, global_user_id, cause)
        select c.connection_id, c.target_id, p.global_user_id, 'determination' from container c cross join person p where c.target_id = ${crowd.id}`.execute(
        tx,
      );
    });
    const counts = async () =>
      (
        await sql<{ active: number; told: number }>`
          select (select count(*)::int from membership_status where target_id = ${crowd.id} and state = 'ACTIVE') as active,
            (select count(*)::int from event where target_id = ${crowd.id} and data ->> 'provisioning' = 'ACTIVE') as told`.execute(
          db,
        )
      ).rows[0];
    await waitFor('all of them', async () => (await counts())?.active === count, 150);
    expect(await counts()).toEqual({ active: count, told: count });
  } finally {
    await platform.superuser.query(`do $$ begin
      for i in 1..${count} loop execute format('drop role %I', '${prefix}' || i); end loop;
      drop owned by "${prefix}all";
      drop role "${prefix}all"; end $$`);
  }
}, 240_000);
