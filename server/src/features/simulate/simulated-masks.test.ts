import { createGroup, setGroupMembers } from '@stoa/contract/group';
import type { Masking } from '@stoa/contract/masking';
import * as policies from '@stoa/contract/policy-resource';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import { simulate, type SimulatedChangeIn, type Simulation } from '@stoa/contract/simulation';
import { changeTags, createTag } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { type Registered, registerPlatform, waitForKeys } from '../../testing/register-platform.ts';
import { runSetupScript } from '../../testing/run-setup-script.ts';
import { makeProduct, standardAnswers } from '../access-request/requests.fixture.ts';
import { grantDraft } from './simulated-world.fixture.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'ana', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'), { schemas: 1, tablesPerSchema: 3 });
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  login = await platform.addLogin('ana');
  people.ana = await server.person({ username: login.username });
  await runSetupScript(platform, server.deps.installationId);
  registered = await registerPlatform(platform, people, 'masked');
  const group = await people.useradmin.call(createGroup, { body: { name: 'Analysts' } });
  await people.useradmin.call(setGroupMembers, {
    params: { id: String(group.body.id) },
    body: { globalUserIds: [people.ana.globalUserId] },
  });
  await put(grantDraft({ name: 'Analysts read all of it' }));
  await settle();
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const settle = () => waitForKeys(server.deps.db);
const put = async (policy: PolicyDraftIn) => {
  const made = await people.governor.call(policies.createPolicy, { body: { policy, state: 'active' } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body;
};

type Rows = readonly Record<string, unknown>[];
const namesOf = (): string[] => registered.sources.map((one) => one.path.slice(1).join('.'));

/** What Ana's own client reads of each table now: through the view where there is one, at its own name otherwise. */
async function sights(): Promise<Map<string, Rows>> {
  const client = await platform.connectAs(login);
  const seen = new Map<string, Rows>();
  try {
    for (const name of namesOf()) {
      const rows = await client
        .query(`select * from shared_${name} order by 1`)
        .catch(() => client.query(`select * from ${name} order by 1`));
      seen.set(name, rows.rows);
    }
  } finally {
    await client.end();
  }
  return seen;
}

/** Columns that show other values, and tables with other rows. */
function difference(before: Map<string, Rows>, after: Map<string, Rows>) {
  const [columns, tables]: [string[], string[]] = [[], []];
  for (const name of namesOf()) {
    const [was, is] = [before.get(name) ?? [], after.get(name) ?? []];
    if (was.length !== is.length) tables.push(name);
    const [old, next] = [was[0], is[0]];
    if (old === undefined || next === undefined) continue;
    for (const column of Object.keys(next)) if (old[column] !== next[column]) columns.push(`${name}.${column}`);
  }
  return { columns: columns.sort(), tables: tables.sort() };
}

/** The statements about views that were run since. */
async function viewStatements(since: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from audit_event where action = 'ProvisioningStatementExecuted' and sequence > ${since}
      and payload ->> 'step' in ('write-view', 'drop-view')`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
}
const lastEvent = async (): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select coalesce(max(sequence), 0)::int as n from audit_event`.execute(
    server.deps.db,
  );
  return rows[0]?.n ?? 0;
};

const isOfView = (statement: string): boolean => /\bVIEW\b/.test(statement);

/** Looks at the preview, makes the change, and holds what Ana reads, and what was run, against what was said. */
async function holds(change: SimulatedChangeIn, make: (seen: Simulation) => Promise<{ status: number }>) {
  const before = await sights();
  const { status, body } = await people.governor.call(simulate, { body: { changes: [change], statements: true } });
  expect(status).toBe(200);
  const since = await lastEvent();
  const made = await make(body);
  expect(made.status, JSON.stringify(made)).toBeLessThan(300);
  await settle();
  const seen = difference(before, await sights());
  expect(body.columns.changes.map((one) => `${one.source}.${one.column}`).sort()).toEqual(seen.columns);
  expect([...new Set(body.rows.changes.map((one) => one.source))].sort()).toEqual(seen.tables);
  const said = (body.connections[0]?.statements ?? []).filter(isOfView);
  expect(said.length).toBe(await viewStatements(since));
  return { ...seen, said };
}

let counted = 0;
const mask = (masking: Masking, over: Partial<Extract<PolicyDraftIn, { type: 'data' }>> = {}): PolicyDraftIn => ({
  type: 'data',
  name: `Mask ${(counted += 1)}`,
  scope: { kind: 'global' },
  action: { kind: 'mask', masking, target: { columns: 'nameRegex', regex: 'label' } },
  who: { for: 'everyone' },
  circumstances: [{ type: 'all' }],
  ...over,
});
const activate = (policy: PolicyDraftIn) =>
  holds({ change: 'policy', policy }, ({ basedOn }) =>
    people.governor.call(policies.createPolicy, { body: { policy, state: 'active', basedOn } }),
  );

test('whatever masks and row rules change, the consumer then reads what the preview said, by the views that it listed', {
  timeout: 300_000,
}, async () => {
  const { id: tagId } = (await people.governor.call(createTag, { body: { name: 'Secret' } })).body;
  const [first, second] = registered.sources;
  const everywhere = await activate(mask({ maskingType: 'constant', value: 'hidden' }));
  expect(everywhere.columns).toHaveLength(3);
  expect(everywhere.said.join()).toContain('shared_area_1');
  const tagged = mask(
    { maskingType: 'null' },
    { action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'tagged', tag: 'Secret' } } },
  );
  expect((await activate(tagged)).columns).toEqual([]);
  const body = { add: [tagId], targets: { columns: [{ dataSourceId: first?.id ?? 0, name: 'id' }] } };
  const put = await holds({ change: 'call', operation: changeTags.id, body }, ({ basedOn }) =>
    people.governor.call(changeTags, { body, query: { basedOn } }),
  );
  expect(put.columns).toEqual([`${first?.path.slice(1).join('.')}.id`]);
  const number = await people.governor.call(createTag, { body: { name: 'Number' } });
  await people.governor.call(changeTags, {
    body: { add: [number.body.id], targets: { columns: [{ dataSourceId: second?.id ?? 0, name: 'id' }] } },
  });
  await settle();
  const rows = await activate(
    mask(
      { maskingType: 'null' },
      {
        name: 'Large numbers alone',
        scope: { kind: 'local', dataSourceId: second?.id ?? 0 },
        action: { kind: 'row', row: { kind: 'where', predicate: "@columnTagged('Number') > 2", ifTagMissing: 'deny' } },
      },
    ),
  );
  expect(rows.tables).toEqual([second?.path.slice(1).join('.')]);
  const { body: active } = await people.governor.call(policies.searchPolicies, {
    query: { protected: false, state: 'active', type: 'data' },
  });
  for (const { id, version } of active.data)
    await holds({ change: 'policyState', id, state: 'disabled' }, ({ basedOn }) =>
      people.governor.call(policies.setPolicyState, { params: { id }, body: { state: 'disabled', version, basedOn } }),
    );
  // Everything is as it was: in clear, at its own name.
  expect((await sights()).get(first?.path.slice(1).join('.') ?? '')).toEqual([{ id: 1, label: 'one' }]);
});

