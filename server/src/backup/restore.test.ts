import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { listRestoreFindings } from '@stoa/contract/restore';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countsThatDiffer } from '../features/data-product/recount.fixture.ts';
import { toRootKey } from '../secrets/root-key.ts';
import { Secret } from '../secrets/secrets.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type BuiltCommand, buildCommand } from '../testing/built-command.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { connectionString, createDatabase, dropDatabase } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';
import { until } from '../testing/until.ts';
import { inspectBackup, restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

const migrationsFolder = join(import.meta.dirname, '../../migrations');
const rootKey = Buffer.alloc(32, 7);
let command: BuiltCommand;
let url: string;
let folder: string;
let file: string;
let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let governor: TestPerson;
let appadmin: TestPerson;
const logins: { username: string; password: string }[] = [];
const people: TestPerson[] = [];

beforeAll(async () => {
  command = await buildCommand('restore', { withFailPoints: true });
  folder = mkdtempSync(join(tmpdir(), 'stoa-backup-'));
  file = join(folder, 'stoa.backup');
  url = await createDatabase();
  server = await startTestServer({ databaseUrl: url });
  platform = await makeLivePlatform(connectionString('postgres'));
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN', 'AUDIT'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  for (const name of ['anna', 'boris', 'mira']) {
    const login = await platform.addLogin(name);
    logins.push(login);
    people.push(await server.person({ username: login.username }));
  }
  registered = await registerPlatform(platform, { appadmin, governor }, 'kept');
});
afterAll(async () => {
  await server.stop();
  await platform.drop();
  await dropDatabase(url);
  rmSync(folder, { recursive: true });
});

const table = (at: number) => {
  const [, schema = '', name = ''] = registered.sources[at]?.path ?? [];
  return { schema, name };
};
const answers = async () => {
  const { rows } = await sql<{ fields: { id: string }[] }>`select v.fields from request_form f
    join request_form_version v on v.version = f.current_version where f.is_standard`.execute(server.deps.db);
  return (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'report' }));
};
const ask = async (person: TestPerson, productId: string) => {
  const body = { user: person.globalUserId, form: { answers: await answers() } };
  const answer = await person.call(requestAccess, { params: { id: productId }, body });
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const letIn = async (person: TestPerson, productId: string) => {
  const id = await ask(person, productId);
  await governor.call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'needed here' } });
  await waitFor(`${id} to be ACTIVE`, async () => {
    const { body } = await governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === 'ACTIVE' && body;
  });
  return id;
};
const reads = (at: number, source: number) =>
  platform.readAs(logins[at] ?? { username: '', password: '' }, table(source));
const settled = (at: number, source: number, wanted: (seen: string) => boolean) =>
  waitFor(`login ${at} on source ${source}`, async () => wanted(await reads(at, source)));

/** The command as a process of its own, as the operator's shell would start it. */
const run = (args: string[], more: Record<string, string> = {}) =>
  command(args, {
    DATABASE_URL: url,
    STOA_SECRET_KEY: rootKey.toString('base64'),
    STOA_ALLOW_UNSAFE_DATABASE: 'on',
    ...more,
  });

