import { searchAudit } from '@stoa/contract/audit';
import * as domain from '@stoa/contract/domain';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { countAudit as countEvents } from './count-audit.ts';
import { nextStretch, searchAudit as searchEvents } from './search-audit.ts';

let server: TestServer;
let auditor: TestPerson;
let governor: TestPerson;
let plain: TestPerson;
let sales: string;
beforeAll(async () => {
  server = await startTestServer();
  auditor = await server.person({ username: 'auditor', permissions: ['AUDIT'] });
  governor = await server.person({ username: 'governor', name: 'Gus Governor', permissions: ['GOVERNANCE'] });
  plain = await server.person({ username: 'plain' });
  const made = [];
  for (const name of ['Sales', 'People', 'Finance'])
    made.push((await governor.call(domain.createDomain, { body: { name } })).body.id);
  sales = made[0] ?? '';
  await governor.call(domain.updateDomain, { params: { id: sales }, body: { description: 'What is sold' } });
});
afterAll(() => server.stop());

test('the audit trail is for auditors', async () => {
  expect((await server.nobody.call(searchAudit)).status).toBe(401);
  for (const who of [plain, governor]) {
    const refused = await who.call(searchAudit);
    expect(refused.body).toMatchObject({
      status: 403,
      detail: 'You need Audit. A user admin can grant Audit.',
      needs: { permission: 'AUDIT' },
    });
  }
});

test('an event says who did what to what, from where', async () => {
  const found = await auditor.call(searchAudit, { query: { action: 'DomainUpdated' } });
  expect(found.body.data).toMatchObject([
    {
      tenantId: server.deps.installationId,
      actionStatus: 'SUCCESS',
      actor: { type: 'USER_ACTOR', id: governor.globalUserId, name: 'Gus Governor', identityProvider: 'bim' },
      actorIp: '127.0.0.1',
      targetType: 'DOMAIN',
      targets: [{ type: 'DOMAIN', id: sales, name: 'Sales' }],
      auditPayload: { type: 'DomainUpdatedAuditPayload', version: '1', after: { description: 'What is sold' } },
    },
  ]);
});

test('filters narrow, alone and together', async () => {
  const count = async (query: Parameters<typeof auditor.call<typeof searchAudit>>[1]) =>
    (await auditor.call(searchAudit, query)).body.data.length;
  expect(await count({ query: { action: ['DomainCreated', 'DomainUpdated'] } })).toBe(4);
  expect(await count({ query: { actor: 'governor' } })).toBe(4);
  expect(await count({ query: { actor: governor.globalUserId, action: 'DomainUpdated' } })).toBe(1);
  expect(await count({ query: { target: 'Sales' } })).toBe(2);
  expect(await count({ query: { target: [sales, 'People'] } })).toBe(3);
  expect(await count({ query: { targetType: 'DOMAIN' } })).toBe(4);
  expect(await count({ query: { targetType: 'DOMAIN', outcome: 'DENIED' } })).toBe(0);
  expect(await count({ query: { searchText: 'gus gov' } })).toBe(5);
  expect(await count({ query: { searchText: '%' } })).toBe(0);
  expect(await count({ query: { to: '2001-01-01T00:00:00Z' } })).toBe(0);
  expect(await count({ query: { from: '2001-01-01T00:00:00Z', targetType: 'DOMAIN' } })).toBe(4);
});

test('pages follow each other without gap or repeat while rows are added', async () => {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await auditor.call(searchAudit, {
      query: { actor: 'governor', limit: 2, ...(nextToken === undefined ? {} : { nextToken }) },
    });
    ids.push(...page.body.data.map((event) => event.id));
    if (ids.length === 2) await governor.call(domain.createDomain, { body: { name: 'Added meanwhile' } });
    nextToken = page.body.meta.nextToken ?? undefined;
  } while (nextToken !== undefined);
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(4);
  const bad = await auditor.call(searchAudit, { query: { nextToken: 'x' } });
  expect(bad.body).toMatchObject({ status: 400, code: 'page.token_invalid' });
});

