import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  determineAccessRequest,
  getAccessRequestById,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { determineAccessRequests } from '@stoa/contract/bulk-determination';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationRole, type Db, openDatabase, openPool } from '../db/pool.ts';
import { createLog } from '../log.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { ChildServer } from '../testing/child-server.ts';
import { applyingPoints, committingPoints, decidingPoints } from '../testing/fail-points.ts';
import { buildWithFailPoints, type FailingServer, failingServer } from '../testing/failing-server.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { connectionString, createDatabase, dropDatabase } from '../testing/postgres.ts';
import { publish, registerPlatform, waitFor } from '../testing/register-platform.ts';

const after = [...committingPoints, ...applyingPoints];

/** Revoking passes the same points as giving: these at every change, all of them in the nightly run (`kill-matrix`). */
const revoking = [
  'decision.afterCommit',
  'reconcile.claimed',
  'apply.afterStatement',
  'apply.afterCommit',
  'record.beforeMark',
];

/** The second decision that commits is of those that came while the first was written. */
const together = ['decision.beforeCommit#2', 'decision.afterCommit#2'];
const atOnce = 5;
/** Decided in one call, of which the second kills the server. */
const inBulk = ['bulk 0', 'bulk 1', 'bulk 2'];
/** Approved before, so that those are at low risk. */
const before = Array.from({ length: 6 }, (_, n) => `before ${n}`);
const namesOf = (point: string): string[] => Array.from({ length: atOnce }, (_, n) => `${point} ${n}`);

const root = join(import.meta.dirname, '../../..');
let dataDir: string;
let databaseUrl: string;
let platform: LivePlatform;
let db: Db;
let failing: FailingServer;
let governor: TestPerson;
let product: { id: string };
let schema: { schema: string; name: string };
const cases = new Map<string, { login: PlatformLogin; person: TestPerson; requestId: string }>();

async function prepare(server: TestServer): Promise<void> {
  const appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  const registered = await registerPlatform(platform, { appadmin, governor }, 'kill');
  product = await publish(governor, registered, {
    name: 'Kill product',
    sourceIds: registered.sources.slice(0, 2).map((s) => s.id),
  });
  schema = { schema: registered.sources[0]?.path[1] ?? '', name: registered.sources[0]?.path[2] ?? '' };
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const {
    rows: [group],
  } = await sql<{ id: number }>`insert into user_group (name) values ('Readers') returning id`.execute(server.deps.db);
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'because' }));
  for (const point of [...decidingPoints, ...after, ...together.flatMap(namesOf), ...inBulk, ...before]) {
    const login = await platform.addLogin(point.replace(/\W/g, '_').toLowerCase());
    const person = await server.person({ username: login.username });
    const asked = await person.call(requestAccess, {
      params: { id: product.id },
      body: { user: person.globalUserId, form: { answers } },
    });
    cases.set(point, { login, person, requestId: asked.body.id });
    // What those who were approved and the others have in common.
    await sql`insert into group_member (group_id, global_user_id) values (${group?.id}, ${person.globalUserId})`.execute(
      server.deps.db,
    );
  }
  for (const name of before) await determine(server, cases.get(name)?.requestId ?? '');
}

beforeAll(async () => {
  await buildWithFailPoints();
  dataDir = mkdtempSync(join(tmpdir(), 'stoa-kill-'));
  databaseUrl = await createDatabase();
  platform = await makeLivePlatform(connectionString('postgres'));
  const server = await startTestServer({ databaseUrl, dataDir });
  await prepare(server);
  await server.stop();
  failing = failingServer({ databaseUrl, dataDir });
  db = openDatabase(openPool({ url: databaseUrl, max: 2, log: createLog('silent'), role: applicationRole }));
}, 240_000);

afterAll(async () => {
  await db?.destroy();
  await platform?.drop();
  await dropDatabase(databaseUrl);
  rmSync(dataDir, { recursive: true, force: true });
});

const start: FailingServer['start'] = (more) => failing.start(more);
const actAndDie: FailingServer['actAndDie'] = (point, act) => failing.actAndDie(point, act);

