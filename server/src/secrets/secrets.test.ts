import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { listDataKeys, rotateDataKeys } from '@stoa/contract/data-key';
import { searchAudit } from '@stoa/contract/audit';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { carryOnRotation, findRotation } from '../features/data-key/rotate-keys.ts';
import { addWebhook } from '../features/webhook/webhooks.fixture.ts';
import { startTestServer, type TestPerson, type TestServer } from '../testing/app.ts';
import { until } from '../testing/until.ts';
import { isRotationOpen, beginRotation, finishRotation } from './rotate.ts';
import { rewrapKeys } from './rewrap.ts';
import { loadRootKey, toRootKey } from './root-key.ts';
import { deriveKey, sealBytes } from './seal.ts';
import { Secret } from './secrets.ts';

let server: TestServer;
let admin: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'keeper', permissions: ['APPLICATION_ADMIN', 'AUDIT'] });
});
afterAll(() => server.stop());

const placeOf = (rowId: string) => ({ table: 'webhook', rowId, column: 'secret' }) as const;
const storedSecret = async (id: string): Promise<string> => {
  const { rows } = await sql<{ secret: string }>`select secret from webhook where id = ${id}`.execute(server.deps.db);
  return rows[0]?.secret ?? '';
};
/** As secrets were sealed before there were data keys. */
const inFirstForm = (rowId: string, text: string) =>
  `k1.${sealBytes(deriveKey(Buffer.alloc(32, 7), 'stoa/webhook.secret'), ['k1', 'webhook', rowId, 'secret'], Buffer.from(text))}`;
const rotated = async (taskId: string) => {
  await until(async () =>
    (await admin.call(getTask, { params: { taskId } })).body.status === 'SUCCEEDED' ? true : undefined,
  );
};

test('T25: a ciphertext that was moved to another row, or changed, does not open and is told in the audit', async () => {
  const [one, other] = [await addWebhook(server.deps), await addWebhook(server.deps)];
  const sealed = await storedSecret(one);
  expect(sealed).toMatch(/^k2\.dk_/);
  expect(server.deps.secrets.open(placeOf(one), sealed)).toBeInstanceOf(Secret);
  expect(() => server.deps.secrets.open(placeOf(other), sealed)).toThrow('does not open');
  const body = sealed.slice(0, -4) + (sealed.endsWith('AAA=') ? 'BBB=' : 'AAA=');
  expect(() => server.deps.secrets.open(placeOf(one), body)).toThrow('does not open');
  await until(async () => {
    const { body: page } = await admin.call(searchAudit, { query: { limit: 50, action: ['SecretRejected'] } });
    const ids = JSON.stringify(page);
    return ids.includes(one) && ids.includes(other) ? true : undefined;
  });
});

test('a secret is never stored under a data key that has retired', async () => {
  const id = await addWebhook(server.deps);
  const foreign = (await storedSecret(id)).replace(/^k2\.[^.]+/, 'k2.dk_gone');
  await expect(sql`update webhook set secret = ${foreign} where id = ${id}`.execute(server.deps.db)).rejects.toThrow(
    'not in use any more',
  );
});

test('only an application admin sees and rotates the keys', async () => {
  const plain = await server.person({ username: 'plain' });
  expect((await plain.call(listDataKeys)).status).toBe(403);
  expect((await plain.call(rotateDataKeys)).status).toBe(403);
  expect((await server.nobody.call(rotateDataKeys)).status).toBe(401);
});