test('after a restore the access of the backup is back, and what was granted later is listed and taken away', async () => {
  const product = await publish(governor, registered, { name: 'Kept', sourceIds: [registered.sources[0]?.id ?? 0] });
  const first = await letIn(people[0] as TestPerson, product.id);
  expect(await reads(0, 0)).not.toBe('42501');
  // Written to all the while: what the backup holds is of one moment.
  let isTaken = false;
  const load = (async () => {
    while (!isTaken)
      await sql`with a as (insert into setting (name, value) values ('load', '{"n": 1}') on conflict (name)
        do update set value = jsonb_build_object('n', (setting.value ->> 'n')::int + 1) returning value)
        insert into audit_event (id, action, actor, actor_id, target_type, targets, payload, request_id)
        select gen_random_uuid(), 'Load', '{}', 'load', 'LOAD', '[]', value, 'load' from a`.execute(server.deps.db);
  })();
  const taken = await takeBackup(url, { file });
  isTaken = true;
  await load;
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(taken.tables).toBeGreaterThan(50);

  await letIn(people[1] as TestPerson, product.id);
  const late = await publish(governor, registered, { name: 'Late', sourceIds: [registered.sources[1]?.id ?? 0] });
  await letIn(people[2] as TestPerson, late.id);
  await governor.call(revokeAccess, { params: { id: product.id, requestId: first } });
  await settled(0, 0, (seen) => seen === '42501');

  const running = await run(['restore', file, '--replace']);
  expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining('somebody is on this database ("stoa') });
  await server.stop();
  expect(await run(['restore', file])).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
  const wrong = await run(['restore', file, '--replace'], {
    STOA_SECRET_KEY: Buffer.alloc(32, 8).toString('base64'),
  });
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/sealed with root key \w+, and the root key given here is/),
  });

  const restored = await run(['restore', file, '--replace']);
  expect(restored.stderr).toContain('Start Stoa now');
  const lines = restored.stdout.split('\n');
  const [anna = '', boris = '', mira = ''] = logins.map((login) => login.username);
  expect(lines.find((line) => line.startsWith('missing: kept: "Kept"') && line.includes(anna))).toBeDefined();
  expect(
    lines.find((line) => line.startsWith('beyond the backup: kept: "Kept"') && line.includes(boris)),
  ).toBeDefined();
  expect(lines.find((line) => line.startsWith('beyond the backup: kept') && line.includes(mira))).toBeDefined();

  server = await startTestServer({ databaseUrl: url });
  await settled(0, 0, (seen) => seen !== '42501');
  await settled(1, 0, (seen) => seen === '42501');
  await settled(2, 1, (seen) => seen === '42501');
  const { rows } = await sql<{ value: number; events: number }>`select (value ->> 'n')::int as value,
    (select count(*)::int from audit_event where action = 'Load') as events from setting where name = 'load'`.execute(
    server.deps.db,
  );
  expect(rows[0]?.events ?? 0).toBe(rows[0]?.value ?? 0);
  expect(await countsThatDiffer(server.deps.db)).toEqual([]);
  const again = callerOf(server.url, appadmin.token);
  const { body: shown } = await again.call(listRestoreFindings, { query: { kind: ['beyond'], searchText: mira } });
  expect(shown.data).toMatchObject([{ kind: 'beyond', principal: mira, connectionKey: 'kept' }]);
  expect((await callerOf(server.url, governor.token).call(listRestoreFindings)).status).toBe(403);
  expect((await again.call(getAccessRequestProvisioning, { params: { id: first } })).status).toBe(200);
}, 300_000);

test('a file that is foreign, cut off, changed by a bit or of a newer Stoa changes nothing', async () => {
  const target = await createDatabase();
  const whole = readFileSync(file);
  const spoiled = join(folder, 'spoiled.backup');
  const restore = (content: Buffer) => {
    writeFileSync(spoiled, content);
    const asked = { file: spoiled, migrationsFolder, isReplacing: false, rootKeyId: toRootKey(rootKey, 'test').id };
    return restoreBackup(target, asked);
  };
  await expect(restore(Buffer.from('-- PostgreSQL database dump'))).rejects.toThrow('is no backup of Stoa');
  for (const length of [20, 1_000, whole.length - 40, whole.length - 1])
    await expect(restore(whole.subarray(0, length))).rejects.toThrow(/damaged|cut off/);
  for (const at of [30, Math.floor(whole.length / 2), whole.length - 50]) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(restore(changed)).rejects.toThrow(/damaged|cut off|changed|unknown kind/);
  }
  const client = new pg.Client(target);
  await client.connect();
  expect((await client.query(`select from pg_class where relnamespace = 'public'::regnamespace`)).rowCount).toBe(0);
  await client.query('create table theirs (id integer)');
  await client.end();
  await expect(restore(whole)).rejects.toThrow('something that is not Stoa');
  expect((await inspectBackup(file)).header.rootKey).toBeUndefined();
  await dropDatabase(target);
});