const determine = (server: Pick<ChildServer, 'url'>, id: string) =>
  callerOf(server.url, governor.token).call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed' },
  });
const revoke = (server: ChildServer, id: string) =>
  callerOf(server.url, governor.token).call(revokeAccess, { params: { id: product.id, requestId: id } });
const settled = (server: ChildServer, id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => {
    const { body } = await callerOf(server.url, governor.token).call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state && body;
  });

/** I4, I5, I6: one outcome, its records, its audit, and nothing left waiting; a sweep, which changes no fact, may begin at any time. */
async function expectOneOutcome(id: string): Promise<void> {
  const { rows } = await sql<{ determinations: number; audits: number; open: number; keys: number }>`
    select (select count(*) from determination where access_request_id = ${id})::int as determinations,
      (select count(*) from audit_event where action = 'ApprovalRecordDecided' and targets::text like ${`%${id}%`})::int as audits,
      (select count(*) from approval_record where access_request_id = ${id} and status <> 'APPROVED')::int as open,
      (select count(*) from provisioning_key where cause <> 'sweep')::int as keys`.execute(db);
  expect(rows[0]).toEqual({ determinations: 1, audits: 1, open: 0, keys: 0 });
}

/** I9: whenever it died, what was run on the platform for this login is told, at least as something of which no more is known. */
async function expectStatementTold(kind: 'GRANT' | 'REVOKE', login: PlatformLogin): Promise<void> {
  const { rows } = await sql<{ result: string }>`select payload ->> 'result' as result from audit_event
    where action = 'ProvisioningStatementExecuted' and payload ->> 'statement' like ${`${kind} %"${login.username}"%`}`.execute(
    db,
  );
  expect(rows.map((row) => row.result)).toEqual(expect.arrayContaining([expect.stringMatching(/^(done|unknown)$/)]));
  const left = await db.selectFrom('statement_intent').select('run_id').execute();
  expect(left).toEqual([]);
}

const keysDone = () =>
  waitFor(
    'the keys to be done',
    async () => (await db.selectFrom('provisioning_key').select('id').execute()).length === 0,
  );

describe('killed while it approves', () => {
  for (const point of [...decidingPoints, ...after]) {
    test(`at ${point}: nothing acknowledged is lost, and the consumer reads once it runs again`, async () => {
      const known = cases.get(point);
      if (!known) throw new Error('no such case');
      const answered = await actAndDie(point, (server) => determine(server, known.requestId));
      const server = await start();
      try {
        const { body } = await callerOf(server.url, governor.token).call(getAccessRequestById, {
          params: { id: known.requestId },
        });
        if (answered === 200) expect(body.status).toBe('APPROVED');
        if (body.status === 'PENDING') expect((await determine(server, known.requestId)).status).toBe(200);
        await settled(server, known.requestId, 'ACTIVE');
        expect(await platform.readAs(known.login, schema)).toBe('rows');
        await keysDone();
        await expectOneOutcome(known.requestId);
        await expectStatementTold('GRANT', known.login);
      } finally {
        await server.kill();
      }
    }, 180_000);
  }
});

describe('killed while it writes several decisions together', () => {
  for (const point of together) {
    test(`at ${point}: each has one outcome, and those that were answered are kept`, async () => {
      const known = namesOf(point).flatMap((name) => cases.get(name) ?? []);
      const answered: string[] = [];
      await actAndDie(point, async (server) => {
        const act = ({ requestId }: { requestId: string }) =>
          determine(server, requestId).then(({ status }) => status === 200 && answered.push(requestId));
        await Promise.allSettled(known.map(act));
        return { status: 0 };
      });
      const server = await start();
      try {
        const pending: string[] = [];
        for (const { requestId } of known) {
          const read = { params: { id: requestId } };
          const { body } = await callerOf(server.url, governor.token).call(getAccessRequestById, read);
          if (body.status !== 'APPROVED') pending.push(requestId);
        }
        expect(pending.filter((id) => answered.includes(id))).toEqual([]);
        // Before the commit the first alone was written; after it, whatever was gathered behind it as well.
        const isBefore = point.includes('before');
        expect(known.length - pending.length).toBeGreaterThanOrEqual(isBefore ? 1 : 2);
        if (isBefore) expect(pending.length).toBeGreaterThan(0);
        for (const id of pending) expect((await determine(server, id)).status).toBe(200);
        for (const { requestId, login } of known) {
          await settled(server, requestId, 'ACTIVE');
          expect(await platform.readAs(login, schema)).toBe('rows');
        }
        await keysDone();
        for (const { requestId } of known) await expectOneOutcome(requestId);
      } finally {
        await server.kill();
      }
    }, 180_000);
  }
});