test('a rotation on two replicas fails no reader and no writer, and the former key retires', async () => {
  const second = await startTestServer({ databaseUrl: server.databaseUrl });
  const ids = await Promise.all(Array.from({ length: 40 }, () => addWebhook(server.deps)));
  const before = (await admin.call(listDataKeys)).body.kinds.find((kind) => kind.kind === 'webhook.secret');
  const former = before?.keys.find((key) => key.state === 'active');
  expect(former?.secrets).toBeGreaterThanOrEqual(40);
  let isOver = false;
  const failures: unknown[] = [];
  let opened = 0;
  const reader = async (at: TestServer) => {
    for (let n = 0; !isOver; n += 1) {
      const id = ids[n % ids.length] ?? '';
      const { rows } = await sql<{ secret: string }>`select secret from webhook where id = ${id}`.execute(at.deps.db);
      try {
        at.deps.secrets.open(placeOf(id), rows[0]?.secret ?? '');
        if (n % 10 === 0)
          await sql`update webhook set secret = ${at.deps.secrets.seal(placeOf(id), new Secret(`new ${n}`))} where id = ${id}`.execute(
            at.deps.db,
          );
        opened += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const readers = [reader(server), reader(second)];
  const answers = await Promise.all([admin.call(rotateDataKeys), admin.call(rotateDataKeys)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409]);
  await rotated(answers.find((answer) => answer.status === 202)?.body.taskId ?? '');
  isOver = true;
  await Promise.all(readers);
  expect(failures).toEqual([]);
  expect(opened).toBeGreaterThan(0);
  const after = (await admin.call(listDataKeys)).body.kinds.find((kind) => kind.kind === 'webhook.secret');
  expect(after?.keys.find((key) => key.id === former?.id)).toMatchObject({ state: 'retired', secrets: 0 });
  expect(after?.keys.filter((key) => key.state === 'active')).toMatchObject([{ secrets: former?.secrets }]);
  await second.stop();
});

test('secrets that were damaged keep no other from being rotated, and are named, not shown', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => addWebhook(server.deps)));
  const [changed = '', spoiled = '', orphaned = '', ...whole] = ids;
  const before = await storedSecret(whole[0] ?? '');
  const past = new pg.Client(server.databaseUrl);
  await past.connect();
  await past.query(`set session_replication_role = replica;
    update webhook set secret = overlay(secret placing 'XXXX' from length(secret) - 8) where id = '${changed}';
    update webhook set secret = 'hunter2 spoiled' where id = '${spoiled}';
    update webhook set former_secret = 'k2.dk_gone.AAAA.AAAA.hunter2' where id = '${orphaned}'`);
  await past.end();
  const { taskId } = (await admin.call(rotateDataKeys)).body;
  const task = await until(async () => {
    const { body } = await admin.call(getTask, { params: { taskId } });
    return body.status === 'FAILED' ? body : undefined;
  });
  const names = [`webhook.secret ${changed}`, `webhook.secret ${spoiled}`, `webhook.former_secret ${orphaned}`];
  expect(task.error).toContain('3 secrets do not open');
  for (const name of names) expect(task.error).toContain(name);
  const { body: audit } = await admin.call(searchAudit, { query: { limit: 50, action: ['SecretRejected'] } });
  const told = audit.data.filter((event) => event.auditPayload['taskId'] === taskId);
  expect(told.flatMap((event) => event.targets.map((one) => one.name)).sort()).toEqual([...names].sort());
  expect(JSON.stringify([audit, task])).not.toContain('hunter2');
  for (const id of [orphaned, ...whole]) {
    const sealed = await storedSecret(id);
    expect(sealed.split('.')[1]).not.toBe(before.split('.')[1]);
    expect(server.deps.secrets.open(placeOf(id), sealed).reveal()).toContain('whsec_');
  }
  // Nothing is left to carry on, and the next rotation is a new one.
  expect(await isRotationOpen(server.deps.db, server.deps.keys)).toBe(false);
  await sql`delete from webhook where id = any(${[changed, spoiled, orphaned]}::uuid[])`.execute(server.deps.db);
});

test('a Stoa that still has the former root key refuses to make keys, with a sentence', async () => {
  const { db } = server.deps;
  const root = server.deps.keys.owner.root.id;
  await sql`update data_key set root_key_id = 'feedfeedfeedfeed' where state <> 'retired'`.execute(db);
  expect((await admin.call(rotateDataKeys)).body).toMatchObject({ status: 409, code: 'data_key.root_key_changed' });
  await sql`update data_key set root_key_id = ${root} where state <> 'retired'`.execute(db);
});

