import { requestAccess } from '@stoa/contract/access-request';
import { callerOf } from '@stoa/server/testing/people';
import type pg from 'pg';
import { pause } from './measure.ts';
import type { Consumer } from './people.ts';
import { addCaller } from './people.ts';
import type { World } from './world.ts';

export type Asked = Consumer & { requestId: string };

const newId = (seed: string): string => `'c' || left(md5(${seed} || random()::text), 24)`;

/** Pending requests of consumers for a product: one is made through the API, the others are copies of it. */
export async function askFor(world: World, productId: string, consumers: readonly Consumer[]): Promise<Asked[]> {
  const template = await askOnce(world, productId);
  const { rows } = await world.db.query<{ requestId: string; globalUserId: string }>(
    `with copied as (
       insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
         form, flow, event, metadata, requested_duration)
       select ${newId('u::text')}, r.type, r.status, u, u, r.data_product_id, r.request_form_id, r.form_version, r.form, r.flow, r.event,
         r.metadata, r.requested_duration
       from access_request r, unnest($2::uuid[]) u where r.id = $1 returning id, beneficiary
     ), slots as (
       insert into approval_record (id, access_request_id, stage, position, approvers, prerequisites, status)
       select ${newId('c.id')}, c.id, a.stage, a.position, a.approvers, a.prerequisites, a.status
       from copied c, approval_record a where a.access_request_id = $1
     )
     select id as "requestId", beneficiary as "globalUserId" from copied`,
    [template, consumers.map((c) => c.globalUserId)],
  );
  await world.db.query(`delete from access_request where id = $1`, [template]);
  const byPerson = new Map(rows.map((row) => [row.globalUserId, row.requestId]));
  return consumers.map((consumer) => ({ ...consumer, requestId: byPerson.get(consumer.globalUserId) ?? '' }));
}

async function askOnce(world: World, productId: string): Promise<string> {
  const { rows } = await world.db.query<{ fields: { id: string }[] }>(
    `select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'because' }));
  const username = `template_${Math.random().toString(36).slice(2)}`;
  const asker = await addCaller(world.db, world.server.url, { username, permissions: [] });
  const { call } = callerOf(world.server.url, asker.token);
  const asked = await call(requestAccess, {
    params: { id: productId },
    body: { user: asker.globalUserId, form: { answers } },
  });
  if (asked.status !== 201) throw new Error(`asking was refused: ${JSON.stringify(asked.body)}`);
  return asked.body.id;
}

export const approve = (world: World, requestId: string) =>
  world.caller.expect(200, {
    method: 'POST',
    path: `/api/access-request/${requestId}/determination`,
    body: { status: 'APPROVED', reason: 'needed' },
  });

/** Approved as facts alone, with one key for the whole target: the given of a benchmark that measures something else. */
export async function approveAsFacts(
  world: World,
  where: { productId: string; connectionId: string },
  asked: readonly Asked[],
  keys: 'whole' | 'pairs' = 'whole',
): Promise<void> {
  const ids = asked.map((one) => one.requestId);
  await world.db.query('begin');
  await world.db.query(
    `update approval_record set status = 'APPROVED', action_by = $2, reason = 'given' where access_request_id = any($1::text[])`,
    [ids, world.governor.globalUserId],
  );
  await world.db.query(
    `update access_request set status = 'APPROVED', decided_at = now(), updated_at = now() where id = any($1::text[])`,
    [ids],
  );
  const users = keys === 'whole' ? [null] : asked.map((one) => one.globalUserId);
  await world.db.query(
    `insert into provisioning_key (connection_id, target_id, global_user_id, cause) select $1, $2, u, 'determination' from unnest($3::uuid[]) u`,
    [where.connectionId, where.productId, users],
  );
  await world.db.query('commit');
  await wake(world, where.connectionId);
}

/** What another replica does when it has work for the holder of a connection. */
export const wake = (world: World, connectionId: string) =>
  world.db.query(`select pg_notify('stoa_reconcile', $1)`, [connectionId]);

/** Looks once a millisecond until the query answers a row whose first column is true. */
export async function untilTrue(
  db: pg.Client,
  query: pg.QueryConfig,
  { every = 1, seconds = 60 }: { every?: number; seconds?: number } = {},
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const { rows } = await db.query<unknown[]>({ ...query, rowMode: 'array' } as pg.QueryArrayConfig);
    if (rows[0]?.[0] === true) return;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain for: ${query.text}`);
    await pause(every);
  }
}

export const untilActive = (db: pg.Client, requestId: string) =>
  untilTrue(db, {
    name: 'is-active',
    text: `select exists (select from membership_status where access_request_id = $1 and state = 'ACTIVE')`,
    values: [requestId],
  });

/** No key of the connection waits any more: everything enqueued before is recorded. */
export const untilDrained = (db: pg.Client, connectionId: string, seconds = 120) =>
  untilTrue(
    db,
    {
      name: 'is-drained',
      text: `select not exists (select from provisioning_key where connection_id = $1)`,
      values: [connectionId],
    },
    { seconds },
  );

/** Keys wait while a connection is paused. */
export const setState = (world: World, connectionId: string, state: 'active' | 'paused') =>
  world.db.query(`update connection set state = $2 where id = $1`, [connectionId, state]);

export type NativeWork = { statements: number; milliseconds: number };

/** The statements that ran on the platform since an instant of the database's clock, by the audit trail. */
export async function nativeWorkSince(world: World, since: Date): Promise<NativeWork> {
  const { rows } = await world.db.query<NativeWork>(
    `select count(*)::int as statements, coalesce(sum((payload ->> 'milliseconds')::float8), 0) as milliseconds
     from audit_event where action = 'ProvisioningStatementExecuted' and event_timestamp >= $1`,
    [since],
  );
  return rows[0] ?? { statements: 0, milliseconds: 0 };
}

export async function databaseNow(db: pg.Client): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]?.now ?? new Date(0);
}