test('a restore that fails half-way, or that somebody comes to, leaves the database as it was', async () => {
  const target = await createDatabase();
  const asked = { file, migrationsFolder, isReplacing: true, rootKeyId: toRootKey(rootKey, 'test').id };
  await restoreBackup(target, asked);
  const onTarget = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: target, application_name: 'a report' });
    await client.connect();
    return work(client).finally(() => client.end());
  };
  const isMine = () =>
    onTarget(async (client) => (await client.query(`select from setting where name = 'mine'`)).rowCount);
  await onTarget((client) => client.query(`insert into setting (name, value) values ('mine', '{}')`));
  const watcher = new pg.Client(connectionString('postgres'));
  await watcher.connect();
  const coming = until(async () => {
    const { rowCount } = await watcher.query(
      `select from pg_stat_activity where datname = $1 and application_name = 'restore of stoa' and backend_xid is not null`,
      [new URL(target).pathname.slice(1)],
    );
    return rowCount === 1 ? true : undefined;
  }).finally(() => watcher.end());
  const disturbed = restoreBackup(target, asked).then(
    () => 'restored',
    (error: unknown) => String(error),
  );
  await coming;
  await onTarget(async () =>
    expect(await disturbed).toMatch(/somebody is on this database \("a report" of \w+, pid \d+/),
  );
  expect(await isMine()).toBe(1);
  await onTarget(async (client) => {
    await client.query(`create schema trap; create function trap.refuse() returns event_trigger language plpgsql as $$ begin
      if tg_tag = 'ALTER TABLE' and current_query() like '%add constraint%' then raise exception 'killed'; end if; end $$`);
    await client.query('create event trigger refuse on ddl_command_start execute function trap.refuse()');
  });
  await expect(restoreBackup(target, asked)).rejects.toThrow('killed');
  expect(await isMine()).toBe(1);
  await dropDatabase(target);
});

test('a restore that is killed after its commit is recorded by the next start; a platform whose login does not open holds up no other', async () => {
  const { db, secrets } = server.deps;
  const addLike = async (key: string, secretOf: (id: string) => string | null) => {
    const id = randomUUID();
    const changed = JSON.stringify({ id, connection_key: key, name: key });
    await sql`insert into connection select (jsonb_populate_record(null::connection, to_jsonb(c) || ${changed}::jsonb
      || jsonb_build_object('secret', coalesce(${secretOf(id)}::text, c.secret)))).*
      from connection c where connection_key = 'kept'`.execute(db);
  };
  await addLike('damaged', () => null);
  await addLike('garbled', (rowId) =>
    secrets.seal({ table: 'connection', rowId, column: 'secret' }, new Secret('hunter2 is no JSON')),
  );
  const later = join(folder, 'later.backup');
  await takeBackup(url, { file: later });
  await server.stop();
  const killed = await run(['restore', later, '--replace'], { FAILPOINT: 'restore.afterCommit:kill' });
  expect(killed.signal).toBe('SIGKILL');
  server = await startTestServer({ databaseUrl: url });
  const recorded = async () => {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ seen: string[]; audits: number }>(`select
      (select array_agg(connection_key || ' ' || detail order by connection_key) from restore_finding where restore_id = r.id) as seen,
      (select count(*)::int from audit_event where action = 'BackupRestored' and payload ->> 'restoreId' = r.id::text) as audits
      from restore r order by restored_at desc limit 1`);
    await client.end();
    return rows[0];
  };
  const unseen = 'the restore ended before it was looked at';
  expect(await recorded()).toMatchObject({
    seen: ['damaged', 'garbled', 'kept'].map((key) => `${key} ${unseen}`),
    audits: 1,
  });
  await server.stop();
  const cut = await run(['restore', later, '--replace'], { FAILPOINT: 'restore.looked#2:kill' });
  expect(cut.signal).toBe('SIGKILL');
  const looked = [
    expect.stringMatching(/^damaged a stored secret/),
    expect.stringMatching(/^garbled a stored secret cannot be read/),
  ];
  expect(await recorded()).toMatchObject({ seen: [...looked, `kept ${unseen}`], audits: 1 });
  const whole = await run(['restore', later, '--replace']);
  expect(whole).toMatchObject({ code: 0, stderr: expect.stringContaining('Start Stoa now') });
  expect(whole.stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^not asked: damaged: a stored secret of connection \S+ does not open/),
    'not asked: garbled: a stored secret cannot be read: it is not in the form in which it was written',
  ]);
  server = await startTestServer({ databaseUrl: url });
  expect(await recorded()).toMatchObject({ seen: looked, audits: 1 });
}, 300_000);