/** Ana's approved exception for the column `label` of a source, past the API, as an approval leaves it. */
async function approveException(sourceId: number): Promise<string> {
  const { db } = server.deps;
  const product = await makeProduct(server, people.governor);
  const id = newCuid();
  const metadata = JSON.stringify({ columns: [{ columnName: 'label', sourceId: String(sourceId) }] });
  const form = JSON.stringify({ formVersion: 'x', ...standardAnswers });
  await sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
      form, flow, event, metadata)
    select ${id}, 'MASKING_EXCEPTION', 'APPROVED', ${people.ana.globalUserId}, ${people.ana.globalUserId}, ${product.id}, f.id, f.current_version,
      ${form}::jsonb, '{}', '{}', ${metadata}::jsonb from request_form f limit 1`.execute(db);
  return id;
}

test('a preview warns of the approved exceptions that end for good with their mask, and these do end', {
  timeout: 180_000,
}, async () => {
  const [first] = registered.sources;
  const policy = mask({ maskingType: 'constant', value: 'hidden' });
  const { id, version } = await put(policy);
  await settle();
  const requestId = await approveException(first?.id ?? 0);
  const preview = async (change: SimulatedChangeIn) => {
    const { body } = await people.governor.call(simulate, { body: { changes: [change] } });
    const { warnings, endingExceptions, losing } = body;
    return { codes: warnings.map((one) => one.code), ending: endingExceptions, losing: losing.count };
  };
  const none = { count: 0, people: [] };
  const other = { ...policy, ...mask({ maskingType: 'null' }), name: policy.name };
  expect(await preview({ change: 'policy', id, policy: other })).toMatchObject({ codes: [], ending: none });
  const columns = [`${first?.path.slice(1).join('.')}.label`];
  expect(await preview({ change: 'policyState', id, state: 'disabled' })).toMatchObject({
    codes: ['EXCEPTION_ENDS'],
    ending: { count: 1, people: [{ globalUserId: people.ana.globalUserId, columns }] },
    losing: 0,
  });
  const elsewhere = mask(
    { maskingType: 'null' },
    { action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'nameRegex', regex: '^id$' } } },
  );
  expect(await preview({ change: 'policy', id, policy: elsewhere })).toMatchObject({
    codes: ['EXCEPTION_ENDS'],
    ending: { count: 1 },
  });
  await people.governor.call(policies.setPolicyState, { params: { id }, body: { state: 'disabled', version } });
  await settle();
  const { rows } = await sql<{ status: string }>`select status from access_request where id = ${requestId}`.execute(
    server.deps.db,
  );
  expect(rows).toEqual([{ status: 'REVOKED' }]);
});