test('killed in the middle of a call that decides several: a repeat with its key decides the rest, and none twice', async () => {
  const known = inBulk.flatMap((name) => cases.get(name) ?? []);
  const decideAll = (server: ChildServer) =>
    callerOf(server.url, governor.token).call(determineAccessRequests, {
      body: { status: 'APPROVED', reason: 'needed', accessRequests: known.map(({ requestId: id }) => ({ id })) },
      headers: { 'idempotency-key': 'in bulk' },
    });
  await actAndDie('decision.beforeCommit#2', decideAll);
  const decided = async () =>
    (
      await sql<{
        id: string;
      }>`select access_request_id as id from determination where access_request_id = any(${known.map((one) => one.requestId)})`.execute(
        db,
      )
    ).rows.map(({ id }) => id);
  expect(await decided()).toEqual([known[0]?.requestId]);
  const server = await start();
  try {
    expect(await decideAll(server)).toMatchObject({ status: 409, body: { code: 'idempotency.in_progress' } });
    await sql`update idempotency_key set created_at = created_at - interval '3 minutes' where key = 'in bulk'`.execute(
      db,
    );
    const { body } = await decideAll(server);
    expect(body.results.map(({ outcome }) => outcome)).toEqual(known.map(() => 'DECIDED'));
    for (const { requestId } of known) await settled(server, requestId, 'ACTIVE');
    await keysDone();
    for (const { requestId } of known) await expectOneOutcome(requestId);
  } finally {
    await server.kill();
  }
}, 60_000);

describe('killed while it revokes', () => {
  for (const point of revoking) {
    test(`at ${point}: the access is gone once it runs again`, async () => {
      const known = cases.get(point);
      if (!known) throw new Error('no such case');
      const answered = await actAndDie(point, (server) => revoke(server, known.requestId));
      const server = await start();
      try {
        const { body } = await callerOf(server.url, governor.token).call(getAccessRequestById, {
          params: { id: known.requestId },
        });
        if (answered === 204) expect(body.status).toBe('REVOKED');
        if (body.status === 'APPROVED') expect((await revoke(server, known.requestId)).status).toBe(204);
        await settled(server, known.requestId, 'REMOVED');
        expect(await platform.readAs(known.login, schema)).toBe('42501');
        await keysDone();
        await expectStatementTold('REVOKE', known.login);
      } finally {
        await server.kill();
      }
    }, 180_000);
  }
});

test('the build that people run holds no fail-point', async () => {
  const { buildServer } = (await import(join(root, 'scripts/build.mjs'))) as {
    buildServer: (options: object) => Promise<boolean>;
  };
  const outdir = 'server/dist/without-fail-points';
  expect(await buildServer({ outdir })).toBe(true);
  const { readFileSync } = await import('node:fs');
  const bundle = readFileSync(join(root, outdir, 'main.js'), 'utf8');
  for (const point of [...decidingPoints, ...after.filter((name) => !name.startsWith('apply.'))])
    expect(bundle).not.toContain(`'${point}'`);
  const masks = ['masks.planned', 'masks.beforeRecord'];
  for (const point of [...decidingPoints, ...after, ...masks]) expect(bundle).not.toContain(`"${point}"`);
  for (const setting of ['FAILPOINT', 'STOA_WITHOUT']) expect(bundle).not.toContain(setting);
});