test('who audits a domain reads what happened in it and nothing else', async () => {
  const local = await server.person({ username: 'local' });
  await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${sales}, 'Audit Activity', 'user', ${local.globalUserId})`.execute(server.deps.db);
  const seen = await local.call(searchAudit, { query: { limit: 100 } });
  expect(seen.body.data.map((event) => event.action)).toEqual(['DomainUpdated', 'DomainCreated']);
  const asked = await local.call(searchAudit, { query: { target: 'People' } });
  expect(asked.body.data).toEqual([]);
});

test('rows that no index finds are still found far down, in a bounded number of steps', async () => {
  for (let part = 0; part < 6; part++)
    await sql`insert into audit_event (id, action, actor, actor_id, target_type)
      select gen_random_uuid(), 'Noise', '{"type":"SYSTEM_ACTOR","id":"stoa","name":"Stoa"}', 'stoa', 'NOISE' from generate_series(1, 20000)`.execute(
      server.deps.db,
    );
  const found = await auditor.call(searchAudit, { query: { searchText: 'gus governor', limit: 100 } });
  expect(found.body.data.length).toBe(6);
  expect(found.body.meta.nextToken).toBeNull();
});

const appendNative = (payloads: readonly Record<string, unknown>[]) =>
  transact(server.deps, (tx) =>
    appendAudit(
      tx,
      payloads.map((payload) => ({
        action: 'ProvisioningStatementExecuted',
        actor: systemActor,
        targetType: 'CONTAINER',
        targets: [],
        payload,
      })),
    ),
  );

test('statements as large as they get are looked through a few at a time, and how far is told', async () => {
  const needle = { scope: 'all' as const, searchText: 'a needle below them' };
  const tables = Array.from({ length: 500 }, () => `"s"."${newUuid()}"`).join(', ');
  await appendNative([{ reason: 'A needle below them' }]);
  await appendNative(Array.from({ length: 30 }, () => ({ statement: `GRANT SELECT ON ${tables} TO "stoa_dp_9"` })));
  const { rows: sizes } = await sql<{
    bytes: number;
  }>`select max(pg_column_size(payload)) as bytes from audit_event`.execute(server.deps.db);
  // Three of them fit: the six stretches of a call come to 18.
  const most = (sizes[0]?.bytes ?? 0) * 3 + 100;
  const first = await searchEvents(server.deps.db, needle, { before: null, limit: 10, most });
  expect(first.rows).toEqual([]);
  expect(first.lookedSince?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  const second = await searchEvents(server.deps.db, needle, { before: first.next, limit: 10, most });
  expect(second.rows.map(({ payload }) => payload['reason'])).toEqual(['A needle below them']);
  const upwards = { from: Number(first.next), below: Number(first.next) + 18, isOldestFirst: true, most };
  expect(await nextStretch(server.deps.db, needle, upwards)).toEqual({ from: upwards.from, below: upwards.from + 3 });
  // A single one that is larger than all that may be looked through is looked through.
  const tiny = await searchEvents(server.deps.db, needle, { before: null, limit: 10, most: 1 });
  expect(Number(first.next) + 12).toBe(tiny.next);
  const to = new Date(Date.now() + 60_000).toISOString();
  const counted = await countEvents(server.deps.db, { ...needle, to }, { now: new Date(), mostBytes: most });
  expect([counted.days, counted.countedOnly]).toEqual([[], 3]);
  const whole = await countEvents(server.deps.db, { scope: 'all', to }, { now: new Date(), mostBytes: most });
  expect(whole.countedOnly).toBeNull();
});

test('counting ends at its bound, also where next to nothing fits; what an index finds is counted whole', async () => {
  const count = async (filter: { searchText?: string; action?: string[] }) => {
    const to = new Date(Date.now() + 60_000).toISOString();
    const ask = { now: new Date(), most: 50 };
    const { days, countedOnly } = await countEvents(server.deps.db, { scope: 'all', to, ...filter }, ask);
    return [days.reduce((sum, one) => sum + one.count, 0), countedOnly];
  };
  expect(await count({})).toEqual([50, 50]);
  expect(await count({ searchText: 'gus governor' })).toEqual([0, 50]);
  expect(await count({ action: ['DomainCreated'] })).toEqual([4, null]);
});

test('an event is found by the reason that somebody gave, and by the statement that ran', async () => {
  const payloads = [{ reason: 'Needed for the Board Pack' }, { statement: 'GRANT "stoa_dp_9" TO "ann"' }];
  await appendNative(payloads);
  for (const [at, searchText] of ['board pack', 'to "ann"'].entries()) {
    const { body } = await auditor.call(searchAudit, { query: { searchText } });
    expect(body.data.map(({ auditPayload }) => auditPayload)).toEqual([expect.objectContaining(payloads[at])]);
  }
});
