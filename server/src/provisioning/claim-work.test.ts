import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { makeContainer } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { claimWork, holdsFence, putOffSweeps, scopeOf } from './claim-work.ts';
import type { KeyCause } from './enqueue-keys.ts';

let server: TestServer;
let connectionId: string;
const targetId = newUuid();
beforeAll(async () => {
  server = await startTestServer();
  connectionId = await makeContainer(server, targetId);
});
afterAll(() => server.stop());
beforeEach(() => sql`delete from provisioning_key`.execute(server.deps.db));

const enqueue = (cause: KeyCause, about: { target?: string; user?: string; secondsAgo?: number } = {}) =>
  sql`insert into provisioning_key (connection_id, target_id, global_user_id, cause, enqueued_at) values (${connectionId},
    ${about.target ?? null}, ${about.user ?? null}, ${cause}, now() - make_interval(secs => ${about.secondsAgo ?? 0}))`.execute(
    server.deps.db,
  );
const approval = () => enqueue('determination', { target: targetId, user: newUuid() });
const claim = async () => {
  const work = await claimWork(server.deps.db, connectionId, server.deps.replicaId);
  if (work === undefined) throw new Error('the connection is held by another');
  return { ...work, scope: scopeOf(work.keys).kind, causes: work.keys.map((key) => key.cause) };
};

test('a sweep gives way to decisions, and is not lost', async () => {
  await enqueue('sweep');
  await approval();
  expect(await claim()).toMatchObject({ scope: 'keys', causes: ['determination'] });
  await sql`delete from provisioning_key where cause <> 'sweep'`.execute(server.deps.db);
  expect(await claim()).toMatchObject({ scope: 'all', causes: ['sweep'] });
});

test('it gives way for a while only, and goes along with whatever needs a look at the whole', async () => {
  await enqueue('sweep', { secondsAgo: 11 });
  await approval();
  const { keys, ...late } = await claim();
  expect(late).toMatchObject({ scope: 'all', causes: ['sweep', 'determination'] });
  const asked = () => sql`select enqueued_at from provisioning_key where cause = 'sweep'`.execute(server.deps.db);
  const { rows: before } = await asked();
  await putOffSweeps(server.deps.db, keys);
  // What a repeated run told of is known by when it was asked for.
  expect((await asked()).rows).toEqual(before);
  expect(await claim()).toMatchObject({ scope: 'keys', causes: ['determination'] });
  await enqueue('policy');
  expect(await claim()).toMatchObject({ scope: 'all', causes: ['sweep', 'determination', 'policy'] });
});

test('a sweep of a container gives way to decisions on it, and keeps none from being granted', async () => {
  const { db, replicaId } = server.deps;
  await enqueue('sweep', { target: targetId });
  await approval();
  expect(await claim()).toMatchObject({ causes: ['determination'] });
  const work = await claimWork(db, connectionId, replicaId);
  if (work === undefined) throw new Error('the connection is held by another');
  const run = { ...work, connectionId, replicaId, runId: newUuid(), scope: scopeOf(work.keys) };
  const holds = () => holdsFence(db, { ...run, targetIds: [targetId], statements: [] });
  await sql`update connection set state = 'active' where id = ${connectionId}`.execute(db);
  expect(await holds()).toBe(true);
  await enqueue('suspension', { target: targetId });
  expect(await holds()).toBe(false);
});