test('the root key does not change where the audit cannot say so', async () => {
  const { db, keys } = server.deps;
  const roots = async () =>
    (await sql<{ id: string }>`select distinct root_key_id as id from data_key where state <> 'retired'`.execute(db))
      .rows;
  const to = toRootKey(Buffer.alloc(32, 9), 'test');
  const actor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'test' } as const;
  const superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
  await superuser.query('revoke insert on audit_event from stoa_app');
  await expect(rewrapKeys(db, keys.owner, { to, actor })).rejects.toThrow('audit_event');
  await superuser.query('grant insert on audit_event to stoa_app');
  await superuser.end();
  expect(await roots()).toEqual([{ id: keys.owner.root.id }]);
});

test('a rotation that was killed half-way is carried on by whoever starts next, and so are secrets from before there were data keys', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => addWebhook(server.deps)));
  const { db, keys } = server.deps;
  await db.transaction().execute((tx) => beginRotation(tx, keys));
  const killed = finishRotation(db, keys, {
    progress: async ({ done }) => {
      if (done > 0) throw new Error('killed');
    },
  });
  await expect(killed).rejects.toThrow('killed');
  expect(await isRotationOpen(db, keys)).toBe(true);
  // One failed a moment ago, above: it is not tried all the time, but at every start.
  await carryOnRotation(server.deps);
  expect(await findRotation(db)).toBeUndefined();
  const first = ids[0] ?? '';
  await sql`update webhook set secret = ${inFirstForm(first, 'whsec_first')} where id = ${first}`.execute(db);
  const next = await startTestServer({ databaseUrl: server.databaseUrl });
  await until(async () => ((await isRotationOpen(next.deps.db, next.deps.keys)) ? undefined : true));
  for (const id of ids)
    expect(next.deps.secrets.open(placeOf(id), await storedSecret(id)).reveal()).toContain('whsec_');
  expect(await storedSecret(first)).toMatch(/^k2/);
  await next.stop();
});

test('another root key is refused at the start with a sentence', async () => {
  const env = { STOA_SECRET_KEY: Buffer.alloc(32, 8).toString('base64') };
  await expect(startTestServer({ databaseUrl: server.databaseUrl, env })).rejects.toThrow(
    /STOA_SECRET_KEY is root key \w+, but the secrets of this database were sealed with root key/,
  );
});

test('the root key may come from a file that nobody else may read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-key-'));
  const file = join(folder, 'root.key');
  const load = () => loadRootKey(readConfig({ STOA_DATA_DIR: folder, STOA_SECRET_KEY_FILE: file }));
  await expect(load()).rejects.toThrow(/STOA_SECRET_KEY_FILE cannot be read/);
  writeFileSync(file, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  expect((await load()).bytes.toString('hex')).toBe('ab'.repeat(32));
  chmodSync(file, 0o640);
  await expect(load()).rejects.toThrow(/which others may read/);
  writeFileSync(file, 'short');
  chmodSync(file, 0o600);
  await expect(load()).rejects.toThrow(/must be 32 bytes/);
  expect(() => readConfig({ STOA_SECRET_KEY: 'ab'.repeat(32), STOA_SECRET_KEY_FILE: file })).toThrow(/set one of them/);
  await loadRootKey(readConfig({ STOA_DATA_DIR: folder }));
  expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});

test('a secret that is not what was written says so, and nothing of itself', () => {
  expect(new Secret('{"password":"hunter2"}').revealJson()).toEqual({ password: 'hunter2' });
  let told = '';
  try {
    new Secret('hunter2 is no JSON').revealJson();
  } catch (error) {
    told = inspect(error, { showHidden: true, depth: 9 });
  }
  expect(told).toContain('a stored secret cannot be read');
  expect(told).not.toContain('hunter2');
});
